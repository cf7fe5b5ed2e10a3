#include "agent/session/trusted_folders.h"

#include "driver/base/atomic_file.h"
#include "driver/base/json_fields.h"

#include <algorithm>
#include <utility>

namespace agent {
namespace {

std::filesystem::path realPath(const std::filesystem::path &path)
{
    std::error_code error;
    const auto found = std::filesystem::weakly_canonical(path, error);
    return error ? path.lexically_normal() : found;
}

bool isWithin(const std::filesystem::path &folder, const std::filesystem::path &outer)
{
    return std::mismatch(outer.begin(), outer.end(), folder.begin(), folder.end()).first == outer.end();
}

} // namespace

TrustedFolders::TrustedFolders(std::filesystem::path file)
    : m_file(std::move(file))
{
    const auto text = ph::readFile(m_file);
    if (!text)
        return;
    const auto json = ph::Json::parse(*text, nullptr, false);
    const auto folders = json.is_object() ? json.value("folders", ph::Json()) : ph::Json();
    m_isDamaged = !folders.is_array();
    for (const auto &folder : folders) {
        if (folder.is_string() && folder.get<std::string>().starts_with('/'))
            m_folders.insert(folder.get<std::string>());
    }
}

bool TrustedFolders::contains(const std::filesystem::path &folder) const
{
    const auto path = realPath(folder);
    const std::lock_guard lock(m_mutex);
    return std::any_of(m_folders.begin(), m_folders.end(), [&](const auto &trusted) { return isWithin(path, trusted); });
}

ph::Result<> TrustedFolders::add(const std::filesystem::path &folder)
{
    const std::lock_guard lock(m_mutex);
    m_folders.insert(realPath(folder));
    return save();
}

ph::Result<> TrustedFolders::remove(const std::filesystem::path &folder)
{
    const std::lock_guard lock(m_mutex);
    m_folders.erase(realPath(folder));
    return save();
}

ph::Result<> TrustedFolders::save()
{
    if (std::exchange(m_isDamaged, false)) {
        std::error_code ignored;
        std::filesystem::rename(m_file, m_file.string() + ".damaged", ignored);
    }
    ph::Json folders = ph::Json::array();
    for (const auto &folder : m_folders)
        folders.push_back(folder.string());
    return ph::writeFileAtomically(m_file, ph::Json{{"folders", folders}}.dump(2) + "\n");
}

} // namespace agent

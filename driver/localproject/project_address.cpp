#include "driver/localproject/project_address.h"

#include "driver/base/atomic_file.h"
#include "driver/base/paths.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

namespace localproject {

namespace {

namespace fs = std::filesystem;

std::string hashOf(std::string_view text)
{
    std::uint64_t hash = 0xcbf29ce484222325ULL; // FNV-1a
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
    return digits;
}

bool isAlive(std::int64_t pid) { return pid > 0 && (::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM); }

} // namespace

fs::path storePathOf(const ProjectChoice &choice)
{
    std::error_code ignored;
    if (!choice.store.empty())
        return fs::weakly_canonical(fs::absolute(choice.store, ignored), ignored) / "project.duckdb";
    const fs::path folder = fs::weakly_canonical(
        choice.folder.empty() ? ph::dataDir() / "projects" : fs::absolute(choice.folder, ignored), ignored);
    const ProjectChoice usual;
    if (choice.seed == usual.seed && choice.plant == usual.plant && choice.anchor.empty())
        return folder / "demo.duckdb";
    const std::string identity = std::to_string(choice.seed) + '\n' + choice.plant + '\n' + choice.anchor;
    return folder / ("demo-" + hashOf(identity).substr(8) + ".duckdb");
}

fs::path addressPathOf(const fs::path &store) { return ph::runtimeDir() / ("project-" + hashOf(store.string()) + ".json"); }

ph::Result<> writeAddress(const ProjectAddress &address)
{
    return ph::writeFileAtomically(addressPathOf(address.store), ph::Json(address).dump(), 0600);
}

void removeAddress(const fs::path &store)
{
    std::error_code ignored;
    fs::remove(addressPathOf(store), ignored);
}

std::optional<ProjectAddress> readAddress(const fs::path &store)
{
    const auto text = ph::readFile(addressPathOf(store), 64 * 1024);
    if (!text)
        return std::nullopt;
    const ph::Json json = ph::Json::parse(*text, nullptr, false);
    auto address = ph::parse<ProjectAddress>(json);
    if (!address || address->store != store.string() || !isAlive(address->pid))
        return std::nullopt;
    return std::move(*address);
}

} // namespace localproject

#include "agent/tools/walk.h"

#include "agent/tools/ignore_rules.h"
#include "driver/base/beneath.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace tools {
namespace {

constexpr int maximumDepth = 100;
constexpr std::size_t maximumIgnoreFile = 1024 * 1024;

struct CloseFolder {
    void operator()(DIR *folder) const { ::closedir(folder); }
};

/// Rules with the folder they stand in, relative to the root: "" or "a/b/".
struct ScopedRules {
    std::string folder;
    IgnoreRules rules;
};

std::string contentAt(const ph::Descriptor &folder, const char *name)
{
    const ph::Descriptor file(::openat(folder.get(), name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC));
    struct stat info {};
    std::string content;
    if (!file.isOpen() || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return content;
    for (std::array<char, 16 * 1024> buffer; content.size() < maximumIgnoreFile;) {
        const auto got = ::read(file.get(), buffer.data(), buffer.size());
        if (got <= 0)
            break;
        content.append(buffer.data(), std::size_t(got));
    }
    return content;
}

class Walk
{
public:
    Walk(std::filesystem::path place, const WalkOptions &options, const Visit &visit, std::stop_token stop)
        : m_place(std::move(place))
        , m_options(options)
        , m_visit(visit)
        , m_stop(std::move(stop))
    {
    }

    /// `fromRoot`: where the walk begins, beneath the root.
    ph::Result<WalkEnd> run(const ph::Descriptor &root, const std::filesystem::path &fromRoot)
    {
        takeRules(ph::openBeneath(root, ".git/info", O_RDONLY | O_DIRECTORY), "exclude", ""); // First: what .gitignore files say goes before it.
        std::filesystem::path above;
        for (const auto &part : fromRoot) {
            if (part == ".")
                continue;
            takeRules(ph::openBeneath(root, above, O_RDONLY | O_DIRECTORY), ".gitignore", above.empty() ? "" : above.string() + "/");
            above /= part;
        }
        auto start = ph::openBeneath(root, above, O_RDONLY | O_DIRECTORY);
        if (!start.isOpen())
            return ph::fail(errno == EACCES ? ph::ErrorCode::Internal : ph::ErrorCode::NotFound, ph::systemReason(errno));
        m_fromRoot = above.empty() ? "" : above.string() + "/";
        enter(std::move(start), "", 0);
        if (m_stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        return m_end;
    }

private:
    void takeRules(const ph::Descriptor &folder, const char *name, std::string scope)
    {
        if (!m_options.respectsIgnoreFiles || !folder.isOpen())
            return;
        if (const auto text = contentAt(folder, name); !text.empty())
            m_rules.push_back({std::move(scope), IgnoreRules::parse(text)});
    }

    bool isIgnored(const std::string &path, bool isFolder) const
    {
        const auto whole = m_fromRoot + path;
        for (auto scoped = m_rules.rbegin(); scoped != m_rules.rend(); ++scoped) {
            const auto verdict = scoped->rules.verdictOn(std::string_view(whole).substr(scoped->folder.size()), isFolder);
            if (verdict != IgnoreRules::Verdict::Silent)
                return verdict == IgnoreRules::Verdict::Ignored;
        }
        return false;
    }

    /// False: the walk is over.
    bool enter(ph::Descriptor folder, const std::string &prefix, int depth)
    {
        const auto rulesBefore = m_rules.size();
        takeRules(folder, ".gitignore", m_fromRoot + prefix);
        std::vector<std::string> names;
        std::unique_ptr<DIR, CloseFolder> listing(::fdopendir(::fcntl(folder.get(), F_DUPFD_CLOEXEC, 0)));
        if (!listing) {
            ++m_end.unreadable;
            return true;
        }
        while (const auto *entry = ::readdir(listing.get())) {
            const std::string name(entry->d_name);
            if (name == "." || name == "..")
                continue;
            if (++m_seen > m_options.maximumEntries) {
                m_end.isComplete = false;
                break;
            }
            names.push_back(name);
        }
        listing.reset(); // A descriptor fewer while the folders below are open.
        std::sort(names.begin(), names.end());
        bool goesOn = true;
        for (const auto &name : names) {
            goesOn = !m_stop.stop_requested() && take(folder, name, prefix, depth);
            if (!goesOn)
                break;
        }
        m_rules.resize(rulesBefore);
        return goesOn;
    }

    bool take(const ph::Descriptor &folder, const std::string &name, const std::string &prefix, int depth)
    {
        struct stat info {};
        if (::fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
            return true;
        WalkEntry entry{prefix + name, S_ISDIR(info.st_mode), S_ISLNK(info.st_mode), std::uint64_t(info.st_size),
                        std::int64_t(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec};
        if (!entry.isFolder && !entry.isLink && !S_ISREG(info.st_mode))
            return true; // Pipes, sockets and devices are no files to look into.
        static const std::array<std::string, 4> stores{".git", ".hg", ".svn", ".jj"};
        if (std::find(stores.begin(), stores.end(), name) != stores.end() || isIgnored(entry.path, entry.isFolder))
            return true;
        if (m_options.leavesOut && m_options.leavesOut(m_place / entry.path))
            return true;
        const auto open = [&] {
            ph::Descriptor file(::openat(folder.get(), name.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC));
            struct stat opened {};
            if (file.isOpen() && (::fstat(file.get(), &opened) != 0 || !S_ISREG(opened.st_mode)))
                file.close();
            return file;
        };
        if (!m_visit(entry, open))
            return false;
        if (!entry.isFolder || !m_options.entersFolders)
            return true;
        if (depth == maximumDepth) {
            m_end.isComplete = false;
            return true;
        }
        ph::Descriptor inner(::openat(folder.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!inner.isOpen()) {
            ++m_end.unreadable;
            return true;
        }
        return enter(std::move(inner), entry.path + "/", depth + 1);
    }

    const std::filesystem::path m_place; // where the walk begins
    const WalkOptions &m_options;
    const Visit &m_visit;
    const std::stop_token m_stop;
    std::string m_fromRoot; // "" or "a/b/"
    std::vector<ScopedRules> m_rules;
    std::size_t m_seen = 0;
    WalkEnd m_end;
};

} // namespace

ph::Result<WalkEnd> walk(const std::filesystem::path &root, const std::filesystem::path &start, const WalkOptions &options, const Visit &visit,
                         std::stop_token stop)
{
    const ph::Descriptor opened(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    auto end = opened.isOpen() ? Walk(start, options, visit, std::move(stop)).run(opened, start.lexically_relative(root))
                               : ph::Result<WalkEnd>(ph::fail(ph::ErrorCode::NotFound, ph::systemReason(errno)));
    if (!end && end.error().code != ph::ErrorCode::Cancelled)
        return ph::fail(end.error().code, "Cannot look into " + start.string() + ": " + end.error().message + ".");
    return end;
}

} // namespace tools

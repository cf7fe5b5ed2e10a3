#include "driver/base/rooted_files.h"

#include "driver/base/ids.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace ph {
namespace {

namespace fs = std::filesystem;

std::int64_t modifiedAt(const struct stat &info) { return std::int64_t(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec; }

tl::unexpected<Error> cannot(const char *verb, const fs::path &path, int error)
{
    const bool isMissing = error == ENOENT || error == ENOTDIR;
    if (isMissing)
        return fail(ErrorCode::NotFound, "There is no file " + path.string() + ".");
    if (error == ELOOP || error == EXDEV)
        return fail(ErrorCode::InvalidInput, path.string() + " leads through a link that was made meanwhile; it is not followed.");
    return fail(ErrorCode::Internal, "Cannot " + std::string(verb) + " " + path.string() + ": " + systemReason(error) + ".");
}

/// What the kernel makes up (/proc/self/environ among it) looks like a file.
bool isOfTheKernel(int fd)
{
    struct statfs system {};
    return ::fstatfs(fd, &system) == 0 && (system.f_type == PROC_SUPER_MAGIC || system.f_type == SYSFS_MAGIC);
}

/// 0, or the errno of what failed.
int writeTemporary(int folder, const std::string &name, const std::string &content, const struct stat *old)
{
    Descriptor file(::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file.isOpen())
        return errno;
    if (const int error = writeAll(file.get(), content))
        return error;
    if (old) {
        // Another owner can only be kept by root; the mode always.
        [[maybe_unused]] const int owned = ::fchown(file.get(), old->st_uid, old->st_gid);
        if (::fchmod(file.get(), old->st_mode & 07777) != 0)
            return errno;
    }
    if (::fsync(file.get()) != 0)
        return errno;
    return file.close() == 0 ? 0 : errno;
}

std::string advised(const std::string &advice) { return advice.empty() ? advice : ". " + advice; }

} // namespace

FileState stateOf(std::string_view content, std::int64_t modified) { return {modified, content.size(), std::hash<std::string_view>{}(content)}; }

fs::path canonicalPath(const fs::path &path)
{
    std::error_code error;
    auto resolved = fs::weakly_canonical(path, error);
    if (error)
        resolved = path.lexically_normal();
    // "a/b/" and "a/b" are one folder.
    return resolved.has_filename() || resolved == resolved.root_path() ? resolved : resolved.parent_path();
}

struct RootedFiles::Place {
    Descriptor folder;
    fs::path rest;

    /// The folder that the file belongs in, made with those above it where they are missing.
    Descriptor makeFolders() const
    {
        fs::path made;
        for (const auto &part : rest.parent_path()) {
            const auto above = openBeneath(folder, made, O_PATH | O_DIRECTORY);
            if (!above.isOpen() || (::mkdirat(above.get(), part.c_str(), 0777) != 0 && errno != EEXIST))
                return Descriptor();
            made /= part;
        }
        return openBeneath(folder, made, O_RDONLY | O_DIRECTORY);
    }
};

RootedFiles::RootedFiles(std::vector<fs::path> roots, Advice advice)
    : m_roots(std::move(roots))
    , m_advice(std::move(advice))
{
}

Result<FileContent> RootedFiles::read(const fs::path &path, std::stop_token stop) const
{
    auto root = openRoot(path);
    if (!root)
        return fail(root.error());
    // First without touching it: opening a device can do something.
    const auto place = openBeneath(root->folder, root->rest, O_PATH);
    struct stat info {};
    if (!place.isOpen() || ::fstat(place.get(), &info) != 0)
        return cannot("read", path, errno);
    if (auto problem = whyNoFile(path, info.st_mode))
        return fail(*std::move(problem));
    const auto file = openBeneath(root->folder, root->rest, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file.isOpen() || ::fstat(file.get(), &info) != 0)
        return cannot("read", path, errno);
    if (auto problem = whyNoFile(path, info.st_mode))
        return fail(*std::move(problem));
    if (isOfTheKernel(file.get()))
        return fail(ErrorCode::InvalidInput, path.string() + " is not on a disk: the kernel makes it up. It is not read.");
    const auto tooLong = [&] {
        return fail(ErrorCode::InvalidInput,
                    path.string() + " is longer than " + std::to_string(maximumFileBytes / 1024 / 1024) + " MB" + advised(m_advice.onLength) + ".");
    };
    if (std::uint64_t(info.st_size) > maximumFileBytes)
        return tooLong();

    std::string bytes;
    bytes.reserve(std::size_t(info.st_size));
    for (std::array<char, 64 * 1024> buffer;;) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "Cancelled.");
        const auto got = ::read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cannot("read", path, errno);
        if (got == 0)
            break;
        bytes.append(buffer.data(), std::size_t(got));
        if (bytes.size() > maximumFileBytes)
            return tooLong();
    }
    const auto state = stateOf(bytes, modifiedAt(info));
    return FileContent{std::move(bytes), state};
}

Result<FileState> RootedFiles::write(const fs::path &path, const std::string &content, const std::optional<FileState> &before) const
{
    auto root = openRoot(path);
    if (!root)
        return fail(root.error());
    auto folder = before ? openBeneath(root->folder, root->rest.parent_path(), O_RDONLY | O_DIRECTORY) : root->makeFolders();
    if (!folder.isOpen())
        return cannot("write", path, errno);

    const auto name = path.filename().string();
    struct stat old {};
    const bool exists = ::fstatat(folder.get(), name.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
    if (exists) {
        if (S_ISLNK(old.st_mode))
            return cannot("write", path, ELOOP);
        if (auto problem = whyNoFile(path, old.st_mode))
            return fail(*std::move(problem));
        if (!before)
            return fail(ErrorCode::InvalidInput, path.string() + " exists by now. Read it before you replace it.");
        // A rename would not ask the file itself.
        if (::faccessat(folder.get(), name.c_str(), W_OK, AT_EACCESS) != 0)
            return cannot("write", path, errno);
    }
    const auto temporary = "." + name.substr(0, 100) + "." + randomHex(6) + ".tmp";
    if (const int error = writeTemporary(folder.get(), temporary, content, exists ? &old : nullptr)) {
        ::unlinkat(folder.get(), temporary.c_str(), 0);
        return cannot("write", path, error);
    }
    // Looked at as late as can be: what somebody has written since it was read must not be lost.
    struct stat now {};
    const bool isThere = ::fstatat(folder.get(), name.c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0;
    if (before && (!isThere || !S_ISREG(now.st_mode) || modifiedAt(now) != before->modified || std::uint64_t(now.st_size) != before->size)) {
        ::unlinkat(folder.get(), temporary.c_str(), 0);
        return fail(ErrorCode::InvalidInput, path.string() + " was changed meanwhile. Read it again.");
    }
    const int renamed = before ? ::renameat(folder.get(), temporary.c_str(), folder.get(), name.c_str())
                               : ::renameat2(folder.get(), temporary.c_str(), folder.get(), name.c_str(), RENAME_NOREPLACE);
    if (renamed != 0) {
        const int error = errno;
        ::unlinkat(folder.get(), temporary.c_str(), 0);
        if (error == EEXIST)
            return fail(ErrorCode::InvalidInput, path.string() + " exists by now. Read it before you replace it.");
        return cannot("write", path, error);
    }
    ::fsync(folder.get()); // Some file systems refuse it; the rename is done either way.
    if (::fstatat(folder.get(), name.c_str(), &now, AT_SYMLINK_NOFOLLOW) != 0)
        return cannot("write", path, errno);
    return stateOf(content, modifiedAt(now));
}

Result<RootedFiles::Place> RootedFiles::openRoot(const fs::path &path) const
{
    const auto *root = rootOf(path, m_roots);
    if (!root)
        return fail(ErrorCode::InvalidInput, path.string() + " is outside of this session's folders.");
    Descriptor folder(::open(root->c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder.isOpen())
        return cannot("open", *root, errno);
    return Place{std::move(folder), path.lexically_relative(*root)};
}

/// Nothing when it is a file as others; else why it is not read.
std::optional<Error> RootedFiles::whyNoFile(const fs::path &path, unsigned mode) const
{
    const auto no = [&](const std::string &what) { return Error{ErrorCode::InvalidInput, path.string() + " is " + what + "."}; };
    if (S_ISDIR(mode))
        return no("a folder, not a file" + advised(m_advice.onFolder));
    if (S_ISFIFO(mode))
        return no("a pipe, not a file; reading it could wait for ever");
    if (S_ISSOCK(mode))
        return no("a socket, not a file");
    if (S_ISCHR(mode) || S_ISBLK(mode))
        return no("a device, not a file");
    if (!S_ISREG(mode))
        return no("no regular file");
    return {};
}

} // namespace ph

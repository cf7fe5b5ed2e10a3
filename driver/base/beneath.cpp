#include "driver/base/beneath.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ph {

Descriptor openBeneath(const Descriptor &root, const std::filesystem::path &path, int flags, unsigned mode)
{
    open_how how{};
    how.flags = std::uint64_t(flags | O_CLOEXEC);
    how.mode = (flags & O_CREAT) != 0 ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const auto name = path.empty() ? std::string(".") : path.string();
    for (int attempt = 0; attempt < 100; ++attempt) {
        const auto fd = ::syscall(SYS_openat2, root.get(), name.c_str(), &how, sizeof how);
        if (fd >= 0)
            return Descriptor(int(fd));
        if (errno == ENOSYS || errno == EPERM) // An old kernel, or a sandbox that does not know the call.
            return walkBeneath(root, path, flags, mode);
        if (errno != EAGAIN && errno != EINTR) // EAGAIN: something was renamed meanwhile.
            return Descriptor();
    }
    return Descriptor();
}

Descriptor walkBeneath(const Descriptor &root, const std::filesystem::path &path, int flags, unsigned mode)
{
    Descriptor folder(::openat(root.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    std::string last = ".";
    for (const auto &part : path) {
        if (part.empty() || part == ".")
            continue;
        if (part == ".." || part.is_absolute()) {
            errno = EXDEV;
            return Descriptor();
        }
        if (last != ".")
            folder = Descriptor(::openat(folder.get(), last.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!folder.isOpen())
            return Descriptor();
        last = part.string();
    }
    Descriptor opened(::openat(folder.get(), last.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode));
    struct stat info {};
    // O_PATH with O_NOFOLLOW opens a link itself.
    if (opened.isOpen() && (flags & O_PATH) != 0 && ::fstat(opened.get(), &info) == 0 && S_ISLNK(info.st_mode)) {
        errno = ELOOP;
        return Descriptor();
    }
    return opened;
}

const std::filesystem::path *rootOf(const std::filesystem::path &path, const std::vector<std::filesystem::path> &roots)
{
    const std::filesystem::path *found = nullptr;
    for (const auto &root : roots) {
        const auto [end, at] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
        if (end == root.end() && (!found || found->string().size() < root.string().size()))
            found = &root;
    }
    return found;
}

} // namespace ph

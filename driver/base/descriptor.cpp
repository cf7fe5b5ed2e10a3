#include "driver/base/descriptor.h"

#include <cerrno>
#include <system_error>
#include <unistd.h>

namespace ph {

int Descriptor::close()
{
    const int fd = std::exchange(m_fd, -1);
    return fd >= 0 ? ::close(fd) : 0;
}

int writeAll(int fd, std::string_view content)
{
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0) {
            if (errno == EINTR)
                continue;
            return errno;
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

std::string systemReason(int error)
{
    switch (error) {
    case ENOSPC:
        return "no space left on the disk";
    case EDQUOT:
        return "the disk quota is used up";
    case EROFS:
        return "the file system is read-only";
    case EACCES:
    case EPERM:
        return "no permission";
    default:
        return std::generic_category().message(error);
    }
}

} // namespace ph

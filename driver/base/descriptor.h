#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace ph {

/// A file descriptor that is closed with its scope; below 0: none.
class Descriptor
{
public:
    explicit Descriptor(int fd = -1)
        : m_fd(fd)
    {
    }
    ~Descriptor() { close(); }
    Descriptor(Descriptor &&other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    {
    }
    Descriptor &operator=(Descriptor &&other) noexcept
    {
        std::swap(m_fd, other.m_fd);
        return *this;
    }

    int get() const { return m_fd; }
    bool isOpen() const { return m_fd >= 0; }
    /// 0, or -1 with errno: what was written may not be on the disk then.
    int close();

private:
    int m_fd;
};

/// Writes all of it. 0, or the errno of what failed.
int writeAll(int fd, std::string_view content);

/// What an errno means, in words: "no space left on the disk".
std::string systemReason(int error);

} // namespace ph

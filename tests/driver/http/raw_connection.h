#pragma once

#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

/// A TCP connection to 127.0.0.1 that sends exactly the bytes it is given.
class RawConnection
{
public:
    explicit RawConnection(std::uint16_t port)
        : m_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        m_connected = ::connect(m_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    }
    ~RawConnection() { close(); }
    RawConnection(const RawConnection &) = delete;
    RawConnection &operator=(const RawConnection &) = delete;

    bool isConnected() const { return m_connected; }
    void close()
    {
        if (m_fd >= 0)
            ::close(m_fd);
        m_fd = -1;
    }
    void endSending() { ::shutdown(m_fd, SHUT_WR); }

    /// False once the other side has closed.
    bool send(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(m_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// Reads until `end` has come, the other side closed, or the time is over.
    std::string readUntil(std::string_view end, std::chrono::milliseconds limit = std::chrono::seconds(10))
    {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        std::string got;
        while (end.empty() || got.find(end) == std::string::npos) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
            pollfd wait{m_fd, POLLIN, 0};
            if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) <= 0)
                return got;
            char buffer[16 * 1024];
            const ssize_t bytes = ::recv(m_fd, buffer, sizeof buffer, 0);
            if (bytes <= 0) {
                m_closedByPeer = true;
                return got;
            }
            got.append(buffer, static_cast<std::size_t>(bytes));
        }
        return got;
    }

    /// All there is until the other side closes.
    std::string readToEnd(std::chrono::milliseconds limit = std::chrono::seconds(10)) { return readUntil("", limit); }

    bool closedByPeer() const { return m_closedByPeer; }

private:
    int m_fd;
    bool m_connected = false;
    bool m_closedByPeer = false;
};

#include "agent/acp/transport.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace acp {
namespace {

std::string taken(std::string &text) // std::exchange() makes g++ 12 warn of a copy out of bounds that is none
{
    std::string out;
    out.swap(text);
    return out;
}

/// While it lives, a write to a client that has left is an error on this thread and no signal, whatever the program has set.
class NoBrokenPipeSignal
{
public:
    NoBrokenPipeSignal()
    {
        sigemptyset(&m_pipe);
        sigaddset(&m_pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &m_pipe, &m_before);
        if (sigismember(&m_before, SIGPIPE) == 1) { // Only a signal that was blocked already can be pending already.
            sigset_t pending;
            sigpending(&pending);
            m_wasPending = sigismember(&pending, SIGPIPE) == 1;
        }
    }
    ~NoBrokenPipeSignal()
    {
        constexpr timespec now{};
        while (m_isBroken && !m_wasPending && sigtimedwait(&m_pipe, nullptr, &now) < 0 && errno == EINTR) { }
        pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
    }
    /// A write has failed with EPIPE: its signal is taken away at the end.
    void broken() { m_isBroken = true; }
    NoBrokenPipeSignal(const NoBrokenPipeSignal &) = delete;
    NoBrokenPipeSignal &operator=(const NoBrokenPipeSignal &) = delete;

private:
    sigset_t m_pipe;
    sigset_t m_before;
    bool m_wasPending = false;
    bool m_isBroken = false;
};

class Stdio final : public Transport
{
public:
    Stdio(int inFd, int outFd)
        : m_in(inFd)
        , m_out(outFd)
        , m_wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
    {
    }
    ~Stdio() override
    {
        Stdio::close();
        ::close(m_wake);
    }

    void send(const std::string &line) override
    {
        const std::lock_guard lock(m_sending);
        NoBrokenPipeSignal quiet;
        std::string text;
        text.reserve(line.size() + 1);
        text = line;
        text += '\n';
        std::size_t sent = 0;
        while (sent < text.size() && !m_broken && waitFor(m_out, POLLOUT)) {
            // Never more than a pipe takes at once after poll() said so: the write cannot block, and close() is heard in time.
            const auto written = ::write(m_out, text.data() + sent, std::min<std::size_t>(text.size() - sent, PIPE_BUF));
            if (written > 0) {
                sent += std::size_t(written);
            } else if (written < 0 && errno != EINTR && errno != EAGAIN) {
                m_broken = true;
                quiet.broken();
            }
        }
        if (m_broken)
            wake(); // The client has left: a waiting receive() returns.
    }

    std::optional<std::string> receive() override
    {
        const std::lock_guard lock(m_receiving);
        while (true) {
            if (auto line = takeLine())
                return line;
            if (m_ended)
                return takeRest();
            if (!waitFor(m_in, POLLIN)) {
                m_ended = true;
                m_buffer.clear();
                return {};
            }
            std::array<char, 65536> chunk;
            const auto got = ::read(m_in, chunk.data(), chunk.size());
            if (got > 0)
                m_buffer.append(chunk.data(), std::size_t(got));
            else if (got == 0 || (errno != EINTR && errno != EAGAIN))
                m_ended = true;
        }
    }

    void close() override
    {
        m_closed = true;
        wake();
    }

private:
    /// False when the transport was closed while waiting.
    bool waitFor(int fd, short events)
    {
        while (!m_closed && !m_broken) {
            std::array<pollfd, 2> fds{{{fd, events, 0}, {m_wake, POLLIN, 0}}};
            if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR)
                return false;
            if (fds[0].revents != 0)
                return !m_closed;
        }
        return false;
    }
    void wake()
    {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(m_wake, &one, sizeof one); // Stays readable: every waiter sees it.
    }

    std::optional<std::string> takeLine()
    {
        while (true) {
            const auto end = m_buffer.find('\n', m_searched);
            if (end == std::string::npos) {
                m_buffer.erase(0, std::exchange(m_start, 0));
                m_searched = m_buffer.size();
                if (m_buffer.size() <= maximumLine + 1)
                    return {};
                m_ended = true; // What is handed over is longer than maximumLine, which says why the line ends here.
                return taken(m_buffer);
            }
            auto line = m_buffer.substr(m_start, end - m_start);
            m_searched = m_start = end + 1;
            if (!line.empty() && line.back() == '\r')
                line.pop_back();
            if (line.find_first_not_of(" \t\r") != std::string::npos)
                return line;
        }
    }
    /// A last line without its newline counts.
    std::optional<std::string> takeRest()
    {
        auto line = taken(m_buffer); // takeLine() has left the rest at the front.
        if (line.find_first_not_of(" \t\r\n") == std::string::npos)
            return {};
        if (line.back() == '\r')
            line.pop_back();
        return line;
    }

    const int m_in;
    const int m_out;
    const int m_wake;
    std::atomic<bool> m_closed = false;
    std::atomic<bool> m_broken = false; // the client no longer reads
    std::mutex m_sending;   // One line at a time.
    std::mutex m_receiving; // Guards what follows.
    std::string m_buffer;
    std::size_t m_start = 0;    // of the next line in the buffer
    std::size_t m_searched = 0; // no newline before
    bool m_ended = false;
};

} // namespace

std::unique_ptr<Transport> makeStdio(int inFd, int outFd) { return std::make_unique<Stdio>(inFd, outFd); }

} // namespace acp

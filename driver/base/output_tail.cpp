#include "driver/base/output_tail.h"

#include "driver/base/redact.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <unistd.h>

namespace ph {
namespace {

/// Without terminal sequences and other control characters but line ends and tabs.
std::string plain(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == 0x1b && i + 1 < text.size() && text[i + 1] == '[') {
            for (i += 2; i < text.size() && (text[i] < '@' || text[i] > '~'); ++i) { }
        } else if (c >= 0x20 || c == '\n' || c == '\t') {
            out += text[i];
        }
    }
    return out;
}

} // namespace

OutputTail::OutputTail(int fd, std::size_t maximumBytes)
    : m_fd(fd)
    , m_maximum(maximumBytes)
    , m_reader([this](const std::stop_token &stop) { drain(stop); })
{
}

void OutputTail::drain(const std::stop_token &stop)
{
    std::array<char, 4096> chunk;
    while (!stop.stop_requested()) {
        pollfd fd{m_fd, POLLIN, 0};
        if (::poll(&fd, 1, 100) <= 0)
            continue;
        const auto got = ::read(m_fd, chunk.data(), chunk.size());
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        const std::lock_guard lock(m_mutex);
        if (got <= 0) {
            m_hasEnded = true;
            m_changed.notify_all();
            return;
        }
        m_text.append(chunk.data(), std::size_t(got));
        if (m_text.size() > m_maximum)
            m_text.erase(0, m_text.size() - m_maximum);
    }
}

std::string OutputTail::text() const
{
    const std::lock_guard lock(m_mutex);
    return redact(plain(m_text));
}

std::string OutputTail::lastLine() const
{
    const auto all = text();
    const auto end = all.find_last_not_of(" \t\n");
    if (end == std::string::npos)
        return {};
    const auto before = all.rfind('\n', end);
    const auto start = before == std::string::npos ? 0 : before + 1;
    return all.substr(start, end - start + 1);
}

bool OutputTail::waitForEnd(std::chrono::milliseconds timeout) const
{
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, timeout, [this] { return m_hasEnded; });
}

std::string endingOf(const std::string &program, const ChildExit &exit, const std::string &lastLine)
{
    const auto how = exit.signal ? program + " was ended by " + ::strsignal(*exit.signal) : program + " ended with code " + std::to_string(exit.code.value_or(0));
    return lastLine.empty() ? how + "." : how + ": " + lastLine;
}

} // namespace ph

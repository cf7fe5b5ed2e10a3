#include "ui/terminal/pty_process.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace ui {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t mostTyped = 1024 * 1024;
constexpr std::size_t oneRead = 64 * 1024;
constexpr std::size_t lastRead = 1024 * 1024; // of a program that has ended: what it left running may write without end

} // namespace

ph::Result<std::unique_ptr<PtyProcess>> PtyProcess::start(const ph::ChildOptions &options, Listener listener)
{
    auto child = ph::ChildProcess::start(options);
    if (!child)
        return ph::fail(child.error());
    return std::unique_ptr<PtyProcess>(new PtyProcess(*std::move(child), std::move(listener)));
}

PtyProcess::PtyProcess(std::unique_ptr<ph::ChildProcess> child, Listener listener)
    : m_child(std::move(child))
    , m_listener(std::move(listener))
    , m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    ::fcntl(m_child->output(), F_SETFL, ::fcntl(m_child->output(), F_GETFL) | O_NONBLOCK);
    m_thread = std::jthread([this](const std::stop_token &stop) { run(stop); });
}

PtyProcess::~PtyProcess()
{
    m_thread.request_stop();
    wake();
    m_thread.join();
}

void PtyProcess::write(std::string_view bytes)
{
    {
        const std::lock_guard lock(m_mutex);
        m_typed.append(bytes.substr(0, mostTyped - std::min(mostTyped, m_typed.size())));
    }
    wake();
}

void PtyProcess::end()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isToEnd = true;
    }
    wake();
}

void PtyProcess::wake()
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(m_wake.get(), &one, sizeof one); // It fails when it is awake already.
}

bool PtyProcess::hasTyped()
{
    const std::lock_guard lock(m_mutex);
    return !m_typed.empty();
}

void PtyProcess::sendTyped()
{
    const std::lock_guard lock(m_mutex);
    if (m_typed.empty())
        return;
    const auto written = ::write(m_child->output(), m_typed.data(), m_typed.size());
    if (written > 0)
        m_typed.erase(0, std::size_t(written));
    else if (written < 0 && errno != EAGAIN && errno != EINTR)
        m_typed.clear(); // Nobody reads it any more.
}

/// False when nobody has the terminal any more.
bool PtyProcess::readSome(std::size_t atMost)
{
    std::array<char, 16 * 1024> chunk;
    for (std::size_t sum = 0; sum < atMost;) {
        const auto got = ::read(m_child->output(), chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return true;
        if (got <= 0)
            return false;
        sum += std::size_t(got);
        m_listener.onOutput(std::string_view(chunk.data(), std::size_t(got)));
    }
    return true;
}

void PtyProcess::run(const std::stop_token &stop)
{
    bool isOpen = true;
    bool hasEnded = false;
    while (!stop.stop_requested() && (isOpen || !hasEnded)) {
        const int endSign = m_child->endSign();
        const auto wanted = short(POLLIN | (hasTyped() ? POLLOUT : 0));
        // A descriptor below 0 is passed over.
        std::array<pollfd, 3> fds{{{m_wake.get(), POLLIN, 0}, {isOpen ? m_child->output() : -1, wanted, 0}, {hasEnded ? -1 : endSign, POLLIN, 0}}};
        ::poll(fds.data(), fds.size(), !hasEnded && endSign < 0 ? 10 : -1);
        std::uint64_t ignored = 0;
        [[maybe_unused]] const auto cleared = ::read(m_wake.get(), &ignored, sizeof ignored);
        if (stop.stop_requested())
            return;

        bool isToEnd = false;
        {
            const std::lock_guard lock(m_mutex);
            isToEnd = std::exchange(m_isToEnd, false);
        }
        if (isToEnd)
            m_child->terminate(1s);
        if (isOpen) {
            sendTyped();
            isOpen = readSome(oneRead);
        }
        if (hasEnded || (fds[2].revents == 0 && endSign >= 0 && !isToEnd))
            continue;
        if (const auto exit = m_child->wait({}, 1ms)) {
            hasEnded = true;
            isOpen = isOpen && readSome(lastRead);
            m_listener.onEnd(*exit);
        }
    }
}

} // namespace ui

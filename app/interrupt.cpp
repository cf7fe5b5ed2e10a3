#include "app/interrupt.h"

#include <csignal>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace app {

namespace {

int wakeUp = -1; // what a signal handler may write to

void onSignal(int)
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wakeUp, &one, sizeof one);
}

constexpr int watched[] = {SIGINT, SIGTERM};

} // namespace

Interrupt::Interrupt()
{
    wakeUp = ::eventfd(0, EFD_CLOEXEC);
    m_waiting = std::jthread([stop = m_stop](std::stop_token ending) mutable {
        std::uint64_t count = 0;
        if (::read(wakeUp, &count, sizeof count) > 0 && !ending.stop_requested())
            stop.request_stop();
    });
    struct sigaction action = {};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART | SA_RESETHAND; // the second one ends the program
    for (const int signal : watched)
        ::sigaction(signal, &action, nullptr);
}

Interrupt::~Interrupt()
{
    for (const int signal : watched)
        std::signal(signal, SIG_DFL);
    m_waiting.request_stop();
    onSignal(0);
    m_waiting.join();
    ::close(wakeUp);
}

} // namespace app

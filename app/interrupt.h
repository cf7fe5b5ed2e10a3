#pragma once

#include <stop_token>
#include <thread>

namespace app {

/// Turns the first Ctrl+C (or SIGTERM) into a stop, so that what runs can end in order; the second ends the program. One at a time.
class Interrupt
{
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt &) = delete;
    Interrupt &operator=(const Interrupt &) = delete;

    std::stop_token token() const { return m_stop.get_token(); }

private:
    std::stop_source m_stop;
    std::jthread m_waiting;
};

} // namespace app

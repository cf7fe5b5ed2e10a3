#pragma once

#include <chrono>
#include <thread>

namespace acp {

/// Looks for about ten microseconds whether `isTrue`, and lets other threads run in between. For who is about to sleep for another thread:
/// in a conversation the next line often comes sooner than a sleeping thread is woken, and who is awake costs the other side no wake-up.
/// Where other programs want the processor, to yield costs a slice of theirs, milliseconds: a thread that meets this looks only once the
/// next ten thousand times.
template <typename Condition>
bool soon(const Condition &isTrue)
{
    using Clock = std::chrono::steady_clock;
    thread_local int looksOnce = 0;

    if (isTrue())
        return true;
    if (looksOnce > 0) {
        --looksOnce;
        return false;
    }
    for (int i = 0; i < 40 && looksOnce == 0; ++i) {
        const auto before = Clock::now();
        std::this_thread::yield();
        if (Clock::now() - before > std::chrono::microseconds(50))
            looksOnce = 10'000;
        if (isTrue())
            return true;
    }
    return false;
}

} // namespace acp

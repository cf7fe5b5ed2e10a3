#pragma once

#include <thread>

namespace acp {

/// Looks for about ten microseconds whether `isTrue`, and lets other threads run in between. For who is about to sleep for another thread:
/// in a conversation the next line often comes sooner than a sleeping thread is woken, and who is awake costs the other side no wake-up.
template <typename Condition>
bool soon(const Condition &isTrue)
{
    for (int i = 0; i < 40; ++i) {
        if (isTrue())
            return true;
        std::this_thread::yield();
    }
    return isTrue();
}

} // namespace acp

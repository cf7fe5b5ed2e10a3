#include "driver/base/clock.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace ph {

namespace {

class SystemClock : public Clock
{
public:
    Time now() const override { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); }

    bool waitUntil(Time time, std::stop_token stop) override
    {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        // In pieces: a wall clock that is set while we wait must not make the wait longer than it says from then on.
        constexpr Time::duration piece = std::chrono::seconds(1);
        for (Time at = now(); at < time && !stop.stop_requested(); at = now())
            never.wait_for(lock, stop, std::min(time - at, piece), [] { return false; });
        return !stop.stop_requested();
    }
};

} // namespace

Clock &systemClock()
{
    static SystemClock clock;
    return clock;
}

} // namespace ph

#pragma once

#include "driver/base/time.h"

#include <stop_token>

namespace ph {

/// Where time comes from: the machine's clock, or a test's own. Any thread.
class Clock
{
public:
    virtual ~Clock() = default;

    virtual Time now() const = 0;

    /// Blocks until now() has reached `time`. False when `stop` was requested before.
    virtual bool waitUntil(Time time, std::stop_token stop) = 0;
};

/// The machine's wall clock.
Clock &systemClock();

} // namespace ph

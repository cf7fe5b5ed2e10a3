#pragma once

#include "driver/base/clock.h"

#include <mutex>

/// A clock that stands until somebody waits: then it is that time. Any thread.
class ManualClock : public ph::Clock
{
public:
    explicit ManualClock(ph::Time start = ph::Time(std::chrono::sys_days(std::chrono::year(2026) / 1 / 31)))
        : m_now(start)
    {
    }

    ph::Time now() const override
    {
        const std::lock_guard lock(m_mutex);
        return m_now;
    }
    bool waitUntil(ph::Time time, std::stop_token stop) override
    {
        const std::lock_guard lock(m_mutex);
        m_now = std::max(m_now, time);
        return !stop.stop_requested();
    }
    void advance(ph::Time::duration span)
    {
        const std::lock_guard lock(m_mutex);
        m_now += span;
    }

private:
    mutable std::mutex m_mutex; // Guards m_now.
    ph::Time m_now;
};

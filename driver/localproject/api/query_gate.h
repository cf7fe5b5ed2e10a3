#pragma once

#include "driver/base/result.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace localproject::api {

/// Lets a few queries run at once; the others wait their turn.
class QueryGate
{
public:
    explicit QueryGate(int places)
        : m_free(places)
    {
    }

    /// A place; given back with its scope.
    class Place
    {
    public:
        explicit Place(QueryGate &gate)
            : m_gate(&gate)
        {
        }
        Place(Place &&other) noexcept
            : m_gate(std::exchange(other.m_gate, nullptr))
        {
        }
        Place &operator=(Place &&) = delete;
        ~Place()
        {
            if (m_gate)
                m_gate->leave();
        }

    private:
        QueryGate *m_gate;
    };

    /// Errors: RateLimited (no place in time), Cancelled.
    ph::Result<Place> enter(std::chrono::milliseconds wait, std::stop_token stop)
    {
        std::unique_lock lock(m_mutex);
        const bool free = m_changed.wait_for(lock, stop, wait, [this] { return m_free > 0; });
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "The query was cancelled.");
        if (!free)
            return ph::fail(ph::ErrorCode::RateLimited, "Too many simultaneous queries. Try again later.");
        --m_free;
        return Place(*this);
    }

private:
    void leave()
    {
        const std::lock_guard lock(m_mutex);
        ++m_free;
        m_changed.notify_one();
    }

    std::mutex m_mutex; // Guards the one below.
    int m_free;
    std::condition_variable_any m_changed;
};

} // namespace localproject::api

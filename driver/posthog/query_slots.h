#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace posthog {

/// How many queries may run at once; PostHog runs three of a project and makes the others wait or fails them.
class QuerySlots
{
public:
    explicit QuerySlots(int count)
        : m_free(count)
    {
    }

    /// Held while a query runs.
    class Slot
    {
    public:
        explicit Slot(QuerySlots *owner)
            : m_owner(owner)
        {
        }
        Slot(Slot &&other) noexcept
            : m_owner(std::exchange(other.m_owner, nullptr))
        {
        }
        Slot &operator=(Slot &&) = delete;
        ~Slot()
        {
            if (m_owner)
                m_owner->release();
        }
        explicit operator bool() const { return m_owner != nullptr; }

    private:
        QuerySlots *m_owner;
    };

    /// Waits for a free slot; an empty one when `stop` is requested first.
    Slot take(std::stop_token stop)
    {
        std::unique_lock lock(m_mutex);
        if (!m_freed.wait(lock, stop, [this] { return m_free > 0; }) || stop.stop_requested())
            return Slot(nullptr);
        --m_free;
        return Slot(this);
    }

private:
    void release()
    {
        {
            const std::lock_guard lock(m_mutex);
            ++m_free;
        }
        m_freed.notify_one();
    }

    std::mutex m_mutex; // Guards m_free.
    std::condition_variable_any m_freed;
    int m_free;
};

} // namespace posthog

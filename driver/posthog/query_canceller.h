#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace posthog {

/// Tells PostHog, on a thread of its own, that nobody waits for a query any more: whoever stopped it need not wait for that.
class QueryCanceller
{
public:
    /// `tell` sends one cancellation and takes a second at most: the destructor waits for what was asked before.
    explicit QueryCanceller(std::function<void(const std::string &id)> tell)
        : m_tell(std::move(tell))
    {
    }

    void cancel(const std::string &id)
    {
        const std::lock_guard lock(m_mutex);
        m_ids.push_back(id);
        if (!m_thread.joinable())
            m_thread = std::jthread([this](std::stop_token stop) { run(stop); });
        m_changed.notify_all();
    }

private:
    void run(const std::stop_token &stop)
    {
        std::unique_lock lock(m_mutex);
        while (m_changed.wait(lock, stop, [this] { return !m_ids.empty(); })) {
            const std::string id = std::move(m_ids.front());
            m_ids.pop_front();
            lock.unlock();
            m_tell(id);
            lock.lock();
        }
    }

    const std::function<void(const std::string &)> m_tell;
    std::mutex m_mutex; // Guards m_ids.
    std::condition_variable_any m_changed;
    std::deque<std::string> m_ids;
    std::jthread m_thread; // made when it is first needed; ends first
};

} // namespace posthog

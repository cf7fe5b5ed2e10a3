#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace http {

/// Threads for work that may block. A new one is started when all are busy, up to `maximum`: a slow request never
/// holds up a quick one.
class WorkerPool
{
public:
    explicit WorkerPool(std::size_t maximum)
        : m_maximum(maximum)
    {
    }
    ~WorkerPool() { finish(); }
    WorkerPool(const WorkerPool &) = delete;
    WorkerPool &operator=(const WorkerPool &) = delete;

    void run(std::function<void()> work)
    {
        const std::lock_guard lock(m_mutex);
        m_queue.push_back(std::move(work));
        if (m_idle < m_queue.size() && m_threads.size() < m_maximum)
            m_threads.emplace_back([this] { loop(); });
        m_changed.notify_one();
    }

    /// Lets the queued work end, then joins.
    void finish()
    {
        std::vector<std::thread> threads;
        {
            const std::lock_guard lock(m_mutex);
            m_finishing = true;
            threads.swap(m_threads);
        }
        m_changed.notify_all();
        for (std::thread &thread : threads)
            thread.join();
    }

private:
    void loop()
    {
        std::unique_lock lock(m_mutex);
        while (true) {
            ++m_idle;
            m_changed.wait(lock, [this] { return !m_queue.empty() || m_finishing; });
            --m_idle;
            if (m_queue.empty())
                return;
            {
                const std::function<void()> work = std::move(m_queue.front());
                m_queue.pop_front();
                lock.unlock();
                work();
            } // What the work captured goes before the lock is taken again.
            lock.lock();
        }
    }

    const std::size_t m_maximum;
    std::mutex m_mutex; // Guards all below.
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_queue;
    std::vector<std::thread> m_threads;
    std::size_t m_idle = 0;
    bool m_finishing = false;
};

} // namespace http

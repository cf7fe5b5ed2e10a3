#include "agent/acp/transport.h"

#include "agent/acp/soon.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace acp {
namespace {

constexpr std::size_t maximumQueued = 4 * 1024 * 1024; // bytes that wait in one direction before who sends waits too
constexpr std::size_t keptMemory = 256 * 1024;         // of an emptied batch, in bytes; more is given back

/// Lines one after another in one text.
struct Batch {
    std::string text;
    std::vector<std::size_t> ends;

    void add(const std::string &line)
    {
        text += line;
        ends.push_back(text.size());
    }
    void clear()
    {
        if (text.capacity() > keptMemory)
            *this = {};
        text.clear();
        ends.clear();
    }
};

/// One direction of a pipe. The receiver takes all that waits at once, so the two sides meet at the lock once a batch.
class LineQueue
{
public:
    /// Waits while the queue is full, unless the line is `urgent`.
    void push(const std::string &line, bool urgent)
    {
        std::unique_lock lock(m_mutex);
        if (!urgent)
            m_emptied.wait(lock, [this] { return m_closed || m_waiting.text.size() < maximumQueued; });
        if (m_closed)
            return;
        m_waiting.add(line);
        m_hasNews = true;
        const bool wake = std::exchange(m_receiverSleeps, false);
        lock.unlock();
        if (wake)
            m_filled.notify_one();
    }
    std::optional<std::string> pop()
    {
        const std::lock_guard order(m_receiving);
        if (m_next == m_taken.ends.size() && !takeWaiting())
            return {};
        const auto start = m_next == 0 ? 0 : m_taken.ends[m_next - 1];
        return m_taken.text.substr(start, m_taken.ends[m_next++] - start);
    }
    /// What was pushed before still comes out.
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        m_hasNews = true;
        m_filled.notify_all();
        m_emptied.notify_all();
    }

private:
    bool takeWaiting()
    {
        m_taken.clear();
        m_next = 0;
        soon([this] { return m_hasNews.load(); });
        std::unique_lock lock(m_mutex);
        while (!m_closed && m_waiting.ends.empty()) {
            m_receiverSleeps = true;
            m_filled.wait(lock);
        }
        m_receiverSleeps = false;
        m_hasNews = m_closed;
        std::swap(m_taken, m_waiting);
        m_emptied.notify_all();
        return !m_taken.ends.empty();
    }

    std::mutex m_receiving; // Guards the two below; taken before m_mutex.
    Batch m_taken;
    std::size_t m_next = 0; // of the lines in m_taken

    std::mutex m_mutex; // Guards what follows.
    std::condition_variable m_filled;
    std::condition_variable m_emptied;
    Batch m_waiting;
    std::atomic<bool> m_hasNews = false; // something waits, or the end; looked at without the lock too
    bool m_receiverSleeps = false;
    bool m_closed = false;
};

class PipeEnd final : public Transport
{
public:
    PipeEnd(std::shared_ptr<LineQueue> in, std::shared_ptr<LineQueue> out)
        : m_in(std::move(in))
        , m_out(std::move(out))
    {
    }
    ~PipeEnd() override { PipeEnd::close(); }

    // The thread that receives here never waits to send: the other side may wait for it to go on receiving.
    void send(const std::string &line) override { m_out->push(line, m_receiver.load() == std::this_thread::get_id()); }
    std::optional<std::string> receive() override
    {
        m_receiver = std::this_thread::get_id();
        return m_in->pop();
    }
    void close() override
    {
        m_in->close();
        m_out->close();
    }

private:
    std::shared_ptr<LineQueue> m_in;
    std::shared_ptr<LineQueue> m_out;
    std::atomic<std::thread::id> m_receiver;
};

class TappedTransport final : public Transport
{
public:
    TappedTransport(std::unique_ptr<Transport> inner, std::function<void(Direction, const std::string &)> onLine)
        : m_inner(std::move(inner))
        , m_onLine(std::move(onLine))
    {
    }

    void send(const std::string &line) override
    {
        const std::lock_guard order(m_sending); // The tap sees sent lines in the order in which they go out.
        show(Direction::Sent, line);
        m_inner->send(line);
    }
    std::optional<std::string> receive() override
    {
        auto line = m_inner->receive();
        if (line)
            show(Direction::Received, *line);
        return line;
    }
    void close() override { m_inner->close(); }
    std::string ending() override { return m_inner->ending(); }

private:
    void show(Direction direction, const std::string &line)
    {
        const std::lock_guard lock(m_showing);
        m_onLine(direction, line);
    }

    std::unique_ptr<Transport> m_inner;
    std::mutex m_sending; // Held while a line goes out; taken before m_showing.
    std::mutex m_showing; // Guards m_onLine: one line at a time.
    std::function<void(Direction, const std::string &)> m_onLine;
};

} // namespace

std::pair<std::unique_ptr<Transport>, std::unique_ptr<Transport>> makePipe()
{
    auto there = std::make_shared<LineQueue>();
    auto back = std::make_shared<LineQueue>();
    return {std::make_unique<PipeEnd>(back, there), std::make_unique<PipeEnd>(there, back)};
}

std::unique_ptr<Transport> tapped(std::unique_ptr<Transport> inner, std::function<void(Direction, const std::string &)> onLine)
{
    return std::make_unique<TappedTransport>(std::move(inner), std::move(onLine));
}

} // namespace acp

#include "agent/acp/transport.h"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace acp {
namespace {

class LineQueue
{
public:
    void push(const std::string &line)
    {
        const std::lock_guard lock(m_mutex);
        if (m_closed)
            return;
        m_lines.push_back(line);
        m_changed.notify_one();
    }
    std::optional<std::string> pop()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_closed || !m_lines.empty(); });
        if (m_lines.empty())
            return {};
        auto line = std::move(m_lines.front());
        m_lines.pop_front();
        return line;
    }
    /// What was pushed before still comes out.
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        m_changed.notify_all();
    }

private:
    std::mutex m_mutex; // Guards both below.
    std::deque<std::string> m_lines;
    bool m_closed = false;
    std::condition_variable m_changed;
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

    void send(const std::string &line) override { m_out->push(line); }
    std::optional<std::string> receive() override { return m_in->pop(); }
    void close() override
    {
        m_in->close();
        m_out->close();
    }

private:
    std::shared_ptr<LineQueue> m_in;
    std::shared_ptr<LineQueue> m_out;
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

#include "ui/shell/wire_log.h"

#include <QUuid>

#include <algorithm>

namespace ui {
namespace {

constexpr std::size_t maximumLogs = 8; // beyond them those that have ended go

/// Notes the lines that pass. Unlike acp::tapped() it holds no lock while a line goes out: the agent's end of a pipe has a tap, and two that
/// wait for room in both directions would wait for each other. Lines sent at once by two threads may stand here in the other order.
class Watched final : public acp::Transport
{
public:
    Watched(std::unique_ptr<acp::Transport> inner, std::shared_ptr<WireLog> log)
        : m_inner(std::move(inner))
        , m_log(std::move(log))
    {
    }
    ~Watched() override { m_log->end(); }

    void send(const std::string &line) override
    {
        m_log->add(acp::Direction::Sent, line);
        m_inner->send(line);
    }
    std::optional<std::string> receive() override
    {
        auto line = m_inner->receive();
        if (line)
            m_log->add(acp::Direction::Received, *line);
        return line;
    }
    void close() override { m_inner->close(); }
    std::string ending() override { return m_inner->ending(); }

private:
    const std::unique_ptr<acp::Transport> m_inner;
    const std::shared_ptr<WireLog> m_log;
};

} // namespace

WireLog::WireLog(QString id, QString name, Limits limits)
    : m_id(std::move(id))
    , m_name(std::move(name))
    , m_limits(limits)
{
}

void WireLog::add(acp::Direction direction, const std::string &text) { add({0, std::chrono::system_clock::now(), direction, text}); }

void WireLog::add(WireLine line)
{
    auto kept = std::make_shared<WireLine>(std::move(line));
    std::vector<WireLinePtr> old; // freed when the mutex is free again
    const std::lock_guard lock(m_mutex);
    kept->number = m_next++;
    m_bytes += kept->text.size();
    m_lines.push_back(std::move(kept));
    while (m_lines.size() > 1 && (m_lines.size() > m_limits.lines || m_bytes > m_limits.bytes)) {
        m_bytes -= m_lines.front()->text.size();
        old.push_back(std::move(m_lines.front()));
        m_lines.pop_front();
        ++m_dropped;
    }
}

WireLog::News WireLog::since(std::uint64_t number, std::size_t most) const
{
    const std::lock_guard lock(m_mutex);
    News news{{}, m_next - m_lines.size()};
    const auto skipped = number < news.oldest ? 0 : std::min<std::uint64_t>(number + 1 - news.oldest, m_lines.size());
    const auto from = m_lines.begin() + std::ptrdiff_t(skipped);
    news.lines.assign(from, from + std::ptrdiff_t(std::min<std::size_t>(most, m_lines.size() - skipped)));
    return news;
}

std::size_t WireLog::size() const
{
    const std::lock_guard lock(m_mutex);
    return m_lines.size();
}

std::uint64_t WireLog::lastNumber() const
{
    const std::lock_guard lock(m_mutex);
    return m_next - 1;
}

std::uint64_t WireLog::droppedCount() const
{
    const std::lock_guard lock(m_mutex);
    return m_dropped;
}

void WireLog::clear()
{
    std::deque<WireLinePtr> old;
    const std::lock_guard lock(m_mutex);
    m_lines.swap(old);
    m_bytes = 0;
    m_dropped = 0;
}

std::unique_ptr<acp::Transport> WireLogs::tap(const QString &agentName, std::unique_ptr<acp::Transport> transport)
{
    auto log = std::make_shared<WireLog>(QUuid::createUuid().toString(QUuid::WithoutBraces), agentName);
    m_logs.push_back(log);
    while (m_logs.size() > maximumLogs) {
        const auto ended = std::find_if(m_logs.begin(), m_logs.end(), [](const auto &one) { return one->hasEnded(); });
        if (ended == m_logs.end())
            break;
        m_logs.erase(ended);
    }
    auto watched = std::make_unique<Watched>(std::move(transport), std::move(log));
    emit changed();
    return watched;
}

std::shared_ptr<WireLog> WireLogs::find(const QString &id) const
{
    const auto found = std::find_if(m_logs.begin(), m_logs.end(), [&](const auto &log) { return log->id() == id; });
    return found == m_logs.end() ? nullptr : *found;
}

std::shared_ptr<WireLog> WireLogs::newest() const
{
    const auto live = std::find_if(m_logs.rbegin(), m_logs.rend(), [](const auto &log) { return !log->hasEnded(); });
    if (live != m_logs.rend())
        return *live;
    return m_logs.empty() ? nullptr : m_logs.back();
}

} // namespace ui

#include "ui/shell/wire_log.h"

#include <QUuid>

#include <algorithm>

namespace ui {
namespace {

constexpr std::size_t maximumLogs = 8; // beyond them those that have ended go

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
    // The transport owns its tap: what ends with it ends the log.
    struct Tap {
        std::shared_ptr<WireLog> log;
        ~Tap() { log->end(); }
    };
    auto log = std::make_shared<WireLog>(QUuid::createUuid().toString(QUuid::WithoutBraces), agentName);
    m_logs.push_back(log);
    while (m_logs.size() > maximumLogs) {
        const auto ended = std::find_if(m_logs.begin(), m_logs.end(), [](const auto &one) { return one->hasEnded(); });
        if (ended == m_logs.end())
            break;
        m_logs.erase(ended);
    }
    auto tapped = acp::tapped(std::move(transport), [tap = std::make_shared<Tap>(std::move(log))](acp::Direction direction, const std::string &line) {
        tap->log->add(direction, line);
    });
    emit changed();
    return tapped;
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

#include "driver/posthog/export_pages.h"

#include <algorithm>

namespace posthog {

namespace {

using namespace std::chrono;

constexpr ph::Time::duration day = hours(24);
constexpr ph::Time::duration shortest = seconds(1);
constexpr ph::Time::duration longest = 31 * day;
constexpr seconds quick{3};
constexpr std::size_t readAhead = 1;
constexpr std::size_t pageBytes = 8 * 1024 * 1024; // what a page should not be longer than

std::int64_t dayOf(ph::Time time) { return floor<days>(time).time_since_epoch().count(); }

} // namespace

ExportPages::ExportPages(Api &api, const ExportQueries &queries, const ExportState &state, const ExportRequest &request,
                         std::optional<ph::Time> since, std::optional<DayCounts> counts)
    : m_api(api)
    , m_queries(queries)
    , m_source(api, [this](const std::optional<Wait> &wait) {
        const std::lock_guard lock(m_mutex);
        m_wait = wait;
    })
    , m_since(since)
    , m_days(std::move(counts))
    , m_mostRows(std::clamp(request.pageRows, 1, 50'000))
    , m_limit(m_mostRows)
    , m_at(ph::parseIsoTime(state.from).value_or(queries.from()))
    , m_after(state.after)
    , m_span(since ? queries.to() - queries.from() : day)
{
    m_thread = std::jthread([this](std::stop_token stop) { run(stop); });
}

ExportPages::~ExportPages() = default;

ph::Result<std::optional<ExportPage>> ExportPages::take(milliseconds wait, std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, stop, wait, [this] { return !m_ready.empty() || m_ended; });
    if (stop.stop_requested())
        return ph::fail(ph::ErrorCode::Cancelled, "The export was stopped. The same command goes on with it.");
    if (!m_ready.empty()) {
        ExportPage page = std::move(m_ready.front());
        m_ready.pop_front();
        m_changed.notify_all();
        return std::optional<ExportPage>(std::move(page));
    }
    if (m_error)
        return ph::fail(*m_error);
    if (m_ended)
        return std::optional<ExportPage>();
    return std::optional<ExportPage>(ExportPage{});
}

std::string ExportPages::doing() const
{
    const std::lock_guard lock(m_mutex);
    return m_doing;
}

std::optional<Wait> ExportPages::waiting() const
{
    const std::lock_guard lock(m_mutex);
    return m_wait;
}

void ExportPages::run(const std::stop_token &stop)
{
    if (m_queries.hasTimes())
        runWindows(stop);
    else
        runKeyset(stop);
    const std::lock_guard lock(m_mutex);
    m_ended = true;
    m_changed.notify_all();
}

/// From `from` on: the span that came in time of late, or as many whole days as fill one page by PostHog's own count.
ph::Time ExportPages::windowEnd(ph::Time from) const
{
    ph::Time end = from + m_span;
    if (m_days && m_span >= day) {
        std::int64_t rows = 0;
        auto it = m_days->lower_bound(dayOf(from));
        for (; it != m_days->end() && rows + it->second <= m_limit; ++it)
            rows += it->second;
        const ph::Time filled = it == m_days->end() ? m_queries.to() : ph::Time(sys_days(days(it->first)));
        end = std::max(end, filled);
    }
    return std::min(end, m_queries.to());
}

/// The next day of which PostHog counted any rows. What has come to the others since is found at the end.
ph::Time ExportPages::skipEmpty(ph::Time from) const
{
    if (!m_days)
        return from;
    const auto next = m_days->lower_bound(dayOf(from));
    return next == m_days->end() ? m_queries.to() : std::max(from, ph::Time(sys_days(days(next->first))));
}

/// Asks for less from now on. False when there is nothing less to ask for.
bool ExportPages::less(PageFault::Kind kind)
{
    const bool byTime = kind == PageFault::Kind::TooSlow && m_queries.hasTimes() && m_span > shortest;
    if (byTime)
        m_span = std::max<ph::Time::duration>(std::min<ph::Time::duration>(m_span, m_queries.to() - m_at) / 2, shortest);
    else if (m_limit > 1)
        m_limit = std::max(m_limit / 2, 1);
    else
        return false;
    return true;
}

std::optional<QueryPage> ExportPages::fetch(const Statement &statement, const std::stop_token &stop, PageFault::Kind &kind)
{
    auto page = m_source.fetch(statement, stop);
    if (page)
        return std::move(*page);
    kind = page.error().kind;
    if (kind == PageFault::Kind::Final || !less(kind)) {
        kind = PageFault::Kind::Final;
        fail(page.error().error);
    }
    return {};
}

void ExportPages::runWindows(const std::stop_token &stop)
{
    while (!stop.stop_requested()) {
        if (m_after.empty())
            m_at = skipEmpty(m_at);
        if (m_at >= m_queries.to())
            return;
        const ph::Time end = windowEnd(m_at);
        const int limit = m_limit;
        say(ph::isoTimeMicros(m_at).substr(0, m_span < day ? 16 : 10));
        const auto started = steady_clock::now();
        PageFault::Kind kind{};
        auto page = fetch(m_queries.page(m_at, end, m_after, limit, m_since), stop, kind);
        if (!page && kind == PageFault::Kind::Final)
            return;
        if (!page)
            continue;
        if (steady_clock::now() - started < quick)
            m_span = std::min<ph::Time::duration>(std::max<ph::Time::duration>(m_span, shortest) * 2, std::max<ph::Time::duration>(longest, m_span));
        if (page->body->size() > pageBytes)
            m_limit = std::max(limit / 2, 1);
        else if (page->body->size() < pageBytes / 4)
            m_limit = std::min(m_limit * 2, m_mostRows);
        const std::size_t rows = page->rows();
        if (rows >= static_cast<std::size_t>(limit) || (page->hasMore && rows > 0)) {
            auto after = keyOf(*page, rows - 1, m_queries.keyColumns());
            const auto time = after.empty() ? std::nullopt : ph::parseIsoTime(after[0].get<std::string>());
            if (!time)
                return fail({ph::ErrorCode::Internal, "PostHog sent a row without a time or an ID."});
            if (after == m_after)
                return fail({ph::ErrorCode::Network, m_api.host() + " sends the same page again and again."});
            m_after = std::move(after);
            m_at = *time;
        } else {
            m_at = end;
            m_after.clear();
        }
        if (!give({std::move(*page), ph::isoTimeMicros(m_at), m_after}, stop))
            return;
    }
}

void ExportPages::runKeyset(const std::stop_token &stop)
{
    while (!stop.stop_requested()) {
        const int limit = m_limit;
        PageFault::Kind kind{};
        const bool ordered = !m_queries.keyColumns().empty();
        auto page = fetch(ordered ? m_queries.page({}, {}, m_after, limit, {}) : m_queries.firstPage(50'000), stop, kind);
        if (!page && kind == PageFault::Kind::Final)
            return;
        if (!page && !ordered)
            return fail({ph::ErrorCode::Network, "PostHog cannot answer this query as a whole in time; name columns by which it can be read in parts."});
        if (!page)
            continue;
        if (page->body->size() > pageBytes)
            m_limit = std::max(limit / 2, 1);
        const std::size_t rows = page->rows();
        const bool isLast = !ordered || rows < static_cast<std::size_t>(limit);
        if (!isLast) {
            auto after = keyOf(*page, rows - 1, m_queries.keyColumns());
            if (after.empty())
                return fail({ph::ErrorCode::Internal, "The query's result has no columns of these names to read it by."});
            if (after == m_after)
                return fail({ph::ErrorCode::Network, m_api.host() + " sends the same page again and again."});
            m_after = std::move(after);
        }
        if (!give({std::move(*page), {}, m_after}, stop) || isLast)
            return;
    }
}

bool ExportPages::give(ExportPage page, const std::stop_token &stop)
{
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait(lock, stop, [this] { return m_ready.size() < readAhead; }))
        return false;
    m_ready.push_back(std::move(page));
    m_changed.notify_all();
    return true;
}

void ExportPages::fail(ph::Error error)
{
    const std::lock_guard lock(m_mutex);
    m_error = std::move(error);
}

void ExportPages::say(std::string doing)
{
    const std::lock_guard lock(m_mutex);
    m_doing = std::move(doing);
}

} // namespace posthog

#pragma once

#include "driver/posthog/export_state.h"
#include "driver/posthog/page_source.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

namespace posthog {

/// A page, and where the next one begins: what the checkpoint holds once the page is in the file.
struct ExportPage {
    QueryPage page;
    std::string from;
    std::vector<ph::Json> after;
};

/// Rows a day, as PostHog counts them.
using DayCounts = std::map<std::int64_t, std::int64_t>; // days since 1970 -> rows

/// Reads the pages of an export on a thread of its own, one ahead of who writes them.
///
/// Events and persons are read in windows of time: a window that PostHog cannot answer in time is halved, and grows again with
/// each page that comes quickly; it reaches over days in which there is nothing.
class ExportPages
{
public:
    /// Goes on from `state`. `since`: only rows that reached PostHog from then on.
    ExportPages(Api &api, const ExportQueries &queries, const ExportState &state, const ExportRequest &request,
                std::optional<ph::Time> since, std::optional<DayCounts> days);
    ~ExportPages();

    /// The next page; an empty one when none came within `wait`; nothing at the end.
    ph::Result<std::optional<ExportPage>> take(std::chrono::milliseconds wait, std::stop_token stop);

    /// For the progress line: "2026-01-12", and what it waits for.
    std::string doing() const;
    std::optional<Wait> waiting() const;

private:
    void run(const std::stop_token &stop);
    void runWindows(const std::stop_token &stop);
    void runKeyset(const std::stop_token &stop);
    std::optional<QueryPage> fetch(const Statement &statement, const std::stop_token &stop, PageFault::Kind &lessThan);
    bool give(ExportPage page, const std::stop_token &stop);
    void fail(ph::Error error);
    void say(std::string doing);
    ph::Time windowEnd(ph::Time from) const;
    ph::Time skipEmpty(ph::Time from) const;
    bool less(PageFault::Kind kind);

    Api &m_api;
    const ExportQueries &m_queries;
    PageSource m_source;
    const std::optional<ph::Time> m_since;
    const std::optional<DayCounts> m_days;
    const int m_mostRows;
    int m_limit;
    ph::Time m_at;
    std::vector<ph::Json> m_after;
    ph::Time::duration m_span;

    mutable std::mutex m_mutex; // Guards the five below.
    std::condition_variable_any m_changed;
    std::deque<ExportPage> m_ready;
    bool m_ended = false;
    std::optional<ph::Error> m_error;
    std::string m_doing;
    std::optional<Wait> m_wait;
    std::jthread m_thread;
};

} // namespace posthog

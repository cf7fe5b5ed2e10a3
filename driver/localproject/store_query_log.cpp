#include "driver/localproject/store_query_log.h"

#include "driver/base/log.h"

#include <utility>

namespace localproject {
namespace {

constexpr std::size_t mostInMemory = 2000;

} // namespace

QueryLog::QueryLog(const Store &store)
    : m_store(store)
{
}

QueryLog::~QueryLog()
{
    if (const auto written = flush(); !written)
        ph::logError("localproject", "The query log could not be written: " + written.error().message);
}

void QueryLog::note(LoggedQuery query)
{
    bool full = false;
    {
        const std::scoped_lock lock(m_mutex);
        m_noted.push_back(std::move(query));
        full = m_noted.size() >= mostInMemory;
    }
    if (full)
        (void)flush();
}

ph::Result<> QueryLog::flush()
{
    std::vector<LoggedQuery> noted;
    {
        const std::scoped_lock lock(m_mutex);
        noted.swap(m_noted);
    }
    if (noted.empty())
        return {};
    auto appender = m_store.appender("query_log");
    if (!appender)
        return ph::fail(appender.error());
    for (const LoggedQuery &query : noted) {
        appender->add(Timestamp {query.startedAt}).add(query.queryId).add(query.query).add(query.name).add(query.durationMs).add(query.resultRows);
        appender->add(query.resultBytes).add(query.exceptionName).add(query.exception).add(query.endpoint);
        appender->endRow();
    }
    if (const auto done = appender->finish(); !done)
        return done;
    return m_store.execute("DELETE FROM query_log WHERE rowid < (SELECT max(rowid) - 10000 FROM query_log)");
}

} // namespace localproject

#pragma once

#include "driver/localproject/store.h"

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace localproject {

/// One query that was asked.
struct LoggedQuery {
    std::int64_t startedAt = 0; // microseconds since 1970
    std::string queryId;
    std::string query;
    std::string name;
    std::int64_t durationMs = 0;
    std::int64_t resultRows = 0;
    std::int64_t resultBytes = 0;
    std::string exceptionName; // such as hogql_query_error; empty when it was answered
    std::string exception;
    std::string endpoint; // the path that was called
};

/// What a project was asked. Kept in memory until somebody reads the table query_log: a write a query would cost more than most
/// queries do. Of older ones the last ten thousand stay.
class QueryLog
{
public:
    /// `store` must outlive it.
    explicit QueryLog(const Store &store);
    ~QueryLog(); // writes what is left

    void note(LoggedQuery query);
    /// Writes them to the table.
    ph::Result<> flush();

private:
    const Store &m_store;
    std::mutex m_mutex; // Guards the one below.
    std::vector<LoggedQuery> m_noted;
};

} // namespace localproject

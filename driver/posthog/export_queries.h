#pragma once

#include "driver/base/time.h"
#include "driver/posthog/export.h"
#include "driver/posthog/query_page.h"

#include <string>
#include <vector>

namespace posthog {

/// One HogQL statement and the values in it: names and times never become HogQL text.
struct Statement {
    std::string hogql;
    ph::Json values = ph::Json::object();
};

/// A column that orders the rows, and how a value of it is written.
struct KeyColumn {
    std::string name; // as HogQL writes it
    std::string column; // of the answer
    std::string bound; // "toUUID(@)": @ stands for the placeholder
};

/// What an export reads, page by page. `after` is the key of the last row that was read, in the order of keyColumns().
class ExportQueries
{
public:
    /// Error: InvalidInput (no such time, no such condition).
    static ph::Result<ExportQueries> make(const ExportRequest &request);

    bool hasTimes() const { return m_request.kind != ExportKind::Query; }
    ph::Time from() const { return m_from; }
    ph::Time to() const { return m_to; }
    const std::vector<KeyColumn> &keyColumns() const { return m_key; }
    /// Of each page; empty for a Query, whose columns are its own.
    const std::vector<Column> &columns() const { return m_columns; }
    /// Query: the columns that order its rows; their types as the answer named them.
    void setKey(const std::vector<Column> &columns);

    /// Rows from `from` up to `to`, behind `after` where it is not empty; with `since`, only those that reached PostHog from then on.
    Statement page(ph::Time from, ph::Time to, const std::vector<ph::Json> &after, int limit, const std::optional<ph::Time> &since) const;

    /// Rows a day, as (days since 1970, count), from one statement; `distinct` adds how many different keys a day has.
    Statement perDay(ph::Time from, ph::Time to) const;
    /// One row: how many rows there are, and how many different ones; what PostHog's clock shows, in seconds.
    Statement count(ph::Time from, ph::Time to) const;
    Statement clock() const;

    // Query:
    Statement firstPage(int limit) const; // in the query's own order
    Statement countDistinct(const std::vector<std::string> &columns) const; // (rows, different ones)

private:
    std::string conditions(Statement &statement, ph::Time from, ph::Time to) const;

    ExportRequest m_request;
    std::string m_where; // printed anew, in brackets; or empty
    std::string m_table;
    std::string m_time;
    std::vector<KeyColumn> m_key;
    std::vector<Column> m_columns;
    ph::Time m_from{};
    ph::Time m_to{};
};

/// The key of a page's row.
std::vector<ph::Json> keyOf(const QueryPage &page, std::size_t row, const std::vector<KeyColumn> &key);

} // namespace posthog

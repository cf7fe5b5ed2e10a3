#pragma once

#include "driver/localproject/insights/date_range.h"

namespace localproject::insights {

/// Runs an insight's HogQL. One a query.
class Engine
{
public:
    explicit Engine(const Source &source);

    const Source &source() const { return m_source; }
    const Calendar &calendar() const { return m_calendar; }

    /// All rows. Refuses with `attribute` what the compiler refuses: that can only come of an expression of the user.
    Rows run(const SelectPtr &query, const std::string &attribute = {});
    /// As run(), with ClickHouse's types where they are known. A LIMIT that the query does not have is 100, with hasMore.
    struct Page {
        Statement statement;
        Rows rows;
    };
    Page runPage(const SelectPtr &query, const CompileContext &context, const std::string &attribute = {});

    /// The statements so far as HogQL, those of equal text once: what "hogql" of an answer shows.
    const std::string &hogql() const { return m_hogql; }
    void show(const SelectPtr &query);

    /// The project's first event, for "all".
    Wall earliest();
    /// The cohort's name; refuses an id that no cohort has.
    std::string cohortName(std::int64_t id, const std::string &attribute) const;
    const ph::Json &action(std::int64_t id, const std::string &attribute) const;

private:
    Source m_source;
    Calendar m_calendar;
    std::string m_hogql;
};

/// Parses a user's own expression or query.
ExprPtr userExpression(const std::string &text, const std::string &attribute);
SelectPtr userQuery(const std::string &text, const std::string &attribute);

/// A number of an answer: whole ones as integers, NULL and what is not finite as 0.
ph::Json numberOf(const ph::Json &cell);
double realOf(const ph::Json &cell);
/// A double that JSON writes as PostHog does: 3.0 stays 3.0, NaN becomes null.
ph::Json realJson(double value);

} // namespace localproject::insights

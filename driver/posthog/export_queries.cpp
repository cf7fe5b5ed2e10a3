#include "driver/posthog/export_queries.h"

#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"
#include "driver/posthog/json_text.h"

#include <algorithm>

namespace posthog {

namespace {

/// In the form that toDateTime64 reads.
std::string utcText(ph::Time time)
{
    std::string text = ph::isoTimeMicros(time);
    text[10] = ' ';
    text.pop_back(); // Z
    return text;
}

constexpr const char *momentOf = "toDateTime64(@, 6, 'UTC')";

std::string filled(std::string_view bound, const std::string &placeholder)
{
    std::string text(bound);
    text.replace(text.find('@'), 1, "{" + placeholder + "}");
    return text;
}

/// `a > x OR (a = x AND (b > y …))`, which PostHog reads with its indices, unlike a comparison of tuples with placeholders.
std::string behind(const std::vector<KeyColumn> &key, std::size_t i = 0)
{
    const std::string bound = filled(key[i].bound, "hoglet_key_" + std::to_string(i));
    const std::string past = key[i].name + " > " + bound;
    if (i + 1 == key.size())
        return past;
    return "(" + past + " OR (" + key[i].name + " = " + bound + " AND " + behind(key, i + 1) + "))";
}

std::string boundOf(const std::string &type)
{
    switch (Column::kindOf(type)) {
    case ColumnKind::DateTime:
        return momentOf;
    case ColumnKind::Date:
        return "toDate(@)";
    case ColumnKind::Uuid:
        return "toUUID(@)";
    default:
        return "@";
    }
}

} // namespace

ph::Result<ExportQueries> ExportQueries::make(const ExportRequest &request)
{
    ExportQueries queries;
    queries.m_request = request;
    if (!queries.m_request.values.is_object())
        queries.m_request.values = ph::Json::object();
    if (request.kind == ExportKind::Query) {
        if (request.hogql.find_first_not_of(" \t\r\n;") == std::string::npos)
            return ph::fail(ph::ErrorCode::InvalidInput, "There is no query to export.");
        std::string &hogql = queries.m_request.hogql;
        while (hogql.find_last_not_of(" \t\r\n") != std::string::npos && hogql[hogql.find_last_not_of(" \t\r\n")] == ';')
            hogql.resize(hogql.find_last_not_of(" \t\r\n"));
        return queries;
    }
    const bool isEvents = request.kind == ExportKind::Events;
    queries.m_table = isEvents ? "events" : "persons";
    queries.m_time = isEvents ? "timestamp" : "created_at";
    const std::string id = isEvents ? "uuid" : "id";
    queries.m_key = {{queries.m_time, queries.m_time, momentOf}, {id, id, "toUUID(@)"}};
    if (isEvents)
        queries.m_columns = {{"uuid", "UUID"}, {"event", "String"}, {"timestamp", "DateTime64(6, 'UTC')"}, {"created_at", "DateTime64(6, 'UTC')"},
                             {"distinct_id", "String"}, {"person_id", "UUID"}, {"elements_chain", "String"}, {"properties", "String"}};
    else
        queries.m_columns = {{"id", "UUID"}, {"created_at", "DateTime64(6, 'UTC')"}, {"is_identified", "Bool"}, {"properties", "String"}};
    const auto readTime = [](const std::string &text, ph::Time otherwise) -> ph::Result<ph::Time> {
        if (text.empty())
            return otherwise;
        if (const auto time = ph::parseIsoTime(text))
            return *time;
        return ph::fail(ph::ErrorCode::InvalidInput, "\"" + text + "\" is no time; write it like 2026-01-31 or 2026-01-31T12:00:00Z.");
    };
    using namespace std::chrono;
    const auto from = readTime(request.from, sys_days(year(1970) / 1 / 1));
    const auto to = readTime(request.to, sys_days(year(2100) / 1 / 1));
    if (!from)
        return ph::fail(from.error());
    if (!to)
        return ph::fail(to.error());
    if (*from >= *to)
        return ph::fail(ph::ErrorCode::InvalidInput, "The export's end (" + request.to + ") does not lie behind its start.");
    queries.m_from = *from;
    queries.m_to = *to;
    if (!request.where.empty()) {
        // Read and printed again, so that no bracket or comment in it can reach past its own condition.
        const auto where = hogql::parseExpression(request.where);
        if (!where)
            return ph::fail(ph::ErrorCode::InvalidInput, where.error().message);
        queries.m_where = "(" + hogql::print(**where) + ")";
    }
    return queries;
}

void ExportQueries::setKey(const std::vector<Column> &columns)
{
    m_key.clear();
    for (const Column &column : columns)
        m_key.push_back({hogql::quoteIdentifier(column.name), column.name, boundOf(column.type)});
}

std::string ExportQueries::conditions(Statement &statement, ph::Time from, ph::Time to) const
{
    statement.values = m_request.values;
    statement.values["hoglet_from"] = utcText(from);
    statement.values["hoglet_to"] = utcText(to);
    std::string text = m_time + " >= " + filled(momentOf, "hoglet_from") + " AND " + m_time + " < " + filled(momentOf, "hoglet_to");
    if (m_request.kind == ExportKind::Events && !m_request.events.empty()) {
        std::string names;
        for (std::size_t i = 0; i < m_request.events.size(); ++i) {
            const std::string name = "hoglet_event_" + std::to_string(i);
            statement.values[name] = m_request.events[i];
            names += (i == 0 ? "{" : ", {") + name + "}";
        }
        text += " AND event IN (" + names + ")";
    }
    if (!m_where.empty())
        text += " AND " + m_where;
    return text;
}

Statement ExportQueries::page(ph::Time from, ph::Time to, const std::vector<ph::Json> &after, int limit,
                              const std::optional<ph::Time> &since) const
{
    Statement statement;
    std::string order;
    for (const KeyColumn &column : m_key)
        order += (order.empty() ? "" : ", ") + column.name;
    std::string conditions;
    std::string select;
    if (m_request.kind == ExportKind::Query) {
        statement.values = m_request.values;
        select = "SELECT * FROM (" + m_request.hogql + "\n) AS hoglet_rows";
    } else {
        conditions = this->conditions(statement, from, to);
        for (const Column &column : m_columns)
            select += (select.empty() ? "SELECT " : ", ") + column.name;
        select += " FROM " + m_table;
    }
    if (!after.empty()) {
        conditions += (conditions.empty() ? "" : " AND ") + behind(m_key);
        for (std::size_t i = 0; i < after.size(); ++i)
            statement.values["hoglet_key_" + std::to_string(i)] = after[i];
    }
    if (since) {
        conditions += " AND created_at >= " + filled(momentOf, "hoglet_since");
        statement.values["hoglet_since"] = utcText(*since);
    }
    statement.hogql = select + (conditions.empty() ? "" : " WHERE " + conditions) + " ORDER BY " + order + " LIMIT " + std::to_string(limit);
    return statement;
}

Statement ExportQueries::perDay(ph::Time from, ph::Time to) const
{
    // Days of UTC, whatever the project's time zone.
    Statement statement;
    const std::string conditions = this->conditions(statement, from, to);
    statement.hogql = "SELECT intDiv(toUnixTimestamp(" + m_time + "), 86400) AS day, count() AS rows FROM " + m_table + " WHERE " + conditions
        + " GROUP BY day ORDER BY day LIMIT 50000";
    return statement;
}

Statement ExportQueries::count(ph::Time from, ph::Time to) const
{
    Statement statement;
    const std::string conditions = this->conditions(statement, from, to);
    statement.hogql = "SELECT count() AS rows, count(DISTINCT " + m_key.back().name + ") AS different FROM " + m_table + " WHERE " + conditions;
    return statement;
}

Statement ExportQueries::clock() const { return {"SELECT toUnixTimestamp(now()) AS now", ph::Json::object()}; }

Statement ExportQueries::firstPage(int limit) const
{
    return {"SELECT * FROM (" + m_request.hogql + "\n) AS hoglet_rows LIMIT " + std::to_string(limit), m_request.values};
}

Statement ExportQueries::countDistinct(const std::vector<std::string> &columns) const
{
    std::string list;
    for (const std::string &column : columns)
        list += (list.empty() ? "" : ", ") + hogql::quoteIdentifier(column);
    const std::string different = columns.empty() ? "0" : "count(DISTINCT " + (columns.size() > 1 ? "tuple(" + list + ")" : list) + ")";
    return {"SELECT count() AS rows, " + different + " AS different FROM (" + m_request.hogql + "\n) AS hoglet_rows", m_request.values};
}

std::vector<ph::Json> keyOf(const QueryPage &page, std::size_t row, const std::vector<KeyColumn> &key)
{
    std::vector<ph::Json> values;
    for (const KeyColumn &column : key) {
        std::size_t at = 0;
        while (at < page.columns.size() && page.columns[at].name != column.column)
            ++at;
        if (at == page.columns.size())
            return {};
        const std::string_view cell = page.cell(row, at);
        if (!cell.starts_with('"')) {
            values.push_back(ph::Json::parse(cell, nullptr, false));
            continue;
        }
        std::string text;
        appendUnescaped(cell, text);
        if (column.bound == momentOf) {
            const auto time = ph::parseIsoTime(text);
            if (!time)
                return {};
            text = utcText(*time);
        }
        values.push_back(std::move(text));
    }
    return values;
}

} // namespace posthog

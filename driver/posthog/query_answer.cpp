#include "driver/posthog/query_answer.h"

#include <algorithm>

namespace posthog {

namespace {

const ph::Json &member(const ph::Json &object, const char *key)
{
    static const ph::Json none;
    if (!object.is_object())
        return none;
    const auto found = object.find(key);
    return found == object.end() ? none : *found;
}

std::string textOf(const ph::Json &object, const char *key)
{
    const ph::Json &value = member(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

/// `types[i]` as name and type: ["count()", "UInt64"] of HogQLQuery, "UInt64" of EventsQuery.
std::pair<std::string, std::string> typeAt(const ph::Json &types, std::size_t i)
{
    if (!types.is_array() || i >= types.size())
        return {};
    const ph::Json &type = types[i];
    if (type.is_string())
        return {{}, type.get<std::string>()};
    if (type.is_array() && type.size() >= 2 && type[1].is_string())
        return {type[0].is_string() ? type[0].get<std::string>() : std::string(), type[1].get<std::string>()};
    return {};
}

} // namespace

ph::Result<Table> tableOf(const ph::Json &answer)
{
    if (const std::string error = textOf(answer, "error"); !error.empty())
        return ph::fail(ph::ErrorCode::InvalidInput, error);
    const ph::Json &results = member(answer, "results");
    if (!results.is_array())
        return ph::fail(ph::ErrorCode::Internal, "PostHog answered the query without results.");
    const ph::Json &columns = member(answer, "columns");
    const ph::Json &types = member(answer, "types");

    Table table;
    std::size_t width = std::max(columns.is_array() ? columns.size() : 0, types.is_array() ? types.size() : 0);
    if (width == 0 && !results.empty() && results[0].is_array())
        width = results[0].size();
    for (std::size_t i = 0; i < width; ++i) {
        auto [name, type] = typeAt(types, i);
        if (columns.is_array() && i < columns.size() && columns[i].is_string())
            name = columns[i].get<std::string>();
        table.columns.push_back({name.empty() ? "column " + std::to_string(i + 1) : std::move(name), std::move(type)});
    }
    table.rows.reserve(results.size());
    for (const ph::Json &row : results) {
        std::vector<ph::Json> cells;
        cells.reserve(width);
        if (row.is_array())
            cells.assign(row.begin(), row.end());
        else if (width == 1)
            cells.push_back(row);
        else
            return ph::fail(ph::ErrorCode::Internal, "PostHog answered the query with a row that is no list of cells.");
        if (cells.size() != width)
            return ph::fail(ph::ErrorCode::Internal,
                            "PostHog answered the query with a row of " + std::to_string(cells.size()) + " cells for "
                                + std::to_string(width) + " columns.");
        table.rows.push_back(std::move(cells));
    }
    if (const ph::Json &more = member(answer, "hasMore"); more.is_boolean())
        table.hasMore = more.get<bool>();
    if (const ph::Json &limit = member(answer, "limit"); limit.is_number_integer())
        table.limit = limit.get<int>();
    table.hogql = textOf(answer, "hogql");
    return table;
}

bool isPending(const ph::Json &answer)
{
    const ph::Json &complete = member(member(answer, "query_status"), "complete");
    return complete.is_boolean() && !complete.get<bool>();
}

ph::Result<ph::Json> finishedQuery(const ph::Json &answer)
{
    const ph::Json &status = member(answer, "query_status");
    if (const ph::Json &error = member(status, "error"); error.is_boolean() && error.get<bool>()) {
        const std::string message = textOf(status, "error_message");
        return ph::fail(ph::ErrorCode::InvalidInput, message.empty() ? "The query failed in PostHog." : message);
    }
    const ph::Json &results = member(status, "results");
    return results.is_object() ? results : answer;
}

} // namespace posthog

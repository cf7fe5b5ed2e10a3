#include "driver/posthog/rows.h"

#include "driver/base/time.h"
#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"
#include "driver/http/url.h"
#include "driver/posthog/paging.h"

#include <algorithm>

namespace posthog {

namespace {

constexpr int mostRows = 1'000;

/// How a HogQL table is listed: newest first, by a time and, among equals, by an ID. PostHog refuses OFFSET to personal API
/// keys, so the page after a row is asked for by that row's time and ID.
struct Listing {
    std::string_view object;
    std::vector<std::string_view> columns;
    std::string_view time;
    std::string_view id;
    std::string_view boundId; // the ID of the row before, as HogQL
    std::vector<std::string_view> searched;
};

const Listing &listingOf(const ObjectKind &kind)
{
    static const Listing listings[] = {
        {"events",
         {"uuid", "event", "timestamp", "distinct_id", "person_id", "$session_id", "properties"},
         "timestamp",
         "uuid",
         "toUUID({hoglet_id})",
         {"event", "distinct_id", "person.properties.email"}},
        {"persons",
         {"id", "properties.email", "properties.name", "created_at", "is_identified", "properties"},
         "created_at",
         "id",
         "toUUID({hoglet_id})",
         {"properties.email", "properties.name", "toString(id)"}},
        {"sessions",
         {"session_id", "distinct_id", "$start_timestamp", "$end_timestamp", "$session_duration", "$pageview_count",
          "$entry_pathname", "$channel_type", "$is_bounce"},
         "$start_timestamp",
         "session_id",
         "{hoglet_id}",
         {"distinct_id", "session_id", "$entry_pathname"}},
        {"groups", {"key", "index", "created_at", "properties"}, "created_at", "key", "{hoglet_id}", {"key"}},
    };
    return *std::find_if(std::begin(listings), std::end(listings),
                         [&](const Listing &listing) { return listing.object == kind.table; });
}

/// `text` as a LIKE pattern that finds it anywhere.
std::string containing(const std::string &text)
{
    std::string pattern = "%";
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\')
            pattern += '\\';
        pattern += c;
    }
    return pattern + "%";
}

/// "2026-01-31T12:00:00.123456+02:00" as UTC in the form that toDateTime64 reads.
std::optional<std::string> utcText(const std::string &iso)
{
    const auto time = ph::parseIsoTime(iso);
    if (!time)
        return {};
    std::string text = ph::isoTimeMicros(*time);
    text[10] = ' ';
    text.pop_back(); // Z
    return text;
}

/// The cursor of the row that a page ended with: its time and ID.
std::string cursorOf(const Table &table, const Listing &listing)
{
    const auto time = table.indexOf(listing.time);
    const auto id = table.indexOf(listing.id);
    if (table.rows.empty() || !time || !id)
        return {};
    const auto &last = table.rows.back();
    if (!last[*time].is_string() || !last[*id].is_string())
        return {};
    return ph::Json{last[*time], last[*id]}.dump();
}

ph::Result<RowsPage> tableRows(Api &api, const ObjectKind &kind, const RowsRequest &request, int limit, std::stop_token stop)
{
    const Listing &listing = listingOf(kind);
    const std::string time(listing.time);
    const std::string id(listing.id);
    ph::Json values = request.values.is_object() ? request.values : ph::Json::object();
    std::vector<std::string> conditions;
    if (!request.where.empty()) {
        // Read and printed again, so that no bracket or comment in it can reach past its own condition.
        const auto where = hogql::parseExpression(request.where);
        if (!where)
            return ph::fail(ph::ErrorCode::InvalidInput, where.error().message);
        conditions.push_back("(" + hogql::print(**where) + ")");
    }
    if (!request.search.empty()) {
        values["hoglet_search"] = containing(request.search);
        std::string any;
        for (const std::string_view column : listing.searched)
            any += (any.empty() ? "" : " OR ") + std::string(column) + " ILIKE {hoglet_search}";
        conditions.push_back("(" + any + ")");
    }
    if (!request.cursor.empty()) {
        const ph::Json cursor = ph::Json::parse(request.cursor, nullptr, false);
        const bool isOurs = cursor.is_array() && cursor.size() == 2 && cursor[0].is_string() && cursor[1].is_string();
        const auto before = isOurs ? utcText(cursor[0].get<std::string>()) : std::nullopt;
        if (!before)
            return ph::fail(ph::ErrorCode::InvalidInput, "The cursor is not one of this list.");
        values["hoglet_time"] = *before;
        values["hoglet_id"] = cursor[1];
        const std::string bound = "toDateTime64({hoglet_time}, 6, 'UTC')";
        conditions.push_back("(" + time + " < " + bound + " OR (" + time + " = " + bound + " AND " + id + " < "
                             + std::string(listing.boundId) + "))");
    }
    std::string hogql = "SELECT ";
    for (std::size_t i = 0; i < listing.columns.size(); ++i)
        hogql += (i == 0 ? "" : ", ") + std::string(listing.columns[i]);
    hogql += " FROM " + std::string(kind.table);
    for (std::size_t i = 0; i < conditions.size(); ++i)
        hogql += (i == 0 ? " WHERE " : " AND ") + conditions[i];
    hogql += " ORDER BY " + time + " DESC, " + id + " DESC LIMIT "
        + std::to_string(limit + 1); // one more tells whether there are more

    auto table = api.query(hogql, values, stop);
    if (!table)
        return ph::fail(table.error());
    RowsPage page;
    const bool hasMore = table->rows.size() > static_cast<std::size_t>(limit);
    if (hasMore)
        table->rows.resize(static_cast<std::size_t>(limit));
    for (const auto &row : table->rows) {
        ph::Json item = ph::Json::object();
        for (std::size_t i = 0; i < table->columns.size(); ++i) {
            const bool isText = table->columns[i].name == "properties" && row[i].is_string();
            ph::Json parsed = isText ? ph::Json::parse(row[i].get_ref<const std::string &>(), nullptr, false) : row[i];
            item[table->columns[i].name] = parsed.is_discarded() ? row[i] : std::move(parsed);
        }
        page.items.push_back(std::move(item));
    }
    if (hasMore)
        page.next = cursorOf(*table, listing);
    page.table = std::move(*table);
    page.table.hasMore = hasMore;
    return page;
}

ph::Result<RowsPage> listRows(Api &api, const ObjectKind &kind, const RowsRequest &request, int limit, std::stop_token stop)
{
    if (!request.where.empty())
        return ph::fail(ph::ErrorCode::InvalidInput,
                        std::string(kind.title) + " cannot be filtered by a HogQL condition; search by name instead.");
    const std::string list = api.projectPath(std::string(kind.name) + "/");
    std::string path = request.cursor;
    if (path.empty()) {
        path = list + "?limit=" + std::to_string(limit);
        if (kind.name == "property_definitions")
            path += "&type=event";
        if (kind.name == "insights")
            path += "&saved=true&basic=true"; // without results, which can be megabytes
        if (!request.search.empty())
            path += "&search=" + http::percentEncode(request.search);
    } else if (!path.starts_with(list + "?")) {
        return ph::fail(ph::ErrorCode::InvalidInput, "The cursor is not one of this list.");
    }
    const auto answer = api.get(path, stop);
    if (!answer)
        return ph::fail(answer.error());
    const auto results = answer->is_object() ? answer->find("results") : answer->end();
    if (!answer->is_object() || results == answer->end() || !results->is_array())
        return ph::fail(ph::ErrorCode::Internal,
                        "PostHog answered the list of " + std::string(kind.name) + " in a form that is not known.");
    RowsPage page;
    fillRows(kind, *results, page);
    if (const auto count = answer->find("count"); count != answer->end() && count->is_number_integer())
        page.total = count->get<std::int64_t>();
    auto next = nextPage(*answer, path, api.host());
    if (!next)
        return ph::fail(next.error());
    page.next = std::move(*next);
    page.table.hasMore = !page.next.empty();
    return page;
}

} // namespace

ph::Result<RowsPage> rowsOf(Api &api, const ObjectKind &kind, const RowsRequest &request, std::stop_token stop)
{
    const int limit = std::clamp(request.limit, 1, mostRows);
    return kind.table.empty() ? listRows(api, kind, request, limit, stop) : tableRows(api, kind, request, limit, stop);
}

} // namespace posthog

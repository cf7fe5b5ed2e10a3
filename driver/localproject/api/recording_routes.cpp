#include "driver/localproject/api/query_kinds.h"

#include "driver/base/time.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace localproject::api {

namespace {

constexpr std::int64_t recordingsOnAPage = 50;

// Times come as a span of the replay; active time can only be part of it.
const std::string recordingSelect
    = "SELECT r.session_id, r.distinct_id, r.min_first_timestamp, r.max_last_timestamp,"
      " date_diff('second', r.min_first_timestamp, r.max_last_timestamp) AS duration,"
      " r.active_milliseconds / 1000.0 AS active_seconds, r.click_count, r.keypress_count, r.mouse_activity_count,"
      " r.console_log_count, r.console_warn_count, r.console_error_count, r.first_url, r.snapshot_source,"
      " r.ongoing, "
    + std::string(personColumns)
    + " FROM replay_events r LEFT JOIN (SELECT distinct_id, any_value(person_id) AS person_id FROM person_distinct_ids GROUP BY "
      "distinct_id) i"
      " ON i.distinct_id = r.distinct_id LEFT JOIN persons p ON p.id = i.person_id";

ph::Json recordingOf(const std::vector<ph::Json> &row)
{
    const double duration = row[4].is_number() ? row[4].get<double>() : 0;
    const double active = row[5].is_number() ? std::min(row[5].get<double>(), duration) : 0;
    ph::Json person = row[15].is_null() ? ph::Json() : personOf({row.begin() + 15, row.end()});
    return {{"id", row[0]},
            {"distinct_id", row[1]},
            {"start_time", row[2]},
            {"end_time", row[3]},
            {"recording_duration", row[4]},
            {"active_seconds", active},
            {"inactive_seconds", duration - active},
            {"click_count", row[6]},
            {"keypress_count", row[7]},
            {"mouse_activity_count", row[8]},
            {"console_log_count", row[9]},
            {"console_warn_count", row[10]},
            {"console_error_count", row[11]},
            {"start_url", row[12]},
            {"snapshot_source", row[13]},
            {"ongoing", row[14].is_null() ? ph::Json(false) : row[14]},
            {"activity_score", duration > 0 ? ph::Json(active / duration * 100) : ph::Json(0)},
            {"person", std::move(person)},
            {"viewed", false},
            {"viewers", ph::Json::array()},
            {"storage", "object_storage_lts"},
            {"retention_period_days", 30}};
}

/// "-3d", "-24h", "-2w", "all" or ISO text, as the moment it means; nothing when it is none of these.
std::optional<std::string> momentOf(const Project &project, const std::string &text)
{
    auto time = ph::parseIsoTime(text);
    if (!time && text.size() > 2 && text[0] == '-') {
        int count = 0;
        const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size() - 1, count);
        const std::chrono::hours unit(text.back() == 'h' ? 1 : text.back() == 'd' ? 24 : text.back() == 'w' ? 168 : 0);
        if (error == std::errc() && end == text.data() + text.size() - 1 && unit.count() > 0 && count < 1'000'000)
            time = *ph::parseIsoTime(project.now()) - unit * count;
    }
    if (!time)
        return std::nullopt;
    std::string iso = ph::isoTimeMicros(*time);
    iso.pop_back(); // DuckDB reads a TIMESTAMP without its Z.
    return iso;
}

/// The ids of a list, or the one that is named by itself.
ph::Json idsIn(const ph::Json &value) { return value.is_array() ? value : ph::Json::array({value}); }

bool isEmpty(const ph::Json &value) { return value.is_null() || value == false || value == "" || ((value.is_array() || value.is_object()) && value.empty()); }

/// Recordings in whose session one of the events, or each of them, was sent.
ph::Result<> addEvents(Conditions &conditions, const ph::Json &fields)
{
    const ph::Json events = memberOf(fields, "events");
    if (isEmpty(events))
        return {};
    std::string any;
    std::vector<ph::Json> names;
    for (const ph::Json &event : idsIn(events)) {
        if (textIn(event, "id").empty() || !isEmpty(memberOf(event, "properties")))
            return ph::fail(ph::ErrorCode::InvalidInput, "The local project filters recordings by the names of events (\"id\"), without properties.");
        any += any.empty() ? "" : textIn(fields, "operand") == "OR" ? " OR " : " AND ";
        any += "r.session_id IN (SELECT session_id FROM events WHERE event = ?)";
        names.push_back(event["id"]);
    }
    conditions.add(any, names);
    return {};
}

/// `fields` are those of a RecordingsQuery.
ph::Result<Conditions> conditionsOf(Project &project, const ph::Json &fields)
{
    for (const char *key : {"actions", "console_log_filters", "having_predicates", "comment_text", "after"}) {
        if (!isEmpty(memberOf(fields, key)))
            return ph::fail(ph::ErrorCode::InvalidInput, "The local project does not filter recordings by " + std::string(key) + ".");
    }
    Conditions conditions;
    const std::string from = textIn(fields, "date_from").empty() ? "-3d" : textIn(fields, "date_from");
    for (const auto &[given, condition] : {std::pair(from, "r.min_first_timestamp >= ?::TIMESTAMP"),
                                           std::pair(textIn(fields, "date_to"), "r.min_first_timestamp <= ?::TIMESTAMP")}) {
        if (given.empty() || given == "all")
            continue;
        const auto moment = momentOf(project, given);
        if (!moment)
            return ph::fail(ph::ErrorCode::InvalidInput, given + " is no date.");
        conditions.add(condition, {*moment});
    }
    if (const ph::Json ids = memberOf(fields, "session_ids"); !isEmpty(ids))
        conditions.add("list_contains(?, r.session_id)", {idsIn(ids)});
    if (const ph::Json ids = memberOf(fields, "distinct_ids"); !isEmpty(ids))
        conditions.add("list_contains(?, r.distinct_id)", {idsIn(ids)});
    if (const std::string person = textIn(fields, "person_uuid"); !person.empty())
        conditions.add("p.id::VARCHAR = lower(?)", {person});
    if (const auto added = addEvents(conditions, fields); !added)
        return ph::fail(added.error());
    std::vector<ph::Json> filters{memberOf(fields, "properties")};
    if (isTrueIn(fields, "filter_test_accounts"))
        filters.push_back(project.testAccountFilters());
    for (const ph::Json &some : filters) {
        if (isEmpty(some))
            continue;
        if (const auto added = addPropertyFilters(conditions, some, "", "p.properties"); !added)
            return ph::fail(added.error());
    }
    return conditions;
}

ph::Result<std::string> orderOf(const ph::Json &fields)
{
    static constexpr auto orders = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"start_time", "r.min_first_timestamp"},
        {"duration", "duration"},
        {"active_seconds", "active_seconds"},
        {"activity_score", "active_seconds / greatest(duration, 1)"},
        {"click_count", "r.click_count"},
        {"keypress_count", "r.keypress_count"},
        {"mouse_activity_count", "r.mouse_activity_count"},
        {"console_error_count", "r.console_error_count"},
    });
    const std::string given = textIn(fields, "order").empty() ? "start_time" : textIn(fields, "order");
    const auto found = std::find_if(orders.begin(), orders.end(), [&](const auto &order) { return order.first == given; });
    if (found == orders.end())
        return ph::fail(ph::ErrorCode::InvalidInput, "Recordings cannot be ordered by " + given + ".");
    const bool ascending = textIn(fields, "order_direction") == "ASC";
    return " ORDER BY " + std::string(found->second) + (ascending ? " ASC" : " DESC") + ", r.session_id";
}

struct Found {
    ph::Json items = ph::Json::array();
    bool hasNext = false;
};

ph::Result<Found> find(Project &project, const ph::Json &fields, const Page &page, const std::stop_token &stop)
{
    const auto conditions = conditionsOf(project, fields);
    if (!conditions)
        return ph::fail(conditions.error());
    const auto order = orderOf(fields);
    if (!order)
        return ph::fail(order.error());
    const auto rows = project.store().query(recordingSelect + conditions->where() + *order + " LIMIT " + std::to_string(page.limit + 1)
                                                + " OFFSET " + std::to_string(page.offset),
                                            conditions->values(), stop);
    if (!rows)
        return ph::fail(rows.error());
    Found found;
    found.hasNext = rows->rows.size() > static_cast<std::size_t>(page.limit);
    for (const auto &row : rows->rows) {
        if (found.items.size() < static_cast<std::size_t>(page.limit))
            found.items.push_back(recordingOf(row));
    }
    return found;
}

/// The fields of a RecordingsQuery as an address has them: lists are JSON text.
ph::Json fieldsOf(const http::ServerRequest &request)
{
    ph::Json fields = ph::Json::object();
    for (const auto &[name, text] : request.query) {
        const ph::Json value = ph::Json::parse(text, nullptr, false);
        fields[name] = value.is_array() || value.is_boolean() ? value : ph::Json(text);
    }
    return fields;
}

Answer recordings(Project &project, const Call &call)
{
    const Page page = pageOf(call, recordingsOnAPage);
    auto found = find(project, fieldsOf(call.request), page, call.stop);
    if (!found)
        return storeFailed(found.error());
    ph::Json answer = listOf(call, std::move(found->items), page, found->hasNext, -1);
    answer["has_next"] = found->hasNext;
    return jsonAnswer(answer);
}

Answer recording(Project &project, const Call &call)
{
    const auto rows = project.store().query(recordingSelect + " WHERE r.session_id = $1 LIMIT 1", {call.arguments[0]}, call.stop);
    if (!rows)
        return storeFailed(rows.error());
    return rows->rows.empty() ? notFound() : jsonAnswer(recordingOf(rows->rows[0]));
}

constexpr Route routes[] = {
    {"GET", "session_recordings", recordings, "session_recording:read", RequestClass::Analytics},
    {"GET", "session_recordings/{}", recording, "session_recording:read", RequestClass::Analytics},
};

} // namespace

KindAnswer answerRecordings(Project &project, const QueryRequest &request)
{
    Page page{recordingsOnAPage, 0};
    for (const auto &[key, value] : {std::pair("limit", &page.limit), std::pair("offset", &page.offset)}) {
        const ph::Json given = memberOf(request.node, key);
        if (!given.is_null() && (!given.is_number_integer() || given.get<std::int64_t>() < 0 || given.get<std::int64_t>() > 1'000'000'000))
            return tl::unexpected(invalid("invalid_input", "A valid integer is required.", "query." + std::string(key)));
        if (!given.is_null())
            *value = given.get<std::int64_t>();
    }
    page.limit = std::clamp<std::int64_t>(page.limit, 1, 1000);
    const auto place = project.gate().enter(request.wait, request.stop);
    if (!place)
        return tl::unexpected(storeFailed(place.error()));
    auto found = find(project, request.node, page, request.stop);
    if (!found)
        return tl::unexpected(storeFailed(found.error()));
    return QueryAnswer{{{"results", std::move(found->items)}, {"has_next", found->hasNext}, {"next_cursor", nullptr}}, {}};
}

std::span<const Route> recordingRoutes() { return routes; }

} // namespace localproject::api

#include "driver/localproject/api/routes.h"

#include "driver/base/time.h"

#include <array>
#include <charconv>

namespace localproject::api {

namespace {

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

/// The ids of a JSON list, or those between commas.
ph::Json idsIn(const std::string &text)
{
    ph::Json ids = ph::Json::parse(text, nullptr, false);
    return ids.is_array() && !ids.empty() ? ids : ph::Json::array({text});
}

ph::Result<Conditions> conditionsOf(Project &project, const Call &call)
{
    const http::ServerRequest &request = call.request;
    Conditions conditions;
    const std::string from = request.queryValue("date_from").empty() ? "-3d" : request.queryValue("date_from");
    for (const auto &[given, condition] : {std::pair(from, "r.min_first_timestamp >= ?::TIMESTAMP"),
                                           std::pair(request.queryValue("date_to"), "r.min_first_timestamp <= ?::TIMESTAMP")}) {
        if (given.empty() || given == "all")
            continue;
        const auto moment = momentOf(project, given);
        if (!moment)
            return ph::fail(ph::ErrorCode::InvalidInput, given + " is no date.");
        conditions.add(condition, {*moment});
    }
    if (const std::string ids = request.queryValue("session_ids"); !ids.empty())
        conditions.add("list_contains(?, r.session_id)", {idsIn(ids)});
    if (const std::string ids = request.queryValue("distinct_ids"); !ids.empty())
        conditions.add("list_contains(?, r.distinct_id)", {idsIn(ids)});
    if (const std::string person = request.queryValue("person_uuid"); !person.empty())
        conditions.add("p.id::VARCHAR = lower(?)", {person});
    return conditions;
}

ph::Result<std::string> orderOf(const Call &call)
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
    const std::string given = call.request.queryValue("order").empty() ? "start_time" : call.request.queryValue("order");
    const auto found = std::find_if(orders.begin(), orders.end(), [&](const auto &order) { return order.first == given; });
    if (found == orders.end())
        return ph::fail(ph::ErrorCode::InvalidInput, "Recordings cannot be ordered by " + given + ".");
    const bool ascending = call.request.queryValue("order_direction") == "ASC";
    return " ORDER BY " + std::string(found->second) + (ascending ? " ASC" : " DESC") + ", r.session_id";
}

Answer recordings(Project &project, const Call &call)
{
    const auto conditions = conditionsOf(project, call);
    if (!conditions)
        return storeFailed(conditions.error());
    const auto order = orderOf(call);
    if (!order)
        return storeFailed(order.error());
    const Page page = pageOf(call, 50);
    const auto rows = project.store().query(recordingSelect + conditions->where() + *order + " LIMIT "
                                                + std::to_string(page.limit + 1) + " OFFSET " + std::to_string(page.offset),
                                            conditions->values(), call.stop);
    if (!rows)
        return storeFailed(rows.error());
    const bool hasNext = rows->rows.size() > static_cast<std::size_t>(page.limit);
    ph::Json items = ph::Json::array();
    for (const auto &row : rows->rows) {
        if (items.size() < static_cast<std::size_t>(page.limit))
            items.push_back(recordingOf(row));
    }
    ph::Json answer = listOf(call, std::move(items), page, hasNext, -1);
    answer["has_next"] = hasNext;
    return jsonAnswer(answer);
}

Answer recording(Project &project, const Call &call)
{
    const auto rows = project.store().query(recordingSelect + " WHERE r.session_id = $1 LIMIT 1", {call.arguments[0]}, call.stop);
    if (!rows)
        return storeFailed(rows.error());
    return rows->rows.empty() ? notFound() : jsonAnswer(recordingOf(rows->rows[0]));
}

constexpr Route routes[] = {{"GET", "session_recordings", recordings, "session_recording:read", RequestClass::Analytics}, {"GET", "session_recordings/{}", recording, "session_recording:read", RequestClass::Analytics}};

} // namespace

std::span<const Route> recordingRoutes() { return routes; }

} // namespace localproject::api

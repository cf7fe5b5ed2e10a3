#include "driver/localproject/api/routes.h"

#include "driver/base/time.h"

namespace localproject::api {

namespace {

constexpr std::string_view eventSelect = "SELECT e.uuid, e.distinct_id, e.properties, e.event, e.timestamp, e.elements_chain, "
                                         "p.is_identified, p.properties, e.person_id"
                                         " FROM events e LEFT JOIN persons p ON p.id = e.person_id";

ph::Json eventOf(const std::vector<ph::Json> &row)
{
    return {{"id", row[0]},
            {"distinct_id", row[1]},
            {"properties", parsed(row[2])},
            {"event", row[3]},
            {"timestamp", row[4]},
            {"elements", ph::Json::array()},
            {"elements_chain", row[5].is_null() ? ph::Json("") : row[5]},
            {"person",
             {{"is_identified", row[6].is_null() ? ph::Json(false) : row[6]},
              {"distinct_ids", {row[1]}},
              {"properties", parsed(row[7])},
              {"uuid", row[8]}}}};
}

/// A moment given as ISO text, bound as TIMESTAMP. Nothing when it is none.
std::optional<std::string> momentIn(const std::string &text)
{
    const auto time = ph::parseIsoTime(text);
    if (!time)
        return std::nullopt;
    std::string iso = ph::isoTimeMicros(*time);
    iso.pop_back(); // DuckDB reads a TIMESTAMP without its Z.
    return iso;
}

ph::Result<> addTimes(Conditions &conditions, const Call &call)
{
    for (const auto &[name, condition] :
         {std::pair("after", "e.timestamp > ?::TIMESTAMP"), std::pair("before", "e.timestamp < ?::TIMESTAMP")}) {
        const std::string given = call.request.queryValue(name);
        if (given.empty() || given == "all")
            continue;
        const auto moment = momentIn(given);
        if (!moment)
            return ph::fail(ph::ErrorCode::InvalidInput, given + " is no date-time in ISO form.");
        conditions.add(condition, {*moment});
    }
    return {};
}

ph::Result<Conditions> conditionsOf(Project &project, const Call &call)
{
    Conditions conditions;
    for (const auto &[name, condition] : {std::pair("event", "e.event = ?"), std::pair("distinct_id", "e.distinct_id = ?"),
                                          std::pair("person_id", "e.person_id::VARCHAR = lower(?)")}) {
        if (const std::string value = call.request.queryValue(name); !value.empty())
            conditions.add(condition, {value});
    }
    if (call.request.queryValue("before").empty()) { // As PostHog: nothing of the future unless it is asked for.
        auto now = momentIn(project.now());
        conditions.add("e.timestamp < ?::TIMESTAMP + INTERVAL 5 SECOND", {*now});
    }
    if (const auto added = addTimes(conditions, call); !added)
        return ph::fail(added.error());
    if (const std::string filters = call.request.queryValue("properties"); !filters.empty()) {
        if (const auto added = addPropertyFilters(conditions, filters, "e.properties", "p.properties"); !added)
            return ph::fail(added.error());
    }
    return conditions;
}

/// Pages go back in time from `before`. A page ends between two moments, so that events of one moment are never torn apart:
/// those of the last moment wait for the next page, unless they are all the page has.
Answer events(Project &project, const Call &call)
{
    auto conditions = conditionsOf(project, call);
    if (!conditions)
        return storeFailed(conditions.error());
    const Page page = pageOf(call);
    const auto rows
        = project.store().query(std::string(eventSelect) + conditions->where() + " ORDER BY e.timestamp DESC, e.uuid DESC LIMIT "
                                    + std::to_string(page.limit + 1),
                                conditions->values(), call.stop);
    if (!rows)
        return storeFailed(rows.error());

    std::size_t count = rows->rows.size();
    const bool hasNext = count > static_cast<std::size_t>(page.limit);
    if (hasNext) {
        const ph::Json &beyond = rows->rows[--count][4];
        std::size_t whole = count;
        while (whole > 0 && rows->rows[whole - 1][4] == beyond)
            --whole;
        if (whole > 0)
            count = whole;
    }
    ph::Json items = ph::Json::array();
    for (std::size_t i = 0; i < count; ++i)
        items.push_back(eventOf(rows->rows[i]));
    ph::Json next;
    if (hasNext)
        next = linkTo(call, "before", rows->rows[count - 1][4].get<std::string>());
    return jsonAnswer({{"next", next}, {"results", std::move(items)}});
}

Answer event(Project &project, const Call &call)
{
    if (!isUuid(call.arguments[0]))
        return notFound();
    const auto rows
        = project.store().query(std::string(eventSelect) + " WHERE e.uuid = $1::UUID LIMIT 1", {call.arguments[0]}, call.stop);
    if (!rows)
        return storeFailed(rows.error());
    return rows->rows.empty() ? notFound() : jsonAnswer(eventOf(rows->rows[0]));
}

/// The most frequent values of a property: [{name}].
Answer values(Project &project, const Call &call)
{
    const std::string key = call.request.queryValue("key");
    if (key.empty())
        return invalid("required", "This field is required.", "key");
    Conditions conditions;
    const auto condition = propertyCondition(conditions, {{"key", key}, {"operator", "is_set"}}, "properties");
    if (!condition)
        return storeFailed(condition.error());
    const std::string text = condition->substr(0, condition->find(" IS NOT NULL"));
    conditions.add(*condition);
    if (const std::string name = call.request.queryValue("event_name"); !name.empty())
        conditions.add("event = ?", {name});
    if (const std::string part = call.request.queryValue("value"); !part.empty())
        conditions.add("contains(lower(" + text + "), lower(?))", {part});
    const auto rows = project.store().query("SELECT " + text + " AS name FROM events" + conditions.where()
                                                + " GROUP BY name ORDER BY count(*) DESC, name LIMIT 50",
                                            conditions.values(), call.stop);
    if (!rows)
        return storeFailed(rows.error());
    ph::Json items = ph::Json::array();
    for (const auto &row : rows->rows)
        items.push_back({{"name", row[0]}});
    return jsonAnswer(items);
}

constexpr Route routes[] = {{"GET", "events", events, "query:read", RequestClass::Analytics}, {"GET", "events/values", values, "query:read", RequestClass::Values}, {"GET", "events/{}", event, "query:read", RequestClass::Analytics}};

} // namespace

std::span<const Route> eventRoutes() { return routes; }

} // namespace localproject::api

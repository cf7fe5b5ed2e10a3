#include "driver/localproject/api/object_checks.h"

#include <set>

namespace localproject::api {

namespace {

bool isTrue(const std::string &text) { return text == "true" || text == "1" || text == "True"; }

Answer pageOfRows(Project &project, const Call &call, const std::string &columns, const std::string &table,
                  const Conditions &conditions, const std::string &order, ph::Json (*itemOf)(const std::vector<ph::Json> &))
{
    const Page page = pageOf(call);
    const auto total
        = project.store().query("SELECT count(*) FROM " + table + conditions.where(), conditions.values(), call.stop);
    if (!total)
        return storeFailed(total.error());
    const auto rows
        = project.store().query("SELECT " + columns + " FROM " + table + conditions.where() + " ORDER BY " + order + " LIMIT "
                                    + std::to_string(page.limit) + " OFFSET " + std::to_string(page.offset),
                                conditions.values(), call.stop);
    if (!rows)
        return storeFailed(rows.error());
    ph::Json items = ph::Json::array();
    for (const auto &row : rows->rows)
        items.push_back(itemOf(row));
    const auto count = total->rows[0][0].get<std::int64_t>();
    return jsonAnswer(listOf(call, std::move(items), page, page.offset + page.limit < count, count));
}

ph::Json eventDefinitionOf(const std::vector<ph::Json> &row)
{
    return {{"id", row[0]},
            {"name", row[1]},
            {"description", row[2].is_null() ? ph::Json("") : row[2]},
            {"created_at", row[3]},
            {"last_seen_at", row[4]},
            {"updated_at", row[3]},
            {"verified", row[5].is_null() ? ph::Json(false) : row[5]},
            {"hidden", false},
            {"owner", nullptr},
            {"tags", ph::Json::array()},
            {"is_action", false},
            {"post_to_slack", false},
            {"default_columns", ph::Json::array()}};
}

constexpr std::string_view eventDefinitionColumns = "id, name, description, created_at, last_seen_at, verified";

Answer eventDefinitions(Project &project, const Call &call)
{
    Conditions conditions;
    if (const std::string search = call.request.queryValue("search"); !search.empty())
        conditions.add("contains(lower(name), lower(?))", {search});
    if (const std::string type = call.request.queryValue("event_type"); type == "event_custom")
        conditions.add("NOT starts_with(name, '$')");
    else if (type == "event_posthog")
        conditions.add("starts_with(name, '$')");
    const std::string ordering = call.request.queryValue("ordering");
    const std::string order = ordering == "-last_seen_at" ? "last_seen_at DESC, name"
        : ordering == "last_seen_at"                      ? "last_seen_at, name"
        : ordering == "-name"                             ? "name DESC"
                                                          : "name";
    return pageOfRows(project, call, std::string(eventDefinitionColumns), "event_definitions", conditions, order,
                      eventDefinitionOf);
}

Answer rowOf(Project &project, const Call &call, const std::string &columns, const std::string &table,
             ph::Json (*itemOf)(const std::vector<ph::Json> &))
{
    const auto rows = project.store().query("SELECT " + columns + " FROM " + table + " WHERE id::VARCHAR = lower($1)", {call.arguments[0]}, call.stop);
    if (!rows)
        return storeFailed(rows.error());
    return rows->rows.empty() ? notFound() : jsonAnswer(itemOf(rows->rows[0]));
}

Answer eventDefinition(Project &project, const Call &call)
{
    return rowOf(project, call, std::string(eventDefinitionColumns), "event_definitions", eventDefinitionOf);
}

/// Sets those of `columns` that the body names, in the row of the id.
ph::Result<> setColumns(Project &project, const Call &call, const std::string &table, std::initializer_list<const char *> columns)
{
    std::string assignments;
    std::vector<ph::Json> values{call.arguments[0]};
    for (const char *column : columns) {
        if (!call.body.contains(column))
            continue;
        values.push_back(call.body[column]);
        assignments += (assignments.empty() ? "" : ", ") + std::string(column) + " = $" + std::to_string(values.size());
    }
    if (assignments.empty())
        return {};
    const std::lock_guard lock(project.writing());
    const auto done = project.store().query("UPDATE " + table + " SET " + assignments + " WHERE id::VARCHAR = lower($1)", values, call.stop);
    if (!done)
        return ph::fail(done.error());
    return {};
}

/// What there is to change of an event: how it is described, and that somebody has looked at it.
Answer changeEventDefinition(Project &project, const Call &call)
{
    FieldChecks checks(call.body);
    checks.text("description", 400);
    checks.boolean("verified");
    if (checks.problem())
        return *checks.problem();
    if (const auto done = setColumns(project, call, "event_definitions", {"description", "verified"}); !done)
        return storeFailed(done.error());
    return eventDefinition(project, call);
}

/// Column 5 is whether the property was seen on the events asked for; null when none were.
ph::Json propertyDefinitionOf(const std::vector<ph::Json> &row)
{
    return {{"id", row[0]},
            {"name", row[1]},
            {"property_type", row[2]},
            {"is_numerical", row[3].is_null() ? ph::Json(false) : row[3]},
            {"description", row[4].is_null() ? ph::Json("") : row[4]},
            {"is_seen_on_filtered_events", row[5]},
            {"tags", ph::Json::array()},
            {"verified", false},
            {"hidden", false}};
}

Answer propertyDefinitions(Project &project, const Call &call)
{
    const http::ServerRequest &request = call.request;
    static const std::set<std::string> types{"event", "person", "group", "session"};
    const std::string type = request.queryValue("type").empty() ? "event" : request.queryValue("type");
    if (!types.contains(type))
        return invalid("invalid_choice", "\"" + type + "\" is not a valid choice.", "type");

    Conditions conditions;
    conditions.add("type = ?", {type});
    if (const std::string search = request.queryValue("search"); !search.empty())
        conditions.add("contains(lower(name), lower(?))", {search});
    if (const std::string names = request.queryValue("properties"); !names.empty())
        conditions.add("list_contains(string_split(?, ','), name)", {names});
    if (const std::string numerical = request.queryValue("is_numerical"); !numerical.empty())
        conditions.add(isTrue(numerical) ? "is_numerical" : "NOT coalesce(is_numerical, false)");
    if (isTrue(request.queryValue("exclude_core_properties")))
        conditions.add("NOT starts_with(name, '$')");

    std::string seen = "NULL";
    const std::string given = request.queryValue("event_names");
    if (type == "event" && !given.empty()) {
        const ph::Json names = ph::Json::parse(given, nullptr, false);
        if (!names.is_array() || names.empty())
            return invalid("invalid_input", "A JSON list of event names is expected.", "event_names");
        const auto keys = project.store().query(
            "SELECT DISTINCT unnest(json_keys(properties)) FROM events WHERE list_contains($1, event)", {names}, call.stop);
        if (!keys)
            return storeFailed(keys.error());
        ph::Json list = ph::Json::array({""}); // never empty: a list of nothing has no type
        for (const auto &row : keys->rows)
            list.push_back(row[0]);
        if (isTrue(request.queryValue("filter_by_event_names"))) {
            conditions.add("list_contains(?, name)", {list});
            seen = "true";
        }
    }
    return pageOfRows(project, call, "id, name, property_type, is_numerical, description, " + seen, "property_definitions",
                      conditions, "name", propertyDefinitionOf);
}

constexpr const char *propertyDefinitionColumns = "id, name, property_type, is_numerical, description, NULL";

Answer propertyDefinition(Project &project, const Call &call)
{
    return rowOf(project, call, propertyDefinitionColumns, "property_definitions", propertyDefinitionOf);
}

/// The type of a property changes how HogQL reads it, from the next query on.
Answer changePropertyDefinition(Project &project, const Call &call)
{
    FieldChecks checks(call.body);
    checks.text("description", 400);
    checks.choice("property_type", {"DateTime", "String", "Numeric", "Boolean", "Duration"});
    checks.boolean("is_numerical");
    if (checks.problem())
        return *checks.problem();
    if (const auto done = setColumns(project, call, "property_definitions", {"description", "property_type", "is_numerical"}); !done)
        return storeFailed(done.error());
    if (const auto read = project.readDefinitions(); !read)
        return storeFailed(read.error());
    return propertyDefinition(project, call);
}

constexpr Route routes[] = {
    {"GET", "event_definitions", eventDefinitions, "event_definition:read"},
    {"GET", "event_definitions/{}", eventDefinition, "event_definition:read"},
    {"PATCH", "event_definitions/{}", changeEventDefinition, "event_definition:write"},
    {"GET", "property_definitions", propertyDefinitions, "property_definition:read"},
    {"GET", "property_definitions/{}", propertyDefinition, "property_definition:read"},
    {"PATCH", "property_definitions/{}", changePropertyDefinition, "property_definition:write"},
};

} // namespace

std::span<const Route> definitionRoutes() { return routes; }

} // namespace localproject::api

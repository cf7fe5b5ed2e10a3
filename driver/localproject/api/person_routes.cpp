#include "driver/localproject/api/routes.h"

namespace localproject::api {

namespace {

/// What PostHog shows for a person: e-mail, name, user name, else a distinct id.
ph::Json nameOf(const ph::Json &properties, const ph::Json &distinctIds)
{
    for (const char *key : {"email", "name", "username"}) {
        if (const auto found = properties.find(key); found != properties.end() && found->is_string() && *found != "")
            return *found;
    }
    return distinctIds.empty() ? ph::Json("") : distinctIds[0];
}

Answer persons(Project &project, const Call &call)
{
    Conditions conditions;
    if (const std::string email = call.request.queryValue("email"); !email.empty())
        conditions.add("json_extract_string(p.properties, '$.email') = ?", {email});
    if (const std::string id = call.request.queryValue("distinct_id"); !id.empty())
        conditions.add("p.id IN (SELECT person_id FROM person_distinct_ids WHERE distinct_id = ?)", {id});
    if (const std::string search = call.request.queryValue("search"); !search.empty()) {
        conditions.add("contains(lower(coalesce(json_extract_string(p.properties, '$.email'), '')), lower(?))"
                       " OR contains(lower(coalesce(json_extract_string(p.properties, '$.name'), '')), lower(?))"
                       " OR p.id::VARCHAR = lower(?)"
                       " OR p.id IN (SELECT person_id FROM person_distinct_ids WHERE contains(lower(distinct_id), lower(?)))",
                       {search, search, search, search});
    }
    if (const std::string cohort = call.request.queryValue("cohort"); !cohort.empty())
        conditions.add("p.id IN (SELECT person_id FROM cohort_people WHERE cohort_id = TRY_CAST(? AS BIGINT))", {cohort});
    if (const std::string filters = call.request.queryValue("properties"); !filters.empty()) {
        if (const auto added = addPropertyFilters(conditions, filters, "", "p.properties"); !added)
            return storeFailed(added.error());
    }
    return personsOf(project, call, std::move(conditions));
}

/// By uuid, or by one of the distinct ids.
Answer person(Project &project, const Call &call)
{
    const std::string &id = call.arguments[0];
    const auto rows
        = project.store().query("SELECT " + std::string(personColumns)
                                    + " FROM persons p WHERE p.id::VARCHAR = lower($1)"
                                      " OR p.id IN (SELECT person_id FROM person_distinct_ids WHERE distinct_id = $1) LIMIT 1",
                                {id}, call.stop);
    if (!rows)
        return storeFailed(rows.error());
    return rows->rows.empty() ? notFound() : jsonAnswer(personOf(rows->rows[0]));
}

/// The most frequent values of a person's property: [{name, count}].
Answer personValues(Project &project, const Call &call)
{
    const std::string key = call.request.queryValue("key");
    if (key.empty())
        return invalid("required", "This field is required.", "key");
    Conditions conditions;
    const auto isSet = propertyCondition(conditions, {{"key", key}, {"operator", "is_set"}}, "p.properties");
    if (!isSet)
        return storeFailed(isSet.error());
    const std::string text = isSet->substr(0, isSet->find(" IS NOT NULL"));
    conditions.add(*isSet);
    if (const std::string part = call.request.queryValue("value"); !part.empty())
        conditions.add("contains(lower(" + text + "), lower(?))", {part});
    const auto rows = project.store().query("SELECT " + text + " AS name, count(*) FROM persons p" + conditions.where()
                                                + " GROUP BY name ORDER BY count(*) DESC, name LIMIT 50",
                                            conditions.values(), call.stop);
    if (!rows)
        return storeFailed(rows.error());
    ph::Json items = ph::Json::array();
    for (const auto &row : rows->rows)
        items.push_back({{"name", row[0]}, {"count", row[1]}});
    return jsonAnswer(items);
}

/// The cohorts that a person is in.
Answer personCohorts(Project &project, const Call &call)
{
    const auto rows = project.store().query(
        "SELECT o.id, o.body FROM objects o WHERE o.kind = 'cohorts' AND o.id IN (SELECT c.cohort_id FROM cohort_people c"
        " WHERE c.person_id::VARCHAR = lower($1) OR c.person_id IN (SELECT person_id FROM person_distinct_ids WHERE distinct_id = $1))"
        " ORDER BY o.id",
        {call.request.queryValue("person_id")}, call.stop);
    if (!rows)
        return storeFailed(rows.error());
    ph::Json items = ph::Json::array();
    for (const auto &row : rows->rows) {
        ph::Json body = parsed(row[1]);
        if (!isTrueIn(body, "deleted"))
            items.push_back({{"id", row[0]}, {"name", textIn(body, "name")}});
    }
    return jsonAnswer({{"results", std::move(items)}});
}

constexpr Route routes[] = {
    {"GET", "persons/values", personValues, "person:read", RequestClass::Values},
    {"GET", "persons/cohorts", personCohorts, "person:read", RequestClass::Analytics},
    {"GET", "persons", persons, "person:read", RequestClass::Analytics}, {"GET", "persons/{}", person, "person:read", RequestClass::Analytics}};

} // namespace

ph::Json personOf(const std::vector<ph::Json> &row)
{
    ph::Json properties = parsed(row[4]);
    ph::Json distinctIds = row[5].is_array() ? row[5] : ph::Json::array();
    ph::Json name = nameOf(properties, distinctIds);
    return {{"id", row[0]},
            {"uuid", row[0]},
            {"name", std::move(name)},
            {"distinct_ids", std::move(distinctIds)},
            {"properties", std::move(properties)},
            {"created_at", row[1]},
            {"last_seen_at", row[2]},
            {"is_identified", row[3]}};
}

Answer personsOf(Project &project, const Call &call, Conditions conditions)
{
    const Page page = pageOf(call);
    // The page first, its distinct ids after: they are looked up for these persons alone.
    const std::string sql = "WITH p AS (SELECT * FROM persons p" + conditions.where() + " ORDER BY p.created_at DESC, p.id LIMIT "
        + std::to_string(page.limit + 1) + " OFFSET " + std::to_string(page.offset) + ") SELECT " + std::string(personColumns)
        + " FROM p ORDER BY p.created_at DESC, p.id";
    const auto rows = project.store().query(sql, conditions.values(), call.stop);
    if (!rows)
        return storeFailed(rows.error());
    const bool hasNext = rows->rows.size() > static_cast<std::size_t>(page.limit);
    ph::Json items = ph::Json::array();
    for (const auto &row : rows->rows) {
        if (items.size() < static_cast<std::size_t>(page.limit))
            items.push_back(personOf(row));
    }
    return jsonAnswer(listOf(call, std::move(items), page, hasNext, -1));
}

std::span<const Route> personRoutes() { return routes; }

} // namespace localproject::api

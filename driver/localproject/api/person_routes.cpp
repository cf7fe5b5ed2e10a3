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

constexpr Route routes[] = {{"GET", "persons", persons, "person:read", RequestClass::Analytics}, {"GET", "persons/{}", person, "person:read", RequestClass::Analytics}};

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

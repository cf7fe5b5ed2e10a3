#include "driver/localproject/api/objects.h"

#include <algorithm>
#include <charconv>

namespace localproject::api {

namespace {

ph::Json groupOf(const std::vector<ph::Json> &row)
{
    return {{"group_type_index", row[0]}, {"group_key", row[1]}, {"group_properties", parsed(row[2])}, {"created_at", row[3]}};
}

constexpr std::string_view groupSelect = "SELECT group_type_index, key, properties, created_at FROM groups";

std::optional<int> indexIn(const Call &call)
{
    const std::string text = call.request.queryValue("group_type_index");
    int index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    return !text.empty() && error == std::errc() && end == text.data() + text.size() ? std::optional(index) : std::nullopt;
}

Answer missingIndex() { return invalid("required", "A whole number is expected.", "group_type_index"); }

/// By cursor, as on the cloud: it is the last key of the page before.
Answer groups(Project &project, const Call &call)
{
    const auto index = indexIn(call);
    if (!index)
        return missingIndex();
    Conditions conditions;
    conditions.add("group_type_index = ?", {*index});
    if (const std::string search = call.request.queryValue("search"); !search.empty())
        conditions.add("contains(lower(key), lower(?)) OR contains(lower(coalesce(json_extract_string(properties, '$.name'), '')), lower(?))",
                       {search, search});
    if (const std::string cursor = call.request.queryValue("cursor"); !cursor.empty())
        conditions.add("key > ?", {cursor});
    const Page page = pageOf(call);
    const auto rows = project.store().query(std::string(groupSelect) + conditions.where() + " ORDER BY key LIMIT " + std::to_string(page.limit + 1),
                                            conditions.values(), call.stop);
    if (!rows)
        return storeFailed(rows.error());
    const bool hasNext = rows->rows.size() > static_cast<std::size_t>(page.limit);
    ph::Json items = ph::Json::array();
    for (const auto &row : rows->rows) {
        if (items.size() < static_cast<std::size_t>(page.limit))
            items.push_back(groupOf(row));
    }
    ph::Json next;
    if (hasNext)
        next = linkTo(call, "cursor", items.back()["group_key"].get<std::string>());
    return jsonAnswer({{"next", next}, {"previous", nullptr}, {"results", std::move(items)}});
}

Answer findGroup(Project &project, const Call &call)
{
    const auto index = indexIn(call);
    if (!index)
        return missingIndex();
    const auto rows = project.store().query(std::string(groupSelect) + " WHERE group_type_index = $1 AND key = $2 LIMIT 1",
                                            {*index, call.request.queryValue("group_key")}, call.stop);
    if (!rows)
        return storeFailed(rows.error());
    return rows->rows.empty() ? notFound() : jsonAnswer(groupOf(rows->rows[0]));
}

/// The keys that each type's groups have, with how many of them: {"0": [{name, count}]}.
Answer groupProperties(Project &project, const Call &call)
{
    const auto rows = project.store().query("SELECT group_type_index, name, count(*) FROM (SELECT group_type_index, unnest(json_keys(properties)) AS name"
                                            " FROM groups) GROUP BY ALL ORDER BY 1, 3 DESC, 2",
                                            {}, call.stop);
    if (!rows)
        return storeFailed(rows.error());
    ph::Json types = ph::Json::object();
    for (const auto &row : rows->rows)
        types[row[0].dump()].push_back({{"name", row[1]}, {"count", row[2]}});
    return jsonAnswer(types);
}

/// Groups and persons that share events with one group.
Answer related(Project &project, const Call &call)
{
    const auto index = indexIn(call);
    const std::string id = call.request.queryValue("id");
    static constexpr const char *columns[] = {"group_0", "group_1", "group_2", "group_3", "group_4"};
    if (!index || *index < 0 || *index >= 5)
        return missingIndex();
    const std::string mine = std::string("e.") + columns[*index] + " = $1";
    const auto persons = project.store().query("SELECT " + std::string(personColumns) + " FROM persons p WHERE p.id IN (SELECT e.person_id FROM events e WHERE "
                                                   + mine + ") ORDER BY p.created_at DESC, p.id LIMIT 100",
                                               {id}, call.stop);
    if (!persons)
        return storeFailed(persons.error());
    ph::Json items = ph::Json::array();
    for (const auto &row : persons->rows) {
        ph::Json person = personOf(row);
        person["type"] = "person";
        items.push_back(std::move(person));
    }
    for (int other = 0; other < 5; ++other) {
        if (other == *index)
            continue;
        const auto found = project.store().query(std::string(groupSelect) + " WHERE group_type_index = $2 AND key IN (SELECT e." + columns[other]
                                                     + " FROM events e WHERE " + mine + ") ORDER BY key LIMIT 100",
                                                 {id, other}, call.stop);
        if (!found)
            return storeFailed(found.error());
        for (const auto &row : found->rows) {
            ph::Json group = groupOf(row);
            group["type"] = "group";
            items.push_back(std::move(group));
        }
    }
    return jsonAnswer(items);
}

Answer types(Project &project, const Call &)
{
    auto found = objectsOf(project, "groups_types");
    if (!found)
        return storeFailed(found.error());
    std::sort(found->begin(), found->end(), [](const StoredObject &a, const StoredObject &b) { return a.id < b.id; });
    ph::Json items = ph::Json::array();
    for (StoredObject &type : *found) {
        type.body.erase("id");
        items.push_back(std::move(type.body));
    }
    return jsonAnswer(items);
}

constexpr Route routes[] = {
    {"GET", "groups", groups, "group:read"},
    {"GET", "groups/find", findGroup, "group:read"},
    {"GET", "groups/property_definitions", groupProperties, "group:read"},
    {"GET", "groups/related", related, "group:read"},
    {"GET", "groups_types", types, "group:read"},
};

} // namespace

std::span<const Route> groupRoutes() { return routes; }

} // namespace localproject::api

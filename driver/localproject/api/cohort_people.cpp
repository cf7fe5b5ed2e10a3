#include "driver/localproject/api/cohort_people.h"

#include <algorithm>
#include <array>
#include <limits>

namespace localproject::api {

namespace {

std::optional<Answer> checkIds(const ph::Json &ids, const char *attribute)
{
    const bool fits = ids.is_array() && std::all_of(ids.begin(), ids.end(), [](const ph::Json &id) { return id.is_string(); });
    if (!fits)
        return invalid("invalid_input", "A list of person ids is expected.", attribute);
    return std::nullopt;
}

ph::Json orNone(ph::Json ids)
{
    if (ids.empty())
        ids.push_back(""); // A list of nothing has no type; an empty id is nobody's.
    return ids;
}

std::optional<Answer> run(Project &project, const std::string &sql, const std::vector<ph::Json> &values, const Call &call)
{
    if (const auto done = project.store().query(sql, values, call.stop); !done)
        return storeFailed(done.error());
    return std::nullopt;
}

std::optional<Answer> addWhere(Project &project, std::int64_t cohort, const std::string &condition, std::vector<ph::Json> values,
                               const Call &call)
{
    values.push_back(cohort);
    const std::string number = "$" + std::to_string(values.size()) + "::BIGINT";
    return run(project,
               "INSERT INTO cohort_people SELECT p.id, " + number + " FROM persons p WHERE (" + condition
                   + ") AND p.id NOT IN (SELECT person_id FROM cohort_people WHERE cohort_id = " + number + ")",
               values, call);
}

/// The query of a request: HogQL as text, or a HogQLQuery node.
std::optional<std::string> hogqlOf(const ph::Json &query)
{
    if (query.is_string())
        return query.get<std::string>();
    if (textIn(query, "kind") == "HogQLQuery" && memberOf(query, "query").is_string())
        return textIn(query, "query");
    return std::nullopt;
}

std::optional<Answer> fillFromQuery(Project &project, std::int64_t cohort, const ph::Json &query, const Call &call)
{
    const auto text = hogqlOf(query);
    if (!text)
        return invalid("invalid_input", "A cohort's query is a HogQLQuery.", "query");
    auto context = project.compileContext();
    if (!context)
        return storeFailed(context.error());
    context->defaultLimit = std::numeric_limits<int>::max() - 1; // All of them: a cohort is no page.
    context->maximumLimit = context->defaultLimit;
    if (query.is_object() && memberOf(query, "values").is_object())
        context->values = memberOf(query, "values");
    const auto outcome = runHogql(project, *text, *context, call.stop);
    if (!outcome)
        return outcome.error();

    const auto &columns = outcome->statement.columns;
    static constexpr std::array names{"person_id", "actor_id", "id", "distinct_id"};
    for (const char *name : names) {
        const auto found = std::find(columns.begin(), columns.end(), name);
        if (found == columns.end())
            continue;
        ph::Json ids = ph::Json::array();
        for (const auto &row : outcome->rows.rows) {
            const ph::Json &id = row[static_cast<std::size_t>(found - columns.begin())];
            if (id.is_string())
                ids.push_back(id);
        }
        if (std::string_view(name) != "distinct_id")
            return addPersons(project, cohort, ids, call);
        return addWhere(project, cohort,
                        "p.id IN (SELECT person_id FROM person_distinct_ids WHERE distinct_id IN (SELECT unnest($1::VARCHAR[])))",
                        {orNone(std::move(ids))}, call);
    }
    return invalid("invalid_input", "A cohort's query must answer a column person_id, actor_id, id or distinct_id.", "query");
}

/// {type: AND | OR, values: […]} with person properties at the leaves.
ph::Result<std::string> conditionOf(Conditions &conditions, const ph::Json &filter, int depth)
{
    if (!filter.is_object() || depth > 8)
        return ph::fail(ph::ErrorCode::InvalidInput, "The filters of a cohort are groups of person properties.");
    const std::string type = filter.contains("type") ? textIn(filter, "type") : "AND";
    if (!filter.contains("values")) {
        if (type != "person")
            return ph::fail(ph::ErrorCode::InvalidInput,
                            "The local project fills cohorts from person properties; " + type
                                + " is none. Give the cohort a HogQL query instead.");
        auto condition = propertyCondition(conditions, filter, "p.properties");
        if (condition && filter.contains("negation") && filter["negation"] == true)
            return "NOT coalesce(" + *condition + ", false)";
        return condition;
    }
    std::string joined;
    for (const ph::Json &value : filter["values"]) {
        const auto condition = conditionOf(conditions, value, depth + 1);
        if (!condition)
            return condition;
        joined += (joined.empty() ? "(" : type == "OR" ? " OR (" : " AND (") + *condition + ")";
    }
    if (joined.empty())
        return ph::fail(ph::ErrorCode::InvalidInput, "The filters of a cohort must not be empty.");
    return joined;
}

std::optional<Answer> fillFromFilters(Project &project, std::int64_t cohort, const ph::Json &filters, const Call &call)
{
    Conditions conditions;
    const auto condition = conditionOf(conditions, memberOf(filters, "properties"), 0);
    if (!condition)
        return invalid("invalid_input", condition.error().message, "filters");
    if (auto failed = run(project, "DELETE FROM cohort_people WHERE cohort_id = $1", {cohort}, call))
        return failed;
    return addWhere(project, cohort, *condition, conditions.values(), call);
}

} // namespace

std::optional<Answer> addPersons(Project &project, std::int64_t cohort, const ph::Json &ids, const Call &call)
{
    if (auto refused = checkIds(ids, "person_ids"))
        return refused;
    return addWhere(project, cohort, "p.id::VARCHAR IN (SELECT lower(unnest($1::VARCHAR[])))", {orNone(ids)}, call);
}

std::optional<Answer> removePersons(Project &project, std::int64_t cohort, const ph::Json &ids, const Call &call)
{
    if (auto refused = checkIds(ids, "person_ids"))
        return refused;
    return run(project,
               "DELETE FROM cohort_people WHERE cohort_id = $2 AND person_id::VARCHAR IN (SELECT lower(unnest($1::VARCHAR[])))",
               {orNone(ids), cohort}, call);
}

std::optional<Answer> fillCohort(Project &project, std::int64_t cohort, const ph::Json &item, const Call &call)
{
    for (const char *key : {"person_ids", "_create_static_person_ids"}) {
        if (call.body.contains(key))
            return addPersons(project, cohort, call.body[key], call);
    }
    if (call.body.contains("query") && !call.body["query"].is_null())
        return fillFromQuery(project, cohort, call.body["query"], call);
    const bool isStatic = isTrueIn(item, "is_static");
    if (!isStatic && call.body.contains("filters") && call.body["filters"].is_object())
        return fillFromFilters(project, cohort, call.body["filters"], call);
    return std::nullopt;
}

} // namespace localproject::api

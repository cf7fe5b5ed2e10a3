#include "driver/localproject/api/cohort_people.h"
#include "driver/localproject/api/object_checks.h"
#include "driver/localproject/api/objects.h"

#include "driver/base/ids.h"

#include <algorithm>
#include <cctype>

namespace localproject::api {

namespace {

ph::Result<std::int64_t> nextId(Project &project, const std::string &kind)
{
    const auto rows = project.store().query("SELECT coalesce(max(id), 0) + 1 FROM objects WHERE kind = $1", {kind});
    if (!rows)
        return ph::fail(rows.error());
    return rows->rows[0][0].get<std::int64_t>();
}

std::string timestampOf(std::string iso)
{
    iso.pop_back(); // DuckDB reads a TIMESTAMP without its Z.
    return iso;
}

ph::Result<> insert(Project &project, const std::string &kind, std::int64_t id, ph::Json body)
{
    body.erase("id");
    const auto done = project.store().query("INSERT INTO objects VALUES ($1, $2, $3, $4::TIMESTAMP)",
                                            {kind, id, body.dump(), timestampOf(project.now())});
    if (!done)
        return ph::fail(done.error());
    return {};
}

ph::Result<> update(Project &project, const std::string &kind, std::int64_t id, ph::Json body)
{
    body.erase("id");
    const auto done = project.store().query("UPDATE objects SET body = $3 WHERE kind = $1 AND id = $2", {kind, id, body.dump()});
    if (!done)
        return ph::fail(done.error());
    return {};
}

/// The fields a caller may set, as given; others are passed over, as PostHog does.
void take(ph::Json &item, const ph::Json &given, const ph::Json &settable)
{
    for (const auto &[key, value] : given.items()) {
        if (settable.contains(key))
            item[key] = value;
    }
}

/// A field that has a value may be given another, but not none.
std::optional<Answer> refuseNulls(const ph::Json &given, const ph::Json &defaults)
{
    for (const auto &[key, value] : given.items()) {
        if (value.is_null() && defaults.contains(key) && !defaults[key].is_null())
            return invalid("null", "This field may not be null.", key);
    }
    return std::nullopt;
}

/// What a new item has that no caller sets.
void addFixedFields(Project &project, const std::string &kind, ph::Json &item)
{
    item["created_at"] = project.now();
    item["created_by"] = localUser();
    item["user_access_level"] = "manager";
    if (kind == "cohorts") {
        item["is_calculating"] = false;
        item["last_calculation"] = project.now();
        item["errors_calculating"] = 0;
        item["cohort_type"] = nullptr;
        item["experiment_set"] = ph::Json::array();
    } else if (kind == "feature_flags") {
        item["version"] = 1;
        item["experiment_set"] = ph::Json::array();
        item["surveys"] = ph::Json::array();
        item["features"] = ph::Json::array();
        item["can_edit"] = true;
        item["performed_rollback"] = false;
    } else if (kind == "insights") {
        item["short_id"] = ph::randomHex(4);
        item["dashboard_tiles"] = ph::Json::array();
        item["result"] = nullptr;
        item["last_refresh"] = nullptr;
        item["timezone"] = project.timezone();
        item["alerts"] = ph::Json::array();
    } else if (kind == "dashboards") {
        item["access_control_version"] = "v2";
    } else if (kind == "experiments") {
        item["exposure_cohort"] = nullptr;
    }
}

/// What follows from the other fields.
void addDerivedFields(Project &project, const std::string &kind, ph::Json &item)
{
    item["updated_at"] = project.now();
    item["last_modified_at"] = project.now();
    item["last_modified_by"] = localUser();
    if (kind == "insight_variables") {
        // As PostHog makes it: lower case, blanks as _, nothing but letters, digits and _.
        std::string code;
        for (const char c : textIn(item, "name")) {
            if (c == ' ')
                code += '_';
            else if (std::isalnum(static_cast<unsigned char>(c)) || c == '_')
                code += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        item["code_name"] = code;
    }
    if (kind != "feature_flags")
        return;
    const ph::Json groups = memberOf(memberOf(item, "filters"), "groups");
    const bool isSimple = groups.is_array() && groups.size() == 1 && memberOf(groups[0], "properties").empty();
    item["is_simple_flag"] = isSimple;
    item["rollout_percentage"] = isSimple ? memberOf(groups[0], "rollout_percentage") : ph::Json();
    item["status"] = item["deleted"] == true ? "DELETED" : item["active"] == true ? "ACTIVE" : "INACTIVE";
}

/// The flag of that key, the deleted ones aside.
ph::Result<std::optional<StoredObject>> flagOf(Project &project, const std::string &key)
{
    auto flags = objectsOf(project, "feature_flags");
    if (!flags)
        return ph::fail(flags.error());
    for (StoredObject &flag : *flags) {
        if (textIn(flag.body, "key") == key && !isTrueIn(flag.body, "deleted"))
            return std::move(flag);
    }
    return std::nullopt;
}

std::optional<Answer> checkFlagKey(Project &project, const ph::Json &item, std::int64_t id)
{
    const auto flag = flagOf(project, item["key"].get<std::string>());
    if (!flag)
        return storeFailed(flag.error());
    if (*flag && (*flag)->id != id && item["deleted"] != true)
        return invalid("unique", "There is already a feature flag with this key.", "key");
    return std::nullopt;
}

/// An experiment runs on a flag: the one of its key, or a new one with its variants, which stays off until it is launched.
std::optional<Answer> linkFlag(Project &project, ph::Json &experiment)
{
    const auto key = experiment["feature_flag_key"].get<std::string>();
    auto flag = flagOf(project, key);
    if (!flag)
        return storeFailed(flag.error());
    if (!*flag) {
        const ph::Json fallback
            = {{{"key", "control"}, {"rollout_percentage", 50}}, {{"key", "test"}, {"rollout_percentage", 50}}};
        ph::Json item = defaultsOf("feature_flags");
        item["key"] = key;
        item["name"] = "Feature Flag for Experiment " + experiment["name"].get<std::string>();
        item["active"] = experiment["start_date"].is_string();
        const ph::Json variants = memberOf(memberOf(experiment, "parameters"), "feature_flag_variants");
        item["filters"]["multivariate"] = {{"variants", variants.is_null() ? fallback : variants}};
        if (auto problem = problemOf("feature_flags", item))
            return problem;
        addFixedFields(project, "feature_flags", item);
        addDerivedFields(project, "feature_flags", item);
        const auto id = nextId(project, "feature_flags");
        if (!id)
            return storeFailed(id.error());
        if (const auto done = insert(project, "feature_flags", *id, item); !done)
            return storeFailed(done.error());
        item["id"] = *id;
        *flag = StoredObject{*id, std::move(item)};
    }
    experiment["feature_flag"] = {{"id", (*flag)->id}, {"key", key}, {"filters", memberOf((*flag)->body, "filters")}};
    return std::nullopt;
}

/// Checks that need the rest of the store; for a new experiment also what has to be made first.
std::optional<Answer> checkAgainstStore(Project &project, const std::string &kind, ph::Json &item, std::int64_t id)
{
    if (kind == "feature_flags")
        return checkFlagKey(project, item, id);
    if (kind == "experiments")
        return linkFlag(project, item);
    return std::nullopt;
}

ph::Json withCount(Project &project, const std::string &kind, ph::Json item, std::int64_t id)
{
    item["id"] = id;
    if (kind != "cohorts")
        return item;
    const auto rows = project.store().query("SELECT count(DISTINCT person_id) FROM cohort_people WHERE cohort_id = $1", {id});
    item["count"] = rows ? rows->rows[0][0] : ph::Json();
    return item;
}

Answer create(Project &project, const Call &call)
{
    const std::string kind = kindOf(call);
    const ph::Json defaults = defaultsOf(kind);
    ph::Json item = defaults;
    if (auto problem = refuseNulls(call.body, defaults))
        return std::move(*problem);
    take(item, call.body, defaults);
    const std::lock_guard lock(project.writing());
    if (auto problem = problemOf(kind, item))
        return std::move(*problem);
    if (auto problem = checkAgainstStore(project, kind, item, -1))
        return std::move(*problem);
    const auto id = nextId(project, kind);
    if (!id)
        return storeFailed(id.error());
    addFixedFields(project, kind, item);
    addDerivedFields(project, kind, item);
    if (kind == "cohorts") {
        if (auto problem = fillCohort(project, *id, item, call))
            return std::move(*problem);
    }
    if (const auto done = insert(project, kind, *id, item); !done)
        return storeFailed(done.error());
    return jsonAnswer(withCount(project, kind, std::move(item), *id), 201);
}

Answer change(Project &project, const Call &call)
{
    const std::string kind = kindOf(call);
    const std::lock_guard lock(project.writing());
    auto object = objectOf(project, kind, call.arguments[0]);
    if (!object)
        return storeFailed(object.error());
    if (!*object)
        return notFound();
    StoredObject &stored = **object;
    const ph::Json defaults = defaultsOf(kind);
    ph::Json item = defaults;
    item.update(stored.body);
    if (auto problem = refuseNulls(call.body, defaults))
        return std::move(*problem);
    take(item, call.body, defaults);
    if (auto problem = problemOf(kind, item))
        return std::move(*problem);
    if (auto problem = checkAgainstStore(project, kind, item, stored.id))
        return std::move(*problem);
    addDerivedFields(project, kind, item);
    if (kind == "feature_flags")
        item["version"] = memberOf(item, "version").is_number_integer() ? item["version"].get<std::int64_t>() + 1 : 1;
    if (kind == "cohorts") {
        if (auto problem = fillCohort(project, stored.id, item, call))
            return std::move(*problem);
    }
    if (const auto done = update(project, kind, stored.id, item); !done)
        return storeFailed(done.error());
    return jsonAnswer(withCount(project, kind, std::move(item), stored.id));
}

/// Of a static cohort alone: the people of the others follow from their filters.
Answer changePeople(Project &project, const Call &call,
                    std::optional<Answer> (*how)(Project &, std::int64_t, const ph::Json &, const Call &), const ph::Json &ids)
{
    const std::lock_guard lock(project.writing());
    const auto object = objectOf(project, "cohorts", call.arguments[0]);
    if (!object)
        return storeFailed(object.error());
    if (!*object || isTrueIn((*object)->body, "deleted"))
        return notFound();
    if (!isTrueIn((*object)->body, "is_static"))
        return invalid("invalid_input", "Can only add or remove persons of static cohorts.");
    if (auto problem = how(project, (*object)->id, ids, call))
        return std::move(*problem);
    return jsonAnswer({{"success", true}});
}

Answer addToCohort(Project &project, const Call &call)
{
    if (!call.body.contains("person_ids"))
        return invalid("required", "This field is required.", "person_ids");
    return changePeople(project, call, addPersons, call.body["person_ids"]);
}

Answer removeFromCohort(Project &project, const Call &call)
{
    if (!call.body.contains("person_id"))
        return invalid("required", "This field is required.", "person_id");
    return changePeople(project, call, removePersons, ph::Json::array({call.body["person_id"]}));
}

constexpr Route routes[] = {
    {"POST", "actions", create, "action:write"},
    {"PATCH", "actions/{}", change, "action:write"},
    {"POST", "insight_variables", create, "insight_variable:write"},
    {"PATCH", "insight_variables/{}", change, "insight_variable:write"},
    {"POST", "surveys", create, "survey:write"},
    {"PATCH", "surveys/{}", change, "survey:write"},
    {"POST", "annotations", create, "annotation:write"},
    {"PATCH", "annotations/{}", change, "annotation:write"},
    {"POST", "cohorts", create, "cohort:write"},
    {"PATCH", "cohorts/{}", change, "cohort:write"},
    {"POST", "dashboards", create, "dashboard:write"},
    {"PATCH", "dashboards/{}", change, "dashboard:write"},
    {"POST", "experiments", create, "experiment:write"},
    {"PATCH", "experiments/{}", change, "experiment:write"},
    {"POST", "feature_flags", create, "feature_flag:write"},
    {"PATCH", "feature_flags/{}", change, "feature_flag:write"},
    {"POST", "insights", create, "insight:write"},
    {"PATCH", "insights/{}", change, "insight:write"},
    {"PATCH", "cohorts/{}/add_persons_to_static_cohort", addToCohort, "cohort:write"},
    {"PATCH", "cohorts/{}/remove_person_from_static_cohort", removeFromCohort, "cohort:write"},
};

} // namespace

std::span<const Route> objectWriteRoutes() { return routes; }

} // namespace localproject::api

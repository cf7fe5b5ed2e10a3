#include "driver/localproject/api/object_checks.h"

#include "driver/base/time.h"

#include <algorithm>
#include <cctype>

namespace localproject::api {

const ph::Json *FieldChecks::at(const char *key) const
{
    if (m_problem)
        return nullptr;
    const auto found = m_item.find(key);
    return found != m_item.end() && !found->is_null() ? &*found : nullptr;
}

void FieldChecks::refuse(std::string_view code, const std::string &detail, const char *key)
{
    if (!m_problem)
        m_problem = invalid(code, detail, key);
}

void FieldChecks::required(const char *key)
{
    if (!at(key))
        refuse("required", "This field is required.", key);
}

void FieldChecks::text(const char *key, std::size_t longest, bool mayBeEmpty)
{
    const ph::Json *value = at(key);
    if (!value)
        return;
    if (!value->is_string())
        return refuse("invalid_input", "Not a valid string.", key);
    const auto &given = value->get_ref<const std::string &>();
    const bool isBlank = std::all_of(given.begin(), given.end(), [](unsigned char c) { return std::isspace(c); });
    if (isBlank && !mayBeEmpty)
        return refuse("blank", "This field may not be blank.", key);
    const auto length
        = static_cast<std::size_t>(std::count_if(given.begin(), given.end(), [](char c) { return (c & 0xC0) != 0x80; }));
    if (length > longest)
        refuse("max_length", "Ensure this field has no more than " + std::to_string(longest) + " characters.", key);
}

void FieldChecks::boolean(const char *key)
{
    if (const ph::Json *value = at(key); value && !value->is_boolean())
        refuse("invalid_input", "Must be a valid boolean.", key);
}

void FieldChecks::object(const char *key)
{
    if (const ph::Json *value = at(key); value && !value->is_object())
        refuse("invalid_input", "Value must be valid JSON: an object is expected.", key);
}

void FieldChecks::list(const char *key)
{
    if (const ph::Json *value = at(key); value && !value->is_array())
        refuse("not_a_list", std::string("Expected a list of items but got type \"") + value->type_name() + "\".", key);
}

void FieldChecks::moment(const char *key)
{
    const ph::Json *value = at(key);
    if (value && !(value->is_string() && ph::parseIsoTime(value->get_ref<const std::string &>()))) {
        refuse("invalid_input",
               "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
               key);
    }
}

void FieldChecks::choice(const char *key, std::initializer_list<std::string_view> choices)
{
    const ph::Json *value = at(key);
    if (!value)
        return;
    const std::string given = value->is_string() ? value->get<std::string>() : value->dump();
    if (std::find(choices.begin(), choices.end(), given) == choices.end())
        refuse("invalid_choice", "\"" + given + "\" is not a valid choice.", key);
}

namespace {

bool isPercentage(const ph::Json &value) { return value.is_number() && value.get<double>() >= 0 && value.get<double>() <= 100; }

void checkFlag(FieldChecks &checks, const ph::Json &flag)
{
    checks.required("key");
    checks.text("key", 400, false);
    checks.text("name", 400);
    checks.boolean("active");
    checks.boolean("ensure_experience_continuity");
    checks.object("filters");
    checks.list("tags");
    if (checks.problem())
        return;
    const auto &key = flag["key"].get_ref<const std::string &>();
    if (!std::all_of(key.begin(), key.end(), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; }))
        return checks.refuse("invalid_key", "Only letters, numbers, hyphens (-) & underscores (_) are allowed.", "key");

    const ph::Json filters = memberOf(flag, "filters");
    if (!filters.is_object())
        return;
    const ph::Json groups = filters.contains("groups") ? filters["groups"] : ph::Json::array();
    if (!groups.is_array())
        return checks.refuse("invalid_input", "The groups of a flag's filters must be a list.", "filters");
    for (const ph::Json &group : groups) {
        const ph::Json rollout = group.is_object() ? memberOf(group, "rollout_percentage") : ph::Json("no group");
        if (!rollout.is_null() && !isPercentage(rollout))
            return checks.refuse("invalid_input", "A group's rollout percentage must be between 0 and 100.", "filters");
    }
    const ph::Json multivariate = memberOf(filters, "multivariate");
    if (multivariate.is_null())
        return;
    const ph::Json variants = memberOf(multivariate, "variants");
    double sum = 0;
    for (const ph::Json &variant : variants.is_array() ? variants : ph::Json::array()) {
        if (!variant.is_object() || !variant.contains("key") || !isPercentage(memberOf(variant, "rollout_percentage")))
            return checks.refuse("invalid_input", "Invalid variant definitions: each needs a key and a rollout percentage.",
                                 "filters");
        sum += variant["rollout_percentage"].get<double>();
    }
    if (sum < 99.99 || sum > 100.01)
        checks.refuse("invalid_input", "Invalid variant definitions: Variant rollout percentages must sum to 100.", "filters");
}

void checkExperiment(FieldChecks &checks, const ph::Json &experiment)
{
    checks.required("name");
    checks.text("name", 400, false);
    checks.text("description", 3000);
    checks.required("feature_flag_key");
    checks.text("feature_flag_key", 400, false);
    checks.object("parameters");
    checks.list("metrics");
    checks.list("metrics_secondary");
    checks.moment("start_date");
    checks.moment("end_date");
    checks.boolean("archived");
    checks.choice("type", {"product", "web"});
    checks.choice("conclusion", {"won", "lost", "inconclusive", "stopped_early", "invalid"});
    if (checks.problem())
        return;
    const ph::Json start = memberOf(experiment, "start_date");
    const ph::Json end = memberOf(experiment, "end_date");
    if (start.is_string() && end.is_string()
        && *ph::parseIsoTime(end.get<std::string>()) < *ph::parseIsoTime(start.get<std::string>()))
        return checks.refuse("invalid_input", "End date must be after start date.", "end_date");
    const ph::Json variants = memberOf(memberOf(experiment, "parameters"), "feature_flag_variants");
    if (variants.is_null())
        return;
    const auto isControl = [](const ph::Json &variant) { return textIn(variant, "key") == "control"; };
    if (!variants.is_array() || variants.size() < 2)
        return checks.refuse("invalid_input", "Feature flag must have at least two variants.", "parameters");
    if (std::none_of(variants.begin(), variants.end(), isControl))
        checks.refuse("invalid_input", "Feature flag must have a control variant.", "parameters");
}

} // namespace

ph::Json defaultsOf(const std::string &kind)
{
    const ph::Json none;
    const ph::Json empty = ph::Json::object();
    const ph::Json noItems = ph::Json::array();
    if (kind == "cohorts") {
        return {{"name", none},  {"description", ""},  {"groups", noItems}, {"filters", none},
                {"query", none}, {"is_static", false}, {"deleted", false}};
    }
    if (kind == "feature_flags") {
        return {
            {"key", none},
            {"name", ""},
            {"active", true},
            {"deleted", false},
            {"tags", noItems},
            {"ensure_experience_continuity", false},
            {"filters",
             {{"groups", {{{"properties", noItems}, {"rollout_percentage", 100}}}}, {"multivariate", none}, {"payloads", empty}}},
            {"rollback_conditions", none},
            {"evaluation_runtime", "all"}};
    }
    if (kind == "experiments") {
        return {{"name", none},
                {"description", ""},
                {"feature_flag_key", none},
                {"start_date", none},
                {"end_date", none},
                {"parameters", empty},
                {"metrics", noItems},
                {"metrics_secondary", noItems},
                {"exposure_criteria", empty},
                {"stats_config", {{"method", "bayesian"}}},
                {"type", "product"},
                {"conclusion", none},
                {"conclusion_comment", none},
                {"archived", false},
                {"deleted", false},
                {"holdout", none},
                {"saved_metrics", noItems}};
    }
    if (kind == "annotations") {
        return {{"content", none},        {"date_marker", none},  {"scope", "project"},   {"creation_type", "USR"},
                {"dashboard_item", none}, {"dashboard_id", none}, {"recording_id", none}, {"deleted", false}};
    }
    if (kind == "actions") {
        return {{"name", none},  {"description", ""},      {"steps", noItems}, {"tags", noItems},
                {"pinned_at", none}, {"post_to_slack", false}, {"deleted", false}};
    }
    if (kind == "surveys") {
        return {{"name", none},        {"description", ""},      {"type", "popover"},      {"questions", noItems},  {"conditions", none},
                {"appearance", empty}, {"linked_flag", none},    {"targeting_flag", none}, {"start_date", none},    {"end_date", none},
                {"archived", false},   {"responses_limit", none}};
    }
    if (kind == "insight_variables")
        return {{"name", none}, {"type", "String"}, {"default_value", none}, {"values", none}};
    if (kind == "dashboards") {
        return {{"name", none},       {"description", ""}, {"pinned", false},  {"tags", noItems},        {"filters", empty},
                {"variables", empty}, {"tiles", noItems},  {"deleted", false}, {"restriction_level", 21}};
    }
    return {{"name", ""},      {"derived_name", none},  {"description", ""}, {"query", none},      {"filters", empty},
            {"tags", noItems}, {"dashboards", noItems}, {"saved", true},     {"favorited", false}, {"deleted", false}};
}

std::optional<Answer> problemOf(const std::string &kind, const ph::Json &item)
{
    FieldChecks checks(item);
    checks.boolean("deleted");
    if (kind == "cohorts") {
        checks.required("name");
        checks.text("name", 400, false);
        checks.text("description", 1000);
        checks.boolean("is_static");
        checks.object("filters");
    } else if (kind == "feature_flags") {
        checkFlag(checks, item);
    } else if (kind == "experiments") {
        checkExperiment(checks, item);
    } else if (kind == "annotations") {
        checks.text("content", 400);
        checks.required("date_marker");
        checks.moment("date_marker");
        checks.choice("scope", {"dashboard_item", "dashboard", "project", "organization", "recording"});
        checks.choice("creation_type", {"USR", "GIT"});
    } else if (kind == "dashboards") {
        checks.required("name");
        checks.text("name", 400, false);
        checks.text("description", 4000);
        checks.boolean("pinned");
        checks.list("tags");
        checks.object("filters");
    } else if (kind == "actions") {
        checks.required("name");
        checks.text("name", 400, false);
        checks.list("steps");
        checks.list("tags");
    } else if (kind == "surveys") {
        checks.required("name");
        checks.text("name", 400, false);
        checks.choice("type", {"popover", "widget", "external_survey", "api"});
        checks.list("questions");
        checks.object("appearance");
        checks.moment("start_date");
        checks.moment("end_date");
        checks.boolean("archived");
    } else if (kind == "insight_variables") {
        checks.required("name");
        checks.text("name", 400, false);
        checks.choice("type", {"String", "Number", "Boolean", "List", "Date"});
    } else if (kind == "insights") {
        checks.text("name", 400);
        checks.text("description", 4000);
        checks.required("query");
        checks.object("query");
        checks.list("tags");
        checks.list("dashboards");
        checks.boolean("saved");
        checks.boolean("favorited");
    }
    return checks.problem();
}

} // namespace localproject::api

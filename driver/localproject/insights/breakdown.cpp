#include "driver/localproject/insights/breakdown.h"

namespace localproject::insights {

namespace {

struct Property {
    std::string type;
    std::string key;
    std::int64_t group = 0;
    bool normalizeUrl = false;
    std::string path;
};

ExprPtr valueOf(const Property &property)
{
    const ExprPtr raw = property.type == "hogql" ? userExpression(property.key, property.path)
                                                 : propertyField(property.type, property.key, property.group, property.path);
    ExprPtr text = call("toString", {raw});
    if (property.normalizeUrl) // "/a/?" and "/a" are one page.
        text = call("if", {call("empty", {call("replaceRegexpOne", {text, constant("[/?#]+$"), constant("")})}), constant("/"),
                           call("replaceRegexpOne", {text, constant("[/?#]+$"), constant("")})});
    return call("nullIf", {text, constant("")});
}

void refuseHistogram(Node &node, const char *key)
{
    if (node.has(key))
        node.refuseField(key, "Breakdowns by bins of a number are not supported by the local project yet.");
}

std::int64_t cohortIn(const ph::Json &value, const Engine &engine, const std::string &path)
{
    if (value == "all")
        return 0;
    const bool isDigits = value.is_string() && !value.get<std::string>().empty() && value.get<std::string>().size() < 16
        && value.get<std::string>().find_first_not_of("0123456789") == std::string::npos;
    if (!value.is_number_integer() && !isDigits)
        refuse("invalid_input", "A cohort is named by its id, or all.", path);
    const std::int64_t id = isDigits ? std::stoll(value.get<std::string>()) : value.get<std::int64_t>();
    if (id != 0)
        engine.cohortName(id, path);
    return id;
}

const std::initializer_list<std::string_view> types = {"event", "person", "group", "session", "hogql", "cohort", "event_metadata"};

} // namespace

Breakdown readBreakdown(Node &query, const Engine &engine)
{
    Breakdown breakdown;
    auto node = query.node("breakdownFilter");
    if (!node)
        return breakdown;
    breakdown.limit = static_cast<int>(node->integer("breakdown_limit", 1, 10'000).value_or(25));
    breakdown.hideOther = node->flag("breakdown_hide_other_aggregation");
    refuseHistogram(*node, "breakdown_histogram_bin_count");
    const bool normalizeUrl = node->flag("breakdown_normalize_url");
    const std::string type = node->choice("breakdown_type", types, "event");
    const std::int64_t group = node->integer("breakdown_group_type_index", 0, 4).value_or(0);
    node->ignore({"breakdown_path_cleaning"});

    const ph::Json value = node->raw("breakdown");
    std::vector<ph::Json> properties;
    if (value.is_array())
        properties.assign(value.begin(), value.end());
    else if (!value.is_null() && value != "")
        properties.push_back(value);
    for (const ph::Json &property : properties) {
        const std::string path = node->pathOf("breakdown");
        if (type == "cohort") {
            breakdown.cohorts.push_back(cohortIn(property, engine, path));
            continue;
        }
        if (!property.is_string())
            refuse("invalid_input", "A property is named by text.", path);
        breakdown.values.push_back(valueOf({type, property.get<std::string>(), group, normalizeUrl, path}));
    }
    for (Node &one : node->nodes("breakdowns")) {
        breakdown.isList = true;
        const std::string oneType = one.choice("type", types, "event");
        const ph::Json property = one.raw("property");
        refuseHistogram(one, "histogram_bin_count");
        const bool normalizeOne = one.flag("normalize_url");
        const std::int64_t oneGroup = one.integer("group_type_index", 0, 4).value_or(0);
        one.finish();
        if (oneType == "cohort") {
            breakdown.cohorts.push_back(cohortIn(property, engine, one.pathOf("property")));
            continue;
        }
        if (!property.is_string() || property.get<std::string>().empty())
            refuse("required", "This field is required.", one.pathOf("property"));
        breakdown.values.push_back(valueOf({oneType, property.get<std::string>(), oneGroup, normalizeOne, one.pathOf("property")}));
    }
    node->finish();
    if (breakdown.values.size() > 3)
        node->refuseField("breakdowns", "There may be three breakdowns at most.");
    if (!breakdown.values.empty() && !breakdown.cohorts.empty())
        node->refuseField("breakdowns", "Cohorts cannot be combined with other breakdowns.");
    return breakdown;
}

ExprPtr inCohort(std::int64_t cohort)
{
    if (cohort == 0)
        return constant(true);
    return binary(hogql::BinaryOp::InCohort, field({"person_id"}), constant(cohort));
}

} // namespace localproject::insights

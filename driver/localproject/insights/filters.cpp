#include "driver/localproject/insights/filters.h"

#include <charconv>
#include <cmath>

namespace localproject::insights {

namespace {

using hogql::BinaryOp;

std::string plainText(const ph::Json &value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::optional<double> asNumber(const ph::Json &value)
{
    if (value.is_number())
        return value.get<double>();
    if (!value.is_string())
        return std::nullopt;
    const auto &text = value.get_ref<const std::string &>();
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

ph::Json asBoolean(const ph::Json &value)
{
    if (value == "true" || value == 1)
        return true;
    return value == "false" || value == 0 ? ph::Json(false) : value;
}

/// %text%, what LIKE reads as a sign taken literally.
std::string containing(const ph::Json &value)
{
    std::string pattern = "%";
    for (const char c : plainText(value)) {
        if (c == '%' || c == '_' || c == '\\')
            pattern += '\\';
        pattern += c;
    }
    return pattern + "%";
}

/// One filter, its fields read.
struct Filter {
    const Engine &engine;
    std::string type;
    std::string key;
    std::string op;
    ph::Json value;
    std::string path;
    std::string declared; // Numeric, Boolean, DateTime, String; empty when it has no definition
    ExprPtr subject;

    std::vector<ph::Json> values() const
    {
        return value.is_array() ? std::vector<ph::Json>(value.begin(), value.end()) : std::vector<ph::Json>{value};
    }

    /// A value as the property's type has it: "3" for a Numeric property is 3, 3 for a text one "3".
    ExprPtr typed(const ph::Json &one) const
    {
        if (declared == "Numeric") {
            if (const auto number = asNumber(one))
                return constant(*number);
            refuse("invalid_input", "\"" + plainText(one) + "\" is not a number, and " + key + " is.", path + ".value");
        }
        if (declared == "Boolean") {
            const ph::Json truth = asBoolean(one);
            if (!truth.is_boolean())
                refuse("invalid_input", "\"" + plainText(one) + "\" is neither true nor false.", path + ".value");
            return constant(truth);
        }
        if (declared == "DateTime")
            return call("toDateTime", {constant(plainText(one))});
        return constant(plainText(one));
    }

    ExprPtr text() const { return declared == "String" || declared.empty() ? subject : call("toString", {subject}); }

    ExprPtr each(BinaryOp op_, const ExprPtr &left, bool negative, auto make) const
    {
        std::vector<ExprPtr> list;
        for (const ph::Json &one : values())
            list.push_back(binary(op_, left, make(one)));
        return negative ? allOf(list) : anyOf(list);
    }

    ExprPtr ordered(BinaryOp op_, const ph::Json &limit) const
    {
        if (limit.is_null() || limit.is_structured())
            refuse("invalid_input", "The operator " + op + " needs one value.", path + ".value");
        if (declared == "Numeric" || declared == "DateTime")
            return binary(op_, subject, typed(limit));
        if (const auto number = asNumber(limit))
            return binary(op_, call("toFloat", {subject}), constant(*number));
        return binary(op_, text(), constant(plainText(limit)));
    }

    ExprPtr dated() const
    {
        if (!value.is_string())
            refuse("invalid_input", "The operator " + op + " needs a date.", path + ".value");
        const auto &written = value.get_ref<const std::string &>();
        const auto from = parseDate(written, engine.calendar(), false, false);
        if (!from)
            refuse("invalid_input", "\"" + written + "\" is not a date.", path + ".value");
        const bool day = written.size() == 10 && written[4] == '-';
        const Wall end = *from + (day ? wallDay : 1);
        const ExprPtr time = declared == "DateTime" ? subject : call("toDateTime", {subject});
        if (op == "is_date_before")
            return binary(BinaryOp::Less, time, clockConstant(*from));
        if (op == "is_date_after")
            return binary(BinaryOp::GreaterOrEqual, time, clockConstant(end));
        return allOf({binary(BinaryOp::GreaterOrEqual, time, clockConstant(*from)), binary(BinaryOp::Less, time, clockConstant(end))});
    }

    ExprPtr condition() const;
};

ExprPtr Filter::condition() const
{
    if (op == "is_set" || op == "is_not_set")
        return isNull(subject, op == "is_set");
    if (value.is_null())
        refuse("required", "The operator " + op + " needs a value.", path + ".value");
    if (op == "exact" || op == "is_cleaned_path_exact" || op == "in" || op == "is_not" || op == "not_in") {
        const bool negative = op == "is_not" || op == "not_in";
        if (value.is_array() && value.empty()) // PostHog leaves such a filter out.
            return constant(true);
        return each(negative ? BinaryOp::NotEqual : BinaryOp::Equal, subject, negative, [&](const ph::Json &one) { return typed(one); });
    }
    if (op == "icontains" || op == "not_icontains") {
        const bool negative = op == "not_icontains";
        return each(negative ? BinaryOp::NotILike : BinaryOp::ILike, text(), negative,
                    [](const ph::Json &one) { return constant(containing(one)); });
    }
    if (op == "regex" || op == "not_regex") {
        const bool negative = op == "not_regex";
        return each(negative ? BinaryOp::NotRegex : BinaryOp::Regex, text(), negative,
                    [](const ph::Json &one) { return constant(plainText(one)); });
    }
    if (op == "gt" || op == "gte" || op == "lt" || op == "lte" || op == "min" || op == "max") {
        return ordered(op == "gt"                  ? BinaryOp::Greater
                           : op == "gte" || op == "min" ? BinaryOp::GreaterOrEqual
                           : op == "lt"            ? BinaryOp::Less
                                                   : BinaryOp::LessOrEqual,
                       value);
    }
    if (op == "between" || op == "not_between") {
        if (!value.is_array() || value.size() != 2)
            refuse("invalid_input", "The operator " + op + " needs two values.", path + ".value");
        if (op == "between")
            return allOf({ordered(BinaryOp::GreaterOrEqual, value[0]), ordered(BinaryOp::LessOrEqual, value[1])});
        return anyOf({ordered(BinaryOp::Less, value[0]), ordered(BinaryOp::Greater, value[1])});
    }
    if (op.starts_with("is_date_"))
        return dated();
    refuse("invalid_input", "The operator " + op + " does not fit a filter of type " + type + ".", path + ".operator");
}

/// On the clicked element: elements_chain is "tag.class:attr__href=\"…\"text=\"…\";parent…".
ExprPtr elementSubject(const std::string &key, const std::string &path)
{
    if (key == "href" || key == "text")
        return call("extract", {field({"elements_chain"}), constant(std::string("(?::|\")") + key + "=\"(.*?)\"")});
    if (key == "tag_name")
        return call("extract", {field({"elements_chain"}), constant("^([A-Za-z0-9_-]+)")});
    refuse("invalid_input", "Elements can be filtered by tag_name, text and href here, not by " + key + ".", path + ".key");
}

ExprPtr oneFilter(const ph::Json &json, const Engine &engine, const std::string &path, bool onPersons)
{
    Node node(json, path);
    node.ignore({"label", "cohort_name", "group_key_names", "sourceEventName", "bytecode"});
    const std::string type = node.choice("type",
                                         {"event", "person", "element", "session", "cohort", "group", "hogql", "event_metadata", "feature",
                                          "static-cohort", "precalculated-cohort"},
                                         "event");
    const auto keyOf = [&] { return node.requiredText("key"); };
    if (type == "hogql") {
        const std::string text = keyOf();
        node.ignore({"value", "operator"});
        node.finish();
        return userExpression(text, path + ".key");
    }
    std::string op = node.choice("operator",
                                 {"exact", "is_not", "icontains", "not_icontains", "regex", "not_regex", "gt", "gte", "lt", "lte", "is_set",
                                  "is_not_set", "is_date_exact", "is_date_before", "is_date_after", "between", "not_between", "min", "max",
                                  "in", "not_in", "is_cleaned_path_exact", "flag_evaluates_to"},
                                 "exact");
    const ph::Json value = node.raw("value");
    if (type.ends_with("cohort")) {
        node.ignore({"key"});
        const bool negation = node.flag("negation");
        node.finish();
        const auto number = asNumber(value);
        if (!number)
            refuse("invalid_input", "A cohort filter needs the cohort's id.", path + ".value");
        const auto id = static_cast<std::int64_t>(*number);
        engine.cohortName(id, path + ".value");
        const bool outside = negation || op == "not_in" || op == "is_not";
        return binary(outside ? BinaryOp::NotInCohort : BinaryOp::InCohort, field({onPersons ? "id" : "person_id"}), constant(id));
    }
    Filter filter{engine, type, keyOf(), std::move(op), value, path, "", nullptr};
    const std::int64_t group = node.integer("group_type_index", 0, 4).value_or(0);
    node.finish();
    const auto &context = engine.source().context;
    const auto &known = type == "person" ? context.personProperties : context.eventProperties;
    if (type == "event" || type == "person" || type == "feature")
        if (const auto found = known.find(filter.key); found != known.end())
            filter.declared = found->second;
    if (type == "session" && filter.key.ends_with("duration"))
        filter.declared = "Numeric";
    if (type == "event_metadata" && (filter.key == "timestamp" || filter.key == "created_at"))
        filter.declared = "DateTime";
    filter.subject = type == "element" ? elementSubject(filter.key, path) : propertyField(type, filter.key, group, path, onPersons);
    if (type == "session" && filter.key == "$is_bounce")
        filter.declared = "Boolean";
    if (type == "event_metadata" && filter.key.ends_with("id"))
        filter.subject = call("toString", {filter.subject});
    return filter.condition();
}

} // namespace

ExprPtr propertyField(const std::string &type, const std::string &key, std::int64_t group, const std::string &path, bool onPersons)
{
    if (onPersons) {
        if (type != "person")
            refuse("invalid_input", "Persons have no properties of type " + type + ".", path);
        return field({"properties", key});
    }
    if (type == "person")
        return field({"person", "properties", key});
    if (type == "session")
        return field({"session", key});
    if (type == "group")
        return field({"group_" + std::to_string(group), "properties", key});
    if (type == "event_metadata")
        return field({key});
    return field({"properties", key});
}

ExprPtr propertyCondition(const ph::Json &properties, const Engine &engine, const std::string &path, bool onPersons)
{
    if (properties.is_null())
        return constant(true);
    std::vector<ExprPtr> list;
    if (properties.is_array()) {
        for (std::size_t i = 0; i < properties.size(); ++i)
            list.push_back(propertyCondition(properties[i], engine, path + "." + std::to_string(i), onPersons));
        return allOf(list);
    }
    const bool isGroup = properties.is_object() && properties.contains("values") && !properties.contains("key");
    if (!isGroup)
        return oneFilter(properties, engine, path, onPersons);
    Node group(properties, path);
    const bool either = group.choice("type", {"AND", "OR"}, "AND") == "OR";
    const std::vector<Node> values = group.nodes("values");
    group.finish();
    for (const Node &value : values)
        list.push_back(propertyCondition(value.json(), engine, value.path(), onPersons));
    return either && !list.empty() ? anyOf(list) : allOf(list);
}

ExprPtr testAccountCondition(const Engine &engine)
{
    return propertyCondition(engine.source().testAccountFilters, engine, "test_account_filters");
}

std::vector<ExprPtr> insightConditions(Node &node, const Engine &engine)
{
    std::vector<ExprPtr> list;
    if (const ph::Json &properties = node.raw("properties"); !properties.is_null() && !properties.empty())
        list.push_back(propertyCondition(properties, engine, node.pathOf("properties")));
    if (node.flag("filterTestAccounts") && !engine.source().testAccountFilters.empty())
        list.push_back(testAccountCondition(engine));
    return list;
}

} // namespace localproject::insights

#include "driver/localproject/compiler_state.h"
#include "driver/localproject/compiler_time.h"

/// What the project's own objects bring into a query as conditions: {filters} and matchesAction().
namespace localproject {
namespace {

using hogql::BinaryOp;
using Kind = Type::Kind;

hogql::ExprPtr node(hogql::Expr expr) { return std::make_shared<const hogql::Expr>(std::move(expr)); }

hogql::ExprPtr fieldNode(std::vector<std::string> chain, hogql::Span span)
{
    return node({span, hogql::Field {std::move(chain)}});
}

hogql::ExprPtr textNode(std::string text, hogql::Span span)
{
    return node({span, hogql::Constant {std::move(text)}});
}

std::string textOf(const ph::Json &json, const char *key)
{
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (!json.is_object() || found == json.end() || found->is_null())
        return "";
    return found->is_string() ? found->get<std::string>() : found->dump();
}

/// One property filter of the API: {key, value, operator, type}.
hogql::ExprPtr propertyCondition(const ph::Json &filter, hogql::Span span)
{
    const std::string type = textOf(filter, "type");
    const std::string key = textOf(filter, "key");
    std::string op = textOf(filter, "operator");
    if (op.empty())
        op = "exact";
    const ph::Json value = filter.contains("value") ? filter.at("value") : ph::Json();
    if (type == "cohort") {
        const ph::Json id = value;
        if (!id.is_number_integer())
            refuse("A cohort filter needs the cohort's id.", span);
        const bool negated = op == "not_in";
        return node({span, hogql::Binary {negated ? BinaryOp::NotInCohort : BinaryOp::InCohort, fieldNode({"person_id"}, span),
                                          node({span, hogql::Constant {id.get<std::int64_t>()}})}});
    }
    if (type == "hogql")
        unsupported("A HogQL expression in {filters}", span);
    std::vector<std::string> chain {"properties", key};
    if (type == "person")
        chain.insert(chain.begin(), "person");
    else if (type == "session")
        chain = {"session", key};
    else if (type == "group")
        chain.insert(chain.begin(), "group_0");
    const auto subject = fieldNode(chain, span);
    if (op == "is_set" || op == "is_not_set")
        return node({span, hogql::IsNull {subject, op == "is_set"}});

    const auto valueNode = [&](const ph::Json &one) -> hogql::ExprPtr {
        if (one.is_number_integer())
            return node({span, hogql::Constant {one.get<std::int64_t>()}});
        if (one.is_number())
            return node({span, hogql::Constant {one.get<double>()}});
        if (one.is_boolean())
            return node({span, hogql::Constant {one.get<bool>()}});
        return textNode(one.is_string() ? one.get<std::string>() : one.dump(), span);
    };
    static const std::map<std::string, BinaryOp> comparisons {
        {"exact", BinaryOp::Equal}, {"is_not", BinaryOp::NotEqual}, {"gt", BinaryOp::Greater}, {"gte", BinaryOp::GreaterOrEqual}, {"lt", BinaryOp::Less},
        {"lte", BinaryOp::LessOrEqual}, {"icontains", BinaryOp::ILike}, {"not_icontains", BinaryOp::NotILike}, {"regex", BinaryOp::Regex},
        {"not_regex", BinaryOp::NotRegex}, {"is_date_before", BinaryOp::Less}, {"is_date_after", BinaryOp::Greater}};
    const auto known = comparisons.find(op);
    if (known == comparisons.end())
        unsupported("The operator '" + op + "' in {filters}", span);
    const bool contains = op == "icontains" || op == "not_icontains";
    const auto one = [&](const ph::Json &item) {
        auto right = valueNode(item);
        if (contains) {
            std::string pattern = "%";
            for (const char c : item.is_string() ? item.get<std::string>() : item.dump()) {
                if (c == '%' || c == '_' || c == '\\')
                    pattern += '\\';
                pattern += c;
            }
            right = textNode(pattern + "%", span);
        }
        return node({span, hogql::Binary {known->second, subject, right}});
    };
    if (!value.is_array())
        return one(value);
    const bool negated = op.starts_with("not_") || op == "is_not";
    hogql::ExprPtr all;
    for (const ph::Json &item : value)
        all = all ? node({span, hogql::Binary {negated ? BinaryOp::And : BinaryOp::Or, all, one(item)}}) : one(item);
    return all ? all : node({span, hogql::Constant {true}});
}

/// A whole value inside an attribute of elements_chain, as a regular expression.
std::string literally(std::string_view text)
{
    std::string pattern;
    for (const char c : text) {
        if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos)
            pattern += '\\';
        pattern += c;
    }
    return pattern;
}

/// A text condition of an action's step, with its way of matching.
hogql::ExprPtr textCondition(const hogql::ExprPtr &subject, const std::string &value, const std::string &matching, const char *otherwise, hogql::Span span)
{
    const std::string way = matching.empty() ? otherwise : matching;
    if (way == "exact")
        return node({span, hogql::Binary {BinaryOp::Equal, subject, textNode(value, span)}});
    if (way == "regex")
        return node({span, hogql::Binary {BinaryOp::Regex, subject, textNode(value, span)}});
    return node({span, hogql::Binary {BinaryOp::Regex, subject, textNode(literally(value), span)}});
}

} // namespace

Fragment Compilation::filtersPlaceholder(hogql::Span span)
{
    Fragment result;
    result.sql = "true";
    result.type = Type::of(Kind::Bool);
    const Table *table = nullptr;
    for (const auto &source : m_scope->sources)
        if (source->table && !table)
            table = source->table;
    const std::string name = table ? std::string(table->name) : "";
    if (name != "events" && name != "sessions" && name != "groups" && name != "log_entries")
        refuse("Cannot use 'filters' placeholder in a SELECT clause that does not select from the events, sessions, logs, traces or groups table.", span);

    const ph::Json *filters = placeholderValue({"filters"});
    if (!filters || !filters->is_object())
        return result;
    const char *time = name == "sessions" ? "$start_timestamp" : name == "groups" ? "created_at" : "timestamp";
    const auto now = parseWrittenTime(m_context.now);
    for (const bool from : {true, false}) {
        const std::string written = filters->contains("dateRange") ? textOf(filters->at("dateRange"), from ? "date_from" : "date_to") : "";
        if (written.empty() || written == "all")
            continue;
        const Fragment column = field({time}, span);
        Fragment border;
        if (const auto relative = parseRelativeTime(written, now ? now->microseconds : 0)) {
            border.sql = instantLiteral(*relative);
            border.type = Type::dateTime(m_context.timezone);
        } else {
            border = constant(written, span);
        }
        result.sql += " AND " + compare(from ? BinaryOp::GreaterOrEqual : BinaryOp::Less, column, border, span).sql;
    }
    if (filters->contains("properties") && filters->at("properties").is_array())
        for (const ph::Json &property : filters->at("properties"))
            result.sql += " AND " + condition(*m_made.emplace_back(propertyCondition(property, span)), true);
    result.sql = "(" + result.sql + ")";
    return result;
}

Fragment Compilation::matchesAction(const Fragment &named, hogql::Span span)
{
    if (!named.constant || !(named.constant->is_string() || named.constant->is_number_integer()))
        refuse("matchesAction() needs an action's name or id.", span);
    const ph::Json *action = nullptr;
    std::vector<std::string> names;
    for (const auto &[name, body] : m_context.actions) {
        names.push_back(name);
        const bool byId = named.constant->is_number_integer() && body.is_object() && body.contains("id") && body.at("id") == *named.constant;
        if (byId || (named.constant->is_string() && name == *named.constant))
            action = &body;
    }
    if (!action) {
        const std::string asked = named.constant->is_string() ? named.constant->get<std::string>() : named.constant->dump();
        const auto guess = closest(asked, names);
        refuse("Could not find an action named '" + asked + "'." + (guess ? " Did you mean '" + *guess + "'?" : ""), span);
    }

    std::string any;
    const ph::Json steps = action->contains("steps") ? action->at("steps") : ph::Json::array();
    for (const ph::Json &step : steps) {
        std::string all;
        const auto add = [&](const hogql::ExprPtr &expr) { all += (all.empty() ? "(" : " AND ") + condition(*m_made.emplace_back(expr), false); };
        if (const std::string event = textOf(step, "event"); !event.empty())
            add(node({span, hogql::Binary {BinaryOp::Equal, fieldNode({"event"}, span), textNode(event, span)}}));
        if (const std::string url = textOf(step, "url"); !url.empty())
            add(textCondition(fieldNode({"properties", "$current_url"}, span), url, textOf(step, "url_matching"), "contains", span));
        const auto chain = fieldNode({"elements_chain"}, span);
        if (const std::string tag = textOf(step, "tag_name"); !tag.empty())
            add(node({span, hogql::Binary {BinaryOp::Regex, chain, textNode("(^|;)" + literally(tag) + "(\\.|$|;|:)", span)}}));
        for (const char *attribute : {"text", "href"}) {
            const std::string value = textOf(step, attribute);
            if (value.empty())
                continue;
            const std::string matching = textOf(step, (std::string(attribute) + "_matching").c_str());
            const std::string inside = matching == "regex" ? value : matching == "contains" ? "[^\"]*" + literally(value) + "[^\"]*" : literally(value);
            add(node({span, hogql::Binary {BinaryOp::Regex, chain, textNode("(:|\")" + std::string(attribute) + "=\"" + inside + "\"", span)}}));
        }
        if (!textOf(step, "selector").empty())
            unsupported("An action with a CSS selector", span);
        if (step.contains("properties") && step.at("properties").is_array())
            for (const ph::Json &property : step.at("properties"))
                add(propertyCondition(property, span));
        any += (any.empty() ? "(" : " OR ") + (all.empty() ? std::string("true") : all + ")");
    }
    Fragment result;
    result.sql = any.empty() ? "false" : any + ")";
    result.type = Type::of(Kind::Bool);
    result.span = span;
    return result;
}

} // namespace localproject

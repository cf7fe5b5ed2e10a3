#include "driver/localproject/compiler_state.h"
#include "driver/localproject/compiler_time.h"

#include <algorithm>
#include <cmath>

namespace localproject {
namespace {

using hogql::BinaryOp;
using Kind = Type::Kind;

/// HogQL's operators under their function names.
struct OperatorFunction {
    std::string_view name; // lower case
    BinaryOp op;
};
constexpr auto operatorFunctions = std::to_array<OperatorFunction>({
    {"equals", BinaryOp::Equal},
    {"notequals", BinaryOp::NotEqual},
    {"less", BinaryOp::Less},
    {"lessorequals", BinaryOp::LessOrEqual},
    {"greater", BinaryOp::Greater},
    {"greaterorequals", BinaryOp::GreaterOrEqual},
    {"like", BinaryOp::Like},
    {"notlike", BinaryOp::NotLike},
    {"ilike", BinaryOp::ILike},
    {"notilike", BinaryOp::NotILike},
    {"match", BinaryOp::Regex},
    {"plus", BinaryOp::Add},
    {"minus", BinaryOp::Subtract},
    {"multiply", BinaryOp::Multiply},
    {"divide", BinaryOp::Divide},
    {"modulo", BinaryOp::Modulo},
    {"and", BinaryOp::And},
    {"or", BinaryOp::Or},
    {"in", BinaryOp::In},
    {"notin", BinaryOp::NotIn},
});

const OperatorFunction *operatorFunction(const std::string &name)
{
    const std::string lower = toLower(name);
    const auto found = std::ranges::find(operatorFunctions, lower, &OperatorFunction::name);
    return found == operatorFunctions.end() ? nullptr : &*found;
}

ph::Json valueOf(const hogql::Constant &constant)
{
    return std::visit(Overloaded {[](hogql::Null) { return ph::Json(nullptr); }, [](const auto &value) { return ph::Json(value); }},
                      constant.value);
}

Fragment truth(std::string sql, hogql::Span span)
{
    Fragment result;
    result.sql = std::move(sql);
    result.type = Type::of(Kind::Bool);
    result.span = span;
    return result;
}

} // namespace

std::optional<ph::Json> Compilation::constantValue(const hogql::Expr &expr)
{
    if (const auto *constant = std::get_if<hogql::Constant>(&expr.node))
        return valueOf(*constant);
    if (const auto *placeholder = std::get_if<hogql::Placeholder>(&expr.node)) {
        const ph::Json *value = placeholderValue(placeholder->chain);
        return value ? std::optional(*value) : std::nullopt;
    }
    if (const auto *unary = std::get_if<hogql::Unary>(&expr.node); unary && unary->op == hogql::UnaryOp::Negate) {
        const auto value = constantValue(*unary->operand);
        if (value && value->is_number_float())
            return -value->get<double>();
        if (value && value->is_number())
            return -value->get<std::int64_t>();
    }
    return std::nullopt;
}

Fragment Compilation::expression(const hogql::Expr &expr)
{
    if (m_depth > 300)
        refuse("The query is nested too deeply.", expr.span);
    if (++m_work > 500'000)
        refuse("The query is too complex.", expr.span);
    const Within depth(m_depth, m_depth + 1);
    if (m_phase == Phase::Groups)
        if (auto key = groupKey(expr))
            return std::move(*key);
    Fragment result = visit(expr);
    if (result.span.end == 0)
        result.span = expr.span;
    return result;
}

std::string Compilation::condition(const hogql::Expr &expr, bool filter)
{
    const Within within(m_filter, filter);
    return boolean(expression(expr));
}

std::optional<Fragment> Compilation::groupKey(const hogql::Expr &expr)
{
    if (m_scope->keys.empty() || std::holds_alternative<hogql::Constant>(expr.node) || std::holds_alternative<hogql::Asterisk>(expr.node)
        || std::holds_alternative<hogql::Lambda>(expr.node) || std::holds_alternative<hogql::Subquery>(expr.node)
        || containsAggregate(expr))
        return std::nullopt;
    const std::size_t unfoldings = m_scope->rowUnfoldings.size();
    const Within phase(m_phase, Phase::Rows);
    const Within filter(m_filter, false);
    const Fragment raw = visit(expr);
    for (std::size_t i = 0; i < m_scope->keys.size(); ++i) {
        if (m_scope->keys[i].sql != raw.sql || m_scope->keys[i].constant)
            continue;
        Fragment key = m_scope->keys[i];
        const std::string column = m_scope->groups + ".k" + std::to_string(i);
        key.sql = key.hasKey() ? overRow(key.shown, column) : column;
        key.key.clear();
        key.span = expr.span;
        return key;
    }
    m_scope->rowUnfoldings.resize(unfoldings);
    return std::nullopt;
}

Fragment Compilation::visit(const hogql::Expr &expr)
{
    const hogql::Span span = expr.span;
    const bool filter = m_filter;
    const Within within(m_filter, false);
    return std::visit(
        Overloaded {
            [&](const hogql::Constant &node) { return constant(valueOf(node), span); },
            [&](const hogql::Field &node) { return field(node.chain, span); },
            [&](const hogql::Asterisk &) -> Fragment { refuse("* cannot stand here.", span); },
            [&](const hogql::Placeholder &node) { return placeholder(node, span); },
            [&](const hogql::Unary &node) {
                if (node.op == hogql::UnaryOp::Not)
                    return negate(expression(*node.operand), span);
                if (auto value = constantValue(expr))
                    return constant(*value, span);
                return arithmetic(BinaryOp::Subtract, constant(0), expression(*node.operand), span);
            },
            [&](const hogql::Binary &node) {
                if (node.op == BinaryOp::And || node.op == BinaryOp::Or) {
                    // A chain of them is as deep as it is long: it is walked, not descended.
                    std::vector<const hogql::Expr *> parts {node.right.get()};
                    const hogql::Expr *left = node.left.get();
                    for (const auto *next = std::get_if<hogql::Binary>(&left->node); next && next->op == node.op;
                         next = std::get_if<hogql::Binary>(&left->node)) {
                        parts.push_back(next->right.get());
                        left = next->left.get();
                    }
                    std::string sql = "(" + condition(*left, filter);
                    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
                        sql += (node.op == BinaryOp::And ? " AND " : " OR ") + condition(**part, filter);
                    return truth(sql + ")", span);
                }
                if (unsetFilter(*node.left) || unsetFilter(*node.right))
                    return truth("true", span);
                if (node.op == BinaryOp::In || node.op == BinaryOp::NotIn) {
                    const Within keep(m_filter, filter);
                    return membership(*node.left, *node.right, node.op == BinaryOp::NotIn, span);
                }
                if (node.op == BinaryOp::InCohort || node.op == BinaryOp::NotInCohort)
                    return cohortMembership(*node.left, *node.right, node.op == BinaryOp::NotInCohort);
                const Fragment left = expression(*node.left);
                const Fragment right = expression(*node.right);
                const Within keep(m_filter, filter);
                return binary(node.op, left, right, span);
            },
            [&](const hogql::IsNull &node) {
                return truth("(" + expression(*node.operand).sql + (node.negated ? " IS NOT NULL)" : " IS NULL)"), span);
            },
            [&](const hogql::Between &node) {
                const Fragment operand = expression(*node.operand);
                const Fragment low = compare(BinaryOp::GreaterOrEqual, operand, expression(*node.low), span);
                const Fragment high = compare(BinaryOp::LessOrEqual, operand, expression(*node.high), span);
                return truth((node.negated ? "(NOT (" : "(") + low.sql + " AND " + high.sql + (node.negated ? "))" : ")"), span);
            },
            [&](const hogql::Call &node) {
                if (const OperatorFunction *known = operatorFunction(node.name); known && !node.over && !node.parameters) {
                    if (known->op == BinaryOp::And || known->op == BinaryOp::Or) {
                        std::string sql;
                        for (const auto &argument : node.arguments)
                            sql += (sql.empty() ? "(" : known->op == BinaryOp::And ? " AND " : " OR ") + condition(*argument, filter);
                        return truth(sql.empty() ? "true" : sql + ")", span);
                    }
                    if (node.arguments.size() != 2)
                        refuse("Function '" + node.name + "' expects 2 arguments, found " + std::to_string(node.arguments.size()) + ".", span);
                    if (unsetFilter(*node.arguments[0]) || unsetFilter(*node.arguments[1]))
                        return truth("true", span);
                    if (known->op == BinaryOp::In || known->op == BinaryOp::NotIn) {
                        const Within keep(m_filter, filter);
                        return membership(*node.arguments[0], *node.arguments[1], known->op == BinaryOp::NotIn, span);
                    }
                    const Fragment left = expression(*node.arguments[0]);
                    const Fragment right = expression(*node.arguments[1]);
                    const Within keep(m_filter, filter);
                    return binary(known->op, left, right, span);
                }
                return call(node, span);
            },
            [&](const hogql::Case &node) { return caseWhen(node, span); },
            [&](const hogql::Apply &) -> Fragment { unsupported("A call of something that is no function name", span); },
            [&](const hogql::Spread &) -> Fragment { unsupported("* COLUMNS()", span); },
            [&](const hogql::Lambda &) -> Fragment { refuse("A lambda can only be the argument of a function such as arrayMap().", span); },
            [&](const hogql::Array &node) {
                std::vector<Fragment> items;
                for (const auto &item : node.items)
                    items.push_back(expression(*item));
                return array(std::move(items), span);
            },
            [&](const hogql::Tuple &node) {
                std::vector<Fragment> items;
                for (const auto &item : node.items)
                    items.push_back(expression(*item));
                Fragment result = tuple(items);
                result.span = span;
                return result;
            },
            [&](const hogql::Dict &node) {
                std::vector<Fragment> keys;
                std::vector<Fragment> values;
                for (const auto &[key, value] : node.items) {
                    keys.push_back(expression(*key));
                    values.push_back(expression(*value));
                }
                const Fragment keyList = array(std::move(keys), span);
                const Fragment valueList = array(std::move(values), span);
                Fragment result;
                result.sql = "map(" + keyList.sql + ", " + valueList.sql + ")";
                result.type = Type::map(keyList.type.element(), valueList.type.element());
                return result;
            },
            [&](const hogql::Index &node) { return element(expression(*node.operand), expression(*node.index), span); },
            [&](const hogql::Slice &node) {
                const Fragment operand = expression(*node.operand);
                const std::string from = node.from ? integer(expression(*node.from)) : "1";
                const std::string to = node.to ? integer(expression(*node.to)) : "-1";
                Fragment result;
                result.sql = "list_slice(" + operand.sql + ", " + from + ", " + to + ")";
                result.type = operand.type;
                return result;
            },
            [&](const hogql::Access &node) { return part(expression(*node.operand), node.name, span); },
            [&](const hogql::Interval &node) { return interval(expression(*node.count), node.unit, span); },
            [&](const hogql::Cast &node) {
                const auto type = parseType(node.type, m_context.timezone);
                if (!type)
                    refuse("Unknown type " + node.type + ".", span);
                return convert(expression(*node.operand), *type, node.lenient, span);
            },
            [&](const hogql::Alias &node) { // While it is compiled its own name means the column.
                std::vector<std::size_t> mine;
                for (std::size_t i = 0; i < m_scope->aliases.size(); ++i)
                    if (m_scope->aliases[i].operand == node.operand.get() && !m_scope->aliases[i].active) {
                        m_scope->aliases[i].active = true;
                        mine.push_back(i);
                    }
                Fragment result = expression(*node.operand);
                for (const std::size_t i : mine)
                    m_scope->aliases[i].active = false;
                return result;
            },
            [&](const hogql::Subquery &node) { return subquery(node, span); },
            [&](const hogql::TemplateString &node) {
                std::vector<Fragment> parts;
                for (const auto &part : node.parts)
                    parts.push_back(expression(*part));
                return concatenation(parts);
            },
            [&](const hogql::Tag &node) { return tag(node, span); },
        },
        expr.node);
}

Fragment Compilation::caseWhen(const hogql::Case &node, hogql::Span span)
{
    Fragment operand;
    if (node.operand)
        operand = expression(*node.operand);
    std::vector<std::string> conditions;
    std::vector<Fragment> values;
    for (const auto &[when, then] : node.branches) {
        conditions.push_back(node.operand ? compare(BinaryOp::Equal, operand, expression(*when), span).sql : condition(*when, true));
        values.push_back(expression(*then));
    }
    values.push_back(node.otherwise ? expression(*node.otherwise) : constant(nullptr));
    std::optional<Type> type = values[0].type;
    for (const Fragment &value : values) {
        type = commonType(*type, value.type);
        if (!type)
            refuse("There is no supertype for types " + values[0].type.name() + ", " + value.type.name() + ": the branches of a condition must agree.",
                   value.span.end ? value.span : span);
    }
    Fragment result;
    result.sql = "CASE";
    for (std::size_t i = 0; i < conditions.size(); ++i)
        result.sql += " WHEN " + conditions[i] + " THEN " + as(values[i], *type);
    result.sql = "(" + result.sql + " ELSE " + as(values.back(), *type) + " END)";
    result.type = *type;
    return result;
}

Fragment Compilation::array(std::vector<Fragment> items, hogql::Span span)
{
    Type element = Type::of(Kind::Null);
    for (const Fragment &item : items) {
        const auto common = commonType(element, item.type);
        if (!common)
            refuse("There is no supertype for types " + element.name() + ", " + item.type.name() + ": the elements of an array must agree.",
                   item.span.end ? item.span : span);
        element = element.is(Kind::Null) && !element.items.empty() ? item.type : *common;
        if (&item == &items.front())
            element.nullable = item.type.nullable;
    }
    Fragment result;
    result.span = span;
    result.sql = "[";
    for (std::size_t i = 0; i < items.size(); ++i)
        result.sql += (i ? ", " : "") + as(items[i], element);
    result.sql += "]";
    if (items.empty() || element.is(Kind::Null))
        result.sql += items.empty() ? "::VARCHAR[]" : "";
    else if (element.is(Kind::Integer))
        result.sql += "::BIGINT[]";
    result.type = Type::array(items.empty() ? Type::of(Kind::Null) : element);
    return result;
}

Fragment Compilation::tuple(const std::vector<Fragment> &items)
{
    Fragment result;
    std::vector<Type> types;
    result.sql = "row(";
    for (std::size_t i = 0; i < items.size(); ++i) {
        result.sql += (i ? ", " : "") + (items[i].type.is(Kind::Integer) && items[i].constant ? items[i].sql + "::BIGINT" : items[i].sql);
        types.push_back(items[i].type);
    }
    result.sql += ")";
    result.type = Type::tuple(std::move(types));
    return result;
}

Fragment Compilation::element(const Fragment &array, const Fragment &index, hogql::Span span)
{
    if (!array.type.is(Kind::Array) && !array.type.is(Kind::Unknown)) {
        if (array.type.is(Kind::Tuple) && index.constant && index.constant->is_number_integer())
            return part(array, std::to_string(index.constant->get<std::int64_t>()), span);
        if (index.constant && array.type.is(Kind::String))
            return jsonPath(array, {index.constant->is_string() ? index.constant->get<std::string>() : index.constant->dump()});
        if (array.type.is(Kind::Map)) {
            Fragment result;
            result.sql = array.sql + "[" + index.sql + "]";
            result.type = array.type.items.size() == 2 ? array.type.items[1].orNull() : Type {};
            return result;
        }
        refuse("A value of type " + array.type.name() + " has no elements.", span);
    }
    Fragment result;
    result.span = span;
    result.type = array.type.element();
    result.sql = "list_extract(" + array.sql + ", " + integer(index) + ")";
    if (array.type.element().nullable || array.type.element().is(Kind::Unknown))
        return result;
    // Outside the array ClickHouse answers the type's default.
    if (result.type.is(Kind::String))
        result.sql = "coalesce(" + result.sql + ", '')";
    else if (result.type.isNumber())
        result.sql = "coalesce(" + result.sql + (result.type.is(Kind::Bool) ? ", false)" : ", 0)");
    else
        result.type.nullable = !result.type.is(Kind::Array) && !result.type.is(Kind::Tuple);
    return result;
}

Fragment Compilation::interval(const Fragment &count, const std::string &unit, hogql::Span span)
{
    std::string name = toLower(unit);
    if (name.size() > 1 && name.back() == 's')
        name.pop_back();
    static const std::map<std::string, const char *> makers {
        {"millisecond", "to_milliseconds("}, {"second", "to_seconds("}, {"minute", "to_minutes("}, {"hour", "to_hours("}, {"day", "to_days("},
        {"week", "to_weeks("}, {"month", "to_months("}, {"quarter", "to_quarters("}, {"year", "to_years("}};
    const auto maker = makers.find(name);
    if (maker == makers.end())
        refuse("Unknown interval unit: " + unit + ".", span);
    std::string number = count.type.is(Kind::String) && count.constant && count.constant->is_string()
        ? "TRY_CAST(" + count.sql + " AS BIGINT)"
        : integer(count);
    if (name == "second")
        number += "::DOUBLE";
    else if (name == "millisecond")
        number += "::DOUBLE";
    else if (name != "minute" && name != "hour")
        number += "::INTEGER";
    Fragment result;
    result.span = span;
    result.sql = maker->second + number + ")";
    result.type = Type::interval(name);
    result.type.nullable = count.type.nullable;
    return result;
}

Fragment Compilation::tag(const hogql::Tag &node, hogql::Span)
{
    // Rich cells travel as JSON text: {"__hx_tag": "a", "href": …, "children": […]}.
    std::string sql = "json_object('__hx_tag', " + bind(node.name);
    for (const auto &[name, value] : node.attributes) {
        const Fragment attribute = expression(*value);
        sql += ", " + bind(name) + ", " + (attribute.type.is(Kind::Null) ? "NULL::VARCHAR" : attribute.sql);
    }
    if (!node.children.empty()) {
        sql += ", 'children', json_array(";
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            const bool nested = std::holds_alternative<hogql::Tag>(node.children[i]->node);
            const Fragment child = expression(*node.children[i]);
            sql += (i ? ", " : "") + (nested ? child.sql + "::JSON" : text(child));
        }
        sql += ")";
    }
    Fragment result;
    result.sql = sql + ")::VARCHAR";
    result.type = Type::of(Kind::String);
    result.type.json = true;
    return result;
}

const ph::Json *Compilation::placeholderValue(const std::vector<std::string> &chain) const
{
    if (chain.empty())
        return nullptr;
    const ph::Json *value = &m_context.values;
    std::string whole;
    for (const std::string &name : chain)
        whole += (whole.empty() ? "" : ".") + name;
    if (value->is_object() && value->contains(whole))
        return &value->at(whole);
    for (const std::string &name : chain) {
        if (!value->is_object() || !value->contains(name))
            return nullptr;
        value = &value->at(name);
    }
    return value;
}

bool Compilation::unsetFilter(const hogql::Expr &expr) const
{
    const auto *placeholder = std::get_if<hogql::Placeholder>(&expr.node);
    if (!placeholder || placeholder->chain.size() < 2 || placeholder->chain[0] != "filters")
        return false;
    const ph::Json *value = placeholderValue(placeholder->chain);
    return !value || value->is_null();
}

Fragment Compilation::placeholder(const hogql::Placeholder &node, hogql::Span span)
{
    if (node.chain.empty())
        unsupported("A placeholder that computes", span);
    if (node.chain.size() == 1 && node.chain[0] == "filters")
        return filtersPlaceholder(span);
    const ph::Json *value = placeholderValue(node.chain);
    if (!value) {
        std::string name;
        for (const std::string &part : node.chain)
            name += (name.empty() ? "" : ".") + part;
        std::vector<std::string> known;
        if (m_context.values.is_object())
            for (const auto &item : m_context.values.items())
                known.push_back(item.key());
        const auto guess = closest(name, known);
        refuse("Unresolved placeholder: {" + name + "}." + (guess ? " Did you mean {" + *guess + "}?" : ""), span);
    }
    if (node.chain[0] == "filters" && value->is_string()) {
        const auto now = parseWrittenTime(m_context.now);
        if (const auto time = parseRelativeTime(value->get_ref<const std::string &>(), now ? now->microseconds : 0)) {
            Fragment result;
            result.sql = instantLiteral(*time);
            result.type = Type::dateTime(m_context.timezone);
            return result;
        }
    }
    return constant(*value, span);
}

} // namespace localproject

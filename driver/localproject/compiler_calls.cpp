#include "driver/localproject/compiler_state.h"

#include <algorithm>

namespace localproject {
namespace {

using Kind = Type::Kind;

std::string countText(int least, int most)
{
    const auto plural = [](int n) { return n == 1 ? " argument" : " arguments"; };
    if (most < 0)
        return "at least " + std::to_string(least) + plural(least);
    if (least == most)
        return std::to_string(least) + plural(least);
    return std::to_string(least) + " to " + std::to_string(most) + plural(most);
}

void checkCount(std::string_view name, std::size_t count, int least, int most, hogql::Span span)
{
    if (count < static_cast<std::size_t>(least) || (most >= 0 && count > static_cast<std::size_t>(most)))
        refuse("Function '" + std::string(name) + "' expects " + countText(least, most) + ", found " + std::to_string(count) + ".", span);
}

std::string argumentSql(Compilation &compilation, char letter, const Fragment &argument)
{
    switch (letter) {
    case 's': return compilation.text(argument);
    case 'i': return compilation.integer(argument);
    case 'f': return compilation.real(argument);
    case 'n': return compilation.numeric(argument);
    case 'b': return compilation.boolean(argument);
    case 't': return compilation.instant(argument);
    case 'l': return compilation.wallClock(argument);
    case 'd': return compilation.date(argument);
    default: return argument.type.is(Kind::Null) ? "NULL" : argument.sql;
    }
}

std::vector<std::string> argumentSqls(Compilation &compilation, std::string_view letters, const std::vector<Fragment> &arguments)
{
    std::vector<std::string> sql;
    for (std::size_t i = 0; i < arguments.size(); ++i)
        sql.push_back(argumentSql(compilation, letters.empty() ? '*' : letters[std::min(i, letters.size() - 1)], arguments[i]));
    return sql;
}

/// One of our patterns with the arguments' SQL in its {0}, {1}, {*}.
std::string filled(std::string_view pattern, const std::vector<std::string> &arguments)
{
    std::string sql;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}') {
            if (pattern[i + 1] == '*') {
                for (std::size_t k = 0; k < arguments.size(); ++k)
                    sql += (k ? ", " : "") + arguments[k];
            } else {
                sql += arguments.at(static_cast<std::size_t>(pattern[i + 1] - '0'));
            }
            i += 2;
        } else {
            sql += pattern[i];
        }
    }
    return sql;
}

Type resultType(std::string_view result, const std::vector<Fragment> &arguments, const std::string &timezone)
{
    const char last = result.empty() ? '\0' : result.back();
    if (last == '!' || last == '?')
        result.remove_suffix(1);
    const bool wrapped = result.size() == 4 && result.front() == '[';
    if (wrapped)
        result = result.substr(1, 2);
    Type type;
    if (result.size() == 2 && result[0] == '$') {
        const auto index = static_cast<std::size_t>(result[1] - '0');
        type = index < arguments.size() ? arguments[index].type : Type {};
        type.json = false;
        if (wrapped)
            type = Type::array(type);
    } else {
        type = parseType(result, timezone).value_or(Type {});
    }
    if (last == '!')
        type.nullable = false;
    else if (last == '?' || std::ranges::any_of(arguments, [](const Fragment &a) { return a.type.nullable; }))
        type.nullable = !type.is(Kind::Array) && !type.is(Kind::Tuple);
    return type;
}

std::string unknownFunction(const std::string &name)
{
    if (const std::string_view proper = properName(name); !proper.empty())
        return "Unsupported function call '" + name + "(...)'. Perhaps you meant '" + std::string(proper) + "(...)'?";
    const auto guess = closest(name, functionNames());
    return "The function '" + name + "' is not supported by the local project yet." + (guess ? " Perhaps you meant '" + *guess + "(...)'?" : "");
}

} // namespace

Fragment Compilation::call(const hogql::Call &node, hogql::Span span)
{
    if (std::ranges::any_of(node.argumentNames, [](const std::string &name) { return !name.empty(); }))
        unsupported("Calling '" + node.name + "' with named arguments", span);
    const Combined combined = combinedAggregate(node.name);
    if (node.over || isWindowFunction(node.name)) {
        if (!node.over)
            refuse("'" + node.name + "' needs a window: " + node.name + "(...) OVER (...).", span);
        const std::string lower = toLower(node.name);
        if (!combined.aggregate || isWindowFunction(lower) || lower == "first_value" || lower == "last_value")
            return windowFunction(node, span);
    }
    if (combined.aggregate)
        return aggregate(node, span);

    const Function *function = findFunction(node.name);
    if (!function)
        refuse(unknownFunction(node.name), span);
    if (node.parameters || node.distinct || node.filter || !node.orderBy.empty())
        refuse("'" + node.name + "' is not an aggregate function.", span);
    checkCount(node.name, node.arguments.size(), function->least, function->most, span);
    if (function->emitCall)
        return function->emitCall(*this, node, span);
    std::vector<Fragment> arguments;
    for (std::size_t i = 0; i < node.arguments.size(); ++i) {
        const std::string_view letters = function->arguments;
        const bool isCondition = !letters.empty() && letters[std::min(i, letters.size() - 1)] == 'b';
        if (isCondition) {
            Fragment argument;
            argument.sql = condition(*node.arguments[i], false);
            argument.type = Type::of(Kind::Bool);
            argument.span = node.arguments[i]->span;
            arguments.push_back(std::move(argument));
        } else {
            arguments.push_back(expression(*node.arguments[i]));
        }
    }
    Fragment result = callFunction(node.name, std::move(arguments), span);
    result.span = span;
    return result;
}

Fragment Compilation::callFunction(const std::string &name, std::vector<Fragment> arguments, hogql::Span span)
{
    const Function *function = findFunction(name);
    if (!function || function->emitCall)
        refuse(unknownFunction(name), span);
    checkCount(name, arguments.size(), function->least, function->most, span);
    if (function->emit) {
        Site site {*this, name, span, std::move(arguments)};
        return function->emit(site);
    }
    Fragment result;
    result.span = span;
    result.sql = filled(function->pattern, argumentSqls(*this, function->arguments, arguments));
    result.type = resultType(function->result, arguments, m_context.timezone);
    return result;
}

std::string Compilation::freshName(const char *prefix) { return prefix + std::to_string(++m_names); }

Fragment Compilation::lambda(const hogql::Expr &expr, const std::vector<Type> &types, const std::string &parameterName,
                             const std::vector<std::string> &parameterSql)
{
    const auto *node = std::get_if<hogql::Lambda>(&expr.node);
    if (!node)
        refuse("A lambda is needed here: x -> …", expr.span);
    if (node->parameters.size() != types.size())
        refuse("The lambda needs " + std::to_string(types.size()) + (types.size() == 1 ? " parameter" : " parameters") + ", it has "
                   + std::to_string(node->parameters.size()) + ".",
               expr.span);
    const std::size_t before = m_lambdaParameters.size();
    for (std::size_t i = 0; i < types.size(); ++i) {
        Fragment parameter;
        parameter.sql = parameterSql.empty() ? parameterName : parameterSql[i];
        parameter.type = types[i];
        m_lambdaParameters.emplace_back(node->parameters[i], std::move(parameter));
    }
    Fragment body = expression(*node->body);
    m_lambdaParameters.resize(before);
    return body;
}

Fragment Compilation::unfold(const Fragment &array, hogql::Span span)
{
    if (!array.type.is(Kind::Array) && !array.type.is(Kind::Unknown))
        refuse("arrayJoin needs an array, this is " + array.type.name() + ".", span);
    if (!m_lambdaParameters.empty())
        refuse("arrayJoin cannot stand inside a lambda.", span);
    auto &list = m_phase == Phase::Rows ? m_scope->rowUnfoldings : m_scope->groupUnfoldings;
    auto found = std::ranges::find_if(list, [&](const Unfolding &known) { return known.arrays.size() == 1 && known.arrays[0] == array.sql && !known.keepEmpty; });
    if (found == list.end())
        found = list.insert(list.end(), Unfolding {freshName("u"), {array.sql}, false});
    Fragment result;
    result.sql = found->alias + ".v0";
    result.type = array.type.element();
    result.span = span;
    return result;
}

bool Compilation::containsAggregate(const hogql::Expr &expr)
{
    if (const auto known = m_aggregates.find(&expr); known != m_aggregates.end())
        return known->second;
    m_aggregates[&expr] = false; // For an alias that refers to itself.
    const auto any = [this](const std::vector<hogql::ExprPtr> &list) {
        return std::ranges::any_of(list, [this](const hogql::ExprPtr &item) { return item && containsAggregate(*item); });
    };
    const auto one = [this](const hogql::ExprPtr &item) { return item && containsAggregate(*item); };
    const bool result = std::visit(
        Overloaded {
            [&](const hogql::Call &node) {
                if (!node.over && combinedAggregate(node.name).aggregate)
                    return true;
                bool inWindow = false;
                if (node.over) {
                    inWindow = any(node.over->partitionBy);
                    for (const auto &order : node.over->orderBy)
                        inWindow = inWindow || one(order.expression);
                }
                return inWindow || any(node.arguments) || one(node.filter);
            },
            [&](const hogql::Field &node) {
                for (std::size_t i = 0; i < m_scope->aliases.size(); ++i)
                    if (m_scope->aliases[i].name == node.chain[0] && !m_scope->aliases[i].active) {
                        m_scope->aliases[i].active = true;
                        const bool found = containsAggregate(*m_scope->aliases[i].operand);
                        m_scope->aliases[i].active = false;
                        return found;
                    }
                return false;
            },
            [&](const hogql::Unary &node) { return one(node.operand); },
            [&](const hogql::Binary &node) { return one(node.left) || one(node.right); },
            [&](const hogql::IsNull &node) { return one(node.operand); },
            [&](const hogql::Between &node) { return one(node.operand) || one(node.low) || one(node.high); },
            [&](const hogql::Case &node) {
                bool found = one(node.operand) || one(node.otherwise);
                for (const auto &[when, then] : node.branches)
                    found = found || one(when) || one(then);
                return found;
            },
            [&](const hogql::Lambda &node) { return one(node.body); },
            [&](const hogql::Array &node) { return any(node.items); },
            [&](const hogql::Tuple &node) { return any(node.items); },
            [&](const hogql::Dict &node) {
                return std::ranges::any_of(node.items, [&](const auto &item) { return one(item.first) || one(item.second); });
            },
            [&](const hogql::Index &node) { return one(node.operand) || one(node.index); },
            [&](const hogql::Slice &node) { return one(node.operand) || one(node.from) || one(node.to); },
            [&](const hogql::Access &node) { return one(node.operand); },
            [&](const hogql::Interval &node) { return one(node.count); },
            [&](const hogql::Cast &node) { return one(node.operand); },
            [&](const hogql::Alias &node) { return one(node.operand); },
            [&](const hogql::TemplateString &node) { return any(node.parts); },
            [&](const hogql::Tag &node) {
                return any(node.children) || std::ranges::any_of(node.attributes, [&](const auto &item) { return one(item.second); });
            },
            [](const auto &) { return false; },
        },
        expr.node);
    // What an alias means depends on which one is being compiled, so a name's own answer is not remembered.
    if (std::holds_alternative<hogql::Field>(expr.node))
        m_aggregates.erase(&expr);
    else
        m_aggregates[&expr] = result;
    return result;
}

Fragment Compilation::aggregate(const hogql::Call &node, hogql::Span span)
{
    const Combined combined = combinedAggregate(node.name);
    const Aggregate &function = *combined.aggregate;
    if (combined.merge && (function.most == 2 || node.arguments.size() != 1))
        unsupported("'" + node.name + "'", span);
    if (m_noAggregates && !node.over)
        refuse("Aggregate function " + node.name + "() is found in " + m_noAggregates + ".", span);

    AggregateSite site {*this, node, span, {}, {}, false, {}, {}, {}, false, false};
    site.distinct = node.distinct || combined.distinct;
    site.overArrays = combined.overArrays || combined.merge || combined.forEach;
    if (combined.forEach && (function.native.empty() || function.least > 1 || combined.state || combined.merge || node.over))
        unsupported("'" + node.name + "'", span);
    const std::string position = combined.forEach ? freshName("i") : "";
    std::string positions; // 1, 2 … to the length of the longest array
    site.orNull = combined.orNull;
    Fragment result;
    {
        // What is aggregated are the plain rows; with OVER it is the rows of this select, whichever they are.
        const Within phase(m_phase, node.over ? m_phase : Phase::Rows);
        const Within forbidden(m_noAggregates, node.over ? m_noAggregates : static_cast<const char *>("another aggregate function"));
        std::vector<hogql::ExprPtr> arguments = node.arguments;
        if (combined.onlyIf) {
            if (arguments.empty())
                refuse("Function '" + node.name + "' needs a condition as its last argument.", span);
            site.filter = condition(*arguments.back(), true);
            arguments.pop_back();
        }
        if (node.filter) {
            const std::string filter = condition(*node.filter, true);
            site.filter = site.filter.empty() ? filter : "(" + site.filter + " AND " + filter + ")";
        }
        if (arguments.size() == 1 && std::holds_alternative<hogql::Asterisk>(arguments[0]->node))
            arguments.clear();
        if (function.name == "percentile_cont" || function.name == "percentile_disc") { // percentile_cont(0.5) WITHIN GROUP (ORDER BY x)
            if (!node.parameters || node.parameters->size() != 1 || !arguments.empty() || node.orderBy.size() != 1)
                refuse("Write " + node.name + "(0.5) WITHIN GROUP (ORDER BY x).", span);
            site.arguments.push_back(expression(*node.orderBy[0].expression));
        } else {
            checkCount(node.name, arguments.size(), function.least, function.most, span);
            for (std::size_t i = 0; i < arguments.size(); ++i) {
                const char letter = function.arguments[std::min(i, function.arguments.size() - 1)];
                if (letter != 'b') {
                    site.arguments.push_back(expression(*arguments[i]));
                    continue;
                }
                Fragment decision; // NULL is as good as false.
                decision.sql = condition(*arguments[i], true);
                decision.type = Type::of(Kind::Bool);
                site.arguments.push_back(std::move(decision));
            }
            if (!node.orderBy.empty())
                site.order = " ORDER BY " + orderBy(node.orderBy, nullptr);
        }
        if (node.parameters)
            for (const auto &parameter : *node.parameters)
                site.parameters.push_back(expression(*parameter));
        if (site.overArrays)
            for (Fragment &argument : site.arguments) {
                if (!argument.type.is(Kind::Array))
                    refuse("'" + node.name + "' needs an array, this is " + argument.type.name() + ".", argument.span);
                Fragment elements;
                const std::string filter = site.filter.empty() ? "" : " FILTER (WHERE " + site.filter + ")";
                elements.sql = "flatten(list(" + argument.sql + ")" + filter + ")";
                if (combined.forEach) {
                    positions = "range(1, coalesce(max(len(" + argument.sql + "))" + filter + ", 0) + 1)";
                    const std::string row = freshName("x");
                    elements.sql = "list_filter(list_transform(list(" + argument.sql + ")" + filter + ", lambda " + row + ": list_extract(" + row + ", "
                        + position + ")), lambda " + row + ": " + row + " IS NOT NULL)";
                }
                elements.type = argument.type.element();
                if (function.arguments == "f" && !elements.type.is(Kind::Float)) {
                    elements.sql += "::DOUBLE[]";
                    elements.type = Type::of(Kind::Float, elements.type.nullable);
                } else if (elements.type.is(Kind::Bool)) {
                    elements.sql += "::BIGINT[]";
                    elements.type = Type::integer(64, false);
                }
                elements.span = argument.span;
                argument = std::move(elements);
            }
        if (node.over)
            site.over = over(*node.over, span);

        if (combined.state) { // Kept as they are until -Merge folds them.
            if (site.arguments.size() > 1 || site.overArrays)
                unsupported("'" + node.name + "'", span);
            Fragment kept = site.arguments.empty() ? constant(1) : site.arguments[0];
            if (kept.type.is(Kind::Integer) && kept.constant)
                kept.sql += "::BIGINT";
            result.sql = site.list(kept);
            result.type = Type::array(kept.type.notNull());
        } else if (function.emit) {
            result = function.emit(site);
        } else {
            const std::vector<std::string> sql = argumentSqls(*this, function.arguments, site.arguments);
            result.sql = site.native(std::string(function.native), filled("{*}", sql));
            result.type = resultType(function.result, site.arguments, m_context.timezone);
            if (result.type.is(Kind::Integer) && (function.native == "sum" || function.native == "product"))
                result.sql += "::BIGINT";
            if (!function.nothing.empty() && !combined.orNull)
                result.sql = "coalesce(" + result.sql + ", " + std::string(function.nothing) + ")";
            else if (function.nothing.empty() && combined.orDefault && result.type.isNumber())
                result.sql = "coalesce(" + result.sql + ", 0)";
            if (combined.orNull)
                result.type.nullable = true;
        }
        if (combined.forEach) {
            result.sql = "list_transform(" + positions + ", lambda " + position + ": " + result.sql + ")";
            result.type = Type::array(result.type);
        }
    }
    result.span = span;
    if (node.over)
        return result;

    if (!m_scope->grouped) // The select's own pass over its text has missed it: it stands where none may.
        refuse("Aggregate function " + node.name + "() cannot stand here.", span);
    auto &known = m_scope->aggregates;
    auto found = std::ranges::find(known, result.sql, &Fragment::sql);
    if (found == known.end())
        found = known.insert(known.end(), result);
    result.sql = m_scope->groups + ".a" + std::to_string(found - known.begin());
    return result;
}

std::string AggregateSite::native(const std::string &name, const std::string &sql, const std::string &condition) const
{
    if (overArrays) {
        if (name == "count")
            return distinct ? "len(list_distinct(" + sql + "))" : "len(" + sql + ")";
        const std::string elements = distinct ? "list_distinct(" + sql + ")" : sql;
        return name == "list" ? elements : "list_aggregate(" + elements + ", '" + name + "')";
    }
    std::string text = name + "(" + (distinct ? "DISTINCT " : "") + sql + order + ")";
    if (!filter.empty() || !condition.empty())
        text += " FILTER (WHERE " + (filter.empty() ? condition : condition.empty() ? filter : "(" + filter + " AND " + condition + ")") + ")";
    return text + over;
}

std::string AggregateSite::list(const Fragment &value) const
{
    const std::string collected = native("list", value.sql, overArrays ? "" : value.sql + " IS NOT NULL");
    return "coalesce(" + collected + ", [])";
}

ph::Json AggregateSite::parameter(std::size_t i, ph::Json otherwise) const
{
    if (i >= parameters.size())
        return otherwise;
    if (!parameters[i].constant)
        refuse("The first brackets of '" + call.name + "' must hold constants.", parameters[i].span);
    return *parameters[i].constant;
}

double AggregateSite::fraction(std::size_t i, double otherwise) const
{
    const ph::Json value = parameter(i, otherwise);
    if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > 1)
        refuse("The fraction of '" + call.name + "' must be between 0 and 1.", span);
    return value.get<double>();
}

} // namespace localproject

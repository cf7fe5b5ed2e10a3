#include "driver/hogql/function_types.h"
#include "driver/hogql/keywords.h"
#include "driver/hogql/near.h"
#include "driver/hogql/resolver.h"
#include "driver/hogql/walk.h"

namespace hogql {

using Kind = ValueType::Kind;

namespace {

bool isTextConstant(const Expr &expression)
{
    const Constant *constant = std::get_if<Constant>(&expression.node);
    return constant && std::holds_alternative<std::string>(constant->value);
}

ValueType typeOf(const Constant &constant)
{
    return std::visit(Overloaded{
                          [](Null) { return ValueType{Kind::Null}; },
                          [](bool) { return ValueType{Kind::Boolean}; },
                          [](const std::string &) { return ValueType{Kind::String}; },
                          [](auto) { return ValueType{Kind::Number}; },
                      },
                      constant.value);
}

bool isComparison(BinaryOp op) { return op >= BinaryOp::Equal && op <= BinaryOp::GreaterOrEqual; }
bool isArithmetic(BinaryOp op) { return op >= BinaryOp::Add && op <= BinaryOp::Modulo; }

std::string an(const std::string &noun) { return (noun == "Array" || noun.starts_with("Array") || noun == "Interval" ? "an " : "a ") + noun; }

} // namespace

ValueType Resolver::expression(const Expr &expr)
{
    const Span span = expr.span;
    return std::visit(
        Overloaded{
            [&](const Constant &node) { return typeOf(node); },
            [&](const Field &node) { return field(node, span); },
            [&](const Asterisk &) { return ValueType{}; },
            [&](const Placeholder &node) {
                std::string name;
                for (const std::string &part : node.chain)
                    name += (name.empty() ? "" : ".") + part;
                if (!name.empty())
                    note(Symbol::Kind::Placeholder, span, "{" + name + "}", {}, "A value that comes from outside.");
                return ValueType{};
            },
            [&](const Unary &node) {
                expression(node.operand);
                return ValueType{node.op == UnaryOp::Not ? Kind::Boolean : Kind::Number};
            },
            [&](const Binary &node) { return binary(node, span); },
            [&](const IsNull &node) {
                expression(node.operand);
                return ValueType{Kind::Boolean};
            },
            [&](const Between &node) {
                const ValueType type = expression(node.operand);
                for (const ExprPtr &bound : {node.low, node.high})
                    comparison({BinaryOp::LessOrEqual, node.operand, bound}, type, expression(bound));
                return ValueType{Kind::Boolean};
            },
            [&](const Call &node) { return call(node, span); },
            [&](const Case &node) {
                expression(node.operand);
                ValueType type;
                for (const auto &[when, then] : node.branches) {
                    expression(when);
                    const ValueType branch = expression(then);
                    if (type.is(Kind::Unknown) || type.is(Kind::Null))
                        type = branch;
                }
                expression(node.otherwise);
                return type;
            },
            [&](const Lambda &node) { return lambda(node, {}); },
            [&](const Array &node) {
                ValueType item;
                for (const ExprPtr &each : node.items) {
                    const ValueType type = expression(each);
                    item = item.is(Kind::Unknown) ? type : item;
                }
                return ValueType{Kind::Array, item.kind};
            },
            [&](const Tuple &node) {
                for (const ExprPtr &each : node.items)
                    expression(each);
                return ValueType{Kind::Tuple};
            },
            [&](const Dict &node) {
                for (const auto &[key, value] : node.items)
                    expression(value);
                return ValueType{Kind::Map};
            },
            [&](const Index &node) {
                const ValueType type = expression(node.operand);
                expression(node.index);
                if (type.is(Kind::Array))
                    return ValueType{type.item};
                return type.is(Kind::String) && isTextConstant(*node.index) ? type : ValueType{}; // properties['x'] is text
            },
            [&](const Slice &node) {
                const ValueType type = expression(node.operand);
                expression(node.from);
                expression(node.to);
                return type;
            },
            [&](const Interval &node) {
                expression(node.count);
                guess(node.count, {Kind::Number});
                return ValueType{Kind::Interval};
            },
            [&](const Cast &node) {
                expression(node.operand);
                return typeNamed(node.type);
            },
            [&](const Alias &node) {
                // Within it, its own name means the column.
                const auto alias = m_scope->aliases.find(node.name);
                const bool own = alias != m_scope->aliases.end() && alias->second.expression == node.operand.get();
                const bool before = own && std::exchange(alias->second.active, true);
                const ValueType type = expression(node.operand);
                if (own) {
                    alias->second.active = before;
                    alias->second.type = type;
                    alias->second.resolved = true;
                }
                return type;
            },
            [&](const Subquery &node) {
                const Relation result = select(*node.select);
                if (node.exists)
                    return ValueType{Kind::Boolean};
                return result.columns.size() == 1 ? result.columns.front().type : ValueType{};
            },
            [&](const TemplateString &node) {
                for (const ExprPtr &part : node.parts)
                    expression(part);
                return ValueType{Kind::String};
            },
            [&](const auto &) { // Access, Apply, Spread, Tag
                forEachChild(
                    expr, [this](const Expr &child) { expression(child); }, [this](const Select &child) { select(child); });
                return ValueType{};
            },
        },
        expr.node);
}

/// A chain of operators is as deep as it is long: it is walked, not descended.
ValueType Resolver::binary(const Binary &binary, Span)
{
    std::vector<const Binary *> chain{&binary};
    while (const Binary *next = std::get_if<Binary>(&chain.back()->left->node))
        chain.push_back(next);
    ValueType left = expression(chain.back()->left);
    for (auto node = chain.rbegin(); node != chain.rend(); ++node) {
        const Binary &each = **node;
        const ValueType right = expression(each.right);
        if (isComparison(each.op) || each.op == BinaryOp::In || each.op == BinaryOp::NotIn) {
            comparison(each, left, right);
            left = {Kind::Boolean};
        } else if (isArithmetic(each.op)) {
            const auto check = [&](const ExprPtr &side, ValueType type) {
                if (type.is(Kind::String) && !isTextConstant(*side))
                    say(Severity::Warning, side->span, "This is text; PostHog calculates with numbers only.", converted(*side, "toFloat"));
            };
            check(each.right, right);
            check(each.left, left);
            const bool time = left.isTime() && (right.is(Kind::Interval) || right.is(Kind::Number));
            left = time ? left : left.is(Kind::Unknown) && !right.is(Kind::Number) ? ValueType{} : ValueType{Kind::Number};
        } else if (each.op == BinaryOp::Concat) {
            left = {Kind::String};
        } else if (each.op == BinaryOp::Coalesce) {
            left = left.is(Kind::Null) || left.is(Kind::Unknown) ? right : left;
        } else {
            left = {Kind::Boolean};
        }
    }
    return left;
}

/// A value from outside has to be of the type of what it is compared with.
void Resolver::guess(const ExprPtr &placeholder, ValueType type)
{
    if (!placeholder || !std::holds_alternative<Placeholder>(placeholder->node) || type.is(Kind::Unknown) || type.is(Kind::Null))
        return;
    for (Symbol &symbol : m_result.symbols) {
        if (symbol.kind == Symbol::Kind::Placeholder && symbol.span == placeholder->span)
            symbol.type = type;
    }
}

/// Text against a number: PostHog finds no type that both have.
void Resolver::comparison(const Binary &binary, ValueType left, ValueType right)
{
    const bool in = binary.op == BinaryOp::In || binary.op == BinaryOp::NotIn;
    guess(binary.right, in ? ValueType{Kind::Array, left.kind} : left);
    guess(binary.left, right);
    const Expr *number = nullptr;
    const Expr *text = nullptr;
    if (const Tuple *list = std::get_if<Tuple>(&binary.right->node); list && !list->items.empty() && left.is(Kind::String)) {
        const Constant *first = std::get_if<Constant>(&list->items.front()->node);
        if (first && typeOf(*first).is(Kind::Number))
            text = binary.left.get(), number = list->items.front().get();
    } else if (left.is(Kind::String) && right.is(Kind::Number)) {
        text = binary.left.get(), number = binary.right.get();
    } else if (left.is(Kind::Number) && right.is(Kind::String)) {
        text = binary.right.get(), number = binary.left.get();
    }
    if (!text || isTextConstant(*text))
        return;
    const std::string name(m_tokens.written(text->span).substr(0, 60));
    say(Severity::Warning, text->span, name + " is text and " + std::string(m_tokens.written(number->span).substr(0, 40)) + " a number: PostHog cannot compare them. Write toFloat(" + name + ").",
        converted(*text, "toFloat"));
}

std::optional<Fix> Resolver::converted(const Expr &expression, const char *function) const
{
    const std::string text(m_tokens.written(expression.span));
    return Fix{std::string("Write ") + function + "(\u2026)", expression.span, std::string(function) + "(" + text + ")"};
}

ValueType Resolver::lambda(const Lambda &lambda, ValueType item)
{
    Scope scope;
    scope.parent = m_scope;
    scope.isLambda = true;
    const Span place = m_tokens.path(lambda.body->span.start).empty() ? lambda.body->span : lambda.body->span;
    for (std::size_t i = 0; i < lambda.parameters.size(); ++i)
        scope.values[lambda.parameters[i]] = {lambda.parameters.size() == 1 ? item : ValueType{}, place};
    Scope *const outer = std::exchange(m_scope, &scope);
    expression(lambda.body);
    m_scope = outer;
    return {Kind::Lambda};
}

ValueType Resolver::call(const Call &call, Span span)
{
    const Span name = m_tokens[m_tokens.at(span.start)].span;
    const FunctionDoc *function = findFunction(call.name);
    const bool overSubquery = call.arguments.size() == 1 && std::holds_alternative<Subquery>(call.arguments.front()->node);
    const bool aggregate = function && function->aggregate && !call.over && !overSubquery;
    if (aggregate && m_place == Place::Where)
        say(Severity::Error, name, call.name + "() is known only after WHERE; compare it in HAVING.");
    if (aggregate && m_place == Place::Aggregate)
        say(Severity::Error, name, "An aggregate cannot stand within another one; compute " + call.name + "() in a SELECT in FROM.");
    const Place place = m_place;
    if (aggregate)
        m_place = Place::Aggregate;
    if (call.parameters) {
        for (const ExprPtr &parameter : *call.parameters)
            expression(parameter);
    }
    std::vector<ValueType> types(call.arguments.size());
    ValueType array; // what a lambda's parameter is an item of
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
        if (!std::holds_alternative<Lambda>(call.arguments[i]->node)) {
            types[i] = expression(call.arguments[i]);
            array = array.is(Kind::Array) || !types[i].is(Kind::Array) ? array : types[i];
        }
    }
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
        if (const Lambda *each = std::get_if<Lambda>(&call.arguments[i]->node))
            types[i] = lambda(*each, {array.item});
    }
    for (const OrderBy &order : call.orderBy)
        expression(order.expression);
    expression(call.filter);
    m_place = place;
    if (call.over)
        window(*call.over);
    checkCall(call, name, types);
    ValueType type = resultOf(call.name, types);
    note(Symbol::Kind::Function, name, function ? std::string(function->name) : call.name, type, function ? function->doc : "");
    return type;
}

void Resolver::checkCall(const Call &call, Span name, const std::vector<ValueType> &types)
{
    if (isWord(call.name, "COLUMNS") || isWord(call.name, "CAST") || isWord(call.name, "TRY_CAST"))
        return;
    if (const std::string replacement(replacementFor(call.name)); !replacement.empty()) {
        const bool bare = m_tokens.written(name) == call.name;
        say(Severity::Warning, name, call.name + " is unknown to PostHog; write " + replacement + ".",
            bare ? std::optional(Fix{"Write " + replacement, name, replacement}) : std::nullopt);
        return;
    }
    for (const Scope *scope = m_scope; scope; scope = scope->parent) {
        if (scope->values.contains(call.name))
            return; // WITH x -> x + 1 AS f
    }
    if (isWord(call.name, "ON")) {
        say(Severity::Error, name, "HogQL has no DISTINCT ON: it is read as a call of on(). Write LIMIT 1 BY at the end.");
        return;
    }
    if (!isFunctionName(call.name)) {
        Nearest nearest(call.name);
        for (const FunctionDoc &function : functions())
            nearest.offer(function.name);
        for (const std::string_view other : otherFunctions())
            nearest.offer(other);
        if (!nearest.name().empty())
            say(Severity::Warning, name, "PostHog knows no function " + call.name + ". Did you mean " + nearest.name() + "?",
                Fix{"Write " + nearest.name(), name, nearest.name()});
        else
            say(Severity::Hint, name, call.name + " is not among the functions that PostHog is known to have.");
        return;
    }
    const bool spread = std::any_of(call.arguments.begin(), call.arguments.end(), [](const ExprPtr &argument) {
        return std::holds_alternative<Asterisk>(argument->node) || std::holds_alternative<Spread>(argument->node)
            || std::holds_alternative<Subquery>(argument->node);
    });
    if (const auto arity = arityOf(call.name); arity && !spread && !call.distinct && !(call.parameters && call.arguments.empty())) {
        const std::size_t given = call.arguments.size();
        if (given < arity->least || (arity->most && given > *arity->most)) {
            const FunctionDoc *function = findFunction(call.name);
            const auto counted = [](std::size_t count) { return std::to_string(count) + (count == 1 ? " argument" : " arguments"); };
            say(Severity::Warning, name,
                call.name + " takes "
                    + (arity->most == arity->least ? counted(arity->least)
                                                   : given < arity->least ? "at least " + counted(arity->least) : "at most " + counted(*arity->most))
                    + ", here are " + std::to_string(given) + ". " + std::string(function->signature));
            return;
        }
    }
    const Kind wanted = types.empty() ? Kind::Unknown : firstArgumentOf(call.name);
    if (wanted == Kind::Unknown || call.argumentNames.size() > 0)
        return;
    const ValueType given = types.front();
    const Expr &argument = *call.arguments.front();
    if (wanted == Kind::Number && given.is(Kind::String) && !isTextConstant(argument))
        say(Severity::Warning, argument.span, call.name + " needs a number, this is text: write toFloat(\u2026).", converted(argument, "toFloat"));
    else if (wanted == Kind::DateTime && given.is(Kind::String))
        say(Severity::Warning, argument.span, call.name + " needs a time, this is text: write toDateTime(\u2026).", converted(argument, "toDateTime"));
    else if (wanted == Kind::DateTime && (given.is(Kind::Boolean) || given.is(Kind::Array)))
        say(Severity::Warning, argument.span, call.name + " needs a time, this is " + an(nameOf(given)) + ".");
    else if (wanted == Kind::String && (given.is(Kind::Number) || given.isTime() || given.is(Kind::Boolean)))
        say(Severity::Warning, argument.span, call.name + " needs text, this is " + an(nameOf(given)) + ": write toString(\u2026).", converted(argument, "toString"));
    else if (wanted == Kind::Array && (given.is(Kind::Number) || given.isTime() || given.is(Kind::Boolean)))
        say(Severity::Warning, argument.span, call.name + " needs an array, this is " + an(nameOf(given)) + ".");
}

} // namespace hogql

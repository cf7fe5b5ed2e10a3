#include "driver/hogql/keywords.h"
#include "driver/hogql/walk.h"
#include "driver/hogql/writer.h"

#include <array>
#include <charconv>
#include <cmath>

namespace hogql {

namespace {

struct OperatorText {
    BinaryOp op;
    std::string_view text;
    Level level;
};

constexpr OperatorText operatorTexts[] = {
    {BinaryOp::Or, "OR", OrLevel},
    {BinaryOp::And, "AND", AndLevel},
    {BinaryOp::Equal, "=", CompareLevel},
    {BinaryOp::NotEqual, "!=", CompareLevel},
    {BinaryOp::Less, "<", CompareLevel},
    {BinaryOp::LessOrEqual, "<=", CompareLevel},
    {BinaryOp::Greater, ">", CompareLevel},
    {BinaryOp::GreaterOrEqual, ">=", CompareLevel},
    {BinaryOp::Like, "LIKE", CompareLevel},
    {BinaryOp::NotLike, "NOT LIKE", CompareLevel},
    {BinaryOp::ILike, "ILIKE", CompareLevel},
    {BinaryOp::NotILike, "NOT ILIKE", CompareLevel},
    {BinaryOp::Regex, "=~", CompareLevel},
    {BinaryOp::NotRegex, "!~", CompareLevel},
    {BinaryOp::IRegex, "=~*", CompareLevel},
    {BinaryOp::NotIRegex, "!~*", CompareLevel},
    {BinaryOp::In, "IN", CompareLevel},
    {BinaryOp::NotIn, "NOT IN", CompareLevel},
    {BinaryOp::InCohort, "IN COHORT", CompareLevel},
    {BinaryOp::NotInCohort, "NOT IN COHORT", CompareLevel},
    {BinaryOp::IsDistinctFrom, "IS DISTINCT FROM", CompareLevel},
    {BinaryOp::IsNotDistinctFrom, "IS NOT DISTINCT FROM", CompareLevel},
    {BinaryOp::Add, "+", AddLevel},
    {BinaryOp::Subtract, "-", AddLevel},
    {BinaryOp::Concat, "||", AddLevel},
    {BinaryOp::Multiply, "*", MultiplyLevel},
    {BinaryOp::Divide, "/", MultiplyLevel},
    {BinaryOp::Modulo, "%", MultiplyLevel},
    {BinaryOp::Coalesce, "??", CoalesceLevel},
};

const OperatorText &textOf(BinaryOp op)
{
    for (const OperatorText &text : operatorTexts) {
        if (text.op == op)
            return text;
    }
    return operatorTexts[0]; // every operator is in the table
}

Level levelOf(const Expr &expression)
{
    return std::visit(Overloaded{
                          [](const Alias &) { return AliasLevel; },
                          [](const Lambda &) { return LambdaLevel; },
                          [](const Tag &) { return LambdaLevel; }, // what follows </a> is easily read as text or a tag
                          [](const Binary &node) { return textOf(node.op).level; },
                          [](const IsNull &) { return CompareLevel; },
                          [](const Between &) { return BetweenLevel; },
                          [](const Asterisk &) { return UnaryLevel; }, // *.a and *(a) are none
                          [](const Spread &) { return UnaryLevel; },
                          [](const Unary &node) { return node.op == UnaryOp::Not ? NotLevel : UnaryLevel; },
                          [](const auto &) { return PrimaryLevel; },
                      },
                      expression.node);
}

std::string numberText(double value)
{
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    std::array<char, 64> buffer;
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    std::string text(buffer.data(), end);
    if (text.find_first_of(".e") == std::string::npos)
        text += ".0"; // stays a double when read again
    return text;
}

/// Whether the bare name before a bracket would mean something else than this call.
bool isOtherSyntax(const Call &call)
{
    for (const char *word : {"NOT", "INTERVAL", "SELECT", "WITH", "FROM", "WHERE", "PREWHERE", "HAVING", "QUALIFY", "UNION",
                             "INTERSECT", "EXCEPT", "SETTINGS", "DISTINCT", "AS", "CASE", "END", "COHORT", "OFFSET"}) {
        if (isWord(call.name, word))
            return true;
    }
    if (!isWord(call.name, "CAST") && !isWord(call.name, "TRY_CAST"))
        return isNeverName(call.name);
    const bool plain = !call.parameters && !call.distinct && call.orderBy.empty() && call.argumentNames.empty() && !call.filter && !call.over;
    return !plain || call.arguments.size() < 2 || std::holds_alternative<Alias>(call.arguments.front()->node); // CAST(x, 'Int64') is read as a call
}

} // namespace

/// `expression` where something at least as tight as `level` is needed.
std::string Writer::expression(const Expr &node, Level level, int indent) const
{
    std::string text = bare(node, indent);
    return levelOf(node) < level ? "(" + text + ")" : text;
}

std::string Writer::list(const std::vector<ExprPtr> &items, int indent) const
{
    std::string out;
    for (std::size_t i = 0; i < items.size(); ++i)
        out += (i == 0 ? "" : ", ") + item(items, i, indent);
    return out;
}

/// One of several items. `1 + a, x -> 1` is read as a lambda of a and x, so a lambda behind a name gets brackets.
std::string Writer::item(const std::vector<ExprPtr> &items, std::size_t i, int indent) const
{
    const std::string text = expression(*items[i], AliasLevel, indent);
    if (i == 0)
        return text;
    const Alias *alias = std::get_if<Alias>(&items[i]->node);
    if (!std::holds_alternative<Lambda>((alias ? *alias->operand : *items[i]).node))
        return text;
    const std::vector<Token> before = tokenize(expression(*items[i - 1], AliasLevel, indent));
    const Token &last = before[before.size() - 2]; // before the End
    const bool name = last.kind == TokenKind::Word || last.kind == TokenKind::QuotedIdentifier;
    return name ? "(" + text + ")" : text;
}

std::string Writer::orders(const std::vector<OrderBy> &list, int indent) const
{
    std::string out;
    for (const OrderBy &order : list) {
        out += (out.empty() ? "" : ", ") + expression(*order.expression, TernaryLevel, indent)
            + (order.descending ? " DESC" : "");
        if (order.nullsFirst)
            out += *order.nullsFirst ? " NULLS FIRST" : " NULLS LAST";
        if (!order.fill)
            continue;
        out += " WITH FILL";
        if (order.fill->from)
            out += " FROM " + expression(*order.fill->from, TernaryLevel, indent);
        if (order.fill->to)
            out += " TO " + expression(*order.fill->to, TernaryLevel, indent);
        if (order.fill->step)
            out += " STEP " + expression(*order.fill->step, TernaryLevel, indent);
    }
    return out;
}

std::string Writer::window(const Window &window, int indent) const
{
    std::string out;
    const auto add = [&](const std::string &part) { out += (out.empty() ? "" : " ") + part; };
    if (!window.partitionBy.empty())
        add("PARTITION BY " + list(window.partitionBy, indent));
    if (!window.orderBy.empty())
        add("ORDER BY " + orders(window.orderBy, indent));
    if (!window.frame.empty()) {
        add(window.frame + " " + (window.frameEnd ? "BETWEEN " : "") + bound(window.frameStart, indent));
        if (window.frameEnd)
            add("AND " + bound(*window.frameEnd, indent));
    }
    return "(" + out + ")";
}

std::string Writer::bound(const FrameBound &bound, int indent) const
{
    switch (bound.kind) {
    case FrameBound::Kind::UnboundedPreceding:
        return "UNBOUNDED PRECEDING";
    case FrameBound::Kind::Preceding:
        return apart("UNBOUNDED", expression(*bound.offset, AddLevel, indent)) + " PRECEDING";
    case FrameBound::Kind::CurrentRow:
        return "CURRENT ROW";
    case FrameBound::Kind::Following:
        return apart("UNBOUNDED", expression(*bound.offset, AddLevel, indent)) + " FOLLOWING";
    case FrameBound::Kind::UnboundedFollowing:
        return "UNBOUNDED FOLLOWING";
    }
    return {};
}

std::string Writer::bare(const Expr &node, int indent) const
{
    return std::visit([&](const auto &value) { return write(value, indent); }, node.node);
}

std::string Writer::write(const Constant &constant, int) const
{
    return std::visit(Overloaded{
                          [](Null) { return std::string("NULL"); },
                          [](bool value) { return std::string(value ? "true" : "false"); },
                          [](double value) { return numberText(value); },
                          [](const std::string &value) { return quoteString(value); },
                          [](auto value) { return std::to_string(value); },
                      },
                      constant.value);
}

std::string Writer::write(const Field &field, int) const
{
    std::string out = name(field.chain.front());
    for (std::size_t i = 1; i < field.chain.size(); ++i)
        out += "." + (isIndexPart(field.chain[i]) ? field.chain[i] : quotePart(field.chain[i]));
    return out;
}

/// Names joined by dots, each quoted where it has to be.
std::string Writer::dotted(const std::string &parts)
{
    std::string out;
    for (std::size_t at = 0; at <= parts.size();) {
        const std::size_t dot = std::min(parts.find('.', at), parts.size());
        const std::string part = parts.substr(at, dot - at);
        out += at == 0 ? name(part) : "." + quotePart(part);
        at = dot + 1;
    }
    return out;
}

std::string Writer::write(const Asterisk &all, int) const
{
    std::string exclude;
    for (const std::string &column : all.exclude)
        exclude += (exclude.empty() ? " EXCLUDE (" : ", ") + dotted(column);
    return (all.table.empty() ? "" : dotted(all.table) + ".") + "*" + (exclude.empty() ? "" : exclude + ")");
}

std::string Writer::write(const Placeholder &placeholder, int indent) const
{
    if (placeholder.expression)
        return "{" + expression(*placeholder.expression, AliasLevel, indent) + "}";
    std::string out;
    for (const std::string &part : placeholder.chain) {
        const bool literal = out.empty() && (isWord(part, "TRUE") || isWord(part, "FALSE"));
        out += (out.empty() ? "" : ".") + (literal ? backticked(part) : quotePart(part));
    }
    return "{" + out + "}";
}

std::string Writer::write(const Unary &unary, int indent) const
{
    if (unary.op == UnaryOp::Not) {
        const std::string text = expression(*unary.operand, NotLevel, indent);
        // NOT (a) = b is read as (NOT a) = b, so whatever begins with a bracket gets one around it.
        const bool wrapped = levelOf(*unary.operand) < NotLevel || std::holds_alternative<Tuple>(unary.operand->node)
            || std::holds_alternative<Subquery>(unary.operand->node);
        return text.starts_with('(') && !wrapped ? "NOT (" + text + ")" : "NOT " + text;
    }
    const std::string text = expression(*unary.operand, UnaryLevel, indent);
    return (text.starts_with('-') ? "- " : "-") + text; // -- would begin a comment
}

/// a OR b OR c, each on a line of its own.
std::string Writer::brokenChain(const Binary &binary, int indent) const
{
    std::vector<const Expr *> parts{binary.right.get()};
    const Expr *left = binary.left.get();
    for (const Binary *next = std::get_if<Binary>(&left->node); next && next->op == binary.op; next = std::get_if<Binary>(&left->node)) {
        parts.push_back(next->right.get());
        left = next->left.get();
    }
    const OperatorText &op = textOf(binary.op);
    std::string out = expression(*left, op.level, indent + 1);
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
        out += separator(indent + 1) + std::string(op.text) + " " + expression(**part, static_cast<Level>(op.level + 1), indent + 1);
    return out;
}

std::string Writer::write(const Binary &binary, int indent) const
{
    if (pretty() && (binary.op == BinaryOp::And || binary.op == BinaryOp::Or)) {
        const Expr whole{{binary.left->span.start, binary.right->span.end}, binary};
        const auto line = oneLine(whole, AliasLevel, indent + 1);
        return line ? *line : brokenChain(binary, indent);
    }
    const OperatorText &op = textOf(binary.op);
    return expression(*binary.left, op.level, indent) + " " + std::string(op.text) + " "
        + expression(*binary.right, static_cast<Level>(op.level + 1), indent);
}

std::string Writer::write(const IsNull &test, int indent) const
{
    return expression(*test.operand, CompareLevel, indent) + (test.negated ? " IS NOT NULL" : " IS NULL");
}

std::string Writer::write(const Between &between, int indent) const
{
    return expression(*between.operand, BetweenLevel, indent) + (between.negated ? " NOT" : "") + " BETWEEN "
        + expression(*between.low, CoalesceLevel, indent) + " AND " + expression(*between.high, CoalesceLevel, indent);
}

bool Writer::isOnlySubquery(const Call &call)
{
    const Subquery *query = call.arguments.size() == 1 ? std::get_if<Subquery>(&call.arguments.front()->node) : nullptr;
    return query && !query->exists && !call.distinct && call.orderBy.empty() && call.argumentNames.empty();
}

std::string Writer::write(const Call &call, int indent) const
{
    std::string out = isOtherSyntax(call) ? backticked(call.name) : quotePart(call.name);
    const bool within = call.parameters && call.arguments.empty() && !call.orderBy.empty();
    if (call.parameters)
        out += "(" + list(*call.parameters, indent) + ")";
    if (pretty() && !within && call.orderBy.empty() && !call.arguments.empty()) {
        Expr whole{{call.arguments.front()->span.start, call.arguments.back()->span.end}, call};
        std::get<Call>(whole.node).over.reset();
        std::get<Call>(whole.node).filter.reset();
        const bool subquery = call.arguments.size() == 1 && std::holds_alternative<Subquery>(call.arguments.front()->node);
        if (!subquery && !oneLine(whole, AliasLevel, indent + 2))
            return brokenCall(call, out, indent);
    }
    if (within) {
        out += " WITHIN GROUP (ORDER BY " + orders(call.orderBy, indent) + ")";
    } else {
        std::string arguments = call.distinct ? "DISTINCT " : "";
        for (std::size_t i = 0; i < call.arguments.size(); ++i) {
            arguments += i > 0 ? ", " : "";
            if (i < call.argumentNames.size() && !call.argumentNames[i].empty())
                arguments += name(call.argumentNames[i]) + " := ";
            arguments += isOnlySubquery(call) ? select(*std::get<Subquery>(call.arguments[i]->node).select, indent) : item(call.arguments, i, indent);
        }
        if (call.arguments.size() == 1 && !call.distinct && !call.orderBy.empty() && arguments.starts_with('(')
            && std::holds_alternative<Subquery>(call.arguments.front()->node))
            arguments += ","; // (SELECT 1) ORDER BY a would be one SELECT
        if (!call.orderBy.empty())
            arguments += (arguments.empty() ? "ORDER BY " : " ORDER BY ") + orders(call.orderBy, indent);
        out += "(" + arguments + ")";
    }
    if (call.filter)
        out += " FILTER (WHERE " + expression(*call.filter, AliasLevel, indent) + ")";
    if (call.over)
        out += " OVER " + (call.over->name.empty() ? window(*call.over, indent) : name(call.over->name));
    return out;
}

std::string Writer::write(const Apply &apply, int indent) const
{
    std::string function = expression(*apply.function, PrimaryLevel, indent);
    const Call *call = std::get_if<Call>(&apply.function->node);
    const Field *field = std::get_if<Field>(&apply.function->node);
    const bool complete = call && call->parameters && !call->over && !call->filter;
    const bool type = std::holds_alternative<Cast>(apply.function->node); // x::T(1) is a type with an argument
    const bool word = isPlainWord(function); // also (null)(x)
    if ((field && field->chain.size() == 1) || (call && !complete) || type || word)
        function = "(" + function + ")"; // f(x) is a plain call, and f(1)(2) one with parameters
    return function + "(" + list(apply.arguments, indent) + ")";
}

std::string Writer::write(const Spread &spread, int indent) const { return "* " + expression(*spread.columns, PrimaryLevel, indent); }

/// f(
///     a,
///     b
/// )
std::string Writer::brokenCall(const Call &call, const std::string &head, int indent) const
{
    std::string out = head + "(";
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
        out += separator(indent + 1) + (i == 0 && call.distinct ? "DISTINCT " : "");
        if (i < call.argumentNames.size() && !call.argumentNames[i].empty())
            out += name(call.argumentNames[i]) + " := ";
        out += item(call.arguments, i, indent + 1) + (i + 1 < call.arguments.size() ? "," : "");
    }
    out += separator(indent) + ")";
    if (call.filter)
        out += " FILTER (WHERE " + expression(*call.filter, AliasLevel, indent) + ")";
    if (call.over)
        out += " OVER " + (call.over->name.empty() ? window(*call.over, indent) : name(call.over->name));
    return out;
}

std::string Writer::brokenCase(const Case &choice, int indent) const
{
    std::string out = "CASE";
    if (choice.operand)
        out += " " + expression(*choice.operand, AliasLevel, indent + 1);
    for (const auto &[when, then] : choice.branches)
        out += separator(indent + 1) + "WHEN " + expression(*when, AliasLevel, indent + 1) + " THEN " + expression(*then, AliasLevel, indent + 1);
    if (choice.otherwise)
        out += separator(indent + 1) + "ELSE " + expression(*choice.otherwise, AliasLevel, indent + 1);
    return out + separator(indent) + "END";
}

std::string Writer::write(const Case &choice, int indent) const
{
    if (pretty() && !choice.branches.empty()) {
        const Expr whole{{choice.branches.front().first->span.start, choice.branches.back().second->span.end}, choice};
        const auto line = oneLine(whole, AliasLevel, indent + 2);
        return line ? *line : brokenCase(choice, indent);
    }
    std::string out = "CASE";
    if (choice.operand)
        out += " " + expression(*choice.operand, AliasLevel, indent);
    for (const auto &[when, then] : choice.branches)
        out += " WHEN " + expression(*when, AliasLevel, indent) + " THEN " + expression(*then, AliasLevel, indent);
    if (choice.otherwise)
        out += " ELSE " + expression(*choice.otherwise, AliasLevel, indent);
    return out + " END";
}

std::string Writer::write(const Lambda &lambda, int indent) const
{
    std::string parameters = names(lambda.parameters);
    if (lambda.parameters.size() != 1)
        parameters = "(" + parameters + ")";
    return parameters + " -> " + expression(*lambda.body, LambdaLevel, indent);
}

std::string Writer::write(const Tuple &tuple, int indent) const
{
    return "(" + list(tuple.items, indent) + (tuple.items.size() == 1 ? ",)" : ")");
}

std::string Writer::write(const Dict &dict, int indent) const
{
    std::string out;
    for (const auto &[key, value] : dict.items)
        out += (out.empty() ? "" : ", ") + expression(*key, OrLevel, indent) + ": " + expression(*value, AliasLevel, indent);
    return "{" + out + "}";
}

std::string Writer::write(const Index &index, int indent) const
{
    return expression(*index.operand, PrimaryLevel, indent) + (index.nullSafe ? "?.[" : "[")
        + expression(*index.index, AliasLevel, indent) + "]";
}

std::string Writer::write(const Slice &slice, int indent) const
{
    return expression(*slice.operand, PrimaryLevel, indent) + "["
        + (slice.from ? expression(*slice.from, AliasLevel, indent) : "") + ":"
        + (slice.to ? expression(*slice.to, AliasLevel, indent) : "") + "]";
}

std::string Writer::write(const Access &access, int indent) const
{
    std::string operand = expression(*access.operand, PrimaryLevel, indent);
    // (a).b is no field; 1.b would be a number.
    const bool plain = !access.nullSafe
        && (std::holds_alternative<Field>(access.operand->node) || std::holds_alternative<Constant>(access.operand->node));
    if (plain)
        operand = "(" + operand + ")";
    return operand + (access.nullSafe ? "?." : ".") + (isIndexPart(access.name) ? access.name : quotePart(access.name));
}

std::string Writer::write(const Interval &interval, int indent) const
{
    std::string unit = interval.unit;
    for (char &c : unit)
        c = static_cast<char>(c - 'a' + 'A');
    const Expr &count = *interval.count;
    const Constant *constant = std::get_if<Constant>(&count.node);
    const double *number = constant ? std::get_if<double>(&constant->value) : nullptr;
    const bool word = constant && (std::holds_alternative<bool>(constant->value) || std::holds_alternative<Null>(constant->value) || (number && !std::isfinite(*number)));
    const bool plain = (constant && !word) || std::holds_alternative<Placeholder>(count.node);
    const std::string text = expression(count, AddLevel, indent);
    return "INTERVAL " + (plain ? text : "(" + text + ")") + " " + unit;
}

std::string Writer::write(const Cast &cast, int indent) const
{
    const bool plain = !cast.lenient && isPlainWord(cast.type);
    if (plain)
        return expression(*cast.operand, PrimaryLevel, indent) + "::" + cast.type;
    return std::string(cast.lenient ? "TRY_CAST(" : "CAST(") + expression(*cast.operand, TernaryLevel, indent) + " AS "
        + cast.type + ")";
}

std::string Writer::write(const Alias &alias, int indent) const
{
    return expression(*alias.operand, AliasLevel, indent) + " AS " + (isForbiddenAlias(alias.name) ? backticked(alias.name) : name(alias.name));
}

std::string Writer::write(const Subquery &query, int indent) const
{
    return (query.exists ? "EXISTS " : "") + nested(*query.select, indent);
}

std::string Writer::write(const TemplateString &text, int indent) const
{
    std::string out = "f'";
    for (const ExprPtr &part : text.parts) {
        const Constant *constant = std::get_if<Constant>(&part->node);
        if (constant && std::holds_alternative<std::string>(constant->value)) {
            std::string piece = escaped(std::get<std::string>(constant->value), '\'');
            for (std::size_t at = 0; (at = piece.find('{', at)) != std::string::npos; at += 2)
                piece.insert(at, "\\");
            out += piece;
        } else {
            out += "{" + expression(*part, AliasLevel, indent) + "}";
        }
    }
    return out + "'";
}

std::string Writer::write(const Tag &tag, int indent) const
{
    std::string out = "<" + tag.name;
    for (const auto &[attribute, value] : tag.attributes) {
        const Constant *constant = std::get_if<Constant>(&value->node);
        const bool text = constant && std::holds_alternative<std::string>(constant->value);
        out += " " + attribute + "=" + (text ? write(*constant, indent) : "{" + expression(*value, AliasLevel, indent) + "}");
    }
    if (tag.children.empty())
        return out + " />";
    out += ">";
    for (const ExprPtr &child : tag.children) {
        const Constant *constant = std::get_if<Constant>(&child->node);
        const std::string *text = constant ? std::get_if<std::string>(&constant->value) : nullptr;
        const bool blank
            = text && text->find_first_not_of(" \t\r\n\f\v") == std::string::npos && text->find('\n') != std::string::npos;
        if (text && !text->empty() && text->find_first_of("<{") == std::string::npos && !blank)
            out += *text;
        else if (std::holds_alternative<Tag>(child->node))
            out += expression(*child, AliasLevel, indent);
        else
            out += "{" + expression(*child, AliasLevel, indent) + "}";
    }
    return out + "</" + tag.name + ">";
}

} // namespace hogql

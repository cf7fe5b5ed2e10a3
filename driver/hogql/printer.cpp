#include "driver/hogql/printer.h"

#include "driver/hogql/keywords.h"
#include "driver/hogql/walk.h"

#include <array>
#include <charconv>
#include <cmath>

namespace hogql {

namespace {

/// How tightly an expression holds together, loosest first. The same order as in the parser.
enum Level {
    AliasLevel,
    LambdaLevel,
    TernaryLevel,
    OrLevel,
    AndLevel,
    NotLevel,
    BetweenLevel,
    CoalesceLevel,
    CompareLevel,
    AddLevel,
    MultiplyLevel,
    UnaryLevel,
    PrimaryLevel
};

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
                          [](const Binary &node) { return textOf(node.op).level; },
                          [](const IsNull &) { return CompareLevel; },
                          [](const Between &) { return BetweenLevel; },
                          [](const Unary &node) { return node.op == UnaryOp::Not ? NotLevel : UnaryLevel; },
                          [](const auto &) { return PrimaryLevel; },
                      },
                      expression.node);
}

std::string escaped(std::string_view text, char quote)
{
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '\\':
            out += "\\\\";
            break;
        case '\b':
            out += "\\b";
            break;
        case '\f':
            out += "\\f";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\t':
            out += "\\t";
            break;
        case '\0':
            out += "\\0";
            break;
        case '\a':
            out += "\\a";
            break;
        case '\v':
            out += "\\v";
            break;
        default:
            if (c == quote)
                out += c == '\'' ? "\\" : std::string(1, c);
            out += c;
        }
    }
    return out;
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

bool isPlainWord(std::string_view name)
{
    if (name.empty() || (name[0] >= '0' && name[0] <= '9'))
        return false;
    for (const char c : name) {
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$'))
            return false;
    }
    return true;
}

std::string backticked(std::string_view name) { return "`" + escaped(name, '`') + "`"; }

/// A name behind a dot, or of a function: no keyword is in the way there.
std::string quotePart(std::string_view name) { return isPlainWord(name) ? std::string(name) : backticked(name); }

bool isIndexPart(std::string_view part)
{
    return !part.empty() && part.size() < 10 && part.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Words that mean something else than a call even before a bracket.
bool opensClause(std::string_view name)
{
    for (const char *word : {"NOT", "INTERVAL", "SELECT", "WITH", "FROM", "WHERE", "PREWHERE", "HAVING", "QUALIFY", "UNION",
                             "INTERSECT", "EXCEPT", "SETTINGS", "DISTINCT"}) {
        if (isWord(name, word))
            return true;
    }
    return false;
}

/// Writes a tree as text. With a line width of zero everything stands on one line; otherwise clauses begin lines and what
/// does not fit is broken at its commas.
class Writer
{
public:
    explicit Writer(std::size_t width)
        : m_width(width)
    {
    }

    std::string select(const Select &select, int indent) const
    {
        std::string out;
        for (std::size_t i = 0; i < select.ctes.size(); ++i) {
            const Cte &cte = select.ctes[i];
            if (i == 0)
                out += cte.recursive ? "WITH RECURSIVE " : "WITH ";
            else
                out += "," + separator(indent);
            if (cte.select)
                out += name(cte.name) + (cte.columns.empty() ? "" : " (" + names(cte.columns) + ")") + " AS "
                    + nested(*cte.select, indent);
            else
                out += expression(*cte.value, TernaryLevel, indent) + " AS " + name(cte.name);
        }
        if (!select.ctes.empty())
            out += separator(indent);
        if (select.substitute)
            return out + expression(*select.substitute, PrimaryLevel, indent);
        return out + (select.arms.empty() ? plain(select, indent) : set(select, indent));
    }

    /// `expression` where something at least as tight as `level` is needed.
    std::string expression(const Expr &node, Level level, int indent) const
    {
        std::string text = bare(node, indent);
        return levelOf(node) < level ? "(" + text + ")" : text;
    }

private:
    bool pretty() const { return m_width > 0; }
    std::string separator(int indent) const
    {
        return pretty() ? "\n" + std::string(static_cast<std::size_t>(indent) * 4, ' ') : " ";
    }
    bool fits(const std::string &text, int indent) const
    {
        return !pretty()
            || (text.find('\n') == std::string::npos && text.size() + static_cast<std::size_t>(indent) * 4 <= m_width);
    }
    static std::string name(const std::string &text) { return quoteIdentifier(text); }
    static std::string names(const std::vector<std::string> &list)
    {
        std::string out;
        for (const std::string &item : list)
            out += (out.empty() ? "" : ", ") + name(item);
        return out;
    }

    std::string nested(const Select &inner, int indent) const
    {
        if (!pretty())
            return "(" + select(inner, indent) + ")";
        return "(" + separator(indent + 1) + select(inner, indent + 1) + separator(indent) + ")";
    }

    std::string set(const Select &set, int indent) const
    {
        const bool tail = !set.orderBy.empty() || set.limit || set.offset;
        std::string out;
        for (std::size_t i = 0; i < set.arms.size(); ++i) {
            if (i > 0) {
                constexpr const char *words[] = {"UNION ALL", "UNION DISTINCT", "INTERSECT", "EXCEPT"};
                out += separator(indent) + words[static_cast<int>(set.operators[i - 1])] + separator(indent);
            }
            const Select &arm = *set.arms[i];
            const bool last = i + 1 == set.arms.size();
            const bool brackets = !arm.arms.empty() || !arm.ctes.empty() || (last && tail);
            out += brackets ? nested(arm, indent) : select(arm, indent);
        }
        return out + orderAndLimit(set, indent);
    }

    std::string plain(const Select &select, int indent) const
    {
        std::string out = "SELECT";
        if (!select.distinctOn.empty())
            out += " DISTINCT ON (" + list(select.distinctOn, indent) + ")";
        else if (select.distinct)
            out += " DISTINCT";
        out += items(select.columns, indent, false);
        for (std::size_t i = 0; i < select.from.size(); ++i)
            out += separator(indent) + join(select.from[i], i == 0, indent);
        if (select.arrayJoin) {
            out += separator(indent) + select.arrayJoin->kind + (select.arrayJoin->kind.empty() ? "" : " ") + "ARRAY JOIN";
            out += items(select.arrayJoin->items, indent, false);
        }
        out += condition("PREWHERE", select.prewhere, indent) + condition("WHERE", select.where, indent);
        if (select.groupByAll)
            out += separator(indent) + "GROUP BY ALL";
        else if (select.groupByMode == "GROUPING SETS")
            out += separator(indent) + "GROUP BY GROUPING SETS (" + groupingSets(select, indent) + ")";
        else if (select.groupByMode == "ROLLUP" || select.groupByMode == "CUBE")
            out += separator(indent) + "GROUP BY " + select.groupByMode + "(" + list(select.groupBy, indent) + ")";
        else if (!select.groupBy.empty())
            out += separator(indent) + "GROUP BY" + items(select.groupBy, indent, true)
                + (select.groupByMode.empty() ? "" : " WITH " + select.groupByMode);
        out += condition("HAVING", select.having, indent) + condition("QUALIFY", select.qualify, indent);
        for (std::size_t i = 0; i < select.windows.size(); ++i)
            out += (i == 0 ? separator(indent) + "WINDOW " : ", ") + name(select.windows[i].first) + " AS "
                + window(select.windows[i].second, indent);
        return out + orderAndLimit(select, indent);
    }

    std::string orderAndLimit(const Select &select, int indent) const
    {
        std::string out;
        if (select.orderByAll)
            out += separator(indent) + "ORDER BY ALL";
        else if (!select.orderBy.empty())
            out += separator(indent) + "ORDER BY " + orders(select.orderBy, indent);
        if (select.limitBy) {
            out += separator(indent) + "LIMIT " + expression(*select.limitBy->count, TernaryLevel, indent);
            if (select.limitBy->offset)
                out += " OFFSET " + expression(*select.limitBy->offset, TernaryLevel, indent);
            out += " BY " + list(select.limitBy->columns, indent);
        }
        if (select.limit)
            out += separator(indent) + "LIMIT " + expression(*select.limit, TernaryLevel, indent)
                + (select.limitPercent ? " %" : "");
        if (select.withTies)
            out += " WITH TIES";
        if (select.offset)
            out += (select.limit ? std::string(" ") : separator(indent)) + "OFFSET "
                + expression(*select.offset, TernaryLevel, indent);
        return out;
    }

    std::string groupingSets(const Select &select, int indent) const
    {
        std::string out;
        for (const std::vector<ExprPtr> &set : select.groupingSets)
            out += (out.empty() ? "(" : ", (") + list(set, indent) + ")";
        return out;
    }

    /// A space and the items on one line, or each on a line of its own.
    std::string items(const std::vector<ExprPtr> &list, int indent, bool tight) const
    {
        std::string line = " ";
        for (std::size_t i = 0; i < list.size(); ++i)
            line += (i == 0 ? "" : ", ") + item(list, i, indent);
        if (tight || list.size() == 1 || fits(line, indent + 2))
            return line;
        std::string out;
        for (std::size_t i = 0; i < list.size(); ++i)
            out += separator(indent + 1) + item(list, i, indent + 1) + (i + 1 < list.size() ? "," : "");
        return out;
    }

    std::string condition(const char *word, const ExprPtr &node, int indent) const
    {
        if (!node)
            return {};
        const std::string line = expression(*node, AliasLevel, indent);
        if (!pretty() || fits(line, indent + 2))
            return separator(indent) + word + " " + line;
        std::vector<const Expr *> parts; // a AND b AND c: one a line
        const Expr *rest = node.get();
        for (const Binary *both = std::get_if<Binary>(&rest->node); both && both->op == BinaryOp::And;
             both = std::get_if<Binary>(&rest->node)) {
            parts.push_back(both->right.get());
            rest = both->left.get();
        }
        std::string out = separator(indent) + word + " " + expression(*rest, parts.empty() ? AliasLevel : AndLevel, indent + 1);
        for (auto part = parts.rbegin(); part != parts.rend(); ++part)
            out += separator(indent + 1) + "AND " + expression(**part, NotLevel, indent + 1);
        return out;
    }

    std::string join(const Join &join, bool first, int indent) const
    {
        std::string out;
        if (first) {
            out = "FROM ";
        } else {
            if (join.strictness == "NATURAL")
                out += "NATURAL ";
            constexpr const char *words[] = {"", "", "LEFT ", "RIGHT ", "FULL ", "CROSS "};
            const bool bareInner = join.kind == JoinKind::Inner && (join.strictness.empty() || join.strictness == "NATURAL");
            out += bareInner ? "INNER " : words[static_cast<int>(join.kind)];
            if (!join.strictness.empty() && join.strictness != "NATURAL")
                out += join.strictness + " ";
            out += "JOIN ";
        }
        out += table(join.table, indent);
        if (join.on)
            out += " ON " + expression(*join.on, TernaryLevel, indent);
        if (!join.usingColumns.empty())
            out += " USING (" + names(join.usingColumns) + ")";
        return out;
    }

    std::string table(const TableRef &table, int indent) const
    {
        std::string out;
        if (table.select) {
            out = nested(*table.select, indent);
        } else if (table.function) {
            out = expression(*table.function, PrimaryLevel, indent);
        } else {
            out = name(table.name.front());
            for (std::size_t i = 1; i < table.name.size(); ++i)
                out += "." + quotePart(table.name[i]);
        }
        if (!table.alias.empty())
            out += " AS " + name(table.alias);
        if (!table.columnAliases.empty())
            out += " (" + names(table.columnAliases) + ")";
        if (table.final)
            out += " FINAL";
        if (table.sample)
            out += " SAMPLE " + expression(*table.sample, MultiplyLevel, indent);
        if (table.sampleOffset)
            out += " OFFSET " + expression(*table.sampleOffset, MultiplyLevel, indent);
        return out;
    }

    std::string list(const std::vector<ExprPtr> &items, int indent) const
    {
        std::string out;
        for (std::size_t i = 0; i < items.size(); ++i)
            out += (i == 0 ? "" : ", ") + item(items, i, indent);
        return out;
    }

    /// One of several items. `a, x -> 1` is read as one lambda of a and x, so a lambda behind a plain name gets brackets.
    std::string item(const std::vector<ExprPtr> &items, std::size_t i, int indent) const
    {
        const std::string text = expression(*items[i], AliasLevel, indent);
        if (i == 0)
            return text;
        const Alias *alias = std::get_if<Alias>(&items[i]->node);
        const Field *before = std::get_if<Field>(&items[i - 1]->node);
        const bool isLambda = std::holds_alternative<Lambda>((alias ? *alias->operand : *items[i]).node);
        return isLambda && before && before->chain.size() == 1 ? "(" + text + ")" : text;
    }

    std::string orders(const std::vector<OrderBy> &list, int indent) const
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

    std::string window(const Window &window, int indent) const
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

    std::string bound(const FrameBound &bound, int indent) const
    {
        switch (bound.kind) {
        case FrameBound::Kind::UnboundedPreceding:
            return "UNBOUNDED PRECEDING";
        case FrameBound::Kind::Preceding:
            return expression(*bound.offset, AddLevel, indent) + " PRECEDING";
        case FrameBound::Kind::CurrentRow:
            return "CURRENT ROW";
        case FrameBound::Kind::Following:
            return expression(*bound.offset, AddLevel, indent) + " FOLLOWING";
        case FrameBound::Kind::UnboundedFollowing:
            return "UNBOUNDED FOLLOWING";
        }
        return {};
    }

    std::string bare(const Expr &node, int indent) const
    {
        return std::visit([&](const auto &value) { return write(value, indent); }, node.node);
    }

    std::string write(const Constant &constant, int) const
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

    std::string write(const Field &field, int) const
    {
        std::string out = name(field.chain.front());
        for (std::size_t i = 1; i < field.chain.size(); ++i)
            out += "." + (isIndexPart(field.chain[i]) ? field.chain[i] : quotePart(field.chain[i]));
        return out;
    }

    std::string write(const Asterisk &all, int) const
    {
        std::string out;
        for (std::size_t at = 0; !all.table.empty() && at <= all.table.size();) {
            const std::size_t dot = std::min(all.table.find('.', at), all.table.size());
            const std::string part = all.table.substr(at, dot - at);
            out += (at == 0 ? name(part) : quotePart(part)) + ".";
            at = dot + 1;
        }
        return out + "*" + (all.exclude.empty() ? "" : " EXCLUDE (" + names(all.exclude) + ")");
    }

    std::string write(const Placeholder &placeholder, int) const
    {
        std::string out;
        for (const std::string &part : placeholder.chain)
            out += (out.empty() ? "" : ".") + quotePart(part);
        return "{" + out + "}";
    }

    std::string write(const Unary &unary, int indent) const
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

    std::string write(const Binary &binary, int indent) const
    {
        const OperatorText &op = textOf(binary.op);
        return expression(*binary.left, op.level, indent) + " " + std::string(op.text) + " "
            + expression(*binary.right, static_cast<Level>(op.level + 1), indent);
    }

    std::string write(const IsNull &test, int indent) const
    {
        return expression(*test.operand, CompareLevel, indent) + (test.negated ? " IS NOT NULL" : " IS NULL");
    }

    std::string write(const Between &between, int indent) const
    {
        return expression(*between.operand, BetweenLevel, indent) + (between.negated ? " NOT" : "") + " BETWEEN "
            + expression(*between.low, CoalesceLevel, indent) + " AND " + expression(*between.high, CoalesceLevel, indent);
    }

    std::string write(const Call &call, int indent) const
    {
        std::string out = opensClause(call.name) ? backticked(call.name) : quotePart(call.name);
        const bool within = call.parameters && call.arguments.empty() && !call.orderBy.empty();
        if (call.parameters)
            out += "(" + list(*call.parameters, indent) + ")";
        if (within) {
            out += " WITHIN GROUP (ORDER BY " + orders(call.orderBy, indent) + ")";
        } else {
            std::string arguments = call.distinct ? "DISTINCT " : "";
            for (std::size_t i = 0; i < call.arguments.size(); ++i) {
                arguments += i > 0 ? ", " : "";
                if (i < call.argumentNames.size() && !call.argumentNames[i].empty())
                    arguments += name(call.argumentNames[i]) + " := ";
                const Subquery *query = std::get_if<Subquery>(&call.arguments[i]->node);
                const bool only = query && !query->exists && call.arguments.size() == 1 && !call.distinct && call.orderBy.empty()
                    && call.argumentNames.empty();
                arguments += only ? select(*query->select, indent) : item(call.arguments, i, indent);
            }
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

    std::string write(const Case &choice, int indent) const
    {
        std::string out = "CASE";
        if (choice.operand)
            out += " " + expression(*choice.operand, AliasLevel, indent);
        for (const auto &[when, then] : choice.branches)
            out += " WHEN " + expression(*when, AliasLevel, indent) + " THEN " + expression(*then, AliasLevel, indent);
        if (choice.otherwise)
            out += " ELSE " + expression(*choice.otherwise, AliasLevel, indent);
        return out + " END";
    }

    std::string write(const Lambda &lambda, int indent) const
    {
        std::string parameters = names(lambda.parameters);
        if (lambda.parameters.size() != 1)
            parameters = "(" + parameters + ")";
        return parameters + " -> " + expression(*lambda.body, LambdaLevel, indent);
    }

    std::string write(const Array &array, int indent) const { return "[" + list(array.items, indent) + "]"; }
    std::string write(const Tuple &tuple, int indent) const
    {
        return "(" + list(tuple.items, indent) + (tuple.items.size() == 1 ? ",)" : ")");
    }

    std::string write(const Dict &dict, int indent) const
    {
        std::string out;
        for (const auto &[key, value] : dict.items)
            out += (out.empty() ? "" : ", ") + expression(*key, OrLevel, indent) + ": " + expression(*value, AliasLevel, indent);
        return "{" + out + "}";
    }

    std::string write(const Index &index, int indent) const
    {
        return expression(*index.operand, PrimaryLevel, indent) + (index.nullSafe ? "?.[" : "[")
            + expression(*index.index, AliasLevel, indent) + "]";
    }

    std::string write(const Slice &slice, int indent) const
    {
        return expression(*slice.operand, PrimaryLevel, indent) + "["
            + (slice.from ? expression(*slice.from, AliasLevel, indent) : "") + ":"
            + (slice.to ? expression(*slice.to, AliasLevel, indent) : "") + "]";
    }

    std::string write(const Access &access, int indent) const
    {
        std::string operand = expression(*access.operand, PrimaryLevel, indent);
        // (a).b is no field; 1.b would be a number.
        const bool plain = !access.nullSafe
            && (std::holds_alternative<Field>(access.operand->node) || std::holds_alternative<Constant>(access.operand->node));
        if (plain)
            operand = "(" + operand + ")";
        return operand + (access.nullSafe ? "?." : ".") + (isIndexPart(access.name) ? access.name : quotePart(access.name));
    }

    std::string write(const Interval &interval, int indent) const
    {
        std::string unit = interval.unit;
        for (char &c : unit)
            c = static_cast<char>(c - 'a' + 'A');
        const Expr &count = *interval.count;
        const bool plain = std::holds_alternative<Constant>(count.node) || std::holds_alternative<Placeholder>(count.node);
        const std::string text = expression(count, AddLevel, indent);
        return "INTERVAL " + (plain ? text : "(" + text + ")") + " " + unit;
    }

    std::string write(const Cast &cast, int indent) const
    {
        const bool plain = !cast.lenient && isPlainWord(cast.type);
        if (plain)
            return expression(*cast.operand, PrimaryLevel, indent) + "::" + cast.type;
        return std::string(cast.lenient ? "TRY_CAST(" : "CAST(") + expression(*cast.operand, TernaryLevel, indent) + " AS "
            + cast.type + ")";
    }

    std::string write(const Alias &alias, int indent) const
    {
        return expression(*alias.operand, AliasLevel, indent) + " AS " + name(alias.name);
    }

    std::string write(const Subquery &query, int indent) const
    {
        return (query.exists ? "EXISTS " : "") + nested(*query.select, indent);
    }

    std::string write(const TemplateString &text, int indent) const
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

    std::string write(const Tag &tag, int indent) const
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

    std::size_t m_width;
};

} // namespace

std::string print(const Select &select) { return Writer(0).select(select, 0); }

std::string print(const Expr &expression) { return Writer(0).expression(expression, AliasLevel, 0); }

std::string format(const Select &select) { return Writer(100).select(select, 0); }

std::string quoteIdentifier(std::string_view name)
{
    return isPlainWord(name) && !isReserved(name) ? std::string(name) : backticked(name);
}

std::string quoteString(std::string_view text) { return "'" + escaped(text, '\'') + "'"; }

} // namespace hogql

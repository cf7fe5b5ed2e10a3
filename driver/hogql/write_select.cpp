#include "driver/hogql/keywords.h"
#include "driver/hogql/walk.h"
#include "driver/hogql/writer.h"

#include <algorithm>

namespace hogql {

std::string Writer::commonTable(const Cte &cte, int indent) const
{
    if (!cte.select)
        return apart("RECURSIVE", expression(*cte.value, TernaryLevel, indent)) + " AS " + name(cte.name);
    return name(cte.name) + (cte.columns.empty() ? "" : " (" + names(cte.columns) + ")")
        + (cte.usingKey.empty() ? "" : " USING KEY (" + names(cte.usingKey) + ")") + (cte.materialized ? " AS MATERIALIZED " : " AS ")
        + nested(*cte.select, indent);
}

std::string Writer::select(const Select &select, int indent) const
{
    std::string out;
    for (std::size_t i = 0; i < select.ctes.size(); ++i) {
        const Cte &cte = select.ctes[i];
        if (i > 0 && cte.recursive != select.ctes[i - 1].recursive) {
            // One WITH is recursive as a whole, so the others begin one of their own, in brackets.
            Select rest = select;
            rest.ctes.erase(rest.ctes.begin(), rest.ctes.begin() + static_cast<std::ptrdiff_t>(i));
            return out + separator(indent) + nested(rest, indent);
        }
        out += i > 0 ? "," + separator(indent) : cte.recursive ? "WITH RECURSIVE " : "WITH ";
        out += commonTable(cte, indent);
    }
    if (!select.ctes.empty())
        out += separator(indent);
    if (select.substitute) {
        const std::string text = expression(*select.substitute, AliasLevel, indent);
        return out + (select.ctes.empty() ? text : "(" + text + ")");
    }
    return out + (select.arms.empty() ? plain(select, indent) : set(select, indent));
}

std::string Writer::separator(int indent) const
{
    return pretty() ? "\n" + std::string(static_cast<std::size_t>(indent) * 4, ' ') : " ";
}

bool Writer::fits(const std::string &text, int indent) const
{
    return !pretty() || (text.find('\n') == std::string::npos && text.size() + static_cast<std::size_t>(indent) * 4 <= m_width);
}

std::string Writer::nested(const Select &inner, int indent) const
{
    if (!pretty())
        return "(" + select(inner, indent) + ")";
    return "(" + separator(indent + 1) + select(inner, indent + 1) + separator(indent) + ")";
}

namespace {

const char *operatorWord(SetOp op)
{
    constexpr const char *words[] = {"UNION ALL", "UNION DISTINCT", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL",
                                     "UNION ALL BY NAME", "UNION DISTINCT BY NAME", "INTERSECT BY NAME",
                                     "EXCEPT BY NAME", "INTERSECT ALL BY NAME", "EXCEPT ALL BY NAME"};
    return words[static_cast<int>(op)];
}

} // namespace

std::string Writer::set(const Select &set, int indent) const
{
    const bool tail = !set.orderBy.empty() || set.limit || set.offset;
    std::string out;
    for (std::size_t i = 0; i < set.arms.size(); ++i) {
        if (i > 0)
            out += separator(indent) + operatorWord(set.operators[i - 1]) + separator(indent);
        const Select &arm = *set.arms[i];
        const bool last = i + 1 == set.arms.size();
        const bool beforeExcept = !last && std::string_view(operatorWord(set.operators[i])).starts_with("EXCEPT");
        const bool brackets = !arm.arms.empty() || !arm.ctes.empty() || (last && tail) || (i == 0 && arm.substitute && !set.ctes.empty());
        const std::string text = brackets ? std::string() : select(arm, indent);
        out += brackets || (beforeExcept && text.ends_with('*')) ? nested(arm, indent) : text; // * EXCEPT (…) leaves columns out
    }
    return out + orderAndLimit(set, indent);
}

std::string Writer::plain(const Select &select, int indent) const
{
    std::string out = "SELECT";
    if (select.distinct)
        out += " DISTINCT";
    out += items(select.columns, indent, false);
    std::string clauses = this->clauses(select, indent);
    for (std::size_t i = 0; i < select.from.size(); ++i) {
        const bool isLast = i + 1 == select.from.size();
        const bool nextIsOffset = isLast && clauses.starts_with(separator(indent) + "OFFSET"); // else it would be that of SAMPLE
        out += separator(indent) + join(select.from[i], i == 0, nextIsOffset, indent);
    }
    return out + clauses;
}

namespace {

/// rollup(a) and cube(a) + 1 in GROUP BY: calls that look like the clause.
bool beginsWithMode(const Expr &item)
{
    const std::string text = print(item);
    return isWord(std::string_view(text).substr(0, 7), "ROLLUP(") || isWord(std::string_view(text).substr(0, 5), "CUBE(");
}

} // namespace

std::string Writer::clauses(const Select &select, int indent) const
{
    std::string out;
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
        out += separator(indent) + "GROUP BY" + (beginsWithMode(*select.groupBy.front()) ? itemsAfterBracket(select.groupBy, indent) : items(select.groupBy, indent, true))
            + (select.groupByMode.empty() ? "" : " WITH " + select.groupByMode);
    out += condition("HAVING", select.having, indent) + condition("QUALIFY", select.qualify, indent);
    for (std::size_t i = 0; i < select.windows.size(); ++i)
        out += (i == 0 ? separator(indent) + "WINDOW " : ", ") + name(select.windows[i].first) + " AS "
            + window(select.windows[i].second, indent);
    return out + orderAndLimit(select, indent);
}

std::string Writer::orderAndLimit(const Select &select, int indent) const
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
        out += separator(indent) + "LIMIT " + expression(*select.limit, TernaryLevel, indent) + (select.limitPercent ? " %" : "");
    if (select.withTies)
        out += " WITH TIES";
    if (select.offset)
        out += (select.limit ? std::string(" ") : separator(indent)) + "OFFSET "
            + expression(*select.offset, TernaryLevel, indent);
    return out;
}

std::string Writer::groupingSets(const Select &select, int indent) const
{
    std::string out;
    for (const std::vector<ExprPtr> &set : select.groupingSets)
        out += (out.empty() ? "(" : ", (") + list(set, indent) + ")";
    return out;
}

namespace {

bool holdsSelect(const Expr &expression)
{
    bool found = false;
    forEachChild(
        expression, [&](const Expr &child) { found = found || holdsSelect(child); }, [&](const Select &) { found = true; });
    return found;
}

} // namespace

bool Writer::hasComment(std::size_t from, std::size_t to) const
{
    const auto first = std::lower_bound(m_comments.begin(), m_comments.end(), from);
    return first != m_comments.end() && *first < to;
}

std::optional<std::string> Writer::oneLine(const std::vector<ExprPtr> &list, int indent) const
{
    if (!list.empty() && hasComment(list.front()->span.start, list.back()->span.end))
        return {};
    std::string line = Writer(0).list(list, 0);
    if (!fits(line, indent))
        return {};
    for (const ExprPtr &item : list) {
        if (holdsSelect(*item))
            return {};
    }
    return line;
}

std::optional<std::string> Writer::oneLine(const Expr &node, Level level, int indent) const
{
    if (hasComment(node.span.start, node.span.end))
        return {};
    std::string line = Writer(0).expression(node, level, 0);
    if (!fits(line, indent) || holdsSelect(node))
        return {};
    return line;
}

/// A space and the items on one line, or each on a line of its own.
std::string Writer::items(const std::vector<ExprPtr> &list, int indent, bool tight) const
{
    if (!pretty())
        return " " + this->list(list, indent);
    if (const auto line = oneLine(list, indent + 2))
        return " " + *line;
    if (list.size() == 1 || (tight && list.size() < 4))
        return " " + this->list(list, indent);
    std::string out;
    for (std::size_t i = 0; i < list.size(); ++i)
        out += separator(indent + 1) + item(list, i, indent + 1) + (i + 1 < list.size() ? "," : "");
    return out;
}

/// The same with brackets around the first item, where its beginning would be misread.
std::string Writer::itemsAfterBracket(const std::vector<ExprPtr> &list, int indent) const
{
    const std::string first = " (" + expression(*list.front(), AliasLevel, indent) + ")";
    return list.size() == 1 ? first : first + "," + items({list.begin() + 1, list.end()}, indent, false);
}

std::string Writer::condition(const char *word, const ExprPtr &node, int indent) const
{
    if (!node)
        return {};
    const std::string start = separator(indent) + word + " ";
    if (!pretty())
        return start + expression(*node, AliasLevel, indent);
    if (const auto line = oneLine(*node, AliasLevel, indent + 2))
        return start + *line;
    std::vector<const Expr *> parts; // a AND b AND c: one a line
    const Expr *rest = node.get();
    for (const Binary *both = std::get_if<Binary>(&rest->node); both && both->op == BinaryOp::And;
         both = std::get_if<Binary>(&rest->node)) {
        parts.push_back(both->right.get());
        rest = both->left.get();
    }
    std::string out = start + expression(*rest, parts.empty() ? AliasLevel : AndLevel, indent + (parts.empty() ? 0 : 1));
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
        out += separator(indent + 1) + "AND " + expression(**part, NotLevel, indent + 1);
    return out;
}

std::string Writer::join(const Join &join, bool first, bool beforeOffset, int indent) const
{
    std::string out;
    if (first) {
        out = "FROM ";
    } else {
        if (join.strictness == "NATURAL")
            out += "NATURAL ";
        constexpr const char *words[] = {"", "", "LEFT ", "RIGHT ", "FULL ", "CROSS ", "POSITIONAL "};
        const bool bareInner = join.kind == JoinKind::Inner && (join.strictness.empty() || join.strictness == "NATURAL");
        out += bareInner ? "INNER " : words[static_cast<int>(join.kind)];
        if (!join.strictness.empty() && join.strictness != "NATURAL")
            out += join.strictness + " ";
        out += "JOIN ";
    }
    const bool open = beforeOffset && join.table.sample && !join.table.sampleOffset && !join.on && join.usingColumns.empty();
    out += open ? "(" + table(join.table, indent) + ")" : table(join.table, indent);
    if (join.on)
        out += " ON " + expression(*join.on, TernaryLevel, indent);
    if (!join.usingColumns.empty())
        out += " USING (" + names(join.usingColumns) + ")";
    return out;
}

/// PIVOT (…) or UNPIVOT (…) behind the table that it turns round.
std::string Writer::turned(const TableRef &table, int indent) const
{
    std::string inner;
    if (table.pivot) {
        for (std::size_t i = 0; i < table.pivot->aggregates.size(); ++i)
            inner += (i == 0 ? "" : ", ") + apart("FOR", item(table.pivot->aggregates, i, indent));
        inner += " FOR";
        for (const auto &[column, values] : table.pivot->columns)
            inner += " " + expression(*column, AddLevel, indent) + " IN (" + list(values, indent) + ")";
        if (!table.pivot->groupBy.empty())
            inner += " GROUP BY " + list(table.pivot->groupBy, indent);
    } else {
        for (const UnpivotColumn &column : table.unpivot->columns)
            inner += (inner.empty() ? "" : ", ") + expression(*column.value, AliasLevel, indent) + " FOR "
                + expression(*column.name, AddLevel, indent) + " IN (" + list(column.columns, indent) + ")";
    }
    return (table.pivot ? " PIVOT (" : table.unpivot->includeNulls ? " UNPIVOT INCLUDE NULLS (" : " UNPIVOT (") + inner + ")";
}

std::string Writer::tableCore(const TableRef &table, int indent) const
{
    std::string out;
    if (table.inner) {
        out = this->table(*table.inner, indent) + turned(table, indent);
    } else if (!table.rows.empty()) {
        for (const std::vector<ExprPtr> &row : table.rows)
            out += (out.empty() ? "(VALUES (" : ", (") + list(row, indent) + ")";
        out += ")";
    } else if (table.select) {
        out = nested(*table.select, indent);
    } else if (table.function) {
        out = expression(*table.function, PrimaryLevel, indent);
        const Call *call = std::get_if<Call>(&table.function->node);
        if (call && isOnlySubquery(*call)) // f(SELECT 1) is no table
            out = quotePart(call->name) + "(" + list(call->arguments, indent) + ",)";
    } else {
        out = name(table.name.front());
        for (std::size_t i = 1; i < table.name.size(); ++i)
            out += "." + quotePart(table.name[i]);
    }
    return out;
}

std::string Writer::table(const TableRef &table, int indent) const
{
    std::string out = tableCore(table, indent);
    if (!table.alias.empty())
        out += " AS " + (isForbiddenAlias(table.alias) ? backticked(table.alias) : name(table.alias));
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

} // namespace hogql

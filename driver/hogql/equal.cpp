#include "driver/hogql/printer.h"

#include <cmath>

namespace hogql {

namespace {

bool same(const std::string &a, const std::string &b) { return a == b; }
bool same(const ExprPtr &a, const ExprPtr &b) { return a == b || (a && b && equal(*a, *b)); }
bool same(const SelectPtr &a, const SelectPtr &b) { return a == b || (a && b && equal(*a, *b)); }

bool same(const Join &a, const Join &b);
bool same(const ArrayJoin &a, const ArrayJoin &b);
bool same(const Cte &a, const Cte &b);
bool same(const LimitBy &a, const LimitBy &b);
bool same(const Pivot &a, const Pivot &b);
bool same(const UnpivotColumn &a, const UnpivotColumn &b);
bool same(const Unpivot &a, const Unpivot &b);
template <typename T>
bool same(const std::vector<T> &a, const std::vector<T> &b);
template <typename A, typename B>
bool same(const std::pair<A, B> &a, const std::pair<A, B> &b);
template <typename T>
bool same(const std::optional<T> &a, const std::optional<T> &b);

bool same(SetOp a, SetOp b) { return a == b; }
bool same(const Fill &a, const Fill &b) { return same(a.from, b.from) && same(a.to, b.to) && same(a.step, b.step); }
bool same(const OrderBy &a, const OrderBy &b)
{
    return a.descending == b.descending && a.nullsFirst == b.nullsFirst && same(a.expression, b.expression)
        && same(a.fill, b.fill);
}
bool same(const FrameBound &a, const FrameBound &b) { return a.kind == b.kind && same(a.offset, b.offset); }
bool same(const Window &a, const Window &b)
{
    return a.name == b.name && a.frame == b.frame && same(a.partitionBy, b.partitionBy) && same(a.orderBy, b.orderBy)
        && same(a.frameStart, b.frameStart) && same(a.frameEnd, b.frameEnd);
}

template <typename T>
bool same(const std::vector<T> &a, const std::vector<T> &b)
{
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (!same(a[i], b[i]))
            return false;
    }
    return true;
}
template <typename A, typename B>
bool same(const std::pair<A, B> &a, const std::pair<A, B> &b)
{
    return same(a.first, b.first) && same(a.second, b.second);
}
template <typename T>
bool same(const std::optional<T> &a, const std::optional<T> &b)
{
    return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

bool same(const Constant &a, const Constant &b)
{
    if (a.value.index() != b.value.index())
        return false;
    if (const double *number = std::get_if<double>(&a.value); number && std::isnan(*number))
        return std::isnan(std::get<double>(b.value));
    return std::visit(
        [&](const auto &value) {
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, Null>)
                return true;
            else
                return value == std::get<Value>(b.value);
        },
        a.value);
}
bool same(const Field &a, const Field &b) { return a.chain == b.chain; }
bool same(const Asterisk &a, const Asterisk &b) { return a.table == b.table && a.exclude == b.exclude; }
bool same(const Placeholder &a, const Placeholder &b) { return a.chain == b.chain && same(a.expression, b.expression); }
bool same(const Unary &a, const Unary &b) { return a.op == b.op && same(a.operand, b.operand); }
bool same(const Binary &a, const Binary &b) { return a.op == b.op && same(a.left, b.left) && same(a.right, b.right); }
bool same(const IsNull &a, const IsNull &b) { return a.negated == b.negated && same(a.operand, b.operand); }
bool same(const Between &a, const Between &b)
{
    return a.negated == b.negated && same(a.operand, b.operand) && same(a.low, b.low) && same(a.high, b.high);
}
bool same(const Call &a, const Call &b)
{
    return a.name == b.name && a.distinct == b.distinct && a.argumentNames == b.argumentNames && same(a.parameters, b.parameters)
        && same(a.arguments, b.arguments) && same(a.filter, b.filter) && same(a.orderBy, b.orderBy) && same(a.over, b.over);
}
bool same(const Apply &a, const Apply &b) { return same(a.function, b.function) && same(a.arguments, b.arguments); }
bool same(const Spread &a, const Spread &b) { return same(a.columns, b.columns); }
bool same(const Case &a, const Case &b)
{
    return same(a.operand, b.operand) && same(a.branches, b.branches) && same(a.otherwise, b.otherwise);
}
bool same(const Lambda &a, const Lambda &b) { return a.parameters == b.parameters && same(a.body, b.body); }
bool same(const Array &a, const Array &b) { return same(a.items, b.items); }
bool same(const Tuple &a, const Tuple &b) { return same(a.items, b.items); }
bool same(const Dict &a, const Dict &b) { return same(a.items, b.items); }
bool same(const Index &a, const Index &b)
{
    return a.nullSafe == b.nullSafe && same(a.operand, b.operand) && same(a.index, b.index);
}
bool same(const Slice &a, const Slice &b) { return same(a.operand, b.operand) && same(a.from, b.from) && same(a.to, b.to); }
bool same(const Access &a, const Access &b) { return a.nullSafe == b.nullSafe && a.name == b.name && same(a.operand, b.operand); }
bool same(const Interval &a, const Interval &b) { return a.unit == b.unit && same(a.count, b.count); }
bool same(const Cast &a, const Cast &b) { return a.type == b.type && a.lenient == b.lenient && same(a.operand, b.operand); }
bool same(const Alias &a, const Alias &b) { return a.name == b.name && same(a.operand, b.operand); }
bool same(const Subquery &a, const Subquery &b) { return a.exists == b.exists && same(a.select, b.select); }
bool same(const TemplateString &a, const TemplateString &b) { return same(a.parts, b.parts); }
bool same(const Tag &a, const Tag &b)
{
    return a.name == b.name && same(a.attributes, b.attributes) && same(a.children, b.children);
}

bool same(const Pivot &a, const Pivot &b)
{
    return same(a.aggregates, b.aggregates) && same(a.columns, b.columns) && same(a.groupBy, b.groupBy);
}
bool same(const UnpivotColumn &a, const UnpivotColumn &b)
{
    return same(a.value, b.value) && same(a.name, b.name) && same(a.columns, b.columns);
}
bool same(const Unpivot &a, const Unpivot &b) { return a.includeNulls == b.includeNulls && same(a.columns, b.columns); }
bool same(const TableRef &a, const TableRef &b)
{
    if (static_cast<bool>(a.inner) != static_cast<bool>(b.inner) || (a.inner && !same(*a.inner, *b.inner)))
        return false;
    return a.name == b.name && a.alias == b.alias && a.columnAliases == b.columnAliases && a.final == b.final
        && same(a.select, b.select) && same(a.function, b.function) && same(a.sample, b.sample)
        && same(a.sampleOffset, b.sampleOffset) && same(a.rows, b.rows) && same(a.pivot, b.pivot) && same(a.unpivot, b.unpivot);
}
bool same(const Join &a, const Join &b)
{
    return a.kind == b.kind && a.strictness == b.strictness && a.usingColumns == b.usingColumns && same(a.table, b.table)
        && same(a.on, b.on);
}
bool same(const ArrayJoin &a, const ArrayJoin &b) { return a.kind == b.kind && same(a.items, b.items); }
bool same(const Cte &a, const Cte &b)
{
    return a.name == b.name && a.columns == b.columns && a.recursive == b.recursive && a.materialized == b.materialized && a.usingKey == b.usingKey && same(a.select, b.select)
        && same(a.value, b.value);
}
bool same(const LimitBy &a, const LimitBy &b)
{
    return same(a.count, b.count) && same(a.offset, b.offset) && same(a.columns, b.columns);
}

} // namespace

bool equal(const Expr &a, const Expr &b)
{
    if (a.node.index() != b.node.index())
        return false;
    return std::visit([&](const auto &node) { return same(node, std::get<std::decay_t<decltype(node)>>(b.node)); }, a.node);
}

bool equal(const Select &a, const Select &b)
{
    return a.distinct == b.distinct && a.groupByAll == b.groupByAll && a.groupByMode == b.groupByMode
        && a.orderByAll == b.orderByAll && a.limitPercent == b.limitPercent && a.withTies == b.withTies && same(a.ctes, b.ctes)
        && same(a.substitute, b.substitute) && same(a.arms, b.arms) && same(a.operators, b.operators)
        && same(a.columns, b.columns) && same(a.from, b.from)
        && same(a.arrayJoin, b.arrayJoin) && same(a.prewhere, b.prewhere) && same(a.where, b.where) && same(a.groupBy, b.groupBy)
        && same(a.groupingSets, b.groupingSets) && same(a.having, b.having) && same(a.qualify, b.qualify)
        && same(a.windows, b.windows) && same(a.orderBy, b.orderBy) && same(a.limit, b.limit) && same(a.offset, b.offset)
        && same(a.limitBy, b.limitBy);
}

} // namespace hogql

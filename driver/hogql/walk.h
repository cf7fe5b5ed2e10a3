#pragma once

#include "driver/hogql/ast.h"

namespace hogql {

/// Helper for std::visit: one lambda a type.
template <typename... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};
template <typename... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

/// Calls `onExpr` with each expression that stands directly under `window`.
template <typename OnExpr>
void forEachChild(const Window &window, const OnExpr &onExpr)
{
    const auto visit = [&](const ExprPtr &expr) {
        if (expr)
            onExpr(*expr);
    };
    for (const ExprPtr &item : window.partitionBy)
        visit(item);
    for (const OrderBy &order : window.orderBy)
        visit(order.expression);
    visit(window.frameStart.offset);
    if (window.frameEnd)
        visit(window.frameEnd->offset);
}

/// Calls `onExpr` with each expression directly under `expression`, in the order of writing, and `onSelect` with a sub-select.
template <typename OnExpr, typename OnSelect>
void forEachChild(const Expr &expression, const OnExpr &onExpr, const OnSelect &onSelect)
{
    const auto one = [&](const ExprPtr &expr) {
        if (expr)
            onExpr(*expr);
    };
    const auto all = [&](const std::vector<ExprPtr> &list) {
        for (const ExprPtr &expr : list)
            one(expr);
    };
    std::visit(Overloaded{
                   [](const Constant &) {},
                   [](const Field &) {},
                   [](const Asterisk &) {},
                   [&](const Placeholder &node) { one(node.expression); },
                   [&](const Unary &node) { one(node.operand); },
                   [&](const Binary &node) { one(node.left), one(node.right); },
                   [&](const IsNull &node) { one(node.operand); },
                   [&](const Between &node) { one(node.operand), one(node.low), one(node.high); },
                   [&](const Call &node) {
                       if (node.parameters)
                           all(*node.parameters);
                       all(node.arguments);
                       for (const OrderBy &order : node.orderBy)
                           one(order.expression);
                       one(node.filter);
                       if (node.over)
                           forEachChild(*node.over, onExpr);
                   },
                   [&](const Apply &node) { one(node.function), all(node.arguments); },
                   [&](const Spread &node) { one(node.columns); },
                   [&](const Case &node) {
                       one(node.operand);
                       for (const auto &[condition, value] : node.branches)
                           one(condition), one(value);
                       one(node.otherwise);
                   },
                   [&](const Lambda &node) { one(node.body); },
                   [&](const Array &node) { all(node.items); },
                   [&](const Tuple &node) { all(node.items); },
                   [&](const Dict &node) {
                       for (const auto &[key, value] : node.items)
                           one(key), one(value);
                   },
                   [&](const Index &node) { one(node.operand), one(node.index); },
                   [&](const Slice &node) { one(node.operand), one(node.from), one(node.to); },
                   [&](const Access &node) { one(node.operand); },
                   [&](const Interval &node) { one(node.count); },
                   [&](const Cast &node) { one(node.operand); },
                   [&](const Alias &node) { one(node.operand); },
                   [&](const Subquery &node) { onSelect(*node.select); },
                   [&](const TemplateString &node) { all(node.parts); },
                   [&](const Tag &node) {
                       for (const auto &[name, value] : node.attributes)
                           one(value);
                       all(node.children);
                   },
               },
               expression.node);
}

/// Calls `onExpr` and `onSelect` with what stands directly under `table`, or under a table that it turns round.
template <typename OnExpr, typename OnSelect>
void forEachChild(const TableRef &table, const OnExpr &onExpr, const OnSelect &onSelect)
{
    const auto one = [&](const ExprPtr &expr) {
        if (expr)
            onExpr(*expr);
    };
    const auto all = [&](const std::vector<ExprPtr> &list) {
        for (const ExprPtr &expr : list)
            one(expr);
    };
    if (table.inner)
        forEachChild(*table.inner, onExpr, onSelect);
    if (table.pivot) {
        all(table.pivot->aggregates);
        for (const auto &[column, values] : table.pivot->columns)
            one(column), all(values);
        all(table.pivot->groupBy);
    }
    if (table.unpivot) {
        for (const UnpivotColumn &column : table.unpivot->columns)
            one(column.value), one(column.name), all(column.columns);
    }
    if (table.select)
        onSelect(*table.select);
    one(table.function);
    for (const std::vector<ExprPtr> &row : table.rows)
        all(row);
    one(table.sample);
    one(table.sampleOffset);
}

/// Calls `onExpr` with each expression that belongs to `select` itself, and `onSelect` with each select directly under it
/// (CTEs, arms of a set, sub-selects in FROM; those inside expressions are reached through the expressions).
template <typename OnExpr, typename OnSelect>
void forEachChild(const Select &select, const OnExpr &onExpr, const OnSelect &onSelect)
{
    const auto one = [&](const ExprPtr &expr) {
        if (expr)
            onExpr(*expr);
    };
    const auto all = [&](const std::vector<ExprPtr> &list) {
        for (const ExprPtr &expr : list)
            one(expr);
    };
    for (const Cte &cte : select.ctes) {
        one(cte.value);
        if (cte.select)
            onSelect(*cte.select);
    }
    one(select.substitute);
    for (const SelectPtr &arm : select.arms)
        onSelect(*arm);
    all(select.columns);
    for (const Join &join : select.from) {
        forEachChild(join.table, onExpr, onSelect);
        one(join.on);
    }
    if (select.arrayJoin)
        all(select.arrayJoin->items);
    one(select.prewhere);
    one(select.where);
    all(select.groupBy);
    for (const auto &set : select.groupingSets)
        all(set);
    one(select.having);
    one(select.qualify);
    for (const auto &[name, window] : select.windows)
        forEachChild(window, onExpr);
    for (const OrderBy &order : select.orderBy) {
        one(order.expression);
        if (order.fill)
            one(order.fill->from), one(order.fill->to), one(order.fill->step);
    }
    if (select.limitBy) {
        one(select.limitBy->count);
        one(select.limitBy->offset);
        all(select.limitBy->columns);
    }
    one(select.limit);
    one(select.offset);
}

} // namespace hogql

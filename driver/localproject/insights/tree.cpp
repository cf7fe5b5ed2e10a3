#include "driver/localproject/insights/tree.h"

#include "driver/hogql/parser.h"
#include "driver/hogql/walk.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>

namespace localproject::insights {

namespace {

/// Copies a tree and fills its holes on the way.
class Filler
{
public:
    explicit Filler(const Holes &holes)
        : m_holes(holes)
    {
    }

    ExprPtr operator()(const ExprPtr &old) const
    {
        if (!old)
            return old;
        if (const auto *hole = std::get_if<hogql::Placeholder>(&old->node)) {
            const auto found = m_holes.expressions.find(hole->chain.front());
            assert(found != m_holes.expressions.end());
            hogql::Expr filled = *found->second;
            filled.span = old->span; // Where a column stands decides which aliases it may use.
            return std::make_shared<const hogql::Expr>(std::move(filled));
        }
        hogql::Expr copy = *old;
        std::visit([this](auto &node) { fill(node); }, copy.node);
        measure(copy);
        return std::make_shared<const hogql::Expr>(std::move(copy));
    }

    SelectPtr operator()(const SelectPtr &old) const
    {
        hogql::Select copy = *old;
        for (hogql::Cte &cte : copy.ctes) {
            one(cte.value);
            if (cte.select)
                cte.select = (*this)(cte.select);
        }
        for (SelectPtr &arm : copy.arms)
            arm = (*this)(arm);
        list(copy.columns);
        for (hogql::Join &join : copy.from) {
            if (join.table.select)
                join.table.select = (*this)(join.table.select);
            const auto *hole = join.table.function ? std::get_if<hogql::Placeholder>(&join.table.function->node) : nullptr;
            if (hole) {
                const auto found = m_holes.selects.find(hole->chain.front());
                assert(found != m_holes.selects.end());
                join.table.select = found->second;
                join.table.function = nullptr;
            } else {
                one(join.table.function);
            }
            one(join.on);
        }
        if (copy.arrayJoin)
            list(copy.arrayJoin->items);
        one(copy.where);
        list(copy.groupBy);
        one(copy.having);
        orders(copy.orderBy);
        one(copy.limit);
        one(copy.offset);
        int height = 0;
        hogql::forEachChild(
            copy, [&](const hogql::Expr &child) { height = std::max(height, child.height); },
            [&](const hogql::Select &child) { height = std::max(height, child.height); });
        copy.height = height + 1;
        return std::make_shared<const hogql::Select>(std::move(copy));
    }

    static void measure(hogql::Expr &expr)
    {
        int height = 0;
        hogql::forEachChild(
            expr, [&](const hogql::Expr &child) { height = std::max(height, child.height); },
            [&](const hogql::Select &child) { height = std::max(height, child.height); });
        expr.height = height + 1;
    }

private:
    void one(ExprPtr &expr) const { expr = (*this)(expr); }
    void list(std::vector<ExprPtr> &exprs) const
    {
        for (ExprPtr &expr : exprs)
            one(expr);
    }
    void orders(std::vector<hogql::OrderBy> &order) const
    {
        for (hogql::OrderBy &item : order)
            one(item.expression);
    }

    void fill(hogql::Unary &node) const { one(node.operand); }
    void fill(hogql::Binary &node) const { one(node.left), one(node.right); }
    void fill(hogql::IsNull &node) const { one(node.operand); }
    void fill(hogql::Between &node) const { one(node.operand), one(node.low), one(node.high); }
    void fill(hogql::Call &node) const
    {
        if (node.parameters)
            list(*node.parameters);
        list(node.arguments);
        one(node.filter);
        orders(node.orderBy);
        if (node.over) {
            list(node.over->partitionBy);
            orders(node.over->orderBy);
        }
    }
    void fill(hogql::Case &node) const
    {
        one(node.operand);
        for (auto &[when, then] : node.branches)
            one(when), one(then);
        one(node.otherwise);
    }
    void fill(hogql::Lambda &node) const { one(node.body); }
    void fill(hogql::Array &node) const { list(node.items); }
    void fill(hogql::Tuple &node) const { list(node.items); }
    void fill(hogql::Index &node) const { one(node.operand), one(node.index); }
    void fill(hogql::Access &node) const { one(node.operand); }
    void fill(hogql::Interval &node) const { one(node.count); }
    void fill(hogql::Cast &node) const { one(node.operand); }
    void fill(hogql::Alias &node) const { one(node.operand); }
    void fill(hogql::Subquery &node) const { node.select = (*this)(node.select); }
    void fill(auto &) const { } // The kinds that our own text does not use hold no holes.

    const Holes &m_holes;
};

/// Our own text always parses; a test runs each of them.
template <typename T>
T parsed(hogql::Parsed<T> result)
{
    assert(result.has_value());
    return std::move(*result);
}

ExprPtr joined(hogql::BinaryOp op, const std::vector<ExprPtr> &conditions, bool none)
{
    ExprPtr all;
    for (const ExprPtr &condition : conditions)
        all = all ? binary(op, all, condition) : condition;
    return all ? all : constant(none);
}

} // namespace

ExprPtr expr(decltype(hogql::Expr::node) node)
{
    hogql::Expr made{{}, std::move(node)};
    Filler::measure(made);
    return std::make_shared<const hogql::Expr>(std::move(made));
}

ExprPtr field(std::vector<std::string> chain) { return expr(hogql::Field{std::move(chain)}); }

ExprPtr constant(const ph::Json &value)
{
    if (value.is_array()) {
        hogql::Tuple tuple;
        for (const ph::Json &item : value)
            tuple.items.push_back(constant(item));
        return expr(std::move(tuple));
    }
    hogql::Constant constant;
    if (value.is_null())
        constant.value = hogql::Null{};
    else if (value.is_boolean())
        constant.value = value.get<bool>();
    else if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        constant.value = value.get<std::uint64_t>();
    else if (value.is_number_integer() && value.get<std::int64_t>() < 0) // -x is an operator in HogQL, and printed as one.
        return expr(hogql::Unary{hogql::UnaryOp::Negate, insights::constant(-value.get<std::int64_t>())});
    else if (value.is_number_integer())
        constant.value = value.get<std::int64_t>();
    else if (value.is_number())
        constant.value = value.get<double>();
    else
        constant.value = value.is_string() ? value.get<std::string>() : value.dump();
    return expr(std::move(constant));
}

ExprPtr call(std::string name, std::vector<ExprPtr> arguments)
{
    hogql::Call call;
    call.name = std::move(name);
    call.arguments = std::move(arguments);
    return expr(std::move(call));
}

ExprPtr binary(hogql::BinaryOp op, ExprPtr left, ExprPtr right)
{
    return expr(hogql::Binary{op, std::move(left), std::move(right)});
}

ExprPtr negated(ExprPtr operand) { return expr(hogql::Unary{hogql::UnaryOp::Not, std::move(operand)}); }

ExprPtr isNull(ExprPtr operand, bool not_) { return expr(hogql::IsNull{std::move(operand), not_}); }

ExprPtr allOf(const std::vector<ExprPtr> &conditions) { return joined(hogql::BinaryOp::And, conditions, true); }

ExprPtr anyOf(const std::vector<ExprPtr> &conditions) { return joined(hogql::BinaryOp::Or, conditions, false); }

SelectPtr statement(std::string_view text, const Holes &holes) { return Filler(holes)(parsed(hogql::parseSelect(text))); }

ExprPtr expression(std::string_view text, const Holes &holes) { return Filler(holes)(parsed(hogql::parseExpression(text))); }

} // namespace localproject::insights

#include "driver/localproject/compiler_state.h"

namespace localproject {
namespace {

using hogql::BinaryOp;
using Kind = Type::Kind;

} // namespace

const CompiledSelect &Compilation::inner(const hogql::Select &query)
{
    const auto known = m_selects.find(&query);
    return known != m_selects.end() ? known->second : m_selects.emplace(&query, select(query, false)).first->second;
}

Fragment Compilation::subquery(const hogql::Subquery &node, hogql::Span span)
{
    const CompiledSelect &query = inner(*node.select);
    Fragment result;
    result.span = span;
    if (node.exists) {
        result.sql = "EXISTS (" + query.sql + ")";
        result.type = Type::of(Kind::Bool);
        return result;
    }
    if (query.columns.size() == 1) {
        result.sql = "(" + query.sql + ")";
        result.type = query.columns[0].type;
        if (!result.type.is(Kind::Array) && !result.type.is(Kind::Tuple))
            result.type.nullable = true; // No row is NULL.
        return result;
    }
    std::vector<Type> types;
    result.sql = "(SELECT row(";
    for (const Output &column : query.columns) {
        result.sql += (types.empty() ? "" : ", ") + column.column;
        types.push_back(column.type);
    }
    result.sql += ") FROM (" + query.sql + "))";
    result.type = Type::tuple(std::move(types));
    return result;
}

Fragment Compilation::membership(const hogql::Expr &leftExpr, const hogql::Expr &rightExpr, bool negated, hogql::Span span)
{
    const bool filter = m_filter;
    const Within within(m_filter, false);
    Fragment result;
    result.span = span;
    result.type = Type::of(Kind::Bool);

    const Fragment left = expression(leftExpr);
    const auto *sub = std::get_if<hogql::Subquery>(&rightExpr.node);
    const CommonTable *table = nullptr;
    if (const auto *name = std::get_if<hogql::Field>(&rightExpr.node); name && name->chain.size() == 1)
        table = findCommonTable(name->chain[0]); // x IN cte
    if (sub || table) {
        CompiledSelect query;
        if (sub) {
            query = inner(*sub->select);
        } else {
            query.columns = table->columns;
            query.sql = "SELECT * FROM " + table->sqlName;
        }
        const std::size_t width = left.type.is(Kind::Tuple) ? left.type.items.size() : 1;
        if (query.columns.size() != width && !(query.columns.size() == 1 && query.columns[0].type.is(Kind::Tuple)))
            refuse("IN needs a subquery of " + std::to_string(width) + " columns, this one has " + std::to_string(query.columns.size()) + ".",
                   rightExpr.span);
        std::string row = "(" + query.sql + ")";
        std::string leftSql = left.sql;
        if (width > 1 && query.columns.size() == width) {
            std::string columns;
            for (const Output &column : query.columns)
                columns += (columns.empty() ? "" : ", ") + column.column;
            row = "(SELECT row(" + columns + ") FROM (" + query.sql + "))";
        } else if (width == 1 && query.columns.size() == 1 && left.type.kind != query.columns[0].type.kind) {
            const Type &type = query.columns[0].type;
            const bool textAndUuid = (left.type.is(Kind::Uuid) && type.is(Kind::String)) || (left.type.is(Kind::String) && type.is(Kind::Uuid));
            if (textAndUuid) {
                leftSql = text(left);
                row = "(SELECT " + query.columns[0].column + "::VARCHAR FROM (" + query.sql + "))";
            } else if (!commonType(left.type, type)) {
                refuse("There is no supertype for types " + left.type.name() + ", " + type.name() + ": IN cannot compare them.", span);
            }
        }
        std::string sql = "(" + leftSql + " IN " + row + ")";
        const bool innerNullable = query.columns.size() == 1 && query.columns[0].type.nullable;
        if (left.type.nullable && innerNullable) // NULL is in a set that holds NULL.
            sql = "coalesce(" + sql + ", " + leftSql + " IS NULL AND EXISTS (SELECT 1 FROM (" + query.sql + ") WHERE " + query.columns[0].column
                + " IS NULL))";
        else if ((left.type.nullable || innerNullable) && (negated || !filter))
            sql = "coalesce(" + sql + ", false)";
        result.sql = negated ? "(NOT " + sql + ")" : sql;
        return result;
    }

    const Within keep(m_filter, filter);
    const auto compiled = [&](const hogql::Expr &item) {
        const Within plainContext(m_filter, false);
        return expression(item);
    };
    if (const auto *items = std::get_if<hogql::Tuple>(&rightExpr.node)) {
        std::vector<Fragment> values;
        for (const auto &item : items->items)
            values.push_back(compiled(*item));
        // (a, b) IN (1, 2) with one tuple on the right means the tuple itself.
        if (left.type.is(Kind::Tuple) && !values.empty() && !values[0].type.is(Kind::Tuple))
            values = {tuple(values)};
        return membership(left, values, negated, span);
    }
    if (const auto *items = std::get_if<hogql::Array>(&rightExpr.node)) {
        std::vector<Fragment> values;
        for (const auto &item : items->items)
            values.push_back(compiled(*item));
        return membership(left, values, negated, span);
    }
    if (const auto value = constantValue(rightExpr); value && value->is_array()) {
        std::vector<Fragment> values;
        for (const ph::Json &item : *value)
            values.push_back(constant(item, rightExpr.span));
        return membership(left, values, negated, span);
    }
    const Fragment right = compiled(rightExpr);
    if (right.type.is(Kind::Array))
        return binary(negated ? BinaryOp::NotIn : BinaryOp::In, left, right, span);
    return membership(left, {right}, negated, span);
}

Fragment Compilation::cohortMembership(const hogql::Expr &left, const hogql::Expr &right, bool negated)
{
    const auto named = constantValue(right);
    if (!named || !(named->is_string() || named->is_number_integer()))
        refuse("IN COHORT needs a cohort's name or id.", right.span);
    std::int64_t id = 0;
    if (named->is_string()) {
        const auto &name = named->get_ref<const std::string &>();
        const auto found = m_context.cohorts.find(name);
        if (found == m_context.cohorts.end()) {
            std::vector<std::string> known;
            for (const auto &cohort : m_context.cohorts)
                known.push_back(cohort.first);
            const auto guess = closest(name, known);
            refuse("Could not find a cohort with the name '" + name + "'." + (guess ? " Did you mean '" + *guess + "'?" : ""), right.span);
        }
        id = found->second;
    } else {
        id = named->get<std::int64_t>();
    }
    const Fragment person = expression(left);
    Fragment result;
    result.type = Type::of(Kind::Bool);
    result.sql = "coalesce(" + (person.type.is(Kind::Uuid) ? person.sql : "TRY_CAST(" + text(person) + " AS UUID)")
        + " IN (SELECT person_id FROM cohort_people WHERE cohort_id = " + std::to_string(id) + "), false)";
    if (negated)
        result.sql = "(NOT " + result.sql + ")";
    return result;
}

} // namespace localproject

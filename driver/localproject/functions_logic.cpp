#include "driver/localproject/functions_support.h"

#include <array>

namespace localproject {
namespace {

using Kind = Type::Kind;

/// if(c, a, b) and multiIf(c1, a1, …, b): conditions only decide, so NULL may count as false in them.
Fragment emitIf(Compilation &compilation, const hogql::Call &call, hogql::Span span)
{
    if (call.arguments.size() % 2 == 0)
        refuse("Function '" + call.name + "' needs conditions with their values, and a last value for the rest.", span);
    std::vector<std::string> conditions;
    std::vector<Fragment> values;
    for (std::size_t i = 0; i + 1 < call.arguments.size(); i += 2) {
        conditions.push_back(compilation.condition(*call.arguments[i], true));
        values.push_back(compilation.expression(*call.arguments[i + 1]));
    }
    values.push_back(compilation.expression(*call.arguments.back()));
    const Unified unified = unify(compilation, values, span);
    Fragment result;
    result.span = span;
    result.sql = "(CASE";
    for (std::size_t i = 0; i < conditions.size(); ++i)
        result.sql += " WHEN " + conditions[i] + " THEN " + unified.sql[i];
    result.sql += " ELSE " + unified.sql.back() + " END)";
    result.type = unified.type;
    return result;
}

Fragment emitCoalesce(Site &site)
{
    const Unified unified = unify(site.compilation, site.arguments, site.span);
    Fragment result;
    for (const std::string &sql : unified.sql)
        result.sql += (result.sql.empty() ? "coalesce(" : ", ") + sql;
    result.sql += ")";
    result.type = unified.type;
    result.type.nullable = true;
    for (const Fragment &argument : site.arguments)
        if (!argument.type.nullable)
            result.type.nullable = false;
    if (result.type.is(Kind::Array) || result.type.is(Kind::Tuple))
        result.type.nullable = false;
    return result;
}

Fragment emitNullIf(Site &site)
{
    const Fragment equal = site.compilation.compare(hogql::BinaryOp::Equal, site.arguments[0], site.arguments[1], site.span);
    return valueOf("(CASE WHEN " + equal.sql + " THEN NULL ELSE " + site.arguments[0].sql + " END)", site.arguments[0].type.orNull());
}

Fragment emitAssumeNotNull(Site &site)
{
    const Fragment &value = site.arguments[0];
    Fragment result = value;
    result.constant.reset();
    if (value.constant) // A written time may still have to be read from it.
        result.constant = value.constant;
    result.type.nullable = false;
    if (value.type.nullable && value.type.is(Kind::String))
        result.sql = "coalesce(" + value.sql + ", '')";
    else if (value.type.nullable && value.type.isNumber())
        result.sql = "coalesce(" + value.sql + (value.type.is(Kind::Bool) ? ", false)" : ", 0)");
    else if (value.type.nullable && value.type.isTime())
        result.type.nullable = true; // No default would be a better answer than none.
    return result;
}

Fragment emitGreatest(Site &site)
{
    const Unified unified = unify(site.compilation, site.arguments, site.span);
    Fragment result;
    for (const std::string &sql : unified.sql)
        result.sql += (result.sql.empty() ? toLower(site.name) + "(" : ", ") + sql;
    result.sql += ")";
    result.type = unified.type;
    return result;
}

/// transform(x, [from], [to], default)
Fragment emitTransform(Site &site)
{
    const Type &from = arrayType(site, 1);
    const Type &to = arrayType(site, 2);
    const Fragment &value = site.arguments[0];
    const Fragment rest = site.arguments.size() > 3 ? site.arguments[3] : value;
    const auto common = commonType(to.element(), rest.type);
    const auto needle = commonType(value.type, from.element());
    if (!common || !needle)
        refuse("The arguments of '" + site.name + "' have no common type.", site.span);
    const std::string position = "list_position(" + site.compilation.as(site.arguments[1], Type::array(*needle)) + ", " + site.compilation.as(value, *needle) + ")";
    Fragment result;
    result.sql = "(CASE WHEN " + position + " > 0 THEN list_extract(" + site.compilation.as(site.arguments[2], Type::array(*common)) + ", " + position
        + ") ELSE " + site.compilation.as(rest, *common) + " END)";
    result.type = *common;
    return result;
}

Fragment emitTuple(Site &site) { return site.compilation.tuple(site.arguments); }

Fragment emitTupleElement(Site &site)
{
    const Fragment &index = site.arguments[1];
    if (!index.constant)
        refuse("The second argument of '" + site.name + "' must be a constant.", index.span);
    return site.compilation.part(site.arguments[0], index.constant->is_string() ? index.constant->get<std::string>() : index.constant->dump(), site.span);
}

Fragment emitIsNull(Site &site)
{
    const std::string lower = toLower(site.name);
    return valueOf("(" + site.arguments[0].sql + (lower == "isnull" ? " IS NULL)" : " IS NOT NULL)"), Type::of(Kind::Bool));
}

constexpr auto functions = std::to_array<Function>({
    {"if", 3, 3, "", "", "", nullptr, emitIf},
    {"multiIf", 3, -1, "", "", "", nullptr, emitIf},
    {"coalesce", 1, -1, "*", "", "", emitCoalesce},
    {"ifNull", 2, 2, "*", "", "", emitCoalesce},
    {"nullIf", 2, 2, "*", "", "", emitNullIf},
    {"assumeNotNull", 1, 1, "*", "", "", emitAssumeNotNull},
    {"toNullable", 1, 1, "*", "{0}", "$0?"},
    {"isNull", 1, 1, "*", "", "", emitIsNull},
    {"isNotNull", 1, 1, "*", "", "", emitIsNull},
    {"not", 1, 1, "*", "", "", [](Site &site) { return site.compilation.negate(site.arguments[0], site.span); }},
    {"xor", 2, 2, "b", "({0} <> {1})", "Bool"},
    {"greatest", 1, -1, "*", "", "", emitGreatest},
    {"least", 1, -1, "*", "", "", emitGreatest},
    {"transform", 3, 4, "*", "", "", emitTransform},
    {"tuple", 0, -1, "*", "", "", emitTuple},
    {"tupleElement", 2, 2, "*", "", "", emitTupleElement},
    {"indexHint", 1, 1, "*", "true", "Bool!"},
    {"materialize", 1, 1, "*", "{0}", "$0"},
    {"identity", 1, 1, "*", "{0}", "$0"},
});

} // namespace

std::span<const Function> logicFunctions() { return functions; }

} // namespace localproject

#include "driver/localproject/functions_support.h"

#include <array>

namespace localproject {
namespace {

using Kind = Type::Kind;

Fragment to(Site &site, const Type &type) { return site.compilation.convert(site.arguments[0], type, false, site.span); }

Fragment emitToInt(Site &site) { return to(site, Type::integer(64, true)); }
Fragment emitToFloat(Site &site) { return to(site, Type::of(Kind::Float)); }
Fragment emitToString(Site &site) { return to(site, Type::of(Kind::String)); }
Fragment emitToUuid(Site &site) { return to(site, Type::of(Kind::Uuid)); }
Fragment emitToBool(Site &site) { return to(site, Type::of(Kind::Bool)); }

Fragment emitOrZero(Site &site)
{
    Fragment value = toLower(site.name).starts_with("toint") ? emitToInt(site) : emitToFloat(site);
    const std::string otherwise = site.arguments.size() > 1 ? site.compilation.numeric(site.arguments[1]) : "0";
    value.sql = "coalesce(" + value.sql + ", " + otherwise + ")";
    value.type.nullable = site.arguments.size() > 1 && site.arguments[1].type.nullable;
    return value;
}

Fragment emitUuidOrDefault(Site &site)
{
    Fragment value = emitToUuid(site);
    value.sql = "coalesce(" + value.sql + ", " + (site.arguments.size() > 1 ? site.arguments[1].sql + "::UUID" : "'00000000-0000-0000-0000-000000000000'::UUID") + ")";
    value.type.nullable = false;
    return value;
}

Fragment emitToDecimal(Site &site)
{
    Fragment value = emitToFloat(site);
    value.sql = "round(" + value.sql + ", " + site.compilation.integer(site.arguments[1]) + "::INTEGER)";
    return value;
}

Fragment emitTypeName(Site &site) { return site.compilation.constant(site.arguments[0].type.name(), site.span); }

Fragment emitAccurateCast(Site &site)
{
    const auto type = parseType(constantText(site, 1), site.compilation.context().timezone);
    if (!type)
        refuse("Unknown type " + constantText(site, 1) + ".", site.arguments[1].span);
    return site.compilation.convert(site.arguments[0], *type, true, site.span);
}

constexpr auto functions = std::to_array<Function>({
    {"toInt", 1, 1, "*", "", "", emitToInt},
    {"_toInt64", 1, 1, "*", "", "", emitToInt},
    {"_toUInt64", 1, 1, "*", "", "", emitToInt},
    {"toFloat", 1, 1, "*", "", "", emitToFloat},
    // ClickHouse's names, which PostHog's own examples use here and there.
    {"toInt32OrNull", 1, 1, "*", "", "", emitToInt},
    {"toInt64OrNull", 1, 1, "*", "", "", emitToInt},
    {"toUInt32OrNull", 1, 1, "*", "", "", emitToInt},
    {"toUInt64OrNull", 1, 1, "*", "", "", emitToInt},
    {"toFloat32OrNull", 1, 1, "*", "", "", emitToFloat},
    {"toFloat64OrNull", 1, 1, "*", "", "", emitToFloat},
    {"toString", 1, 1, "*", "", "", emitToString},
    {"toNullableString", 1, 1, "*", "", "", emitToString},
    {"toUUID", 1, 1, "*", "", "", emitToUuid},
    {"toUUIDOrDefault", 1, 2, "*", "", "", emitUuidOrDefault},
    {"toBool", 1, 1, "*", "", "", emitToBool},
    {"toIntOrZero", 1, 1, "*", "", "", emitOrZero},
    {"toFloatOrZero", 1, 1, "*", "", "", emitOrZero},
    {"toFloatOrDefault", 1, 2, "*", "", "", emitOrZero},
    {"toDecimal", 2, 2, "*", "", "", emitToDecimal},
    {"toTypeName", 1, 1, "*", "", "", emitTypeName},
    {"accurateCast", 2, 2, "*", "", "", emitAccurateCast},
    {"accurateCastOrNull", 2, 2, "*", "", "", emitAccurateCast},
});

} // namespace

std::span<const Function> conversionFunctions() { return functions; }

} // namespace localproject

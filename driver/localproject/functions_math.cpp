#include "driver/localproject/functions_support.h"

#include <array>

namespace localproject {
namespace {

using Kind = Type::Kind;

/// ClickHouse rounds floats half to even.
Fragment emitRound(Site &site)
{
    const Fragment &value = site.arguments[0];
    const std::string digits = site.arguments.size() > 1 ? site.compilation.integer(site.arguments[1]) : "0";
    Fragment result;
    if (value.type.is(Kind::Integer) || value.type.is(Kind::Bool)) {
        result.sql = "round(" + site.compilation.integer(value) + ", " + digits + "::INTEGER)::BIGINT";
        result.type = value.type.is(Kind::Bool) ? Type::integer(8, false) : value.type;
    } else {
        result.sql = "round_even(" + site.compilation.real(value) + ", " + digits + "::INTEGER)";
        result.type = Type::of(Kind::Float);
    }
    result.type.nullable = value.type.nullable;
    return result;
}

/// floor, ceil, trunc: an integer stays one; with digits they work on the shifted number.
Fragment emitFloor(Site &site)
{
    const Fragment &value = site.arguments[0];
    std::string name = toLower(site.name);
    if (name == "ceiling")
        name = "ceil";
    if (name == "truncate")
        name = "trunc";
    Fragment result;
    result.type = value.type.is(Kind::Float) ? value.type : Type::of(Kind::Float, value.type.nullable);
    if (site.arguments.size() > 1) {
        const std::string shift = "pow(1e1, " + site.compilation.integer(site.arguments[1]) + ")";
        result.sql = "(" + name + "(" + site.compilation.real(value) + " * " + shift + ") / " + shift + ")";
    } else if (value.type.is(Kind::Integer) || value.type.is(Kind::Bool)) {
        result.sql = site.compilation.integer(value);
        result.type = value.type;
    } else {
        result.sql = name + "(" + site.compilation.real(value) + ")";
    }
    return result;
}

Fragment emitAbs(Site &site)
{
    const Fragment &value = site.arguments[0];
    Fragment result;
    result.sql = "abs(" + site.compilation.numeric(value) + ")";
    result.type = value.type.is(Kind::Float) ? value.type : Type::integer(value.type.is(Kind::Integer) ? value.type.bits : 8, false);
    result.type.nullable = value.type.nullable;
    return result;
}

Fragment emitNegate(Site &site)
{
    return site.compilation.arithmetic(hogql::BinaryOp::Subtract, site.compilation.constant(0), site.arguments[0], site.span);
}

constexpr auto functions = std::to_array<Function>({
    {"acosh", 1, 1, "f", "CASE WHEN {0} >= 1 THEN acosh({0}) ELSE 'nan'::DOUBLE END", "Float64"},
    {"asinh", 1, 1, "f", "asinh({0})", "Float64"},
    {"atanh", 1, 1, "f", "CASE WHEN abs({0}) < 1 THEN atanh({0}) ELSE 'nan'::DOUBLE END", "Float64"},
    {"bitHammingDistance", 2, 2, "i", "bit_count(xor({0}, {1})::BIGINT)::BIGINT", "UInt8"},
    {"roundToExp2", 1, 1, "i", "CASE WHEN {0} = 0 THEN 0 ELSE (sign({0}) * pow(2e0, floor(log2(abs({0})::DOUBLE))))::BIGINT END", "Int64"},
    {"roundDuration", 1, 1, "f",
     "CASE WHEN {0} < 1 THEN 0 WHEN {0} < 10 THEN 1 WHEN {0} < 30 THEN 10 WHEN {0} < 60 THEN 30 WHEN {0} < 120 THEN 60 WHEN {0} < 180 THEN 120 "
     "WHEN {0} < 240 THEN 180 WHEN {0} < 300 THEN 240 WHEN {0} < 600 THEN 300 WHEN {0} < 1200 THEN 600 WHEN {0} < 1800 THEN 1200 "
     "WHEN {0} < 3600 THEN 1800 WHEN {0} < 7200 THEN 3600 WHEN {0} < 18000 THEN 7200 WHEN {0} < 36000 THEN 18000 ELSE 36000 END::BIGINT",
     "UInt16"},
    {"roundAge", 1, 1, "f",
     "CASE WHEN {0} < 1 THEN 0 WHEN {0} < 18 THEN 17 WHEN {0} < 25 THEN 18 WHEN {0} < 35 THEN 25 WHEN {0} < 45 THEN 35 WHEN {0} < 55 THEN 45 ELSE 55 END::BIGINT",
     "UInt8"},
    {"greatCircleDistance", 4, 4, "f", "(6371000e0 * 2 * asin(least(1e0, sqrt(pow(sin(radians({3} - {1}) / 2), 2) + cos(radians({1})) * cos(radians({3})) * pow(sin(radians({2} - {0}) / 2), 2)))))", "Float64"},
    {"geoDistance", 4, 4, "f", "(6371000e0 * 2 * asin(least(1e0, sqrt(pow(sin(radians({3} - {1}) / 2), 2) + cos(radians({1})) * cos(radians({3})) * pow(sin(radians({2} - {0}) / 2), 2)))))", "Float64"},
    {"greatCircleAngle", 4, 4, "f", "degrees(2 * asin(least(1e0, sqrt(pow(sin(radians({3} - {1}) / 2), 2) + cos(radians({1})) * cos(radians({3})) * pow(sin(radians({2} - {0}) / 2), 2)))))", "Float64"},
    {"round", 1, 2, "*", "", "", emitRound},
    {"roundBankers", 1, 2, "*", "", "", emitRound},
    {"floor", 1, 2, "*", "", "", emitFloor},
    {"ceil", 1, 2, "*", "", "", emitFloor},
    {"ceiling", 1, 2, "*", "", "", emitFloor},
    {"trunc", 1, 2, "*", "", "", emitFloor},
    {"truncate", 1, 2, "*", "", "", emitFloor},
    {"abs", 1, 1, "*", "", "", emitAbs},
    {"negate", 1, 1, "*", "", "", emitNegate},
    {"sign", 1, 1, "n", "sign({0})::BIGINT", "Int8"},
    {"sqrt", 1, 1, "f", "CASE WHEN {0} >= 0 THEN sqrt({0}) ELSE 'nan'::DOUBLE END", "Float64"},
    {"cbrt", 1, 1, "f", "cbrt({0})", "Float64"},
    {"exp", 1, 1, "f", "exp({0})", "Float64"},
    {"exp2", 1, 1, "f", "pow(2e0, {0})", "Float64"},
    {"exp10", 1, 1, "f", "pow(1e1, {0})", "Float64"},
    {"intExp2", 1, 1, "i", "(1::BIGINT << {0})", "UInt64"},
    {"intExp10", 1, 1, "i", "pow(10, {0})::BIGINT", "UInt64"},
    {"ln", 1, 1, "f", "CASE WHEN {0} > 0 THEN ln({0}) WHEN {0} = 0 THEN '-inf'::DOUBLE ELSE 'nan'::DOUBLE END", "Float64"},
    {"log", 1, 1, "f", "CASE WHEN {0} > 0 THEN ln({0}) WHEN {0} = 0 THEN '-inf'::DOUBLE ELSE 'nan'::DOUBLE END", "Float64"},
    {"log2", 1, 1, "f", "CASE WHEN {0} > 0 THEN log2({0}) WHEN {0} = 0 THEN '-inf'::DOUBLE ELSE 'nan'::DOUBLE END", "Float64"},
    {"log10", 1, 1, "f", "CASE WHEN {0} > 0 THEN log10({0}) WHEN {0} = 0 THEN '-inf'::DOUBLE ELSE 'nan'::DOUBLE END", "Float64"},
    {"log1p", 1, 1, "f", "ln(1e0 + {0})", "Float64"},
    {"pow", 2, 2, "f", "pow({0}, {1})", "Float64"},
    {"power", 2, 2, "f", "pow({0}, {1})", "Float64"},
    {"hypot", 2, 2, "f", "sqrt({0} * {0} + {1} * {1})", "Float64"},
    {"sin", 1, 1, "f", "sin({0})", "Float64"},
    {"cos", 1, 1, "f", "cos({0})", "Float64"},
    {"tan", 1, 1, "f", "tan({0})", "Float64"},
    {"asin", 1, 1, "f", "asin({0})", "Float64"},
    {"acos", 1, 1, "f", "acos({0})", "Float64"},
    {"atan", 1, 1, "f", "atan({0})", "Float64"},
    {"atan2", 2, 2, "f", "atan2({0}, {1})", "Float64"},
    {"sinh", 1, 1, "f", "sinh({0})", "Float64"},
    {"cosh", 1, 1, "f", "cosh({0})", "Float64"},
    {"tanh", 1, 1, "f", "tanh({0})", "Float64"},
    {"degrees", 1, 1, "f", "degrees({0})", "Float64"},
    {"radians", 1, 1, "f", "radians({0})", "Float64"},
    {"tgamma", 1, 1, "f", "gamma({0})", "Float64"},
    {"lgamma", 1, 1, "f", "lgamma({0})", "Float64"},
    {"factorial", 1, 1, "i", "factorial({0}::INTEGER)::BIGINT", "UInt64"},
    {"pi", 0, 0, "", "pi()", "Float64"},
    {"e", 0, 0, "", "exp(1e0)", "Float64"},
    {"intDiv", 2, 2, "n", "({0} // {1})::BIGINT", "Int64"},
    {"intDivOrZero", 2, 2, "n", "coalesce(({0} // nullif({1}, 0))::BIGINT, 0)", "Int64"},
    {"moduloOrZero", 2, 2, "i", "coalesce({0} % nullif({1}, 0), 0)", "Int64"},
    {"positiveModulo", 2, 2, "i", "((({0} % {1}) + {1}) % {1})", "Int64"},
    {"gcd", 2, 2, "i", "gcd({0}, {1})", "Int64"},
    {"lcm", 2, 2, "i", "lcm({0}, {1})", "Int64"},
    {"max2", 2, 2, "f", "greatest({0}, {1})", "Float64"},
    {"min2", 2, 2, "f", "least({0}, {1})", "Float64"},
    {"isNaN", 1, 1, "f", "isnan({0})", "Bool"},
    {"isFinite", 1, 1, "f", "isfinite({0})", "Bool"},
    {"isInfinite", 1, 1, "f", "isinf({0})", "Bool"},
    {"ifNotFinite", 2, 2, "f", "CASE WHEN isfinite({0}) THEN {0} ELSE {1} END", "Float64"},
    {"bitAnd", 2, 2, "i", "({0} & {1})", "Int64"},
    {"bitOr", 2, 2, "i", "({0} | {1})", "Int64"},
    {"bitXor", 2, 2, "i", "xor({0}, {1})", "Int64"},
    {"bitNot", 1, 1, "i", "(~{0})", "Int64"},
    {"bitShiftLeft", 2, 2, "i", "({0} << {1})", "Int64"},
    {"bitShiftRight", 2, 2, "i", "({0} >> {1})", "Int64"},
    {"bitCount", 1, 1, "i", "bit_count({0}::BIGINT)::BIGINT", "UInt8"},
    {"bitTest", 2, 2, "i", "(({0} >> {1}) & 1)", "UInt8"},
    {"rand", 0, 1, "*", "floor(random() * 4294967296)::BIGINT", "UInt32"},
    {"cityHash64", 1, -1, "*", "(hash({*}) >> 1)::BIGINT", "UInt64!"},
    {"width_bucket", 4, 4, "f", "CASE WHEN {0} < {1} THEN 0 WHEN {0} >= {2} THEN {3}::BIGINT + 1 ELSE floor(({0} - {1}) / ({2} - {1}) * {3})::BIGINT + 1 END", "Int64"},
    {"divideDecimal", 2, 2, "f", "({0} / {1})", "Float64"},
    {"multiplyDecimal", 2, 2, "f", "({0} * {1})", "Float64"},
});

} // namespace

std::span<const Function> mathFunctions() { return functions; }

} // namespace localproject

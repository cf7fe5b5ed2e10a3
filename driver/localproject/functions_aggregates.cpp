#include "driver/localproject/functions_support.h"
#include "driver/localproject/udf.h"

#include <algorithm>
#include <array>

namespace localproject {
namespace {

using Kind = Type::Kind;

const Type count = Type::integer(64, false);

/// Several arguments are counted as one tuple; rows with a NULL among them do not count.
std::string countedValue(AggregateSite &site)
{
    if (site.arguments.size() == 1)
        return site.arguments[0].sql;
    std::string sql;
    std::string nulls;
    for (const Fragment &argument : site.arguments) {
        sql += (sql.empty() ? "row(" : ", ") + argument.sql;
        if (argument.type.nullable)
            nulls += (nulls.empty() ? "" : " OR ") + argument.sql + " IS NULL";
    }
    sql += ")";
    return nulls.empty() ? sql : "CASE WHEN " + nulls + " THEN NULL ELSE " + sql + " END";
}

Fragment emitCount(AggregateSite &site)
{
    if (site.arguments.empty())
        return valueOf(site.native("count", "*"), count);
    return valueOf(site.native("count", countedValue(site)), count);
}

Fragment emitUniq(AggregateSite &site)
{
    site.distinct = true;
    return valueOf(site.native("count", countedValue(site)), count);
}

Fragment emitSum(AggregateSite &site)
{
    const Fragment &value = site.arguments[0];
    if (value.type.is(Kind::String))
        refuse("Illegal type " + value.type.name() + " of an argument for '" + site.call.name + "'. A property without a Numeric definition is text: wrap it in toFloat() or toInt().",
               value.span);
    const bool isFloat = value.type.is(Kind::Float);
    std::string sql = site.native("sum", isFloat ? value.sql : site.compilation.integer(value));
    if (!isFloat)
        sql += "::BIGINT";
    Type type = isFloat ? Type::of(Kind::Float) : Type::integer(64, value.type.is(Kind::Integer) && value.type.isSigned);
    type.nullable = value.type.nullable;
    if (site.orNull)
        return valueOf(sql, type.orNull());
    type.nullable = false;
    return valueOf("coalesce(" + sql + ", 0)", type);
}

Fragment emitAnyLast(AggregateSite &site)
{
    const Fragment &value = site.arguments[0];
    return valueOf(site.native("last", value.sql, value.sql + " IS NOT NULL"), value.type);
}

/// argMin(value, by) skips rows where either is NULL, as DuckDB's does.
Fragment emitArg(AggregateSite &site)
{
    const bool max = toLower(site.call.name).starts_with("argmax");
    return valueOf(site.native(max ? "arg_max" : "arg_min", site.arguments[0].sql + ", " + site.arguments[1].sql), site.arguments[0].type);
}

Fragment emitArgMerge(AggregateSite &site)
{
    const Fragment &state = site.arguments[0];
    if (!state.type.is(Kind::State))
        refuse("'" + site.call.name + "' needs an aggregate state, such as first_url of raw_session_replay_events.", state.span);
    const bool max = toLower(site.call.name).starts_with("argmax");
    return valueOf(site.native(max ? "arg_max" : "arg_min", "struct_extract_at(" + state.sql + ", 1), struct_extract_at(" + state.sql + ", 2)"),
                   Type::of(Kind::String, true));
}

Fragment emitGroupArray(AggregateSite &site)
{
    const Fragment &value = site.arguments[0];
    std::string sql = site.list(value);
    if (const ph::Json most = site.parameter(0); most.is_number_integer())
        sql = "list_slice(" + sql + ", 1, " + most.dump() + ")";
    return valueOf(sql, Type::array(value.type.notNull()));
}

Fragment emitGroupUniqArray(AggregateSite &site)
{
    site.distinct = true;
    return emitGroupArray(site);
}

std::string quantileSql(AggregateSite &site, const char *native, const std::string &fraction)
{
    const Fragment &value = site.arguments[0];
    if (site.overArrays)
        return "list_aggregate(" + value.sql + "::DOUBLE[], '" + native + "', " + fraction + ")";
    const std::string sql = value.type.is(Kind::DateTime) ? value.sql : site.compilation.real(value);
    return site.native(native, sql + ", " + fraction);
}

Type quantileType(const AggregateSite &site)
{
    return site.arguments[0].type.is(Kind::DateTime) ? site.arguments[0].type : Type::of(Kind::Float, site.arguments[0].type.nullable);
}

bool isExact(const AggregateSite &site) { return toLower(site.call.name).find("exact") != std::string::npos; }

Fragment emitQuantile(AggregateSite &site)
{
    const ph::Json fraction = site.fraction(0, 0.5);
    return valueOf(quantileSql(site, isExact(site) ? "quantile_disc" : "quantile_cont", site.compilation.constant(fraction).sql), quantileType(site));
}

Fragment emitPercentile(AggregateSite &site)
{
    const bool disc = toLower(site.call.name) == "percentile_disc";
    site.order.clear();
    return valueOf(quantileSql(site, disc ? "quantile_disc" : "quantile_cont", site.compilation.constant(site.fraction(0, 0.5)).sql), quantileType(site));
}

Fragment emitQuantiles(AggregateSite &site)
{
    std::string fractions;
    for (std::size_t i = 0; i < site.parameters.size(); ++i)
        fractions += (i ? ", " : "") + site.compilation.constant(site.fraction(i, 0.5)).sql;
    if (fractions.empty())
        refuse("'" + site.call.name + "' needs its fractions: " + site.call.name + "(0.5, 0.9)(x).", site.span);
    return valueOf(quantileSql(site, isExact(site) ? "quantile_disc" : "quantile_cont", "[" + fractions + "]"), Type::array(Type::of(Kind::Float)));
}

/// The most frequent values, the most frequent first; among equals the smaller value first.
Fragment emitTopK(AggregateSite &site)
{
    const ph::Json most = site.parameter(0, 10);
    const Fragment &value = site.arguments[0];
    const std::string e = site.compilation.freshName("e");
    const std::string pairs = "list_transform(map_entries(" + site.native("histogram", value.sql) + "), lambda " + e + ": row(-(" + e + ".value::BIGINT), " + e + ".key))";
    return valueOf("coalesce(list_slice(list_transform(list_sort(" + pairs + "), lambda " + e + ": struct_extract_at(" + e + ", 2)), 1, " + most.dump() + "), [])",
                   Type::array(value.type.notNull()));
}

Fragment emitStringAgg(AggregateSite &site)
{
    const std::string separator = site.arguments.size() > 1 ? site.compilation.text(site.arguments[1])
        : !site.parameters.empty()                          ? site.compilation.text(site.parameters[0])
                                                            : "','";
    return valueOf("coalesce(" + site.native("string_agg", site.compilation.text(site.arguments[0]) + ", " + separator) + ", '')", Type::of(Kind::String));
}

Fragment emitRegression(AggregateSite &site)
{
    const std::string x = site.compilation.real(site.arguments[0]);
    const std::string y = site.compilation.real(site.arguments[1]);
    return valueOf("row(" + site.native("regr_slope", y + ", " + x) + ", " + site.native("regr_intercept", y + ", " + x) + ")",
                   Type::tuple({Type::of(Kind::Float), Type::of(Kind::Float)}));
}

Fragment emitWeighted(AggregateSite &site)
{
    const std::string x = site.compilation.real(site.arguments[0]);
    const std::string weight = site.compilation.real(site.arguments[1]);
    return valueOf("(" + site.native("sum", x + " * " + weight) + " / " + site.native("sum", weight) + ")", Type::of(Kind::Float));
}

/// A moment as microseconds; whole numbers count seconds.
std::string microseconds(Compilation &compilation, const Fragment &time)
{
    if (time.type.is(Kind::Integer))
        return "(" + time.sql + " * 1000000)";
    if (time.type.is(Kind::Float))
        return "(" + time.sql + " * 1e6)::BIGINT";
    return "epoch_us(" + compilation.instant(time) + ")";
}

/// The text that a condition demands of a field, such as event = 'a' AND …; no text when it demands none.
struct Demand {
    const std::vector<std::string> *field = nullptr;
    const std::string *text = nullptr;
};

std::vector<Demand> demandsOf(const hogql::Expr &condition)
{
    const auto equality = [](const hogql::Expr &left, const hogql::Expr &right) -> std::vector<Demand> {
        const auto *field = std::get_if<hogql::Field>(&left.node);
        const auto *constant = std::get_if<hogql::Constant>(&right.node);
        const auto *text = constant ? std::get_if<std::string>(&constant->value) : nullptr;
        return field && text ? std::vector<Demand> {{&field->chain, text}} : std::vector<Demand> {};
    };
    std::vector<Demand> all;
    const auto add = [&](const std::vector<Demand> &more) { all.insert(all.end(), more.begin(), more.end()); };
    if (const auto *binary = std::get_if<hogql::Binary>(&condition.node)) {
        if (binary->op == hogql::BinaryOp::And) {
            add(demandsOf(*binary->left));
            add(demandsOf(*binary->right));
        } else if (binary->op == hogql::BinaryOp::Equal) {
            add(equality(*binary->left, *binary->right));
            add(equality(*binary->right, *binary->left));
        }
    } else if (const auto *call = std::get_if<hogql::Call>(&condition.node)) {
        const std::string name = toLower(call->name);
        if (name == "and")
            for (const auto &argument : call->arguments)
                add(demandsOf(*argument));
        else if (name == "equals" && call->arguments.size() == 2)
            add(equality(*call->arguments[0], *call->arguments[1]));
    }
    return all;
}

/// Whether no row can meet two of the conditions, because they want different texts in one field.
bool excludeEachOther(std::span<const hogql::ExprPtr> conditions)
{
    std::vector<std::vector<Demand>> demands;
    for (const hogql::ExprPtr &condition : conditions)
        demands.push_back(demandsOf(*condition));
    for (std::size_t a = 0; a < demands.size(); ++a)
        for (std::size_t b = a + 1; b < demands.size(); ++b) {
            const bool differ = std::ranges::any_of(demands[a], [&](const Demand &one) {
                return std::ranges::any_of(demands[b], [&](const Demand &other) { return *one.field == *other.field && *one.text != *other.text; });
            });
            if (!differ)
                return false;
        }
    return true;
}

Fragment emitWindowFunnel(AggregateSite &site)
{
    const ph::Json window = site.parameter(0);
    if (!window.is_number())
        refuse("Write the window in seconds first: windowFunnel(86400)(timestamp, step1, step2).", site.span);
    if (site.overArrays)
        unsupported("windowFunnelArray", site.span);
    int modes = 0;
    for (std::size_t i = 1; i < site.parameters.size(); ++i) {
        const ph::Json mode = site.parameter(i);
        if (mode == "strict_order")
            modes |= funnelStrictOrder;
        else if (mode == "strict_deduplication")
            modes |= funnelStrictDeduplication;
        else if (mode == "strict_increase")
            modes |= funnelStrictIncrease;
        else
            refuse("windowFunnel knows the modes strict_order, strict_deduplication and strict_increase.", site.parameters[i].span);
    }
    // One list of microseconds * 64 + step a step: sorted, it is the order in which the steps were taken.
    const std::string time = microseconds(site.compilation, site.arguments[0]);
    std::vector<std::string> conditions;
    for (std::size_t i = 1; i < site.arguments.size(); ++i)
        conditions.push_back(site.compilation.boolean(site.arguments[i]));
    std::string lists;
    std::string any;
    for (const std::string &condition : conditions)
        any += (any.empty() ? "(" : " OR ") + condition;
    any += ")";
    const bool strict = (modes & funnelStrictOrder) != 0; // Events of no step break a chain.
    if (excludeEachOther(std::span(site.call.arguments).subspan(1, conditions.size()))) { // One list is a third quicker than one a step.
        std::string step = "CASE";
        for (std::size_t i = 0; i < conditions.size(); ++i)
            step += " WHEN " + conditions[i] + " THEN " + std::to_string(i + 1);
        lists = site.native("list", time + " * 64 + " + step + " ELSE 0 END", strict ? "" : any);
    } else {
        lists = "list_concat([]::BIGINT[]";
        for (std::size_t i = 0; i < conditions.size(); ++i)
            lists += ", " + site.native("list", time + " * 64 + " + std::to_string(i + 1), conditions[i]);
        if (strict)
            lists += ", " + site.native("list", time + " * 64", "NOT coalesce(" + any + ", false)");
        lists += ")";
    }
    const auto width = static_cast<std::int64_t>(window.get<double>() * 1e6);
    return valueOf("hoglet_window_funnel(" + lists + ", " + std::to_string(width) + "::BIGINT, " + std::to_string(conditions.size()) + "::BIGINT, "
                       + std::to_string(modes) + "::BIGINT)",
                   Type::integer(8, false));
}

Fragment emitRetention(AggregateSite &site)
{
    std::string sql = "[";
    std::string first;
    for (const Fragment &argument : site.arguments) {
        const std::string ever = "coalesce(" + site.native("bool_or", site.compilation.boolean(argument)) + ", false)";
        sql += (first.empty() ? "" : ", ") + (first.empty() ? ever : "(" + first + " AND " + ever + ")") + "::BIGINT";
        if (first.empty())
            first = ever;
    }
    return valueOf(sql + "]", Type::array(Type::integer(8, false)));
}

/// deltaSum: what a value grew in all, steps down left out.
Fragment emitDeltaSum(AggregateSite &site)
{
    const std::string list = site.list(site.arguments[0]);
    const std::string x = site.compilation.freshName("x");
    const std::string i = site.compilation.freshName("i");
    const bool isFloat = site.arguments[0].type.is(Kind::Float);
    return valueOf("coalesce(list_sum(list_transform(" + list + ", lambda " + x + ", " + i + ": CASE WHEN " + i + " = 1 THEN 0 ELSE greatest(" + x + " - list_extract("
                       + list + ", " + i + " - 1), 0) END)), 0)" + (isFloat ? "::DOUBLE" : "::BIGINT"),
                   isFloat ? Type::of(Kind::Float) : Type::integer(64, true));
}

/// groupArrayMovingAvg(n)(x), groupArrayMovingSum(n)(x): over the last n values, all of them without n.
Fragment emitMoving(AggregateSite &site)
{
    const std::string list = site.list(site.arguments[0]);
    const ph::Json width = site.parameter(0);
    const std::string x = site.compilation.freshName("x");
    const std::string i = site.compilation.freshName("i");
    const std::string from = width.is_number_integer() ? "greatest(" + i + " - " + width.dump() + " + 1, 1)" : "1";
    const std::string sum = "list_sum(list_slice(" + list + ", " + from + ", " + i + "))";
    const bool isFloat = site.arguments[0].type.is(Kind::Float);
    if (toLower(site.call.name).find("avg") == std::string::npos)
        return valueOf("list_transform(" + list + ", lambda " + x + ", " + i + ": " + sum + (isFloat ? "::DOUBLE" : "::BIGINT") + ")",
                       Type::array(isFloat ? Type::of(Kind::Float) : Type::integer(64, true)));
    // ClickHouse divides by the width even where fewer values are there yet.
    const std::string by = width.is_number_integer() ? width.dump() : "len(" + list + ")";
    return valueOf("list_transform(" + list + ", lambda " + x + ", " + i + ": " + sum + "::DOUBLE / " + by + ")", Type::array(Type::of(Kind::Float)));
}

/// sumMap(keys, values), also minMap and maxMap: a tuple of the keys, sorted, and of what their values come to.
Fragment emitMapFold(AggregateSite &site)
{
    const Fragment &keys = site.arguments[0];
    const Fragment &values = site.arguments[1];
    if (!keys.type.is(Kind::Array) || !values.type.is(Kind::Array))
        refuse("'" + site.call.name + "' needs an array of keys and an array of values.", site.span);
    const std::string allKeys = "coalesce(flatten(" + site.native("list", keys.sql) + "), [])";
    const std::string allValues = "coalesce(flatten(" + site.native("list", values.sql) + "), [])";
    const std::string sorted = "list_sort(list_distinct(" + allKeys + "))";
    const std::string k = site.compilation.freshName("k");
    const std::string x = site.compilation.freshName("x");
    const std::string i = site.compilation.freshName("i");
    const bool isFloat = values.type.element().is(Kind::Float);
    const std::string fold = "list_transform(" + sorted + ", lambda " + k + ": list_aggregate(list_filter(" + allValues + ", lambda " + x + ", " + i + ": list_extract("
        + allKeys + ", " + i + ") = " + k + "), '" + toLower(site.call.name).substr(0, 3) + "')" + (isFloat ? "::DOUBLE" : "::BIGINT") + ")";
    return valueOf("row(" + sorted + ", " + fold + ")", Type::tuple({keys.type, Type::array(isFloat ? Type::of(Kind::Float) : Type::integer(64, true))}));
}

constexpr auto table = std::to_array<Aggregate>({
    {"deltaSum", 1, 1, "n", "", "", "", emitDeltaSum},
    {"groupArrayMovingAvg", 1, 1, "n", "", "", "", emitMoving},
    {"groupArrayMovingSum", 1, 1, "n", "", "", "", emitMoving},
    {"sumMap", 2, 2, "*", "", "", "", emitMapFold},
    {"minMap", 2, 2, "*", "", "", "", emitMapFold},
    {"maxMap", 2, 2, "*", "", "", "", emitMapFold},
    {"groupBitmap", 1, 1, "*", "count", "UInt64", "", emitUniq},
    {"uniqUpTo", 1, 1, "*", "count", "UInt64", "", emitUniq},
    {"json_agg", 1, 1, "*", "list", "[$0]", "", emitGroupArray},
    {"groupArraySample", 1, 1, "*", "list", "[$0]", "", emitGroupArray},
    {"medianTDigest", 1, 1, "*", "", "Float64", "", emitQuantile},
    {"medianTiming", 1, 1, "*", "", "Float64", "", emitQuantile},
    {"medianBFloat16", 1, 1, "*", "", "Float64", "", emitQuantile},
    {"quantileTiming", 1, 1, "*", "", "Float64", "", emitQuantile},
    {"quantileBFloat16", 1, 1, "*", "", "Float64", "", emitQuantile},
    {"quantilesTDigest", 1, 1, "*", "", "Array(Float64)", "", emitQuantiles},
    {"quantilesTiming", 1, 1, "*", "", "Array(Float64)", "", emitQuantiles},
    {"count", 0, -1, "*", "count", "UInt64", "", emitCount},
    {"countDistinct", 1, -1, "*", "count", "UInt64", "", emitUniq},
    {"uniq", 1, -1, "*", "count", "UInt64", "", emitUniq},
    {"uniqExact", 1, -1, "*", "count", "UInt64", "", emitUniq},
    {"uniqHLL12", 1, -1, "*", "count", "UInt64", "", emitUniq},
    {"uniqCombined", 1, -1, "*", "count", "UInt64", "", emitUniq},
    {"uniqTheta", 1, -1, "*", "count", "UInt64", "", emitUniq},
    {"sum", 1, 1, "n", "sum", "$0", "", emitSum},
    {"sumWithOverflow", 1, 1, "n", "sum", "$0", "", emitSum},
    {"avg", 1, 1, "f", "avg", "Float64", ""},
    {"avgWeighted", 2, 2, "f", "", "Float64", "", emitWeighted},
    {"min", 1, 1, "*", "min", "$0", ""},
    {"max", 1, 1, "*", "max", "$0", ""},
    {"any", 1, 1, "*", "any_value", "$0", ""},
    {"anyLast", 1, 1, "*", "last", "$0", "", emitAnyLast},
    {"anyHeavy", 1, 1, "*", "mode", "$0", ""},
    {"first_value", 1, 1, "*", "first", "$0", ""},
    {"last_value", 1, 1, "*", "last", "$0", ""},
    {"argMin", 2, 2, "*", "arg_min", "$0", "", emitArg},
    {"argMax", 2, 2, "*", "arg_max", "$0", "", emitArg},
    {"argMinMerge", 1, 1, "*", "", "$0", "", emitArgMerge},
    {"argMaxMerge", 1, 1, "*", "", "$0", "", emitArgMerge},
    {"groupArray", 1, 1, "*", "list", "[$0]", "", emitGroupArray},
    {"array_agg", 1, 1, "*", "list", "[$0]", "", emitGroupArray},
    {"groupUniqArray", 1, 1, "*", "list", "[$0]", "", emitGroupUniqArray},
    {"median", 1, 1, "*", "", "Float64", "", emitQuantile},
    {"medianExact", 1, 1, "*", "", "Float64", "", emitQuantile},
    {"quantile", 1, 1, "*", "", "Float64", "", emitQuantile},
    {"quantileExact", 1, 1, "*", "", "Float64", "", emitQuantile},
    {"quantileTDigest", 1, 1, "*", "", "Float64", "", emitQuantile},
    {"quantiles", 1, 1, "*", "", "Array(Float64)", "", emitQuantiles},
    {"quantilesExact", 1, 1, "*", "", "Array(Float64)", "", emitQuantiles},
    {"percentile_cont", 1, 1, "*", "", "Float64", "", emitPercentile},
    {"percentile_disc", 1, 1, "*", "", "Float64", "", emitPercentile},
    {"topK", 1, 1, "*", "", "[$0]", "", emitTopK},
    {"string_agg", 1, 2, "*", "", "String", "", emitStringAgg},
    {"groupConcat", 1, 2, "*", "", "String", "", emitStringAgg},
    {"stddevPop", 1, 1, "f", "stddev_pop", "Float64", ""},
    {"stddevSamp", 1, 1, "f", "stddev_samp", "Float64", ""},
    {"varPop", 1, 1, "f", "var_pop", "Float64", ""},
    {"varSamp", 1, 1, "f", "var_samp", "Float64", ""},
    {"covarPop", 2, 2, "f", "covar_pop", "Float64", ""},
    {"covarSamp", 2, 2, "f", "covar_samp", "Float64", ""},
    {"corr", 2, 2, "f", "corr", "Float64", ""},
    {"skewSamp", 1, 1, "f", "skewness", "Float64", ""},
    {"kurtPop", 1, 1, "f", "kurtosis_pop", "Float64", ""},
    {"kurtSamp", 1, 1, "f", "kurtosis", "Float64", ""},
    {"simpleLinearRegression", 2, 2, "f", "", "", "", emitRegression},
    {"groupBitAnd", 1, 1, "i", "bit_and", "$0", ""},
    {"groupBitOr", 1, 1, "i", "bit_or", "$0", ""},
    {"groupBitXor", 1, 1, "i", "bit_xor", "$0", ""},
    {"every", 1, 1, "b", "bool_and", "Bool", ""},
    {"windowFunnel", 2, 33, "*b", "", "UInt8", "", emitWindowFunnel},
    {"retention", 2, 32, "b", "", "Array(UInt8)", "", emitRetention},
});

} // namespace

std::span<const Aggregate> aggregates() { return table; }

} // namespace localproject

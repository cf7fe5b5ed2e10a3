#include "driver/localproject/functions_support.h"

#include <array>

namespace localproject {
namespace {

using Kind = Type::Kind;

/// arrayMap(x -> …, a) and its family: the lambda compiled over the arrays' elements. Several arrays are walked together.
struct Walk {
    std::string list;      // what is walked
    std::string parameter; // the lambda's, in SQL
    Fragment body;
    std::vector<Fragment> arrays;
};

Walk walk(Compilation &compilation, const hogql::Call &call, std::size_t lambdaAt, std::size_t firstArray, hogql::Span span)
{
    Walk result;
    std::vector<Type> types;
    for (std::size_t i = firstArray; i < call.arguments.size(); ++i) {
        result.arrays.push_back(compilation.expression(*call.arguments[i]));
        const Fragment &array = result.arrays.back();
        if (!array.type.is(Kind::Array) && !array.type.is(Kind::Unknown))
            refuse("Argument " + std::to_string(i + 1) + " of '" + call.name + "' must be an array, this is " + array.type.name() + ".", array.span);
        types.push_back(array.type.element());
    }
    if (result.arrays.empty())
        refuse("Function '" + call.name + "' needs an array.", span);
    result.parameter = compilation.freshName("x");
    std::vector<std::string> parts;
    if (result.arrays.size() == 1) {
        result.list = result.arrays[0].sql;
    } else {
        for (std::size_t i = 0; i < result.arrays.size(); ++i) {
            result.list += (i ? ", " : "list_zip(") + result.arrays[i].sql;
            parts.push_back("struct_extract_at(" + result.parameter + ", " + std::to_string(i + 1) + ")");
        }
        result.list += ")";
    }
    result.body = compilation.lambda(*call.arguments[lambdaAt], types, result.parameter, parts);
    return result;
}

std::string lambdaText(const Walk &walked, const std::string &body) { return "lambda " + walked.parameter + ": " + body; }

bool hasLambda(const hogql::Call &call)
{
    return !call.arguments.empty() && std::holds_alternative<hogql::Lambda>(call.arguments[0]->node);
}

/// The booleans of the lambda, or the array itself where there is none.
std::string conditionOf(Compilation &compilation, const Walk &walked) { return "coalesce(" + compilation.boolean(walked.body) + ", false)"; }

Fragment emitMap(Compilation &compilation, const hogql::Call &call, hogql::Span span)
{
    const Walk walked = walk(compilation, call, 0, 1, span);
    const std::string body = walked.body.constant && walked.body.type.is(Kind::Integer) ? walked.body.sql + "::BIGINT"
        : walked.body.type.is(Kind::Null)                                                ? "NULL::VARCHAR"
                                                                                         : walked.body.sql;
    return valueOf("list_transform(" + walked.list + ", " + lambdaText(walked, body) + ")", Type::array(walked.body.type));
}

/// Only the first array's elements come out; with several arrays they are taken out of the pairs.
Fragment filtered(Compilation &compilation, const Walk &walked, bool negated = false)
{
    std::string sql = "list_filter(" + walked.list + ", " + lambdaText(walked, (negated ? "NOT " : "") + conditionOf(compilation, walked)) + ")";
    if (walked.arrays.size() > 1)
        sql = "list_transform(" + sql + ", " + lambdaText(walked, "struct_extract_at(" + walked.parameter + ", 1)") + ")";
    return valueOf(sql, walked.arrays[0].type);
}

Fragment emitFilter(Compilation &compilation, const hogql::Call &call, hogql::Span span)
{
    return filtered(compilation, walk(compilation, call, 0, 1, span));
}

Fragment emitExists(Compilation &compilation, const hogql::Call &call, hogql::Span span)
{
    const bool all = toLower(call.name) == "arrayall";
    const Fragment matches = filtered(compilation, walk(compilation, call, 0, 1, span), all);
    return valueOf("(coalesce(len(" + matches.sql + "), 0) " + (all ? "= 0)" : "> 0)"), Type::of(Kind::Bool));
}

Fragment emitCount(Compilation &compilation, const hogql::Call &call, hogql::Span span)
{
    if (!hasLambda(call)) {
        const Fragment array = compilation.expression(*call.arguments[0]);
        const std::string x = compilation.freshName("x");
        Fragment item;
        item.sql = x;
        item.type = array.type.element();
        return valueOf("len(list_filter(" + array.sql + ", lambda " + x + ": " + compilation.boolean(item) + "))", Type::integer(32, false));
    }
    return valueOf("coalesce(len(" + filtered(compilation, walk(compilation, call, 0, 1, span)).sql + "), 0)", Type::integer(32, false));
}

Fragment emitFirst(Compilation &compilation, const hogql::Call &call, hogql::Span span)
{
    const bool last = toLower(call.name) == "arraylast";
    const Fragment matches = filtered(compilation, walk(compilation, call, 0, 1, span));
    return compilation.element(matches, compilation.constant(last ? -1 : 1), span);
}

/// arrayFirstIndex, arrayLastIndex: 0 when there is none.
Fragment emitFirstIndex(Compilation &compilation, const hogql::Call &call, hogql::Span span)
{
    const bool last = toLower(call.name) == "arraylastindex";
    const Walk walked = walk(compilation, call, 0, 1, span);
    const std::string index = compilation.freshName("i");
    const std::string hits = "list_filter(list_transform(" + walked.list + ", lambda " + walked.parameter + ", " + index + ": CASE WHEN "
        + conditionOf(compilation, walked) + " THEN " + index + " ELSE 0 END), lambda " + index + ": " + index + " > 0)";
    return valueOf("coalesce(list_extract(" + hits + (last ? ", -1)" : ", 1)") + ", 0)::BIGINT", Type::integer(32, false));
}

/// arraySum, arrayAvg, arrayMin, arrayMax, arrayProduct, with or without a lambda.
Fragment emitFold(Compilation &compilation, const hogql::Call &call, hogql::Span span)
{
    const std::string function = toLower(call.name).substr(5);
    const Fragment array = hasLambda(call) ? emitMap(compilation, call, span) : compilation.expression(*call.arguments[0]);
    if (!array.type.is(Kind::Array))
        refuse("'" + call.name + "' needs an array, this is " + array.type.name() + ".", array.span.end ? array.span : span);
    Type element = array.type.element();
    const bool arithmetic = function == "sum" || function == "avg" || function == "product";
    if (arithmetic && !element.isNumber() && !element.is(Kind::Null) && !element.is(Kind::Unknown))
        refuse("'" + call.name + "' needs numbers, these are " + element.name() + ".", span);
    std::string list = array.sql;
    if (element.is(Kind::Bool) && arithmetic)
        list += "::BIGINT[]";
    if (element.is(Kind::Null))
        list += "::BIGINT[]";
    std::string sql = "list_aggregate(" + list + ", '" + function + "')";
    Type type = element.notNull();
    if (function == "avg" || function == "product")
        type = Type::of(Kind::Float);
    else if (function == "sum" && !element.is(Kind::Float)) {
        sql += "::BIGINT";
        type = Type::integer(64, element.is(Kind::Integer) && element.isSigned);
    }
    if (function == "sum")
        sql = "coalesce(" + sql + ", 0)";
    return valueOf(sql, type);
}

/// arraySort([f,] a): by the key that f makes.
Fragment emitSort(Compilation &compilation, const hogql::Call &call, hogql::Span span)
{
    const bool reverse = toLower(call.name) == "arrayreversesort";
    const char *direction = reverse ? "'DESC', 'NULLS LAST'" : "'ASC', 'NULLS LAST'";
    if (!hasLambda(call)) {
        const Fragment array = compilation.expression(*call.arguments[0]);
        if (!array.type.is(Kind::Array))
            refuse("'" + call.name + "' needs an array, this is " + array.type.name() + ".", span);
        return valueOf("list_sort(" + array.sql + ", " + direction + ")", array.type);
    }
    const Walk walked = walk(compilation, call, 0, 1, span);
    const std::string index = compilation.freshName("i");
    // Equal keys keep their order: the index is part of the key.
    const std::string keys = "list_transform(" + walked.list + ", lambda " + walked.parameter + ", " + index + ": row(" + walked.body.sql + ", "
        + (reverse ? "-" : "") + index + "))";
    const std::string order = compilation.freshName("o");
    return valueOf("list_transform(list_sort(" + keys + ", " + direction + "), lambda " + order + ": list_extract(" + walked.arrays[0].sql
                       + ", abs(struct_extract_at(" + order + ", 2))))",
                   walked.arrays[0].type);
}

/// arrayFold((accumulated, x) -> …, a, start)
Fragment emitReduce(Compilation &compilation, const hogql::Call &call, hogql::Span span)
{
    const Fragment array = compilation.expression(*call.arguments[1]);
    const Fragment start = compilation.expression(*call.arguments[2]);
    if (!array.type.is(Kind::Array))
        refuse("'" + call.name + "' needs an array, this is " + array.type.name() + ".", span);
    const auto common = commonType(array.type.element(), start.type);
    if (!common)
        unsupported("arrayFold into another type than the elements'", span);
    Type type = *common;
    if (type.is(Kind::Integer))
        type = Type::integer(64, true);
    const std::string accumulated = compilation.freshName("x");
    const std::string item = compilation.freshName("x");
    Fragment body = compilation.lambda(*call.arguments[0], {type, type}, "", {accumulated, item});
    std::string bodySql = compilation.as(body, type);
    return valueOf("list_reduce(" + compilation.as(array, Type::array(type)) + "::" + type.storage() + "[], lambda " + accumulated + ", " + item + ": " + bodySql
                       + ", " + compilation.as(start, type) + "::" + type.storage() + ")",
                   type);
}

/// arrayCumSum, arrayDifference
Fragment emitRunning(Site &site)
{
    arrayType(site, 0);
    const std::string i = site.compilation.freshName("i");
    const std::string x = site.compilation.freshName("x");
    const std::string &list = site.arguments[0].sql;
    const Type &element = site.arguments[0].type.element();
    const Type type = element.is(Kind::Float) ? element : Type::integer(64, true);
    if (toLower(site.name) == "arraycumsum")
        return valueOf("list_transform(" + list + ", lambda " + x + ", " + i + ": list_sum(list_slice(" + list + ", 1, " + i + "))::" + type.storage() + ")",
                       Type::array(type));
    return valueOf("list_transform(" + list + ", lambda " + x + ", " + i + ": CASE WHEN " + i + " = 1 THEN 0 ELSE " + x + " - list_extract(" + list + ", " + i + " - 1) END)",
                   Type::array(type));
}

Fragment emitHas(Site &site)
{
    const auto common = commonType(arrayType(site, 0), Type::array(site.arguments[1].type));
    if (!common)
        refuse("'" + site.name + "' needs an element of the array's type.", site.span);
    const std::string list = site.compilation.as(site.arguments[0], *common);
    const std::string item = site.compilation.as(site.arguments[1], common->element());
    const std::string lower = toLower(site.name);
    if (lower == "has")
        return valueOf("coalesce(list_contains(" + list + ", " + item + "), false)", Type::of(Kind::Bool));
    if (lower == "indexof")
        return valueOf("coalesce(list_position(" + list + ", " + item + "), 0)::BIGINT", Type::integer(64, false));
    const std::string x = site.compilation.freshName("x"); // countEqual
    return valueOf("len(list_filter(" + list + ", lambda " + x + ": " + x + " IS NOT DISTINCT FROM " + item + "))", Type::integer(64, false));
}

/// hasAny, hasAll, arrayIntersect, arrayConcat: arrays of one type.
Fragment emitTogether(Site &site)
{
    for (std::size_t i = 0; i < site.arguments.size(); ++i)
        arrayType(site, i);
    const Unified unified = unify(site.compilation, site.arguments, site.span);
    const std::string lower = toLower(site.name);
    std::string all;
    for (const std::string &sql : unified.sql)
        all += (all.empty() ? "" : ", ") + sql;
    if (lower == "hasany" || lower == "hasall")
        return valueOf("coalesce(" + std::string(lower == "hasany" ? "list_has_any(" : "list_has_all(") + all + "), false)", Type::of(Kind::Bool));
    if (lower == "arrayconcat")
        return valueOf("list_concat(" + all + ")", unified.type);
    std::string sql = unified.sql[0];
    for (std::size_t i = 1; i < unified.sql.size(); ++i)
        sql = "list_intersect(" + sql + ", " + unified.sql[i] + ")";
    return valueOf(sql, unified.type);
}

Fragment emitPush(Site &site)
{
    const auto common = commonType(arrayType(site, 0), Type::array(site.arguments[1].type));
    if (!common)
        refuse("'" + site.name + "' needs an element of the array's type.", site.span);
    const std::string list = site.compilation.as(site.arguments[0], *common);
    const std::string item = site.compilation.as(site.arguments[1], common->element());
    return valueOf(toLower(site.name) == "arraypushback" ? "list_append(" + list + ", " + item + ")" : "list_prepend(" + item + ", " + list + ")", *common);
}

Fragment emitSlice(Site &site)
{
    arrayType(site, 0);
    const std::string &list = site.arguments[0].sql;
    const std::string offset = site.compilation.integer(site.arguments[1]);
    std::string end = "len(" + list + ")";
    if (site.arguments.size() > 2 && !site.arguments[2].type.is(Kind::Null)) {
        const std::string length = site.compilation.integer(site.arguments[2]);
        end = "CASE WHEN " + length + " < 0 THEN len(" + list + ") + " + length + " ELSE (CASE WHEN " + offset + " < 0 THEN len(" + list + ") + 1 ELSE 0 END) + "
            + offset + " + " + length + " - 1 END";
        const auto constant = [](const Fragment &value) {
            return value.constant && value.constant->is_number_integer() ? value.constant->get<std::int64_t>() : -1;
        };
        const auto from = constant(site.arguments[1]);
        const auto count = constant(site.arguments[2]);
        if (from > 0 && count >= 0)
            end = std::to_string(from + count - 1);
    }
    return valueOf("list_slice(" + list + ", " + offset + ", " + end + ")", site.arguments[0].type);
}

Fragment emitElement(Site &site) { return site.compilation.element(site.arguments[0], site.arguments[1], site.span); }

Fragment emitArray(Site &site) { return site.compilation.array(site.arguments, site.span); }

Fragment emitRange(Site &site)
{
    std::string sql;
    for (const Fragment &argument : site.arguments)
        sql += (sql.empty() ? "" : ", ") + site.compilation.integer(argument);
    const bool inclusive = toLower(site.name) == "generateseries";
    return valueOf((inclusive ? "generate_series(" : "range(") + sql + ")", Type::array(Type::integer(64, false)));
}

Fragment emitEnumerate(Site &site)
{
    arrayType(site, 0);
    const std::string &list = site.arguments[0].sql;
    return valueOf("range(1, coalesce(len(" + list + "), 0) + 1)", Type::array(Type::integer(32, false)));
}

Fragment emitZip(Site &site)
{
    std::vector<Type> types;
    std::string sql;
    for (std::size_t i = 0; i < site.arguments.size(); ++i) {
        types.push_back(arrayType(site, i).element());
        sql += (sql.empty() ? "" : ", ") + site.arguments[i].sql;
    }
    return valueOf("list_zip(" + sql + ")", Type::array(Type::tuple(std::move(types))));
}

Fragment emitJoin(Site &site)
{
    arrayType(site, 0);
    const std::string x = site.compilation.freshName("x");
    Fragment item;
    item.sql = x;
    item.type = site.arguments[0].type.element();
    const std::string list = item.type.is(Kind::String) ? site.arguments[0].sql
                                                        : "list_transform(" + site.arguments[0].sql + ", lambda " + x + ": " + site.compilation.text(item) + ")";
    return valueOf("coalesce(array_to_string(" + list + ", " + (site.arguments.size() > 1 ? site.compilation.text(site.arguments[1]) : "''") + "), '')",
                   Type::of(Kind::String));
}

Fragment emitFlatten(Site &site)
{
    const Type &type = arrayType(site, 0);
    return valueOf("flatten(" + site.arguments[0].sql + ")", type.element().is(Kind::Array) ? type.element() : type);
}

Fragment emitWithConstant(Site &site)
{
    const std::string x = site.compilation.freshName("x");
    const Fragment &value = site.arguments[1];
    return valueOf("list_transform(range(" + site.compilation.integer(site.arguments[0]) + "), lambda " + x + ": "
                       + (value.type.is(Kind::Integer) ? value.sql + "::BIGINT" : value.sql) + ")",
                   Type::array(value.type));
}

Fragment emitResize(Site &site)
{
    const Type &type = arrayType(site, 0);
    std::string filler = site.arguments.size() > 2 ? site.compilation.as(site.arguments[2], type.element())
        : type.element().isNumber()                ? "0"
                                                   : "''";
    return valueOf("list_resize(" + site.arguments[0].sql + ", " + site.compilation.integer(site.arguments[1]) + ", " + filler + ")", type);
}

/// arrayReduce('sum', a): an aggregate by name.
Fragment emitArrayReduce(Site &site)
{
    const std::string name = constantText(site, 0);
    const std::string &list = site.arguments[1].sql;
    const Type &element = arrayType(site, 1).element();
    const Combined combined = combinedAggregate(name);
    const std::string_view native = combined.aggregate ? combined.aggregate->native : std::string_view();
    const std::string lower = toLower(name);
    if (lower == "uniq" || lower == "uniqexact" || lower == "countdistinct")
        return valueOf("len(list_distinct(" + list + "))", Type::integer(64, false));
    if (lower == "count")
        return valueOf("len(" + list + ")", Type::integer(64, false));
    if (lower == "median")
        return valueOf("list_aggregate(" + list + ", 'quantile_cont', 0.5)", Type::of(Kind::Float));
    if (native.empty() || combined.onlyIf)
        unsupported("'" + site.name + "' with '" + name + "'", site.span);
    Fragment result = valueOf("list_aggregate(" + list + ", '" + std::string(native) + "')", element);
    if (native == "sum" && element.is(Kind::Integer))
        result.sql += "::BIGINT";
    if (combined.aggregate->result.starts_with("Float64"))
        result.type = Type::of(Kind::Float);
    return result;
}

/// Leaves the order as it was, which list_distinct does not.
Fragment emitDistinct(Site &site)
{
    arrayType(site, 0);
    const std::string &list = site.arguments[0].sql;
    const std::string x = site.compilation.freshName("x");
    const std::string i = site.compilation.freshName("i");
    const std::string o = site.compilation.freshName("o");
    return valueOf("list_transform(list_filter(list_transform(" + list + ", lambda " + x + ", " + i + ": row(" + x + ", list_position(" + list + ", " + x + ") = " + i
                       + ")), lambda " + o + ": struct_extract_at(" + o + ", 2)), lambda " + o + ": struct_extract_at(" + o + ", 1))",
                   site.arguments[0].type);
}

Fragment emitUnfold(Site &site)
{
    return site.compilation.unfold(site.arguments[0], site.span);
}

/// arraySplit(f, a): a new part begins where f holds; arrayReverseSplit: it ends there.
Fragment emitSplitArray(Compilation &compilation, const hogql::Call &call, hogql::Span span)
{
    const bool reverse = toLower(call.name) == "arrayreversesplit";
    const Walk walked = walk(compilation, call, 0, 1, span);
    const std::string i = compilation.freshName("i");
    const std::string x = compilation.freshName("x");
    const std::string &list = walked.arrays[0].sql;
    const std::string hits = "list_filter(list_transform(" + walked.list + ", lambda " + walked.parameter + ", " + i + ": CASE WHEN " + conditionOf(compilation, walked)
        + " THEN " + i + " ELSE 0 END), lambda " + x + ": " + x + " > 0)";
    const std::string starts = reverse
        ? "list_concat([1], list_filter(list_transform(" + hits + ", lambda " + x + ": " + x + " + 1), lambda " + x + ": " + x + " <= len(" + list + ")))"
        : "list_concat([1], list_filter(" + hits + ", lambda " + x + ": " + x + " > 1))";
    return valueOf("CASE WHEN coalesce(len(" + list + "), 0) = 0 THEN [] ELSE list_transform(" + starts + ", lambda " + x + ", " + i + ": list_slice(" + list + ", " + x
                       + ", coalesce(list_extract(" + starts + ", " + i + " + 1) - 1, len(" + list + ")))) END",
                   Type::array(walked.arrays[0].type));
}

/// tuplePlus and its like, part by part; the second argument may be one number for all.
Fragment emitTupleArithmetic(Site &site)
{
    const std::string lower = toLower(site.name);
    const bool byNumber = lower.ends_with("bynumber");
    const auto op = lower.find("plus") != std::string::npos ? hogql::BinaryOp::Add
        : lower.find("minus") != std::string::npos          ? hogql::BinaryOp::Subtract
        : lower.find("multiply") != std::string::npos       ? hogql::BinaryOp::Multiply
                                                             : hogql::BinaryOp::Divide;
    const Fragment &left = site.arguments[0];
    const Fragment &right = site.arguments[1];
    if (!left.type.is(Kind::Tuple) || (!byNumber && (!right.type.is(Kind::Tuple) || right.type.items.size() != left.type.items.size())))
        refuse("'" + site.name + "' needs tuples of the same number of parts.", site.span);
    std::vector<Fragment> parts;
    for (std::size_t i = 1; i <= left.type.items.size(); ++i)
        parts.push_back(site.compilation.arithmetic(op, site.compilation.part(left, std::to_string(i), site.span),
                                                    byNumber ? right : site.compilation.part(right, std::to_string(i), site.span), site.span));
    return site.compilation.tuple(parts);
}

constexpr auto functions = std::to_array<Function>({
    {"arraySplit", 2, -1, "", "", "", nullptr, emitSplitArray},
    {"arrayReverseSplit", 2, -1, "", "", "", nullptr, emitSplitArray},
    {"arrayRotateLeft", 2, 2, "*", "CASE WHEN len({0}) = 0 THEN {0} ELSE list_concat(list_slice({0}, {1} % len({0}) + 1, len({0})), list_slice({0}, 1, {1} % len({0}))) END",
     "$0"},
    {"arrayRotateRight", 2, 2, "*",
     "CASE WHEN len({0}) = 0 THEN {0} ELSE list_concat(list_slice({0}, len({0}) - {1} % len({0}) + 1, len({0})), list_slice({0}, 1, len({0}) - {1} % len({0}))) END", "$0"},
    {"arrayEnumerateUniq", 1, 1, "*", "list_transform({0}, lambda x, i: len(list_filter(list_slice({0}, 1, i), lambda y: y IS NOT DISTINCT FROM x)))", "Array(UInt32)"},
    {"L1Norm", 1, 1, "*", "list_sum(list_transform({0}, lambda x: abs(x)))::DOUBLE", "Float64"},
    {"L2Norm", 1, 1, "*", "sqrt(list_sum(list_transform({0}, lambda x: (x * x)::DOUBLE)))", "Float64"},
    {"L2Distance", 2, 2, "*", "list_distance({0}::DOUBLE[], {1}::DOUBLE[])", "Float64"},
    {"cosineDistance", 2, 2, "*", "list_cosine_distance({0}::DOUBLE[], {1}::DOUBLE[])", "Float64"},
    {"tuplePlus", 2, 2, "*", "", "", emitTupleArithmetic},
    {"tupleMinus", 2, 2, "*", "", "", emitTupleArithmetic},
    {"tupleMultiply", 2, 2, "*", "", "", emitTupleArithmetic},
    {"tupleDivide", 2, 2, "*", "", "", emitTupleArithmetic},
    {"tupleMultiplyByNumber", 2, 2, "*", "", "", emitTupleArithmetic},
    {"tupleDivideByNumber", 2, 2, "*", "", "", emitTupleArithmetic},
    {"mapFromArrays", 2, 2, "*", "", "",
     [](Site &site) {
         return valueOf("map(" + site.arguments[0].sql + ", " + site.arguments[1].sql + ")", Type::map(arrayType(site, 0).element(), arrayType(site, 1).element()));
     }},
    {"arrayJoin", 1, 1, "*", "", "", emitUnfold},
    {"arrayMap", 2, -1, "", "", "", nullptr, emitMap},
    {"arrayFilter", 2, -1, "", "", "", nullptr, emitFilter},
    {"arrayExists", 2, -1, "", "", "", nullptr, emitExists},
    {"arrayAll", 2, -1, "", "", "", nullptr, emitExists},
    {"arrayCount", 1, -1, "", "", "", nullptr, emitCount},
    {"arrayFirst", 2, -1, "", "", "", nullptr, emitFirst},
    {"arrayLast", 2, -1, "", "", "", nullptr, emitFirst},
    {"arrayFirstIndex", 2, -1, "", "", "", nullptr, emitFirstIndex},
    {"arrayLastIndex", 2, -1, "", "", "", nullptr, emitFirstIndex},
    {"arraySum", 1, -1, "", "", "", nullptr, emitFold},
    {"arrayAvg", 1, -1, "", "", "", nullptr, emitFold},
    {"arrayMin", 1, -1, "", "", "", nullptr, emitFold},
    {"arrayMax", 1, -1, "", "", "", nullptr, emitFold},
    {"arrayProduct", 1, -1, "", "", "", nullptr, emitFold},
    {"arraySort", 1, -1, "", "", "", nullptr, emitSort},
    {"arrayReverseSort", 1, -1, "", "", "", nullptr, emitSort},
    {"arrayFold", 3, 3, "", "", "", nullptr, emitReduce},
    {"arrayCumSum", 1, 1, "*", "", "", emitRunning},
    {"arrayDifference", 1, 1, "*", "", "", emitRunning},
    {"has", 2, 2, "*", "", "", emitHas},
    {"indexOf", 2, 2, "*", "", "", emitHas},
    {"countEqual", 2, 2, "*", "", "", emitHas},
    {"hasAny", 2, 2, "*", "", "", emitTogether},
    {"hasAll", 2, 2, "*", "", "", emitTogether},
    {"arrayIntersect", 1, -1, "*", "", "", emitTogether},
    {"arrayConcat", 1, -1, "*", "", "", emitTogether},
    {"arrayPushBack", 2, 2, "*", "", "", emitPush},
    {"arrayPushFront", 2, 2, "*", "", "", emitPush},
    {"arrayPopBack", 1, 1, "*", "list_slice({0}, 1, len({0}) - 1)", "$0"},
    {"arrayPopFront", 1, 1, "*", "list_slice({0}, 2, len({0}))", "$0"},
    {"arraySlice", 2, 3, "*", "", "", emitSlice},
    {"arrayElement", 2, 2, "*", "", "", emitElement},
    {"array", 0, -1, "*", "", "", emitArray},
    {"range", 1, 3, "*", "", "", emitRange},
    {"generateSeries", 2, 3, "*", "", "", emitRange},
    {"arrayEnumerate", 1, 1, "*", "", "", emitEnumerate},
    {"arrayZip", 1, -1, "*", "", "", emitZip},
    {"arrayStringConcat", 1, 2, "*", "", "", emitJoin},
    {"arrayFlatten", 1, 1, "*", "", "", emitFlatten},
    {"arrayDistinct", 1, 1, "*", "", "", emitDistinct},
    {"arrayUniq", 1, 1, "*", "len(list_distinct({0}))", "UInt64!"},
    {"arrayCompact", 1, 1, "*", "list_filter({0}, lambda x, i: i = 1 OR x IS DISTINCT FROM list_extract({0}, i - 1))", "$0"},
    {"arrayReverse", 1, 1, "*", "list_reverse({0})", "$0"},
    {"reverse", 1, 1, "*", "", "", [](Site &site) {
         if (site.arguments[0].type.is(Kind::Array))
             return valueOf("list_reverse(" + site.arguments[0].sql + ")", site.arguments[0].type);
         return valueOf("reverse(" + site.compilation.text(site.arguments[0]) + ")", Type::of(Kind::String, site.arguments[0].type.nullable));
     }},
    {"arrayWithConstant", 2, 2, "*", "", "", emitWithConstant},
    {"arrayResize", 2, 3, "*", "", "", emitResize},
    {"arrayReduce", 2, 2, "*", "", "", emitArrayReduce},
    {"dotProduct", 2, 2, "*", "list_dot_product({0}::DOUBLE[], {1}::DOUBLE[])", "Float64"},
    {"map", 0, -1, "*", "", "", [](Site &site) {
         std::vector<Fragment> keys;
         std::vector<Fragment> values;
         for (std::size_t i = 0; i + 1 < site.arguments.size(); i += 2) {
             keys.push_back(site.arguments[i]);
             values.push_back(site.arguments[i + 1]);
         }
         const Fragment keyList = site.compilation.array(std::move(keys), site.span);
         const Fragment valueList = site.compilation.array(std::move(values), site.span);
         return valueOf("map(" + keyList.sql + ", " + valueList.sql + ")", Type::map(keyList.type.element(), valueList.type.element()));
     }},
    {"mapKeys", 1, 1, "*", "", "", [](Site &site) {
         const Type &type = site.arguments[0].type;
         return valueOf("map_keys(" + site.arguments[0].sql + ")", Type::array(type.items.empty() ? Type {} : type.items[0]));
     }},
    {"mapValues", 1, 1, "*", "", "", [](Site &site) {
         const Type &type = site.arguments[0].type;
         return valueOf("map_values(" + site.arguments[0].sql + ")", Type::array(type.items.size() < 2 ? Type {} : type.items[1]));
     }},
    {"mapContains", 2, 2, "*", "map_contains({0}, {1})", "Bool"},
});

} // namespace

std::span<const Function> arrayFunctions() { return functions; }

} // namespace localproject

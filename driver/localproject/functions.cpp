#include "driver/localproject/functions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>

namespace localproject {
namespace {

std::span<const Function> (*const families[])() = {stringFunctions, urlFunctions, jsonFunctions, dateFunctions, arrayFunctions,
                                                   mathFunctions, conversionFunctions, logicFunctions, hogqlFunctions};

const std::unordered_map<std::string, const Function *> &functionTable()
{
    static const auto table = [] {
        std::unordered_map<std::string, const Function *> map;
        for (const auto family : families)
            for (const Function &function : family())
                map.emplace(toLower(function.name), &function);
        return map;
    }();
    return table;
}

constexpr auto windowFunctions = std::to_array<std::string_view>(
    {"row_number", "rank", "dense_rank", "ntile", "percent_rank", "cume_dist", "lag", "lead", "laginframe", "leadinframe", "nth_value"});

/// Names that people bring along from ClickHouse, and HogQL's for the same.
constexpr auto properNames = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"tofloat64", "toFloat"},
    {"tofloat32", "toFloat"},
    {"tofloat64orzero", "toFloatOrZero"},
    {"toint8", "toInt"},
    {"toint16", "toInt"},
    {"toint32", "toInt"},
    {"toint64", "toInt"},
    {"toint64orzero", "toIntOrZero"},
    {"touint8", "toInt"},
    {"touint16", "toInt"},
    {"touint32", "toInt"},
    {"touint64", "toInt"},
    {"todatetimeornull", "toDateTime"},
    {"todateornull", "toDate"},
    {"parsedatetimebesteffortornull", "parseDateTimeBestEffort"},
    {"array_length", "length"},
    {"strpos", "position"},
    {"substr", "substring"},
    {"char_length", "lengthUTF8"},
    {"regexp_replace", "replaceRegexpAll"},
    {"regexp_matches", "match"},
    {"nvl", "ifNull"},
    {"date_format", "formatDateTime"},
    {"datediff_big", "dateDiff"},
    {"approx_count_distinct", "uniq"},
    {"array_distinct", "arrayDistinct"},
});

} // namespace

std::string toLower(std::string_view text)
{
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

const Function *findFunction(std::string_view name)
{
    const auto found = functionTable().find(toLower(name));
    return found == functionTable().end() ? nullptr : found->second;
}

const Aggregate *findAggregate(std::string_view name)
{
    static const auto table = [] {
        std::unordered_map<std::string, const Aggregate *> map;
        for (const Aggregate &aggregate : aggregates())
            map.emplace(toLower(aggregate.name), &aggregate);
        return map;
    }();
    const auto found = table.find(toLower(name));
    return found == table.end() ? nullptr : found->second;
}

Combined combinedAggregate(std::string_view name)
{
    Combined combined;
    std::string rest = toLower(name);
    const auto strip = [&rest](std::string_view suffix) {
        if (rest.size() <= suffix.size() || !rest.ends_with(suffix))
            return false;
        rest.resize(rest.size() - suffix.size());
        return true;
    };
    if (findFunction(rest)) // nullIf ends in If and is no aggregate.
        return combined;
    while (!(combined.aggregate = findAggregate(rest))) {
        if (strip("ornull"))
            combined.orNull = true;
        else if (strip("ordefault"))
            combined.orDefault = true;
        else if (!combined.onlyIf && strip("if"))
            combined.onlyIf = true;
        else if (!combined.distinct && strip("distinct"))
            combined.distinct = true;
        else if (!combined.overArrays && !combined.forEach && strip("array"))
            combined.overArrays = true;
        else if (!combined.overArrays && !combined.forEach && strip("foreach"))
            combined.forEach = true;
        else if (!combined.state && !combined.merge && strip("state"))
            combined.state = true;
        else if (!combined.state && !combined.merge && strip("merge"))
            combined.merge = true;
        else
            return {};
    }
    return combined;
}

bool isWindowFunction(std::string_view name)
{
    return std::ranges::find(windowFunctions, toLower(name)) != windowFunctions.end();
}

std::vector<std::string> functionNames()
{
    std::vector<std::string> names;
    for (const auto family : families)
        for (const Function &function : family())
            names.emplace_back(function.name);
    for (const Aggregate &aggregate : aggregates())
        names.emplace_back(aggregate.name);
    for (const char *name : {"equals", "notEquals", "less", "lessOrEquals", "greater", "greaterOrEquals", "like", "notLike", "ilike", "notILike",
                             "match", "plus", "minus", "multiply", "divide", "modulo", "and", "or", "in", "notIn"})
        names.emplace_back(name);
    for (const std::string_view name : windowFunctions)
        names.emplace_back(name);
    return names;
}

std::string_view properName(std::string_view name)
{
    const auto found = std::ranges::find(properNames, toLower(name), [](const auto &pair) { return pair.first; });
    return found == properNames.end() ? std::string_view() : found->second;
}

} // namespace localproject

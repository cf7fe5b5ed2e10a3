#include "agent/workflow/experiments.h"
#include "agent/workflow/functions.h"
#include "agent/workflow/outliers.h"

#include <algorithm>
#include <array>

namespace workflow {

namespace {

std::vector<double> numbersOf(const Arguments &arguments, std::size_t index, const char *function)
{
    std::vector<double> numbers;
    for (const auto &item : listArgument(arguments, index, function)) {
        const auto number = asNumber(item);
        if (!number)
            throw Fault{std::string(function) + "() takes lists of numbers"};
        numbers.push_back(*number);
    }
    return numbers;
}

const Value &optionsArgument(const Arguments &arguments, std::size_t index, const char *function)
{
    if (index >= arguments.size() || !arguments[index].value.is_object())
        throw Fault{std::string(function) + "() takes options such as {at: 'hour'} as its argument " + std::to_string(index + 1)};
    return arguments[index].value;
}

Value chiSquare(const Arguments &arguments)
{
    const auto counts = numbersOf(arguments, 0, "chi_square");
    const auto shares = numbersOf(arguments, 1, "chi_square");
    if (counts.size() != shares.size())
        throw Fault{"chi_square() takes as many shares as counts"};
    const auto result = chiSquareFit(counts, shares);
    return {{"statistic", result.statistic}, {"degrees", result.degrees}, {"p", result.p}};
}

Value bayes(const Arguments &arguments)
{
    std::array<double, 4> numbers{};
    for (std::size_t i = 0; i < 4; ++i)
        numbers[i] = numberArgument(arguments, i, "bayes");
    const auto [x1, n1, x2, n2] = numbers;
    if (x1 < 0 || x2 < 0 || x1 > n1 || x2 > n2)
        throw Fault{"bayes() takes converted, n, converted, n with 0 <= converted <= n"};
    const auto result = compareBayes(x1, n1, x2, n2);
    Value out{{"chance", result.chance}, {"difference", result.difference}, {"low", result.interval.low}, {"high", result.interval.high},
              {"relative", result.relative}, {"relative_low", result.relativeInterval.low}, {"relative_high", result.relativeInterval.high},
              {"rate", nullptr}, {"rest_rate", nullptr}};
    if (n1 > 0)
        out["rate"] = x1 / n1;
    if (n2 > 0)
        out["rest_rate"] = x2 / n2;
    return out;
}

Value stratified(const Arguments &arguments)
{
    const auto &rows = listArgument(arguments, 0, "stratified");
    const auto &options = optionsArgument(arguments, 1, "stratified");
    const auto cell = [&](const Value &row, const char *name) {
        const auto column = options.value(name, std::string(name));
        return row.is_object() ? asNumber(row.value(column, Value())).value_or(0) : 0;
    };
    std::vector<Stratum> strata;
    Stratum all;
    for (const auto &row : rows) {
        strata.push_back({cell(row, "x1"), cell(row, "n1"), cell(row, "x2"), cell(row, "n2")});
        all.x1 += strata.back().x1;
        all.n1 += strata.back().n1;
        all.x2 += strata.back().x2;
        all.n2 += strata.back().n2;
    }
    const auto result = stratifiedDifference(strata);
    Value out{{"difference", result.difference}, {"low", result.interval.low}, {"high", result.interval.high}, {"z", result.z}, {"p", result.p},
              {"strata", result.strata}, {"crude", nullptr}};
    if (all.n1 > 0 && all.n2 > 0)
        out["crude"] = all.x1 / all.n1 - all.x2 / all.n2;
    return out;
}

/// Rows with whole positions from 0; positions without a row count as 0.
Value outliers(const Arguments &arguments)
{
    constexpr double longest = 20'000;
    const auto &rows = listArgument(arguments, 0, "outliers");
    const auto &options = optionsArgument(arguments, 1, "outliers");
    const auto number = [&](const char *name, double fallback) { return asNumber(options.value(name, Value())).value_or(fallback); };
    const double length = number("length", 0);
    if (length < 0 || length > longest)
        throw Fault{"outliers() takes a length of at most 20000"};
    std::vector<double> values(static_cast<std::size_t>(length), 0.0);
    for (const auto &row : rows) {
        const auto at = row.is_object() ? asNumber(row.value(options.value("at", std::string("at")), Value())) : std::nullopt;
        const auto value = row.is_object() ? asNumber(row.value(options.value("value", std::string("value")), Value())) : std::nullopt;
        if (at && value && *at >= 0 && *at < length)
            values[static_cast<std::size_t>(*at)] = *value;
    }
    Value found = Value::array();
    for (const auto &each : findOutliers(values, static_cast<std::size_t>(std::max(1.0, number("season", 1))), number("threshold", 3.5)))
        found.push_back({{"at", each.position}, {"value", each.value}, {"expected", each.expected}, {"least", each.least}, {"score", each.score}});
    return found;
}

} // namespace

void addExperimentFunctions(std::map<std::string, Function> &table)
{
    table["chi_square"] = {2, 2, chiSquare};
    table["bayes"] = {4, 4, bayes};
    table["stratified"] = {2, 2, stratified};
    table["outliers"] = {2, 2, outliers};
}

} // namespace workflow

#include "agent/workflow/functions.h"
#include "agent/workflow/statistics.h"

#include <algorithm>
#include <cmath>

namespace workflow {

namespace {

/// The options object of a function; what is left out has a default.
class Options
{
public:
    Options(const Arguments &arguments, std::size_t index, const char *function) : m_function(function)
    {
        if (index < arguments.size())
            m_options = arguments[index].value;
        if (!m_options.is_object())
            throw Fault{std::string(function) + "() takes options such as {n: 'entrants'} as its argument " + std::to_string(index + 1)};
    }
    std::string column(const char *name, const char *fallback) const { return m_options.value(name, std::string(fallback)); }
    /// A list of texts; empty when left out.
    std::vector<std::string> texts(const char *name) const
    {
        std::vector<std::string> found;
        if (const auto list = m_options.find(name); list != m_options.end() && list->is_array())
            for (const auto &item : *list)
                found.push_back(toText(item));
        return found;
    }
    double number(const char *name, double fallback) const
    {
        const auto found = m_options.find(name);
        if (found == m_options.end() || found->is_null())
            return fallback;
        const auto value = asNumber(*found);
        if (!value)
            throw Fault{std::string(m_function) + "(): " + name + " takes a number"};
        return *value;
    }

private:
    const char *m_function;
    Value m_options;
};

double cell(const Value &row, const std::string &column)
{
    return row.is_object() ? asNumber(row.value(column, Value())).value_or(0) : 0;
}

std::vector<double> adjust(const std::vector<double> &p, const std::string &correction)
{
    if (correction == "holm")
        return holm(p);
    if (correction == "benjamini_hochberg")
        return benjaminiHochberg(p);
    if (correction == "none")
        return p;
    throw Fault{"correction takes 'holm', 'benjamini_hochberg' or 'none'"};
}

Value intervalOf(const Interval &interval) { return {{"low", interval.low}, {"high", interval.high}}; }

/// Each segment against all others of its dimension.
Value compareSegments(const Arguments &arguments)
{
    const auto &rows = listArgument(arguments, 0, "compare_segments");
    const Options options(arguments, 1, "compare_segments");
    const auto dimension = options.column("dimension", "dimension");
    const auto value = options.column("value", "value");
    const auto n = options.column("n", "n");
    const auto converted = options.column("converted", "converted");
    const double minimum = options.number("minimum", 100);
    const double alpha = options.number("alpha", 0.05);
    const double gap = options.number("gap", 0.03);
    // Dimensions that are compared and shown, but whose people are not expected to behave alike: they name no cause.
    const auto context = options.texts("context");

    struct Total {
        double n = 0, converted = 0;
    };
    std::map<std::string, Total> totals;
    for (const auto &row : rows) {
        auto &total = totals[toText(row.value(dimension, Value()))];
        total.n += cell(row, n);
        total.converted += cell(row, converted);
    }

    Value segments = Value::array();
    std::vector<double> p;
    std::size_t small = 0;
    for (const auto &row : rows) {
        const auto name = toText(row.value(dimension, Value()));
        const auto &total = totals.at(name);
        const double size = cell(row, n);
        const double successes = cell(row, converted);
        const double restSize = total.n - size;
        const double restSuccesses = total.converted - successes;
        if (size < minimum || restSize < minimum) {
            small += restSize > 0 ? 1 : 0; // A dimension with one value has nothing to compare with.
            continue;
        }
        const auto comparison = compareProportions(successes, size, restSuccesses, restSize);
        const auto interval = wilson(successes, size);
        const double restRate = restSuccesses / restSize;
        Value segment = row;
        segment.update({{"dimension", name}, {"value", toText(row.value(value, Value()))}, {"label", name + ": " + toText(row.value(value, Value()))},
                        {"n", size}, {"converted", successes}, {"rate", successes / size}, {"low", interval.low}, {"high", interval.high},
                        {"rest_n", restSize}, {"rest_converted", restSuccesses}, {"rest_rate", restRate}, {"gap", comparison.difference},
                        {"gap_low", comparison.interval.low}, {"gap_high", comparison.interval.high}, {"z", comparison.z}, {"p", comparison.p},
                        {"missing", std::max(0.0, std::round(size * restRate - successes))}});
        segments.push_back(std::move(segment));
        p.push_back(comparison.p);
    }
    const auto adjusted = adjust(p, options.column("correction", "holm"));
    Value worst = nullptr;
    Value better = nullptr;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        auto &segment = segments[i];
        segment["p_adjusted"] = adjusted[i];
        const double difference = segment["gap"].get<double>();
        const bool significant = adjusted[i] < alpha && std::abs(difference) >= gap;
        segment["significant"] = significant;
        segment["worse"] = significant && difference < 0;
        segment["stands_out"] = false;
        if (std::find(context.begin(), context.end(), segment["dimension"].get<std::string>()) != context.end())
            continue;
        const double z = segment["z"].get<double>();
        if (significant && difference < 0 && (worst.is_null() || z < worst["z"].get<double>()))
            worst = segment;
        if (significant && difference > 0 && (better.is_null() || z > better["z"].get<double>()))
            better = segment;
    }
    // Other names of the same people: a dimension whose segment has the very same counts.
    Value same = Value::array();
    for (auto &segment : segments) {
        const bool isSame = !worst.is_null() && segment["n"] == worst["n"] && segment["converted"] == worst["converted"];
        if (!isSame)
            continue;
        if (segment["label"] != worst["label"])
            same.push_back(segment["label"]);
        else
            segment["stands_out"] = true;
    }
    if (!worst.is_null())
        worst["stands_out"] = true;
    const auto compared = segments.size();
    return {{"segments", std::move(segments)}, {"worst", worst}, {"best", better}, {"same", same},
            {"compared", compared}, {"small", small}, {"minimum", minimum}};
}

/// Each trait (an event done, a property held) against not having it.
Value oddsRatios(const Arguments &arguments)
{
    const auto &rows = listArgument(arguments, 0, "odds_ratio");
    const Options options(arguments, 1, "odds_ratio");
    const auto with = options.column("with", "with_total");
    const auto withConverted = options.column("with_converted", "with_converted");
    const double total = options.number("total", 0);
    const double totalConverted = options.number("total_converted", 0);
    const double minimum = options.number("minimum", 30);
    const double alpha = options.number("alpha", 0.05);

    Value traits = Value::array();
    std::vector<double> p;
    std::size_t small = 0;
    for (const auto &row : rows) {
        const double size = cell(row, with);
        const double successes = std::min(cell(row, withConverted), size);
        const double restSize = total - size;
        const double restSuccesses = totalConverted - successes;
        if (size < minimum || restSize < minimum || restSuccesses < 0 || restSuccesses > restSize) {
            ++small;
            continue;
        }
        const auto odds = oddsRatio(successes, size - successes, restSuccesses, restSize - restSuccesses);
        Value trait = row;
        trait.update({{"n", size}, {"converted", successes}, {"rate", successes / size}, {"rest_n", restSize}, {"rest_rate", restSuccesses / restSize},
                      {"odds_ratio", odds.ratio}, {"odds_low", odds.interval.low}, {"odds_high", odds.interval.high}, {"p", odds.p}});
        traits.push_back(std::move(trait));
        p.push_back(odds.p);
    }
    const auto adjusted = adjust(p, options.column("correction", "holm"));
    Value failure = Value::array();
    Value success = Value::array();
    for (std::size_t i = 0; i < traits.size(); ++i) {
        traits[i]["p_adjusted"] = adjusted[i];
        const bool significant = adjusted[i] < alpha;
        traits[i]["significant"] = significant;
        if (significant)
            (traits[i]["odds_ratio"].get<double>() < 1 ? failure : success).push_back(traits[i]);
    }
    const auto byP = [](const Value &a, const Value &b) { return a["p"].get<double>() < b["p"].get<double>(); };
    std::stable_sort(failure.begin(), failure.end(), byP);
    std::stable_sort(success.begin(), success.end(), byP);
    const auto compared = traits.size();
    return {{"traits", std::move(traits)}, {"failure", failure}, {"success", success}, {"compared", compared}, {"small", small}};
}

std::vector<double> numbersOf(const Value &list)
{
    std::vector<double> numbers;
    for (const auto &item : list)
        if (const auto number = asNumber(item))
            numbers.push_back(*number);
    return numbers;
}

} // namespace

void addStatisticsFunctions(std::map<std::string, Function> &table)
{
    table["compare_segments"] = {2, 2, compareSegments};
    table["odds_ratio"] = {2, 2, oddsRatios};
    table["wilson"] = {2, 2, [](const Arguments &a) { return intervalOf(wilson(numberArgument(a, 0, "wilson"), numberArgument(a, 1, "wilson"))); }};
    table["compare_two"] = {4, 4, [](const Arguments &a) -> Value {
        const double x1 = numberArgument(a, 0, "compare_two");
        const double n1 = numberArgument(a, 1, "compare_two");
        const double x2 = numberArgument(a, 2, "compare_two");
        const double n2 = numberArgument(a, 3, "compare_two");
        const auto result = compareProportions(x1, n1, x2, n2);
        Value out{{"gap", result.difference}, {"z", result.z}, {"p", result.p}, {"low", result.interval.low}, {"high", result.interval.high},
                  {"rate", nullptr}, {"rest_rate", nullptr}};
        if (n1 > 0)
            out["rate"] = x1 / n1;
        if (n2 > 0)
            out["rest_rate"] = x2 / n2;
        return out;
    }};
    table["quantile"] = {2, 2, [](const Arguments &a) -> Value {
        const auto value = quantile(numbersOf(listArgument(a, 0, "quantile")), numberArgument(a, 1, "quantile"));
        return value ? Value(*value) : Value(nullptr);
    }};
    table["histogram"] = {1, 2, [](const Arguments &a) -> Value {
        const double most = a.size() > 1 ? numberArgument(a, 1, "histogram") : 30;
        Value bins = Value::array();
        for (const auto &bin : histogram(numbersOf(listArgument(a, 0, "histogram")), static_cast<std::size_t>(std::clamp(most, 1.0, 200.0))))
            bins.push_back({{"low", bin.low}, {"high", bin.high}, {"count", bin.count}});
        return bins;
    }};
    /// Steps in order with how many reached each -> the losses between them; `lost` is of the step before.
    table["largest_loss"] = {2, 2, [](const Arguments &a) -> Value {
        const auto &rows = listArgument(a, 0, "largest_loss");
        const auto column = toText(a[1].value);
        Value worst = nullptr;
        for (std::size_t i = 1; i < rows.size(); ++i) {
            const double before = cell(rows[i - 1], column);
            const double after = cell(rows[i], column);
            if (worst.is_null() || before - after > worst["lost"].get<double>())
                worst = {{"index", i}, {"lost", before - after}, {"entrants", before}, {"converted", after}, {"rate", before > 0 ? Value(after / before) : Value()}};
        }
        return worst;
    }};
}

} // namespace workflow

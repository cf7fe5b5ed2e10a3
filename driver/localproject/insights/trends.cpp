#include "driver/localproject/insights/trends.h"

#include "driver/localproject/insights/formula.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace localproject::insights {

namespace {

constexpr const char *otherLabel = "Other (i.e. all remaining values)";
constexpr const char *nullLabel = "None (i.e. no value)";

void readFormulas(Node &filter, Trends &trends)
{
    const auto add = [&](std::string formula, ph::Json name, const std::string &path) {
        if (const auto parsed = Formula::parse(formula, trends.series.size()); !parsed)
            refuse("invalid_input", parsed.error(), path);
        trends.formulas.push_back({std::move(formula), std::move(name)});
    };
    for (Node &node : filter.nodes("formulaNodes")) {
        std::string formula = node.requiredText("formula");
        ph::Json name = node.raw("custom_name");
        node.finish();
        add(std::move(formula), std::move(name), node.pathOf("formula"));
    }
    const auto several = filter.texts("formulas");
    const auto one = filter.text("formula");
    if (!trends.formulas.empty()) // The newest form wins, as in PostHog.
        return;
    for (const std::string &formula : several.value_or(std::vector<std::string>{}))
        if (!formula.empty())
            add(formula, nullptr, filter.pathOf("formulas"));
    if (trends.formulas.empty() && one && !one->empty())
        add(*one, nullptr, filter.pathOf("formula"));
}

void readFilter(Node &filter, Trends &trends)
{
    filter.ignore({"aggregationAxisFormat", "aggregationAxisPrefix", "aggregationAxisPostfix", "decimalPlaces", "minDecimalPlaces",
                   "showValuesOnSeries", "showLabelsOnSeries", "showPercentStackView", "showLegend", "hidden_legend_indexes", "hiddenLegendIndexes",
                   "showAlertThresholdLines", "yAxisScaleType", "showMultipleYAxes", "goalLines", "resultCustomizations",
                   "resultCustomizationBy", "showConfidenceIntervals", "confidenceLevel", "showTrendLines", "showMovingAverage",
                   "movingAverageIntervals", "detailedResultsAggregationType", "breakdown_histogram_bin_count"});
    trends.display = filter.choice("display",
                                   {"Auto", "ActionsLineGraph", "ActionsBar", "ActionsUnstackedBar", "ActionsStackedBar", "ActionsAreaGraph",
                                    "ActionsLineGraphCumulative", "BoldNumber", "ActionsPie", "ActionsBarValue", "ActionsTable", "WorldMap"},
                                   "ActionsLineGraph");
    trends.smoothing = static_cast<int>(filter.integer("smoothingIntervals", 1, 1000).value_or(1));
    readFormulas(filter, trends);
    filter.finish();
}

/// One line of the answer before it is written: a value of the breakdown with its numbers.
struct Line {
    ph::Json value; // null without a breakdown
    std::vector<ph::Json> data;
    ph::Json total = 0;

    double sum() const
    {
        return std::accumulate(data.begin(), data.end(), 0.0, [](double a, const ph::Json &b) { return a + realOf(b); });
    }
};

struct Block {
    TrendsPart part;
    std::vector<Line> lines;
};

int rankOf(const ph::Json &value)
{
    const ph::Json &first = value.is_array() ? value[0] : value;
    return first == breakdownOther ? 2 : first == breakdownNull ? 1 : 0;
}

void smooth(std::vector<ph::Json> &data, int intervals)
{
    if (intervals < 2)
        return;
    const std::vector<ph::Json> raw = data;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const std::size_t first = i + 1 < static_cast<std::size_t>(intervals) ? 0 : i + 1 - static_cast<std::size_t>(intervals);
        double sum = 0;
        for (std::size_t k = first; k <= i; ++k)
            sum += realOf(raw[k]);
        data[i] = std::floor(sum / static_cast<double>(i - first + 1));
    }
}

std::vector<Line> linesOf(const Trends &trends, const TrendsPart &part, Engine &engine)
{
    const auto shown = shownValues(trends, part, engine);
    const Rows rows = engine.run(trendsRows(trends, part, shown, engine.calendar()), trends.series[part.series].path + ".math_hogql");
    const DateRange &range = part.previous ? trends.previous : trends.range;
    const std::vector<Wall> buckets = trends.isTotalValue() ? std::vector<Wall>{} : range.buckets(engine.calendar());
    std::map<Wall, std::size_t> place;
    for (std::size_t i = 0; i < buckets.size(); ++i)
        place[buckets[i]] = i;
    const std::size_t breakdowns = trends.breakdown.values.size();
    std::map<ph::Json, Line> byValue;
    if (breakdowns == 0)
        byValue[nullptr].data.assign(buckets.size(), 0);
    for (const auto &row : rows.rows) {
        ph::Json value;
        if (breakdowns > 0 && trends.breakdown.isList)
            value = ph::Json(std::vector<ph::Json>(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(breakdowns)));
        else if (breakdowns > 0)
            value = row[0];
        Line &line = byValue[value];
        line.value = value;
        line.data.resize(buckets.size(), 0);
        if (trends.isTotalValue()) {
            line.total = numberOf(row.back());
            continue;
        }
        const auto bucket = bucketIn(row[breakdowns], range.interval, engine.calendar());
        if (const auto found = bucket ? place.find(*bucket) : place.end(); found != place.end())
            line.data[found->second] = numberOf(row.back());
    }
    std::vector<Line> lines;
    for (auto &[value, line] : byValue) {
        smooth(line.data, trends.smoothing);
        lines.push_back(std::move(line));
    }
    const auto weight = [&](const Line &line) { return trends.isTotalValue() ? realOf(line.total) : line.sum(); };
    std::ranges::stable_sort(lines, [&](const Line &a, const Line &b) {
        return std::pair(rankOf(a.value), -weight(a)) < std::pair(rankOf(b.value), -weight(b));
    });
    return lines;
}

std::string labelOf(const ph::Json &value)
{
    if (value.is_array()) {
        std::string all;
        for (const ph::Json &one : value)
            all += (all.empty() ? "" : "::") + labelOf(one);
        return all;
    }
    return value == breakdownOther ? otherLabel : value == breakdownNull ? nullLabel : value.get<std::string>();
}

ph::Json resultOf(const Trends &trends, const Block &block, Line line, Engine &engine)
{
    const Entity &entity = trends.series[block.part.series];
    const DateRange &range = block.part.previous ? trends.previous : trends.range;
    ph::Json action = entity.actionJson(block.part.series);
    ph::Json days = ph::Json::array();
    ph::Json labels = ph::Json::array();
    for (const Wall bucket : range.buckets(engine.calendar())) {
        days.push_back(dayText(bucket, range.interval));
        labels.push_back(labelText(bucket, range.interval));
    }
    action["days"] = ph::Json::array();
    for (const Wall bucket : trends.range.buckets(engine.calendar()))
        action["days"].push_back(clockText(bucket).replace(10, 1, "T").substr(0, 19) + "Z");
    std::string label = entity.name;
    if (block.part.cohort) {
        const std::string cohort = *block.part.cohort == 0 ? "all users" : engine.cohortName(*block.part.cohort, "");
        label = trends.series.size() > 1 ? label + " - " + cohort : cohort;
        line.value = *block.part.cohort == 0 ? ph::Json("all") : ph::Json(*block.part.cohort);
    } else if (!line.value.is_null()) {
        label = trends.series.size() > 1 ? label + " - " + labelOf(line.value) : labelOf(line.value);
    }
    ph::Json result{{"action", std::move(action)}, {"label", label}, {"filter", trends.filter}};
    if (trends.isTotalValue()) {
        result["data"] = ph::Json::array();
        result["days"] = ph::Json::array();
        result["count"] = 0;
        result["aggregated_value"] = line.total;
    } else {
        double count = line.sum();
        if (trends.isCumulative()) {
            for (std::size_t i = 1; i < line.data.size(); ++i)
                line.data[i] = line.data[i].is_number_integer() && line.data[i - 1].is_number_integer()
                    ? ph::Json(line.data[i].get<std::int64_t>() + line.data[i - 1].get<std::int64_t>())
                    : ph::Json(realOf(line.data[i]) + realOf(line.data[i - 1]));
            count = line.data.empty() ? 0 : realOf(line.data.back());
        }
        result["data"] = line.data;
        result["days"] = std::move(days);
        result["labels"] = std::move(labels);
        result["count"] = count;
    }
    if (trends.compare) {
        result["compare"] = true;
        result["compare_label"] = block.part.previous ? "previous" : "current";
    }
    if (!line.value.is_null())
        result["breakdown_value"] = line.value;
    return result;
}

/// One formula over the results of a period: once for each value of the breakdown that a series has.
void applyFormula(const Trends &trends, const Trends::FormulaNode &node, const std::vector<std::vector<ph::Json>> &series, ph::Json &results)
{
    const auto formula = Formula::parse(node.formula, trends.series.size());
    std::vector<ph::Json> values; // in the order of the first series that has them
    for (const auto &list : series)
        for (const ph::Json &result : list) {
            const ph::Json value = result.value("breakdown_value", ph::Json());
            if (std::ranges::find(values, value) == values.end())
                values.push_back(value);
        }
    for (const ph::Json &value : values) {
        std::vector<const ph::Json *> matching(series.size(), nullptr);
        const ph::Json *base = nullptr;
        for (std::size_t i = 0; i < series.size(); ++i)
            for (const ph::Json &result : series[i])
                if (result.value("breakdown_value", ph::Json()) == value) {
                    matching[i] = &result;
                    base = base ? base : &result;
                }
        const auto evaluate = [&](const auto &numberIn) {
            std::map<char, double> numbers;
            for (std::size_t i = 0; i < matching.size(); ++i)
                numbers[static_cast<char>('A' + i)] = matching[i] ? realOf(numberIn(*matching[i])) : 0;
            return (*formula)(numbers);
        };
        ph::Json result = *base;
        result["action"] = nullptr;
        result["label"] = node.customName.is_string() ? node.customName.get<std::string>() : "Formula (" + node.formula + ")";
        if (trends.isTotalValue()) {
            result["aggregated_value"] = evaluate([](const ph::Json &r) { return r["aggregated_value"]; });
        } else {
            double sum = 0;
            for (std::size_t day = 0; day < result["data"].size(); ++day) {
                const double number = evaluate([&](const ph::Json &r) { return r["data"][day]; });
                result["data"][day] = number;
                sum += number;
            }
            result["count"] = sum;
        }
        results.push_back(std::move(result));
    }
}

} // namespace

bool Trends::isTotalValue() const
{
    return display == "BoldNumber" || display == "ActionsPie" || display == "ActionsBarValue" || display == "ActionsTable" || display == "WorldMap";
}

std::optional<std::int64_t> Trends::groupOf(std::size_t number) const
{
    const Entity &entity = series[number];
    if (entity.math != "unique_group")
        return group;
    return entity.mathGroup.is_number_integer() ? entity.mathGroup.get<std::int64_t>() : 0;
}

Trends readTrends(Node node, Engine &engine)
{
    ignoreCommon(node);
    node.ignore({"conversionGoal"});
    Trends trends;
    for (const Node &series : node.nodes("series"))
        trends.series.push_back(readEntity(series, engine));
    if (trends.series.empty())
        refuse("required", "A trend needs a series.", node.pathOf("series"));
    if (trends.series.size() > 26)
        refuse("invalid_input", "There may be 26 series at most.", node.pathOf("series"));
    if (auto filter = node.node("trendsFilter"))
        readFilter(*filter, trends);
    trends.breakdown = readBreakdown(node, engine);
    const Interval interval = readInterval(node);
    trends.range
        = readDateRange(node, trends.isTotalValue() ? Interval::Day : interval, engine.calendar(), [&] { return engine.earliest(); });
    if (trends.range.wholeIntervals && !trends.isTotalValue())
        trends.range.from = trends.range.firstBucket(engine.calendar());
    if (const auto previous = readCompare(node, trends.range)) {
        trends.compare = true;
        trends.previous = *previous;
    }
    trends.conditions = insightConditions(node, engine);
    trends.group = node.integer("aggregation_group_type_index", 0, 4);
    trends.sampling = node.number("samplingFactor");
    if (trends.sampling && (*trends.sampling <= 0 || *trends.sampling > 1))
        node.refuseField("samplingFactor", "This must be above 0 and at most 1.");
    node.finish();
    trends.filter = {{"insight", "TRENDS"}, {"interval", nameOf(trends.range.interval)}, {"display", trends.display}};
    return trends;
}

ph::Json answerTrends(const Trends &trends, Engine &engine)
{
    std::vector<std::optional<std::int64_t>> cohorts{std::nullopt};
    if (trends.breakdown.isCohort())
        cohorts.assign(trends.breakdown.cohorts.begin(), trends.breakdown.cohorts.end());
    ph::Json results = ph::Json::array();
    std::vector<std::vector<std::vector<ph::Json>>> periods; // period, series, results
    bool hasOther = false;
    for (const bool previous : {false, true}) {
        if (previous && !trends.compare)
            break;
        auto &period = periods.emplace_back(trends.series.size());
        for (const auto &cohort : cohorts)
            for (std::size_t i = 0; i < trends.series.size(); ++i) {
                const Block block{{i, previous, cohort}, linesOf(trends, {i, previous, cohort}, engine)};
                for (const Line &line : block.lines) {
                    const bool isOther = rankOf(line.value) == 2;
                    hasOther = hasOther || isOther;
                    if (!isOther || !trends.breakdown.hideOther)
                        period[i].push_back(resultOf(trends, block, line, engine));
                }
            }
    }
    for (const Trends::FormulaNode &formula : trends.formulas)
        for (const auto &period : periods)
            applyFormula(trends, formula, period, results);
    if (trends.formulas.empty())
        for (const auto &period : periods)
            for (const auto &series : period)
                for (const ph::Json &result : series)
                    results.push_back(result);
    return {{"results", std::move(results)},
            {"hogql", engine.hogql()},
            {"hasMore", hasOther},
            {"resolved_date_range",
             {{"date_from", clockText(trends.range.from).replace(10, 1, "T")}, {"date_to", clockText(trends.range.end - 1).replace(10, 1, "T")}}}};
}

} // namespace localproject::insights

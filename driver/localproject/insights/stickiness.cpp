#include "driver/localproject/insights/stickiness.h"

#include <map>

namespace localproject::insights {

namespace {

using hogql::BinaryOp;

BinaryOp comparisonOf(const std::string &name)
{
    return name == "lte" ? BinaryOp::LessOrEqual : name == "exact" ? BinaryOp::Equal : BinaryOp::GreaterOrEqual;
}

/// actor_id, intervals: in how many of them each person was active.
SelectPtr activity(const Stickiness &stickiness, std::size_t series, bool previous)
{
    const DateRange &range = previous ? stickiness.previous : stickiness.range;
    Holes holes;
    std::vector<ExprPtr> where{between({"timestamp"}, range.from, range.end), stickiness.series[series].condition()};
    where.insert(where.end(), stickiness.conditions.begin(), stickiness.conditions.end());
    holes.expressions["where"] = allOf(where);
    holes.expressions["bucket"] = bucketOf(field({"timestamp"}), range);
    holes.expressions["enough"] = binary(comparisonOf(stickiness.criterion), expression("count()"), constant(stickiness.least));
    std::string from = "events";
    if (stickiness.sampling) {
        from += " SAMPLE {sampling}";
        holes.expressions["sampling"] = constant(*stickiness.sampling);
    }
    return statement("SELECT actor_id, count() AS intervals FROM (SELECT person_id AS actor_id, {bucket} AS bucket FROM " + from
                         + " WHERE {where} GROUP BY actor_id, bucket HAVING {enough}) GROUP BY actor_id",
                     holes);
}

ph::Json resultOf(const Stickiness &stickiness, std::size_t series, bool previous, Engine &engine)
{
    const Entity &entity = stickiness.series[series];
    const DateRange &range = previous ? stickiness.previous : stickiness.range;
    const Rows rows = engine.run(statement("SELECT intervals, count() AS actors FROM {activity} GROUP BY intervals",
                                           {{}, {{"activity", activity(stickiness, series, previous)}}}));
    std::map<std::int64_t, std::int64_t> counts;
    for (const auto &row : rows.rows)
        counts[row[0].get<std::int64_t>()] = row[1].get<std::int64_t>();
    ph::Json result{{"action", entity.actionJson(series)}, {"label", entity.name}, {"data", ph::Json::array()}, {"days", ph::Json::array()},
                    {"labels", ph::Json::array()}};
    std::int64_t sum = 0;
    const auto last = static_cast<std::int64_t>(range.buckets(engine.calendar()).size());
    for (std::int64_t i = 1; i <= last; ++i) {
        std::int64_t actors = 0;
        for (const auto &[intervals, count] : counts)
            actors += (stickiness.cumulative ? intervals >= i : intervals == i) ? count : 0;
        sum += actors;
        result["data"].push_back(actors);
        result["days"].push_back(i);
        result["labels"].push_back(std::to_string(i) + " " + std::string(nameOf(range.interval)) + (i == 1 ? "" : "s"));
    }
    result["count"] = sum;
    if (stickiness.compare) {
        result["compare"] = true;
        result["compare_label"] = previous ? "previous" : "current";
    }
    return result;
}

} // namespace

Stickiness readStickiness(Node node, Engine &engine)
{
    ignoreCommon(node);
    Stickiness stickiness;
    for (const Node &series : node.nodes("series"))
        stickiness.series.push_back(readEntity(series, engine));
    if (stickiness.series.empty())
        refuse("required", "Stickiness needs a series.", node.pathOf("series"));
    if (auto filter = node.node("stickinessFilter")) {
        filter->ignore({"display", "showValuesOnSeries", "showLegend", "showMultipleYAxes", "hiddenLegendIndexes", "resultCustomizations",
                        "resultCustomizationBy"});
        stickiness.cumulative = filter->choice("computedAs", {"non_cumulative", "cumulative"}, "non_cumulative") == "cumulative";
        if (auto criterion = filter->node("stickinessCriteria")) {
            stickiness.criterion = criterion->choice("operator", {"gte", "lte", "exact"}, "gte");
            stickiness.least = criterion->integer("value", 1, 1'000'000'000).value_or(1);
            criterion->finish();
        }
        filter->finish();
    }
    const Interval interval = readInterval(node);
    if (const auto count = node.integer("intervalCount", 1, 1000); count && *count != 1)
        node.refuseField("intervalCount", "Groups of intervals are not supported by the local project yet.");
    stickiness.range = readDateRange(node, interval, engine.calendar(), [&] { return engine.earliest(); });
    if (stickiness.range.wholeIntervals)
        stickiness.range.from = stickiness.range.firstBucket(engine.calendar());
    if (const auto previous = readCompare(node, stickiness.range)) {
        stickiness.compare = true;
        stickiness.previous = *previous;
    }
    stickiness.conditions = insightConditions(node, engine);
    stickiness.sampling = node.number("samplingFactor");
    if (stickiness.sampling && (*stickiness.sampling <= 0 || *stickiness.sampling > 1))
        node.refuseField("samplingFactor", "This must be above 0 and at most 1.");
    node.finish();
    return stickiness;
}

ph::Json answerStickiness(const Stickiness &stickiness, Engine &engine)
{
    ph::Json results = ph::Json::array();
    for (const bool previous : {false, true})
        for (std::size_t i = 0; i < stickiness.series.size() && (!previous || stickiness.compare); ++i)
            results.push_back(resultOf(stickiness, i, previous, engine));
    return {{"results", std::move(results)}, {"hogql", engine.hogql()}};
}

SelectPtr stickinessActors(const Stickiness &stickiness, std::size_t series, bool previous, const std::optional<std::int64_t> &intervals,
                           const std::string &comparison)
{
    ExprPtr where = constant(true);
    if (intervals && comparison.empty())
        where = binary(stickiness.cumulative ? BinaryOp::GreaterOrEqual : BinaryOp::Equal, field({"intervals"}), constant(*intervals));
    else if (intervals)
        where = binary(comparisonOf(comparison), field({"intervals"}), constant(*intervals));
    return statement("SELECT actor_id, intervals AS event_count FROM {activity} WHERE {where}",
                     {{{"where", where}}, {{"activity", activity(stickiness, series, previous)}}});
}

} // namespace localproject::insights

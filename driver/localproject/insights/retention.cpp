#include "driver/localproject/insights/retention.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace localproject::insights {

namespace {

using hogql::BinaryOp;

void readFilter(Node &filter, const Engine &engine, Retention &retention)
{
    filter.ignore({"retentionReference", "meanRetentionCalculation", "showMean", "display", "dashboardDisplay", "showTrendLines", "timeWindowMode",
                   "selectedInterval", "goalLines"});
    retention.type = filter.choice("retentionType", {"retention_first_time", "retention_recurring", "retention_first_ever_occurrence"},
                                   "retention_first_time");
    retention.period = filter.choice("period", {"Hour", "Day", "Week", "Month"}, "Day");
    retention.lookAhead = static_cast<int>(filter.integer("totalIntervals", 1, 200).value_or(7));
    retention.cumulative = filter.flag("cumulative");
    retention.minimumOccurrences = static_cast<int>(filter.integer("minimumOccurrences", 1, 1'000'000).value_or(1));
    const ph::Json pageview{{"id", "$pageview"}, {"type", "events"}};
    const auto entity = [&](const char *key) {
        const auto node = filter.node(key);
        return node ? readRetentionEntity(*node, engine) : readRetentionEntity(Node(pageview, filter.pathOf(key)), engine);
    };
    retention.target = entity("targetEntity");
    retention.returning = entity("returningEntity");
    filter.finish();
}

Interval intervalOf(const std::string &period)
{
    return period == "Hour" ? Interval::Hour : period == "Week" ? Interval::Week : period == "Month" ? Interval::Month : Interval::Day;
}

/// What the statements about one cohort of the breakdown have in common.
struct Pieces {
    Holes holes;
    std::string value; // ", value" with a breakdown
    std::string from = "events";
};

Pieces piecesOf(const Retention &retention, const std::optional<ph::Json> &shown)
{
    Pieces pieces;
    auto &holes = pieces.holes.expressions;
    holes["actor"] = retention.actor;
    holes["bucket"] = call("toDateTime", {bucketOf(field({"timestamp"}), retention.range)});
    if (!retention.breakdown.values.empty()) {
        const ExprPtr value = call("ifNull", {retention.breakdown.values[0], constant("")});
        holes["value"] = shown ? call("if", {binary(BinaryOp::In, value, constant(*shown)), value, constant(breakdownOther)}) : value;
        pieces.value = ", value";
    }
    if (retention.sampling) {
        pieces.from += " SAMPLE {sampling}";
        holes["sampling"] = constant(*retention.sampling);
    }
    return pieces;
}

ExprPtr conditionOf(const Retention &retention, std::optional<std::int64_t> cohort, Wall from, const ExprPtr &entity, bool filtered = true)
{
    std::vector<ExprPtr> list{between({"timestamp"}, from, retention.range.end), entity};
    if (filtered)
        list.insert(list.end(), retention.conditions.begin(), retention.conditions.end());
    if (cohort)
        list.push_back(inCohort(*cohort));
    if (!retention.actorIsPerson)
        list.push_back(binary(BinaryOp::NotEqual, retention.actor, constant("")));
    return allOf(list);
}

/// actor_id, start[, value]: the row that each actor is in, by recurring retention perhaps several.
SelectPtr starts(const Retention &retention, std::optional<std::int64_t> cohort, const std::optional<ph::Json> &shown)
{
    Pieces pieces = piecesOf(retention, shown);
    auto &holes = pieces.holes.expressions;
    const std::string value = pieces.value.empty() ? "" : ", {value} AS value";
    if (retention.type == "retention_recurring") {
        holes["where"] = conditionOf(retention, cohort, retention.range.from, retention.target.condition());
        return statement("SELECT {actor} AS actor_id, {bucket} AS start" + value + " FROM " + pieces.from
                             + " WHERE {where} GROUP BY actor_id, start" + pieces.value,
                         pieces.holes);
    }
    const bool ever = retention.type == "retention_first_ever_occurrence";
    holes["where"] = conditionOf(retention, cohort, 0, ever ? retention.target.named : retention.target.condition(), !ever);
    std::vector<ExprPtr> filtered{retention.target.filtered};
    filtered.insert(filtered.end(), retention.conditions.begin(), retention.conditions.end());
    holes["filtered"] = ever ? allOf(filtered) : constant(true);
    holes["from"] = clockConstant(retention.range.from);
    holes["bucket"] = call("toDateTime", {bucketOf(field({"first"}), retention.range)});
    return statement("SELECT actor_id, {bucket} AS start" + pieces.value + " FROM (SELECT {actor} AS actor_id" + value
                         + ", min(timestamp) AS first, minIf(timestamp, {filtered}) AS first_filtered FROM " + pieces.from
                         + " WHERE {where} GROUP BY actor_id" + pieces.value + ") WHERE first >= {from} AND first = first_filtered",
                     pieces.holes);
}

/// actor_id, returned[, value]: the intervals in which each actor came back often enough.
SelectPtr returns(const Retention &retention, std::optional<std::int64_t> cohort, const std::optional<ph::Json> &shown)
{
    Pieces pieces = piecesOf(retention, shown);
    pieces.holes.expressions["where"] = conditionOf(retention, cohort, retention.range.from, retention.returning.condition());
    pieces.holes.expressions["least"] = constant(retention.minimumOccurrences);
    return statement("SELECT {actor} AS actor_id, {bucket} AS returned" + std::string(pieces.value.empty() ? "" : ", {value} AS value") + " FROM "
                         + pieces.from + " WHERE {where} GROUP BY actor_id, returned" + pieces.value + " HAVING count() >= {least}",
                     pieces.holes);
}

/// Who came back when: actor_id, start, returned[, value]. Cumulative: the last time only.
SelectPtr pairs(const Retention &retention, std::optional<std::int64_t> cohort, const std::optional<ph::Json> &shown)
{
    const bool valued = !retention.breakdown.values.empty();
    const std::string value = valued ? ", s.value AS value" : "";
    const Holes holes{{}, {{"starts", starts(retention, cohort, shown)}, {"returns", returns(retention, cohort, shown)}}};
    return statement("SELECT s.actor_id AS actor_id, s.start AS start, " + std::string(retention.cumulative ? "max(r.returned)" : "r.returned")
                         + " AS returned" + value + " FROM {starts} AS s INNER JOIN {returns} AS r ON s.actor_id = r.actor_id"
                         + (valued ? " AND s.value = r.value" : "") + " WHERE r.returned > s.start"
                         + (retention.cumulative ? " GROUP BY actor_id, start" + std::string(valued ? ", value" : "") : ""),
                     holes);
}

std::optional<ph::Json> shownValues(const Retention &retention, Engine &engine)
{
    if (retention.breakdown.values.empty())
        return std::nullopt;
    const int limit = retention.breakdown.limit;
    const Rows rows = engine.run(statement("SELECT value, count() AS actors FROM {starts} GROUP BY value ORDER BY actors DESC, value LIMIT {limit}",
                                           {{{"limit", constant(limit + 1)}}, {{"starts", starts(retention, std::nullopt, std::nullopt)}}}));
    if (rows.rows.size() <= static_cast<std::size_t>(limit))
        return std::nullopt;
    ph::Json shown = ph::Json::array();
    for (int i = 0; i < limit; ++i)
        shown.push_back(rows.rows[static_cast<std::size_t>(i)][0]);
    return shown;
}

constexpr const char *clockFormat = "'%Y-%m-%d %H:%i:%S'";

/// Counts by value, row and interval after it.
using Grid = std::map<ph::Json, std::map<std::pair<std::size_t, std::size_t>, std::int64_t>>;

Grid gridOf(const Retention &retention, Engine &engine, std::optional<std::int64_t> cohort, const std::optional<ph::Json> &shown)
{
    const bool valued = !retention.breakdown.values.empty();
    const std::string value = valued ? ", value" : "";
    std::map<Wall, std::size_t> place;
    for (const Wall bucket : retention.range.buckets(engine.calendar()))
        place.emplace(bucket, place.size());
    const auto indexOf = [&](const ph::Json &cell) -> std::optional<std::size_t> {
        const auto time = bucketIn(cell, retention.range.interval, engine.calendar());
        const auto found = time ? place.find(*time) : place.end();
        return found == place.end() ? std::nullopt : std::optional(found->second);
    };
    Grid grid;
    const auto valueOf = [&](const std::vector<ph::Json> &row) { return valued ? row.back() : ph::Json(); };
    const Rows sizes = engine.run(statement(std::string("SELECT formatDateTime(start, ") + clockFormat + ") AS day, uniq(actor_id) AS actors" + value
                                                + " FROM {starts} GROUP BY start" + value,
                                            {{}, {{"starts", starts(retention, cohort, shown)}}}));
    for (const auto &row : sizes.rows)
        if (const auto start = indexOf(row[0]))
            grid[valueOf(row)][{*start, 0}] = row[1].get<std::int64_t>();
    const Rows came = engine.run(statement(std::string("SELECT formatDateTime(start, ") + clockFormat + ") AS day, formatDateTime(returned, " + clockFormat
                                               + ") AS return_day, uniq(actor_id) AS actors" + value + " FROM {pairs} GROUP BY start, returned" + value,
                                           {{}, {{"pairs", pairs(retention, cohort, shown)}}}));
    for (const auto &row : came.rows) {
        const auto start = indexOf(row[0]);
        const auto returned = indexOf(row[1]);
        if (!start || !returned)
            continue;
        const std::size_t after = *returned - *start;
        for (std::size_t i = retention.cumulative ? 1 : after; i <= after; ++i)
            grid[valueOf(row)][{*start, i}] += row[2].get<std::int64_t>();
    }
    return grid;
}

void addRows(const Retention &retention, Engine &engine, const std::map<std::pair<std::size_t, std::size_t>, std::int64_t> &counts,
             const ph::Json &value, ph::Json &results)
{
    const std::vector<Wall> buckets = retention.range.buckets(engine.calendar());
    for (std::size_t row = 0; row < buckets.size(); ++row) {
        ph::Json values = ph::Json::array();
        for (std::size_t i = 0; i < static_cast<std::size_t>(retention.lookAhead) && row + i < buckets.size(); ++i) {
            const auto count = counts.find({row, i});
            values.push_back({{"count", count == counts.end() ? 0 : count->second}, {"label", retention.period + " " + std::to_string(i)}});
        }
        ph::Json result{{"date", clockText(buckets[row]).replace(10, 1, "T").substr(0, 19) + "Z"},
                        {"label", retention.period + " " + std::to_string(row)},
                        {"values", std::move(values)}};
        if (!value.is_null())
            result["breakdown_value"] = value;
        results.push_back(std::move(result));
    }
}

} // namespace

Retention readRetention(Node node, Engine &engine)
{
    ignoreCommon(node);
    Retention retention;
    Node filter = node.requiredNode("retentionFilter");
    readFilter(filter, engine, retention);
    retention.breakdown = readBreakdown(node, engine);
    if (retention.breakdown.values.size() > 1)
        refuse("invalid_input", "Retention has one breakdown at most.", node.pathOf("breakdownFilter.breakdowns"));

    const Interval interval = intervalOf(retention.period);
    const ph::Json dates = node.json().value("dateRange", ph::Json::object());
    retention.range = readDateRange(node, interval, engine.calendar(), [&] { return engine.earliest(); });
    retention.range.end = plus(startOf(retention.range.end - 1, interval, engine.calendar()), interval, 1);
    const bool hasFrom = dates.is_object() && dates.contains("date_from") && dates["date_from"].is_string();
    retention.range.from = hasFrom ? startOf(retention.range.from, interval, engine.calendar())
                                   : plus(retention.range.end, interval, -retention.lookAhead);
    if (retention.range.buckets(engine.calendar()).size() > 1000)
        refuse("invalid_input", "That is more than 1000 intervals.", node.pathOf("dateRange.date_from"));
    retention.conditions = insightConditions(node, engine);
    retention.actor = field({"person_id"});
    if (const auto group = node.integer("aggregation_group_type_index", 0, 4)) {
        retention.actor = field({"$group_" + std::to_string(*group)});
        retention.actorIsPerson = false;
    }
    retention.sampling = node.number("samplingFactor");
    if (retention.sampling && (*retention.sampling <= 0 || *retention.sampling > 1))
        node.refuseField("samplingFactor", "This must be above 0 and at most 1.");
    node.finish();
    return retention;
}

ph::Json answerRetention(const Retention &retention, Engine &engine)
{
    ph::Json results = ph::Json::array();
    if (retention.breakdown.isCohort()) {
        for (const std::int64_t cohort : retention.breakdown.cohorts) {
            Grid grid = gridOf(retention, engine, cohort, std::nullopt);
            addRows(retention, engine, grid[nullptr], cohort == 0 ? ph::Json("all") : ph::Json(cohort), results);
        }
    } else {
        Grid grid = gridOf(retention, engine, std::nullopt, shownValues(retention, engine));
        if (retention.breakdown.values.empty())
            grid[nullptr];
        std::vector<std::tuple<std::int64_t, ph::Json>> order; // the largest first, "other" last
        for (const auto &[value, counts] : grid) {
            std::int64_t size = 0;
            for (const auto &[place, count] : counts)
                size += place.second == 0 ? count : 0;
            order.emplace_back(value == breakdownOther ? 1 : -size, value);
        }
        std::ranges::sort(order);
        for (const auto &[rank, value] : order)
            addRows(retention, engine, grid[value], value, results);
    }
    return {{"results", std::move(results)}, {"hogql", engine.hogql()}};
}

SelectPtr retentionActors(const Retention &retention, Engine &engine, int interval, const ph::Json &breakdown)
{
    std::optional<std::int64_t> cohort;
    std::optional<ph::Json> shown;
    std::vector<ExprPtr> where{binary(BinaryOp::Equal, field({"start"}),
                                      clockConstant(plus(retention.range.from, retention.range.interval, interval)))};
    if (!breakdown.is_null() && retention.breakdown.isCohort()) {
        cohort = breakdown == "all" ? 0 : breakdown.is_number_integer() ? breakdown.get<std::int64_t>() : -1;
        if (std::ranges::find(retention.breakdown.cohorts, *cohort) == retention.breakdown.cohorts.end())
            refuse("invalid_input", "The query is not broken down by that cohort.", "query.source.breakdown");
    } else if (!retention.breakdown.values.empty()) {
        shown = shownValues(retention, engine);
        if (!breakdown.is_null()) {
            const ph::Json value = breakdown.is_array() && breakdown.size() == 1 ? breakdown[0] : breakdown;
            where.push_back(binary(BinaryOp::Equal, field({"value"}), constant(value.is_string() ? value : ph::Json(value.dump()))));
        }
    }
    Holes holes{{{"where", allOf(where)}, {"unit", constant(nameOf(retention.range.interval))}},
                {{"starts", starts(retention, cohort, shown)}, {"pairs", pairs(retention, cohort, shown)}}};
    const std::string later = retention.cumulative ? "arrayJoin(range(1, dateDiff({unit}, start, returned) + 1))" : "dateDiff({unit}, start, returned)";
    return statement("SELECT actor_id, arraySort(groupUniqArray(after)) AS appearances FROM (SELECT actor_id, 0 AS after FROM {starts} WHERE {where} "
                     "UNION ALL SELECT actor_id, "
                         + later + " AS after FROM {pairs} WHERE {where}) GROUP BY actor_id",
                     holes);
}

} // namespace localproject::insights

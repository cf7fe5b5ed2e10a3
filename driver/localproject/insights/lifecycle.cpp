#include "driver/localproject/insights/lifecycle.h"

#include <algorithm>
#include <map>

namespace localproject::insights {

namespace {

using hogql::BinaryOp;

constexpr const char *allStatuses[] = {"new", "returning", "resurrecting", "dormant"};

/// actor_id, day, status: what each person was in each interval, and that he stayed away in the one after.
SelectPtr statuses(const Lifecycle &lifecycle)
{
    const DateRange &range = lifecycle.range;
    Holes holes;
    std::vector<ExprPtr> where{between({"timestamp"}, plus(range.from, range.interval, -1), range.end), lifecycle.series.condition()};
    where.insert(where.end(), lifecycle.conditions.begin(), lifecycle.conditions.end());
    holes.expressions["where"] = allOf(where);
    // Days as dates: from one to the next is a day, whatever clocks do.
    const auto bucket = [&](ExprPtr time) { return range.interval == Interval::Day ? call("toDate", {std::move(time)}) : bucketOf(std::move(time), range); };
    holes.expressions["bucket"] = bucket(field({"timestamp"}));
    holes.expressions["created"] = bucket(field({"person_created"}));
    holes.expressions["from"] = clockConstant(range.from);
    holes.expressions["end"] = clockConstant(range.end);
    std::string from = "events";
    if (lifecycle.sampling) {
        from += " SAMPLE {sampling}";
        holes.expressions["sampling"] = constant(*lifecycle.sampling);
    }
    std::string next = "toInterval" + std::string(nameOf(range.interval)) + "(1)";
    next[10] = static_cast<char>(next[10] - 'a' + 'A');
    const SelectPtr active = statement("SELECT person_id AS actor_id, {bucket} AS bucket, any(person.created_at) AS person_created FROM " + from
                                           + " WHERE {where} GROUP BY actor_id, bucket",
                                       holes);
    const SelectPtr around = statement("SELECT actor_id, bucket, person_created, lag(bucket) OVER (PARTITION BY actor_id ORDER BY bucket) AS before, "
                                       "lead(bucket) OVER (PARTITION BY actor_id ORDER BY bucket) AS after FROM {active}",
                                       {{}, {{"active", active}}});
    holes.selects["around"] = around;
    return statement("SELECT actor_id, day, status FROM (SELECT actor_id, bucket AS day, if(bucket = {created}, 'new', "
                     "if(before = bucket - "
                         + next + ", 'returning', 'resurrecting')) AS status FROM {around} UNION ALL SELECT actor_id, bucket + " + next
                         + " AS day, 'dormant' AS status FROM {around} WHERE after IS NULL OR after != bucket + " + next
                         + ") WHERE day >= {from} AND day < {end}",
                     holes);
}

} // namespace

Lifecycle readLifecycle(Node node, Engine &engine)
{
    ignoreCommon(node);
    Lifecycle lifecycle;
    const std::vector<Node> series = node.nodes("series");
    if (series.size() != 1)
        refuse("invalid_input", "A lifecycle has one series.", node.pathOf("series"));
    lifecycle.series = readEntity(series[0], engine);
    lifecycle.statuses.assign(std::begin(allStatuses), std::end(allStatuses));
    if (auto filter = node.node("lifecycleFilter")) {
        filter->ignore({"showValuesOnSeries", "showLegend", "stacked"});
        if (const auto toggled = filter->texts("toggledLifecycles")) {
            for (const std::string &status : *toggled)
                if (std::ranges::find(allStatuses, status) == std::end(allStatuses))
                    filter->refuseField("toggledLifecycles", "\"" + status + "\" is not a valid choice.");
            std::erase_if(lifecycle.statuses, [&](const std::string &status) { return std::ranges::find(*toggled, status) == toggled->end(); });
        }
        filter->finish();
    }
    if (node.has("aggregation_group_type_index"))
        node.refuseField("aggregation_group_type_index", "The lifecycle of groups is not supported by the local project yet.");
    const Interval interval = readInterval(node);
    lifecycle.range = readDateRange(node, interval, engine.calendar(), [&] { return engine.earliest(); });
    lifecycle.range.from = lifecycle.range.firstBucket(engine.calendar());
    lifecycle.conditions = insightConditions(node, engine);
    lifecycle.sampling = node.number("samplingFactor");
    if (lifecycle.sampling && (*lifecycle.sampling <= 0 || *lifecycle.sampling > 1))
        node.refuseField("samplingFactor", "This must be above 0 and at most 1.");
    node.finish();
    return lifecycle;
}

ph::Json answerLifecycle(const Lifecycle &lifecycle, Engine &engine)
{
    const Rows rows = engine.run(statement("SELECT status, formatDateTime(day, '%Y-%m-%d %H:%i:%S') AS at, uniq(actor_id) AS actors FROM {statuses} "
                                           "GROUP BY status, day",
                                           {{}, {{"statuses", statuses(lifecycle)}}}));
    std::map<std::string, std::map<Wall, std::int64_t>> counts;
    for (const auto &row : rows.rows)
        if (const auto day = bucketIn(row[1], lifecycle.range.interval, engine.calendar()))
            counts[row[0].get<std::string>()][*day] = row[2].get<std::int64_t>();
    ph::Json results = ph::Json::array();
    const std::vector<Wall> buckets = lifecycle.range.buckets(engine.calendar());
    for (const std::string &status : lifecycle.statuses) {
        ph::Json data = ph::Json::array();
        ph::Json days = ph::Json::array();
        ph::Json labels = ph::Json::array();
        std::int64_t sum = 0;
        for (const Wall bucket : buckets) {
            const auto found = counts[status].find(bucket);
            const std::int64_t count = found == counts[status].end() ? 0 : status == "dormant" ? -found->second : found->second;
            sum += count;
            data.push_back(count);
            days.push_back(dayText(bucket, lifecycle.range.interval));
            labels.push_back(labelText(bucket, lifecycle.range.interval));
        }
        results.push_back({{"action", lifecycle.series.actionJson(0)},
                           {"label", lifecycle.series.name + " - " + status},
                           {"status", status},
                           {"data", std::move(data)},
                           {"days", std::move(days)},
                           {"labels", std::move(labels)},
                           {"count", static_cast<double>(sum)}});
    }
    return {{"results", std::move(results)}, {"hogql", engine.hogql()}};
}

SelectPtr lifecycleActors(const Lifecycle &lifecycle, Engine &engine, std::optional<Wall> day, const std::optional<std::string> &status)
{
    std::vector<ExprPtr> where;
    if (day)
        where.push_back(binary(BinaryOp::Equal, field({"day"}), clockConstant(startOf(*day, lifecycle.range.interval, engine.calendar()))));
    if (status)
        where.push_back(binary(BinaryOp::Equal, field({"status"}), constant(*status)));
    return statement("SELECT DISTINCT actor_id FROM {statuses} WHERE {where}", {{{"where", allOf(where)}}, {{"statuses", statuses(lifecycle)}}});
}

} // namespace localproject::insights

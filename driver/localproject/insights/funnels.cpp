#include "driver/localproject/insights/funnels.h"

#include "driver/localproject/insights/funnel_walk.h"

#include <algorithm>
#include <cmath>

namespace localproject::insights {

namespace {

using hogql::BinaryOp;

constexpr const char *otherValue = "Other";

std::int64_t windowOf(Node &filter)
{
    static constexpr std::pair<std::string_view, std::int64_t> units[]
        = {{"second", 1}, {"minute", 60}, {"hour", 3600}, {"day", 86'400}, {"week", 7 * 86'400}, {"month", 30 * 86'400}};
    const std::int64_t count = filter.integer("funnelWindowInterval", 1, 100'000).value_or(14);
    const std::string unit = filter.choice("funnelWindowIntervalUnit", {"second", "minute", "hour", "day", "week", "month"}, "day");
    for (const auto &[name, seconds] : units)
        if (name == unit)
            return count * seconds * wallSecond;
    return 0;
}

/// A step that counts only with a person's first event of its kind.
ExprPtr stepCondition(const Entity &entity)
{
    if (entity.math.empty() || entity.math == "total" || entity.math == "dau")
        return entity.condition();
    const bool withFilters = entity.math == "first_time_for_user_with_filters";
    if (!withFilters && entity.math != "first_time_for_user")
        refuse("invalid_input", "\"" + entity.math + "\" is not a valid choice for a step of a funnel.", entity.path + ".math");
    const SelectPtr firsts = statement("SELECT argMin(uuid, timestamp) FROM events WHERE {first} GROUP BY person_id",
                                       {{{"first", withFilters ? entity.condition() : entity.named}}, {}});
    return allOf({entity.condition(), binary(BinaryOp::In, field({"uuid"}), expr(hogql::Subquery{firsts}))});
}

void readExclusions(Node &filter, const Engine &engine, Funnel &funnel)
{
    const int last = static_cast<int>(funnel.steps.size()) - 1;
    for (Node &node : filter.nodes("exclusions")) {
        Funnel::Exclusion exclusion{readEntity(node, engine), 0, 0};
        exclusion.fromStep = static_cast<int>(node.integer("funnelFromStep", 0, last).value_or(0));
        exclusion.toStep = static_cast<int>(node.integer("funnelToStep", 0, last).value_or(last));
        if (exclusion.toStep <= exclusion.fromStep)
            node.refuseField("funnelToStep", "Exclusion event range is invalid. End of range should be greater than start.");
        for (int i = exclusion.fromStep; i <= exclusion.toStep; ++i)
            if (const Entity &step = funnel.steps[static_cast<std::size_t>(i)];
                step.isAction == exclusion.entity.isAction && step.id() == exclusion.entity.id() && !step.id().is_null())
                refuse("invalid_input", "Exclusion event can't be the same as funnel step.", node.path());
        funnel.exclusions.push_back(std::move(exclusion));
    }
}

void readFilter(Node &filter, const Engine &engine, Funnel &funnel)
{
    const int last = static_cast<int>(funnel.steps.size()) - 1;
    filter.ignore({"layout", "funnelStepReference", "hiddenLegendBreakdowns", "resultCustomizations", "goalLines", "showValuesOnSeries",
                   "showTrendLines", "customAggregationTarget"});
    funnel.vizType = filter.choice("funnelVizType", {"steps", "time_to_convert", "trends"}, "steps");
    const std::string order = filter.choice("funnelOrderType", {"ordered", "strict", "unordered"}, "ordered");
    funnel.order = order == "strict" ? FunnelOrder::Strict : order == "unordered" ? FunnelOrder::Unordered : FunnelOrder::Ordered;
    funnel.window = windowOf(filter);
    readExclusions(filter, engine, funnel);
    const std::string attribution
        = filter.choice("breakdownAttributionType", {"first_touch", "last_touch", "all_events", "step"}, "first_touch");
    funnel.attributionStep = static_cast<int>(filter.integer("breakdownAttributionValue", 0, last).value_or(0));
    funnel.attribution = attribution == "last_touch" ? Attribution::LastTouch
        : attribution == "all_events"                ? Attribution::AllEvents
        : attribution == "step"                      ? Attribution::Step
                                                     : Attribution::FirstTouch;
    funnel.fromStep = static_cast<int>(filter.integer("funnelFromStep", 0, last).value_or(0));
    funnel.toStep = static_cast<int>(filter.integer("funnelToStep", 0, last).value_or(last));
    if (funnel.toStep <= funnel.fromStep && funnel.vizType == "time_to_convert")
        filter.refuseField("funnelToStep", "The step to convert to must come after the step to convert from.");
    if (filter.has("binCount") && filter.raw("binCount") == "auto")
        filter.ignore({"binCount"});
    else if (const auto bins = filter.integer("binCount", 1, 90))
        funnel.binCount = static_cast<int>(*bins);
    if (const auto text = filter.text("funnelAggregateByHogQL"); text && !text->empty() && *text != "person_id") {
        funnel.actor = call("toString", {userExpression(*text, filter.pathOf("funnelAggregateByHogQL"))});
        funnel.actorIsPerson = false;
    }
    filter.finish();
}

ExprPtr maskOf(const Funnel &funnel)
{
    ExprPtr mask;
    const auto add = [&](const ExprPtr &condition, std::uint64_t bits) {
        const ExprPtr part = call("if", {condition, constant(bits), constant(0)});
        mask = mask ? binary(BinaryOp::Add, mask, part) : part;
    };
    for (std::size_t i = 0; i < funnel.steps.size(); ++i)
        add(stepCondition(funnel.steps[i]), std::uint64_t{1} << i);
    // Several exclusions may name the same gap: the bits of each gap are asked for once.
    for (int gap = 0; gap + 1 < static_cast<int>(funnel.steps.size()); ++gap) {
        std::vector<ExprPtr> any;
        for (const Funnel::Exclusion &exclusion : funnel.exclusions)
            if (exclusion.fromStep <= gap && gap < exclusion.toStep)
                any.push_back(exclusion.entity.condition());
        if (!any.empty())
            add(anyOf(any), std::uint64_t{1} << (gap + 32));
    }
    return mask;
}

std::vector<ExprPtr> eventConditions(const Funnel &funnel, Engine &engine)
{
    std::vector<ExprPtr> list{between({"timestamp"}, funnel.range.from, funnel.range.end)};
    list.insert(list.end(), funnel.conditions.begin(), funnel.conditions.end());
    if (!funnel.actorIsPerson)
        list.push_back(binary(BinaryOp::NotEqual, call("ifNull", {funnel.actor, constant("")}), constant("")));
    if (funnel.order == FunnelOrder::Strict) // Any other event breaks a path.
        return list;
    std::vector<Entity> entities = funnel.steps;
    for (const Funnel::Exclusion &exclusion : funnel.exclusions)
        entities.push_back(exclusion.entity);
    if (const ExprPtr events = eventsOf(entities, engine))
        list.push_back(events);
    bool filters = false;
    std::vector<ExprPtr> any;
    for (const Entity &entity : entities) {
        any.push_back(entity.condition());
        filters = filters || entity.isAction || !std::holds_alternative<hogql::Constant>(entity.filtered->node);
    }
    if (filters)
        list.push_back(anyOf(any));
    return list;
}

/// One row an actor and value, before values are put together as "Other".
SelectPtr plainRows(const Funnel &funnel, Engine &engine, bool perBucket, std::optional<std::int64_t> cohort)
{
    Holes holes;
    std::vector<ExprPtr> where = eventConditions(funnel, engine);
    if (cohort)
        where.push_back(inCohort(*cohort));
    holes.expressions["where"] = allOf(where);
    holes.expressions["actor"] = funnel.actor;
    holes.expressions["mask"] = maskOf(funnel);
    holes.expressions["order"] = constant(static_cast<int>(funnel.order));
    holes.expressions["steps"] = constant(funnel.steps.size());
    holes.expressions["window"] = constant(funnel.window);
    const bool step = funnel.attribution == Attribution::Step;
    holes.expressions["attribution"] = constant(static_cast<int>(funnel.attribution) + (step ? funnel.attributionStep : 0));
    std::string event = "tuple(timestamp, {mask})";
    if (!funnel.breakdown.values.empty() || perBucket) {
        hogql::Array values;
        for (const ExprPtr &value : funnel.breakdown.values)
            values.items.push_back(call("ifNull", {value, constant("")}));
        holes.expressions["values"] = values.items.empty() ? expression("arrayFilter(x -> x != '', [''])") : expr(std::move(values));
        event = "tuple(timestamp, {mask}, {values})";
    }
    if (perBucket) {
        holes.expressions["bucket"] = call("toDateTime", {bucketOf(field({"timestamp"}), funnel.range)});
        event = "tuple(timestamp, {mask}, {values}, {bucket})";
    }
    std::string from = "events";
    if (funnel.sampling) {
        from += " SAMPLE {sampling}";
        holes.expressions["sampling"] = constant(*funnel.sampling);
    }
    return statement("SELECT actor_id, path.1 AS value, path.2 AS level, path.3 AS times, path.4 AS bucket FROM ("
                     "SELECT actor_id, arrayJoin(hogletFunnel({order}, {steps}, {window}, {attribution}, events)) AS path FROM ("
                     "SELECT {actor} AS actor_id, groupArray("
                         + event + ") AS events FROM " + from + " WHERE {where} GROUP BY actor_id))",
                     holes);
}

/// The keys of the values that are shown by themselves, when there are more of them than the breakdown's limit.
std::optional<ph::Json> shownValues(const SelectPtr &rows, const Funnel &funnel, Engine &engine)
{
    const int limit = funnel.breakdown.limit;
    const Rows top = engine.run(statement("SELECT toJSONString(value) AS key, uniq(actor_id) AS actors FROM {rows} GROUP BY value "
                                          "ORDER BY actors DESC, key LIMIT {limit}",
                                          {{{"limit", constant(limit + 1)}}, {{"rows", rows}}}));
    if (top.rows.size() <= static_cast<std::size_t>(limit))
        return std::nullopt;
    ph::Json keys = ph::Json::array();
    for (int i = 0; i < limit; ++i)
        keys.push_back(top.rows[static_cast<std::size_t>(i)][0]);
    return keys;
}

ph::Json stepJson(const Entity &entity, std::size_t order, const ph::Json &count)
{
    return {{"action_id", entity.id()},
            {"name", entity.name},
            {"custom_name", entity.customName},
            {"order", order},
            {"people", ph::Json::array()},
            {"count", count},
            {"type", entity.isAction ? "actions" : "events"},
            {"average_conversion_time", nullptr},
            {"median_conversion_time", nullptr}};
}

/// Rows of value, count of each step, average and median seconds to each step but the first.
ph::Json stepsOf(const Funnel &funnel, const std::vector<ph::Json> &row, const ph::Json &breakdown)
{
    const std::size_t steps = funnel.steps.size();
    ph::Json list = ph::Json::array();
    for (std::size_t i = 0; i < steps; ++i) {
        ph::Json step = stepJson(funnel.steps[i], i, row.empty() ? ph::Json(0) : row[1 + i]);
        if (i > 0 && !row.empty() && row[1 + i] != 0) {
            step["average_conversion_time"] = row[steps + i];
            step["median_conversion_time"] = row[2 * steps - 1 + i];
        }
        if (!breakdown.is_null()) {
            step["breakdown"] = breakdown;
            step["breakdown_value"] = breakdown;
        }
        list.push_back(std::move(step));
    }
    return list;
}

Rows stepRows(const Funnel &funnel, Engine &engine, std::optional<std::int64_t> cohort)
{
    std::string counts;
    std::string averages;
    std::string medians;
    for (std::size_t i = 1; i <= funnel.steps.size(); ++i) {
        const std::string n = std::to_string(i);
        counts += ", countIf(level >= " + n + ") AS step_" + n;
        if (i == 1)
            continue;
        const std::string seconds = "If((times[" + n + "] - times[" + std::to_string(i - 1) + "]) / 1000000, level >= " + n + ") AS ";
        averages += ", avg" + seconds + "average_" + n;
        medians += ", median" + seconds + "median_" + n;
    }
    return engine.run(statement("SELECT value" + counts + averages + medians + " FROM {rows} GROUP BY value ORDER BY step_1 DESC, value",
                                {{}, {{"rows", funnelRows(funnel, engine, false, cohort)}}}));
}

ph::Json answerSteps(const Funnel &funnel, Engine &engine)
{
    ph::Json results = ph::Json::array();
    if (funnel.breakdown.isCohort()) {
        for (const std::int64_t cohort : funnel.breakdown.cohorts) {
            const Rows rows = stepRows(funnel, engine, cohort);
            ph::Json steps = stepsOf(funnel, rows.rows.empty() ? std::vector<ph::Json>{} : rows.rows[0], nullptr);
            for (ph::Json &step : steps) {
                step["breakdown"] = cohort == 0 ? ph::Json("all users") : ph::Json(engine.cohortName(cohort, ""));
                step["breakdown_value"] = cohort == 0 ? ph::Json("all") : ph::Json(cohort);
            }
            results.push_back(std::move(steps));
        }
        return results;
    }
    const Rows rows = stepRows(funnel, engine, std::nullopt);
    if (funnel.breakdown.values.empty())
        return stepsOf(funnel, rows.rows.empty() ? std::vector<ph::Json>{} : rows.rows[0], nullptr);
    for (const auto &row : rows.rows)
        results.push_back(stepsOf(funnel, row, row[0]));
    return results;
}

/// Bins of equal width from the quickest conversion on, and one more for the end of the last.
ph::Json answerTimeToConvert(const Funnel &funnel, Engine &engine)
{
    const std::string from = std::to_string(funnel.fromStep + 1);
    const std::string to = std::to_string(funnel.toStep + 1);
    const Rows rows = engine.run(statement("SELECT (times[" + to + "] - times[" + from + "]) / 1000000 AS seconds FROM {rows} WHERE level >= " + to,
                                           {{}, {{"rows", funnelRows(funnel, engine, false)}}}));
    ph::Json answer{{"bins", ph::Json::array()}, {"average_conversion_time", nullptr}};
    if (rows.rows.empty())
        return answer;
    double least = realOf(rows.rows[0][0]);
    double most = least;
    double sum = 0;
    for (const auto &row : rows.rows) {
        const double seconds = realOf(row[0]);
        least = std::min(least, seconds);
        most = std::max(most, seconds);
        sum += seconds;
    }
    const auto count = static_cast<double>(rows.rows.size());
    const double start = std::floor(least);
    const int bins = funnel.binCount.value_or(static_cast<int>(std::clamp(std::ceil(std::cbrt(count)), 1.0, 60.0)));
    double width = std::ceil((std::ceil(most) - start) / bins);
    if (width <= 0)
        width = 60;
    std::vector<std::int64_t> counts(static_cast<std::size_t>(bins) + 1);
    for (const auto &row : rows.rows)
        ++counts[static_cast<std::size_t>(std::floor((realOf(row[0]) - start) / width))];
    for (std::size_t i = 0; i < counts.size(); ++i)
        answer["bins"].push_back({static_cast<std::int64_t>(start + static_cast<double>(i) * width), counts[i]});
    answer["average_conversion_time"] = std::round(sum / count * 100) / 100;
    return answer;
}

ph::Json answerTrends(const Funnel &funnel, Engine &engine)
{
    const std::string from = std::to_string(funnel.fromStep + 1);
    const std::string to = std::to_string(funnel.toStep + 1);
    const std::vector<Wall> buckets = funnel.range.buckets(engine.calendar());
    const auto series = [&](const std::map<Wall, double> &rates, const ph::Json &breakdown) {
        ph::Json one{{"count", buckets.size()}, {"data", ph::Json::array()}, {"days", ph::Json::array()}, {"labels", ph::Json::array()}};
        for (const Wall bucket : buckets) {
            const auto rate = rates.find(bucket);
            one["data"].push_back(rate == rates.end() ? 0.0 : rate->second);
            one["days"].push_back(dayText(bucket, funnel.range.interval));
            one["labels"].push_back(labelText(bucket, funnel.range.interval));
        }
        if (!breakdown.is_null())
            one["breakdown_value"] = breakdown;
        return one;
    };
    ph::Json results = ph::Json::array();
    const auto add = [&](std::optional<std::int64_t> cohort) {
        const Rows rows = engine.run(statement("SELECT value, formatDateTime(bucket, '%Y-%m-%d %H:%i:%S') AS entrance_period_start, "
                                               "countIf(level >= " + from + ") AS reached_from_step_count, "
                                               "countIf(level >= " + to + ") AS reached_to_step_count FROM {rows} "
                                               "GROUP BY value, bucket ORDER BY value, entrance_period_start",
                                               {{}, {{"rows", funnelRows(funnel, engine, true, cohort)}}}));
        std::map<ph::Json, std::map<Wall, double>> rates;
        std::map<ph::Json, double> entered;
        for (const auto &row : rows.rows) {
            const double reached = realOf(row[2]);
            if (const auto bucket = bucketIn(row[1], funnel.range.interval, engine.calendar()); bucket && reached > 0) {
                rates[row[0]][*bucket] = std::round(realOf(row[3]) / reached * 10'000) / 100;
                entered[row[0]] += reached;
            }
        }
        if (cohort) {
            results.push_back(series(rates.empty() ? std::map<Wall, double>{} : rates.begin()->second,
                                     *cohort == 0 ? ph::Json("all") : ph::Json(*cohort)));
        } else if (funnel.breakdown.values.empty()) {
            results.push_back(series(rates.empty() ? std::map<Wall, double>{} : rates.begin()->second, nullptr));
        } else {
            std::vector<ph::Json> values;
            for (const auto &[value, count] : entered)
                values.push_back(value);
            std::ranges::stable_sort(values, [&](const ph::Json &a, const ph::Json &b) { return entered[a] > entered[b]; });
            for (const ph::Json &value : values)
                results.push_back(series(rates[value], value));
        }
    };
    if (!funnel.breakdown.isCohort())
        add(std::nullopt);
    for (const std::int64_t cohort : funnel.breakdown.cohorts)
        add(cohort);
    return results;
}

} // namespace

Funnel readFunnel(Node node, Engine &engine)
{
    ignoreCommon(node);
    Funnel funnel;
    for (const Node &step : node.nodes("series"))
        funnel.steps.push_back(readEntity(step, engine));
    if (funnel.steps.size() < 2)
        refuse("invalid_input", "Funnels require at least two steps.", node.pathOf("series"));
    if (funnel.steps.size() > static_cast<std::size_t>(maximumFunnelSteps))
        refuse("invalid_input", "Funnels may have " + std::to_string(maximumFunnelSteps) + " steps at most.", node.pathOf("series"));
    funnel.toStep = static_cast<int>(funnel.steps.size()) - 1;
    funnel.window = 14 * wallDay;
    funnel.actor = field({"person_id"});
    if (const auto group = node.integer("aggregation_group_type_index", 0, 4)) {
        funnel.actor = field({"$group_" + std::to_string(*group)});
        funnel.actorIsPerson = false;
    }
    if (auto filter = node.node("funnelsFilter"))
        readFilter(*filter, engine, funnel);
    funnel.breakdown = readBreakdown(node, engine);
    const Interval interval = readInterval(node);
    funnel.range = readDateRange(node, funnel.vizType == "trends" ? interval : Interval::Day, engine.calendar(), [&] { return engine.earliest(); });
    if (funnel.vizType == "trends" && funnel.range.wholeIntervals)
        funnel.range.from = funnel.range.firstBucket(engine.calendar());
    funnel.conditions = insightConditions(node, engine);
    funnel.sampling = node.number("samplingFactor");
    if (funnel.sampling && (*funnel.sampling <= 0 || *funnel.sampling > 1))
        node.refuseField("samplingFactor", "This must be above 0 and at most 1.");
    node.finish();
    return funnel;
}

SelectPtr funnelRows(const Funnel &funnel, Engine &engine, bool perBucket, std::optional<std::int64_t> cohort)
{
    const SelectPtr rows = plainRows(funnel, engine, perBucket, cohort);
    if (funnel.breakdown.values.empty())
        return rows;
    const auto shown = shownValues(rows, funnel, engine);
    if (!shown)
        return rows;
    hogql::Array other;
    for (std::size_t i = 0; i < funnel.breakdown.values.size(); ++i)
        other.items.push_back(constant(otherValue));
    // Somebody with several of these values is one of them, as far as he came with any.
    return statement("SELECT actor_id, value, max(path_level) AS level, argMax(path_times, path_level) AS times, bucket FROM ("
                     "SELECT actor_id, if(toJSONString(value) IN {shown}, value, {other}) AS value, level AS path_level, times AS path_times, "
                     "bucket FROM {rows}) GROUP BY actor_id, value, bucket",
                     {{{"shown", constant(*shown)}, {"other", expr(std::move(other))}}, {{"rows", rows}}});
}

ph::Json answerFunnel(const Funnel &funnel, Engine &engine)
{
    ph::Json results = funnel.vizType == "trends" ? answerTrends(funnel, engine)
        : funnel.vizType == "time_to_convert"     ? answerTimeToConvert(funnel, engine)
                                                  : answerSteps(funnel, engine);
    return {{"results", std::move(results)}, {"hogql", engine.hogql()}, {"isUdf", true}};
}

SelectPtr funnelActors(const Funnel &funnel, Engine &engine, const FunnelActors &wanted)
{
    std::vector<ExprPtr> where;
    const auto level = [&](BinaryOp op, int value) { where.push_back(binary(op, field({"level"}), constant(value))); };
    const bool trends = wanted.period.has_value();
    std::optional<std::int64_t> cohort;
    if (trends) {
        level(BinaryOp::GreaterOrEqual, wanted.dropOff ? funnel.fromStep + 1 : funnel.toStep + 1);
        if (wanted.dropOff)
            level(BinaryOp::Less, funnel.toStep + 1);
        where.push_back(binary(BinaryOp::Equal, field({"bucket"}), clockConstant(*wanted.period)));
    } else if (wanted.step > 0) {
        level(BinaryOp::GreaterOrEqual, wanted.step);
    } else {
        level(BinaryOp::Equal, -wanted.step - 1);
    }
    if (!wanted.breakdown.is_null() && funnel.breakdown.isCohort()) {
        cohort = wanted.breakdown == "all" ? 0 : wanted.breakdown.is_number_integer() ? wanted.breakdown.get<std::int64_t>() : -1;
        if (std::ranges::find(funnel.breakdown.cohorts, *cohort) == funnel.breakdown.cohorts.end())
            refuse("invalid_input", "The funnel is not broken down by that cohort.", "query.source.funnelStepBreakdown");
    } else if (!wanted.breakdown.is_null()) {
        const ph::Json values = wanted.breakdown.is_array() ? wanted.breakdown : ph::Json::array({wanted.breakdown});
        if (values.size() != funnel.breakdown.values.size())
            refuse("invalid_input", "The funnel has " + std::to_string(funnel.breakdown.values.size()) + " breakdowns.",
                   "query.source.funnelStepBreakdown");
        for (std::size_t i = 0; i < values.size(); ++i)
            where.push_back(binary(BinaryOp::Equal, expr(hogql::Index{field({"value"}), constant(i + 1), false}),
                                   constant(values[i].is_string() ? values[i] : ph::Json(values[i].dump()))));
    }
    return statement("SELECT DISTINCT actor_id FROM {rows} WHERE {where}",
                     {{{"where", allOf(where)}}, {{"rows", funnelRows(funnel, engine, trends, cohort)}}});
}

} // namespace localproject::insights

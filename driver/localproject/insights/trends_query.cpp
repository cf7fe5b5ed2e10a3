#include "driver/localproject/insights/trends.h"

#include <algorithm>

namespace localproject::insights {

namespace {

using hogql::BinaryOp;

constexpr std::string_view perActor = "_count_per_actor";

bool isFirstTime(const std::string &math) { return math == "first_time_for_user" || math == "first_matching_event_for_user"; }

/// Actors of which each counts once.
bool isUnique(const std::string &math) { return math == "dau" || math == "unique_group"; }

/// Days that an active user counts for; 0 when the math is another one. A week of weeks is a week: there it is plain unique users.
int activeDays(const Trends &trends, const Entity &entity)
{
    const Interval interval = trends.range.interval;
    if (entity.math == "weekly_active" && (trends.isTotalValue() || (interval != Interval::Week && interval != Interval::Month)))
        return 7;
    if (entity.math == "monthly_active" && (trends.isTotalValue() || interval != Interval::Month))
        return 30;
    return 0;
}

/// The aggregate `math` of `value`.
std::string aggregateOf(const std::string &math, const std::string &value)
{
    for (const std::string_view fraction : {"75", "90", "95", "99"})
        if (math == "p" + std::string(fraction))
            return "quantile(0." + std::string(fraction) + ")(" + value + ")";
    return math + "(" + value + ")";
}

ExprPtr mathProperty(const Entity &entity)
{
    if (!entity.mathProperty.is_string())
        refuse("required", "The math " + entity.math + " needs a property.", entity.path + ".math_property");
    const auto key = entity.mathProperty.get<std::string>();
    if (entity.mathPropertyType == "data_warehouse_properties")
        refuse("invalid_input", "The local project has no data warehouse.", entity.path + ".math_property_type");
    const bool session = entity.mathPropertyType == "session_properties" || key == "$session_duration";
    const std::string type = session ? "session" : entity.mathPropertyType == "person_properties" ? "person" : "event";
    return call("toFloat", {propertyField(type, key, 0, entity.path + ".math_property")});
}

bool isSessionMath(const Entity &entity)
{
    return entity.mathPropertyType == "session_properties" || entity.mathProperty == "$session_duration";
}

/// Who is counted in a series.
ExprPtr actorOf(const Trends &trends, const TrendsPart &part)
{
    const auto group = trends.groupOf(part.series);
    return field({group ? "$group_" + std::to_string(*group) : "person_id"});
}

/// How the rows of one group become its value: an expression over events.
ExprPtr valueOf(const Trends &trends, const TrendsPart &part)
{
    const Entity &entity = trends.series[part.series];
    const std::string &math = entity.math;
    if (math.empty() || math == "total")
        return expression("count()");
    if (math == "dau" || math == "weekly_active" || math == "monthly_active" || math == "unique_group")
        return call("uniq", {actorOf(trends, part)});
    if (math == "unique_session")
        return expression("uniq($session_id)");
    if (math == "hogql") {
        if (!entity.mathHogql.is_string())
            refuse("required", "The math hogql needs an expression.", entity.path + ".math_hogql");
        return userExpression(entity.mathHogql.get<std::string>(), entity.path + ".math_hogql");
    }
    for (const char *known : {"avg", "sum", "min", "max", "median", "p75", "p90", "p95", "p99"})
        if (math == known)
            return expression(aggregateOf(math, "{property}"), {{{"property", mathProperty(entity)}}, {}});
    refuse("invalid_input", "\"" + math + "\" is not a valid choice.", entity.path + ".math");
}

/// The pieces that all statements of a series are put together from.
struct Pieces {
    Holes holes;
    std::string columns;  // "b1, b2, "
    std::string selected; // "{b1} AS b1, {b2} AS b2, "
    std::string keys;     // "b1, b2"
    std::string from = "events";
};

ExprPtr labelled(const ExprPtr &value) { return call("ifNull", {value, constant(breakdownNull)}); }

Pieces piecesOf(const Trends &trends, const TrendsPart &part, const std::optional<ph::Json> &shown)
{
    Pieces pieces;
    std::vector<ExprPtr> labels;
    for (const ExprPtr &value : trends.breakdown.values)
        labels.push_back(labelled(value));
    ExprPtr isShown;
    if (shown && labels.size() == 1) {
        ph::Json list = ph::Json::array();
        for (const ph::Json &value : *shown)
            list.push_back(value[0]);
        isShown = binary(BinaryOp::In, labels[0], constant(list));
    } else if (shown) {
        isShown = binary(BinaryOp::In, expr(hogql::Tuple{labels}), constant(*shown));
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const std::string name = "b" + std::to_string(i + 1);
        pieces.holes.expressions["value_" + name] = shown ? call("if", {isShown, labels[i], constant(breakdownOther)}) : labels[i];
        pieces.selected += "{value_" + name + "} AS " + name + ", ";
        pieces.columns += name + ", ";
        pieces.keys += (i ? ", " : "") + name;
    }
    pieces.holes.expressions["actor"] = actorOf(trends, part);
    if (trends.sampling) {
        pieces.from += " SAMPLE {sampling}";
        pieces.holes.expressions["sampling"] = constant(*trends.sampling);
    }
    return pieces;
}

ExprPtr conditionOf(const Trends &trends, const TrendsPart &part, Wall from, Wall end, bool filtered = true)
{
    const Entity &entity = trends.series[part.series];
    std::vector<ExprPtr> list{between({"timestamp"}, from, end), entity.named};
    if (filtered) {
        list.push_back(entity.filtered);
        list.insert(list.end(), trends.conditions.begin(), trends.conditions.end());
    }
    if (part.cohort)
        list.push_back(inCohort(*part.cohort));
    if (trends.groupOf(part.series))
        list.push_back(binary(BinaryOp::NotEqual, actorOf(trends, part), constant("")));
    return allOf(list);
}

/// The first events of the actors that count: actor, first, b1 …
SelectPtr firstEvents(const Trends &trends, const TrendsPart &part, const DateRange &range, const Pieces &pieces)
{
    const Entity &entity = trends.series[part.series];
    Holes holes = pieces.holes;
    const bool anyFirst = entity.math == "first_matching_event_for_user";
    holes.expressions["where"] = conditionOf(trends, part, 0, range.end, anyFirst);
    std::vector<ExprPtr> filtered{entity.filtered};
    filtered.insert(filtered.end(), trends.conditions.begin(), trends.conditions.end());
    holes.expressions["filtered"] = allOf(filtered);
    holes.expressions["from"] = clockConstant(range.from);
    std::string columns;
    for (std::size_t i = 1; i <= trends.breakdown.values.size(); ++i) {
        const std::string name = "b" + std::to_string(i);
        columns += "argMinIf({value_" + name + "}, timestamp, {filtered}) AS " + name + ", ";
    }
    return statement("SELECT {actor} AS actor_id, " + columns + "min(timestamp) AS first, minIf(timestamp, {filtered}) AS first_matching FROM "
                         + pieces.from + " WHERE {where} GROUP BY actor_id HAVING first = first_matching AND first >= {from}",
                     holes);
}

/// Each actor on each day of activity, and the days after for which it still counts: actor, day, b1 …
SelectPtr activeActors(const Trends &trends, const TrendsPart &part, const DateRange &range, int days, const Pieces &pieces)
{
    Holes holes = pieces.holes;
    const bool hourly = range.interval == Interval::Hour || range.interval == Interval::Minute;
    holes.expressions["where"] = conditionOf(trends, part, range.from - (days - 1) * wallDay - (hourly ? wallDay : 0), range.end);
    // Days as dates: from one to the next is a day, whatever clocks do.
    holes.expressions["unit"] = hourly ? bucketOf(field({"timestamp"}), Interval::Hour) : call("toDate", {field({"timestamp"})});
    holes.expressions["count"] = constant(hourly ? days * 24 : days);
    return statement("SELECT actor_id, " + pieces.columns + "unit + " + (hourly ? "toIntervalHour" : "toIntervalDay")
                         + "(arrayJoin(range(0, {count}))) AS day FROM (SELECT {actor} AS actor_id, " + pieces.selected
                         + "{unit} AS unit FROM " + pieces.from + " WHERE {where} GROUP BY actor_id, " + pieces.columns + "unit)",
                     holes);
}

const DateRange &rangeOf(const Trends &trends, const TrendsPart &part) { return part.previous ? trends.previous : trends.range; }

std::string groupBy(const std::string &keys, const std::string &more)
{
    const std::string all = keys.empty() || more.empty() ? keys + more : keys + ", " + more;
    return all.empty() ? "" : " GROUP BY " + all;
}

} // namespace

SelectPtr trendsRows(const Trends &trends, const TrendsPart &part, const std::optional<ph::Json> &shown, const Calendar &calendar)
{
    const Entity &entity = trends.series[part.series];
    DateRange range = rangeOf(trends, part);
    Pieces pieces = piecesOf(trends, part, shown);
    Holes &holes = pieces.holes;
    const bool total = trends.isTotalValue();
    const std::string bucket = total ? "" : "bucket";
    const std::string formatted = total ? "" : "formatDateTime(bucket, '%Y-%m-%d %H:%i:%S') AS day, ";
    const int days = activeDays(trends, entity);

    if (isFirstTime(entity.math)) {
        holes.expressions["bucket"] = bucketOf(field({"first"}), range);
        return statement("SELECT " + pieces.columns + formatted + "total FROM (SELECT " + pieces.columns
                             + (total ? "" : "{bucket} AS bucket, ") + "count() AS total FROM {firsts}" + groupBy(pieces.keys, bucket) + ")",
                         {holes.expressions, {{"firsts", firstEvents(trends, part, range, pieces)}}});
    }
    if (days > 0 && total) {
        range.from = std::max(range.from, range.end - days * wallDay);
    } else if (days > 0) {
        if (range.interval == Interval::Minute)
            refuse("invalid_input", "Active users cannot be counted by the minute.", entity.path + ".math");
        range.from = range.firstBucket(calendar); // They look back anyway: a first bucket that the range cuts is looked at whole.
        holes.expressions["from"] = clockConstant(range.from);
        holes.expressions["end"] = clockConstant(range.end);
        holes.expressions["bucket"] = bucketOf(field({"day"}), range);
        // Of a week or month the value is that of its first day.
        const bool firstDays = range.interval == Interval::Week || range.interval == Interval::Month;
        return statement("SELECT " + pieces.columns + "formatDateTime(at, '%Y-%m-%d %H:%i:%S') AS day, total FROM (SELECT " + pieces.columns
                             + "day AS at, uniq(actor_id) AS total FROM {active} WHERE day >= {from} AND day < {end}"
                             + (firstDays ? " AND day = {bucket}" : "") + groupBy(pieces.keys, "day") + ")",
                         {holes.expressions, {{"active", activeActors(trends, part, range, days, pieces)}}});
    }

    holes.expressions["where"] = conditionOf(trends, part, range.from, range.end);
    holes.expressions["bucket"] = bucketOf(field({"timestamp"}), range);
    const std::string bucketColumn = total ? "" : "{bucket} AS bucket, ";
    if (trends.isCumulative() && isUnique(entity.math))
        return statement("SELECT " + pieces.columns + formatted + "total FROM (SELECT " + pieces.columns + "bucket, count() AS total FROM (SELECT "
                             + pieces.selected + "min({bucket}) AS bucket, {actor} AS actor_id FROM " + pieces.from + " WHERE {where}"
                             + groupBy(pieces.keys, "actor_id") + ")" + groupBy(pieces.keys, bucket) + ")",
                         holes);
    if (entity.math.ends_with(perActor)) {
        const std::string math = entity.math.substr(0, entity.math.size() - perActor.size());
        static constexpr std::string_view known[] = {"avg", "min", "max", "median", "p75", "p90", "p95", "p99"};
        if (std::ranges::find(known, math) == std::end(known))
            refuse("invalid_input", "\"" + entity.math + "\" is not a valid choice.", entity.path + ".math");
        return statement("SELECT " + pieces.columns + formatted + "total FROM (SELECT " + pieces.columns + (total ? "" : "bucket, ")
                             + aggregateOf(math, "events_of_one") + " AS total FROM (SELECT " + pieces.selected + bucketColumn
                             + "{actor} AS actor_id, count() AS events_of_one FROM " + pieces.from + " WHERE {where}"
                             + groupBy(pieces.keys, bucket.empty() ? "actor_id" : "bucket, actor_id") + ")" + groupBy(pieces.keys, bucket) + ")",
                         holes);
    }
    if (!entity.mathProperty.is_null() && isSessionMath(entity) && entity.math != "total" && !entity.math.empty()) {
        valueOf(trends, part); // Refuses what is no math of a property.
        holes.expressions["property"] = mathProperty(entity);
        return statement("SELECT " + pieces.columns + formatted + "total FROM (SELECT " + pieces.columns + (total ? "" : "bucket, ")
                             + aggregateOf(entity.math, "of_session") + " AS total FROM (SELECT " + pieces.selected + bucketColumn
                             + "$session_id AS session_id, any({property}) AS of_session FROM " + pieces.from + " WHERE {where}"
                             + groupBy(pieces.keys, bucket.empty() ? "session_id" : "bucket, session_id") + ")" + groupBy(pieces.keys, bucket) + ")",
                         holes);
    }
    holes.expressions["total"] = valueOf(trends, part);
    return statement("SELECT " + pieces.columns + formatted + "total FROM (SELECT " + pieces.selected + bucketColumn + "{total} AS total FROM "
                         + pieces.from + " WHERE {where}" + groupBy(pieces.keys, bucket) + ")",
                     holes);
}

std::optional<ph::Json> shownValues(const Trends &trends, const TrendsPart &part, Engine &engine)
{
    if (trends.breakdown.values.empty())
        return std::nullopt;
    std::string keys;
    for (std::size_t i = 1; i <= trends.breakdown.values.size(); ++i)
        keys += (i > 1 ? ", b" : "b") + std::to_string(i);
    TrendsPart current = part;
    current.previous = false; // Both periods show the values of the current one.
    const int limit = trends.breakdown.limit;
    const Rows rows = engine.run(statement("SELECT " + keys + ", sum(total) AS weight FROM {rows} GROUP BY " + keys + " ORDER BY weight DESC, " + keys
                                               + " LIMIT {limit}",
                                           {{{"limit", constant(limit + 1)}}, {{"rows", trendsRows(trends, current, std::nullopt, engine.calendar())}}}),
                                 trends.series[part.series].path + ".math_hogql");
    if (rows.rows.size() <= static_cast<std::size_t>(limit) && !trends.compare)
        return std::nullopt;
    ph::Json shown = ph::Json::array();
    for (std::size_t i = 0; i < std::min(rows.rows.size(), static_cast<std::size_t>(limit)); ++i) {
        ph::Json value = ph::Json::array();
        for (std::size_t k = 0; k < trends.breakdown.values.size(); ++k)
            value.push_back(rows.rows[i][k]);
        shown.push_back(std::move(value));
    }
    if (shown.empty())
        return std::nullopt;
    return shown;
}

SelectPtr trendsActors(const Trends &trends, Engine &engine, const TrendsActors &wanted)
{
    const TrendsPart &part = wanted.part;
    const Entity &entity = trends.series[part.series];
    DateRange range = rangeOf(trends, part);
    const int days = activeDays(trends, entity);
    const bool isShort = wanted.day && days == 0 && range.clocksChange && (range.interval == Interval::Hour || range.interval == Interval::Minute);
    if (days > 0 && wanted.day) { // Of a week or month the value is that of its first day.
        const Wall start = startOf(*wanted.day, range.interval, engine.calendar());
        const Wall end = plus(start, range.interval == Interval::Hour ? Interval::Hour : Interval::Day, 1);
        range.from = end - days * wallDay;
        range.end = std::min(range.end, end);
    } else if (days > 0 && trends.isTotalValue()) {
        range.from = std::max(range.from, range.end - days * wallDay);
    } else if (wanted.day) { // The bucket's own part of the range.
        const Wall start = startOf(*wanted.day, range.interval, engine.calendar());
        if (!trends.isCumulative()) // A moment that clocks show twice is the later one of the two: the other is an hour before.
            range.from = std::max(range.from, start - (isShort ? 3600 * wallSecond : 0));
        range.end = std::min(range.end, plus(start, range.interval, 1));
    }
    const bool hasValue = !wanted.breakdown.is_null() && !trends.breakdown.values.empty();
    Pieces pieces = piecesOf(trends, part, hasValue ? shownValues(trends, part, engine) : std::nullopt);
    std::vector<ExprPtr> having;
    if (hasValue) {
        const ph::Json values = wanted.breakdown.is_array() ? wanted.breakdown : ph::Json::array({wanted.breakdown});
        if (values.size() != trends.breakdown.values.size())
            refuse("invalid_input", "The query has " + std::to_string(trends.breakdown.values.size()) + " breakdowns.", "query.source.breakdown");
        for (std::size_t i = 0; i < values.size(); ++i)
            having.push_back(binary(BinaryOp::Equal, field({"b" + std::to_string(i + 1)}),
                                    constant(values[i].is_string() ? values[i] : ph::Json(values[i].dump()))));
    }
    pieces.holes.expressions["values"] = allOf(having);
    if (isFirstTime(entity.math))
        return statement("SELECT actor_id, 1 AS event_count FROM {firsts} WHERE {values}",
                         {pieces.holes.expressions, {{"firsts", firstEvents(trends, part, range, pieces)}}});
    std::vector<ExprPtr> where{conditionOf(trends, part, range.from, range.end)};
    if (isShort && !trends.isCumulative())
        where.push_back(binary(BinaryOp::Equal, bucketOf(field({"timestamp"}), range), clockConstant(startOf(*wanted.day, range.interval, engine.calendar()))));
    pieces.holes.expressions["where"] = allOf(where);
    return statement("SELECT actor_id, sum(events_of_one) AS event_count FROM (SELECT {actor} AS actor_id, " + pieces.selected
                         + "count() AS events_of_one FROM " + pieces.from + " WHERE {where}" + groupBy(pieces.keys, "actor_id")
                         + ") WHERE {values} GROUP BY actor_id",
                     pieces.holes);
}

} // namespace localproject::insights

#include "driver/localproject/insights/paths.h"

#include <algorithm>
#include <map>
#include <set>

namespace localproject::insights {

namespace {

using hogql::BinaryOp;

constexpr int pauseMilliseconds = 30 * 60 * 1000; // A longer pause begins a new path.

/// "https://a.example/" and "https://a.example" are one page.
std::string withoutSlash(std::string item)
{
    if (item.size() > 1 && item.back() == '/')
        item.pop_back();
    return item;
}

bool asks(const Paths &paths, std::string_view type)
{
    if (paths.eventTypes.empty())
        return std::ranges::find(paths.excluded, type) == paths.excluded.end();
    return std::ranges::find(paths.eventTypes, type) != paths.eventTypes.end();
}

ExprPtr eventIs(const char *name) { return binary(BinaryOp::Equal, field({"event"}), constant(name)); }

/// What an event is called on a path.
ExprPtr itemOf(const Paths &paths)
{
    ExprPtr item = paths.hogql && asks(paths, "hogql") ? call("toString", {paths.hogql}) : field({"event"});
    if (asks(paths, "$pageview"))
        item = call("if", {eventIs("$pageview"),
                           call("replaceRegexpOne", {call("ifNull", {field({"properties", "$current_url"}), constant("")}), constant("(.)/$"),
                                                     constant("\\1")}),
                           item});
    if (asks(paths, "$screen"))
        item = call("if", {eventIs("$screen"), field({"properties", "$screen_name"}), item});
    item = call("ifNull", {item, constant("")});
    for (const auto &[regex, alias] : paths.cleaning)
        item = call("replaceRegexpAll", {item, constant(regex), constant(alias)});
    if (paths.groupings.empty())
        return item;
    std::vector<ExprPtr> choices;
    for (const std::string &grouping : paths.groupings) {
        std::string pattern = "^";
        for (const char c : grouping) {
            if (std::string_view("\\^$.|?+()[]{}").find(c) != std::string_view::npos)
                pattern += '\\';
            pattern += c == '*' ? ".*" : std::string(1, c);
        }
        choices.push_back(call("match", {item, constant(pattern + "$")}));
        choices.push_back(constant(grouping));
    }
    choices.push_back(item);
    return call("multiIf", std::move(choices));
}

/// The time of a funnel's step, for those whose paths are looked at: actor_id, first, last.
SelectPtr funnelTimes(const Paths::FunnelPart &part, Engine &engine)
{
    const int step = part.step;
    const int reached = step > 0 ? step : -step - 1;
    Holes holes{{}, {{"rows", funnelRows(part.funnel, engine, false)}}};
    const std::string at = "times[" + std::to_string(reached) + "]";
    const std::string before = part.type == "funnel_path_between_steps" ? "times[" + std::to_string(reached - 1) + "]" : at;
    return statement("SELECT actor_id, min(" + before + ") AS first, min(" + at + ") AS last FROM {rows} WHERE level "
                         + (step > 0 ? ">= " : "= ") + std::to_string(reached) + " GROUP BY actor_id",
                     holes);
}

/// actor_id, time, uuid, item: the events that paths are made of.
SelectPtr items(const Paths &paths, Engine &engine)
{
    Holes holes;
    std::vector<ExprPtr> where{between({"events", "timestamp"}, paths.range.from, paths.range.end)};
    where.insert(where.end(), paths.conditions.begin(), paths.conditions.end());
    if (!paths.eventTypes.empty()) {
        std::vector<ExprPtr> any;
        for (const char *event : {"$pageview", "$screen"})
            if (asks(paths, event))
                any.push_back(eventIs(event));
        if (asks(paths, "custom_event"))
            any.push_back(negated(call("startsWith", {field({"event"}), constant("$")})));
        if (!any.empty() && !asks(paths, "hogql"))
            where.push_back(anyOf(any));
    }
    const ExprPtr item = itemOf(paths);
    if (!paths.excluded.empty())
        where.push_back(binary(BinaryOp::NotIn, item, constant(ph::Json(paths.excluded))));
    holes.expressions["item"] = item;
    std::string from = "events";
    if (paths.sampling) {
        from += " SAMPLE {sampling}";
        holes.expressions["sampling"] = constant(*paths.sampling);
    }
    if (paths.funnel) {
        holes.selects["funnel"] = funnelTimes(*paths.funnel, engine);
        from += " INNER JOIN {funnel} AS funnel_actors ON events.person_id = funnel_actors.actor_id";
        const std::string &type = paths.funnel->type;
        // After a drop-off is after the time that there was to go on.
        const bool dropped = paths.funnel->step < 0 && type == "funnel_path_after_step";
        holes.expressions["window"] = constant(dropped ? paths.funnel->funnel.window / 1'000'000 : 0);
        const ExprPtr first = expression("fromUnixTimestamp64Milli(intDiv(funnel_actors.first, 1000)) + toIntervalSecond({window})", holes);
        const ExprPtr last = expression("fromUnixTimestamp64Milli(intDiv(funnel_actors.last + 999, 1000))");
        if (type != "funnel_path_before_step")
            where.push_back(binary(BinaryOp::GreaterOrEqual, field({"events", "timestamp"}), first));
        if (type != "funnel_path_after_step")
            where.push_back(binary(BinaryOp::LessOrEqual, field({"events", "timestamp"}), last));
    }
    holes.expressions["where"] = allOf(where);
    return statement("SELECT events.person_id AS actor_id, events.timestamp AS time, events.uuid AS uuid, {item} AS item FROM " + from
                         + " WHERE {where}",
                     holes);
}

/// actor_id, session, place, time, item: each path cut to what the query asks for, places from 1.
SelectPtr steps(const Paths &paths, Engine &engine)
{
    Holes holes;
    holes.selects["items"] = items(paths, engine);
    holes.expressions["pause"] = constant(pauseMilliseconds);
    holes.expressions["start"] = constant(withoutSlash(paths.startPoint));
    holes.expressions["end"] = constant(withoutSlash(paths.endPoint));
    holes.expressions["limit"] = constant(paths.stepLimit);
    holes.expressions["half"] = constant(paths.stepLimit / 2);
    const std::string order = " OVER (PARTITION BY actor_id ORDER BY time, uuid)";
    const std::string within = " OVER (PARTITION BY actor_id, session ORDER BY time, uuid)";
    const SelectPtr begun = statement("SELECT actor_id, time, uuid, item, if(toUnixTimestamp64Milli(time) - lag(toUnixTimestamp64Milli(time))" + order
                                          + " < {pause}, 0, 1) AS begins FROM {items}",
                                      holes);
    const SelectPtr sessions
        = statement("SELECT actor_id, time, uuid, item, sum(begins)" + order + " AS session FROM {begun}", {{}, {{"begun", begun}}});
    const SelectPtr repeated = statement("SELECT actor_id, session, time, uuid, item, lag(item)" + within + " AS before FROM {sessions}",
                                         {{}, {{"sessions", sessions}}});
    const SelectPtr placed = statement("SELECT actor_id, session, time, item, row_number()" + within
                                           + " AS place FROM {repeated} WHERE before IS NULL OR before != item",
                                       {{}, {{"repeated", repeated}}});
    const std::string whole = " OVER (PARTITION BY actor_id, session)";
    const bool fromStart = !paths.startPoint.empty();
    const bool toEnd = !paths.endPoint.empty();
    if (!fromStart && !toEnd) {
        holes.selects["placed"] = placed;
        return statement("SELECT actor_id, session, place, time, item FROM {placed} WHERE place <= {limit}", holes);
    }
    holes.selects["placed"] = placed;
    const SelectPtr marked = statement("SELECT actor_id, session, place, time, item, "
                                           + std::string(fromStart ? "min(if(item = {start}, place, NULL))" + whole : "1") + " AS first FROM {placed}",
                                       holes);
    holes.selects["marked"] = marked;
    if (!toEnd)
        return statement("SELECT actor_id, session, place - first + 1 AS place, time, item FROM {marked} "
                         "WHERE place >= first AND place < first + {limit}",
                         holes);
    const SelectPtr ended = statement("SELECT actor_id, session, place, time, item, first, min(if(item = {end} AND place >= first, place, NULL))" + whole
                                          + " AS last FROM {marked}",
                                      holes);
    holes.selects["ended"] = ended;
    if (!fromStart)
        return statement("SELECT actor_id, session, place - greatest(last - {limit}, 0) AS place, time, item FROM {ended} "
                         "WHERE place <= last AND place > last - {limit}",
                         holes);
    // Between two points all of a path is asked for: of a long one its ends, and "..." for what lies between.
    const SelectPtr cut = statement("SELECT actor_id, session, place - first + 1 AS at, last - first + 1 AS length, time, item FROM {ended} "
                                    "WHERE place >= first AND place <= last",
                                    holes);
    holes.selects["cut"] = cut;
    return statement("SELECT actor_id, session, if(length <= {limit} OR at <= {half}, at, if(at = {half} + 1, at, at - (length - {half}) + {half} + 1)) "
                     "AS place, time, if(length > {limit} AND at = {half} + 1, '...', item) AS item FROM {cut} "
                     "WHERE length <= {limit} OR at <= {half} + 1 OR at > length - {half}",
                     holes);
}

/// actor_id, source, target, milliseconds: each step from one item to the next.
SelectPtr edges(const Paths &paths, Engine &engine)
{
    const SelectPtr named = statement("SELECT actor_id, session, place, time, concat(toString(place), '_', item) AS name FROM {steps}",
                                      {{}, {{"steps", steps(paths, engine)}}});
    const std::string order = " OVER (PARTITION BY actor_id, session ORDER BY place)";
    return statement("SELECT actor_id, lag(name)" + order + " AS source, name AS target, toUnixTimestamp64Milli(time) - lag(toUnixTimestamp64Milli(time))"
                         + order + " AS milliseconds, lead(name)" + order + " AS following FROM {named}",
                     {{}, {{"named", named}}});
}

/// Edges that a limit has cut off from where paths begin lead nowhere: they are left out.
ph::Json connected(const Rows &rows)
{
    std::map<std::string, std::vector<std::string>> from;
    std::vector<std::string> open;
    std::set<std::string> seen;
    for (const auto &row : rows.rows) {
        const auto source = row[0].get<std::string>();
        from[source].push_back(row[1].get<std::string>());
        if (source.starts_with("1_"))
            open.push_back(source);
    }
    while (!open.empty()) {
        const std::string node = std::move(open.back());
        open.pop_back();
        if (!seen.insert(node).second)
            continue;
        for (const std::string &next : from[node])
            open.push_back(next);
    }
    ph::Json results = ph::Json::array();
    for (const auto &row : rows.rows)
        if (seen.contains(row[0].get<std::string>()))
            results.push_back({{"source", row[0]}, {"target", row[1]}, {"value", row[2]}, {"average_conversion_time", row[3]}});
    return results;
}

void readFilter(Node &filter, Paths &paths)
{
    filter.ignore({"showFullUrls", "pathReplacements", "stepLimit"});
    for (const std::string &type : filter.texts("includeEventTypes").value_or(std::vector<std::string>{})) {
        if (type != "$pageview" && type != "$screen" && type != "custom_event" && type != "hogql")
            filter.refuseField("includeEventTypes", "\"" + type + "\" is not a valid choice.");
        paths.eventTypes.push_back(type);
    }
    paths.startPoint = filter.text("startPoint").value_or("");
    paths.endPoint = filter.text("endPoint").value_or("");
    paths.stepLimit = static_cast<int>(filter.integer("stepLimit", 1, 20).value_or(5));
    paths.edgeLimit = static_cast<int>(filter.integer("edgeLimit", 1, 10'000).value_or(50));
    paths.leastWeight = filter.integer("minEdgeWeight", 0, INT64_MAX);
    paths.mostWeight = filter.integer("maxEdgeWeight", 0, INT64_MAX);
    paths.excluded = filter.texts("excludeEvents").value_or(std::vector<std::string>{});
    paths.groupings = filter.texts("pathGroupings").value_or(std::vector<std::string>{});
    for (Node &cleaning : filter.nodes("localPathCleaningFilters")) {
        cleaning.ignore({"order"});
        paths.cleaning.emplace_back(cleaning.text("regex").value_or(""), cleaning.text("alias").value_or(""));
        cleaning.finish();
    }
    if (const auto text = filter.text("pathsHogQLExpression"); text && !text->empty())
        paths.hogql = userExpression(*text, filter.pathOf("pathsHogQLExpression"));
    paths.startKey = filter.text("pathStartKey").value_or("");
    paths.endKey = filter.text("pathEndKey").value_or("");
    paths.dropOffKey = filter.text("pathDropoffKey").value_or("");
    filter.finish();
}

} // namespace

Paths readPaths(Node node, Engine &engine)
{
    ignoreCommon(node);
    Paths paths;
    if (auto filter = node.node("pathsFilter"))
        readFilter(*filter, paths);
    if (auto part = node.node("funnelPathsFilter")) {
        Paths::FunnelPart funnel;
        funnel.type = part->choice("funnelPathType", {"funnel_path_before_step", "funnel_path_between_steps", "funnel_path_after_step"},
                                   "funnel_path_after_step");
        funnel.funnel = readFunnel(part->requiredNode("funnelSource"), engine);
        const int last = static_cast<int>(funnel.funnel.steps.size());
        funnel.step = static_cast<int>(part->integer("funnelStep", -last, last).value_or(1));
        if (funnel.step == 0 || funnel.step == -1)
            part->refuseField("funnelStep", "Steps count from 1; -2 and below are those who dropped off.");
        if (!funnel.funnel.actorIsPerson)
            part->refuseField("funnelSource", "Paths are of persons, this funnel is not.");
        if (funnel.type == "funnel_path_between_steps" && (funnel.step > 0 ? funnel.step : -funnel.step - 1) < 2)
            part->refuseField("funnelStep", "There is no step before the first.");
        part->finish();
        paths.funnel = std::move(funnel);
    }
    if (node.has("aggregation_group_type_index"))
        node.refuseField("aggregation_group_type_index", "Paths of groups are not supported by the local project yet.");
    node.ignore({"interval"});
    paths.range = readDateRange(node, Interval::Day, engine.calendar(), [&] { return engine.earliest(); });
    paths.conditions = insightConditions(node, engine);
    paths.sampling = node.number("samplingFactor");
    if (paths.sampling && (*paths.sampling <= 0 || *paths.sampling > 1))
        node.refuseField("samplingFactor", "This must be above 0 and at most 1.");
    node.finish();
    return paths;
}

ph::Json answerPaths(const Paths &paths, Engine &engine)
{
    std::vector<ExprPtr> having;
    if (paths.leastWeight)
        having.push_back(binary(BinaryOp::GreaterOrEqual, field({"value"}), constant(*paths.leastWeight)));
    if (paths.mostWeight)
        having.push_back(binary(BinaryOp::LessOrEqual, field({"value"}), constant(*paths.mostWeight)));
    const Rows rows = engine.run(statement("SELECT source, target, count() AS value, avg(milliseconds) AS average_conversion_time FROM {edges} "
                                           "WHERE source IS NOT NULL GROUP BY source, target HAVING {having} "
                                           "ORDER BY value DESC, source, target LIMIT {limit}",
                                           {{{"having", allOf(having)}, {"limit", constant(paths.edgeLimit)}}, {{"edges", edges(paths, engine)}}}));
    return {{"results", connected(rows)}, {"hogql", engine.hogql()}};
}

SelectPtr pathsActors(const Paths &paths, Engine &engine)
{
    std::vector<ExprPtr> where;
    if (!paths.dropOffKey.empty()) {
        where.push_back(binary(BinaryOp::Equal, field({"target"}), constant(paths.dropOffKey)));
        where.push_back(isNull(field({"following"})));
    } else {
        where.push_back(isNull(field({"source"}), true));
    }
    if (!paths.startKey.empty())
        where.push_back(binary(BinaryOp::Equal, field({"source"}), constant(paths.startKey)));
    if (!paths.endKey.empty())
        where.push_back(binary(BinaryOp::Equal, field({"target"}), constant(paths.endKey)));
    return statement("SELECT actor_id, count() AS event_count FROM {edges} WHERE {where} GROUP BY actor_id",
                     {{{"where", allOf(where)}}, {{"edges", edges(paths, engine)}}});
}

} // namespace localproject::insights

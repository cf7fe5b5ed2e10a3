#include "driver/localproject/insights/actors.h"

#include "driver/localproject/insights/funnels.h"
#include "driver/localproject/insights/lifecycle.h"
#include "driver/localproject/insights/paths.h"
#include "driver/localproject/insights/retention.h"
#include "driver/localproject/insights/stickiness.h"
#include "driver/localproject/insights/trends.h"

#include "driver/hogql/printer.h"

#include <algorithm>

namespace localproject::insights {

namespace {

using hogql::BinaryOp;

std::string kindOf(const Node &node)
{
    const ph::Json &json = node.json();
    return json.contains("kind") && json["kind"].is_string() ? json["kind"].get<std::string>() : std::string();
}

/// "day" of an actors query: a date, or a number for stickiness.
std::optional<Wall> readDay(Node &node, const char *key)
{
    const auto text = node.text(key);
    if (!text)
        return std::nullopt;
    const auto day = wallOf(*text);
    if (!day)
        node.refuseField(key, "\"" + *text + "\" is not a date.");
    return day;
}

ActorsSource trendsSource(Node &node, Node source, Engine &engine)
{
    const Trends trends = readTrends(std::move(source), engine);
    TrendsActors wanted;
    wanted.day = readDay(node, "day");
    wanted.part.series = static_cast<std::size_t>(node.integer("series", 0, static_cast<std::int64_t>(trends.series.size()) - 1).value_or(0));
    const std::string period = node.choice("compare", {"current", "previous"}, "current");
    if (period == "previous" && !trends.compare)
        node.refuseField("compare", "The query does not compare with a previous period.");
    wanted.part.previous = period == "previous";
    wanted.breakdown = node.raw("breakdown");
    if (!wanted.breakdown.is_null() && trends.breakdown.isCohort()) {
        wanted.part.cohort = wanted.breakdown == "all" ? 0 : wanted.breakdown.is_number_integer() ? wanted.breakdown.get<std::int64_t>() : -1;
        if (std::ranges::find(trends.breakdown.cohorts, *wanted.part.cohort) == trends.breakdown.cohorts.end())
            node.refuseField("breakdown", "The query is not broken down by that cohort.");
    } else if (!wanted.breakdown.is_null() && trends.breakdown.values.empty()) {
        node.refuseField("breakdown", "The query has no breakdown.");
    }
    return {trendsActors(trends, engine, wanted), !trends.groupOf(wanted.part.series), {"event_count"}};
}

ActorsSource insightSource(Node &node, Engine &engine)
{
    Node source = node.requiredNode("source");
    const std::string kind = kindOf(source);
    node.ignore({"includeRecordings", "interval_pattern"});
    if (kind == "TrendsQuery") {
        node.ignore({"interval", "status"});
        return trendsSource(node, source, engine);
    }
    if (kind == "LifecycleQuery") {
        const Lifecycle lifecycle = readLifecycle(source, engine);
        std::optional<std::string> status;
        if (node.has("status"))
            status = node.choice("status", {"new", "returning", "resurrecting", "dormant"}, "");
        const auto day = readDay(node, "day");
        node.ignore({"interval", "series", "breakdown", "compare"});
        return {lifecycleActors(lifecycle, engine, day, status), true, {}};
    }
    if (kind == "StickinessQuery") {
        const Stickiness stickiness = readStickiness(source, engine);
        const auto series = node.integer("series", 0, static_cast<std::int64_t>(stickiness.series.size()) - 1).value_or(0);
        const bool previous = node.choice("compare", {"current", "previous"}, "current") == "previous";
        if (previous && !stickiness.compare)
            node.refuseField("compare", "The query does not compare with a previous period.");
        const auto day = node.raw("day").is_string() && !node.raw("day").get<std::string>().empty()
                && node.raw("day").get<std::string>().size() < 10
                && node.raw("day").get<std::string>().find_first_not_of("0123456789") == std::string::npos
            ? std::optional<std::int64_t>(std::stoll(node.raw("day").get<std::string>()))
            : node.integer("day", 0, 1'000'000);
        const std::string comparison = node.choice("operator", {"gte", "lte", "exact"}, "");
        node.ignore({"interval", "status", "breakdown"});
        return {stickinessActors(stickiness, static_cast<std::size_t>(series), previous, day, comparison), true, {"event_count"}};
    }
    if (kind == "RetentionQuery") {
        const Retention retention = readRetention(source, engine);
        const auto interval = node.integer("interval", 0, 1000).value_or(0);
        const ph::Json breakdown = node.raw("breakdown");
        node.ignore({"day", "series", "status", "compare"});
        return {retentionActors(retention, engine, static_cast<int>(interval), breakdown), retention.actorIsPerson, {"appearances"}};
    }
    if (kind == "PathsQuery") {
        node.ignore({"day", "series", "interval", "status", "breakdown", "compare"});
        return {pathsActors(readPaths(source, engine), engine), true, {"event_count"}};
    }
    if (kind == "FunnelsQuery")
        node.refuseField("source", "The people of a funnel are asked for by FunnelsActorsQuery.");
    node.refuseField("source", "\"" + kind + "\" has no people behind it that can be listed.");
}

ActorsSource funnelSource(Node &node, Engine &engine)
{
    const Funnel funnel = readFunnel(node.requiredNode("source"), engine);
    const int last = static_cast<int>(funnel.steps.size());
    FunnelActors wanted;
    wanted.period = readDay(node, "funnelTrendsEntrancePeriodStart");
    wanted.dropOff = node.flag("funnelTrendsDropOff");
    wanted.breakdown = node.raw("funnelStepBreakdown");
    node.ignore({"includeRecordings", "funnelCustomSteps"});
    const auto step = node.integer("funnelStep", -last, last);
    if (!step && !wanted.period)
        refuse("required", "This field is required.", node.pathOf("funnelStep"));
    if (step && (*step == 0 || *step == -1))
        node.refuseField("funnelStep", "Steps count from 1; -2 and below are those who dropped off before that step.");
    wanted.step = static_cast<int>(step.value_or(1));
    if (!wanted.breakdown.is_null() && !funnel.breakdown.any())
        node.refuseField("funnelStepBreakdown", "The funnel has no breakdown.");
    return {funnelActors(funnel, engine, wanted), funnel.actorIsPerson, {}};
}

/// A HogQL query as a source: the column that says who.
ActorsSource hogqlSource(Node &node, Engine &engine)
{
    node.ignore({"values", "filters", "variables", "explain", "connectionId"});
    const SelectPtr query = userQuery(node.requiredText("query"), node.pathOf("query"));
    CompileContext context = engine.source().context;
    const auto compiled = compile(*query, context);
    if (!compiled)
        refuse(compiled.error().code, compiled.error().message, node.pathOf("query"));
    for (const char *name : {"person_id", "actor_id", "id"}) {
        if (std::ranges::find(compiled->columns, name) == compiled->columns.end())
            continue;
        std::vector<std::string> others;
        for (const std::string &column : compiled->columns)
            if (column == "event_count")
                others.push_back(column);
        const std::string rest = others.empty() ? "" : ", event_count";
        return {statement("SELECT {id} AS actor_id" + rest + " FROM {query}", {{{"id", field({name})}}, {{"query", query}}}), true, others};
    }
    refuse("invalid_input", "The source query must have a column person_id, actor_id or id.", node.pathOf("query"));
}

ExprPtr searchCondition(const std::string &text)
{
    std::string pattern = "%";
    for (const char c : text)
        pattern += (c == '%' || c == '_' || c == '\\') ? std::string("\\") + c : std::string(1, c);
    return expression("persons.properties.email ILIKE {like} OR persons.properties.name ILIKE {like} OR toString(persons.id) ILIKE {like} OR "
                      "persons.id IN (SELECT person_id FROM person_distinct_ids WHERE distinct_id ILIKE {like})",
                      {{{"like", constant(pattern + "%")}}, {}});
}

std::string jsonText(const ph::Json &cell) { return cell.is_string() ? cell.get<std::string>() : cell.dump(); }

} // namespace

std::pair<std::string, bool> splitOrder(const std::string &text)
{
    for (const auto &[ending, descending] : {std::pair(" DESC", true), std::pair(" desc", true), std::pair(" ASC", false), std::pair(" asc", false)})
        if (text.ends_with(ending))
            return {text.substr(0, text.size() - std::string_view(ending).size()), descending};
    return {text, false};
}

std::map<std::string, ph::Json> personsById(const std::vector<std::string> &ids, const Engine &engine)
{
    std::map<std::string, ph::Json> persons;
    if (ids.empty())
        return persons;
    const auto rows = engine.source().store.query(
        "SELECT p.id::VARCHAR, p.created_at, p.last_seen_at, p.is_identified, p.properties, "
        "(SELECT list(d.distinct_id ORDER BY d.distinct_id) FROM person_distinct_ids d WHERE d.person_id = p.id) "
        "FROM persons p WHERE p.id::VARCHAR IN (SELECT unnest($1::VARCHAR[]))",
        {ph::Json(ids)}, engine.source().stop);
    if (!rows)
        throw Refusal{{"", rows.error().message, "", rows.error()}};
    for (const auto &row : rows->rows) {
        ph::Json properties = row[4].is_string() ? ph::Json::parse(row[4].get<std::string>(), nullptr, false) : ph::Json::object();
        if (!properties.is_object())
            properties = ph::Json::object();
        const ph::Json distinctIds = row[5].is_array() ? row[5] : ph::Json::array();
        std::string name = row[0].get<std::string>();
        for (const char *key : {"email", "name", "username"})
            if (properties.contains(key) && properties[key].is_string() && !properties[key].get<std::string>().empty()) {
                name = properties[key].get<std::string>();
                break;
            }
        persons[row[0].get<std::string>()] = {{"id", row[0]},
                                              {"uuid", row[0]},
                                              {"name", name},
                                              {"distinct_ids", distinctIds},
                                              {"properties", properties},
                                              {"created_at", row[1]},
                                              {"last_seen_at", row[2]},
                                              {"is_identified", row[3]}};
    }
    return persons;
}

ActorsSource readActorsSource(Node node, Engine &engine)
{
    ignoreCommon(node);
    const std::string kind = kindOf(node);
    ActorsSource source;
    if (kind == "FunnelsActorsQuery")
        source = funnelSource(node, engine);
    else if (kind == "InsightActorsQuery" || kind == "StickinessActorsQuery")
        source = insightSource(node, engine);
    else if (kind == "HogQLQuery")
        source = hogqlSource(node, engine);
    else
        node.refuseField("kind", "\"" + kind + "\" is no source of actors that the local project knows.");
    node.finish();
    return source;
}

ph::Json answerActors(Node node, Engine &engine)
{
    ignoreCommon(node);
    std::optional<ActorsSource> source;
    if (const auto given = node.node("source"))
        source = readActorsSource(*given, engine);
    const bool persons = !source || source->arePersons;
    std::vector<std::string> columns
        = node.texts("select").value_or(source ? std::vector<std::string>{"actor"} : std::vector<std::string>{"person", "id", "created_at"});
    std::vector<ExprPtr> where;
    if (const auto search = node.text("search"); search && !search->empty() && persons)
        where.push_back(searchCondition(*search));
    for (const char *key : {"properties", "fixedProperties"})
        if (const ph::Json &properties = node.raw(key); !properties.is_null() && !properties.empty())
            where.push_back(propertyCondition(properties, engine, node.pathOf(key), true));
    const auto limit = node.integer("limit", 1, 50'000).value_or(100);
    const auto offset = node.integer("offset", 0, INT64_MAX).value_or(0);
    const auto orders = node.texts("orderBy");
    node.finish();

    Holes holes;
    std::string text = "SELECT toString({actor_id}) AS who";
    holes.expressions["actor_id"] = source ? field({"source", "actor_id"}) : field({"persons", "id"});
    bool needsPersons = !where.empty(); // Else the source knows all that is asked for.
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string &column = columns[i];
        if (column == "actor" || column == "person" || column == "group" || column == "person.$delete" || column == "matched_recordings")
            continue;
        const std::string name = "column_" + std::to_string(i);
        if (column == "id")
            holes.expressions[name] = call("toString", {holes.expressions["actor_id"]});
        else if (source && std::ranges::find(source->columns, column) != source->columns.end())
            holes.expressions[name] = field({"source", column});
        else {
            holes.expressions[name] = userExpression(column, node.pathOf("select") + "." + std::to_string(i));
            needsPersons = true;
        }
        text += ", {" + name + "} AS " + name;
    }
    holes.expressions["where"] = allOf(where);
    std::string order;
    if (orders) {
        for (std::size_t i = 0; i < orders->size(); ++i) {
            const auto [entry, descending] = splitOrder((*orders)[i]);
            const std::string name = "order_" + std::to_string(i);
            const bool isColumn = source && std::ranges::find(source->columns, entry) != source->columns.end();
            needsPersons = needsPersons || (!isColumn && entry != "id");
            holes.expressions[name] = isColumn ? field({"source", entry})
                : entry == "id"                ? holes.expressions["actor_id"]
                                               : userExpression(entry, node.pathOf("orderBy") + "." + std::to_string(i));
            order += "{" + name + "}" + (descending ? " DESC, " : ", ");
        }
    } else if (source && std::ranges::find(source->columns, "event_count") != source->columns.end()) {
        order = "source.event_count DESC, ";
    } else if (!source) {
        order = "persons.created_at DESC, ";
    }
    if (source)
        holes.selects["source"] = source->query;
    text += !source ? " FROM persons" : " FROM {source} AS source";
    if (source && persons && needsPersons)
        text += " LEFT JOIN persons ON persons.id = source.actor_id";
    text += " WHERE {where} ORDER BY " + order;
    holes.expressions["limit"] = constant(limit + 1);
    holes.expressions["offset"] = constant(offset);
    const SelectPtr query = statement(text + "who LIMIT {limit} OFFSET {offset}", holes);
    engine.show(query);
    CompileContext context = engine.source().context;
    context.maximumLimit = 100'000'000;
    Engine::Page page = engine.runPage(query, context, node.pathOf("select"));

    auto &rows = page.rows.rows;
    const bool hasMore = rows.size() > static_cast<std::size_t>(limit);
    rows.resize(std::min(rows.size(), static_cast<std::size_t>(limit)));
    std::vector<std::string> ids;
    for (const auto &row : rows)
        if (row[0].is_string())
            ids.push_back(row[0].get<std::string>());
    const auto objects = persons ? personsById(ids, engine) : std::map<std::string, ph::Json>{};
    ph::Json results = ph::Json::array();
    std::int64_t missing = 0;
    for (const auto &row : rows) {
        const std::string id = jsonText(row[0]);
        const auto object = objects.find(id);
        missing += persons && object == objects.end() ? 1 : 0;
        ph::Json out = ph::Json::array();
        std::size_t at = 1;
        for (const std::string &column : columns) {
            if (column == "actor" || column == "person" || column == "group")
                out.push_back(object == objects.end() ? ph::Json{{"id", row[0]}} : object->second);
            else if (column == "person.$delete")
                out.push_back(nullptr);
            else if (column == "matched_recordings")
                out.push_back(ph::Json::array());
            else
                out.push_back(row[at++]);
        }
        results.push_back(std::move(out));
    }
    ph::Json types = ph::Json::array();
    std::size_t at = 1;
    for (const std::string &column : columns) {
        const bool made = column == "actor" || column == "person" || column == "group" || column == "person.$delete" || column == "matched_recordings";
        types.push_back(made ? ph::Json("Tuple") : ph::Json(page.statement.types[at++]));
    }
    return {{"results", std::move(results)}, {"columns", columns}, {"types", std::move(types)}, {"hasMore", hasMore}, {"limit", limit},
            {"offset", offset}, {"missing_actors_count", missing}, {"hogql", engine.hogql()}};
}

} // namespace localproject::insights

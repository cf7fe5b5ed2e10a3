#include "driver/localproject/insights/taxonomy.h"

#include "driver/hogql/parser.h"
#include "driver/hogql/walk.h"

#include <algorithm>
#include <set>

namespace localproject::insights {

namespace {

using hogql::BinaryOp;

ExprPtr lastMonth(const Engine &engine)
{
    const Wall today = startOf(engine.calendar().now, Interval::Day, engine.calendar());
    return between({"timestamp"}, today - 30 * wallDay, today + wallDay);
}

/// JSON text of a value as the text that HogQL reads it as.
ph::Json plainValue(const ph::Json &raw)
{
    if (!raw.is_string())
        return raw;
    const ph::Json value = ph::Json::parse(raw.get<std::string>(), nullptr, false);
    return value.is_string() ? value : raw;
}

void collectTables(const hogql::Select &select, std::set<std::string> &names)
{
    for (const hogql::Join &join : select.from) {
        std::string name;
        for (const std::string &part : join.table.name)
            name += (name.empty() ? "" : ".") + part;
        if (!name.empty())
            names.insert(name);
    }
    const std::function<void(const hogql::Expr &)> inExpr = [&](const hogql::Expr &expr) {
        hogql::forEachChild(expr, inExpr, [&](const hogql::Select &inner) { collectTables(inner, names); });
    };
    hogql::forEachChild(select, inExpr, [&](const hogql::Select &inner) { collectTables(inner, names); });
    for (const hogql::Cte &cte : select.ctes)
        names.erase(cte.name);
}

/// PostHog counts characters, the parser bytes.
std::size_t charactersBefore(const std::string &text, std::size_t bytes)
{
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(bytes, text.size()));
    return static_cast<std::size_t>(std::count_if(text.begin(), end, [](char c) { return (c & 0xC0) != 0x80; }));
}

} // namespace

ph::Json answerTeamTaxonomy(Node node, Engine &engine)
{
    ignoreCommon(node);
    const auto limit = node.integer("limit", 1, 50'000).value_or(500);
    const auto offset = node.integer("offset", 0, INT64_MAX).value_or(0);
    node.finish();
    const Rows rows = engine.run(statement("SELECT event, count() AS n FROM events WHERE {when} GROUP BY event ORDER BY n DESC, event LIMIT {limit} OFFSET {offset}",
                                           {{{"when", lastMonth(engine)}, {"limit", constant(limit)}, {"offset", constant(offset)}}, {}}));
    ph::Json results = ph::Json::array();
    for (const auto &row : rows.rows)
        results.push_back({{"event", row[0]}, {"count", row[1]}});
    return {{"results", std::move(results)}, {"hogql", engine.hogql()}};
}

ph::Json answerEventTaxonomy(Node node, Engine &engine)
{
    ignoreCommon(node);
    std::vector<ExprPtr> where{lastMonth(engine)};
    const auto event = node.text("event");
    const auto action = node.integer("actionId", 0, INT64_MAX);
    if (action) {
        engine.action(*action, node.pathOf("actionId"));
        where.push_back(call("matchesAction", {constant(*action)}));
    } else if (event && !event->empty()) {
        where.push_back(binary(BinaryOp::Equal, field({"event"}), constant(*event)));
    } else {
        refuse("required", "This field is required.", node.pathOf("event"));
    }
    const auto properties = node.texts("properties");
    const auto most = node.integer("maxPropertyValues", 1, 1000).value_or(5);
    node.finish();
    Holes holes{{{"where", allOf(where)}, {"most", constant(most)}, {"wanted", constant(true)}}, {}};
    if (properties && !properties->empty())
        holes.expressions["wanted"] = binary(BinaryOp::In, field({"property"}), constant(ph::Json(*properties)));
    const Rows rows = engine.run(statement("SELECT property, arraySlice(arrayReverseSort(groupArray(tuple(n, value))), 1, {most}) AS samples, count() AS different FROM ("
                                           "SELECT pair.1 AS property, pair.2 AS value, count() AS n FROM ("
                                           "SELECT arrayJoin(JSONExtractKeysAndValuesRaw(properties)) AS pair FROM events WHERE {where}) "
                                           "GROUP BY property, value) WHERE {wanted} GROUP BY property ORDER BY property",
                                           holes));
    ph::Json results = ph::Json::array();
    for (const auto &row : rows.rows) {
        ph::Json samples = ph::Json::array();
        for (const ph::Json &sample : row[1])
            samples.push_back(plainValue(sample.is_array() && sample.size() == 2 ? sample[1] : sample));
        results.push_back({{"property", row[0]}, {"sample_values", std::move(samples)}, {"sample_count", row[2]}});
    }
    return {{"results", std::move(results)}, {"hogql", engine.hogql()}};
}

ph::Json answerMetadata(Node node, Engine &engine)
{
    ignoreCommon(node);
    const std::string language = node.choice("language", {"hogQL", "hogQLExpr"}, "hogQL");
    const std::string text = node.requiredText("query");
    node.ignore({"filters", "variables", "sourceQuery", "globals", "debug"});
    node.finish();
    ph::Json answer{{"isValid", true}, {"query", text}, {"errors", ph::Json::array()}, {"warnings", ph::Json::array()}, {"notices", ph::Json::array()},
                    {"table_names", ph::Json::array()}, {"isUsingIndices", "undecisive"}};
    const auto wrong = [&](const std::string &message, const hogql::Span &span) {
        answer["isValid"] = false;
        answer["errors"].push_back({{"message", message}, {"start", charactersBefore(text, span.start)}, {"end", charactersBefore(text, span.end)}, {"fix", nullptr}});
    };
    SelectPtr query;
    if (language == "hogQLExpr") {
        const auto parsed = hogql::parseExpression(text);
        if (!parsed) {
            wrong(parsed.error().message, parsed.error().span);
            return answer;
        }
        query = statement("SELECT {expression} FROM events", {{{"expression", *parsed}}, {}});
    } else {
        const auto parsed = hogql::parseSelect(text);
        if (!parsed) {
            wrong(parsed.error().message, parsed.error().span);
            return answer;
        }
        query = *parsed;
    }
    std::set<std::string> names;
    collectTables(*query, names);
    answer["table_names"] = names;
    if (const auto compiled = compile(*query, engine.source().context); !compiled)
        wrong(compiled.error().message, compiled.error().span);
    return answer;
}

} // namespace localproject::insights

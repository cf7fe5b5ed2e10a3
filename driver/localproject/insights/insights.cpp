#include "driver/localproject/insights/insights.h"

#include "driver/localproject/insights/actors.h"
#include "driver/localproject/insights/events_query.h"
#include "driver/localproject/insights/funnels.h"
#include "driver/localproject/insights/lifecycle.h"
#include "driver/localproject/insights/paths.h"
#include "driver/localproject/insights/retention.h"
#include "driver/localproject/insights/stickiness.h"
#include "driver/localproject/insights/taxonomy.h"
#include "driver/localproject/insights/trends.h"

#include <algorithm>

namespace localproject::insights {

namespace {

/// The people of an insight by themselves, without the frame of an ActorsQuery.
ph::Json answerActorsSource(const Node &node, Engine &engine)
{
    const ActorsSource source = readActorsSource(node, engine);
    std::string columns = "actor_id";
    ph::Json names{"actor_id"};
    for (const std::string &column : source.columns) {
        columns += ", " + column;
        names.push_back(column);
    }
    const Rows rows = engine.run(statement("SELECT " + columns + " FROM {source} ORDER BY actor_id", {{}, {{"source", source.query}}}));
    ph::Json results = ph::Json::array();
    for (const auto &row : rows.rows)
        results.push_back(row);
    return {{"results", std::move(results)}, {"columns", std::move(names)}, {"hogql", engine.hogql()}};
}

struct Kind {
    std::string_view name;
    ph::Json (*answer)(const Node &, Engine &);
};

constexpr Kind kinds[] = {
    {"ActorsQuery", [](const Node &node, Engine &engine) { return answerActors(node, engine); }},
    {"EventsQuery", [](const Node &node, Engine &engine) { return answerEvents(node, engine); }},
    {"EventTaxonomyQuery", [](const Node &node, Engine &engine) { return answerEventTaxonomy(node, engine); }},
    {"FunnelsActorsQuery", answerActorsSource},
    {"FunnelsQuery", [](const Node &node, Engine &engine) { return answerFunnel(readFunnel(node, engine), engine); }},
    {"HogQLMetadata", [](const Node &node, Engine &engine) { return answerMetadata(node, engine); }},
    {"InsightActorsQuery", answerActorsSource},
    {"LifecycleQuery", [](const Node &node, Engine &engine) { return answerLifecycle(readLifecycle(node, engine), engine); }},
    {"PathsQuery", [](const Node &node, Engine &engine) { return answerPaths(readPaths(node, engine), engine); }},
    {"RetentionQuery", [](const Node &node, Engine &engine) { return answerRetention(readRetention(node, engine), engine); }},
    {"StickinessActorsQuery", answerActorsSource},
    {"StickinessQuery", [](const Node &node, Engine &engine) { return answerStickiness(readStickiness(node, engine), engine); }},
    {"TeamTaxonomyQuery", [](const Node &node, Engine &engine) { return answerTeamTaxonomy(node, engine); }},
    {"TrendsQuery", [](const Node &node, Engine &engine) { return answerTrends(readTrends(node, engine), engine); }},
};

const Kind *findKind(std::string_view name)
{
    const auto found = std::ranges::find(kinds, name, &Kind::name);
    return found == std::end(kinds) ? nullptr : found;
}

bool isWrapper(std::string_view kind) { return kind == "InsightVizNode" || kind == "DataTableNode" || kind == "DataVisualizationNode"; }

std::string kindOf(const ph::Json &node)
{
    const auto kind = node.is_object() ? node.find("kind") : node.end();
    return node.is_object() && kind != node.end() && kind->is_string() ? kind->get<std::string>() : std::string();
}

} // namespace

bool isKnown(std::string_view kind) { return findKind(kind) != nullptr; }

tl::expected<ph::Json, Problem> answer(const ph::Json &query, const Source &source)
{
    try {
        const ph::Json *node = &query;
        std::string path = "query";
        for (int depth = 0; depth < 4 && isWrapper(kindOf(*node)); ++depth) {
            const auto inner = node->find("source");
            if (inner == node->end())
                refuse("required", "This field is required.", path + ".source");
            node = &*inner;
            path += ".source";
        }
        const Kind *kind = findKind(kindOf(*node));
        if (!kind)
            refuse("invalid_input", "The local project does not know queries of the kind \"" + kindOf(*node) + "\".", path + ".kind");
        Engine engine(source);
        ph::Json body = kind->answer(Node(*node, path), engine);
        body["error"] = nullptr;
        body["timings"] = ph::Json::array();
        body["modifiers"] = ph::Json::object();
        return body;
    } catch (Refusal &refusal) {
        return tl::unexpected(std::move(refusal.problem));
    }
}

} // namespace localproject::insights

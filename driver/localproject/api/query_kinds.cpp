#include "driver/localproject/api/query_kinds.h"

#include "driver/base/ids.h"

#include <algorithm>
#include <array>

namespace localproject::api {

namespace {

constexpr QueryKind kinds[] = {
    {"ActorsQuery", answerInsight},
    {"DatabaseSchemaQuery", answerSchema},
    {"EventsQuery", answerInsight},
    {"EventTaxonomyQuery", answerInsight},
    {"FunnelsActorsQuery", answerInsight},
    {"FunnelsQuery", answerInsight},
    {"HogQLMetadata", answerInsight},
    {"HogQLQuery", answerHogql},
    {"InsightActorsQuery", answerInsight},
    {"LifecycleQuery", answerInsight},
    {"PathsQuery", answerInsight},
    {"RecordingsQuery", answerRecordings},
    {"RetentionQuery", answerInsight},
    {"StickinessActorsQuery", answerInsight},
    {"StickinessQuery", answerInsight},
    {"TeamTaxonomyQuery", answerInsight},
    {"TrendsQuery", answerInsight},
};

constexpr std::array<std::string_view, 3> wrappers{"DataTableNode", "DataVisualizationNode", "InsightVizNode"};

} // namespace

std::span<const QueryKind> queryKinds() { return kinds; }

FoundKind kindIn(const ph::Json &query)
{
    const ph::Json *node = &query;
    for (int depth = 0; depth < 4 && node->is_object(); ++depth) {
        const std::string name = textIn(*node, "kind");
        for (const QueryKind &kind : kinds) {
            if (kind.kind == name)
                return {&kind, node};
        }
        if (std::find(wrappers.begin(), wrappers.end(), name) == wrappers.end() || !node->contains("source"))
            break;
        node = &(*node)["source"];
    }
    return {};
}

tl::expected<std::string, Answer> answerQuery(Project &project, const QueryRequest &request)
{
    const auto found = kindIn(request.node);
    if (!found.kind) {
        return tl::unexpected(invalid("invalid_input",
                                      "The local project does not answer queries of the kind " + textIn(request.node, "kind") + ".",
                                      "query"));
    }
    auto answer = found.kind->answer(project, {*found.node, request.body, request.wait, request.stop, request.progress});
    if (!answer)
        return tl::unexpected(std::move(answer.error()));
    ph::Json whole{{"error", nullptr},
                   {"explain", nullptr},
                   {"timings", ph::Json::array()},
                   {"modifiers", ph::Json::object()},
                   {"is_cached", false},
                   {"query_status", nullptr},
                   {"timezone", project.timezone()},
                   {"last_refresh", project.now()},
                   {"cache_key", "cache_" + ph::randomHex(16)},
                   {"cache_target_age", nullptr},
                   {"next_allowed_client_refresh", project.now()},
                   {"calculation_trigger", nullptr},
                   {"resolved_date_range", nullptr}};
    whole.update(answer->members);
    std::string body = jsonAnswer(whole).body;
    if (answer->rows) {
        body.back() = ','; // The object goes on.
        body.reserve(body.size() + answer->rows->size() + 16);
        body.append("\"results\":[").append(*answer->rows).append("]}");
    }
    return body;
}

} // namespace localproject::api

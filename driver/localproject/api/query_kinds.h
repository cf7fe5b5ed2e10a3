#pragma once

#include "driver/localproject/api/routes.h"

#include <functional>
#include <span>

namespace localproject::api {

/// One query node to answer.
struct QueryRequest {
    const ph::Json &node; // an object of the kind
    const ph::Json &body; // the request around it: refresh, filters_override, variables_override …
    std::chrono::milliseconds wait; // how long to wait for one of the places, see Project::gate()
    std::stop_token stop;
    QueryProgress *progress = nullptr;
};

/// What the kind is about: results, columns, types, hasMore … What every kind says (cache_key, timezone, last_refresh,
/// query_status …) is added around it.
struct QueryAnswer {
    ph::Json members = ph::Json::object();
    std::optional<std::string> rows = {}; // `results` as JSON text without its brackets, where they are written already
};

/// Or an error's answer.
using KindAnswer = tl::expected<QueryAnswer, Answer>;

struct QueryKind {
    std::string_view kind; // "HogQLQuery"
    KindAnswer (*answer)(Project &, const QueryRequest &);
};

/// Every kind that query/ answers. A new one is a line in query_kinds.cpp.
std::span<const QueryKind> queryKinds();

/// The node that a request is about, taken out of the nodes that PostHog's pages wrap around it (InsightVizNode,
/// DataTableNode, DataVisualizationNode), and its kind. Null when no kind fits.
struct FoundKind {
    const QueryKind *kind = nullptr;
    const ph::Json *node = nullptr;
};
FoundKind kindIn(const ph::Json &query);

/// The whole body that query/ answers to a node, as JSON text; what insights/ shares with it.
tl::expected<std::string, Answer> answerQuery(Project &project, const QueryRequest &request);

// The kinds, one a file.
KindAnswer answerHogql(Project &project, const QueryRequest &request);
KindAnswer answerInsight(Project &project, const QueryRequest &request); // those of insights/insights.h
KindAnswer answerRecordings(Project &project, const QueryRequest &request);
KindAnswer answerSchema(Project &project, const QueryRequest &request);

} // namespace localproject::api

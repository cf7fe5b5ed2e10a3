#pragma once

#include "driver/localproject/insights/funnels.h"

namespace localproject::insights {

/// A PathsQuery, read.
struct Paths {
    std::vector<std::string> eventTypes; // $pageview, $screen, custom_event, hogql; empty: all events
    std::string startPoint;
    std::string endPoint;
    int stepLimit = 5;
    int edgeLimit = 50;
    std::optional<std::int64_t> leastWeight;
    std::optional<std::int64_t> mostWeight;
    std::vector<std::string> excluded;
    std::vector<std::string> groupings;                                // with * for any text
    std::vector<std::pair<std::string, std::string>> cleaning;         // regex, alias
    ExprPtr hogql;
    std::string startKey; // for actors: an edge's source
    std::string endKey;   // its target
    std::string dropOffKey; // where a path ends
    struct FunnelPart {
        Funnel funnel;
        std::string type;
        int step = 1;
    };
    std::optional<FunnelPart> funnel;
    DateRange range;
    std::vector<ExprPtr> conditions;
    std::optional<double> sampling;
};

Paths readPaths(Node node, Engine &engine);
ph::Json answerPaths(const Paths &paths, Engine &engine);

/// actor_id, event_count of those behind the edges that the keys name; without keys of everybody on a path.
SelectPtr pathsActors(const Paths &paths, Engine &engine);

} // namespace localproject::insights

#pragma once

#include "driver/localproject/insights/entity.h"

namespace localproject::insights {

/// A StickinessQuery, read.
struct Stickiness {
    std::vector<Entity> series;
    DateRange range;
    bool compare = false;
    DateRange previous;
    bool cumulative = false;
    std::string criterion = "gte"; // an interval counts with so many events
    std::int64_t least = 1;
    std::vector<ExprPtr> conditions;
    std::optional<double> sampling;
};

Stickiness readStickiness(Node node, Engine &engine);
ph::Json answerStickiness(const Stickiness &stickiness, Engine &engine);

/// actor_id of those who were active in so many intervals (cumulative: or more); `intervals` may be absent.
SelectPtr stickinessActors(const Stickiness &stickiness, std::size_t series, bool previous, const std::optional<std::int64_t> &intervals,
                           const std::string &comparison);

} // namespace localproject::insights

#pragma once

#include "driver/localproject/insights/entity.h"

namespace localproject::insights {

/// A LifecycleQuery, read.
struct Lifecycle {
    Entity series;
    DateRange range; // from the start of its first interval
    std::vector<std::string> statuses; // those to show, in the order of results
    std::vector<ExprPtr> conditions;
    std::optional<double> sampling;
};

Lifecycle readLifecycle(Node node, Engine &engine);
ph::Json answerLifecycle(const Lifecycle &lifecycle, Engine &engine);

/// actor_id of those who had `status` on `day`; all of them where one is left out.
SelectPtr lifecycleActors(const Lifecycle &lifecycle, Engine &engine, std::optional<Wall> day, const std::optional<std::string> &status);

} // namespace localproject::insights

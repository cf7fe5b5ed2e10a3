#pragma once

#include "driver/localproject/insights/breakdown.h"
#include "driver/localproject/insights/entity.h"
#include "driver/localproject/insights/funnel_function.h"
#include "driver/localproject/insights/funnel_walk.h"

namespace localproject::insights {

/// A FunnelsQuery, read.
struct Funnel {
    struct Exclusion {
        Entity entity;
        int fromStep = 0; // counted from 0, as on the wire
        int toStep = 0;
    };
    std::vector<Entity> steps;
    std::vector<Exclusion> exclusions;
    std::string vizType = "steps";
    FunnelOrder order = FunnelOrder::Ordered;
    std::int64_t window = 0; // microseconds
    Attribution attribution = Attribution::FirstTouch;
    int attributionStep = 0;
    int fromStep = 0; // of time to convert and trends
    int toStep = 0;
    std::optional<int> binCount;
    ExprPtr actor;        // whose path it is
    bool actorIsPerson = true;
    Breakdown breakdown;
    DateRange range;
    std::vector<ExprPtr> conditions; // hold for all its events
    std::optional<double> sampling;
};

Funnel readFunnel(Node node, Engine &engine);

/// The paths: actor_id, value (array of text), level, times (array of microseconds), bucket. One row an actor and breakdown value,
/// with `perBucket` also for each bucket in which a path begins. Values beyond the breakdown's limit are one, "Other".
/// `cohort` narrows it to a cohort of the breakdown.
SelectPtr funnelRows(const Funnel &funnel, Engine &engine, bool perBucket, std::optional<std::int64_t> cohort = {});

ph::Json answerFunnel(const Funnel &funnel, Engine &engine);

/// Who is behind a bar: actor_id of those at `step` (from 1) or further, or of those who came to the step before -step and no further.
struct FunnelActors {
    int step = 1;
    ph::Json breakdown; // a value as results name it; null: all
    std::optional<Wall> period; // of a trend: the bucket in which they began
    bool dropOff = false;
};
SelectPtr funnelActors(const Funnel &funnel, Engine &engine, const FunnelActors &wanted);

} // namespace localproject::insights

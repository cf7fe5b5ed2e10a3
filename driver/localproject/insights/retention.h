#pragma once

#include "driver/localproject/insights/breakdown.h"
#include "driver/localproject/insights/entity.h"

namespace localproject::insights {

/// A RetentionQuery, read.
struct Retention {
    Entity target;
    Entity returning;
    std::string type = "retention_first_time";
    std::string period = "Day";
    int lookAhead = 7; // values of a row at most, the first included
    bool cumulative = false;
    int minimumOccurrences = 1;
    Breakdown breakdown;
    DateRange range; // from the first row's start to the end of the last interval
    std::vector<ExprPtr> conditions;
    ExprPtr actor;
    bool actorIsPerson = true;
    std::optional<double> sampling;
};

Retention readRetention(Node node, Engine &engine);
ph::Json answerRetention(const Retention &retention, Engine &engine);

/// actor_id, appearances: the persons of row `interval`, and in which intervals after it (0 is its own) they were there.
SelectPtr retentionActors(const Retention &retention, Engine &engine, int interval, const ph::Json &breakdown);

} // namespace localproject::insights

#pragma once

#include "driver/localproject/insights/engine.h"

namespace localproject::insights {

// Quick looks at what a project has; PostHog looks at the last 30 days, and so does this.

/// TeamTaxonomyQuery: events and how often they came, the most frequent first.
ph::Json answerTeamTaxonomy(Node node, Engine &engine);
/// EventTaxonomyQuery: properties of an event or action with some of their values and how many different ones there are.
ph::Json answerEventTaxonomy(Node node, Engine &engine);
/// HogQLMetadata: whether a query or expression can be read and compiled, and what is wrong where.
ph::Json answerMetadata(Node node, Engine &engine);

} // namespace localproject::insights

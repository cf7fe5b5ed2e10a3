#pragma once

#include "driver/localproject/insights/engine.h"

namespace localproject::insights {

/// EventsQuery: rows of events, or aggregates over them.
ph::Json answerEvents(Node node, Engine &engine);

} // namespace localproject::insights

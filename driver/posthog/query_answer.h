#pragma once

#include "driver/posthog/table.h"

#include "driver/base/result.h"

namespace posthog {

/// The table of a query's answer. `types` may be pairs or strings, and may be missing, as may `columns`.
/// Error: Internal when there are no results, InvalidInput when the answer is an error in itself.
ph::Result<Table> tableOf(const ph::Json &answer);

/// Whether the query is still running: the answer has a query_status that is not complete.
bool isPending(const ph::Json &answer);

/// The answer inside a query_status that is complete, or its error.
ph::Result<ph::Json> finishedQuery(const ph::Json &answer);

} // namespace posthog

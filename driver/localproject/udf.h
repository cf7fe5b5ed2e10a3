#pragma once

#include "driver/base/result.h"

#include <cstdint>
#include <span>
#include <vector>

struct _duckdb_connection;

namespace localproject {

/// What a windowFunnel() holds out for besides order.
inline constexpr int funnelStrictOrder = 1;         // no other events between
inline constexpr int funnelStrictDeduplication = 2; // a step taken twice ends the chain
inline constexpr int funnelStrictIncrease = 4;      // each step later than the one before, not at the same time

/// The deepest step reached, 0 to `steps`. An entry is microseconds * 64 + step, steps counting from 1 and 0 for an event of no step;
/// sorted here. As ClickHouse's windowFunnel: equal times count as in order, one event may take several steps, `window`
/// (microseconds) is measured from a chain's own first step and includes its end.
int windowFunnel(std::vector<std::int64_t> &entries, std::int64_t window, int steps, int modes);

/// Registers what compiled statements call: hoglet_window_funnel(BIGINT[], BIGINT, BIGINT, BIGINT) -> BIGINT, and the functions of
/// zone_clock.h and insights/funnel_function.h. Once a database is enough.
ph::Result<> registerFunctions(_duckdb_connection *connection);

} // namespace localproject

#pragma once

#include "driver/base/result.h"

struct _duckdb_connection;

namespace localproject::insights {

/// How a person's path gets its breakdown value.
enum class Attribution { FirstTouch, LastTouch, AllEvents, Step }; // Step + n: the value of the event that takes step n + 1

/// Registers what hogletFunnel() of HogQL compiles to; once a database is enough.
///
/// hoglet_funnel(order, steps, window, attribution, events) -> STRUCT(value VARCHAR[], level BIGINT, times BIGINT[], bucket TIMESTAMP)[]
/// with events STRUCT(t TIMESTAMP, m BIGINT)[]; hoglet_funnel_by has v VARCHAR[] in an event as well, hoglet_funnel_by_bucket b TIMESTAMP too.
/// `m` has the event's steps in its lower 32 bits and its exclusions in the upper. `v` is the event's breakdown value, which the path gets
/// by `attribution`; `b` its bucket: then there is a path for each bucket in which one may begin. Paths that reach no step, and those of
/// excluded persons, are left out.
///
/// The members must have these very types: DuckDB casts a NULL without a type to a vector that only has its first element.
ph::Result<> registerFunnel(_duckdb_connection *connection);

} // namespace localproject::insights

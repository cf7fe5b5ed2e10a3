#pragma once

#include "driver/base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct _duckdb_connection;

namespace localproject {

/// What the clocks of one time zone show. Times are microseconds since 1970: an instant's in UTC, a wall clock's as if it were UTC.
///
/// From 1900 to 2299, the years that ClickHouse knows, an answer is DuckDB's own `timezone()`, but for the hour that is shown twice
/// when clocks are put back: a wall clock then means the earlier instant, as in ClickHouse. Before and after, the offset stays as
/// it is at that end. A value that is no time (infinity) stays as it is. Any thread.
class ZoneClock
{
public:
    /// While the clocks differ from UTC by the same `offset`: `from` <= instant < `to`.
    struct Span {
        std::int64_t from = 0;
        std::int64_t to = 0;
        std::int64_t offset = 0;
    };

    /// The zone of that name; a name is looked up once in a process, which takes some 20 ms. Error: InvalidInput, DuckDB knows no such zone.
    static ph::Result<std::shared_ptr<const ZoneClock>> of(const std::string &name);

    /// The span of an instant. Its neighbours are likely to lie in it too.
    const Span &at(std::int64_t instant) const;
    /// The first span whose clocks have not yet shown all up to `wall`. A wall clock that is skipped lies before it; it counts by the
    /// offset of the span before.
    std::int64_t instantOf(std::int64_t wall) const;

private:
    explicit ZoneClock(std::vector<Span> spans);

    std::vector<Span> m_spans; // in order, without gaps
};

/// Registers what compiled statements call; the zone is a constant:
///   hoglet_wall(VARCHAR zone, TIMESTAMP instant) -> TIMESTAMP wall clock
///   hoglet_instant(VARCHAR zone, TIMESTAMP wall clock) -> TIMESTAMP instant
///   hoglet_floor(VARCHAR zone, BIGINT width, TIMESTAMP instant) -> TIMESTAMP: the instant less what the wall clock shows over a multiple of `width`
///     microseconds; so the hour that is shown twice is two hours.
ph::Result<> registerZoneFunctions(_duckdb_connection *connection);

} // namespace localproject

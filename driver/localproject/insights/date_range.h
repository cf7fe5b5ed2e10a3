#pragma once

#include "driver/localproject/insights/reader.h"
#include "driver/localproject/insights/tree.h"

#include <cstdint>
#include <functional>

namespace localproject::insights {

/// A wall clock of the project: microseconds since 1970 as if its zone were UTC.
using Wall = std::int64_t;

inline constexpr Wall wallSecond = 1'000'000;
inline constexpr Wall wallDay = 86'400 * wallSecond;

enum class Interval { Minute, Hour, Day, Week, Month };

struct Calendar {
    Wall now = 0;
    int weekStartDay = 0; // 0 Sunday, 1 Monday
    bool clocksChange = false; // the zone is not UTC: hours of one reading may be two
};

Wall startOf(Wall time, Interval interval, const Calendar &calendar);
Wall plus(Wall time, Interval interval, std::int64_t count);
std::string_view nameOf(Interval interval); // "day"

/// "2026-01-02", or "2026-01-02 13:00:00" for hours and minutes: how results name a bucket.
std::string dayText(Wall time, Interval interval);
/// "2-Jan-2026", "2-Jan-2026 13:00": what a chart writes under it.
std::string labelText(Wall time, Interval interval);
/// "2026-01-02 13:00:00.000000", as HogQL reads it in the project's zone.
std::string clockText(Wall time);
/// Reads dayText, clockText and ISO text without regard of an offset; nothing when it is no date.
std::optional<Wall> wallOf(std::string_view text);
/// The bucket that a statement has written with formatDateTime(). A day may begin at one o'clock, where clocks are put forward at midnight.
std::optional<Wall> bucketIn(const ph::Json &cell, Interval interval, const Calendar &calendar);

/// What a query looks at: [from, end), and the interval that its buckets have.
struct DateRange {
    Wall from = 0;
    Wall end = 0;
    Interval interval = Interval::Day;
    bool wholeIntervals = true; // the first bucket is looked at from its start
    bool clocksChange = false;  // as of the calendar

    Wall firstBucket(const Calendar &calendar) const { return startOf(from, interval, calendar); }
    std::vector<Wall> buckets(const Calendar &calendar) const;
};

/// PostHog's dates: "-7d", "-24h", "-1m", "dStart", "-1mStart", "-1mEnd", "2026-01-02", "2026-01-02T10:00:00Z". `end` asks for the
/// end of the day where only a day is named. Nothing for any other text. An offset is dropped: it is read as the project's clock.
std::optional<Wall> parseDate(std::string_view text, const Calendar &calendar, bool end, bool wholeDays);

/// Reads "dateRange" of `node`; `earliest` answers the project's first event for "all". Without dates, the last seven days and today.
DateRange readDateRange(Node &node, Interval interval, const Calendar &calendar, const std::function<Wall()> &earliest);
Interval readInterval(Node &node);

/// The equal range before it, as PostHog lays it: whole days, and for weeks on the same weekdays.
DateRange previousOf(const DateRange &range, const std::string &writtenFrom, const std::string &writtenTo);
/// The same range moved by "-1m", "-7d".
std::optional<DateRange> movedBy(const DateRange &range, const std::string &written);

/// Reads "compareFilter" of `node`: the range to compare with, if any is asked for.
std::optional<DateRange> readCompare(Node &node, const DateRange &range);

/// `column` within [from, end).
ExprPtr between(const std::vector<std::string> &column, Wall from, Wall end);
/// The start of the interval that `time` lies in. Where clocks are put back, two hours that read alike have one each.
ExprPtr bucketOf(ExprPtr time, Interval interval);
/// The bucket of `range` that `time` lies in: two hours that read alike are one.
ExprPtr bucketOf(ExprPtr time, const DateRange &range);
ExprPtr clockConstant(Wall time);

} // namespace localproject::insights

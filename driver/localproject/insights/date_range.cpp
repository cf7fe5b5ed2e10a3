#include "driver/localproject/insights/date_range.h"

#include "driver/localproject/compiler_time.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace localproject::insights {

namespace {

using namespace std::chrono;

sys_time<microseconds> asTime(Wall time) { return sys_time<microseconds>(microseconds(time)); }
Wall asWall(sys_time<microseconds> time) { return time.time_since_epoch().count(); }
Wall asWall(year_month_day date) { return asWall(sys_time<microseconds>(sys_days(date))); }
year_month_day dateOf(Wall time) { return year_month_day(floor<days>(asTime(time))); }

Wall plusMonths(Wall time, std::int64_t count)
{
    const Wall clock = time - asWall(sys_time<microseconds>(floor<days>(asTime(time))));
    year_month_day date = dateOf(time) + months(static_cast<int>(count));
    if (!date.ok())
        date = date.year() / date.month() / last;
    return asWall(date) + clock;
}

constexpr const char *monthNames[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// "-7d" in "-7dStart": the shift, and what is left of the text.
struct Shift {
    std::int64_t count = 0;
    char unit = 0;
    std::string_view rest;
};

std::optional<Shift> parseShift(std::string_view text)
{
    Shift shift;
    if (text.starts_with('-')) {
        const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), shift.count);
        if (error != std::errc() || shift.count < 0 || shift.count > 100'000)
            return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    if (text.empty() || std::string_view("sMhdwmqy").find(text[0]) == std::string_view::npos)
        return std::nullopt;
    shift.unit = text[0];
    shift.rest = text.substr(1);
    return shift;
}

Wall shifted(Wall time, const Shift &shift)
{
    switch (shift.unit) {
    case 's': return time - shift.count * wallSecond;
    case 'M': return time - shift.count * 60 * wallSecond;
    case 'h': return time - shift.count * 3600 * wallSecond;
    case 'd': return time - shift.count * wallDay;
    case 'w': return time - shift.count * 7 * wallDay;
    case 'm': return plusMonths(time, -shift.count);
    case 'q': return plusMonths(time, -3 * shift.count);
    default: return plusMonths(time, -12 * shift.count);
    }
}

Wall startOfUnit(Wall time, char unit, const Calendar &calendar)
{
    const year_month_day date = dateOf(time);
    switch (unit) {
    case 'h': return startOf(time, Interval::Hour, calendar);
    case 'w': return startOf(time, Interval::Week, calendar);
    case 'm': return startOf(time, Interval::Month, calendar);
    case 'q': return asWall(date.year() / month((static_cast<unsigned>(date.month()) - 1) / 3 * 3 + 1) / 1);
    case 'y': return asWall(date.year() / January / 1);
    default: return startOf(time, Interval::Day, calendar);
    }
}

} // namespace

Wall startOf(Wall time, Interval interval, const Calendar &calendar)
{
    const auto point = asTime(time);
    switch (interval) {
    case Interval::Minute: return asWall(sys_time<microseconds>(floor<minutes>(point)));
    case Interval::Hour: return asWall(sys_time<microseconds>(floor<hours>(point)));
    case Interval::Day: return asWall(sys_time<microseconds>(floor<days>(point)));
    case Interval::Week: {
        const sys_days day = floor<days>(point);
        const unsigned weekday_ = weekday(day).c_encoding(); // 0 is Sunday
        return asWall(sys_time<microseconds>(day - days((weekday_ + 7 - static_cast<unsigned>(calendar.weekStartDay)) % 7)));
    }
    case Interval::Month: break;
    }
    const year_month_day date = dateOf(time);
    return asWall(date.year() / date.month() / 1);
}

Wall plus(Wall time, Interval interval, std::int64_t count)
{
    switch (interval) {
    case Interval::Minute: return time + count * 60 * wallSecond;
    case Interval::Hour: return time + count * 3600 * wallSecond;
    case Interval::Day: return time + count * wallDay;
    case Interval::Week: return time + count * 7 * wallDay;
    case Interval::Month: break;
    }
    return plusMonths(time, count);
}

std::string_view nameOf(Interval interval)
{
    static constexpr std::string_view names[] = {"minute", "hour", "day", "week", "month"};
    return names[static_cast<int>(interval)];
}

std::string dayText(Wall time, Interval interval)
{
    const std::string text = clockText(time);
    return interval == Interval::Minute || interval == Interval::Hour ? text.substr(0, 19) : text.substr(0, 10);
}

std::string labelText(Wall time, Interval interval)
{
    const year_month_day date = dateOf(time);
    std::string text = std::to_string(static_cast<unsigned>(date.day())) + "-" + monthNames[static_cast<unsigned>(date.month()) - 1] + "-"
        + std::to_string(static_cast<int>(date.year()));
    if (interval == Interval::Minute || interval == Interval::Hour)
        text += " " + clockText(time).substr(11, 5);
    return text;
}

std::string clockText(Wall time)
{
    const auto day = floor<days>(asTime(time));
    const year_month_day date(day);
    const hh_mm_ss clock(asTime(time) - day);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d.%06d", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return text;
}

std::optional<Wall> wallOf(std::string_view text)
{
    if (text.size() > 19) { // An offset is not looked at.
        const auto offset = text.find_first_of("Z+-", 19);
        text = text.substr(0, offset);
    }
    const auto time = parseWrittenTime(text);
    return time ? std::optional(time->microseconds) : std::nullopt;
}

std::optional<Wall> bucketIn(const ph::Json &cell, Interval interval, const Calendar &calendar)
{
    const auto time = cell.is_string() ? wallOf(cell.get_ref<const std::string &>()) : std::nullopt;
    return time ? std::optional(startOf(*time, interval, calendar)) : std::nullopt;
}

std::vector<Wall> DateRange::buckets(const Calendar &calendar) const
{
    std::vector<Wall> list;
    const Wall first = firstBucket(calendar);
    for (std::int64_t i = 0; plus(first, interval, i) < end; ++i)
        list.push_back(plus(first, interval, i));
    return list;
}

std::optional<Wall> parseDate(std::string_view text, const Calendar &calendar, bool end, bool wholeDays)
{
    if (const auto shift = parseShift(text)) {
        const Wall time = shifted(calendar.now, *shift);
        if (shift->rest == "Start")
            return startOfUnit(time, shift->unit, calendar);
        if (shift->rest == "End") {
            const Wall start = startOfUnit(time, shift->unit, calendar);
            switch (shift->unit) {
            case 'm': return plusMonths(start, 1);
            case 'q': return plusMonths(start, 3);
            case 'y': return plusMonths(start, 12);
            case 'w': return start + 7 * wallDay;
            case 'h': return start + 3600 * wallSecond;
            default: return start + wallDay;
            }
        }
        if (!shift->rest.empty())
            return std::nullopt;
        const bool isClock = shift->unit == 'h' || shift->unit == 's' || shift->unit == 'M';
        if (isClock || !wholeDays)
            return time;
        return startOf(time, Interval::Day, calendar) + (end ? wallDay : 0);
    }
    const auto written = parseWrittenTime(text.size() > 19 ? text.substr(0, text.find_first_of("Z+-", 19)) : text);
    if (!written)
        return std::nullopt;
    return written->microseconds + (end ? (written->dateOnly ? wallDay : 1) : 0);
}

Interval readInterval(Node &node)
{
    const std::string name = node.choice("interval", {"minute", "hour", "day", "week", "month"}, "day");
    for (const Interval interval : {Interval::Minute, Interval::Hour, Interval::Week, Interval::Month})
        if (nameOf(interval) == name)
            return interval;
    return Interval::Day;
}

DateRange readDateRange(Node &node, Interval interval, const Calendar &calendar, const std::function<Wall()> &earliest)
{
    DateRange range;
    range.interval = interval;
    range.clocksChange = calendar.clocksChange;
    const bool wholeDays = interval != Interval::Hour && interval != Interval::Minute;
    range.from = startOf(calendar.now, Interval::Day, calendar) - 7 * wallDay;
    range.end = wholeDays ? startOf(calendar.now, Interval::Day, calendar) + wallDay : calendar.now + 1;
    auto dates = node.node("dateRange");
    if (!dates)
        return range;
    range.wholeIntervals = !dates->flag("explicitDate");
    if (const auto from = dates->text("date_from"); from && *from == "all") {
        range.from = startOf(earliest(), Interval::Day, calendar);
    } else if (from && !from->empty()) {
        const auto time = parseDate(*from, calendar, false, wholeDays);
        if (!time)
            dates->refuseField("date_from", "\"" + *from + "\" is not a date.");
        range.from = *time;
    }
    if (const auto to = dates->text("date_to"); to && !to->empty()) {
        const auto time = parseDate(*to, calendar, true, wholeDays);
        if (!time)
            dates->refuseField("date_to", "\"" + *to + "\" is not a date.");
        range.end = *time;
    }
    dates->finish();
    if (range.buckets(calendar).size() > 100'000)
        dates->refuseField("date_from", "That is more than 100000 intervals of a " + std::string(nameOf(interval)) + ".");
    return range;
}

DateRange previousOf(const DateRange &range, const std::string &writtenFrom, const std::string &writtenTo)
{
    DateRange before = range;
    const Wall length = range.end - range.from;
    if (range.interval == Interval::Hour || range.interval == Interval::Minute) {
        before.from = range.from - length;
        before.end = range.end - length;
        return before;
    }
    before.from = range.from - length;
    // "-7d" is seven days and today: the days before are compared weekday by weekday, so the first day stands in both.
    if (range.interval == Interval::Day && writtenTo.empty() && writtenFrom.size() > 2 && writtenFrom.front() == '-' && writtenFrom.back() == 'd'
        && std::atoi(writtenFrom.c_str() + 1) % 7 == 0)
        before.from += wallDay;
    before.end = before.from + length;
    return before;
}

std::optional<DateRange> movedBy(const DateRange &range, const std::string &written)
{
    const auto shift = parseShift(written);
    if (!shift || !shift->rest.empty() || written.front() != '-')
        return std::nullopt;
    DateRange moved = range;
    moved.from = shifted(range.from, *shift);
    moved.end = shifted(range.end, *shift);
    return moved;
}

std::optional<DateRange> readCompare(Node &node, const DateRange &range)
{
    auto compare = node.node("compareFilter");
    if (!compare)
        return std::nullopt;
    const bool wanted = compare->flag("compare");
    const auto to = compare->text("compare_to");
    compare->finish();
    if (!wanted)
        return std::nullopt;
    if (to && !to->empty()) {
        const auto moved = movedBy(range, *to);
        if (!moved)
            compare->refuseField("compare_to", "\"" + *to + "\" is no shift such as -1m.");
        return moved;
    }
    auto dates = node.node("dateRange");
    const std::string from = dates ? dates->text("date_from").value_or("") : "";
    return previousOf(range, from.empty() ? "-7d" : from, dates ? dates->text("date_to").value_or("") : "");
}

ExprPtr clockConstant(Wall time) { return call("toDateTime", {constant(clockText(time))}); }

ExprPtr between(const std::vector<std::string> &column, Wall from, Wall end)
{
    return allOf({binary(hogql::BinaryOp::GreaterOrEqual, field(column), clockConstant(from)),
                  binary(hogql::BinaryOp::Less, field(column), clockConstant(end))});
}

ExprPtr bucketOf(ExprPtr time, Interval interval)
{
    static constexpr const char *functions[] = {"toStartOfMinute", "toStartOfHour", "toStartOfDay", "toStartOfWeek", "toStartOfMonth"};
    return call(functions[static_cast<int>(interval)], {std::move(time)});
}

ExprPtr bucketOf(ExprPtr time, const DateRange &range)
{
    const ExprPtr bucket = bucketOf(std::move(time), range.interval);
    if (!range.clocksChange || (range.interval != Interval::Hour && range.interval != Interval::Minute))
        return bucket;
    return call("toDateTime", {call("formatDateTime", {bucket, constant("%Y-%m-%d %H:%i:%S")})});
}

} // namespace localproject::insights

#include "driver/localproject/compiler_time.h"
#include "driver/localproject/functions_support.h"

#include <algorithm>
#include <array>
#include <utility>

namespace localproject {
namespace {

using Kind = Type::Kind;

const std::string &projectZone(const Site &site) { return site.compilation.context().timezone; }

/// The zone named by argument `i`, or the value's own.
std::string zoneArgument(Site &site, std::size_t i)
{
    return i < site.arguments.size() ? constantText(site, i) : site.compilation.zoneOf(site.arguments[0]);
}

/// Argument `value` as a wall clock in `zone`.
std::string wallIn(Site &site, const Fragment &value, const std::string &zone)
{
    return value.type.is(Kind::Date) ? value.sql + "::TIMESTAMP" : site.compilation.toZone(site.compilation.instant(value), zone);
}

std::string singular(std::string unit)
{
    unit = toLower(unit);
    static const std::map<std::string, std::string> shortNames {
        {"ss", "second"}, {"s", "second"}, {"mi", "minute"}, {"n", "minute"}, {"hh", "hour"}, {"h", "hour"}, {"dd", "day"}, {"d", "day"},
        {"wk", "week"}, {"ww", "week"}, {"mm", "month"}, {"m", "month"}, {"qq", "quarter"}, {"q", "quarter"}, {"yy", "year"}, {"yyyy", "year"},
        {"ms", "millisecond"}, {"us", "microsecond"}};
    if (const auto known = shortNames.find(unit); known != shortNames.end())
        return known->second;
    if (unit.size() > 3 && unit.back() == 's')
        unit.pop_back();
    return unit;
}

/// The start of the unit that `wall` lies in, as a wall clock or a date.
std::string truncated(const std::string &unit, const std::string &wall, bool weekFromSunday, hogql::Span span)
{
    static constexpr std::string_view units = " microsecond millisecond second minute hour day week month quarter year ";
    if (units.find(" " + unit + " ") == std::string_view::npos)
        refuse("Unknown unit of time: '" + unit + "'.", span);
    if (unit == "week" && weekFromSunday) // Days as whole numbers: intervals cost four times as much.
        return "(date_trunc('week', (" + wall + ")::DATE + 1)::DATE - 1)";
    return "date_trunc('" + unit + "', " + wall + ")";
}

/// The moment up to which `width` (SQL, microseconds, less than a day) divides what the clocks of `zone` show: in the night in which
/// clocks are put back, one wall clock is two moments. `bucket` is the same as a wall clock.
std::string momentOf(Site &site, const Fragment &value, const std::string &width, const std::string &bucket, const std::string &zone)
{
    if (zone == "UTC" || zone.empty())
        return bucket;
    return "hoglet_floor(" + quoteText(zone) + ", " + width + ", " + site.compilation.instant(value) + ")";
}

bool isDateUnit(const std::string &unit) { return unit == "week" || unit == "month" || unit == "quarter" || unit == "year"; }

/// Starts of weeks and longer are dates, of shorter units moments, as in ClickHouse.
Fragment startOf(Site &site, const std::string &unit, const std::string &zone, bool weekFromSunday)
{
    const Fragment &value = site.arguments[0];
    const std::string wall = truncated(unit, wallIn(site, value, zone), weekFromSunday, site.span);
    Fragment result;
    if (unit == "week" && weekFromSunday) {
        result.sql = wall;
        result.type = Type::of(Kind::Date);
        result.shown = "(@ - 1)";
        result.key = wall.substr(1, wall.size() - std::string_view(" - 1)").size() - 1);
    } else if (isDateUnit(unit)) {
        result.sql = wall + "::DATE";
        result.type = Type::of(Kind::Date);
    } else if (unit == "day") {
        result.key = wall + "::DATE";
        result.shown = site.compilation.fromZone("(@)::TIMESTAMP", zone);
        result.sql = overRow(result.shown, result.key);
        result.type = Type::dateTime(zone, 0);
    } else {
        result.sql = momentOf(site, value, "epoch_us(INTERVAL 1 " + unit + ")", "(" + wall + ")::TIMESTAMP", zone);
        result.type = Type::dateTime(zone, 0);
    }
    result.type.nullable = value.type.nullable || (value.type.is(Kind::String) && !value.constant);
    return result;
}

Fragment emitStartOf(Site &site)
{
    const std::string unit = toLower(site.name).substr(std::string_view("tostartof").size());
    return startOf(site, unit, zoneArgument(site, 1), false);
}

/// toStartOfWeek(t[, mode[, zone]]): without a mode the project's week; odd modes start on Monday.
Fragment emitStartOfWeek(Site &site)
{
    bool fromSunday = site.compilation.context().weekStartDay == 0;
    if (site.arguments.size() > 1) {
        const auto &mode = site.arguments[1].constant;
        if (!mode || !mode->is_number_integer())
            refuse("The week mode of '" + site.name + "' must be a whole number.", site.arguments[1].span);
        fromSunday = mode->get<int>() % 2 == 0;
    }
    return startOf(site, "week", zoneArgument(site, 2), fromSunday);
}

Fragment emitMonday(Site &site) { return startOf(site, "week", zoneArgument(site, 1), false); }

/// toStartOfFiveMinutes and its like.
Fragment emitStartOfMinutes(Site &site)
{
    const std::string lower = toLower(site.name);
    const int minutes = lower.find("fifteen") != std::string::npos ? 15 : lower.find("five") != std::string::npos ? 5 : lower == "timeslot" ? 30 : 10;
    const std::string zone = zoneArgument(site, 1);
    const std::string wall = wallIn(site, site.arguments[0], zone);
    const std::string bucket = "time_bucket(to_minutes(" + std::to_string(minutes) + "), " + wall + ")";
    return valueOf(momentOf(site, site.arguments[0], "epoch_us(to_minutes(" + std::to_string(minutes) + "))", bucket, zone), Type::dateTime(zone, 0));
}

/// toStartOfInterval(t, INTERVAL n unit[, zone]): weeks start on Monday; n of a unit are counted from 1970 (weeks from its first Monday).
Fragment emitStartOfInterval(Site &site)
{
    const Fragment &step = site.arguments[1];
    if (!step.type.is(Kind::Interval) || step.type.unit.empty())
        refuse("The second argument of '" + site.name + "' must be an interval, such as INTERVAL 1 DAY.", step.span);
    const std::string &unit = step.type.unit;
    const std::string zone = zoneArgument(site, 2);
    const std::string wall = wallIn(site, site.arguments[0], zone);
    const std::string origin = unit == "week" ? "TIMESTAMP '1970-01-05'" : "TIMESTAMP '1970-01-01'";
    const std::string bucket = "time_bucket(" + step.sql + ", " + wall + ", " + origin + ")";
    Fragment result;
    if (isDateUnit(unit)) {
        result.sql = bucket + "::DATE";
        result.type = Type::of(Kind::Date);
    } else {
        const bool isFixed = unit != "day"; // a day may have 23 hours
        result.sql = isFixed ? momentOf(site, site.arguments[0], "epoch_us(" + step.sql + ")", bucket, zone) : site.compilation.fromZone(bucket, zone);
        result.type = Type::dateTime(zone, 0);
    }
    result.type.nullable = site.arguments[0].type.nullable;
    return result;
}

/// dateTrunc('unit', t[, zone])
Fragment emitTrunc(Site &site)
{
    const std::string unit = singular(constantText(site, 0));
    const std::string zone = constantText(site, 2, site.compilation.zoneOf(site.arguments[1]));
    site.arguments.erase(site.arguments.begin());
    return startOf(site, unit, zone, false);
}

/// dateDiff('unit', a, b[, zone]): how many borders of the unit lie between, in the project's zone.
Fragment emitDateDiff(Site &site)
{
    const std::string unit = singular(constantText(site, 0));
    const std::string zone = constantText(site, 3, projectZone(site));
    const std::string a = wallIn(site, site.arguments[1], zone);
    const std::string b = wallIn(site, site.arguments[2], zone);
    Fragment result;
    if (unit == "week") // DuckDB's own counts weeks from a Thursday.
        result.sql = "date_diff('day', date_trunc('week', " + a + "), date_trunc('week', " + b + ")) // 7";
    else if (unit == "second" || unit == "millisecond" || unit == "microsecond" || unit == "minute" || unit == "hour") // Absolute: a clock put back must not count.
        result.sql = "date_diff('" + unit + "', " + site.compilation.instant(site.arguments[1]) + ", " + site.compilation.instant(site.arguments[2]) + ")";
    else {
        truncated(unit, a, false, site.span);
        result.sql = "date_diff('" + unit + "', " + a + ", " + b + ")";
    }
    result.sql = "(" + result.sql + ")";
    result.type = Type::integer(64, true);
    result.type.nullable = site.arguments[1].type.nullable || site.arguments[2].type.nullable;
    return result;
}

/// age('unit', a, b): full units.
Fragment emitAge(Site &site)
{
    const std::string unit = singular(constantText(site, 0));
    const std::string zone = constantText(site, 3, projectZone(site));
    const std::string a = wallIn(site, site.arguments[1], zone);
    truncated(unit, a, false, site.span);
    Fragment result = valueOf("date_sub('" + unit + "', " + a + ", " + wallIn(site, site.arguments[2], zone) + ")", Type::integer(64, true));
    result.type.nullable = site.arguments[1].type.nullable || site.arguments[2].type.nullable;
    return result;
}

/// dateAdd('unit', n, t), dateAdd(t, INTERVAL …), dateAdd(INTERVAL …, t) and the same for Sub.
Fragment emitDateAdd(Site &site)
{
    const bool minus = toLower(site.name).find("sub") != std::string::npos;
    const auto op = minus ? hogql::BinaryOp::Subtract : hogql::BinaryOp::Add;
    if (site.arguments.size() == 2) {
        const bool intervalFirst = site.arguments[0].type.is(Kind::Interval);
        return site.compilation.arithmetic(op, site.arguments[intervalFirst ? 1 : 0], site.arguments[intervalFirst ? 0 : 1], site.span);
    }
    const Fragment step = site.compilation.interval(site.arguments[1], singular(constantText(site, 0)), site.span);
    return site.compilation.arithmetic(op, site.arguments[2], step, site.span);
}

/// addDays(t, n) … subtractYears(t, n)
Fragment emitAddUnits(Site &site)
{
    const std::string lower = toLower(site.name);
    const bool minus = lower.starts_with("subtract");
    const Fragment step = site.compilation.interval(site.arguments[1], singular(lower.substr(minus ? 8 : 3)), site.span);
    return site.compilation.arithmetic(minus ? hogql::BinaryOp::Subtract : hogql::BinaryOp::Add, site.arguments[0], step, site.span);
}

Fragment emitToInterval(Site &site)
{
    return site.compilation.interval(site.arguments[0], toLower(site.name).substr(std::string_view("tointerval").size()), site.span);
}

Fragment emitNow(Site &site)
{
    const std::string zone = constantText(site, 0, projectZone(site));
    return valueOf(site.compilation.now(), Type::dateTime(zone));
}

Fragment emitToday(Site &site)
{
    const std::string today = "(" + site.compilation.toZone(site.compilation.now(), projectZone(site)) + ")::DATE";
    return valueOf(toLower(site.name) == "yesterday" ? "(" + today + " - 1)" : today, Type::of(Kind::Date));
}

/// toDateTime(x[, zone]): text without an offset is read in the zone.
Fragment emitToDateTime(Site &site)
{
    std::string zone = projectZone(site);
    if (site.arguments.size() > 1 && site.arguments.back().type.is(Kind::String))
        zone = constantText(site, site.arguments.size() - 1);
    Fragment value = site.arguments[0];
    if (value.type.is(Kind::String) && value.constant && value.constant->is_string()) {
        const auto written = parseWrittenTime(value.constant->get_ref<const std::string &>());
        Fragment wall;
        wall.type = Type::dateTime(zone);
        wall.type.nullable = !written;
        if (!written)
            wall.sql = "NULL::TIMESTAMP";
        else
            wall.sql = written->hasOffset ? site.compilation.instantLiteral(written->microseconds)
                                          : site.compilation.fromZone(site.compilation.instantLiteral(written->microseconds), zone);
        return wall;
    }
    Fragment result;
    result.type = Type::dateTime(zone);
    if (value.type.is(Kind::String) || value.type.is(Kind::Unknown)) {
        result.sql = "(" + site.compilation.parsedTime(value.sql, zone) + ")";
        result.type.nullable = true;
    } else {
        result.sql = value.type.is(Kind::Date) ? site.compilation.fromZone(value.sql + "::TIMESTAMP", zone) : site.compilation.instant(value);
        result.type.nullable = value.type.nullable;
        if (value.type.is(Kind::DateTime)) {
            result.type.precision = value.type.precision;
            if (site.arguments.size() == 1)
                result.type.timezone = value.type.timezone;
        }
    }
    return result;
}

Fragment emitToDate(Site &site)
{
    const Fragment &value = site.arguments[0];
    if (value.type.is(Kind::String) && value.constant && value.constant->is_string() && !parseWrittenTime(value.constant->get_ref<const std::string &>()))
        return valueOf("NULL::DATE", Type::of(Kind::Date, true));
    Fragment result;
    result.type = Type::of(Kind::Date, value.type.nullable || (value.type.is(Kind::String) && !value.constant));
    if (site.arguments.size() > 1)
        result.sql = "(" + wallIn(site, value, constantText(site, 1)) + ")::DATE";
    else if (value.type.is(Kind::String) && !value.constant)
        return site.compilation.convert(value, Type::of(Kind::Date), false, site.span);
    else
        result.sql = site.compilation.date(value);
    return result;
}

Fragment emitToTimeZone(Site &site)
{
    Fragment result = valueOf(site.compilation.instant(site.arguments[0]), Type::dateTime(constantText(site, 1)));
    result.type.nullable = site.arguments[0].type.nullable;
    result.type.precision = site.arguments[0].type.is(Kind::DateTime) ? site.arguments[0].type.precision : 0;
    return result;
}

Fragment emitTimeZoneOf(Site &site) { return site.compilation.constant(site.compilation.zoneOf(site.arguments[0])); }
Fragment emitTimeZone(Site &site) { return site.compilation.constant(projectZone(site)); }

Fragment emitDayOfWeek(Site &site)
{
    int mode = 0;
    if (site.arguments.size() > 1) {
        if (!site.arguments[1].constant || !site.arguments[1].constant->is_number_integer())
            refuse("The mode of '" + site.name + "' must be a whole number.", site.arguments[1].span);
        mode = site.arguments[1].constant->get<int>() & 3;
    }
    const std::string wall = site.compilation.wallClock(site.arguments[0]);
    static constexpr const char *forms[] = {"isodow(", "(isodow(", "dayofweek(", "(dayofweek("};
    return valueOf(forms[mode] + wall + (mode == 1 ? ") - 1)" : mode == 3 ? ") + 1)" : ")"), Type::integer(8, false));
}

/// One of ClickHouse's formatDateTime letters in strftime's; empty when it must be made otherwise.
std::string_view formatLetter(char letter)
{
    switch (letter) {
    case 'a': return "%a";
    case 'b': return "%b";
    case 'c':
    case 'm': return "%m";
    case 'd': return "%d";
    case 'D': return "%m/%d/%y";
    case 'e': return "%-d";
    case 'f': return "%f";
    case 'F': return "%Y-%m-%d";
    case 'G': return "%G";
    case 'h':
    case 'I': return "%I";
    case 'H': return "%H";
    case 'i': return "%M";
    case 'j': return "%j";
    case 'k': return "%-H";
    case 'l': return "%-I";
    case 'M': return "%B";
    case 'n': return "\n";
    case 'p': return "%p";
    case 'r': return "%I:%M %p";
    case 'R': return "%H:%M";
    case 's':
    case 'S': return "%S";
    case 't': return "\t";
    case 'T': return "%H:%M:%S";
    case 'u': return "%u";
    case 'V': return "%V";
    case 'w': return "%w";
    case 'W': return "%A";
    case 'y': return "%y";
    case 'Y': return "%Y";
    case '%': return "%%";
    default: return "";
    }
}

Fragment emitFormat(Site &site)
{
    const std::string &format = constantText(site, 1);
    const std::string zone = constantText(site, 2, site.compilation.zoneOf(site.arguments[0]));
    const std::string wall = wallIn(site, site.arguments[0], zone);
    std::vector<std::string> parts;
    std::string pattern;
    const auto flush = [&] {
        if (!pattern.empty())
            parts.push_back("strftime(" + wall + ", " + site.compilation.bind(pattern) + ")");
        pattern.clear();
    };
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 == format.size()) {
            pattern += format[i] == '%' ? "%%" : std::string(1, format[i]);
            continue;
        }
        const char letter = format[++i];
        if (letter == 'Q') {
            flush();
            parts.push_back("quarter(" + wall + ")::VARCHAR");
        } else if (const std::string_view known = formatLetter(letter); !known.empty()) {
            pattern += known;
        } else {
            refuse("Unknown letter %" + std::string(1, letter) + " in the format of '" + site.name + "'.", site.arguments[1].span);
        }
    }
    flush();
    Fragment result;
    result.type = Type::of(Kind::String, site.arguments[0].type.nullable);
    for (const std::string &part : parts)
        result.sql += (result.sql.empty() ? "(" : " || ") + part;
    result.sql = parts.empty() ? "''" : result.sql + ")";
    return result;
}

Fragment emitDateName(Site &site)
{
    const std::string unit = singular(constantText(site, 0));
    const std::string wall = wallIn(site, site.arguments[1], constantText(site, 2, site.compilation.zoneOf(site.arguments[1])));
    const Type text = Type::of(Kind::String, site.arguments[1].type.nullable);
    if (unit == "month")
        return valueOf("monthname(" + wall + ")", text);
    if (unit == "weekday" || unit == "dw")
        return valueOf("dayname(" + wall + ")", text);
    static const std::map<std::string, const char *> parts {{"year", "year"}, {"quarter", "quarter"}, {"dayofyear", "dayofyear"}, {"day", "day"},
                                                            {"week", "week"}, {"hour", "hour"}, {"minute", "minute"}, {"second", "second"}};
    const auto known = parts.find(unit);
    if (known == parts.end())
        refuse("Unknown part of a date: '" + unit + "'.", site.arguments[0].span);
    return valueOf(std::string(known->second) + "(" + wall + ")::VARCHAR", text);
}

Fragment emitDatePart(Site &site)
{
    const std::string unit = singular(constantText(site, 0));
    static const std::map<std::string, const char *> parts {
        {"year", "year("}, {"quarter", "quarter("}, {"month", "month("}, {"week", "weekofyear("}, {"day", "day("}, {"hour", "hour("}, {"minute", "minute("},
        {"second", "second("}, {"dow", "dayofweek("}, {"isodow", "isodow("}, {"doy", "dayofyear("}, {"isoyear", "isoyear("}};
    const std::string wall = site.compilation.wallClock(site.arguments[1]);
    if (unit == "epoch")
        return valueOf("epoch(" + site.compilation.instant(site.arguments[1]) + ")", Type::of(Kind::Float));
    const auto known = parts.find(unit);
    if (known == parts.end())
        refuse("Unknown part of a date: '" + unit + "'.", site.arguments[0].span);
    return valueOf(known->second + wall + ")", Type::integer(64, true));
}

/// Week numbers: mode 0 counts Sundays from the year's first, the modes 1 and 3 are close to ISO's.
Fragment emitWeek(Site &site)
{
    int mode = 0;
    if (site.arguments.size() > 1 && site.arguments[1].constant && site.arguments[1].constant->is_number_integer())
        mode = site.arguments[1].constant->get<int>();
    const std::string wall = site.compilation.wallClock(site.arguments[0]);
    const bool withYear = toLower(site.name) == "toyearweek";
    if (mode == 3 || mode == 1)
        return valueOf(withYear ? "(isoyear(" + wall + ") * 100 + weekofyear(" + wall + "))" : "weekofyear(" + wall + ")", Type::integer(32, false));
    if (mode != 0)
        unsupported("Week mode " + std::to_string(mode), site.span);
    const std::string week = "strftime(" + wall + ", '%U')::BIGINT";
    return valueOf(withYear ? "(year(" + wall + ") * 100 + " + week + ")" : week, Type::integer(32, false));
}

Fragment emitFromUnix(Site &site)
{
    const bool milliseconds = toLower(site.name).find("milli") != std::string::npos;
    Fragment result = valueOf("make_timestamp((" + site.compilation.numeric(site.arguments[0]) + (site.arguments[0].type.is(Kind::Float) ? "" : "::BIGINT") + (milliseconds ? " * 1000)::BIGINT)" : " * 1000000)::BIGINT)"),
                              Type::dateTime(projectZone(site), milliseconds ? 3 : 0));
    result.type.nullable = site.arguments[0].type.nullable;
    return result;
}

Fragment emitParse(Site &site)
{
    const std::string &format = constantText(site, 1);
    std::string pattern;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] == '%' && i + 1 < format.size())
            pattern += formatLetter(format[++i]);
        else
            pattern += format[i];
    }
    const std::string zone = constantText(site, 2, projectZone(site));
    return valueOf(site.compilation.fromZone("try_strptime(" + site.compilation.text(site.arguments[0]) + ", " + site.compilation.bind(pattern) + ")", zone),
                   Type::dateTime(zone, 0).orNull());
}

Fragment emitMakeDate(Site &site)
{
    return valueOf("make_date(" + site.compilation.integer(site.arguments[0]) + ", " + site.compilation.integer(site.arguments[1]) + ", "
                       + site.compilation.integer(site.arguments[2]) + ")",
                   Type::of(Kind::Date));
}

Fragment emitUuidTime(Site &site)
{
    return valueOf("make_timestamp(('0x' || substring(replace(" + site.compilation.text(site.arguments[0]) + ", '-', ''), 1, 12))::BIGINT * 1000)",
                   Type::dateTime(projectZone(site), 3).orNull());
}

/// date_bin(INTERVAL n unit, t, origin)
Fragment emitBin(Site &site)
{
    if (!site.arguments[0].type.is(Kind::Interval))
        refuse("The first argument of '" + site.name + "' must be an interval, such as INTERVAL 15 MINUTE.", site.arguments[0].span);
    const std::string zone = site.compilation.zoneOf(site.arguments[1]);
    const std::string origin = site.arguments.size() > 2 ? site.compilation.wallClock(site.arguments[2]) : "TIMESTAMP '1970-01-01'";
    Fragment result = valueOf(
        site.compilation.fromZone("time_bucket(" + site.arguments[0].sql + ", " + wallIn(site, site.arguments[1], zone) + ", " + origin + ")", zone),
        Type::dateTime(zone, 0));
    result.type.nullable = site.arguments[1].type.nullable;
    return result;
}

/// to_char(t, 'YYYY-MM-DD HH24:MI:SS')
Fragment emitToChar(Site &site)
{
    static constexpr std::pair<std::string_view, std::string_view> letters[] = {
        {"YYYY", "%Y"}, {"HH24", "%H"}, {"HH12", "%I"}, {"Month", "%B"}, {"Mon", "%b"}, {"Day", "%A"}, {"DDD", "%j"}, {"YY", "%y"}, {"MM", "%m"},
        {"DD", "%d"},   {"Dy", "%a"},   {"HH", "%I"},   {"MI", "%M"},    {"SS", "%S"},  {"MS", "%g"},  {"US", "%f"},  {"AM", "%p"}, {"PM", "%p"}};
    const std::string &format = constantText(site, 1);
    std::string pattern;
    for (std::size_t i = 0; i < format.size();) {
        const auto known = std::ranges::find_if(letters, [&](const auto &letter) { return format.compare(i, letter.first.size(), letter.first) == 0; });
        if (known != std::end(letters)) {
            pattern += known->second;
            i += known->first.size();
        } else {
            pattern += format[i] == '%' ? "%%" : std::string(1, format[i]);
            ++i;
        }
    }
    return valueOf("strftime(" + site.compilation.wallClock(site.arguments[0]) + ", " + site.compilation.bind(pattern) + ")",
                   Type::of(Kind::String, site.arguments[0].type.nullable));
}

Fragment emitMakeTimestamp(Site &site)
{
    std::string parts;
    for (std::size_t i = 0; i < 5; ++i)
        parts += site.compilation.integer(site.arguments[i]) + ", ";
    const std::string &zone = projectZone(site);
    return valueOf(site.compilation.fromZone("make_timestamp(" + parts + site.compilation.real(site.arguments[5]) + ")", zone), Type::dateTime(zone));
}

constexpr auto functions = std::to_array<Function>({
    {"date_bin", 2, 3, "*", "", "", emitBin},
    {"to_char", 2, 2, "*", "", "", emitToChar},
    {"make_timestamp", 6, 6, "*", "", "", emitMakeTimestamp},
    {"toStartOfISOYear", 1, 1, "l", "date_trunc('week', make_date(isoyear({0}), 1, 4))::DATE", "Date"},
    {"toLastDayOfWeek", 1, 1, "l", "(date_trunc('week', ({0})::DATE + 1)::DATE + 5)", "Date"},
    {"toModifiedJulianDay", 1, 1, "d", "date_diff('day', DATE '1858-11-17', {0})", "Int32"},
    {"fromModifiedJulianDay", 1, 1, "i", "(DATE '1858-11-17' + {0}::INTEGER)", "Date"},
    {"timeZoneOffset", 1, 1, "*", "", "",
     [](Site &site) {
         return valueOf("date_diff('second', " + site.compilation.instant(site.arguments[0]) + ", " + site.compilation.wallClock(site.arguments[0]) + ")",
                        Type::integer(32, true));
     }},
    {"now", 0, 1, "*", "", "", emitNow},
    {"now64", 0, 1, "*", "", "", [](Site &site) { return valueOf(site.compilation.now(), Type::dateTime(projectZone(site))); }},
    {"nowInBlock", 0, 1, "*", "", "", emitNow},
    {"current_timestamp", 0, 0, "*", "", "", emitNow},
    {"today", 0, 0, "*", "", "", emitToday},
    {"current_date", 0, 0, "*", "", "", emitToday},
    {"yesterday", 0, 0, "*", "", "", emitToday},
    {"toDateTime", 1, 2, "*", "", "", emitToDateTime},
    {"toDateTime64", 1, 3, "*", "", "", emitToDateTime},
    {"to_timestamp", 1, 1, "*", "", "", emitToDateTime},
    {"parseDateTimeBestEffort", 1, 2, "*", "", "", emitToDateTime},
    {"parseDateTime", 2, 3, "*", "", "", emitParse},
    {"toDate", 1, 2, "*", "", "", emitToDate},
    {"to_date", 1, 1, "*", "", "", emitToDate},
    {"make_date", 3, 3, "*", "", "", emitMakeDate},
    {"toTimeZone", 2, 2, "*", "", "", emitToTimeZone},
    {"timeZoneOf", 1, 1, "*", "", "", emitTimeZoneOf},
    {"timezone", 0, 0, "*", "", "", emitTimeZone},
    {"toStartOfSecond", 1, 2, "*", "", "", emitStartOf},
    {"toStartOfMinute", 1, 2, "*", "", "", emitStartOf},
    {"toStartOfHour", 1, 2, "*", "", "", emitStartOf},
    {"toStartOfDay", 1, 2, "*", "", "", emitStartOf},
    {"toStartOfMonth", 1, 2, "*", "", "", emitStartOf},
    {"toStartOfQuarter", 1, 2, "*", "", "", emitStartOf},
    {"toStartOfYear", 1, 2, "*", "", "", emitStartOf},
    {"toStartOfWeek", 1, 3, "*", "", "", emitStartOfWeek},
    {"toMonday", 1, 2, "*", "", "", emitMonday},
    {"toStartOfFiveMinutes", 1, 2, "*", "", "", emitStartOfMinutes},
    {"toStartOfTenMinutes", 1, 2, "*", "", "", emitStartOfMinutes},
    {"toStartOfFifteenMinutes", 1, 2, "*", "", "", emitStartOfMinutes},
    {"timeSlot", 1, 2, "*", "", "", emitStartOfMinutes},
    {"toStartOfInterval", 2, 3, "*", "", "", emitStartOfInterval},
    {"toLastDayOfMonth", 1, 1, "l", "last_day({0})", "Date"},
    {"dateTrunc", 2, 3, "*", "", "", emitTrunc},
    {"date_trunc", 2, 3, "*", "", "", emitTrunc},
    {"dateDiff", 3, 4, "*", "", "", emitDateDiff},
    {"date_diff", 3, 4, "*", "", "", emitDateDiff},
    {"timestampDiff", 3, 4, "*", "", "", emitDateDiff},
    {"age", 3, 4, "*", "", "", emitAge},
    {"dateAdd", 2, 3, "*", "", "", emitDateAdd},
    {"date_add", 2, 3, "*", "", "", emitDateAdd},
    {"timeStampAdd", 2, 3, "*", "", "", emitDateAdd},
    {"dateSub", 2, 3, "*", "", "", emitDateAdd},
    {"date_subtract", 2, 3, "*", "", "", emitDateAdd},
    {"timeStampSub", 2, 3, "*", "", "", emitDateAdd},
    {"addSeconds", 2, 2, "*", "", "", emitAddUnits},
    {"addMinutes", 2, 2, "*", "", "", emitAddUnits},
    {"addHours", 2, 2, "*", "", "", emitAddUnits},
    {"addDays", 2, 2, "*", "", "", emitAddUnits},
    {"addWeeks", 2, 2, "*", "", "", emitAddUnits},
    {"addMonths", 2, 2, "*", "", "", emitAddUnits},
    {"addQuarters", 2, 2, "*", "", "", emitAddUnits},
    {"addYears", 2, 2, "*", "", "", emitAddUnits},
    {"subtractSeconds", 2, 2, "*", "", "", emitAddUnits},
    {"subtractMinutes", 2, 2, "*", "", "", emitAddUnits},
    {"subtractHours", 2, 2, "*", "", "", emitAddUnits},
    {"subtractDays", 2, 2, "*", "", "", emitAddUnits},
    {"subtractWeeks", 2, 2, "*", "", "", emitAddUnits},
    {"subtractMonths", 2, 2, "*", "", "", emitAddUnits},
    {"subtractQuarters", 2, 2, "*", "", "", emitAddUnits},
    {"subtractYears", 2, 2, "*", "", "", emitAddUnits},
    {"toIntervalSecond", 1, 1, "*", "", "", emitToInterval},
    {"toIntervalMinute", 1, 1, "*", "", "", emitToInterval},
    {"toIntervalHour", 1, 1, "*", "", "", emitToInterval},
    {"toIntervalDay", 1, 1, "*", "", "", emitToInterval},
    {"toIntervalWeek", 1, 1, "*", "", "", emitToInterval},
    {"toIntervalMonth", 1, 1, "*", "", "", emitToInterval},
    {"toIntervalQuarter", 1, 1, "*", "", "", emitToInterval},
    {"toIntervalYear", 1, 1, "*", "", "", emitToInterval},
    {"toYear", 1, 2, "l", "year({0})", "UInt16"},
    {"toQuarter", 1, 2, "l", "quarter({0})", "UInt8"},
    {"toMonth", 1, 2, "l", "month({0})", "UInt8"},
    {"toDayOfMonth", 1, 2, "l", "day({0})", "UInt8"},
    {"toDayOfYear", 1, 2, "l", "dayofyear({0})", "UInt16"},
    {"toDayOfWeek", 1, 2, "*", "", "", emitDayOfWeek},
    {"toHour", 1, 2, "l", "hour({0})", "UInt8"},
    {"toMinute", 1, 2, "l", "minute({0})", "UInt8"},
    {"toSecond", 1, 2, "l", "second({0})", "UInt8"},
    {"toISOWeek", 1, 1, "l", "weekofyear({0})", "UInt8"},
    {"toISOYear", 1, 1, "l", "isoyear({0})", "UInt16"},
    {"toWeek", 1, 2, "*", "", "", emitWeek},
    {"toYearWeek", 1, 2, "*", "", "", emitWeek},
    {"toYYYYMM", 1, 2, "l", "(year({0}) * 100 + month({0}))", "UInt32"},
    {"toYYYYMMDD", 1, 2, "l", "(year({0}) * 10000 + month({0}) * 100 + day({0}))", "UInt32"},
    {"toYYYYMMDDhhmmss", 1, 2, "l", "strftime({0}, '%Y%m%d%H%M%S')::BIGINT", "UInt64"},
    {"toUnixTimestamp", 1, 2, "t", "epoch({0})::BIGINT", "UInt32"},
    {"toUnixTimestamp64Milli", 1, 1, "t", "epoch_ms({0})", "Int64"},
    {"fromUnixTimestamp", 1, 1, "*", "", "", emitFromUnix},
    {"fromUnixTimestamp64Milli", 1, 2, "*", "", "", emitFromUnix},
    {"formatDateTime", 2, 3, "*", "", "", emitFormat},
    {"dateName", 2, 3, "*", "", "", emitDateName},
    {"date_part", 2, 2, "*", "", "", emitDatePart},
    {"monthName", 1, 1, "l", "monthname({0})", "String"},
    {"UUIDv7ToDateTime", 1, 2, "*", "", "", emitUuidTime},
});

} // namespace

std::span<const Function> dateFunctions() { return functions; }

} // namespace localproject

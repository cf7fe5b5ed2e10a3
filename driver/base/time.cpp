#include "driver/base/time.h"

#include <array>
#include <cstdio>

namespace ph {

namespace {

using namespace std::chrono;

/// Takes what it is asked for from the front of `text`; `ok` falls once something else stands there.
struct Reader {
    std::string_view text;
    bool ok = true;

    bool at(char c) const { return !text.empty() && text.front() == c; }
    bool take(char c)
    {
        if (!at(c))
            return false;
        text.remove_prefix(1);
        return true;
    }
    void expect(char c) { ok = take(c) && ok; }
    bool atDigit() const { return !text.empty() && text.front() >= '0' && text.front() <= '9'; }
    int digits(int count)
    {
        int value = 0;
        for (int i = 0; i < count; ++i) {
            if (!atDigit()) {
                ok = false;
                return 0;
            }
            value = value * 10 + (text.front() - '0');
            text.remove_prefix(1);
        }
        return value;
    }
};

int readMicroseconds(Reader &in)
{
    int value = 0;
    int scale = 100'000;
    in.ok = in.ok && in.atDigit();
    while (in.atDigit()) {
        value += (in.text.front() - '0') * scale;
        scale /= 10;
        in.text.remove_prefix(1);
    }
    return value;
}

minutes readOffset(Reader &in)
{
    if (in.text.empty() || in.take('Z') || in.take('z'))
        return minutes(0);
    const bool east = in.at('+');
    if (!east && !in.at('-'))
        in.ok = false;
    if (!in.ok)
        return minutes(0);
    in.text.remove_prefix(1);
    const int offsetHours = in.digits(2);
    in.take(':');
    const int offsetMinutes = in.digits(2);
    in.ok = in.ok && offsetHours < 24 && offsetMinutes < 60;
    return (hours(offsetHours) + minutes(offsetMinutes)) * (east ? 1 : -1);
}

std::string format(Time time, int digits)
{
    const sys_days day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    const int fraction = static_cast<int>(clock.subseconds().count()) / (digits == 3 ? 1000 : 1);
    std::array<char, 64> out{};
    std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%0*dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()), digits, fraction);
    return out.data();
}

} // namespace

std::string isoTime(system_clock::time_point time) { return format(floor<microseconds>(time), 3); }
std::string isoNow() { return isoTime(system_clock::now()); }
std::string isoTimeMicros(Time time) { return format(time, 6); }

std::optional<Time> parseIsoTime(std::string_view text)
{
    Reader in{text};
    const int y = in.digits(4);
    in.expect('-');
    const int m = in.digits(2);
    in.expect('-');
    const int d = in.digits(2);
    const year_month_day date{year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))};
    if (!in.ok || !date.ok())
        return std::nullopt;
    Time time = sys_days(date);
    if (in.text.empty())
        return time;

    if (!in.take('T') && !in.take(' '))
        return std::nullopt;
    const int hour = in.digits(2);
    in.expect(':');
    const int minute = in.digits(2);
    const int second = in.take(':') ? in.digits(2) : 0;
    const int micros = in.take('.') ? readMicroseconds(in) : 0;
    const minutes offset = readOffset(in);
    if (!in.ok || !in.text.empty() || hour > 23 || minute > 59 || second > 59)
        return std::nullopt;
    return time + hours(hour) + minutes(minute) + seconds(second) + microseconds(micros) - offset;
}

} // namespace ph

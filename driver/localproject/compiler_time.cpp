#include "driver/localproject/compiler_time.h"

#include <charconv>
#include <chrono>

namespace localproject {
namespace {

class Reader
{
public:
    explicit Reader(std::string_view text) : m_text(text) { }

    bool atEnd() const { return m_at == m_text.size(); }
    bool take(char c)
    {
        if (atEnd() || m_text[m_at] != c)
            return false;
        ++m_at;
        return true;
    }
    bool takeAny(std::string_view characters)
    {
        if (atEnd() || characters.find(m_text[m_at]) == std::string_view::npos)
            return false;
        ++m_at;
        return true;
    }
    std::optional<int> digits(std::size_t least, std::size_t most)
    {
        int value = 0;
        std::size_t n = 0;
        while (n < most && !atEnd() && m_text[m_at] >= '0' && m_text[m_at] <= '9') {
            value = value * 10 + (m_text[m_at++] - '0');
            ++n;
        }
        return n >= least ? std::optional(value) : std::nullopt;
    }
    char peek() const { return atEnd() ? '\0' : m_text[m_at]; }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

constexpr std::int64_t second = 1'000'000;

} // namespace

std::optional<WrittenTime> parseWrittenTime(std::string_view text)
{
    if (text.size() >= 9 && text.size() <= 10 && text.find_first_not_of("0123456789") == std::string_view::npos) {
        std::int64_t seconds = 0;
        std::from_chars(text.data(), text.data() + text.size(), seconds);
        return WrittenTime {seconds * second, true, false};
    }

    Reader reader(text);
    const auto year = reader.digits(4, 4);
    if (!year || !reader.takeAny("-/"))
        return std::nullopt;
    const auto month = reader.digits(1, 2);
    if (!month || !reader.takeAny("-/"))
        return std::nullopt;
    const auto day = reader.digits(1, 2);
    if (!day)
        return std::nullopt;
    const std::chrono::year_month_day date {std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                            std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok())
        return std::nullopt;
    WrittenTime time;
    time.microseconds = std::chrono::sys_days(date).time_since_epoch().count() * 86'400 * second;
    if (reader.atEnd()) {
        time.dateOnly = true;
        return time;
    }

    if (!reader.takeAny("T "))
        return std::nullopt;
    const auto hour = reader.digits(1, 2);
    if (!hour || *hour > 23 || !reader.take(':'))
        return std::nullopt;
    const auto minute = reader.digits(2, 2);
    if (!minute || *minute > 59)
        return std::nullopt;
    time.microseconds += (*hour * 3600LL + *minute * 60LL) * second;
    if (reader.take(':')) {
        const auto seconds = reader.digits(2, 2);
        if (!seconds || *seconds > 59)
            return std::nullopt;
        time.microseconds += *seconds * second;
        if (reader.takeAny(".,")) {
            std::int64_t scale = 100'000;
            int n = 0;
            for (std::optional<int> digit; n < 9 && (digit = reader.digits(1, 1)); ++n) {
                time.microseconds += *digit * scale;
                scale /= 10;
            }
            if (n == 0)
                return std::nullopt;
        }
    }
    if (reader.atEnd())
        return time;

    time.hasOffset = true;
    reader.take(' ');
    if (reader.take('Z') || reader.take('z'))
        return reader.atEnd() ? std::optional(time) : std::nullopt;
    const bool behind = reader.peek() == '-';
    if (!reader.takeAny("+-"))
        return std::nullopt;
    const auto offsetHours = reader.digits(2, 2);
    reader.take(':');
    const auto offsetMinutes = reader.atEnd() ? std::optional(0) : reader.digits(2, 2);
    if (!offsetHours || !offsetMinutes || !reader.atEnd())
        return std::nullopt;
    const std::int64_t offset = (*offsetHours * 3600LL + *offsetMinutes * 60LL) * second;
    time.microseconds += behind ? offset : -offset;
    return time;
}

std::optional<std::int64_t> parseRelativeTime(std::string_view text, std::int64_t nowMicroseconds)
{
    if (text.size() < 3 || text[0] != '-')
        return std::nullopt;
    int count = 0;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), count);
    if (error != std::errc() || end == text.data() + text.size())
        return std::nullopt;
    std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const char unit = rest.front();
    rest.remove_prefix(1);

    using namespace std::chrono;
    const sys_time<microseconds> now {microseconds(nowMicroseconds)};
    const sys_days today = floor<days>(now);
    sys_time<microseconds> time = now;
    switch (unit) {
    case 's': time -= seconds(count); break;
    case 'h': time -= hours(count); break;
    case 'd': time -= days(count); break;
    case 'w': time -= weeks(count); break;
    case 'm':
    case 'q':
    case 'y': {
        const int total = unit == 'm' ? count : unit == 'q' ? 3 * count : 12 * count;
        year_month_day date = year_month_day(today) - months(total);
        if (!date.ok())
            date = date.year() / date.month() / last;
        time = sys_days(date) + (now - today);
        break;
    }
    default: return std::nullopt;
    }
    if (rest == "Start" || (rest.empty() && unit != 'h' && unit != 's')) // PostHog counts whole days back from the start of a day.
        time = floor<days>(time);
    else if (rest == "End")
        time = floor<days>(time) + days(1) - microseconds(1);
    else if (!rest.empty())
        return std::nullopt;
    return time.time_since_epoch().count();
}

} // namespace localproject

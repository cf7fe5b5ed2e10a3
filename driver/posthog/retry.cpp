#include "driver/posthog/retry.h"

#include "driver/http/client.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace posthog {

namespace {

std::optional<std::chrono::seconds> leadingSeconds(std::string_view text)
{
    long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end == text.data() || value < 0 || value > 7 * 24 * 3600)
        return {};
    return std::chrono::seconds(value);
}

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<std::chrono::sys_seconds> httpDate(const std::string &text)
{
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char name[4] = {};
    int day = 0;
    int year = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (std::sscanf(text.c_str(), "%*3s, %d %3s %d %d:%d:%d GMT", &day, name, &year, &hour, &minute, &second) != 6)
        return {};
    const auto month = std::find(months.begin(), months.end(), std::string_view(name));
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (month == months.end() || !date.ok())
        return {};
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

} // namespace

bool isPassing(int status) { return status == 429 || status == 500 || (status >= 502 && status <= 504) || status == 529; }

std::chrono::milliseconds pauseBefore(int retry, const RetryPolicy &policy, double random)
{
    const double plain = std::min(static_cast<double>(policy.first.count()) * std::pow(2.0, retry), static_cast<double>(policy.longest.count()));
    return std::chrono::milliseconds(std::lround(plain * (1 - policy.jitter + 2 * policy.jitter * random)));
}

std::optional<std::chrono::seconds> retryAfter(const http::Response &response, std::chrono::system_clock::time_point now)
{
    const std::string header = response.header("retry-after");
    if (const auto date = httpDate(header))
        return std::max(std::chrono::seconds(0), std::chrono::ceil<std::chrono::seconds>(*date - now));
    if (const auto seconds = leadingSeconds(header))
        return seconds;
    constexpr std::string_view mark = "available in ";
    const std::size_t at = response.status == 429 ? response.body.find(mark) : std::string::npos;
    return at == std::string::npos ? std::nullopt : leadingSeconds(std::string_view(response.body).substr(at + mark.size()));
}

} // namespace posthog

#include "agent/workflow/format.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace workflow {

namespace {

std::string printed(double value, int decimals)
{
    std::array<char, 400> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
    return buffer.data();
}

void trimZeros(std::string &text)
{
    if (text.find('.') == std::string::npos)
        return;
    while (text.back() == '0')
        text.pop_back();
    if (text.back() == '.')
        text.pop_back();
}

std::string grouped(std::string text)
{
    const bool negative = !text.empty() && text.front() == '-';
    auto end = text.find('.');
    if (end == std::string::npos)
        end = text.size();
    const std::size_t start = negative ? 1 : 0;
    for (auto at = static_cast<std::ptrdiff_t>(end) - 3; at > static_cast<std::ptrdiff_t>(start); at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

/// "-0" and "-0.0" are zero.
std::string withoutNegativeZero(std::string text)
{
    if (!text.empty() && text.front() == '-' && text.find_first_of("123456789") == std::string::npos)
        text.erase(0, 1);
    return text;
}

constexpr auto notFinite = "–";

} // namespace

std::string formatFixed(double value, int decimals)
{
    if (!std::isfinite(value))
        return notFinite;
    return grouped(withoutNegativeZero(printed(value, decimals)));
}

std::string formatNumber(double value)
{
    if (!std::isfinite(value))
        return notFinite;
    const double magnitude = std::abs(value);
    if (magnitude >= 1e15) {
        std::array<char, 40> buffer{};
        std::snprintf(buffer.data(), buffer.size(), "%.3g", value);
        return buffer.data();
    }
    int decimals = 2;
    if (magnitude > 0 && magnitude < 1)
        decimals = std::min(8, 2 - static_cast<int>(std::floor(std::log10(magnitude))));
    auto text = printed(value, decimals);
    trimZeros(text);
    return grouped(withoutNegativeZero(text));
}

std::string formatPercent(double fraction)
{
    if (!std::isfinite(fraction))
        return notFinite;
    const double percent = fraction * 100;
    int decimals = 1;
    const double rest = std::abs(percent) < 50 ? std::abs(percent) : std::abs(100 - percent);
    if (rest > 0 && rest < 0.095)
        decimals = 2;
    auto text = printed(percent, decimals);
    if (percent == 0 || percent == 100)
        text = printed(percent, 0);
    return withoutNegativeZero(grouped(text)) + "%";
}

std::string formatPoints(double fraction, bool sign)
{
    if (!std::isfinite(fraction))
        return notFinite;
    auto text = withoutNegativeZero(printed(fraction * 100, 1));
    if (sign && text.front() != '-')
        text.insert(0, "+");
    return text + (text == "1.0" || text == "+1.0" || text == "-1.0" ? " point" : " points");
}

std::string formatDuration(double seconds)
{
    if (!std::isfinite(seconds))
        return notFinite;
    if (seconds < 0)
        return "-" + formatDuration(-seconds);
    if (seconds < 10 && seconds != std::floor(seconds))
        return printed(seconds, 1) + " s";
    const auto total = static_cast<std::int64_t>(std::min(std::round(seconds), 9e15));
    const auto pair = [](std::int64_t big, const char *bigUnit, std::int64_t small, const char *smallUnit) {
        auto text = grouped(std::to_string(big)) + " " + bigUnit;
        if (small > 0)
            text += " " + std::to_string(small) + " " + smallUnit;
        return text;
    };
    if (total < 60)
        return std::to_string(total) + " s";
    if (total < 3600)
        return pair(total / 60, "min", total % 60, "s");
    if (total < 86'400)
        return pair(total / 3600, "h", total % 3600 / 60, "min");
    return pair(total / 86'400, "d", total % 86'400 / 3600, "h");
}

std::string formatCompact(double value)
{
    if (!std::isfinite(value))
        return notFinite;
    constexpr std::array<std::pair<double, const char *>, 4> units{{{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "k"}}};
    if (std::abs(value) >= 1e15)
        return formatNumber(value);
    for (const auto &[size, unit] : units) {
        if (std::abs(value) < size)
            continue;
        auto text = printed(value / size, std::abs(value / size) < 100 ? 1 : 0);
        trimZeros(text);
        return withoutNegativeZero(text) + unit;
    }
    return formatNumber(value);
}

std::string formatAs(const std::string &format, double value)
{
    if (format == "percent")
        return formatPercent(value);
    if (format == "seconds")
        return formatDuration(value);
    if (format == "points")
        return formatPoints(value);
    if (format == "compact")
        return formatCompact(value);
    return formatNumber(value);
}

std::string formatP(double p)
{
    if (!std::isfinite(p))
        return "p unknown";
    if (p < 0.001)
        return "p < 0.001";
    return "p = " + printed(p, p < 0.1 ? 3 : 2);
}

} // namespace workflow

#include "agent/workflow/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace workflow {

namespace {

constexpr double z95 = 1.959963984540054;

std::vector<std::size_t> ascending(const std::vector<double> &values)
{
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    return order;
}

} // namespace

double normalCdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

Interval wilson(double converted, double n)
{
    if (n <= 0)
        return {0, 1};
    const double rate = converted / n;
    const double square = z95 * z95;
    const double centre = (rate + square / (2 * n)) / (1 + square / n);
    const double half = z95 * std::sqrt(rate * (1 - rate) / n + square / (4 * n * n)) / (1 + square / n);
    return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

Interval newcombe(double x1, double n1, double x2, double n2)
{
    if (n1 <= 0 || n2 <= 0)
        return {-1, 1};
    const double p1 = x1 / n1;
    const double p2 = x2 / n2;
    const auto first = wilson(x1, n1);
    const auto second = wilson(x2, n2);
    return {p1 - p2 - std::hypot(p1 - first.low, second.high - p2), p1 - p2 + std::hypot(first.high - p1, p2 - second.low)};
}

TwoProportions compareProportions(double x1, double n1, double x2, double n2)
{
    TwoProportions result;
    result.interval = newcombe(x1, n1, x2, n2);
    if (n1 <= 0 || n2 <= 0)
        return result;
    result.difference = x1 / n1 - x2 / n2;
    const double pooled = (x1 + x2) / (n1 + n2);
    const double error = std::sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
    if (error > 0) {
        result.z = result.difference / error;
        result.p = std::erfc(std::abs(result.z) / std::sqrt(2.0));
    }
    return result;
}

OddsRatio oddsRatio(double a, double b, double c, double d)
{
    if (a == 0 || b == 0 || c == 0 || d == 0) {
        a += 0.5;
        b += 0.5;
        c += 0.5;
        d += 0.5;
    }
    const double logRatio = std::log(a * d / (b * c));
    const double error = std::sqrt(1 / a + 1 / b + 1 / c + 1 / d);
    return {std::exp(logRatio), {std::exp(logRatio - z95 * error), std::exp(logRatio + z95 * error)}, std::erfc(std::abs(logRatio) / error / std::sqrt(2.0))};
}

std::vector<double> holm(const std::vector<double> &p)
{
    std::vector<double> adjusted(p.size());
    double most = 0;
    const auto order = ascending(p);
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        most = std::max(most, std::min(1.0, p[order[rank]] * static_cast<double>(p.size() - rank)));
        adjusted[order[rank]] = most;
    }
    return adjusted;
}

std::vector<double> benjaminiHochberg(const std::vector<double> &p)
{
    std::vector<double> adjusted(p.size());
    double least = 1;
    const auto order = ascending(p);
    for (std::size_t rank = order.size(); rank-- > 0;) {
        least = std::min(least, p[order[rank]] * static_cast<double>(p.size()) / static_cast<double>(rank + 1));
        adjusted[order[rank]] = least;
    }
    return adjusted;
}

std::optional<double> quantile(std::vector<double> values, double fraction)
{
    if (values.empty())
        return {};
    std::sort(values.begin(), values.end());
    const double at = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(values.size() - 1);
    const auto low = static_cast<std::size_t>(at);
    const auto high = std::min(low + 1, values.size() - 1);
    return values[low] + (values[high] - values[low]) * (at - static_cast<double>(low));
}

std::vector<Bin> histogram(const std::vector<double> &values, std::size_t most)
{
    if (values.empty())
        return {};
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    const double span = *greatest - *least;
    std::size_t count = 1;
    if (span > 0) {
        const double spread = *quantile(values, 0.75) - *quantile(values, 0.25);
        const double width = 2 * spread / std::cbrt(static_cast<double>(values.size()));
        const double wanted = width > 0 ? std::ceil(span / width) : std::sqrt(static_cast<double>(values.size()));
        count = static_cast<std::size_t>(std::clamp(wanted, 1.0, static_cast<double>(std::max<std::size_t>(1, most))));
    }
    std::vector<Bin> bins(count);
    for (std::size_t i = 0; i < count; ++i) {
        bins[i].low = *least + span * static_cast<double>(i) / static_cast<double>(count);
        bins[i].high = *least + span * static_cast<double>(i + 1) / static_cast<double>(count);
    }
    for (const double value : values) {
        const auto index = span > 0 ? static_cast<std::size_t>((value - *least) / span * static_cast<double>(count)) : 0;
        ++bins[std::min(index, count - 1)].count;
    }
    return bins;
}

} // namespace workflow

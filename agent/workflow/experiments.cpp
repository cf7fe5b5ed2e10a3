#include "agent/workflow/experiments.h"

#include "agent/workflow/distributions.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace workflow {

namespace {

constexpr double z95 = 1.959963984540054;
constexpr int panels = 240; // of Simpson's rule, over nine standard deviations either way: errors below 1e-9

/// Beta(a, b) as points with weights that add up to 1.
struct Posterior {
    Posterior(double converted, double n) : a(converted + 1), b(std::max(0.0, n - converted) + 1)
    {
        const double mean = a / (a + b);
        const double deviation = std::sqrt(a * b / ((a + b) * (a + b) * (a + b + 1)));
        low = std::max(0.0, mean - 9 * deviation);
        high = std::min(1.0, mean + 9 * deviation);
        double total = 0;
        for (int i = 0; i <= panels; ++i) {
            const double x = low + (high - low) * i / panels;
            const double simpson = i == 0 || i == panels ? 1 : i % 2 == 1 ? 4 : 2;
            points.emplace_back(x, simpson * betaPdf(x, a, b));
            total += points.back().second;
        }
        for (auto &[x, weight] : points)
            weight /= total;
    }

    double a, b;
    double low = 0, high = 1;
    std::vector<std::pair<double, double>> points;
};

/// The x in low..high at which the growing function is `level`.
double solve(const std::function<double(double)> &cumulative, double level, double low, double high)
{
    double below = cumulative(low) - level;
    double above = cumulative(high) - level;
    if (below >= 0)
        return low;
    if (above <= 0)
        return high;
    int side = 0;
    for (int i = 0; i < 80 && high - low > 1e-9 * std::max(1.0, std::abs(high)); ++i) {
        const double x = (low * above - high * below) / (above - below); // false position, Illinois' way
        const double value = cumulative(x) - level;
        if (std::abs(value) < 1e-10)
            return x;
        if (value > 0) {
            high = x;
            above = value;
            below *= side == 1 ? 0.5 : 1;
            side = 1;
        } else {
            low = x;
            below = value;
            above *= side == -1 ? 0.5 : 1;
            side = -1;
        }
    }
    return (low + high) / 2;
}

} // namespace

GoodnessOfFit chiSquareFit(const std::vector<double> &counts, const std::vector<double> &shares)
{
    GoodnessOfFit result;
    double total = 0;
    double whole = 0;
    for (std::size_t i = 0; i < std::min(counts.size(), shares.size()); ++i)
        if (shares[i] > 0) {
            total += counts[i];
            whole += shares[i];
        }
    if (total <= 0)
        return result;
    int groups = 0;
    for (std::size_t i = 0; i < std::min(counts.size(), shares.size()); ++i)
        if (shares[i] > 0) {
            const double expected = total * shares[i] / whole;
            result.statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
            ++groups;
        }
    result.degrees = std::max(0, groups - 1);
    result.p = chiSquareTail(result.statistic, result.degrees);
    return result;
}

BayesComparison compareBayes(double x1, double n1, double x2, double n2)
{
    const Posterior first(x1, n1);
    const Posterior second(x2, n2);
    // P(p1 <= f(p2)), over the second's points.
    const auto below = [&](const std::function<double(double)> &bound) {
        return std::accumulate(second.points.begin(), second.points.end(), 0.0,
                               [&](double sum, const auto &point) { return sum + point.second * betaCdf(bound(point.first), first.a, first.b); });
    };
    const auto difference = [&](double level) {
        return solve([&](double d) { return below([d](double x) { return x + d; }); }, level, first.low - second.high, first.high - second.low);
    };
    const auto ratio = [&](double level) {
        const double highest = first.high / std::max(second.low, second.a / (second.a + second.b) * 1e-3);
        return solve([&](double r) { return below([r](double x) { return x * r; }); }, level, 0, highest);
    };
    BayesComparison result;
    result.chance = 1 - below([](double x) { return x; });
    result.difference = difference(0.5);
    result.interval = {difference(0.025), difference(0.975)};
    result.relative = ratio(0.5) - 1;
    result.relativeInterval = {ratio(0.025) - 1, ratio(0.975) - 1};
    return result;
}

StratifiedDifference stratifiedDifference(const std::vector<Stratum> &strata)
{
    StratifiedDifference result;
    double weights = 0;
    double sum = 0;
    for (const auto &[x1, n1, x2, n2] : strata)
        if (n1 > 0 && n2 > 0) {
            weights += n1 * n2 / (n1 + n2);
            sum += (x1 * n2 - x2 * n1) / (n1 + n2);
            ++result.strata;
        }
    if (weights <= 0) {
        result.interval = {-1, 1};
        return result;
    }
    result.difference = sum / weights;
    // Sato 1989, "On the variance estimator for the Mantel-Haenszel risk difference".
    double variance = 0;
    for (const auto &[x1, n1, x2, n2] : strata)
        if (n1 > 0 && n2 > 0) {
            const double n = n1 + n2;
            variance += result.difference * (n1 * n1 * x2 - n2 * n2 * x1 + n1 * n2 * (n2 - n1) / 2) / (n * n) + (x1 * (n2 - x2) + x2 * (n1 - x1)) / (2 * n);
        }
    const double error = std::sqrt(std::max(0.0, variance)) / weights;
    result.interval = {std::max(-1.0, result.difference - z95 * error), std::min(1.0, result.difference + z95 * error)};
    if (error > 0) {
        result.z = result.difference / error;
        result.p = std::erfc(std::abs(result.z) / std::sqrt(2.0));
    }
    return result;
}

} // namespace workflow

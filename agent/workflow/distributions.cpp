#include "agent/workflow/distributions.h"

#include <algorithm>
#include <cmath>

namespace workflow {

namespace {

constexpr double precision = 1e-13;
constexpr double tiny = 1e-300;
constexpr int mostTerms = 10'000;

/// Lower regularised incomplete gamma by its series: converges fast where x < a + 1.
double gammaLowerSeries(double a, double x)
{
    double term = 1 / a;
    double sum = term;
    for (int n = 1; n < mostTerms && std::abs(term) > std::abs(sum) * precision; ++n) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * std::exp(-x + a * std::log(x) - std::lgamma(a));
}

/// Upper regularised incomplete gamma by its continued fraction (Lentz's method): converges fast where x > a + 1.
double gammaUpperFraction(double a, double x)
{
    double b = x + 1 - a;
    double c = 1 / tiny;
    double d = 1 / b;
    double h = d;
    for (int n = 1; n < mostTerms; ++n) {
        const double factor = -n * (n - a);
        b += 2;
        d = factor * d + b;
        d = std::abs(d) < tiny ? tiny : d;
        c = b + factor / c;
        c = std::abs(c) < tiny ? tiny : c;
        d = 1 / d;
        const double change = d * c;
        h *= change;
        if (std::abs(change - 1) < precision)
            break;
    }
    return h * std::exp(-x + a * std::log(x) - std::lgamma(a));
}

/// The continued fraction of the incomplete beta function, which converges fast where x < (a + 1) / (a + b + 2).
double betaFraction(double x, double a, double b)
{
    double c = 1;
    double d = 1 - (a + b) * x / (a + 1);
    d = 1 / (std::abs(d) < tiny ? tiny : d);
    double h = d;
    const auto step = [&](double factor) {
        d = 1 + factor * d;
        d = 1 / (std::abs(d) < tiny ? tiny : d);
        c = 1 + factor / c;
        c = std::abs(c) < tiny ? tiny : c;
        h *= d * c;
        return std::abs(d * c - 1) < precision;
    };
    for (int m = 1; m < mostTerms; ++m) {
        step(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)));
        if (step(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))))
            break;
    }
    return h;
}

} // namespace

double gammaUpper(double a, double x)
{
    if (x <= 0)
        return 1;
    return std::clamp(x < a + 1 ? 1 - gammaLowerSeries(a, x) : gammaUpperFraction(a, x), 0.0, 1.0);
}

double chiSquareTail(double statistic, double degrees) { return degrees <= 0 ? 1 : gammaUpper(degrees / 2, statistic / 2); }

double betaCdf(double x, double a, double b)
{
    if (x <= 0)
        return 0;
    if (x >= 1)
        return 1;
    const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * betaFraction(x, a, b) / a : 1 - front * betaFraction(1 - x, b, a) / b;
}

double betaPdf(double x, double a, double b)
{
    if ((x <= 0 && a > 1) || (x >= 1 && b > 1))
        return 0;
    const double left = a == 1 ? 0 : (a - 1) * std::log(x);
    const double right = b == 1 ? 0 : (b - 1) * std::log1p(-x);
    return std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + left + right);
}

} // namespace workflow

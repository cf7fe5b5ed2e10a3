#pragma once

#include <optional>
#include <vector>

/// The statistics that decisions rest on, as plain functions of numbers. Intervals are 95 %.
namespace workflow {

struct Interval {
    double low = 0;
    double high = 0;
};

/// Cumulative standard normal.
double normalCdf(double z);

/// Wilson's score interval of `converted` of `n`. n = 0: 0 to 1.
Interval wilson(double converted, double n);

/// Newcombe's hybrid score interval (his method 10) of the difference x1/n1 - x2/n2.
Interval newcombe(double x1, double n1, double x2, double n2);

struct TwoProportions {
    double difference = 0; // x1/n1 - x2/n2
    double z = 0;          // pooled; 0 where the pooled rate is 0 or 1
    double p = 1;          // two-sided
    Interval interval;     // Newcombe
};
TwoProportions compareProportions(double x1, double n1, double x2, double n2);

struct OddsRatio {
    double ratio = 1;
    Interval interval; // Woolf, on the log scale
    double p = 1;      // two-sided, from log(ratio) and its standard error
};
/// a of (a + b) with the trait converted, c of (c + d) without it. 0.5 is added to each cell when one is 0.
OddsRatio oddsRatio(double a, double b, double c, double d);

/// Holm's step-down adjustment, in the order given.
std::vector<double> holm(const std::vector<double> &p);
/// Benjamini and Hochberg's step-up adjustment, in the order given.
std::vector<double> benjaminiHochberg(const std::vector<double> &p);

/// Linear interpolation between order statistics (type 7). Nothing for no values.
std::optional<double> quantile(std::vector<double> values, double fraction);

/// Equal bins over the values; their number by Freedman and Diaconis, 1 to `most`.
struct Bin {
    double low = 0;
    double high = 0;
    std::size_t count = 0;
};
std::vector<Bin> histogram(const std::vector<double> &values, std::size_t most);

} // namespace workflow

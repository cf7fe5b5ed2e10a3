#pragma once

#include "agent/workflow/statistics.h"

/// The statistics of an experiment's read-out and of comparisons between groups that did not come about by chance.
namespace workflow {

struct GoodnessOfFit {
    double statistic = 0;
    int degrees = 0;
    double p = 1;
};
/// Pearson's test of counts against the shares they were meant to have (any scale). What has no share is left out.
GoodnessOfFit chiSquareFit(const std::vector<double> &counts, const std::vector<double> &shares);

/// Two rates with independent Beta(1, 1) priors, by numeric integration: the same numbers always give the same result.
/// Intervals are the middle 95 % of the posterior.
struct BayesComparison {
    double chance = 0.5;     // that the first rate is the higher one
    double difference = 0;   // posterior median of p1 - p2
    Interval interval;       // of p1 - p2
    double relative = 0;     // posterior median of p1 / p2 - 1
    Interval relativeInterval;
};
BayesComparison compareBayes(double x1, double n1, double x2, double n2);

struct Stratum {
    double x1 = 0, n1 = 0, x2 = 0, n2 = 0;
};
struct StratifiedDifference {
    double difference = 0;
    Interval interval;
    double z = 0;
    double p = 1;
    std::size_t strata = 0; // that have both groups
};
/// Mantel and Haenszel's difference of rates over strata, with Sato's variance. Strata without one of the groups tell nothing.
StratifiedDifference stratifiedDifference(const std::vector<Stratum> &strata);

} // namespace workflow

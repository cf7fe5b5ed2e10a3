#pragma once

#include <cstddef>
#include <vector>

/// Values that do not fit the rhythm of their series.
namespace workflow {

struct Outlier {
    std::size_t position = 0;
    double value = 0;
    double expected = 0; // median of the other values of its slot
    double least = 0;    // the smallest of them
    double score = 0;    // distance from `expected` in robust standard deviations: 1.4826 MAD, at least its square root, at least 1
};

/// Those whose score is at least `threshold` away from 0, in order. Position i belongs to slot i % season: with counts an hour
/// and season 168, the hours of the same weekday are compared with each other. A slot with fewer than four values tells nothing.
std::vector<Outlier> findOutliers(const std::vector<double> &values, std::size_t season, double threshold);

} // namespace workflow

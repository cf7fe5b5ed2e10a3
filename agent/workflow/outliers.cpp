#include "agent/workflow/outliers.h"

#include "agent/workflow/statistics.h"

#include <algorithm>
#include <cmath>

namespace workflow {

std::vector<Outlier> findOutliers(const std::vector<double> &values, std::size_t season, double threshold)
{
    season = std::max<std::size_t>(1, season);
    std::vector<Outlier> found;
    for (std::size_t slot = 0; slot < std::min(season, values.size()); ++slot) {
        for (std::size_t i = slot; i < values.size(); i += season) {
            std::vector<double> others;
            for (std::size_t j = slot; j < values.size(); j += season)
                if (j != i)
                    others.push_back(values[j]);
            if (others.size() < 3)
                break;
            const double expected = *quantile(others, 0.5);
            const double least = *std::min_element(others.begin(), others.end());
            for (double &value : others)
                value = std::abs(value - expected);
            const double scale = std::max({1.4826 * *quantile(others, 0.5), std::sqrt(std::max(0.0, expected)), 1.0});
            if (const double score = (values[i] - expected) / scale; std::abs(score) >= threshold)
                found.push_back({i, values[i], expected, least, score});
        }
    }
    std::sort(found.begin(), found.end(), [](const Outlier &a, const Outlier &b) { return a.position < b.position; });
    return found;
}

} // namespace workflow

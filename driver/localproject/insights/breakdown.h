#pragma once

#include "driver/localproject/insights/filters.h"

namespace localproject::insights {

inline constexpr const char *breakdownOther = "$$_posthog_breakdown_other_$$";
inline constexpr const char *breakdownNull = "$$_posthog_breakdown_null_$$";

/// By what an insight is broken down: up to three properties, or cohorts.
struct Breakdown {
    std::vector<ExprPtr> values; // each a text that is NULL where there is none
    std::vector<std::int64_t> cohorts; // 0 is everybody
    bool isList = false; // `breakdowns` was given: values go out as arrays
    int limit = 25;
    bool hideOther = false;

    bool any() const { return !values.empty() || !cohorts.empty(); }
    bool isCohort() const { return !cohorts.empty(); }
};

/// Reads "breakdownFilter" of a query; without one there is nothing in it.
Breakdown readBreakdown(Node &query, const Engine &engine);

/// Whether a person is in one of the cohorts of a breakdown.
ExprPtr inCohort(std::int64_t cohort);

} // namespace localproject::insights

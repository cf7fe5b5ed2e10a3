#pragma once

#include "driver/posthog/table.h"

#include <variant>

namespace posthog {

// What insights answer, as values. Whatever PostHog leaves out is empty here; a breakdown's value is null where there is none.

/// One line of a trend, of a lifecycle (`status`), of stickiness (`days` are counts of intervals) or of a funnel's trend (percent).
struct TrendSeries {
    std::string label;
    std::vector<double> data;
    std::vector<std::string> days;
    std::vector<std::string> labels;
    std::optional<double> total; // of displays with one value; `data` is then empty
    double count = 0;
    ph::Json breakdownValue;
    std::string period; // "current", "previous"; empty when nothing is compared
    std::string status; // "new", "returning", "resurrecting", "dormant"
};
struct Trend {
    std::vector<TrendSeries> series;
    bool hasMore = false; // values of a breakdown were put together as others
};

struct FunnelStep {
    std::string name; // the custom one where there is one
    std::int64_t count = 0;
    std::optional<double> averageSeconds; // from the step before; absent for the first and where nobody came
    std::optional<double> medianSeconds;
};
/// The steps of everybody, or of one value of the breakdown.
struct FunnelGroup {
    ph::Json breakdownValue;
    std::vector<FunnelStep> steps;
};
struct Funnel {
    std::vector<FunnelGroup> groups; // one without a breakdown
};

struct TimeToConvert {
    struct Bin {
        double fromSeconds = 0;
        std::int64_t count = 0;
    };
    std::vector<Bin> bins;
    std::optional<double> averageSeconds;
};

struct RetentionRow {
    std::string date;
    std::string label;
    std::vector<std::int64_t> counts; // after 0, 1 … intervals
    ph::Json breakdownValue;
};
struct Retention {
    std::vector<RetentionRow> rows;
};

struct PathEdge {
    std::string source; // "1_/"
    std::string target;
    std::int64_t count = 0;
    std::optional<double> averageMilliseconds;
};
struct Paths {
    std::vector<PathEdge> edges;
};

using InsightData = std::variant<Trend, Funnel, TimeToConvert, Retention, Paths, Table>;

/// Reads what query/ answered to `query`, wrapped or not. HogQL, events and people are a Table.
/// Errors: InvalidInput (no kind that is read here), Internal (an answer in a form that is not known: the message says where).
ph::Result<InsightData> readInsight(const ph::Json &query, const ph::Json &answer);

} // namespace posthog

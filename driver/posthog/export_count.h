#pragma once

#include "driver/posthog/export_pages.h"

namespace posthog {

/// Rows and different rows, as PostHog counts them.
struct RowCount {
    std::int64_t rows = 0;
    std::int64_t different = 0;
};

/// Counts in halves of the time where PostHog cannot count it all at once. Nothing where it cannot count at all.
std::optional<DayCounts> countDays(PageSource &source, const ExportQueries &queries, std::stop_token stop);
std::optional<RowCount> countRows(PageSource &source, const ExportQueries &queries, std::stop_token stop);
std::optional<RowCount> countQuery(PageSource &source, const ExportQueries &queries, const std::vector<std::string> &columns, std::stop_token stop);

/// What PostHog's clock shows.
ph::Result<ph::Time> remoteNow(PageSource &source, const ExportQueries &queries, std::stop_token stop);

} // namespace posthog

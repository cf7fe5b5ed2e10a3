#pragma once

#include "driver/posthog/table.h"

#include <string>

namespace app {

/// As posthog::makeCsvWriter() writes it, and makeJsonlWriter().
std::string toCsv(const posthog::Table &table, bool formulaSafe = true);
std::string toJsonl(const posthog::Table &table);

/// For a terminal: columns under each other, numbers to the right; cells cut at 60 characters. Control characters are shown, never sent.
std::string toColumns(const posthog::Table &table);

} // namespace app

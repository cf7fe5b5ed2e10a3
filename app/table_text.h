#pragma once

#include "driver/posthog/table.h"

#include <string>

namespace app {

/// RFC 4180: a header line, then the rows; CRLF; cells with a comma, a quote or a line break are quoted. Null is empty.
std::string toCsv(const posthog::Table &table);

/// For a terminal: columns under each other, numbers to the right; cells cut at 60 characters. Control characters are shown, never sent.
std::string toColumns(const posthog::Table &table);

} // namespace app

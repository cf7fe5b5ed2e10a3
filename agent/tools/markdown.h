#pragma once

#include "driver/posthog/table.h"

#include <string>

namespace tools {

/// `text` so that Markdown shows it as it is: data from events must not become a link, an image, HTML or a new row of a table.
/// Line breaks become blanks, other control characters (terminal escapes) and invisible direction marks go.
std::string escapeMarkdown(std::string_view text);

/// What a cell says, as one line: null as "null", numbers as they are, lists as JSON.
std::string cellText(const ph::Json &cell);

/// The first `maximumRows` rows as a Markdown table; longer cells are cut at `maximumCell` characters.
std::string markdownTable(const posthog::Table &table, std::size_t maximumRows, std::size_t maximumCell = 80);

} // namespace tools

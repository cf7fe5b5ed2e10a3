#pragma once

#include "ui/conversation/rows.h"

namespace ui {

/// The head of a tool call or of a thought: an icon and one line that does not wrap, and whether its body shows.
std::unique_ptr<Row> makeToolHeadRow(const Part &part);
int estimatedToolHeadHeight();

} // namespace ui

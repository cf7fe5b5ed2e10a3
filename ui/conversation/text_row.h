#pragma once

#include "ui/conversation/rows.h"

namespace ui {

/// A paragraph, a heading or an item of a list: text with bold, code and links.
std::unique_ptr<Row> makeTextRow(const Part &part);
int estimatedTextHeight(const Part &part, int width);

} // namespace ui

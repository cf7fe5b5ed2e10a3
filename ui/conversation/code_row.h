#pragma once

#include "ui/conversation/rows.h"

namespace ui {

/// A block of code with its language and a button that copies it; or the end of a terminal with its command, its state and buttons.
std::unique_ptr<Row> makeCodeRow(const Part &part);
int estimatedCodeHeight(const Part &part);

} // namespace ui

#pragma once

#include "ui/conversation/rows.h"

namespace ui {

/// Small buttons in a line.
std::unique_ptr<Row> makeActionsRow(const Part &part);
int estimatedActionsHeight();

} // namespace ui

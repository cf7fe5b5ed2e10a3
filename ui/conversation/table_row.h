#pragma once

#include "ui/conversation/rows.h"

namespace ui {

/// A table of a message: its first rows, and a button that copies all of them.
std::unique_ptr<Row> makeTableRow(const Part &part);
int estimatedTableHeight(const Part &part);

} // namespace ui

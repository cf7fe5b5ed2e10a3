#pragma once

#include "ui/conversation/rows.h"

namespace ui {

/// A note in the conversation: an icon and text that wraps.
std::unique_ptr<Row> makeNoteRow(const Part &part);
int estimatedNoteHeight(const Part &part, int width);

} // namespace ui

#pragma once

#include "ui/conversation/rows.h"

namespace ui {

std::unique_ptr<Row> makePictureRow(const Part &part);
int estimatedPictureHeight();

} // namespace ui

#pragma once

#include "ui/shell/theme.h"

namespace ui {

/// The application's one style sheet in these colours. `fontScale` 1 is the normal size.
QString styleSheet(const Colors &colors, double fontScale);

} // namespace ui

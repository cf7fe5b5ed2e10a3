#pragma once

#include "ui/shell/theme.h"
#include "ui/terminal/terminal_line.h"

namespace ui {

struct TerminalPaint {
    QColor text;
    QColor background; // invalid: what is there anyway
};

/// How a style looks on `ground`. Text that its colours would hide is shown all the same: it stands out at least 3:1.
TerminalPaint paintOf(const TerminalStyle &style, const Colors &colors, const QColor &ground);

/// What a terminal is painted on.
QColor terminalGround(const Colors &colors);

/// As WCAG 2 counts it, from 1 to 21.
double contrastBetween(const QColor &one, const QColor &other);

} // namespace ui

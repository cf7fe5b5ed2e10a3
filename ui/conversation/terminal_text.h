#pragma once

#include "ui/terminal/terminal_line.h"

#include <QTextLayout>

namespace ui {

/// Lines of a terminal as one text, a line each.
QString textOf(const std::vector<TerminalLine> &lines);

/// What that text looks like in the theme's colours.
QList<QTextLayout::FormatRange> formatsOf(const std::vector<TerminalLine> &lines);

} // namespace ui

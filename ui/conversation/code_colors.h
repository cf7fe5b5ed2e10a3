#pragma once

#include <QColor>
#include <QString>

#include <vector>

namespace ui {

struct ColoredRange {
    int start = 0;  // in UTF-16 units
    int length = 0;
    QColor color;
};

/// The theme's colours for code in `language` ("hogql", "sql", "json", "diff"); nothing for others.
std::vector<ColoredRange> codeColors(const QString &code, const QString &language);

} // namespace ui

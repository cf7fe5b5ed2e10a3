#pragma once

#include <QString>

namespace ui {

/// A tool tip that shows `text` as it is: Qt would read what looks like markup as such, and data is not ours.
QString plainToolTip(const QString &text);

} // namespace ui

#pragma once

#include <QString>

#include <optional>

namespace ui {

/// How well `pattern` fits `text`, or nothing when its letters do not all occur in order. Case does not count. Higher is
/// better: whole words and starts of words come before letters scattered through the text, short texts before long ones.
/// An empty pattern fits everything with 0.
std::optional<int> fuzzyScore(QStringView pattern, QStringView text);

} // namespace ui

#pragma once

#include "agent/report/scene.h"
#include "driver/base/result.h"
#include "ui/shell/theme.h"

#include <QImage>

namespace ui {

/// The chart with its title above and its definition below, on the theme's surface, at `scale` device pixels a pixel.
QImage chartImage(const report::Scene &scene, const Colors &colors, double scale);

/// Writes the chart as the file's ending says: .png (2 pixels a pixel), .svg or .pdf. Other endings are InvalidInput;
/// Internal when the disk refuses. May be called from any thread.
ph::Result<> writeChart(const QString &path, const report::Scene &scene, const Colors &colors);

} // namespace ui

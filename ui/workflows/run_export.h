#pragma once

#include "agent/report/report.h"
#include "driver/base/result.h"

#include <QString>

namespace ui {

/// Writes a run's report as the file's ending says: .md (its charts as SVG in a folder beside it), .html (one file), .pdf or .json.
/// Paths in the Markdown are relative, so that both can be moved together. Main thread: the charts are painted with its fonts.
/// Errors: InvalidInput for another ending, Internal when the disk refuses.
ph::Result<> writeReport(const QString &path, const report::Report &report);

} // namespace ui

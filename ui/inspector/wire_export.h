#pragma once

#include "driver/base/result.h"
#include "ui/shell/wire_log.h"

#include <stop_token>

namespace ui {

/// A line as it stands in an exported file (README.md), without the newline and without its secrets.
std::string exportedLine(const WireLine &line);

/// Writes the lines to a file, which is replaced as a whole when all are written.
/// Error: Internal, naming the file and the reason; Cancelled. The old file is then as it was.
ph::Result<> exportLines(const QString &path, const std::vector<WireLinePtr> &lines, std::stop_token stop);

} // namespace ui

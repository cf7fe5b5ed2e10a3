#pragma once

#include "agent/tools/tool.h"

#include <memory>

namespace tools {

/// Holds an exported file against the manifest beside it. It reads nothing but a manifest of ours and the file that it names, in one
/// folder, and tells of the file no more than its length, its sum and how many rows it has. Input and output: README.md.
std::shared_ptr<Tool> makeCheckExport();

} // namespace tools

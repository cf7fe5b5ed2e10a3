#pragma once

#include "agent/tools/tool.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace tools {

/// An output that says what went wrong: the text, and `raw` as {"error": text}.
Output failure(const std::string &message);

/// An error of the work is an answer that the model can read; only a cancel ends the turn.
ph::Result<Output> failed(const ph::Error &error);

/// "12,345".
std::string withSeparators(std::size_t number);
/// "1 row", "12,345 rows"; `what` takes an s.
std::string counted(std::size_t n, const std::string &what);

} // namespace tools

#pragma once

#include <string>
#include <string_view>

namespace ph {

/// Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool isUtf8(std::string_view text);

/// Replaces bytes that are no UTF-8 by U+FFFD. False when there were none.
bool repairUtf8(std::string &text);

} // namespace ph

#pragma once

#include <string>
#include <string_view>

namespace posthog {

/// Appends what a JSON string means: `token` with its quotes, as it was sent. A lone surrogate becomes U+FFFD.
/// False when an escape is none; `out` then holds what came before it.
bool appendUnescaped(std::string_view token, std::string &out);

/// Appends `text` as a JSON string with its quotes.
void appendQuoted(std::string_view text, std::string &out);

/// Replaces bytes that are no UTF-8 by U+FFFD. False when there were none.
bool repairUtf8(std::string &text);

} // namespace posthog

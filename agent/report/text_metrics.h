#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Text widths without a font engine: wide enough for Inter and DejaVu Sans, so that what is laid out here fits there.
namespace report {

double textWidth(std::string_view utf8, double size, bool bold = false);

/// `text` on one line in at most `width`: the middle gives way to "…". Shorter than three characters: "".
std::string shortened(std::string_view utf8, double width, double size, bool bold = false);

/// Words broken into lines of at most `width`; a longer word is shortened. At most `maximumLines`, the last ends with "…".
std::vector<std::string> wrapped(std::string_view utf8, double width, double size, std::size_t maximumLines);

/// Control characters and line breaks become spaces, invalid UTF-8 becomes U+FFFD, bidirectional overrides vanish: what a
/// label may show of event data.
std::string oneLine(std::string_view text);

} // namespace report

#pragma once

#include <string>
#include <string_view>

namespace tools {

/// What a page says, as Markdown: its title, headings, paragraphs, lists, code, links with their addresses. Scripts, styles, forms and
/// pictures are left out, and so is what `hidden` or `display:none` hides. Takes any bytes; time and memory grow with their number.
std::string readableText(std::string_view html);

} // namespace tools

#pragma once

#include <string>
#include <string_view>

namespace ph {

/// Appends what stands for `c` within a JSON text: for quotation marks, backslashes and control characters. Inline: it is called for each of
/// them in megabytes.
inline void appendJsonEscape(std::string &out, unsigned char c)
{
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\b': out += "\\b"; break;
    case '\f': out += "\\f"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default: (out += "\\u00") += {digits[c >> 4], digits[c & 15]};
    }
}

} // namespace ph

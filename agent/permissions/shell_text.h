#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// The small forms within words of a shell.
namespace permissions {

bool isNameStart(char c);
bool isNamePart(char c);
bool isDigit(char c);

/// "NAME=value", "NAME+=value", "NAME[index]=value".
bool isAssignment(std::string_view word);

/// "{name}", which bash sets to the number of the descriptor that a redirection opens.
bool isDescriptorName(std::string_view word);

/// What stands between $' and '.
struct EscapedText {
    std::string text;        // escapes replaced
    bool isKnown = true;     // false: with escapes that were not replaced
    bool isClosed = false;
    std::size_t length = 0;  // of what was read, the closing quote included
};

/// `text` begins behind the opening quote.
EscapedText readEscapedText(std::string_view text);

} // namespace permissions

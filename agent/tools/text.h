#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Bytes from files and programs, made into text that a model and a card can take.
namespace tools {

/// `bytes` with U+FFFD for each one that is no UTF-8.
std::string asUtf8(std::string_view bytes);

/// Whether the bytes are no text: one of the first 8,000 is NUL, as git tells it.
bool isBinary(std::string_view bytes);

/// Without terminal sequences (colours, titles, links), the characters that a terminal would not show, and what a line's later part
/// has overwritten by a carriage return (progress bars).
std::string withoutTerminalCodes(std::string_view text);

/// The longest beginning (end) of `text` that has at most `maximumBytes` and does not cut a character.
std::string_view headOf(std::string_view text, std::size_t maximumBytes);
std::string_view tailOf(std::string_view text, std::size_t maximumBytes);

/// The lines of a text without their ends (LF or CRLF). A last line without an end is one; nothing after the last end is none.
std::vector<std::string_view> linesOf(std::string_view text);

/// `text` in a code block whose fence is longer than any in it: "```console\n…\n```". A line end at the end of `text` is not doubled.
std::string fenced(std::string_view text, std::string_view language = {});

} // namespace tools

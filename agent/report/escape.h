#pragma once

#include <string>
#include <string_view>

/// Event data is written by anybody; these make it plain text in each format.
namespace report {

/// For XML and HTML text and double-quoted attributes. Characters that XML forbids become U+FFFD.
std::string escapeXml(std::string_view text);

/// Text in a Markdown paragraph, list or table cell: every character that Markdown or HTML gives a meaning is escaped, line
/// breaks become spaces.
std::string escapeMarkdown(std::string_view text);

/// Inline code that may hold backticks.
std::string markdownCode(std::string_view text);

/// A fenced block whose fence is longer than any run of backticks inside.
std::string markdownFence(std::string_view text, std::string_view language);

} // namespace report

#include "agent/report/escape.h"

#include "agent/report/text_metrics.h"

#include <algorithm>

namespace report {

namespace {

std::size_t longestRun(std::string_view text, char wanted)
{
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == wanted ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

/// Keeps tabs and line breaks, which oneLine() would not.
std::string cleaned(std::string_view text)
{
    std::string out;
    std::size_t start = 0;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        if (at < text.size() && text[at] != '\n' && text[at] != '\t')
            continue;
        auto piece = oneLine(text.substr(start, at - start));
        // oneLine() drops leading blanks made of control characters only; spaces of an indentation stay.
        out += piece;
        if (at < text.size())
            out += text[at];
        start = at + 1;
    }
    return out;
}

} // namespace

std::string escapeXml(std::string_view text)
{
    std::string out;
    for (const char c : cleaned(text)) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += c;
        }
    }
    return out;
}

std::string escapeMarkdown(std::string_view text)
{
    std::string out;
    const auto line = oneLine(text);
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        switch (c) {
        case '&': out += "&amp;"; continue;
        case '<': out += "&lt;"; continue;
        case '>': out += "&gt;"; continue;
        case '\\': case '`': case '*': case '_': case '[': case ']': case '|': case '~': case '#': case '!': case '$':
            out += '\\';
            break;
        case ':': // "https://…" would become a link by itself in many viewers
            if (line.compare(i, 3, "://") == 0) {
                out += "&#58;";
                continue;
            }
            break;
        case '@':
            out += "&#64;";
            continue;
        case '-': case '+': case '=':
            if (i == 0)
                out += '\\';
            break;
        case '.': case ')': // "1." at the start makes a list
            if (i > 0 && i < 10 && line.find_first_not_of("0123456789") == i && (i + 1 == line.size() || line[i + 1] == ' '))
                out += '\\';
            break;
        default: break;
        }
        out += c;
    }
    return out;
}

std::string markdownCode(std::string_view text)
{
    std::string line;
    for (const char c : oneLine(text)) {
        if (c == '|') // It would end a table's cell even inside code.
            line += "¦";
        else
            line += c;
    }
    const std::string ticks(longestRun(line, '`') + 1, '`');
    const bool pad = line.empty() || line.front() == '`' || line.back() == '`';
    return ticks + (pad ? " " : "") + line + (pad ? " " : "") + ticks;
}

std::string markdownFence(std::string_view text, std::string_view language)
{
    const std::string ticks(std::max<std::size_t>(3, longestRun(text, '`') + 1), '`');
    return ticks + std::string(language) + "\n" + cleaned(text) + "\n" + ticks + "\n";
}

} // namespace report

#include "agent/tools/markdown.h"

#include <algorithm>

namespace tools {
namespace {

bool isContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// Zero-width and direction-changing characters (U+200B–U+200F, U+202A–U+202E, U+2060–U+2069, U+FEFF): they make text look like other text.
std::size_t invisibleAt(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    if (byte(0) == 0xe2 && byte(1) == 0x80 && ((byte(2) >= 0x8b && byte(2) <= 0x8f) || (byte(2) >= 0xaa && byte(2) <= 0xae)))
        return 3;
    if (byte(0) == 0xe2 && byte(1) == 0x81 && byte(2) >= 0xa0 && byte(2) <= 0xa9)
        return 3;
    if (byte(0) == 0xef && byte(1) == 0xbb && byte(2) == 0xbf)
        return 3;
    return 0;
}

std::string cut(std::string text, std::size_t maximum)
{
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!isContinuation(text[i]) && characters++ == maximum)
            return text.substr(0, i) + "…";
    }
    return text;
}

} // namespace

std::string escapeMarkdown(std::string_view text)
{
    constexpr std::string_view special = "\\`*_{}[]()<>#+!|~&$@:";
    std::string out;
    out.reserve(text.size() + 8);
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        if (const auto invisible = invisibleAt(text.substr(i))) {
            i += invisible;
            continue;
        }
        if (c == '\n' || c == '\r' || c == '\t') {
            out += ' ';
        } else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
            if (special.find(c) != std::string_view::npos)
                out += '\\';
            out += c;
        }
        ++i;
    }
    return out;
}

std::string cellText(const ph::Json &cell)
{
    if (cell.is_string())
        return cell.get<std::string>();
    return cell.dump(-1, ' ', false, ph::Json::error_handler_t::replace);
}

std::string markdownTable(const posthog::Table &table, std::size_t maximumRows, std::size_t maximumCell)
{
    if (table.columns.empty())
        return {};
    std::string out = "|";
    std::string rule = "|";
    for (const auto &column : table.columns) {
        out += ' ' + escapeMarkdown(cut(column.name, maximumCell)) + " |";
        rule += " --- |";
    }
    out += '\n' + rule + '\n';
    for (std::size_t i = 0; i < std::min(maximumRows, table.rows.size()); ++i) {
        out += '|';
        for (const auto &cell : table.rows[i])
            out += ' ' + escapeMarkdown(cut(cellText(cell), maximumCell)) + " |";
        out += '\n';
    }
    return out;
}

} // namespace tools

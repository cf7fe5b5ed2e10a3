#include "agent/tools/text.h"

#include "driver/base/utf8.h"

#include <algorithm>

namespace tools {
namespace {

bool isContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// The bytes of the terminal sequence at the start of `text`, which is ESC. An unfinished one goes to the end of its line.
std::size_t sequenceAt(std::string_view text)
{
    if (text.size() < 2)
        return text.size();
    const auto until = [&](auto isEnd, std::size_t from) {
        while (from < text.size() && text[from] != '\n' && !isEnd(from))
            ++from;
        return from;
    };
    const char kind = text[1];
    if (kind == '[') { // CSI: parameters, then one letter
        const auto end = until([&](std::size_t i) { return text[i] >= 0x40 && text[i] <= 0x7e; }, 2);
        return end < text.size() && text[end] != '\n' ? end + 1 : end;
    }
    if (kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_') { // OSC and other strings, to BEL or ESC backslash
        const auto end = until([&](std::size_t i) { return text[i] == '\a' || (text[i] == '\x1b' && i + 1 < text.size() && text[i + 1] == '\\'); }, 2);
        if (end >= text.size() || text[end] == '\n')
            return end;
        return end + (text[end] == '\a' ? 1 : 2);
    }
    if (kind >= 0x20 && kind <= 0x2f) { // character sets: intermediate bytes, then one
        const auto end = until([&](std::size_t i) { return text[i] >= 0x30; }, 2);
        return end < text.size() && text[end] != '\n' ? end + 1 : end;
    }
    return kind == '\n' ? 1 : 2;
}

} // namespace

std::string asUtf8(std::string_view bytes)
{
    std::string text(bytes);
    ph::repairUtf8(text);
    return text;
}

bool isBinary(std::string_view bytes) { return bytes.substr(0, 8000).find('\0') != std::string_view::npos; }

std::string withoutTerminalCodes(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    std::size_t lineStart = 0;
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        if (c == '\x1b') {
            i += std::max<std::size_t>(sequenceAt(text.substr(i)), 1);
            continue;
        }
        if (c == '\r') {
            while (i < text.size() && text[i] == '\r')
                ++i;
            if (i < text.size() && text[i] != '\n')
                out.resize(lineStart); // The line is written over.
            continue;
        }
        if (c == '\b') {
            while (out.size() > lineStart && isContinuation(out.back()))
                out.pop_back();
            if (out.size() > lineStart)
                out.pop_back();
        } else if (c == '\n' || c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)) {
            out += c;
            if (c == '\n')
                lineStart = out.size();
        }
        ++i;
    }
    return out;
}

std::string_view headOf(std::string_view text, std::size_t maximumBytes)
{
    if (text.size() <= maximumBytes)
        return text;
    while (maximumBytes > 0 && isContinuation(text[maximumBytes]))
        --maximumBytes;
    return text.substr(0, maximumBytes);
}

std::string_view tailOf(std::string_view text, std::size_t maximumBytes)
{
    if (text.size() <= maximumBytes)
        return text;
    auto start = text.size() - maximumBytes;
    while (start < text.size() && isContinuation(text[start]))
        ++start;
    return text.substr(start);
}

std::vector<std::string_view> linesOf(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        lines.push_back(line);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

std::string fenced(std::string_view text, std::string_view language)
{
    std::size_t longest = 2;
    for (std::size_t i = 0, run = 0; i < text.size(); ++i) {
        run = text[i] == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string fence(longest + 1, '`');
    std::string block = fence + std::string(language) + '\n' + std::string(text);
    if (!block.ends_with('\n'))
        block += '\n';
    return block + fence;
}

} // namespace tools

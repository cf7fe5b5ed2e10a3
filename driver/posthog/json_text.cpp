#include "driver/posthog/json_text.h"

#include <cstdint>
#include <cstring>

namespace posthog {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/// Four hex digits, or -1.
int codeUnit(std::string_view text)
{
    if (text.size() < 4)
        return -1;
    int value = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hexDigit(text[static_cast<std::size_t>(i)]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

void appendCodePoint(std::uint32_t point, std::string &out)
{
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0 | point >> 6);
        put(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        put(0xE0 | point >> 12);
        put(0x80 | (point >> 6 & 0x3F));
        put(0x80 | (point & 0x3F));
    } else {
        put(0xF0 | point >> 18);
        put(0x80 | (point >> 12 & 0x3F));
        put(0x80 | (point >> 6 & 0x3F));
        put(0x80 | (point & 0x3F));
    }
}

/// Length of the well-formed sequence at the start of `text`, or 0.
std::size_t sequenceLength(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool inRange = first == 0xE0 ? byte(1) >= 0xA0 : first == 0xED ? byte(1) < 0xA0 : true;
        return follows(1) && follows(2) && inRange ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool inRange = first == 0xF0 ? byte(1) >= 0x90 : first == 0xF4 ? byte(1) < 0x90 : true;
        return follows(1) && follows(2) && follows(3) && inRange ? 4 : 0;
    }
    return 0;
}

} // namespace

bool appendUnescaped(std::string_view token, std::string &out)
{
    if (token.size() < 2)
        return false;
    const char *at = token.data() + 1;
    const char *const end = token.data() + token.size() - 1;
    while (at < end) {
        const auto *escape = static_cast<const char *>(std::memchr(at, '\\', static_cast<std::size_t>(end - at)));
        if (!escape) {
            out.append(at, end);
            return true;
        }
        out.append(at, escape);
        if (escape + 1 == end)
            return false;
        at = escape + 2;
        switch (escape[1]) {
        case '"':
        case '\\':
        case '/':
            out += escape[1];
            break;
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        case 'u': {
            const int unit = codeUnit({at, static_cast<std::size_t>(end - at)});
            if (unit < 0)
                return false;
            at += 4;
            if (unit < 0xD800 || unit > 0xDFFF) {
                appendCodePoint(static_cast<std::uint32_t>(unit), out);
                break;
            }
            const bool isPair = unit < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u';
            const int low = isPair ? codeUnit({at + 2, static_cast<std::size_t>(end - at - 2)}) : -1;
            if (low >= 0xDC00 && low <= 0xDFFF) {
                appendCodePoint(0x10000u + (static_cast<std::uint32_t>(unit - 0xD800) << 10) + static_cast<std::uint32_t>(low - 0xDC00), out);
                at += 6;
            } else {
                out += replacement;
            }
            break;
        }
        default:
            return false;
        }
    }
    return true;
}

void appendQuoted(std::string_view text, std::string &out)
{
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            constexpr char digits[] = "0123456789abcdef";
            out += "\\u00";
            out += digits[byte >> 4];
            out += digits[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

bool repairUtf8(std::string &text)
{
    std::string repaired;
    std::size_t kept = 0; // up to here it is in `repaired`
    for (std::size_t at = 0; at < text.size();) {
        if (const std::size_t length = sequenceLength(std::string_view(text).substr(at))) {
            at += length;
            continue;
        }
        repaired.append(text, kept, at - kept);
        repaired += replacement;
        kept = ++at;
    }
    if (kept == 0)
        return false;
    repaired.append(text, kept);
    text = std::move(repaired);
    return true;
}

} // namespace posthog

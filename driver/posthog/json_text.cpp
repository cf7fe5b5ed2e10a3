#include "driver/posthog/json_text.h"

#include <algorithm>
#include <cstdint>

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

/// Reads one escape at `at`, of which there is at least the backslash, and writes what it means: no more bytes than it has.
bool readEscape(const char *&at, const char *end, char *&to)
{
    if (end - at < 2)
        return false;
    const char kind = at[1];
    at += 2;
    switch (kind) {
    case '"':
    case '\\':
    case '/': *to++ = kind; return true;
    case 'b': *to++ = '\b'; return true;
    case 'f': *to++ = '\f'; return true;
    case 'n': *to++ = '\n'; return true;
    case 'r': *to++ = '\r'; return true;
    case 't': *to++ = '\t'; return true;
    case 'u': break;
    default: return false;
    }
    const int unit = codeUnit({at, static_cast<std::size_t>(end - at)});
    if (unit < 0)
        return false;
    at += 4;
    std::string text;
    if (unit < 0xD800 || unit > 0xDFFF) {
        appendCodePoint(static_cast<std::uint32_t>(unit), text);
    } else {
        const bool isPair = unit < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u';
        const int low = isPair ? codeUnit({at + 2, static_cast<std::size_t>(end - at - 2)}) : -1;
        if (low >= 0xDC00 && low <= 0xDFFF) {
            appendCodePoint(0x10000u + (static_cast<std::uint32_t>(unit - 0xD800) << 10) + static_cast<std::uint32_t>(low - 0xDC00), text);
            at += 6;
        } else {
            text = replacement;
        }
    }
    to = std::copy(text.begin(), text.end(), to);
    return true;
}

} // namespace

bool unescapeOne(const char *&at, const char *end, char *&to) { return readEscape(at, end, to); }

bool appendUnescaped(std::string_view token, std::string &out)
{
    if (token.size() < 2)
        return false;
    const std::size_t before = out.size();
    out.resize(before + token.size() + copyAhead);
    const char *at = token.data() + 1;
    const char *const end = token.data() + token.size() - 1;
    char *to = out.data() + before;
    bool isText = true;
    while (isText) {
        at = copyUpTo(at, end, to, isBackslash);
        if (at == end)
            break;
        isText = unescapeOne(at, end, to);
    }
    out.resize(static_cast<std::size_t>(to - out.data()));
    return isText;
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

} // namespace posthog

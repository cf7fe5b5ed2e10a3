#include "agent/permissions/shell_text.h"

#include <algorithm>

namespace permissions {

namespace {

/// A zero ends the text for some shells and is left out by others.
void addByte(EscapedText &found, unsigned long byte)
{
    if (byte == 0)
        found.isKnown = false;
    else
        found.text += static_cast<char>(byte);
}

/// In UTF-8.
void addCharacter(EscapedText &found, unsigned long code)
{
    if (code < 0x80) {
        addByte(found, code);
        return;
    }
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    constexpr unsigned char heads[]{0xc0, 0xe0, 0xf0};
    found.text += static_cast<char>(heads[more - 1] | ((code >> (6 * more)) & 0x1f));
    for (int part = more - 1; part >= 0; --part)
        found.text += static_cast<char>(0x80 | ((code >> (6 * part)) & 0x3f));
}

/// Reads up to `digits` of them at `at`.
unsigned long readNumber(std::string_view text, std::size_t &at, unsigned base, int digits)
{
    unsigned long number = 0;
    for (; digits > 0 && at < text.size(); --digits, ++at) {
        const char c = text[at] >= 'A' && text[at] <= 'F' ? static_cast<char>(text[at] + 32) : text[at];
        const auto digit = std::string_view("0123456789abcdef").find(c);
        if (digit >= base)
            break;
        number = number * base + digit;
    }
    return number;
}

} // namespace

bool isNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isNamePart(char c) { return isNameStart(c) || isDigit(c); }

bool isAssignment(std::string_view word)
{
    if (word.empty() || !isNameStart(word[0]))
        return false;
    std::size_t at = 0;
    while (at < word.size() && isNamePart(word[at]))
        ++at;
    if (at < word.size() && word[at] == '[')
        at = std::min(word.find(']', at), word.size() - 1) + 1;
    if (at < word.size() && word[at] == '+')
        ++at;
    return at < word.size() && word[at] == '=';
}

bool isDescriptorName(std::string_view word)
{
    return word.size() > 2 && word.front() == '{' && word.back() == '}' && std::all_of(word.begin() + 1, word.end() - 1, isNamePart);
}

EscapedText readEscapedText(std::string_view text)
{
    EscapedText found;
    std::size_t at = 0;
    while (at < text.size() && text[at] != '\'') {
        const char c = text[at++];
        if (c != '\\' || at == text.size()) {
            found.text += c;
            continue;
        }
        const char kind = text[at++];
        switch (kind) {
        case 'n': found.text += '\n'; break;
        case 't': found.text += '\t'; break;
        case 'r': found.text += '\r'; break;
        case 'x': addByte(found, readNumber(text, at, 16, 2)); break;
        case 'u': addCharacter(found, readNumber(text, at, 16, 4)); break;
        case 'U': addCharacter(found, readNumber(text, at, 16, 8)); break;
        case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7':
            --at;
            addByte(found, readNumber(text, at, 8, 3));
            break;
        case '\\': case '\'': case '"': case '?': found.text += kind; break;
        default: found.isKnown = false; break; // control characters, and what a shell to come may know
        }
    }
    found.isClosed = at < text.size();
    found.length = std::min(at + 1, text.size());
    return found;
}

} // namespace permissions

#include "ui/terminal/terminal_parser.h"

#include "driver/base/utf8.h"

#include <algorithm>

namespace ui {
namespace {

constexpr std::size_t longestSequence = 100;
constexpr unsigned char escapeByte = 0x1b;
constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

bool isAscii(char c) { return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f; }
bool isIntermediate(char c) { return c >= 0x20 && c <= 0x2f; }

} // namespace

bool areSensibleArguments(std::string_view arguments)
{
    if (!arguments.empty() && arguments[0] >= '<' && arguments[0] <= '?')
        arguments.remove_prefix(1);
    if (!arguments.empty() && isIntermediate(arguments.back()))
        arguments.remove_suffix(1);
    int numbers = 1;
    int digits = 0;
    for (const char c : arguments) {
        const bool isDigit = c >= '0' && c <= '9';
        if (!isDigit && c != ';' && c != ':')
            return false;
        digits = isDigit ? digits + 1 : 0;
        numbers += isDigit ? 0 : 1;
        if (digits > 5 || numbers > 16)
            return false;
    }
    return true;
}

void TerminalParser::feed(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto taken = m_state == State::Text && m_letterBytes == 0 ? takeText(bytes) : 0;
        if (taken == 0)
            take(static_cast<unsigned char>(bytes[0]));
        bytes.remove_prefix(std::max<std::size_t>(1, taken));
    }
}

/// What most of it is. Returns how many bytes it was.
std::size_t TerminalParser::takeText(std::string_view bytes)
{
    const auto end = std::size_t(std::find_if_not(bytes.begin(), bytes.end(), isAscii) - bytes.begin());
    if (end > 0)
        m_listener.text(bytes.substr(0, end));
    return end;
}

void TerminalParser::take(unsigned char byte)
{
    if (m_letterBytes > 0 && (byte & 0xC0) != 0x80)
        endLetter();
    if (m_state == State::StringEscape) {
        m_state = byte == '\\' ? State::Text : State::Escape;
        if (m_state == State::Text)
            return;
    }
    if (byte == escapeByte) {
        m_state = m_state == State::String ? State::StringEscape : State::Escape;
        m_collected.clear();
    } else if (byte == 0x18 || byte == 0x1a) { // CAN, SUB
        m_state = State::Text;
    } else if (m_state == State::String) {
        if (byte == 0x07)
            m_state = State::Text;
    } else if (byte < 0x20) {
        if (byte != 0)
            m_listener.control(byte); // within a sequence too
    } else if (byte == 0x7f) {
        // DEL is nothing.
    } else if (m_state == State::Escape) {
        takeEscape(byte);
    } else if (m_state == State::Sequence) {
        takeSequence(byte);
    } else {
        takeLetter(byte);
    }
}

void TerminalParser::takeLetter(unsigned char byte)
{
    if (m_letterBytes == 0 && byte < 0x80) {
        const char letter = char(byte);
        m_listener.text({&letter, 1});
        return;
    }
    if (m_letterBytes == 0)
        m_letterBytes = byte >= 0xF5 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1; // 1: no letter begins so
    m_letter += char(byte);
    if (m_letter.size() == m_letterBytes)
        endLetter();
}

void TerminalParser::endLetter()
{
    const bool isC1 = m_letter.size() == 2 && m_letter[0] == '\xC2' && static_cast<unsigned char>(m_letter[1]) < 0xA0; // control characters too
    if (!isC1)
        m_listener.text(m_letter.size() == m_letterBytes && ph::isUtf8(m_letter) ? std::string_view(m_letter) : replacement);
    m_letter.clear();
    m_letterBytes = 0;
}

void TerminalParser::takeEscape(unsigned char byte)
{
    if (m_collected.empty() && byte == '[') {
        m_state = State::Sequence;
        return;
    }
    if (m_collected.empty() && std::string_view("]PX^_").find(char(byte)) != std::string_view::npos) {
        m_state = State::String;
        return;
    }
    m_collected += char(byte);
    if (isIntermediate(char(byte)) && m_collected.size() < longestSequence)
        return;
    m_state = State::Text;
    if (m_collected.size() <= 2 && isAscii(char(byte)))
        m_listener.escape(m_collected);
}

void TerminalParser::takeSequence(unsigned char byte)
{
    if (byte >= 0x20 && byte < 0x40) {
        if (m_collected.size() < longestSequence)
            m_collected += char(byte);
        return;
    }
    m_state = State::Text;
    if (byte < 0x80 && m_collected.size() < longestSequence && areSensibleArguments(m_collected))
        m_listener.sequence(m_collected, char(byte));
}

} // namespace ui

#pragma once

#include <string>
#include <string_view>

namespace ui {

/// Tells text from control sequences in what a program writes to a terminal; all of it may come in pieces. Only what is well formed and
/// of a sensible size is told; titles, links, the clipboard and all else that is a string to the terminal is passed over. What libvterm
/// is fed goes through here, because version 0.1 does not survive everything (too many or too large arguments, strings without an end).
class TerminalParser
{
public:
    class Listener
    {
    public:
        virtual ~Listener() = default;
        virtual void text(std::string_view utf8) = 0; // whole characters, no control characters; what is no UTF-8 is U+FFFD
        virtual void control(unsigned char character) = 0; // below 0x20, neither NUL nor ESC
        virtual void escape(std::string_view) {} // ESC and this; at most two characters
        virtual void sequence(std::string_view, char) {} // CSI, this (arguments and the like) and a command
    };

    /// `listener` must outlive this object.
    explicit TerminalParser(Listener &listener)
        : m_listener(listener)
    {
    }

    void feed(std::string_view bytes);

private:
    enum class State { Text, Escape, Sequence, String, StringEscape };

    void take(unsigned char byte);
    std::size_t takeText(std::string_view bytes);
    void takeLetter(unsigned char byte);
    void endLetter();
    void takeEscape(unsigned char byte);
    void takeSequence(unsigned char byte);

    Listener &m_listener;
    State m_state = State::Text;
    std::string m_collected;       // of an escape or a sequence
    std::string m_letter;          // bytes of a character that is not complete
    std::size_t m_letterBytes = 0; // that it is to have
};

/// Whether a sequence's arguments are such as programs send: at most one mark at the start, 16 numbers, five digits each.
bool areSensibleArguments(std::string_view arguments);

} // namespace ui

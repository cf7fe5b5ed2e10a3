#pragma once

#include "ui/terminal/terminal_parser.h"

#include <string>
#include <string_view>

namespace ui {

/// What a program writes to a terminal, as text: without colours, titles and other control sequences, its line ends "\n". Sequences may
/// come in pieces. The end is kept, at least `limit` bytes of it.
class PlainOutput : private TerminalParser::Listener
{
public:
    explicit PlainOutput(std::size_t limit);

    void feed(std::string_view bytes) { m_parser.feed(bytes); }

    struct Tail {
        std::string text; // UTF-8, at most `limit` bytes, begun at a character
        bool isCut = false; // something stood before it
    };
    /// A character of which bytes are missing yet is not part of it.
    Tail tail() const;

private:
    void text(std::string_view bytes) override { append(bytes); }
    void control(unsigned char character) override;
    void append(std::string_view text);

    const std::size_t m_limit;
    TerminalParser m_parser{*this};
    std::string m_text;
    std::size_t m_returns = 0; // carriage returns of which it is not known yet whether a line end follows
    bool m_isCut = false;
};

} // namespace ui

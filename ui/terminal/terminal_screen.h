#pragma once

#include "driver/base/child_process.h"
#include "ui/terminal/terminal_line.h"

#include <memory>
#include <string>
#include <string_view>

namespace ui {

/// What a program has written to a terminal: the lines that scrolled away, as far as they are kept, and the screen below them. What is
/// written can change this picture and nothing else: titles, links, the clipboard and the like are passed over.
class TerminalScreen
{
public:
    /// At most `scrollback` lines that scrolled away are kept, of at most two million characters.
    explicit TerminalScreen(ph::TerminalSize size = {}, int scrollback = 5000);
    ~TerminalScreen();
    TerminalScreen(TerminalScreen &&) noexcept;
    TerminalScreen &operator=(TerminalScreen &&) noexcept;

    /// Sequences and characters may come in pieces.
    void feed(std::string_view bytes);
    void resize(ph::TerminalSize size);
    ph::TerminalSize size() const;

    /// Nothing is written any more: keeps the lines and gives back what only a living screen needs.
    void finish();

    int lineCount() const;   // all, the empty rows at the bottom of the screen included
    int usedLines() const;   // up to the last that is not empty
    int firstRow() const;    // where the screen begins among the lines
    TerminalLine line(int index) const;
    QString text() const;    // of the used lines; what was broken only by the width is one line again

    struct Cursor {
        int line = 0;
        int column = 0;
        bool isVisible = false;

        friend bool operator==(const Cursor &, const Cursor &) = default;
    };
    Cursor cursor() const;

    // What the user does, in the terminal's language: it comes out of takeReplies().
    void typeText(const QString &text, bool alt = false);
    bool pressKey(int key, Qt::KeyboardModifiers modifiers); // a Qt::Key; false for one that is no function key
    void pressControl(char32_t character, bool alt);         // Ctrl and a letter
    void paste(const QString &text);

    /// What the program is to be sent: what was typed, and answers to what it asked of the terminal.
    std::string takeReplies();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// The text from one place to another, lines that only the width broke joined. The end is behind the last character.
QString textBetween(const TerminalScreen &screen, int fromLine, int fromColumn, int toLine, int toColumn);

} // namespace ui

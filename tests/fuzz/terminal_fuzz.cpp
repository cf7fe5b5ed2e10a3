#include "tests/fuzz/fuzz_driver.h"

#include "driver/base/utf8.h"
#include "ui/terminal/plain_output.h"
#include "ui/terminal/terminal_screen.h"

#include <algorithm>

// What programs write to a terminal, any bytes: nothing crashes or hangs; lines stay within their columns and hold nothing that hides
// or reorders what is read; the text for the agent is UTF-8 without control characters, within its limit, however it came in pieces.

namespace {

constexpr std::size_t limit = 500;

std::string plainInPieces(std::string_view text, std::size_t size, std::size_t most)
{
    ui::PlainOutput output(most);
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size())))
        output.feed(text.substr(0, size));
    return output.tail().text;
}

bool hides(const QString &text)
{
    return std::any_of(text.begin(), text.end(), [](QChar c) { return c.category() == QChar::Other_Format || c.category() == QChar::Other_Control; });
}

std::string wrongLine(const ui::TerminalScreen &screen, int columns)
{
    for (int i = 0; i < screen.lineCount(); ++i) {
        int column = 0;
        for (const auto &run : screen.line(i).runs) {
            if (run.column != column || run.columns < 1 || run.text.isEmpty())
                return "a line has a gap or an empty run";
            if (hides(run.text))
                return "a line hides something";
            column += run.columns;
        }
        if (column > columns)
            return "a line is longer than the screen is wide";
    }
    return {};
}

} // namespace

std::string fuzzOne(std::string_view text)
{
    ui::TerminalScreen screen({20, 5}, 30);
    for (std::size_t at = 0, step = 1; at < text.size(); at += step, step = step * 7 % 50 + 1) {
        screen.feed(text.substr(at, step));
        if (step % 13 == 0) // The user drags the window about.
            screen.resize({int(step % 19) + 2, int(step % 7) + 1});
        if (screen.firstRow() > 30)
            return "more lines are kept than were asked for";
    }
    if (auto problem = wrongLine(screen, 21); !problem.empty())
        return problem;
    const auto before = screen.text();
    screen.finish();
    if (screen.text() != before)
        return "a finished screen shows another text";

    const auto whole = plainInPieces(text, text.size() + 1, limit);
    if (!ph::isUtf8(whole) || whole.size() > limit)
        return "the plain text is no UTF-8 or too long";
    if (std::any_of(whole.begin(), whole.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t'; }))
        return "a control character is left in the plain text";
    const auto all = plainInPieces(text, text.size() + 1, 1 << 20);
    for (const std::size_t size : {1, 3, 64}) {
        if (plainInPieces(text, size, 1 << 20) != all)
            return "pieces of " + std::to_string(size) + " bytes give another text";
    }
    return {};
}

std::vector<std::string> fuzzSeeds()
{
    return {
        "\x1b[1;31merror\x1b[0m: no such file\r\n\x1b[38;5;208morange\x1b[48;2;1;2;3mback\x1b[m\r\n",
        "\x1b[?1049h\x1b[2J\x1b[H\xE6\xBC\xA2\xE5\xAD\x97 \xF0\x9F\x98\x80 e\xCC\x81\x1b[5;1H\x1b[K~\x1b[?1049l",
        "10%\r50%\r100%\n\x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\x1b]52;c;aGk=\x07\x1bP$qm\x1b\\",
        "\x1b[3;4r\x1b[2L\x1b[3M\x1b[10@\x1b[10P\x1b[5S\x1b[5T\x1b" "c\x1b[c\x1b[6n",
    };
}

std::vector<std::string> fuzzPieces()
{
    return {"\x1b", "\x1b[", "\x1b]", "\x1bP", "\x1b\\", "\x07", "\r", "\n", "\t", "\b", "\x9b", "\x18", "m", ";", "99999999999", "H", "J", "K", "\xE6\xBC\xA2",
            "\xE2\x80\xAE", "\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81", "\xF0\x9F", "\xFF", std::string(1, '\0'), std::string(300, 'x'),
            "\x1b[?1049h", "\x1b[?1049l", "\x1b[20h", "\x1b#8", "\x1b#6", "\x1b[?5h", "\x1b[999;999H", "\x1b[?69h\x1b[3;9s"};
}

#include "ui/terminal/terminal_screen.h"

#include "ui/terminal/terminal_keys.h"
#include "ui/terminal/terminal_parser.h"

#include <vterm.h>

#include <QList>

#include <algorithm>
#include <array>
#include <deque>

namespace ui {
namespace {

constexpr int mostCharacters = 2'000'000; // of the lines that scrolled away
constexpr int mostMarks = 4; // on one letter, so that it fits into a cell
constexpr std::size_t mostReplies = 64 * 1024;

VTermPos at(int row, int column) { return {row, column}; }

TerminalColor colorOf(const VTermColor &color)
{
    if (VTERM_COLOR_IS_DEFAULT_FG(&color) || VTERM_COLOR_IS_DEFAULT_BG(&color))
        return {};
    if (VTERM_COLOR_IS_INDEXED(&color))
        return {TerminalColor::Kind::Indexed, color.indexed.idx};
    return {TerminalColor::Kind::Rgb, std::uint32_t(color.rgb.red) << 16 | std::uint32_t(color.rgb.green) << 8 | color.rgb.blue};
}

TerminalStyle styleOf(const VTermScreenCell &cell)
{
    TerminalStyle style;
    style.foreground = colorOf(cell.fg);
    style.background = colorOf(cell.bg);
    style.bold = cell.attrs.bold != 0;
    style.italic = cell.attrs.italic != 0;
    style.underline = cell.attrs.underline != 0;
    style.strike = cell.attrs.strike != 0;
    style.reverse = cell.attrs.reverse != 0;
    return style;
}

/// Whether the font for code draws it as wide as a cell and joins it with nothing.
bool isPlain(char32_t c) { return (c >= 0x20 && c < 0x250 && c != 0xAD) || (c >= 0x2500 && c < 0x25A0); }

/// Characters that are seen by nobody: direction marks, zero width.
bool isHidden(char32_t c)
{
    const auto category = QChar::category(c);
    return category == QChar::Other_Format || category == QChar::Other_Control || category == QChar::Other_Surrogate || category == QChar::Separator_Line
        || category == QChar::Separator_Paragraph;
}

/// What stands on the letter before it; the later parts of Korean syllables among them.
bool isMark(char32_t c)
{
    const auto category = QChar::category(c);
    return category == QChar::Mark_NonSpacing || category == QChar::Mark_Enclosing || (c >= 0x1160 && c < 0x1200);
}

bool isSecondHalf(const VTermScreenCell &cell) { return cell.chars[0] == std::uint32_t(-1); } // of a wide character

QString textOf(const VTermScreenCell &cell)
{
    QString text;
    for (const std::uint32_t c : cell.chars) {
        if (c == 0 || isSecondHalf(cell)) // A half whose letter was written over is empty.
            break;
        text += QString::fromUcs4(reinterpret_cast<const char32_t *>(&c), 1);
    }
    return text.isEmpty() ? QStringLiteral(" ") : text;
}

bool isBlank(const VTermScreenCell &cell)
{
    return (cell.chars[0] == 0 || cell.chars[0] == ' ') && VTERM_COLOR_IS_DEFAULT_BG(&cell.bg) && !cell.attrs.reverse && !cell.attrs.underline && !cell.attrs.strike;
}

TerminalLine lineOf(const VTermScreenCell *cells, int columns)
{
    TerminalLine line;
    int used = columns;
    while (used > 0 && isBlank(cells[used - 1]))
        --used;
    line.isFull = columns > 0 && used == columns;
    bool goesOn = false;
    for (int column = 0; column < used; ++column) {
        const auto &cell = cells[column];
        const auto style = styleOf(cell);
        const bool plain = isSecondHalf(cell) || cell.chars[0] == 0 || (cell.chars[1] == 0 && isPlain(char32_t(cell.chars[0])));
        if (goesOn && plain && line.runs.back().style == style) {
            line.runs.back().text += textOf(cell);
            ++line.runs.back().columns;
        } else {
            const int width = !plain && column + 1 < columns && isSecondHalf(cells[column + 1]) ? 2 : 1;
            line.runs.push_back({column, width, textOf(cell), style});
            column += width - 1;
        }
        goesOn = plain;
    }
    return line;
}

} // namespace

struct TerminalScreen::Impl : private TerminalParser::Listener {
    VTerm *vterm = nullptr; // null once nothing is written any more
    VTermScreen *screen = nullptr;
    ph::TerminalSize size;
    std::deque<TerminalLine> scrolled;
    std::size_t most = 0; // lines in `scrolled`
    int characters = 0;   // in `scrolled`
    bool isCursorVisible = true;
    TerminalParser parser{*this};
    std::string checked;      // what libvterm is fed next
    int marks = mostMarks;    // that stand on the last character, or may not stand there
    bool canRepeat = false;   // the last character has a width
    std::string replies;

    Impl(ph::TerminalSize wanted, int scrollback)
        : size{std::clamp(wanted.columns, 2, 1000), std::clamp(wanted.rows, 1, 1000)}
        , most(std::size_t(std::max(0, scrollback)))
    {
        vterm = vterm_new(size.rows, size.columns);
        vterm_set_utf8(vterm, 1);
        vterm_output_set_callback(
            vterm,
            [](const char *bytes, std::size_t length, void *user) {
                auto &out = static_cast<Impl *>(user)->replies;
                if (out.size() + length <= mostReplies) // More is a program that asks and nobody who answers.
                    out.append(bytes, length);
            },
            this);
        screen = vterm_obtain_screen(vterm);
        static constexpr VTermScreenCallbacks callbacks{
            nullptr, nullptr, nullptr,
            [](VTermProp property, VTermValue *value, void *user) {
                if (property == VTERM_PROP_CURSORVISIBLE)
                    static_cast<Impl *>(user)->isCursorVisible = value->boolean != 0;
                return 1;
            },
            nullptr, nullptr,
            [](int columns, const VTermScreenCell *cells, void *user) {
                static_cast<Impl *>(user)->keep(lineOf(cells, columns));
                return 1;
            },
            nullptr,
        };
        vterm_screen_set_callbacks(screen, &callbacks, this);
        vterm_screen_enable_altscreen(screen, 1);
        vterm_screen_reset(screen, 1);
    }
    ~Impl() override
    {
        if (vterm)
            vterm_free(vterm);
    }
    Impl(const Impl &) = delete;
    Impl &operator=(const Impl &) = delete;

    void text(std::string_view utf8) override
    {
        canRepeat = isascii(utf8.back()) != 0;
        if (std::all_of(utf8.begin(), utf8.end(), [](char c) { return isascii(c) != 0; })) {
            marks = 0;
            checked += utf8;
            return;
        }
        // One letter. Marks that stand on nothing, or too many of them, are not what libvterm expects; what cannot be seen is left out.
        const auto letter = QString::fromUtf8(utf8.data(), qsizetype(utf8.size())).toUcs4().value(0);
        if (isMark(letter))
            ++marks;
        else
            marks = 0;
        if (marks < mostMarks && !isHidden(letter))
            checked += utf8;
    }
    void control(unsigned char character) override
    {
        marks = mostMarks;
        checked += char(character);
    }
    void escape(std::string_view rest) override
    {
        marks = mostMarks;
        if (rest[0] != '#') // Lines of another width or height.
            (checked += '\x1b') += rest;
    }
    void sequence(std::string_view arguments, char command) override
    {
        marks = mostMarks;
        if (command != 'b' || canRepeat) // To repeat what has no width takes libvterm for ever.
            ((checked += "\x1b[") += arguments) += command;
    }

    static int weight(const TerminalLine &line) { return line.columns() + 1; }

    void keep(TerminalLine line)
    {
        characters += weight(line);
        scrolled.push_back(std::move(line));
        while (scrolled.size() > most || characters > mostCharacters) {
            characters -= weight(scrolled.front());
            scrolled.pop_front();
        }
    }

    TerminalLine rowAt(int row) const
    {
        std::vector<VTermScreenCell> cells(std::size_t(size.columns));
        for (int column = 0; column < size.columns; ++column)
            vterm_screen_get_cell(screen, at(row, column), &cells[std::size_t(column)]);
        return lineOf(cells.data(), size.columns);
    }
};

TerminalScreen::TerminalScreen(ph::TerminalSize size, int scrollback)
    : m_impl(std::make_unique<Impl>(size, scrollback))
{
}

TerminalScreen::~TerminalScreen() = default;
TerminalScreen::TerminalScreen(TerminalScreen &&) noexcept = default;
TerminalScreen &TerminalScreen::operator=(TerminalScreen &&) noexcept = default;

void TerminalScreen::feed(std::string_view bytes)
{
    if (!m_impl->vterm)
        return;
    m_impl->parser.feed(bytes);
    vterm_input_write(m_impl->vterm, m_impl->checked.data(), m_impl->checked.size());
    m_impl->checked.clear();
}

void TerminalScreen::resize(ph::TerminalSize wanted)
{
    const ph::TerminalSize size{std::clamp(wanted.columns, 2, 1000), std::clamp(wanted.rows, 1, 1000)};
    if (!m_impl->vterm || size == m_impl->size)
        return;
    m_impl->size = size;
    vterm_set_size(m_impl->vterm, size.rows, size.columns);
}

ph::TerminalSize TerminalScreen::size() const { return m_impl->size; }

void TerminalScreen::finish()
{
    if (!m_impl->vterm)
        return;
    const int used = usedLines() - firstRow();
    std::vector<TerminalLine> rows;
    for (int row = 0; row < used; ++row)
        rows.push_back(m_impl->rowAt(row));
    vterm_free(std::exchange(m_impl->vterm, nullptr));
    m_impl->screen = nullptr;
    m_impl->replies.clear();
    m_impl->most += rows.size(); // The screen is kept beside what scrolled away.
    for (auto &row : rows)
        m_impl->keep(std::move(row));
}

int TerminalScreen::lineCount() const { return firstRow() + (m_impl->vterm ? m_impl->size.rows : 0); }
int TerminalScreen::firstRow() const { return int(m_impl->scrolled.size()); }

int TerminalScreen::usedLines() const
{
    int used = lineCount();
    while (used > 0 && line(used - 1).runs.empty())
        --used;
    return used;
}

TerminalLine TerminalScreen::line(int index) const
{
    if (index < 0 || index >= lineCount())
        return {};
    return index < firstRow() ? m_impl->scrolled[std::size_t(index)] : m_impl->rowAt(index - firstRow());
}

QString TerminalScreen::text() const
{
    const int used = usedLines();
    return used == 0 ? QString() : textBetween(*this, 0, 0, used - 1, m_impl->size.columns);
}

TerminalScreen::Cursor TerminalScreen::cursor() const
{
    if (!m_impl->vterm)
        return {};
    VTermPos position{};
    vterm_state_get_cursorpos(vterm_obtain_state(m_impl->vterm), &position);
    return {firstRow() + position.row, position.col, m_impl->isCursorVisible};
}

void TerminalScreen::typeText(const QString &text, bool alt)
{
    if (!m_impl->vterm)
        return;
    for (const auto c : text.toUcs4())
        vterm_keyboard_unichar(m_impl->vterm, c, alt ? VTERM_MOD_ALT : VTERM_MOD_NONE);
}

bool TerminalScreen::pressKey(int key, Qt::KeyboardModifiers modifiers)
{
    const auto known = terminalKey(key);
    if (!m_impl->vterm || known == VTERM_KEY_NONE)
        return false;
    const auto shift = key == Qt::Key_Backtab ? Qt::ShiftModifier : Qt::NoModifier;
    vterm_keyboard_key(m_impl->vterm, known, terminalModifiers(modifiers | shift));
    return true;
}

void TerminalScreen::pressControl(char32_t character, bool alt)
{
    if (m_impl->vterm)
        vterm_keyboard_unichar(m_impl->vterm, character, VTermModifier(VTERM_MOD_CTRL | (alt ? VTERM_MOD_ALT : VTERM_MOD_NONE)));
}

void TerminalScreen::paste(const QString &text)
{
    if (!m_impl->vterm)
        return;
    QString clean; // A sequence within it could end the paste and type on.
    for (const auto c : text) {
        if (c == '\n')
            clean += '\r';
        else if (c == '\t' || (c.category() != QChar::Other_Control && c != QChar(0x7f)))
            clean += c;
    }
    vterm_keyboard_start_paste(m_impl->vterm);
    m_impl->replies += clean.toStdString();
    vterm_keyboard_end_paste(m_impl->vterm);
}

std::string TerminalScreen::takeReplies() { return std::exchange(m_impl->replies, {}); }

QString textBetween(const TerminalScreen &screen, int fromLine, int fromColumn, int toLine, int toColumn)
{
    QString all;
    for (int index = fromLine; index <= toLine; ++index) {
        const auto line = screen.line(index);
        const int from = index == fromLine ? fromColumn : 0;
        const int to = index == toLine ? toColumn : screen.size().columns;
        for (const auto &run : line.runs) {
            const int first = std::max(from, run.column);
            const int end = std::min(to, run.column + run.columns);
            if (first >= end)
                continue;
            // Only runs of plain letters have as many characters as cells.
            all += run.text.size() == run.columns ? run.text.mid(first - run.column, end - first) : run.text;
        }
        if (index < toLine && !line.isFull)
            all += '\n';
    }
    return all;
}

} // namespace ui

#pragma once

#include <QString>

#include <cstdint>
#include <vector>

namespace ui {

/// As a program asked for it; what it looks like is the theme's (terminal_colors.h).
struct TerminalColor {
    enum class Kind : std::uint8_t { Default, Indexed, Rgb };
    Kind kind = Kind::Default;
    std::uint32_t value = 0; // an index up to 255, or 0xRRGGBB

    friend bool operator==(const TerminalColor &, const TerminalColor &) = default;
};

struct TerminalStyle {
    TerminalColor foreground;
    TerminalColor background;
    bool bold = false;
    bool italic = false;
    bool underline = false;
    bool strike = false;
    bool reverse = false;

    friend bool operator==(const TerminalStyle &, const TerminalStyle &) = default;
};

/// Cells of one style that stand side by side. What may not be as wide as its cells (anything but plain letters and lines) is a run of
/// its own, so that it cannot move what follows.
struct TerminalRun {
    int column = 0;
    int columns = 0;
    QString text; // without characters that hide or reorder what is read
    TerminalStyle style;

    friend bool operator==(const TerminalRun &, const TerminalRun &) = default;
};

/// One line, from column 0 on without gaps; empty cells at its end are left out.
struct TerminalLine {
    std::vector<TerminalRun> runs;
    bool isFull = false; // it reaches the last column: what follows may be one line with it

    int columns() const { return runs.empty() ? 0 : runs.back().column + runs.back().columns; }
    QString text() const
    {
        QString all;
        for (const auto &run : runs)
            all += run.text;
        return all;
    }

    friend bool operator==(const TerminalLine &, const TerminalLine &) = default;
};

} // namespace ui

#include "ui/conversation/terminal_text.h"

#include "ui/terminal/terminal_colors.h"

namespace ui {

QString textOf(const std::vector<TerminalLine> &lines)
{
    QString text;
    for (const auto &line : lines) {
        if (&line != &lines.front())
            text += '\n';
        text += line.text();
    }
    return text;
}

QList<QTextLayout::FormatRange> formatsOf(const std::vector<TerminalLine> &lines)
{
    const auto &colors = Theme::colors();
    QList<QTextLayout::FormatRange> formats;
    int at = 0;
    for (const auto &line : lines) {
        for (const auto &run : line.runs) {
            QTextLayout::FormatRange range;
            range.start = at;
            range.length = int(run.text.size());
            at += range.length;
            if (run.style == TerminalStyle{})
                continue;
            const auto look = paintOf(run.style, colors, terminalGround(colors));
            range.format.setForeground(look.text);
            if (look.background.isValid())
                range.format.setBackground(look.background);
            if (run.style.bold)
                range.format.setFontWeight(QFont::Bold);
            range.format.setFontItalic(run.style.italic);
            range.format.setFontUnderline(run.style.underline);
            range.format.setFontStrikeOut(run.style.strike);
            formats << range;
        }
        ++at; // the line end
    }
    return formats;
}

} // namespace ui

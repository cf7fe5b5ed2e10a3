#include "ui/conversation/row_painting.h"

#include "ui/shell/theme.h"

#include <QFontMetrics>

#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int framePadding = 12;
constexpr int userPadding = 8; // above the first and below the last part of what the user said

} // namespace

int lineHeight() { return QFontMetrics(Theme::textFont()).height(); }

QRect contentOf(const Part &part, int width)
{
    switch (part.frame) {
    case Part::Frame::User:
        return QRect(framePadding, part.first ? userPadding : 0, width - 2 * framePadding, 0);
    case Part::Frame::Inset:
        return QRect(framePadding, part.first ? 2 : 0, width - framePadding, 0);
    case Part::Frame::None:
        break;
    }
    return QRect(0, 0, width, 0);
}

int paddingBelow(const Part &part) { return part.frame == Part::Frame::User && part.last ? userPadding : 0; }

void paintFrame(QPainter &painter, const Part &part, int width, int height)
{
    const auto &c = Theme::colors();
    if (part.frame == Part::Frame::User) {
        painter.save();
        painter.setPen(Qt::NoPen);
        painter.setBrush(c.hover);
        painter.setClipRect(0, 0, width, height);
        // The corners of a part in the middle lie outside of it.
        painter.drawRoundedRect(QRect(0, part.first ? 0 : -20, width, height + (part.first ? 0 : 20) + (part.last ? 0 : 20)), 10, 10);
        painter.restore();
    } else if (part.frame == Part::Frame::Inset) {
        painter.fillRect(QRect(2, 0, 2, height), c.border);
    }
}

QColor colorOf(Part::Tone tone)
{
    const auto &c = Theme::colors();
    switch (tone) {
    case Part::Tone::Muted:
        return c.muted;
    case Part::Tone::Good:
        return c.good;
    case Part::Tone::Warning:
        return c.warning;
    case Part::Tone::Bad:
        return c.bad;
    case Part::Tone::Accent:
        return c.accent;
    case Part::Tone::Plain:
        break;
    }
    return c.text;
}

QList<QTextLayout::FormatRange> selectionOf(const Row::Look &look)
{
    if (look.selectTo <= look.selectFrom)
        return {};
    QTextLayout::FormatRange range;
    range.start = look.selectFrom;
    range.length = look.selectTo - look.selectFrom;
    auto color = Theme::colors().accent;
    color.setAlphaF(0.35f);
    range.format.setBackground(color);
    return {range};
}

int offsetIn(const QTextLayout &layout, QPointF at)
{
    for (int i = 0; i < layout.lineCount(); ++i) {
        const auto line = layout.lineAt(i);
        if (at.y() < line.y() + line.height() || i + 1 == layout.lineCount())
            return at.y() < line.y() && i == 0 ? 0 : line.xToCursor(at.x());
    }
    return 0;
}

int layOutLines(QTextLayout &layout, int width, double spacing)
{
    layout.beginLayout();
    double y = 0;
    while (true) {
        auto line = layout.createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(std::max(40, width));
        line.setPosition({0, y});
        y += std::ceil(line.height() * spacing);
    }
    layout.endLayout();
    return int(std::ceil(y));
}

int estimatedLines(qsizetype characters, int width) { return int(double(characters) * lineHeight() * 0.42 / std::max(60, width)) + 1; }

} // namespace ui

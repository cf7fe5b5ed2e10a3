#include "ui/conversation/rows.h"

#include "ui/conversation/code_colors.h"
#include "ui/shell/theme.h"

#include <QFontMetrics>
#include <QTextLayout>

#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int listIndent = 20;
constexpr int quoteIndent = 12;
constexpr int framePadding = 12;
constexpr int codePadding = 10;
constexpr int codeHeader = 26;
constexpr size_t mostTableRows = 60;

int lineHeight() { return QFontMetrics(Theme::textFont()).height(); }

/// Where the content of a framed part lies.
QRect contentOf(const Part &part, int width)
{
    switch (part.frame) {
    case Part::Frame::User:
        return QRect(framePadding, part.first ? 8 : 0, width - 2 * framePadding, 0);
    case Part::Frame::Inset:
        return QRect(framePadding, part.first ? 2 : 0, width - framePadding, 0);
    case Part::Frame::None:
        break;
    }
    return QRect(0, 0, width, 0);
}

int paddingBelow(const Part &part) { return part.frame == Part::Frame::User && part.last ? 8 : 0; }

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

void select(std::vector<QTextLayout::FormatRange> &ranges, const Row::Look &look)
{
    if (look.selectTo <= look.selectFrom)
        return;
    QTextLayout::FormatRange range;
    range.start = look.selectFrom;
    range.length = look.selectTo - look.selectFrom;
    auto color = Theme::colors().accent;
    color.setAlphaF(0.35f);
    range.format.setBackground(color);
    ranges.push_back(range);
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

class TextRow : public Row
{
public:
    explicit TextRow(const Part &part)
        : m_part(part)
        , m_text(plainText(part.block.spans))
    {
    }

    int layOut(int width) override
    {
        const auto &c = Theme::colors();
        const auto &block = m_part.block;
        m_width = width;
        m_content = contentOf(m_part, width);
        const int indent = block.listDepth * listIndent + block.quoteDepth * quoteIndent;
        m_content.setLeft(m_content.left() + indent);

        auto font = Theme::textFont();
        if (block.kind == Block::Kind::Heading) {
            font = Theme::textFont(block.level <= 1 ? 1.35 : block.level == 2 ? 1.2 : 1.08);
            font.setWeight(QFont::DemiBold);
        }
        QString text;
        QList<QTextLayout::FormatRange> formats;
        for (const auto &span : block.spans) {
            QTextLayout::FormatRange range;
            range.start = int(text.size());
            range.length = int(span.text.size());
            text += span.text;
            if (span.bold)
                range.format.setFontWeight(QFont::DemiBold);
            if (span.italic)
                range.format.setFontItalic(true);
            if (span.strike)
                range.format.setFontStrikeOut(true);
            if (span.code) {
                range.format.setFont(Theme::codeFont(), QTextCharFormat::FontPropertiesSpecifiedOnly);
                range.format.setBackground(c.hover);
            }
            if (!span.link.isEmpty()) {
                range.format.setForeground(c.isDark ? c.info : c.accent);
                range.format.setFontUnderline(true);
            }
            if (range.format.propertyCount() > 0)
                formats << range;
        }
        m_layout.setText(text.replace('\n', QChar::LineSeparator));
        m_layout.setFont(font);
        m_layout.setFormats(formats);
        QTextOption option;
        option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
        m_layout.setTextOption(option);
        m_layout.setCacheEnabled(true);
        const int textHeight = layOutLines(m_layout, m_content.width(), 1.22);
        m_height = m_content.top() + std::max(textHeight, lineHeight()) + paddingBelow(m_part);
        return m_height;
    }

    void paint(QPainter &painter, const Look &look) const override
    {
        const auto &c = Theme::colors();
        paintFrame(painter, m_part, m_width, m_height);
        const auto &block = m_part.block;
        for (int depth = 0; depth < block.quoteDepth; ++depth)
            painter.fillRect(QRect(depth * quoteIndent, 0, 2, m_height), c.border);
        painter.setPen(m_part.dim || block.quoteDepth > 0 ? c.muted : c.text);
        if (!block.marker.isEmpty()) {
            painter.save();
            painter.setFont(Theme::textFont());
            painter.setPen(c.muted);
            const int ascent = m_layout.lineCount() > 0 ? int(m_layout.lineAt(0).ascent()) : QFontMetrics(Theme::textFont()).ascent();
            const int width = painter.fontMetrics().horizontalAdvance(block.marker);
            painter.drawText(QPoint(m_content.left() - 7 - width, m_content.top() + ascent), block.marker);
            painter.restore();
        }
        std::vector<QTextLayout::FormatRange> selection;
        select(selection, look);
        m_layout.draw(&painter, m_content.topLeft(), QList<QTextLayout::FormatRange>(selection.begin(), selection.end()));
    }

    QString text() const override { return m_text; }
    int offsetAt(QPointF at) const override { return offsetIn(m_layout, at - m_content.topLeft()); }

    QString linkAt(QPointF at) const override
    {
        const auto inner = at - m_content.topLeft();
        for (int i = 0; i < m_layout.lineCount(); ++i) {
            const auto line = m_layout.lineAt(i);
            if (!line.naturalTextRect().contains(inner))
                continue;
            int offset = line.xToCursor(inner.x(), QTextLine::CursorOnCharacter);
            for (const auto &span : m_part.block.spans) {
                if (offset < span.text.size())
                    return span.link;
                offset -= int(span.text.size());
            }
        }
        return {};
    }
    QString toolTipAt(QPointF at) const override { return linkAt(at).toHtmlEscaped(); }

private:
    const Part &m_part;
    const QString m_text;
    QTextLayout m_layout;
    QRect m_content;
    int m_width = 0;
    int m_height = 0;
};

class CodeRow : public Row
{
public:
    explicit CodeRow(const Part &part)
        : m_part(part)
        , m_copy{PartAction::Kind::CopyText, QObject::tr("Copy"), "copy", {{"text", part.block.code}}}
    {
    }

    int layOut(int width) override
    {
        m_width = width;
        const auto frame = contentOf(m_part, width);
        m_box = QRect(frame.left() + m_part.block.listDepth * listIndent, frame.top(), frame.width() - m_part.block.listDepth * listIndent, 0);
        m_hasHeader = !m_part.block.continues;
        const int top = m_hasHeader ? codeHeader : 0;
        auto text = m_part.block.code;
        m_layout.setText(text.replace('\n', QChar::LineSeparator));
        m_layout.setFont(Theme::codeFont());
        QList<QTextLayout::FormatRange> formats;
        for (const auto &colored : codeColors(m_part.block.code, m_part.block.language)) {
            QTextLayout::FormatRange range;
            range.start = colored.start;
            range.length = colored.length;
            range.format.setForeground(colored.color);
            formats << range;
        }
        m_layout.setFormats(formats);
        QTextOption option;
        option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
        option.setTabStopDistance(QFontMetricsF(Theme::codeFont()).horizontalAdvance(' ') * 4);
        m_layout.setTextOption(option);
        m_layout.setCacheEnabled(true);
        m_origin = QPoint(m_box.left() + codePadding, m_box.top() + top);
        const int textHeight = layOutLines(m_layout, m_box.width() - 2 * codePadding, 1.2);
        m_box.setHeight(top + textHeight + codePadding);
        m_height = m_box.bottom() + 1 + paddingBelow(m_part);
        return m_height;
    }

    void paint(QPainter &painter, const Look &look) const override
    {
        const auto &c = Theme::colors();
        paintFrame(painter, m_part, m_width, m_height);
        painter.setPen(c.border);
        painter.setBrush(c.isDark ? c.window : c.raised);
        painter.drawRoundedRect(QRectF(m_box).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        if (m_hasHeader) {
            painter.setFont(Theme::textFont(0.88));
            painter.setPen(c.muted);
            painter.drawText(QRect(m_box.left() + codePadding, m_box.top(), m_box.width() - 60, codeHeader), Qt::AlignVCenter | Qt::AlignLeft,
                             m_part.block.language.isEmpty() ? QObject::tr("code") : m_part.block.language == "hogql" ? "HogQL" : m_part.block.language);
            const auto spot = copySpot();
            const bool hot = spot.contains(look.mouse.toPoint());
            if (hot) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(c.hover);
                painter.drawRoundedRect(spot, 5, 5);
            }
            Theme::icon("copy", hot ? c.text : c.muted).paint(&painter, spot.adjusted(4, 4, -4, -4));
        }
        painter.setPen(c.text);
        std::vector<QTextLayout::FormatRange> selection;
        select(selection, look);
        m_layout.draw(&painter, m_origin, QList<QTextLayout::FormatRange>(selection.begin(), selection.end()));
    }

    QString text() const override { return m_part.block.code; }
    int offsetAt(QPointF at) const override { return offsetIn(m_layout, at - m_origin); }
    std::vector<Button> buttons() const override
    {
        return m_hasHeader ? std::vector<Button>{{copySpot(), &m_copy}} : std::vector<Button>{};
    }
    QString toolTipAt(QPointF at) const override { return actionAt(at) ? QObject::tr("Copy this code") : QString(); }

private:
    QRect copySpot() const { return QRect(m_box.right() - 26, m_box.top() + 2, 23, 23); }

    const Part &m_part;
    PartAction m_copy;
    QTextLayout m_layout;
    QRect m_box;
    QPoint m_origin;
    bool m_hasHeader = true;
    int m_width = 0;
    int m_height = 0;
};

class TableRow : public Row
{
public:
    explicit TableRow(const Part &part)
        : m_part(part)
        , m_copy{PartAction::Kind::CopyText, QObject::tr("Copy"), "copy", {}}
    {
        QStringList lines;
        for (const auto &row : part.block.rows) {
            QStringList cells;
            for (const auto &cell : row)
                cells << plainText(cell).simplified();
            lines << cells.join('\t');
            if (m_cells.size() <= mostTableRows)
                m_cells.push_back(cells);
        }
        m_text = lines.join('\n');
        m_copy.data = {{"text", m_text}};
        m_hidden = part.block.rows.size() - m_cells.size();
    }

    int layOut(int width) override
    {
        m_width = width;
        const auto frame = contentOf(m_part, width);
        m_rowHeight = lineHeight() + 10;
        const int lines = int(m_cells.size()) + (m_hidden > 0 ? 1 : 0);
        m_box = QRect(frame.left(), frame.top(), frame.width(), lines * m_rowHeight);
        const QFontMetrics metrics(Theme::textFont());
        const size_t columns = m_cells.empty() ? 0 : size_t(m_cells.front().size());
        m_widths.assign(columns, 0);
        for (const auto &row : m_cells) {
            for (size_t i = 0; i < columns && i < size_t(row.size()); ++i)
                m_widths[i] = std::max(m_widths[i], std::min(260, metrics.horizontalAdvance(row[qsizetype(i)]) + 20));
        }
        // What does not fit is taken from the widest columns first.
        int total = 0;
        for (const int w : m_widths)
            total += w;
        while (total > m_box.width() && !m_widths.empty()) {
            auto widest = std::max_element(m_widths.begin(), m_widths.end());
            if (*widest <= 36)
                break;
            const int cut = std::min(total - m_box.width(), std::max(1, *widest / 8));
            *widest -= cut;
            total -= cut;
        }
        if (!m_widths.empty() && total < m_box.width())
            m_box.setWidth(std::max(total, 80));
        m_height = m_box.bottom() + 1 + paddingBelow(m_part);
        return m_height;
    }

    void paint(QPainter &painter, const Look &look) const override
    {
        const auto &c = Theme::colors();
        paintFrame(painter, m_part, m_width, m_height);
        if (look.selectTo > look.selectFrom) {
            auto tint = c.accent;
            tint.setAlphaF(0.2f);
            painter.fillRect(m_box, tint);
        }
        painter.setFont(Theme::textFont());
        const QFontMetrics metrics(Theme::textFont());
        int y = m_box.top();
        for (size_t r = 0; r < m_cells.size(); ++r) {
            int x = m_box.left();
            for (size_t i = 0; i < m_widths.size(); ++i) {
                const QRect cell(x + 9, y, m_widths[i] - 18, m_rowHeight);
                const auto align = i < m_part.block.alignments.size() ? m_part.block.alignments[i] : Qt::Alignment(Qt::AlignLeft);
                const auto text = i < size_t(m_cells[r].size()) ? m_cells[r][qsizetype(i)] : QString();
                painter.setPen(r == 0 ? c.muted : c.text);
                painter.drawText(cell, int(align | Qt::AlignVCenter), metrics.elidedText(text, Qt::ElideRight, cell.width()));
                x += m_widths[i];
            }
            y += m_rowHeight;
            painter.setPen(c.border);
            if (r + 1 < m_cells.size() || m_hidden > 0)
                painter.drawLine(m_box.left(), y, m_box.right(), y);
        }
        if (m_hidden > 0) {
            painter.setPen(c.muted);
            painter.drawText(QRect(m_box.left() + 9, y, m_box.width(), m_rowHeight), Qt::AlignVCenter | Qt::AlignLeft,
                             QObject::tr("… %1 more rows; the copy has them all").arg(m_hidden));
        }
        if (m_box.contains(look.mouse.toPoint())) {
            const auto spot = copySpot();
            painter.setPen(c.border);
            painter.setBrush(c.raised);
            painter.drawRoundedRect(spot, 5, 5);
            Theme::icon("copy", c.text).paint(&painter, spot.adjusted(4, 4, -4, -4));
        }
    }

    QString text() const override { return m_text; }
    int offsetAt(QPointF at) const override { return at.y() > (m_box.top() + m_box.bottom()) / 2.0 ? int(m_text.size()) : 0; }
    std::vector<Button> buttons() const override { return {{copySpot(), &m_copy}}; }
    QString toolTipAt(QPointF at) const override
    {
        if (actionAt(at))
            return QObject::tr("Copy the table");
        const int row = (int(at.y()) - m_box.top()) / std::max(1, m_rowHeight);
        int x = m_box.left();
        for (size_t i = 0; i < m_widths.size(); ++i) {
            x += m_widths[i];
            if (at.x() < x)
                return row >= 0 && size_t(row) < m_cells.size() && i < size_t(m_cells[size_t(row)].size())
                    ? m_cells[size_t(row)][qsizetype(i)].toHtmlEscaped()
                    : QString();
        }
        return {};
    }

private:
    QRect copySpot() const { return QRect(m_box.right() - 26, m_box.top() + 2, 23, 23); }

    const Part &m_part;
    PartAction m_copy;
    std::vector<QStringList> m_cells;
    QString m_text;
    size_t m_hidden = 0;
    std::vector<int> m_widths;
    QRect m_box;
    int m_rowHeight = 0;
    int m_width = 0;
    int m_height = 0;
};

class RuleRow : public Row
{
public:
    int layOut(int width) override
    {
        m_width = width;
        return 9;
    }
    void paint(QPainter &painter, const Look &) const override { painter.fillRect(QRect(0, 4, m_width, 1), Theme::colors().border); }

private:
    int m_width = 0;
};

/// An icon and one line: the head of a tool call, or a note. A note wraps, a head does not.
class LineRow : public Row
{
public:
    explicit LineRow(const Part &part)
        : m_part(part)
    {
    }

    int layOut(int width) override
    {
        m_width = width;
        m_content = contentOf(m_part, width);
        if (m_part.kind == Part::Kind::ToolHead) {
            m_height = lineHeight() + 12;
            return m_height;
        }
        m_layout.setText(m_part.title + (m_part.detail.isEmpty() ? QString() : "  " + m_part.detail));
        m_layout.setFont(Theme::textFont());
        QTextLayout::FormatRange range;
        range.start = int(m_part.title.size());
        range.length = int(m_layout.text().size()) - range.start;
        range.format.setForeground(Theme::colors().muted);
        m_layout.setFormats({range});
        QTextOption option;
        option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
        m_layout.setTextOption(option);
        const int left = m_part.iconName.isEmpty() ? 0 : 24;
        const int textHeight = layOutLines(m_layout, m_content.width() - left, 1.2);
        m_height = m_content.top() + std::max(textHeight, 18) + paddingBelow(m_part);
        return m_height;
    }

    void paint(QPainter &painter, const Look &look) const override
    {
        const auto &c = Theme::colors();
        paintFrame(painter, m_part, m_width, m_height);
        const auto tone = colorOf(m_part.tone);
        if (m_part.kind == Part::Kind::Line) {
            int left = m_content.left();
            if (!m_part.iconName.isEmpty()) {
                Theme::icon(m_part.iconName, tone).paint(&painter, QRect(left, m_content.top(), 17, 17));
                left += 24;
            }
            painter.setPen(m_part.tone == Part::Tone::Plain || m_part.tone == Part::Tone::Accent ? c.text : tone);
            std::vector<QTextLayout::FormatRange> selection;
            select(selection, look);
            m_layout.draw(&painter, QPointF(left, m_content.top()), QList<QTextLayout::FormatRange>(selection.begin(), selection.end()));
            return;
        }
        const QRect box(0, 0, m_width, m_height);
        painter.setPen(look.isCurrent ? c.accent : c.border);
        painter.setBrush(box.contains(look.mouse.toPoint()) ? c.hover : c.raised);
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7);
        const int middle = m_height / 2;
        Theme::icon(m_part.iconName, tone).paint(&painter, QRect(9, middle - 8, 17, 17));
        Theme::icon(m_part.isOpen ? "chevron-down" : "chevron-right", c.muted).paint(&painter, QRect(m_width - 24, middle - 8, 16, 16));

        painter.setFont(Theme::textFont());
        const QFontMetrics metrics(Theme::textFont());
        QRect text(34, 0, m_width - 34 - 30, m_height);
        const int detailWidth = m_part.detail.isEmpty() ? 0 : metrics.horizontalAdvance(m_part.detail) + space::m;
        const bool detailFirst = m_part.tone == Part::Tone::Muted && m_part.iconName == "thought";
        const auto title = metrics.elidedText(m_part.title, Qt::ElideRight, detailFirst ? text.width() : text.width() - std::min(detailWidth, text.width() / 2));
        painter.setPen(detailFirst ? c.muted : c.text);
        painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft, title);
        if (!m_part.detail.isEmpty()) {
            QRect rest = text;
            rest.setLeft(text.left() + metrics.horizontalAdvance(title) + space::m);
            painter.setPen(m_part.tone == Part::Tone::Bad ? tone : c.muted);
            painter.drawText(rest, int(Qt::AlignVCenter | (detailFirst ? Qt::AlignLeft : Qt::AlignRight)),
                             metrics.elidedText(m_part.detail, Qt::ElideRight, rest.width()));
        }
    }

    QString text() const override { return m_part.detail.isEmpty() ? m_part.title : m_part.title + "  " + m_part.detail; }
    int offsetAt(QPointF at) const override
    {
        if (m_part.kind == Part::Kind::Line)
            return offsetIn(m_layout, at - QPointF(m_content.left() + (m_part.iconName.isEmpty() ? 0 : 24), m_content.top()));
        return at.x() > m_width / 2.0 ? int(text().size()) : 0;
    }
    QString toolTipAt(QPointF) const override
    {
        return m_part.kind == Part::Kind::ToolHead && QFontMetrics(Theme::textFont()).horizontalAdvance(text()) > m_width - 80 ? text().toHtmlEscaped() : QString();
    }

private:
    const Part &m_part;
    QTextLayout m_layout;
    QRect m_content;
    int m_width = 0;
    int m_height = 0;
};

/// Small buttons in a line.
class ActionsRow : public Row
{
public:
    explicit ActionsRow(const Part &part)
        : m_part(part)
    {
    }

    int layOut(int width) override
    {
        m_width = width;
        const auto frame = contentOf(m_part, width);
        const QFontMetrics metrics(Theme::textFont(0.92));
        m_spots.clear();
        int x = frame.left();
        int y = frame.top();
        for (const auto &action : m_part.actions) {
            const int w = metrics.horizontalAdvance(action.label) + 38;
            if (x > frame.left() && x + w > frame.right()) {
                x = frame.left();
                y += 32;
            }
            m_spots.push_back(QRect(x, y, w, 26));
            x += w + space::s;
        }
        m_height = y + 28 + paddingBelow(m_part);
        return m_height;
    }

    void paint(QPainter &painter, const Look &look) const override
    {
        const auto &c = Theme::colors();
        paintFrame(painter, m_part, m_width, m_height);
        painter.setFont(Theme::textFont(0.92));
        for (size_t i = 0; i < m_spots.size(); ++i) {
            const bool hot = m_spots[i].contains(look.mouse.toPoint());
            painter.setPen(c.border);
            painter.setBrush(hot ? c.hover : c.raised);
            painter.drawRoundedRect(QRectF(m_spots[i]).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
            Theme::icon(m_part.actions[i].iconName, c.muted).paint(&painter, QRect(m_spots[i].left() + 8, m_spots[i].top() + 6, 14, 14));
            painter.setPen(c.text);
            painter.drawText(m_spots[i].adjusted(28, 0, -6, 0), Qt::AlignVCenter | Qt::AlignLeft, m_part.actions[i].label);
        }
    }

    std::vector<Button> buttons() const override
    {
        std::vector<Button> all;
        for (size_t i = 0; i < m_spots.size(); ++i)
            all.push_back({m_spots[i], &m_part.actions[i]});
        return all;
    }

private:
    const Part &m_part;
    std::vector<QRect> m_spots;
    int m_width = 0;
    int m_height = 0;
};

} // namespace

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

std::unique_ptr<Row> makeRow(const Part &part)
{
    switch (part.kind) {
    case Part::Kind::Text:
        return std::make_unique<TextRow>(part);
    case Part::Kind::Code:
        return std::make_unique<CodeRow>(part);
    case Part::Kind::Table:
        return std::make_unique<TableRow>(part);
    case Part::Kind::Rule:
        return std::make_unique<RuleRow>();
    case Part::Kind::ToolHead:
    case Part::Kind::Line:
        return std::make_unique<LineRow>(part);
    case Part::Kind::Actions:
        return std::make_unique<ActionsRow>(part);
    }
    return std::make_unique<RuleRow>();
}

int estimatedHeight(const Part &part, int width)
{
    const int line = lineHeight();
    const auto lines = [&](qsizetype characters, double perCharacter) {
        return int(double(characters) * perCharacter / std::max(60, width)) + 1;
    };
    switch (part.kind) {
    case Part::Kind::Text: {
        qsizetype characters = 0;
        for (const auto &span : part.block.spans)
            characters += span.text.size();
        return int(lines(characters, line * 0.42) * line * 1.22);
    }
    case Part::Kind::Code:
        return int((part.block.code.count('\n') + 1) * line * 1.2) + codeHeader + codePadding;
    case Part::Kind::Table:
        return int(std::min(part.block.rows.size(), mostTableRows + 1)) * (line + 10);
    case Part::Kind::Rule:
        return 9;
    case Part::Kind::ToolHead:
        return line + 12;
    case Part::Kind::Line:
        return lines(part.title.size(), line * 0.42) * line;
    case Part::Kind::Actions:
        return 28;
    }
    return line;
}

} // namespace ui

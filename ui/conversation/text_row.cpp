#include "ui/conversation/text_row.h"

#include "ui/conversation/row_painting.h"
#include "ui/shell/theme.h"

#include <QFontMetrics>

#include <algorithm>

namespace ui {
namespace {

constexpr int quoteIndent = 12;
constexpr double lineSpacing = 1.22;

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
        const int textHeight = layOutLines(m_layout, m_content.width(), lineSpacing);
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
        m_layout.draw(&painter, m_content.topLeft(), selectionOf(look));
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

} // namespace

std::unique_ptr<Row> makeTextRow(const Part &part) { return std::make_unique<TextRow>(part); }

int estimatedTextHeight(const Part &part, int width)
{
    qsizetype characters = 0;
    for (const auto &span : part.block.spans)
        characters += span.text.size();
    return int(estimatedLines(characters, width) * lineHeight() * lineSpacing);
}

} // namespace ui

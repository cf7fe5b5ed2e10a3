#include "ui/conversation/note_row.h"

#include "ui/conversation/row_painting.h"
#include "ui/shell/theme.h"

#include <algorithm>

namespace ui {
namespace {

constexpr int iconSize = 17;
constexpr int iconWidth = 24; // with the gap to the text

class NoteRow : public Row
{
public:
    explicit NoteRow(const Part &part)
        : m_part(part)
    {
    }

    int layOut(int width) override
    {
        m_width = width;
        m_content = contentOf(m_part, width);
        m_layout.setText(text());
        m_layout.setFont(Theme::textFont());
        QTextLayout::FormatRange range;
        range.start = int(m_part.title.size());
        range.length = int(m_layout.text().size()) - range.start;
        range.format.setForeground(Theme::colors().muted);
        m_layout.setFormats({range});
        QTextOption option;
        option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
        m_layout.setTextOption(option);
        const int textHeight = layOutLines(m_layout, m_content.width() - (textLeft() - m_content.left()), 1.2);
        m_height = m_content.top() + std::max(textHeight, iconSize + 1) + paddingBelow(m_part);
        return m_height;
    }

    void paint(QPainter &painter, const Look &look) const override
    {
        const auto &c = Theme::colors();
        paintFrame(painter, m_part, m_width, m_height);
        const auto tone = colorOf(m_part.tone);
        if (!m_part.iconName.isEmpty())
            Theme::icon(m_part.iconName, tone).paint(&painter, QRect(m_content.topLeft(), QSize(iconSize, iconSize)));
        painter.setPen(m_part.tone == Part::Tone::Plain || m_part.tone == Part::Tone::Accent ? c.text : tone);
        m_layout.draw(&painter, QPointF(textLeft(), m_content.top()), selectionOf(look));
    }

    QString text() const override { return m_part.detail.isEmpty() ? m_part.title : m_part.title + "  " + m_part.detail; }
    int offsetAt(QPointF at) const override { return offsetIn(m_layout, at - QPointF(textLeft(), m_content.top())); }

private:
    int textLeft() const { return m_content.left() + (m_part.iconName.isEmpty() ? 0 : iconWidth); }

    const Part &m_part;
    QTextLayout m_layout;
    QRect m_content;
    int m_width = 0;
    int m_height = 0;
};

} // namespace

std::unique_ptr<Row> makeNoteRow(const Part &part) { return std::make_unique<NoteRow>(part); }

int estimatedNoteHeight(const Part &part, int width) { return estimatedLines(part.title.size(), width) * lineHeight(); }

} // namespace ui

#include "ui/conversation/tool_head_row.h"

#include "ui/conversation/row_painting.h"
#include "ui/shell/theme.h"

#include <QFontMetrics>

#include <algorithm>

namespace ui {
namespace {

int height() { return lineHeight() + 12; }

class ToolHeadRow : public Row
{
public:
    explicit ToolHeadRow(const Part &part)
        : m_part(part)
    {
    }

    int layOut(int width) override
    {
        m_width = width;
        m_height = height();
        return m_height;
    }

    void paint(QPainter &painter, const Look &look) const override
    {
        const auto &c = Theme::colors();
        paintFrame(painter, m_part, m_width, m_height);
        const auto tone = colorOf(m_part.tone);
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
    int offsetAt(QPointF at) const override { return at.x() > m_width / 2.0 ? int(text().size()) : 0; }
    QString toolTipAt(QPointF) const override
    {
        return QFontMetrics(Theme::textFont()).horizontalAdvance(text()) > m_width - 80 ? text().toHtmlEscaped() : QString();
    }

private:
    const Part &m_part;
    int m_width = 0;
    int m_height = 0;
};

} // namespace

std::unique_ptr<Row> makeToolHeadRow(const Part &part) { return std::make_unique<ToolHeadRow>(part); }

int estimatedToolHeadHeight() { return height(); }

} // namespace ui

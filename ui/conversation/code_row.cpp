#include "ui/conversation/code_row.h"

#include "ui/conversation/code_colors.h"
#include "ui/conversation/row_painting.h"
#include "ui/shell/theme.h"

#include <QFontMetrics>

namespace ui {
namespace {

constexpr int padding = 10;
constexpr int headerHeight = 26;
constexpr double lineSpacing = 1.2;

class CodeRow : public Row
{
public:
    explicit CodeRow(const Part &part)
        : m_part(part)
        , m_copy{PartAction::Kind::CopyText, QObject::tr("Copy"), "copy", {{"text", part.block.whole.isEmpty() ? part.block.code : part.block.whole}}}
    {
    }

    int layOut(int width) override
    {
        m_width = width;
        const auto frame = contentOf(m_part, width);
        m_box = QRect(frame.left() + m_part.block.listDepth * listIndent, frame.top(), frame.width() - m_part.block.listDepth * listIndent, 0);
        m_hasHeader = !m_part.block.continues;
        const int top = m_hasHeader ? headerHeight : 0;
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
        m_origin = QPoint(m_box.left() + padding, m_box.top() + top);
        const int textHeight = layOutLines(m_layout, m_box.width() - 2 * padding, lineSpacing);
        m_box.setHeight(top + textHeight + padding);
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
            painter.drawText(QRect(m_box.left() + padding, m_box.top(), m_box.width() - 60, headerHeight), Qt::AlignVCenter | Qt::AlignLeft,
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
        m_layout.draw(&painter, m_origin, selectionOf(look));
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

} // namespace

std::unique_ptr<Row> makeCodeRow(const Part &part) { return std::make_unique<CodeRow>(part); }

int estimatedCodeHeight(const Part &part)
{
    return int(double(part.block.code.count('\n') + 1) * lineHeight() * lineSpacing) + headerHeight + padding;
}

} // namespace ui

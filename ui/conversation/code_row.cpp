#include "ui/conversation/code_row.h"

#include "ui/conversation/code_colors.h"
#include "ui/conversation/row_painting.h"
#include "ui/conversation/terminal_text.h"
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
        , m_isTerminal(part.kind == Part::Kind::Terminal)
        , m_text(m_isTerminal ? textOf(part.lines) : part.block.code)
        , m_copy{PartAction::Kind::CopyText, QObject::tr("Copy"), "copy", {{"text", m_isTerminal || part.block.whole.isEmpty() ? m_text : part.block.whole}}}
    {
    }

    int layOut(int width) override
    {
        m_width = width;
        const auto frame = contentOf(m_part, width);
        m_box = QRect(frame.left() + m_part.block.listDepth * listIndent, frame.top(), frame.width() - m_part.block.listDepth * listIndent, 0);
        m_hasHeader = !m_part.block.continues;
        const int top = m_hasHeader ? headerHeight : 0;
        auto text = m_text;
        m_layout.setText(text.replace('\n', QChar::LineSeparator));
        m_layout.setFont(Theme::codeFont());
        m_layout.setFormats(m_isTerminal ? formatsOf(m_part.lines) : codeFormats());
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
            if (m_isTerminal)
                paintTerminalHeader(painter);
            else
                paintCodeHeader(painter);
            for (const auto &button : buttons()) {
                const bool hot = button.rect.contains(look.mouse.toPoint());
                if (hot) {
                    painter.setPen(Qt::NoPen);
                    painter.setBrush(c.hover);
                    painter.drawRoundedRect(button.rect, 5, 5);
                }
                Theme::icon(button.action->iconName, hot ? c.text : c.muted).paint(&painter, button.rect.adjusted(4, 4, -4, -4));
            }
        }
        painter.setPen(c.text);
        m_layout.draw(&painter, m_origin, selectionOf(look));
    }

    QString text() const override { return m_text; }
    int offsetAt(QPointF at) const override { return offsetIn(m_layout, at - m_origin); }
    std::vector<Button> buttons() const override
    {
        if (!m_hasHeader)
            return {};
        std::vector<Button> all{{buttonSpot(0), &m_copy}};
        for (const auto &action : m_part.actions)
            all.push_back({buttonSpot(int(all.size())), &action});
        return all;
    }
    QString toolTipAt(QPointF at) const override
    {
        const auto *action = actionAt(at);
        if (!action)
            return m_isTerminal && headerRect().contains(at.toPoint()) ? m_part.title : QString();
        if (action != &m_copy)
            return action->label;
        return m_isTerminal ? QObject::tr("Copy these lines") : QObject::tr("Copy this code");
    }

private:
    /// Buttons stand at the right end of the header, the first at the outside.
    QRect buttonSpot(int index) const { return QRect(m_box.right() - 26 - 25 * index, m_box.top() + 2, 23, 23); }
    QRect headerRect() const { return QRect(m_box.left() + padding, m_box.top(), m_box.width() - 60, headerHeight); }

    QList<QTextLayout::FormatRange> codeFormats() const
    {
        QList<QTextLayout::FormatRange> formats;
        for (const auto &colored : codeColors(m_part.block.code, m_part.block.language)) {
            QTextLayout::FormatRange range;
            range.start = colored.start;
            range.length = colored.length;
            range.format.setForeground(colored.color);
            formats << range;
        }
        return formats;
    }

    void paintCodeHeader(QPainter &painter) const
    {
        painter.setPen(Theme::colors().muted);
        painter.drawText(headerRect(), Qt::AlignVCenter | Qt::AlignLeft,
                         m_part.block.language.isEmpty() ? QObject::tr("code") : m_part.block.language == "hogql" ? "HogQL" : m_part.block.language);
    }

    /// The command as far as it fits, and its state, which always does.
    void paintTerminalHeader(QPainter &painter) const
    {
        auto rest = headerRect().adjusted(0, 0, -space::l, 0);
        Theme::icon(m_part.iconName, Theme::colors().muted).paint(&painter, QRect(rest.left(), rest.top() + 6, 14, 14));
        rest.adjust(14 + space::xs, 0, 0, 0);
        const QFontMetrics metrics(painter.font());
        const int stateWidth = std::min(rest.width(), metrics.horizontalAdvance(m_part.detail) + 2);
        painter.setPen(colorOf(m_part.tone));
        painter.drawText(rest, Qt::AlignVCenter | Qt::AlignRight, metrics.elidedText(m_part.detail, Qt::ElideRight, stateWidth));
        painter.setPen(Theme::colors().text);
        const int width = rest.width() - stateWidth - space::m;
        painter.drawText(QRect(rest.left(), rest.top(), std::max(0, width), rest.height()), Qt::AlignVCenter | Qt::AlignLeft,
                         metrics.elidedText(m_part.title, Qt::ElideRight, std::max(0, width)));
    }

    const Part &m_part;
    const bool m_isTerminal;
    const QString m_text;
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
    const auto lines = part.kind == Part::Kind::Terminal ? std::max<qsizetype>(1, qsizetype(part.lines.size())) : part.block.code.count('\n') + 1;
    return int(double(lines) * lineHeight() * lineSpacing) + headerHeight + padding;
}

} // namespace ui

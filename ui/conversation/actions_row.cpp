#include "ui/conversation/actions_row.h"

#include "ui/conversation/row_painting.h"
#include "ui/shell/theme.h"

#include <QFontMetrics>

namespace ui {
namespace {

constexpr int height = 28; // of one line of buttons

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
        m_height = y + height + paddingBelow(m_part);
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

std::unique_ptr<Row> makeActionsRow(const Part &part) { return std::make_unique<ActionsRow>(part); }

int estimatedActionsHeight() { return height; }

} // namespace ui

#include "ui/conversation/table_row.h"

#include "ui/conversation/row_painting.h"
#include "ui/shell/theme.h"

#include <QFontMetrics>

#include <algorithm>

namespace ui {
namespace {

constexpr size_t mostRows = 60;

int rowHeight() { return lineHeight() + 10; }

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
            if (m_cells.size() <= mostRows)
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
        m_rowHeight = rowHeight();
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

} // namespace

std::unique_ptr<Row> makeTableRow(const Part &part) { return std::make_unique<TableRow>(part); }

int estimatedTableHeight(const Part &part) { return int(std::min(part.block.rows.size(), mostRows + 1)) * rowHeight(); }

} // namespace ui

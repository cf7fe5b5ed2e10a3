#include "ui/conversation/flow_layout.h"

#include <QWidget>

#include <algorithm>

namespace ui {

FlowLayout::FlowLayout(QWidget *parent)
    : QLayout(parent)
{
    setContentsMargins(0, 0, 0, 0);
    setSpacing(space::xs);
}

FlowLayout::~FlowLayout() { qDeleteAll(m_items); }

void FlowLayout::clear()
{
    while (auto *item = takeAt(0)) {
        delete item->widget();
        delete item;
    }
    invalidate();
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const auto *item : m_items)
        size = size.expandedTo(item->minimumSize());
    return size;
}

void FlowLayout::setGeometry(const QRect &rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowLayout::arrange(const QRect &rect, bool moves) const
{
    int x = rect.left(), y = rect.top(), lineHeight = 0;
    for (auto *item : m_items) {
        const auto hint = item->sizeHint();
        const int width = std::min(hint.width(), rect.width());
        if (x > rect.left() && x + width > rect.left() + rect.width()) {
            x = rect.left();
            y += lineHeight + spacing();
            lineHeight = 0;
        }
        if (moves)
            item->setGeometry({x, y, width, hint.height()});
        x += width + spacing();
        lineHeight = std::max(lineHeight, hint.height());
    }
    return y + lineHeight - rect.top();
}

} // namespace ui

#include "ui/shell/choice_delegate.h"

#include "ui/shell/command_palette.h"
#include "ui/shell/theme.h"

#include <QPainter>

namespace ui {

int ChoiceDelegate::rowHeight() { return int(34 * Theme::fontScale()); }

QSize ChoiceDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const { return {100, rowHeight()}; }

void ChoiceDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto &c = Theme::colors();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state & QStyle::State_Selected) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(c.hover);
        painter->drawRoundedRect(option.rect, 6, 6);
    }
    auto rect = option.rect.adjusted(space::s, 0, -space::m, 0);
    const auto icon = qvariant_cast<QIcon>(index.data(Qt::DecorationRole));
    icon.paint(painter, QRect(rect.left(), rect.center().y() - 8, 17, 17));
    rect.setLeft(rect.left() + 28);

    painter->setFont(Theme::textFont(0.92));
    const auto hint = index.data(ChoiceModel::HintRole).toString();
    painter->setPen(c.muted);
    const int hintWidth = painter->fontMetrics().horizontalAdvance(hint);
    painter->drawText(rect, Qt::AlignRight | Qt::AlignVCenter, hint);
    rect.setRight(rect.right() - hintWidth - space::l);

    painter->setFont(Theme::textFont());
    painter->setPen(c.text);
    const auto text = painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, rect.width());
    painter->drawText(rect, Qt::AlignLeft | Qt::AlignVCenter, text);
    rect.setLeft(rect.left() + painter->fontMetrics().horizontalAdvance(text) + space::m);
    painter->setPen(c.muted);
    if (rect.width() > 40)
        painter->drawText(rect, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data(ChoiceModel::DetailRole).toString(), Qt::ElideRight, rect.width()));
    painter->restore();
}

} // namespace ui

#pragma once

#include <QStyledItemDelegate>

namespace ui {

/// Paints a row of a ChoiceModel: icon, text, muted detail, and the hint at the right end.
class ChoiceDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    static int rowHeight(); // at the font's scale

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace ui

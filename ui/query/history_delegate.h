#pragma once

#include "ui/shell/theme.h"

#include <QPainter>
#include <QStyledItemDelegate>

namespace ui {

/// Two lines: a query's name or first words, then what is to say of it.
class HistoryDelegate : public QStyledItemDelegate
{
public:
    static constexpr int textRole = Qt::UserRole + 1;
    static constexpr int noteRole = Qt::UserRole + 2;
    static constexpr int failedRole = Qt::UserRole + 3;
    static constexpr int nameRole = Qt::UserRole + 4;

    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colors &colors = Theme::colors();
        if (option.state & QStyle::State_Selected) {
            QColor wash = colors.accent;
            wash.setAlphaF(0.2);
            painter->fillRect(option.rect, wash);
        } else if (option.state & QStyle::State_MouseOver) {
            painter->fillRect(option.rect, colors.hover);
        }
        const QRect inner = option.rect.adjusted(space::s, space::xs, -space::s, -space::xs);
        const QRect top(inner.left(), inner.top(), inner.width(), inner.height() / 2);
        const QRect bottom(inner.left(), top.bottom() + 1, inner.width(), inner.height() / 2);
        painter->setFont(Theme::codeFont());
        painter->setPen(colors.text);
        painter->drawText(top, Qt::AlignVCenter | Qt::AlignLeft,
                          QFontMetrics(painter->font()).elidedText(index.data().toString(), Qt::ElideRight, inner.width()));
        painter->setFont(Theme::textFont(0.9));
        painter->setPen(index.data(failedRole).toBool() ? colors.bad : colors.muted);
        painter->drawText(bottom, Qt::AlignVCenter | Qt::AlignLeft,
                          QFontMetrics(painter->font()).elidedText(index.data(noteRole).toString(), Qt::ElideRight, inner.width()));
    }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {180, QFontMetrics(Theme::codeFont()).height() + QFontMetrics(Theme::textFont()).height() + 2 * space::s};
    }
};

} // namespace ui

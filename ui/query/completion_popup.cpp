#include "ui/query/completion_popup.h"

#include "ui/shell/theme.h"
#include "ui/shell/tool_tip.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QPainter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QWidget>

#include <algorithm>

namespace ui {

namespace {

constexpr int detailRole = Qt::UserRole + 1;
constexpr int insertRole = Qt::UserRole + 2;

/// A suggestion's name at the left, its detail muted at the right.
class SuggestionDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colors &colors = Theme::colors();
        if (option.state & QStyle::State_Selected) {
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(colors.hover);
            painter->drawRoundedRect(option.rect.adjusted(2, 1, -2, -1), 4, 4);
            painter->restore();
        }
        const QRect inner = option.rect.adjusted(space::s, 0, -space::s, 0);
        const QFont code = Theme::codeFont();
        const QString text = index.data().toString();
        const QString detail = index.data(detailRole).toString();
        const QFont small = Theme::textFont(0.92);
        const int detailWidth = std::min(QFontMetrics(small).horizontalAdvance(detail), inner.width() / 2);
        painter->setFont(small);
        painter->setPen(colors.muted);
        painter->drawText(inner, Qt::AlignVCenter | Qt::AlignRight, QFontMetrics(small).elidedText(detail, Qt::ElideRight, detailWidth));
        painter->setFont(code);
        painter->setPen(colors.text);
        const int room = inner.width() - (detail.isEmpty() ? 0 : detailWidth + space::l);
        painter->drawText(inner, Qt::AlignVCenter | Qt::AlignLeft, QFontMetrics(code).elidedText(text, Qt::ElideMiddle, room));
    }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {200, QFontMetrics(Theme::codeFont()).height() + space::s};
    }
};

} // namespace

CompletionPopup::CompletionPopup(QWidget *editor)
    : QObject(editor)
    , m_completer(new QCompleter(this))
    , m_suggestions(new QStandardItemModel(this))
{
    m_completer->setModel(m_suggestions);
    m_completer->setWidget(editor);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->setMaxVisibleItems(10);
    m_completer->popup()->setItemDelegate(new SuggestionDelegate(this));
    m_completer->popup()->setAccessibleName(tr("Completions"));
    connect(m_completer, QOverload<const QModelIndex &>::of(&QCompleter::activated), this,
            [this](const QModelIndex &index) { emit chosen(index.data(insertRole).toString()); });
}

void CompletionPopup::show(const std::vector<EditorSuggestion> &suggestions, const QRect &word)
{
    m_suggestions->clear();
    for (const EditorSuggestion &suggestion : suggestions) {
        auto *item = new QStandardItem(suggestion.text);
        item->setData(suggestion.detail, detailRole);
        item->setData(suggestion.insert.isEmpty() ? suggestion.text : suggestion.insert, insertRole);
        item->setToolTip(plainToolTip(suggestion.detail));
        m_suggestions->appendRow(item);
    }
    if (suggestions.empty())
        return hide();
    m_completer->complete(word);
    m_completer->popup()->setCurrentIndex(m_suggestions->index(0, 0));
}

void CompletionPopup::hide() { m_completer->popup()->hide(); }

bool CompletionPopup::isVisible() const { return m_completer->popup()->isVisible(); }

QString CompletionPopup::currentInsert() const { return m_completer->popup()->currentIndex().data(insertRole).toString(); }

} // namespace ui

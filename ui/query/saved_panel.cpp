#include "ui/query/saved_panel.h"

#include "ui/query/history_delegate.h"
#include "ui/shell/theme.h"
#include "ui/shell/tool_tip.h"

#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QLocale>
#include <QMessageBox>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace ui {

SavedPanel::SavedPanel(SavedQueries &queries, QWidget *parent)
    : QWidget(parent)
    , m_queries(queries)
    , m_filter(new QLineEdit)
    , m_list(new QListView)
    , m_model(new QStandardItemModel(this))
    , m_empty(new QLabel)
{
    m_filter->setPlaceholderText(tr("Search saved queries"));
    m_filter->setAccessibleName(m_filter->placeholderText());
    m_filter->setClearButtonEnabled(true);
    m_empty->setProperty("role", "muted");
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new HistoryDelegate(this));
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setAccessibleName(tr("Saved queries"));
    m_list->setProperty("role", "bare");
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    auto *remove = new QAction(Theme::icon(QStringLiteral("trash")), tr("Delete\u2026"), m_list);
    remove->setShortcut(QKeySequence::Delete);
    remove->setShortcutContext(Qt::WidgetShortcut);
    m_list->addAction(remove);
    connect(remove, &QAction::triggered, this, &SavedPanel::askToRemove);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    layout->addWidget(m_filter);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_list, 1);
    connect(m_filter, &QLineEdit::textChanged, this, &SavedPanel::refresh);
    connect(&m_queries, &SavedQueries::changed, this, &SavedPanel::refresh);
    connect(m_list, &QListView::activated, this, [this](const QModelIndex &index) {
        emit chosen(index.data(HistoryDelegate::nameRole).toString(), index.data(HistoryDelegate::textRole).toString());
    });
    refresh();
}

int SavedPanel::shownCount() const { return m_model->rowCount(); }

void SavedPanel::refresh()
{
    m_model->clear();
    const QString wanted = m_filter->text().trimmed();
    for (const SavedQuery &query : m_queries.queries()) {
        if (!query.name.contains(wanted, Qt::CaseInsensitive) && !query.text.contains(wanted, Qt::CaseInsensitive))
            continue;
        auto *item = new QStandardItem(query.name);
        item->setData(query.name, HistoryDelegate::nameRole);
        item->setData(query.text, HistoryDelegate::textRole);
        item->setData(tr("%1 \u00b7 %2").arg(QLocale().toString(query.changed, QStringLiteral("d MMM yyyy")), query.text.simplified().left(200)),
                      HistoryDelegate::noteRole);
        item->setToolTip(plainToolTip(query.text.left(2000)));
        m_model->appendRow(item);
    }
    const bool none = m_model->rowCount() == 0;
    m_empty->setText(wanted.isEmpty() ? tr("Save a query with Ctrl+S and it is kept here, as a file in %1.").arg(m_queries.folder())
                                      : tr("No saved query has this text."));
    m_empty->setVisible(none);
    m_list->setVisible(!none);
}

void SavedPanel::askToRemove()
{
    const QString name = m_list->currentIndex().data(HistoryDelegate::nameRole).toString();
    if (name.isEmpty())
        return;
    const auto answer = QMessageBox::question(this, tr("Delete the query?"), tr("\u201c%1\u201d goes to the trash.").arg(name));
    if (answer == QMessageBox::Yes && !m_queries.remove(name))
        QMessageBox::warning(this, tr("Delete the query?"), tr("\u201c%1\u201d could not be deleted.").arg(name));
}

} // namespace ui

#include "ui/query/history_panel.h"

#include "ui/query/cell_text.h"
#include "ui/query/history_delegate.h"
#include "ui/shell/theme.h"
#include "ui/shell/tool_tip.h"

#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QLocale>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace ui {

HistoryPanel::HistoryPanel(QueryHistory &history, QWidget *parent)
    : QWidget(parent)
    , m_history(history)
    , m_filter(new QLineEdit)
    , m_list(new QListView)
    , m_model(new QStandardItemModel(this))
    , m_empty(new QLabel(tr("Every query you run is kept here.")))
{
    m_filter->setPlaceholderText(tr("Search what was run"));
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
    m_list->setAccessibleName(tr("Queries that were run"));
    m_list->setProperty("role", "bare");
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    layout->addWidget(m_filter);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_list, 1);
    connect(m_filter, &QLineEdit::textChanged, this, &HistoryPanel::refresh);
    connect(&m_history, &QueryHistory::changed, this, &HistoryPanel::refresh);
    connect(m_list, &QListView::activated, this, [this](const QModelIndex &index) { emit chosen(index.data(HistoryDelegate::textRole).toString()); });
    refresh();
}

int HistoryPanel::shownCount() const { return m_model->rowCount(); }

void HistoryPanel::refresh()
{
    m_model->clear();
    for (const HistoryEntry &entry : m_history.entries()) {
        if (!entry.text.contains(m_filter->text().trimmed(), Qt::CaseInsensitive))
            continue;
        auto *item = new QStandardItem(entry.text.simplified().left(300));
        const QString when = QLocale().toString(entry.at.toLocalTime(), QStringLiteral("d MMM HH:mm"));
        const QString came = entry.rows ? counted(*entry.rows, tr("row"), tr("rows")) : entry.error.isEmpty() ? tr("cancelled") : entry.error;
        item->setData(entry.text, HistoryDelegate::textRole);
        item->setData(QStringLiteral("%1 · %2 · %3").arg(when, durationText(entry.milliseconds), came), HistoryDelegate::noteRole);
        item->setData(!entry.error.isEmpty(), HistoryDelegate::failedRole);
        item->setToolTip(plainToolTip(entry.text.left(2000)));
        m_model->appendRow(item);
    }
    const bool none = m_model->rowCount() == 0;
    m_empty->setText(m_filter->text().isEmpty() ? tr("Every query you run is kept here.") : tr("No query that was run has this text."));
    m_empty->setVisible(none);
    m_list->setVisible(!none);
}

} // namespace ui

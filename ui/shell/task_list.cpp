#include "ui/shell/task_list.h"

#include "ui/shell/background_tasks.h"
#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

namespace ui {
namespace {

QString lasted(const QDateTime &from, const QDateTime &to)
{
    const auto ms = from.msecsTo(to);
    if (ms < 10'000)
        return QObject::tr("%1 s").arg(QLocale().toString(double(ms) / 1000, 'f', 1));
    if (ms < 60'000)
        return QObject::tr("%1 s").arg(ms / 1000);
    return QObject::tr("%1 min %2 s").arg(ms / 60'000).arg(ms / 1000 % 60);
}

} // namespace

TaskList::TaskList(BackgroundTasks &tasks, bool runningOnly, QWidget *parent)
    : QWidget(parent)
    , m_tasks(tasks)
    , m_runningOnly(runningOnly)
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(space::m);
    const auto later = [this] {
        if (m_rebuildPending)
            return;
        m_rebuildPending = true; // A worker may report a thousand times a second.
        QTimer::singleShot(100, this, &TaskList::rebuild);
    };
    connect(&tasks, &QAbstractItemModel::rowsInserted, this, later);
    connect(&tasks, &QAbstractItemModel::rowsRemoved, this, later);
    connect(&tasks, &QAbstractItemModel::dataChanged, this, later);
    rebuild();
}

void TaskList::rebuild()
{
    m_rebuildPending = false;
    int focused = -1; // The row whose Cancel has the focus keeps it.
    while (auto *item = m_column->takeAt(0)) {
        if (auto *widget = item->widget()) {
            if (widget->focusWidget() && widget->focusWidget()->hasFocus())
                focused = widget->property("row").toInt();
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
    int shown = 0;
    for (int row = 0; row < m_tasks.rowCount(); ++row) {
        const auto index = m_tasks.index(row);
        const bool running = index.data(BackgroundTasks::RunningRole).toBool();
        if (m_runningOnly && !running)
            continue;
        ++shown;
        const auto title = index.data().toString();
        const bool cancelled = index.data(BackgroundTasks::CancelledRole).toBool();
        auto *line = new QWidget;
        line->setProperty("row", row);
        auto *grid = new QGridLayout(line);
        grid->setContentsMargins(0, 0, 0, 0);
        grid->setHorizontalSpacing(space::m);
        grid->setVerticalSpacing(space::xs);
        auto *name = new QLabel(title);
        name->setTextFormat(Qt::PlainText);
        auto *text = new QLabel(line);
        text->setTextFormat(Qt::PlainText);
        text->setProperty("role", "small");
        grid->addWidget(name, 0, 0);
        if (running) {
            auto *bar = new QProgressBar;
            const int percent = index.data(BackgroundTasks::ProgressRole).toInt();
            bar->setRange(0, percent < 0 ? 0 : 100);
            bar->setValue(percent);
            bar->setAccessibleName(tr("Progress of %1").arg(title));
            text->setText(cancelled ? tr("Stopping…") : index.data(BackgroundTasks::TextRole).toString());
            auto *cancel = new QPushButton(tr("Cancel"));
            cancel->setAccessibleName(tr("Cancel %1").arg(title));
            cancel->setEnabled(!cancelled);
            connect(cancel, &QPushButton::clicked, this, [this, id = QPersistentModelIndex(index)] { m_tasks.cancel(id.row()); });
            grid->addWidget(bar, 1, 0);
            grid->addWidget(cancel, 0, 1, 2, 1, Qt::AlignVCenter);
            grid->addWidget(text, 2, 0);
            text->setVisible(!text->text().isEmpty());
            if (focused == row)
                cancel->setFocus();
        } else {
            const auto started = index.data(BackgroundTasks::StartedRole).toDateTime();
            const auto ended = index.data(BackgroundTasks::EndedRole).toDateTime();
            text->setText(tr("%1 · %2 · %3")
                              .arg(cancelled ? tr("Cancelled") : tr("Finished"), QLocale().toString(ended.time(), QLocale::ShortFormat),
                                   lasted(started, ended)));
            grid->addWidget(text, 1, 0);
        }
        grid->setColumnStretch(0, 1);
        m_column->addWidget(line);
    }
    if (shown == 0) {
        auto *none = new QLabel(tr("Nothing is running in the background."));
        none->setProperty("role", "muted");
        m_column->addWidget(none);
    }
    m_column->addStretch(1);
    updateGeometry();
}

} // namespace ui

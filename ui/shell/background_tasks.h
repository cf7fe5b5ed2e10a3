#pragma once

#include "ui/shell/workbench.h"

#include <QAbstractListModel>
#include <QDateTime>

#include <vector>

namespace ui {

/// The tasks that run behind the window and those that have ended, newest first. Lives on the main thread; the handles that
/// start() gives out may be used and dropped on any thread, also after this model has gone.
class BackgroundTasks : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { ProgressRole = Qt::UserRole, TextRole, RunningRole, StartedRole, EndedRole, CancelledRole };

    explicit BackgroundTasks(QObject *parent = nullptr);
    ~BackgroundTasks() override;

    std::shared_ptr<Task> start(const QString &title);

    /// Asks the task to stop; it ends when its worker drops the handle.
    void cancel(int row);
    void cancelAll();
    int runningCount() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

signals:
    void runningCountChanged();

private:
    class Handle;
    struct Link; // what handles and model share
    struct Entry {
        int id = 0;
        QString title;
        QString text;
        int percent = -1;
        std::stop_source stop;
        QDateTime started;
        QDateTime ended; // null while it runs
    };

    void setProgress(int id, int percent, const QString &text);
    void end(int id);
    int rowOf(int id) const;

    std::shared_ptr<Link> m_link;
    std::vector<Entry> m_entries;
    int m_nextId = 1;
};

} // namespace ui

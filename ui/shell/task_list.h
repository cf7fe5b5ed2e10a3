#pragma once

#include <QWidget>

class QVBoxLayout;

namespace ui {

class BackgroundTasks;

/// The background tasks as rows: title, progress and its text, Cancel while one runs; how long it took afterwards.
class TaskList : public QWidget
{
    Q_OBJECT

public:
    /// With `runningOnly`, ended tasks are left out.
    TaskList(BackgroundTasks &tasks, bool runningOnly, QWidget *parent = nullptr);

private:
    void rebuild();

    BackgroundTasks &m_tasks;
    bool m_runningOnly;
    QVBoxLayout *m_column;
    bool m_rebuildPending = false;
};

} // namespace ui

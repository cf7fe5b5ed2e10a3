#include "ui/shell/background_tasks.h"

#include <QAbstractItemModelTester>
#include <QtTest>

#include <thread>

class BackgroundTasksTest : public QObject
{
    Q_OBJECT

private slots:
    void tasksReportAndAreCancelled()
    {
        ui::BackgroundTasks tasks;
        QAbstractItemModelTester tester(&tasks);
        auto task = tasks.start("Export");
        QCOMPARE(tasks.runningCount(), 1);

        std::thread([&] { task->setProgress(40, "40 of 100"); }).join();
        QTRY_COMPARE(tasks.index(0).data(ui::BackgroundTasks::ProgressRole).toInt(), 40);
        tasks.cancel(0);
        QVERIFY(task->stop().stop_requested());
        task.reset();
        QTRY_COMPARE(tasks.runningCount(), 0);
        for (int i = 0; i < 80; ++i)
            tasks.start("short");
        QTRY_VERIFY(tasks.runningCount() == 0);
    }

    void aTaskMayOutliveTheWindow()
    {
        std::shared_ptr<ui::Task> task;
        {
            ui::BackgroundTasks tasks;
            task = tasks.start("Export");
        }

        QVERIFY(task->stop().stop_requested());
        task->setProgress(10, "still here");
        task.reset();
    }
};

QTEST_MAIN(BackgroundTasksTest)
#include "background_tasks_test.moc"

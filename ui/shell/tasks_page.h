#pragma once

#include "ui/shell/document.h"

namespace ui {

class BackgroundTasks;

/// What runs in the background and what has ended. Kind "tasks".
class TasksPage : public Document
{
    Q_OBJECT

public:
    explicit TasksPage(BackgroundTasks &tasks, QWidget *parent = nullptr);

    QString kind() const override { return "tasks"; }
    QString title() const override { return tr("Tasks"); }
    QString iconName() const override { return "tasks"; }
};

} // namespace ui

#include "ui/shell/tasks_page.h"

#include "ui/shell/background_tasks.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/task_list.h"
#include "ui/shell/theme.h"

#include <QLabel>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace ui {

TasksPage::TasksPage(BackgroundTasks &tasks, QWidget *parent)
    : Document(parent)
{
    auto *title = new QLabel(tr("Tasks"));
    title->setProperty("role", "title");
    auto *note = new QLabel(tr("Work that goes on behind the window: exports, imports, long queries."));
    note->setProperty("role", "muted");
    auto *empty = new EmptyState;
    empty->show("tasks", tr("Nothing has run yet"), tr("An export or another long piece of work shows here, with its progress, and can be cancelled here."));
    auto *list = new TaskList(tasks, false);
    list->setProperty("role", "page");
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setWidget(list);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto *stack = new QStackedWidget;
    stack->addWidget(empty);
    stack->addWidget(scroll);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::l, space::xl, space::l);
    column->setSpacing(space::m);
    column->addWidget(title);
    column->addWidget(note);
    column->addWidget(stack, 1);
    const auto refresh = [stack, &tasks] { stack->setCurrentIndex(tasks.rowCount() > 0 ? 1 : 0); };
    connect(&tasks, &QAbstractItemModel::rowsInserted, this, refresh);
    refresh();
}

} // namespace ui

#include "ui/shell/status_line.h"

#include "ui/shell/background_tasks.h"
#include "ui/shell/budget_meter.h"
#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace ui {

StatusLine::StatusLine(BackgroundTasks &tasks, QWidget *parent)
    : QFrame(parent)
    , m_model(tasks)
    , m_project(new QLabel)
    , m_host(new QLabel)
    , m_connection(new QToolButton)
    , m_budget(new BudgetMeter)
    , m_tasks(new QToolButton)
    , m_agent(new QToolButton)
{
    setObjectName("statusLine");
    setAccessibleName(tr("Status"));
    m_project->setTextFormat(Qt::PlainText);
    m_host->setTextFormat(Qt::PlainText);
    for (auto *button : {m_connection, m_tasks, m_agent}) {
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setIconSize({14, 14});
    }
    m_tasks->setIcon(Theme::icon("tasks"));
    m_tasks->setToolTip(tr("Background tasks"));
    m_agent->setIcon(Theme::icon("agent"));
    m_agent->setToolTip(tr("Show or hide the agent (Ctrl+J)"));

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(space::s, space::xs, space::s, space::xs);
    row->setSpacing(space::s);
    row->addWidget(m_project);
    row->addWidget(m_host);
    row->addWidget(m_connection);
    row->addWidget(m_budget);
    row->addStretch(1);
    row->addWidget(m_tasks);
    row->addWidget(m_agent);

    connect(m_tasks, &QToolButton::clicked, this, &StatusLine::tasksClicked);
    connect(m_connection, &QToolButton::clicked, this, &StatusLine::connectionClicked);
    connect(m_agent, &QToolButton::clicked, this, &StatusLine::agentClicked);
    connect(&tasks, &BackgroundTasks::runningCountChanged, this, &StatusLine::refreshTasks);
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, &StatusLine::paintConnection);
    setProject({}, {}, false);
    setConnection(Connection::None, tr("Not connected"));
    setAgent(tr("No agent"));
    refreshTasks();
}

void StatusLine::setProject(const QString &name, const QString &host, bool isDemo)
{
    m_project->setText(isDemo ? tr("Demo project") : name);
    m_project->setVisible(isDemo || !name.isEmpty());
    m_project->setToolTip(isDemo ? tr("The data shown is made up; it lives on this computer.") : QString());
    setStyleProperty(m_project, "role", isDemo ? "demoChip" : "chip");
    m_host->setText(isDemo ? name : host);
    m_host->setVisible(!m_host->text().isEmpty());
}

void StatusLine::setConnection(Connection state, const QString &text)
{
    m_state = state;
    m_connection->setText(text);
    m_connection->setAccessibleName(tr("Connection: %1").arg(text));
    m_connection->setToolTip(tr("Project connection"));
    paintConnection();
}

void StatusLine::paintConnection()
{
    const auto &c = Theme::colors();
    switch (m_state) {
    case Connection::None:
        m_connection->setIcon(Theme::icon("circle", c.muted));
        break;
    case Connection::Connecting:
        m_connection->setIcon(Theme::icon("clock", c.muted));
        break;
    case Connection::Connected:
        m_connection->setIcon(Theme::icon("check", c.good));
        break;
    case Connection::Failed:
        m_connection->setIcon(Theme::icon("error", c.bad));
        break;
    }
}

void StatusLine::setAgent(const QString &text)
{
    m_agent->setText(text);
    m_agent->setAccessibleName(text);
}

QString StatusLine::projectText() const { return m_project->text(); }
QString StatusLine::connectionText() const { return m_connection->text(); }

void StatusLine::refreshTasks()
{
    const int running = m_model.runningCount();
    m_tasks->setText(running == 0 ? tr("No tasks") : running == 1 ? tr("1 task running") : tr("%1 tasks running").arg(running));
    m_tasks->setAccessibleName(m_tasks->text());
}

} // namespace ui

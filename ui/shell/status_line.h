#pragma once

#include <QFrame>

class QLabel;
class QToolButton;

namespace ui {

class BackgroundTasks;
class BudgetMeter;

/// The line at the bottom: which project, how the connection is, what is left of PostHog's limits, what runs, which agent.
class StatusLine : public QFrame
{
    Q_OBJECT

public:
    enum class Connection { None, Connecting, Connected, Failed };

    explicit StatusLine(BackgroundTasks &tasks, QWidget *parent = nullptr);

    /// `isDemo` is said in words and colour, always.
    void setProject(const QString &name, const QString &host, bool isDemo);
    void setConnection(Connection state, const QString &text);
    void setAgent(const QString &text);
    QString projectText() const;
    QString connectionText() const;
    QToolButton *tasksButton() const { return m_tasks; }
    BudgetMeter &budget() { return *m_budget; }

signals:
    void tasksClicked();
    void connectionClicked();
    void agentClicked();

private:
    void refreshTasks();
    void paintConnection();

    BackgroundTasks &m_model;
    QLabel *m_project;
    QLabel *m_host;
    QToolButton *m_connection;
    BudgetMeter *m_budget;
    QToolButton *m_tasks;
    QToolButton *m_agent;
    Connection m_state = Connection::None;
};

} // namespace ui

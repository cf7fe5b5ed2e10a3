#pragma once

#include "ui/shell/agent_setup.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QVBoxLayout;

namespace ui {

/// The agents beside the embedded one: which are offered, whether each answers, and the user's own.
class AgentsCard : public QWidget
{
    Q_OBJECT

public:
    explicit AgentsCard(AgentSetup &setup, QWidget *parent = nullptr);
    ~AgentsCard() override;

private:
    void refresh();
    QWidget *row(const OtherAgent &agent);
    QWidget *form();
    void tryOut(const QString &id);
    void add();

    AgentSetup &m_setup;
    QVBoxLayout *m_rows;
    QString m_tried;       // id of the agent that is, or was, tried
    bool m_isTrying = false;
    QString m_answer;      // of the trial
    bool m_hasFailed = false;
    QLineEdit *m_name;
    QLineEdit *m_command;
    QPlainTextEdit *m_environment;
    QLabel *m_problem;
};

} // namespace ui

#pragma once

#include "ui/conversation/agent_line.h"

#include <QFrame>

class QVBoxLayout;

namespace ui {

/// Why a session cannot go on with its agent, and what can be done: the agent has gone (with what it wrote last), or wants somebody to
/// log in. Hidden while all is well.
class AgentStateCard : public QFrame
{
    Q_OBJECT

public:
    explicit AgentStateCard(QWidget *parent = nullptr);

    void show(AgentLine &line);

signals:
    void loginInTerminal(const ui::AgentLine::LoginMethod &method);

private:
    void build(AgentLine &line);
    void buildGone(AgentLine &line, QVBoxLayout &column);
    void buildLogin(AgentLine &line, QVBoxLayout &column);

    QVBoxLayout *m_column;
    QWidget *m_body = nullptr;
};

} // namespace ui

#pragma once

#include "ui/conversation/agent_hub.h"
#include "ui/shell/workbench.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QMenu;
class QToolButton;

namespace ui {

/// The head of the agent panel: which session shows, in which mode it works, on which model, and how full its memory is. Each opens
/// a menu to choose another.
class AgentHead : public QWidget
{
    Q_OBJECT

public:
    AgentHead(AgentHub &hub, Workbench &workbench, QWidget *parent = nullptr);

    void setSession(AgentSession *session);
    void refresh();
    void refreshTitle();
    void cycleMode();

    /// Whether the panel is a tab of its own: the button then brings it back to the side.
    void setInTab(bool isInTab);

signals:
    void sessionAdded();
    void placeChanged(bool inTab); // asked for

private:
    void fillSessionMenu();
    void fillModeMenu();
    void fillModelMenu();
    void addAgentsTo(QMenu &menu, const QString &plain, const QString &with); // an entry for each agent; `with` holds "%1"

    AgentHub &m_hub;
    Workbench &m_workbench;
    QPointer<AgentSession> m_session;
    QToolButton *m_sessionButton;
    QToolButton *m_place;
    QToolButton *m_modeButton;
    QToolButton *m_modelButton;
    QLabel *m_usage;
    bool m_isInTab = false;
};

} // namespace ui

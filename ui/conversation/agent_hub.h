#pragma once

#include "ui/conversation/acp_client.h"
#include "ui/conversation/agent_session.h"
#include "ui/shell/json_file.h"

namespace ui {

/// The window's agent: starts it, notices when it has gone, and keeps its sessions.
class AgentHub : public QObject
{
    Q_OBJECT

public:
    enum class State { Starting, Ready, Gone };

    /// Makes a fresh agent and the transport to it; called at start() and at each restart, on the main thread.
    using Launcher = std::function<ph::Result<std::unique_ptr<acp::Transport>>()>;

    /// Drafts are kept in `dataFolder`/drafts.json; `workFolder` is the sessions' cwd.
    AgentHub(Launcher launcher, QString dataFolder, QString workFolder, QObject *parent = nullptr);
    ~AgentHub() override;

    void start(); // and restart
    State state() const { return m_state; }
    QString goneReason() const { return m_goneReason; }
    QString agentName() const;

    /// Where sessions work that are begun from now on; an existing folder.
    void setWorkFolder(const QString &folder) { m_workFolder = folder; }
    const QString &workFolder() const { return m_workFolder; }

    /// A new session; it opens when the agent is ready. Messages sent before that wait in its queue.
    AgentSession *newSession();
    /// A session that the agent knows from its log, or the one here that has this id.
    AgentSession *loadSession(const acp::SessionId &id);
    const std::vector<AgentSession *> &sessions() const { return m_sessions; }
    AgentSession *find(const acp::SessionId &id) const; // null: not here

    /// The one the panel shows. There is always one.
    AgentSession *current() const { return m_current; }
    void setCurrent(AgentSession *session);
    void remove(AgentSession *session); // stops it first

    int waitingQuestions() const; // of all sessions

signals:
    void stateChanged();
    void sessionsChanged();
    void currentChanged();
    void questionsChanged();
    void finished(ui::AgentSession *session, const QString &stopReason);

private:
    AgentSession *add();
    void open(AgentSession *session);
    void openNew(AgentSession *session);
    void saveDrafts();

    Launcher m_launcher;
    QString m_workFolder;
    JsonFile m_drafts;
    AcpClient m_client;
    State m_state = State::Starting;
    QString m_goneReason;
    std::vector<AgentSession *> m_sessions;
    AgentSession *m_current = nullptr;
    std::vector<acp::SessionNotification> m_early; // of sessions whose answer is on its way
    QTimer m_saving;
};

} // namespace ui

#pragma once

#include "ui/conversation/agent_line.h"
#include "ui/conversation/agent_session.h"
#include "ui/shell/json_file.h"

namespace ui {

/// The window's agents and the sessions that are held with them: the embedded agent, which is always there, and others beside it.
class AgentHub : public QObject
{
    Q_OBJECT

public:
    using State = AgentLine::State;

    /// Makes a fresh embedded agent and the transport to it; called at start() and at each restart, on the main thread.
    using Launcher = std::function<ph::Result<std::unique_ptr<acp::Transport>>()>;

    /// Drafts are kept in `dataFolder`/drafts.json; `workFolder` is the sessions' cwd.
    AgentHub(Launcher embedded, QString dataFolder, QString workFolder, QObject *parent = nullptr);
    ~AgentHub() override;

    void start(); // the embedded agent; and restart
    AgentLine &embedded() const { return *m_embedded; }

    /// The agents beside the embedded one that a session can be begun with. Sessions that run stay as they are.
    void setOthers(std::vector<AgentChoice> others);
    const std::vector<AgentChoice> &others() const { return m_others; }

    /// Where sessions work that are begun from now on; an existing folder.
    void setWorkFolder(const QString &folder) { m_workFolder = folder; }
    const QString &workFolder() const { return m_workFolder; }

    /// A new session, with the embedded agent or the other one of this id; it opens when its agent is ready. Messages sent before
    /// that wait in its queue.
    AgentSession *newSession(const QString &agentId = {});
    /// A session of the log that goes on with its agent, in its folder (empty: the work folder), or the one here that has this id.
    AgentSession *loadSession(const acp::SessionId &id, const QString &agentId = {}, const QString &folder = {});
    const std::vector<AgentSession *> &sessions() const { return m_sessions; }
    AgentSession *find(const acp::SessionId &id) const; // null: not here

    /// The one the panel shows. There is always one.
    AgentSession *current() const { return m_current; }
    void setCurrent(AgentSession *session);
    void remove(AgentSession *session); // stops it first

    int waitingQuestions() const; // of all sessions

signals:
    void stateChanged(); // of any agent
    void othersChanged();
    void sessionsChanged();
    void currentChanged();
    void questionsChanged();
    void finished(ui::AgentSession *session, const QString &stopReason);

private:
    AgentLine *lineFor(const QString &agentId);
    AgentSession *add(const QString &agentId, const QString &folder);
    void saveDrafts();

    QString m_workFolder;
    JsonFile m_drafts;
    std::vector<AgentChoice> m_others;
    AgentLine *m_embedded;
    std::vector<AgentSession *> m_sessions;
    AgentSession *m_current = nullptr;
    QTimer m_saving;
};

} // namespace ui

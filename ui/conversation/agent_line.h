#pragma once

#include "ui/conversation/acp_client.h"

#include <QElapsedTimer>
#include <QTimer>

#include <deque>

namespace ui {

class AgentSession;

/// An agent that sessions can be held with: the one in this program, or another program.
struct AgentChoice {
    /// `then` is called once, on the main thread, now or later, with a fresh agent's transport. The launcher may be called again.
    using Launched = std::function<void(ph::Result<std::unique_ptr<acp::Transport>>)>;

    QString id;   // "hoglet", "codex"
    QString name; // "Codex"
    std::function<void(const Launched &then)> launch;
    AcpClient::Offers offers = {}; // what the window does for it
    bool servesAll = false; // one agent for all sessions; else each session has one of its own, which a crash takes alone

    // What log-in in a terminal starts from: the program with its arguments, and what is added to our environment.
    std::vector<std::string> command = {};
    std::vector<std::pair<std::string, std::string>> environment = {};
};

/// One agent that runs, or is to: its connection, and the sessions that it serves. It notices when the agent has gone, and opens
/// its sessions again when it is back. One that serves a single session is started again by itself, but not for ever.
class AgentLine : public QObject
{
    Q_OBJECT

public:
    enum class State { Idle, Starting, LoggedOut, Ready, Gone };

    /// A way to log in, as the agent offers it.
    struct LoginMethod {
        QString id;
        QString name;
        QString description;
        bool isTerminal = false;              // to be run in a terminal: the agent's own program with these
        std::vector<std::string> arguments = {};
        std::vector<std::pair<std::string, std::string>> environment = {};
    };

    explicit AgentLine(AgentChoice choice, QObject *parent = nullptr);
    ~AgentLine() override;

    const AgentChoice &choice() const { return m_choice; }
    AcpClient &client() { return m_client; }

    void start(); // and restart: an agent that runs is ended
    State state() const { return m_state; }
    bool isComingBack() const { return m_respawn.isActive(); } // Gone, and to be started again by itself
    const QString &goneReason() const { return m_goneReason; } // one sentence
    const QString &lastWords() const { return m_lastWords; }   // what it wrote before it went; may be empty
    QString agentName() const;                                  // as it calls itself, else the choice's name

    const std::vector<LoginMethod> &loginMethods() const { return m_logins; }
    const QString &loginReason() const { return m_loginReason; } // the agent's own words
    /// Asks the agent to log in, which may take minutes and open a browser; its sessions open afterwards. Not for terminal methods:
    /// start() after the program of such a one has ended well.
    void logIn(const QString &method);
    bool isLoggingIn() const { return m_isLoggingIn; }

    /// Serves `session` from now on, and opens it as soon as the agent is there.
    void attach(AgentSession *session);
    void detach(AgentSession *session); // and closes it
    const std::vector<AgentSession *> &sessions() const { return m_sessions; }

signals:
    void stateChanged();

private:
    void launched(ph::Result<std::unique_ptr<acp::Transport>> transport);
    void becomeReady();
    void becomeGone(const QString &reason);
    void needLogin(const QString &reason);
    void hear(const acp::SessionNotification &notification);
    void route(const std::shared_ptr<Question> &question);
    AgentSession *find(const acp::SessionId &id) const;
    void open(AgentSession *session);
    void openNew(AgentSession *session);
    void setState(State state);

    const AgentChoice m_choice;
    AcpClient m_client;
    State m_state = State::Idle;
    QString m_goneReason;
    QString m_lastWords;
    std::vector<LoginMethod> m_logins;
    QString m_loginReason;
    bool m_isLoggingIn = false;
    std::vector<AgentSession *> m_sessions;
    std::vector<acp::SessionNotification> m_early; // of sessions whose answer is on its way
    int m_launch = 0;                              // what an older launch brings is ended
    QTimer m_respawn;
    std::deque<QElapsedTimer> m_respawns;          // of the last minute
};

} // namespace ui

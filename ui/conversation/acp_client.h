#pragma once

#include "agent/acp/client_side.h"
#include "ui/conversation/client_files.h"
#include "ui/conversation/question.h"
#include "ui/terminal/client_terminals.h"

#include <QObject>
#include <QTimer>

#include <atomic>
#include <functional>
#include <map>

namespace ui {

/// The window's end of the ACP line, and the one place where the agent's threads meet Qt: what comes in on the reader thread
/// goes out as signals on the thread of this object, in the order it came.
class AcpClient : public QObject, private acp::ClientHandler
{
    Q_OBJECT

public:
    /// What is done for the agent beside showing what it says.
    struct Offers {
        bool terminals = false;     // terminal/*, and to show the terminals that an agent tells of in `_meta`
        bool terminalLogin = false; // auth.terminal: log-ins that whoever connects runs in a TerminalDialog
        FileGuard files = {};       // fs/* beneath a session's roots, but for what the guard refuses; empty: not offered
    };

    explicit AcpClient(QObject *parent = nullptr); // offers nothing
    AcpClient(Offers offers, QObject *parent);
    ~AcpClient() override;

    /// Starts on this transport and says initialize; ready() or agentGone() follows. A connection there was ends first.
    void connectTo(std::unique_ptr<acp::Transport> transport);
    void disconnectNow();
    bool isReady() const { return m_ready; }
    bool isConnected() const { return m_connected; }
    const acp::InitializeResponse &agent() const { return m_agent; } // once ready
    bool takesPictures() const; // promptCapabilities.image

    // The answer comes to `then` on the thread of this object, once; never after this object has gone.
    template <typename T>
    using Then = std::function<void(const ph::Result<T> &)>;
    void authenticate(const std::string &method, Then<acp::Empty> then);
    void newSession(const acp::NewSessionRequest &request, Then<acp::NewSessionResponse> then);
    void loadSession(const acp::LoadSessionRequest &request, Then<acp::LoadSessionResponse> then);
    void closeSession(const acp::SessionId &session); // where the agent can
    void prompt(const acp::PromptRequest &request, Then<acp::PromptResponse> then);
    void setMode(const acp::SessionId &session, const std::string &mode, Then<acp::Empty> then);
    void setConfigOption(const acp::SetConfigOptionRequest &request, Then<acp::SetConfigOptionResponse> then);

    /// The folders that a session's files and terminals are in, its cwd first; absolute. newSession() and loadSession() say so themselves.
    void setRoots(const acp::SessionId &session, const std::vector<std::string> &roots);
    /// The session is closed: its terminals end, its files are closed to the agent.
    void endSession(const acp::SessionId &session);

    /// Ends the turn: open questions of that session are answered "cancelled", then the agent is told. Once a turn.
    void cancel(const acp::SessionId &session);

signals:
    void ready();
    void agentGone(const QString &reason); // once a connection; also when initialize fails
    void updated(const acp::SessionNotification &notification);
    void questionAsked(const std::shared_ptr<ui::Question> &question);
    void terminalNews(const ui::TerminalNews &news); // at most every 80 ms a terminal; also of sessions that were just closed
    void questionWithdrawn(quint64 question); // the agent took it back, or the line ended; not told for an answered one

private:
    void sessionUpdate(const acp::SessionNotification &notification) override;
    acp::Work<acp::RequestPermissionResponse> requestPermission(const acp::RequestPermissionRequest &request, std::stop_token stop) override;
    acp::Work<acp::ElicitationResponse> createElicitation(const acp::ElicitationRequest &request, std::stop_token stop) override;
    acp::Work<acp::ReadTextFileResponse> readTextFile(const acp::ReadTextFileRequest &request, std::stop_token stop) override;
    acp::Work<acp::Empty> writeTextFile(const acp::WriteTextFileRequest &request, std::stop_token stop) override;
    acp::Work<acp::CreateTerminalResponse> createTerminal(const acp::CreateTerminalRequest &request, std::stop_token stop) override;
    acp::Reply<acp::TerminalOutputResponse> terminalOutput(const acp::TerminalRequest &request) override;
    acp::Work<acp::TerminalExitStatus> waitForTerminalExit(const acp::TerminalRequest &request, std::stop_token stop) override;
    acp::Reply<acp::Empty> killTerminal(const acp::TerminalRequest &request) override;
    acp::Reply<acp::Empty> releaseTerminal(const acp::TerminalRequest &request) override;
    void closed(const std::string &reason) override;

    /// Runs on our thread, unless the connection it belongs to has been replaced by then.
    void post(std::function<void()> call);
    template <typename T>
    std::function<void(ph::Result<T>)> here(Then<T> then);
    template <typename T>
    bool refuse(const Then<T> &then);
    void offer(const std::shared_ptr<Question> &question);
    void lost(const QString &reason);
    ph::Json capabilities() const;
    template <typename Request>
    static std::vector<std::string> rootsOf(const Request &request);
    void endSessions();

    const Offers m_offers;
    QTimer m_news;                                // until the news of terminals is taken
    std::unique_ptr<ClientTerminals> m_terminals; // null: not offered; the connection's threads use both
    std::unique_ptr<ClientFiles> m_files;

    std::atomic<int> m_generation = 0; // of connections
    std::unique_ptr<acp::ClientSide> m_side;
    acp::InitializeResponse m_agent;
    bool m_ready = false;
    bool m_connected = false;
    std::map<std::uint64_t, std::weak_ptr<Question>> m_open; // questions without an answer
};

} // namespace ui

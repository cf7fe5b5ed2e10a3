#pragma once

#include "agent/acp/client_side.h"
#include "ui/conversation/question.h"

#include <QObject>

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
    explicit AcpClient(QObject *parent = nullptr);
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

    /// Ends the turn: open questions of that session are answered "cancelled", then the agent is told. Once a turn.
    void cancel(const acp::SessionId &session);

signals:
    void ready();
    void agentGone(const QString &reason); // once a connection; also when initialize fails
    void updated(const acp::SessionNotification &notification);
    void questionAsked(const std::shared_ptr<ui::Question> &question);
    void questionWithdrawn(quint64 question); // the agent took it back, or the line ended; not told for an answered one

private:
    void sessionUpdate(const acp::SessionNotification &notification) override;
    acp::Work<acp::RequestPermissionResponse> requestPermission(const acp::RequestPermissionRequest &request, std::stop_token stop) override;
    acp::Work<acp::ElicitationResponse> createElicitation(const acp::ElicitationRequest &request, std::stop_token stop) override;
    void closed(const std::string &reason) override;

    /// Runs on our thread, unless the connection it belongs to has been replaced by then.
    void post(std::function<void()> call);
    template <typename T>
    std::function<void(ph::Result<T>)> here(Then<T> then);
    template <typename T>
    bool refuse(const Then<T> &then);
    void offer(const std::shared_ptr<Question> &question);
    void lost(const QString &reason);

    std::atomic<int> m_generation = 0; // of connections
    std::unique_ptr<acp::ClientSide> m_side;
    acp::InitializeResponse m_agent;
    bool m_ready = false;
    bool m_connected = false;
    std::map<std::uint64_t, std::weak_ptr<Question>> m_open; // questions without an answer
};

} // namespace ui

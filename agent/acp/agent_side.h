#pragma once

#include "agent/acp/connection.h"

namespace acp {

/// The client at the other end, as an agent sees it. Any thread, but the calls that wait not on the reader's (see Connection).
class Client
{
public:
    virtual ~Client() = default;

    virtual void update(const SessionId &session, const SessionUpdate &update) = 0;
    /// A line that is an update already, as it stands in a journal: {"sessionUpdate": …}.
    virtual void updateRaw(const SessionId &session, const ph::Json &update) = 0;

    /// Waits for the user. Error: Cancelled when `stop` is requested or the client has gone; else the client's own.
    virtual ph::Result<RequestPermissionResponse> requestPermission(const RequestPermissionRequest &request, std::stop_token stop) = 0;
    virtual ph::Result<ElicitationResponse> createElicitation(const ElicitationRequest &request, std::stop_token stop) = 0;

    /// Only where the client's capabilities offer them. Error NotFound: there is no such file.
    virtual ph::Result<ReadTextFileResponse> readTextFile(const ReadTextFileRequest &request, std::stop_token stop) = 0;
    virtual ph::Result<Empty> writeTextFile(const WriteTextFileRequest &request, std::stop_token stop) = 0;
    /// Every terminal that was created is to be released, after a cancel too.
    virtual ph::Result<CreateTerminalResponse> createTerminal(const CreateTerminalRequest &request, std::stop_token stop) = 0;
    virtual ph::Result<TerminalOutputResponse> terminalOutput(const TerminalRequest &request, std::stop_token stop) = 0;
    virtual ph::Result<TerminalExitStatus> waitForTerminalExit(const TerminalRequest &request, std::stop_token stop) = 0;
    virtual ph::Result<Empty> killTerminal(const TerminalRequest &request, std::stop_token stop) = 0;
    virtual ph::Result<Empty> releaseTerminal(const TerminalRequest &request, std::stop_token stop) = 0;

    /// An extension, `method` with its "_posthog/".
    virtual void notify(const std::string &method, const ph::Json &params) = 0;
};

/// What an agent does, one function a method. They run on the reader thread, in the order of the messages, but for a Work, whose call
/// runs on a thread of its own.
class Agent
{
public:
    virtual ~Agent() = default;

    virtual Reply<InitializeResponse> initialize(const InitializeRequest &request) = 0;
    virtual Reply<Empty> authenticate(const AuthenticateRequest &request) = 0;
    virtual Reply<NewSessionResponse> newSession(const NewSessionRequest &request) = 0;
    /// Sends the session's history as updates, then answers.
    virtual Work<LoadSessionResponse> loadSession(const LoadSessionRequest &request, std::stop_token stop) = 0;
    virtual Reply<ResumeSessionResponse> resumeSession(const ResumeSessionRequest &request) = 0;
    virtual Reply<ListSessionsResponse> listSessions(const ListSessionsRequest &request) = 0;
    virtual Reply<Empty> closeSession(const CloseSessionRequest &request) = 0;
    virtual Reply<Empty> deleteSession(const DeleteSessionRequest &request) = 0;
    virtual Work<PromptResponse> prompt(const PromptRequest &request, std::stop_token stop) = 0;
    virtual void cancel(const CancelNotification &notification) = 0;
    virtual Reply<Empty> setMode(const SetModeRequest &request) = 0;
    virtual Reply<SetConfigOptionResponse> setConfigOption(const SetConfigOptionRequest &request) = 0;

    /// Called once the answer of newSession() is on its way: what the client should hear first about the session.
    virtual void announce(const SessionId &session) = 0;

    /// Methods that ACP does not name. Default: there is none (-32601), and notifications are passed over.
    virtual Reply<ph::Json> extensionRequest(const std::string &method, const ph::Json &params);
    virtual void extensionNotification(const std::string &method, const ph::Json &params);
};

/// The agent's end of a line: the table of its methods, and the client for it to call.
/// Requests before `initialize` are refused with -32600.
class AgentSide
{
public:
    explicit AgentSide(std::unique_ptr<Transport> transport);
    ~AgentSide();

    Client &client();

    /// `agent` must outlive this object.
    void start(Agent &agent);

    /// Waits until the client has closed.
    void waitUntilClosed();

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace acp

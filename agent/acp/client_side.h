#pragma once

#include "agent/acp/connection.h"

namespace acp {

/// What an agent asks of its client, and tells it. Everything is called on the reader thread, one after another, in the order in which
/// the agent sent it (the replies to our own calls included); a Work's call runs on a thread of its own and may wait for the user.
class ClientHandler
{
public:
    virtual ~ClientHandler() = default;

    /// May speak of a session whose session/new or session/load is not answered yet.
    virtual void sessionUpdate(const SessionNotification &notification) = 0;

    /// `stop` is requested when the agent withdraws the question, or the connection ends. After session/cancel the client itself
    /// answers what is pending of that session: outcome "cancelled".
    virtual Work<RequestPermissionResponse> requestPermission(const RequestPermissionRequest &request, std::stop_token stop) = 0;

    /// Asked only when the capability elicitation.form was given. Default: action "decline".
    virtual Work<ElicitationResponse> createElicitation(const ElicitationRequest &request, std::stop_token stop);

    // Called only where the capabilities fs and terminal were given. Defaults: -32601.
    virtual Work<ReadTextFileResponse> readTextFile(const ReadTextFileRequest &request, std::stop_token stop);
    virtual Work<Empty> writeTextFile(const WriteTextFileRequest &request, std::stop_token stop);
    virtual Work<CreateTerminalResponse> createTerminal(const CreateTerminalRequest &request, std::stop_token stop);
    virtual Reply<TerminalOutputResponse> terminalOutput(const TerminalRequest &request);
    /// Answers when the command has ended, was killed, or its terminal was released.
    virtual Work<TerminalExitStatus> waitForTerminalExit(const TerminalRequest &request, std::stop_token stop);
    virtual Reply<Empty> killTerminal(const TerminalRequest &request);    // its output stays to be asked for
    virtual Reply<Empty> releaseTerminal(const TerminalRequest &request); // kills it too; its id is void from then on

    /// Methods that start with "_" (both "_posthog/x" and the older "__posthog/x" come as "_posthog/x"), and what else ACP has that
    /// this client does not bind. Default: -32601, and notifications are passed over.
    virtual Reply<ph::Json> extensionRequest(const std::string &method, const ph::Json &params);
    virtual void extensionNotification(const std::string &method, const ph::Json &params);

    /// The agent has gone, once; `reason` is empty when it simply left (see Transport::ending). Calls that were waiting have failed before.
    virtual void closed(const std::string &reason) = 0;
};

/// The client's end of a line. Each call comes twice: the one with `then` returns at once and tells the answer on the reader thread, in
/// order with the updates around it (exactly once, also when the line ends first); the other waits and must not be called from there.
/// Errors: Unauthorized (-32000: log in), NotFound (no such session), InvalidInput, Cancelled (the line ended), Internal.
class ClientSide
{
public:
    template <typename T>
    using Then = std::function<void(ph::Result<T>)>;

    /// `handler` must outlive this object.
    ClientSide(std::unique_ptr<Transport> transport, ClientHandler &handler);
    ~ClientSide(); // not on the reader thread, nor inside a Work

    void start();

    ph::Result<InitializeResponse> initialize(const InitializeRequest &request, std::stop_token stop = {}, std::chrono::milliseconds timeout = {});
    ph::Result<NewSessionResponse> newSession(const NewSessionRequest &request, std::stop_token stop = {}, std::chrono::milliseconds timeout = {});
    ph::Result<LoadSessionResponse> loadSession(const LoadSessionRequest &request, std::stop_token stop = {});
    ph::Result<PromptResponse> prompt(const PromptRequest &request, std::stop_token stop = {});

    void initialize(const InitializeRequest &request, Then<InitializeResponse> then);
    void authenticate(const AuthenticateRequest &request, Then<Empty> then);
    void newSession(const NewSessionRequest &request, Then<NewSessionResponse> then);
    void loadSession(const LoadSessionRequest &request, Then<LoadSessionResponse> then);
    void resumeSession(const ResumeSessionRequest &request, Then<ResumeSessionResponse> then);
    void listSessions(const ListSessionsRequest &request, Then<ListSessionsResponse> then);
    void closeSession(const CloseSessionRequest &request, Then<Empty> then);
    void deleteSession(const DeleteSessionRequest &request, Then<Empty> then);
    void prompt(const PromptRequest &request, Then<PromptResponse> then);
    void setMode(const SetModeRequest &request, Then<Empty> then);
    void setConfigOption(const SetConfigOptionRequest &request, Then<SetConfigOptionResponse> then);

    /// Send it once a turn. The prompt still answers, with stopReason "cancelled".
    void cancel(const SessionId &session);

    /// An extension, `method` with its "_posthog/".
    void extensionRequest(const std::string &method, const ph::Json &params, Then<ph::Json> then);
    void extensionNotification(const std::string &method, const ph::Json &params);

    void close();

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace acp

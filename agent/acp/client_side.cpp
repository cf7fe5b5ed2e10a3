#include "agent/acp/client_side.h"

namespace acp {
namespace {

/// The answer of a client that did not offer the method.
tl::unexpected<RpcError> unoffered(const char *method) { return refuse(code::methodNotFound, std::string("This client does not offer ") + method + "."); }

} // namespace

Work<ReadTextFileResponse> ClientHandler::readTextFile(const ReadTextFileRequest &, std::stop_token)
{
    return []() -> Reply<ReadTextFileResponse> { return unoffered("fs/read_text_file"); };
}
Work<Empty> ClientHandler::writeTextFile(const WriteTextFileRequest &, std::stop_token)
{
    return []() -> Reply<Empty> { return unoffered("fs/write_text_file"); };
}
Work<CreateTerminalResponse> ClientHandler::createTerminal(const CreateTerminalRequest &, std::stop_token)
{
    return []() -> Reply<CreateTerminalResponse> { return unoffered("terminal/create"); };
}
Reply<TerminalOutputResponse> ClientHandler::terminalOutput(const TerminalRequest &) { return unoffered("terminal/output"); }
Work<TerminalExitStatus> ClientHandler::waitForTerminalExit(const TerminalRequest &, std::stop_token)
{
    return []() -> Reply<TerminalExitStatus> { return unoffered("terminal/wait_for_exit"); };
}
Reply<Empty> ClientHandler::killTerminal(const TerminalRequest &) { return unoffered("terminal/kill"); }
Reply<Empty> ClientHandler::releaseTerminal(const TerminalRequest &) { return unoffered("terminal/release"); }

Work<ElicitationResponse> ClientHandler::createElicitation(const ElicitationRequest &, std::stop_token)
{
    return []() -> Reply<ElicitationResponse> { return ElicitationResponse{"decline", {}}; };
}

Reply<ph::Json> ClientHandler::extensionRequest(const std::string &method, const ph::Json &)
{
    return refuse(code::methodNotFound, "Unknown method: " + method);
}

void ClientHandler::extensionNotification(const std::string &, const ph::Json &) {}

class ClientSide::Impl
{
public:
    Impl(std::unique_ptr<Transport> transport, ClientHandler &handler)
        : connection(std::move(transport), Side::Client)
    {
        connection.onNotification("session/update", &handler, &ClientHandler::sessionUpdate);
        connection.onRequest("session/request_permission", &handler, &ClientHandler::requestPermission);
        connection.onRequest("elicitation/create", &handler, &ClientHandler::createElicitation);
        connection.onRequest("fs/read_text_file", &handler, &ClientHandler::readTextFile);
        connection.onRequest("fs/write_text_file", &handler, &ClientHandler::writeTextFile);
        connection.onRequest("terminal/create", &handler, &ClientHandler::createTerminal);
        connection.onRequest("terminal/output", &handler, &ClientHandler::terminalOutput);
        connection.onRequest("terminal/wait_for_exit", &handler, &ClientHandler::waitForTerminalExit);
        connection.onRequest("terminal/kill", &handler, &ClientHandler::killTerminal);
        connection.onRequest("terminal/release", &handler, &ClientHandler::releaseTerminal);
        connection.onOtherRequest([&handler](const std::string &method, const ph::Json &params) {
            return handler.extensionRequest(plainName(method), params);
        });
        connection.onOtherNotification([&handler](const std::string &method, const ph::Json &params) {
            handler.extensionNotification(plainName(method), params);
        });
        connection.onClosed([&handler](const std::string &reason) { handler.closed(reason); });
    }

    Connection connection;
};

ClientSide::ClientSide(std::unique_ptr<Transport> transport, ClientHandler &handler)
    : m_impl(std::make_unique<Impl>(std::move(transport), handler))
{
}
ClientSide::~ClientSide() = default;

void ClientSide::start() { m_impl->connection.start(); }
void ClientSide::close() { m_impl->connection.close(); }

ph::Result<InitializeResponse> ClientSide::initialize(const InitializeRequest &request, std::stop_token stop, std::chrono::milliseconds timeout)
{
    return m_impl->connection.call<InitializeResponse>("initialize", request, std::move(stop), timeout);
}
ph::Result<NewSessionResponse> ClientSide::newSession(const NewSessionRequest &request, std::stop_token stop, std::chrono::milliseconds timeout)
{
    return m_impl->connection.call<NewSessionResponse>("session/new", request, std::move(stop), timeout);
}
ph::Result<LoadSessionResponse> ClientSide::loadSession(const LoadSessionRequest &request, std::stop_token stop)
{
    return m_impl->connection.call<LoadSessionResponse>("session/load", request, std::move(stop));
}
ph::Result<PromptResponse> ClientSide::prompt(const PromptRequest &request, std::stop_token stop)
{
    return m_impl->connection.call<PromptResponse>("session/prompt", request, std::move(stop));
}

void ClientSide::initialize(const InitializeRequest &request, Then<InitializeResponse> then)
{
    m_impl->connection.callThen<InitializeResponse>("initialize", request, std::move(then));
}
void ClientSide::authenticate(const AuthenticateRequest &request, Then<Empty> then)
{
    m_impl->connection.callThen<Empty>("authenticate", request, std::move(then));
}
void ClientSide::newSession(const NewSessionRequest &request, Then<NewSessionResponse> then)
{
    m_impl->connection.callThen<NewSessionResponse>("session/new", request, std::move(then));
}
void ClientSide::loadSession(const LoadSessionRequest &request, Then<LoadSessionResponse> then)
{
    m_impl->connection.callThen<LoadSessionResponse>("session/load", request, std::move(then));
}
void ClientSide::resumeSession(const ResumeSessionRequest &request, Then<ResumeSessionResponse> then)
{
    m_impl->connection.callThen<ResumeSessionResponse>("session/resume", request, std::move(then));
}
void ClientSide::listSessions(const ListSessionsRequest &request, Then<ListSessionsResponse> then)
{
    m_impl->connection.callThen<ListSessionsResponse>("session/list", request, std::move(then));
}
void ClientSide::closeSession(const CloseSessionRequest &request, Then<Empty> then)
{
    m_impl->connection.callThen<Empty>("session/close", request, std::move(then));
}
void ClientSide::deleteSession(const DeleteSessionRequest &request, Then<Empty> then)
{
    m_impl->connection.callThen<Empty>("session/delete", request, std::move(then));
}
void ClientSide::prompt(const PromptRequest &request, Then<PromptResponse> then)
{
    m_impl->connection.callThen<PromptResponse>("session/prompt", request, std::move(then));
}
void ClientSide::setMode(const SetModeRequest &request, Then<Empty> then)
{
    m_impl->connection.callThen<Empty>("session/set_mode", request, std::move(then));
}
void ClientSide::setConfigOption(const SetConfigOptionRequest &request, Then<SetConfigOptionResponse> then)
{
    m_impl->connection.callThen<SetConfigOptionResponse>("session/set_config_option", request, std::move(then));
}

void ClientSide::cancel(const SessionId &session) { m_impl->connection.notify("session/cancel", {{"sessionId", session.value}}); }

void ClientSide::extensionRequest(const std::string &method, const ph::Json &params, Then<ph::Json> then)
{
    m_impl->connection.callThen<ph::Json>(method, params, std::move(then));
}
void ClientSide::extensionNotification(const std::string &method, const ph::Json &params) { m_impl->connection.notify(method, params); }

} // namespace acp

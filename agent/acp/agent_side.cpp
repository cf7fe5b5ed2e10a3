#include "agent/acp/agent_side.h"

namespace acp {

Reply<ph::Json> Agent::extensionRequest(const std::string &method, const ph::Json &)
{
    return refuse(code::methodNotFound, "Unknown method: " + method);
}

void Agent::extensionNotification(const std::string &, const ph::Json &) {}

class AgentSide::Impl final : public Client
{
public:
    explicit Impl(std::unique_ptr<Transport> transport)
        : m_connection(std::move(transport), Side::Agent)
    {
    }

    void start(Agent &agent)
    {
        m_agent = &agent;
        bind("initialize", &Agent::initialize);
        bind("authenticate", &Agent::authenticate);
        bind("session/new", &Agent::newSession);
        bind("session/load", &Agent::loadSession);
        bind("session/resume", &Agent::resumeSession);
        bind("session/list", &Agent::listSessions);
        bind("session/close", &Agent::closeSession);
        bind("session/delete", &Agent::deleteSession);
        bind("session/prompt", &Agent::prompt);
        bind("session/set_mode", &Agent::setMode);
        bind("session/set_config_option", &Agent::setConfigOption);
        m_connection.onNotification("session/cancel", &agent, &Agent::cancel);
        m_connection.onOtherRequest([this](const std::string &method, const ph::Json &params) -> Reply<ph::Json> {
            if (const auto ready = isReadyFor(method); !ready && !method.starts_with("_"))
                return tl::unexpected(ready.error());
            return m_agent->extensionRequest(plainName(method), params);
        });
        m_connection.onOtherNotification(
            [this](const std::string &method, const ph::Json &params) { m_agent->extensionNotification(plainName(method), params); });
        m_connection.start();
    }

    void waitUntilClosed() { m_connection.waitUntilClosed(); }

    void update(const SessionId &session, const SessionUpdate &update) override { sendUpdate(session, update); }
    void updateRaw(const SessionId &session, const ph::Json &update) override { sendUpdate(session, update); }
    ph::Result<RequestPermissionResponse> requestPermission(const RequestPermissionRequest &request, std::stop_token stop) override
    {
        return m_connection.call<RequestPermissionResponse>("session/request_permission", request, std::move(stop));
    }
    ph::Result<ElicitationResponse> createElicitation(const ElicitationRequest &request, std::stop_token stop) override
    {
        return m_connection.call<ElicitationResponse>("elicitation/create", request, std::move(stop));
    }
    ph::Result<ReadTextFileResponse> readTextFile(const ReadTextFileRequest &request, std::stop_token stop) override
    {
        return m_connection.call<ReadTextFileResponse>("fs/read_text_file", request, std::move(stop));
    }
    ph::Result<Empty> writeTextFile(const WriteTextFileRequest &request, std::stop_token stop) override
    {
        return m_connection.call<Empty>("fs/write_text_file", request, std::move(stop));
    }
    ph::Result<CreateTerminalResponse> createTerminal(const CreateTerminalRequest &request, std::stop_token stop) override
    {
        return m_connection.call<CreateTerminalResponse>("terminal/create", request, std::move(stop));
    }
    ph::Result<TerminalOutputResponse> terminalOutput(const TerminalRequest &request, std::stop_token stop) override
    {
        return m_connection.call<TerminalOutputResponse>("terminal/output", request, std::move(stop));
    }
    ph::Result<TerminalExitStatus> waitForTerminalExit(const TerminalRequest &request, std::stop_token stop) override
    {
        return m_connection.call<TerminalExitStatus>("terminal/wait_for_exit", request, std::move(stop));
    }
    ph::Result<Empty> killTerminal(const TerminalRequest &request, std::stop_token stop) override
    {
        return m_connection.call<Empty>("terminal/kill", request, std::move(stop));
    }
    ph::Result<Empty> releaseTerminal(const TerminalRequest &request, std::stop_token stop) override
    {
        return m_connection.call<Empty>("terminal/release", request, std::move(stop));
    }
    void notify(const std::string &method, const ph::Json &params) override { m_connection.notify(method, params); }

private:
    Reply<Empty> isReadyFor(const std::string &method)
    {
        if (method == "initialize")
            m_initialized = true;
        if (!m_initialized)
            return refuse(code::invalidRequest, "Send initialize first.");
        return Empty{};
    }

    template <typename Update>
    void sendUpdate(const SessionId &session, const Update &update)
    {
        std::string params = R"({"sessionId":)";
        wire::writeText(params, session.value);
        params += R"(,"update":)";
        wire::write(params, update);
        params += '}';
        m_connection.notifyText("session/update", params);
    }

    template <typename P, typename R>
    void bind(const std::string &method, Reply<R> (Agent::*handler)(const P &))
    {
        m_connection.serveQuick(method, [this, method, handler](const JsonView &json) -> Reply<std::string> {
            if (const auto ready = isReadyFor(method); !ready)
                return tl::unexpected(ready.error());
            const auto params = Connection::paramsOf<P>(json);
            if (!params)
                return tl::unexpected(params.error());
            const auto reply = (m_agent->*handler)(*params);
            if (!reply)
                return tl::unexpected(reply.error());
            if constexpr (std::is_same_v<R, NewSessionResponse>)
                m_connection.afterReply([this, session = reply->sessionId] { m_agent->announce(session); });
            return wire::textOf(*reply);
        });
    }
    template <typename P, typename R>
    void bind(const std::string &method, Work<R> (Agent::*handler)(const P &, std::stop_token))
    {
        m_connection.serve(method, [this, method, handler](const JsonView &json, std::stop_token stop) -> Reply<Work<std::string>> {
            if (const auto ready = isReadyFor(method); !ready)
                return tl::unexpected(ready.error());
            const auto params = Connection::paramsOf<P>(json);
            if (!params)
                return tl::unexpected(params.error());
            return [work = (m_agent->*handler)(*params, std::move(stop))] { return Connection::textOf(work()); };
        });
    }

    Agent *m_agent = nullptr;
    bool m_initialized = false; // reader thread only
    Connection m_connection;    // the last: its destructor ends the threads that use what stands above
};

AgentSide::AgentSide(std::unique_ptr<Transport> transport)
    : m_impl(std::make_unique<Impl>(std::move(transport)))
{
}
AgentSide::~AgentSide() = default;

Client &AgentSide::client() { return *m_impl; }
void AgentSide::start(Agent &agent) { m_impl->start(agent); }
void AgentSide::waitUntilClosed() { m_impl->waitUntilClosed(); }

} // namespace acp

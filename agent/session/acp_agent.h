#pragma once

#include "agent/session/session.h"

#include <filesystem>
#include <map>

namespace agent {

struct Options {
    std::string version;                         // of the program, for agentInfo
    SessionParts parts;
    std::vector<acp::AvailableCommand> commands; // "/name" in a prompt; what they do is the model's business
    std::filesystem::path dataDirectory;         // where the journal writes; empty: sessions are not loaded or listed from disk
    std::string taskRun = {};                    // of the task that is worked on: the id of the first session, so that the run's log is found by it
};

/// The embedded agent: sessions by id, each with its own history, mode and model. It reads the journal (load, list) and never writes
/// it: the tap on its transport does.
class AcpAgent final : public acp::Agent
{
public:
    /// `client` outlives the agent.
    AcpAgent(acp::Client &client, Options options);

    acp::Reply<acp::InitializeResponse> initialize(const acp::InitializeRequest &request) override;
    acp::Reply<acp::Empty> authenticate(const acp::AuthenticateRequest &request) override;
    acp::Reply<acp::NewSessionResponse> newSession(const acp::NewSessionRequest &request) override;
    acp::Work<acp::LoadSessionResponse> loadSession(const acp::LoadSessionRequest &request, std::stop_token stop) override;
    acp::Reply<acp::ResumeSessionResponse> resumeSession(const acp::ResumeSessionRequest &request) override;
    acp::Reply<acp::ListSessionsResponse> listSessions(const acp::ListSessionsRequest &request) override;
    acp::Reply<acp::Empty> closeSession(const acp::CloseSessionRequest &request) override;
    acp::Reply<acp::Empty> deleteSession(const acp::DeleteSessionRequest &request) override;
    acp::Work<acp::PromptResponse> prompt(const acp::PromptRequest &request, std::stop_token stop) override;
    void cancel(const acp::CancelNotification &notification) override;
    acp::Reply<acp::Empty> setMode(const acp::SetModeRequest &request) override;
    acp::Reply<acp::SetConfigOptionResponse> setConfigOption(const acp::SetConfigOptionRequest &request) override;
    void announce(const acp::SessionId &session) override;
    /// _posthog/session/resume, as session/resume; _posthog/refresh_session, which has nothing to do here.
    acp::Reply<ph::Json> extensionRequest(const std::string &method, const ph::Json &params) override;

private:
    std::shared_ptr<Session> makeSession(const acp::SessionId &id, const std::string &cwd, const std::optional<std::vector<std::string>> &directories,
                                         std::vector<mcp::ServerConfig> servers, const std::optional<ph::Json> &meta);
    acp::SessionId newSessionId() const;
    bool takesImages() const;
    std::shared_ptr<Session> find(const acp::SessionId &id) const;
    acp::Reply<std::shared_ptr<Session>> need(const acp::SessionId &id) const;
    acp::Reply<std::vector<std::string>> storedLines(const acp::SessionId &id) const;
    acp::Reply<std::shared_ptr<Session>> restore(const acp::LoadSessionRequest &request, const std::vector<std::string> &lines);

    acp::Client &m_client;
    const Options m_options;
    mutable std::mutex m_mutex; // Guards what follows.
    std::map<acp::SessionId, std::shared_ptr<Session>> m_sessions;
    std::map<acp::SessionId, std::string> m_taskRuns; // of the sessions that belong to one, closed ones too
    acp::ClientCapabilities m_offers;
    bool m_hasForms = false;
    bool m_hasCompaction = false;
};

/// An agent that runs on one transport. The destructor ends what runs, waits for it, and closes the transport.
class Service
{
public:
    Service(std::unique_ptr<acp::Transport> transport, Options options);
    ~Service();

    /// Waits until the client has closed.
    void waitUntilClosed();

private:
    std::unique_ptr<acp::AgentSide> m_side;
    std::unique_ptr<AcpAgent> m_agent;
};

} // namespace agent

#pragma once

#include "agent/acp/agent_side.h"
#include "ui/shell/agent_setup.h"
#include "ui/shell/model_setup.h"
#include "ui/shell/project_connection.h"
#include "ui/shell/session_store.h"

#include <atomic>
#include <functional>
#include <mutex>

/// An ACP agent in memory that does what a test tells it to.
class FakeAgent : public acp::Agent
{
public:
    struct Turn {
        const acp::PromptRequest &request;
        acp::Client &client;
        std::stop_token stop; // requested by session/cancel

        void say(const std::string &text, const std::string &messageId = {})
        {
            acp::AgentMessageChunk chunk;
            chunk.content = acp::ContentBlock::ofText(text);
            if (!messageId.empty())
                chunk.messageId = messageId;
            acp::SessionUpdate update;
            update.value = chunk;
            client.update(request.sessionId, update);
        }
        template <typename T>
        void send(T value)
        {
            acp::SessionUpdate update;
            update.value = std::move(value);
            client.update(request.sessionId, update);
        }
    };

    std::function<std::string(Turn &)> onPrompt = [](Turn &) { return "end_turn"; }; // returns the stop reason
    std::function<void(acp::Client &, const acp::SessionId &)> onAnnounce;
    ph::Json authMethods = ph::Json::array();
    bool loads = false;                     // offers loadSession
    std::atomic<bool> isLoggedOut = false;
    std::vector<std::string> folders;       // cwd of each session/new
    std::vector<std::string> loaded;        // ids of each session/load
    bool takesImages = false;
    std::atomic<int> prompts = 0;
    std::atomic<int> cancels = 0;

    /// The client's end of a line to this agent; ends what was there.
    std::unique_ptr<acp::Transport> connect()
    {
        stop();
        auto [mine, theirs] = acp::makePipe();
        m_side = std::make_unique<acp::AgentSide>(std::move(mine));
        m_side->start(*this);
        return std::move(theirs);
    }
    /// Goes away, as a program that crashed. Not to be called inside a turn.
    void stop() { m_side.reset(); }
    ~FakeAgent() override { stop(); }

    acp::Reply<acp::InitializeResponse> initialize(const acp::InitializeRequest &) override
    {
        acp::InitializeResponse response;
        response.agentInfo = acp::Implementation{"fake", "1", "Guided"};
        response.authMethods = authMethods;
        response.agentCapabilities = {{"loadSession", loads}, {"promptCapabilities", {{"image", takesImages}}}};
        return response;
    }
    acp::Reply<acp::Empty> authenticate(const acp::AuthenticateRequest &request) override
    {
        if (request.methodId != "browser")
            return acp::refuse(acp::code::invalidParams, "There is no such way to log in.");
        isLoggedOut = false;
        return acp::Empty{};
    }
    acp::Reply<acp::NewSessionResponse> newSession(const acp::NewSessionRequest &request) override
    {
        if (isLoggedOut)
            return acp::refuse(acp::code::authenticationRequired, "Nobody is logged in.");
        {
            const std::lock_guard lock(m_mutex);
            folders.push_back(request.cwd);
        }
        acp::NewSessionResponse response;
        response.sessionId = {"session-" + std::to_string(++m_sessions)};
        response.modes = acp::Modes{"ask", {{"ask", "Ask first", "Asks before each change"}, {"acceptEdits", "Accept edits", {}}}};
        acp::ConfigOption model;
        model.id = "model";
        model.name = "Model";
        model.category = "model";
        model.currentValue = "guided";
        model.options = ph::Json::array({{{"value", "guided"}, {"name", "Guided"}}, {{"value", "large"}, {"name", "Large"}}});
        response.configOptions = std::vector{model};
        return response;
    }
    acp::Work<acp::LoadSessionResponse> loadSession(const acp::LoadSessionRequest &request, std::stop_token) override
    {
        const std::lock_guard lock(m_mutex);
        loaded.push_back(request.sessionId.value);
        return [] { return acp::LoadSessionResponse{}; };
    }
    acp::Reply<acp::ResumeSessionResponse> resumeSession(const acp::ResumeSessionRequest &) override { return acp::ResumeSessionResponse{}; }
    acp::Reply<acp::ListSessionsResponse> listSessions(const acp::ListSessionsRequest &) override { return acp::ListSessionsResponse{}; }
    acp::Reply<acp::Empty> closeSession(const acp::CloseSessionRequest &) override { return acp::Empty{}; }
    acp::Reply<acp::Empty> deleteSession(const acp::DeleteSessionRequest &) override { return acp::Empty{}; }
    acp::Work<acp::PromptResponse> prompt(const acp::PromptRequest &request, std::stop_token stop) override
    {
        ++prompts;
        auto source = std::make_shared<std::stop_source>();
        {
            const std::lock_guard lock(m_mutex);
            m_turn = source;
        }
        return [this, request, stop, source]() -> acp::Reply<acp::PromptResponse> {
            const std::stop_callback also(stop, [source] { source->request_stop(); });
            Turn turn{request, m_side->client(), source->get_token()};
            acp::PromptResponse response;
            response.stopReason = onPrompt(turn);
            return response;
        };
    }
    void cancel(const acp::CancelNotification &) override
    {
        ++cancels;
        const std::lock_guard lock(m_mutex);
        if (m_turn)
            m_turn->request_stop();
    }
    acp::Reply<acp::Empty> setMode(const acp::SetModeRequest &) override { return acp::Empty{}; }
    acp::Reply<acp::SetConfigOptionResponse> setConfigOption(const acp::SetConfigOptionRequest &) override
    {
        return acp::SetConfigOptionResponse{};
    }
    void announce(const acp::SessionId &session) override
    {
        if (onAnnounce)
            onAnnounce(m_side->client(), session);
    }

private:
    std::unique_ptr<acp::AgentSide> m_side;
    std::atomic<int> m_sessions = 0;
    std::mutex m_mutex; // Guards m_turn.
    std::shared_ptr<std::stop_source> m_turn;
};

class FakeSessionStore : public ui::SessionStore
{
public:
    std::vector<ui::PastSession> sessions;
    std::map<std::string, std::vector<std::string>> logs;
    std::optional<ph::Error> error;

    ph::Result<std::vector<ui::PastSession>> list(std::stop_token) override
    {
        if (error)
            return ph::fail(*error);
        return sessions;
    }
    ph::Result<std::vector<std::string>> lines(const std::string &runId, std::stop_token) override
    {
        const auto found = logs.find(runId);
        if (found == logs.end())
            return ph::fail(ph::ErrorCode::NotFound, "There is no session " + runId + ".");
        return found->second;
    }
    ph::Result<> remove(const std::string &runId) override
    {
        if (error)
            return ph::fail(*error);
        std::erase_if(sessions, [&](const ui::PastSession &session) { return session.runId == runId; });
        logs.erase(runId);
        return {};
    }
};

class FakeModels : public ui::ModelSetup
{
public:
    ui::ModelService current;
    std::optional<std::string> key;
    ph::Result<QStringList> answer = QStringList{"Claude Opus 4.5", "Claude Haiku 4.5"};

    ui::ModelService service(ui::ModelService::Kind kind) const override { return kind == current.kind ? current : ui::ModelService{kind, {}, false, false}; }
    void use(const ui::ModelService &service, const std::optional<std::string> &newKey, std::function<void(const ph::Result<QStringList> &)> then) override
    {
        current = service;
        current.isUsed = true;
        current.hasKey = current.hasKey || newKey;
        if (newKey)
            key = newKey;
        then(answer);
    }
    void remove(ui::ModelService::Kind) override { current = {}; }
};

class FakeAgents : public ui::AgentSetup
{
public:
    std::vector<ui::OtherAgent> all{{"claude", "Claude", "claude-agent-acp", {}, false, true},
                                    {"codex", "Codex", "npx --yes @agentclientprotocol/codex-acp", "Not installed: npx fetches it.", false, false},
                                    {"goose", "Goose", "goose acp", {}, true, true}};
    ph::Result<ui::AgentTrial> answer = ui::AgentTrial{"Claude Code", "0.100.0", "logged in", {"opens past sessions", "takes images"}, {"Model: Opus, Haiku"}};
    std::vector<ui::OwnAgent> added;
    bool isCancelled = false;

    std::vector<ui::OtherAgent> agents() const override { return all; }
    void setUsed(const QString &id, bool isUsed) override
    {
        for (auto &agent : all) {
            if (agent.id == id)
                agent.isUsed = isUsed;
        }
    }
    void add(const ui::OwnAgent &agent, std::function<void(const ph::Result<> &)> then) override
    {
        added.push_back(agent);
        then({});
    }
    void remove(const QString &id) override
    {
        std::erase_if(all, [&](const ui::OtherAgent &agent) { return agent.id == id; });
    }
    void tryOut(const QString &, std::function<void(const ph::Result<ui::AgentTrial> &)> then) override { then(answer); }
    void cancelTrial() override { isCancelled = true; }
};

class FakeConnection : public ui::ProjectConnection
{
public:
    ui::ProjectChoice current;
    std::optional<std::string> key;
    ph::Result<posthog::ProjectInfo> answer = posthog::ProjectInfo{};

    ui::ProjectChoice choice() const override { return current; }
    bool hasKey() const override { return key.has_value(); }
    void test(const ui::ProjectChoice &, const std::optional<std::string> &,
              std::function<void(const ph::Result<posthog::ProjectInfo> &)> then) override
    {
        then(answer);
    }
    void use(const ui::ProjectChoice &choice, const std::optional<std::string> &newKey, std::function<void(const ph::Result<> &)> then) override
    {
        current = choice;
        if (newKey)
            key = newKey;
        then({});
    }
};

#pragma once

#include "agent/acp/client_side.h"
#include "agent/journal/reader.h"
#include "agent/journal/recorder.h"
#include "agent/session/acp_agent.h"
#include "agent/tools/ask_user.h"
#include "agent/tools/posthog_tools.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_driver.h"
#include "tests/support/scripted_model.h"

#include <QTemporaryDir>

#include <future>

namespace support {

/// The embedded agent on a pipe, with a scripted model, a project in memory, a client that answers, and its journal in a folder.
class AgentFixture
{
public:
    /// `prepare` may change what the agent is made of.
    explicit AgentFixture(bool hasForms = false, std::filesystem::path folder = {}, const std::function<void(agent::Options &)> &prepare = {})
        : m_folder(folder.empty() ? std::filesystem::path(m_temporary.path().toStdString()) : std::move(folder))
        , m_writer(m_folder)
        , m_recorder(m_writer)
    {
        auto [agentEnd, clientEnd] = acp::makePipe();
        agent::Options options;
        options.version = "1.2.3";
        options.parts.models = [model = model, other = other] { return agent::Models{model, other}; };
        options.parts.tools = tools::makePosthogTools([this](std::stop_token) -> ph::Result<std::shared_ptr<posthog::Driver>> { return driver; });
        options.parts.tools.push_back(tools::makeAskUser());
        options.commands = {{"funnel-drop-off", "Find the drop-off in a funnel", {}}};
        options.parts.gate.dataFolder = m_folder;
        options.dataDirectory = m_folder;
        if (prepare)
            prepare(options);
        service = std::make_unique<agent::Service>(
            acp::tapped(std::move(agentEnd), [this](acp::Direction direction, const std::string &line) { m_recorder.onLine(direction, line); }),
            std::move(options));
        clientSide = std::make_unique<acp::ClientSide>(std::move(clientEnd), client);
        clientSide->start();
        acp::InitializeRequest hello;
        if (hasForms)
            hello.clientCapabilities = ph::Json{{"elicitation", {{"form", ph::Json::object()}}}};
        initialized = clientSide->initialize(hello);
    }
    ~AgentFixture()
    {
        clientSide.reset();
        service.reset();
    }

    acp::SessionId newSession(const std::string &cwd = "/home/ana")
    {
        acp::NewSessionRequest request;
        request.cwd = cwd;
        return clientSide->newSession(request)->sessionId;
    }
    static acp::PromptRequest promptOf(const acp::SessionId &session, const std::string &text) { return {session, {acp::ContentBlock::ofText(text)}, {}}; }
    ph::Result<acp::SetConfigOptionResponse> setOption(const acp::SessionId &session, const std::string &id, const std::string &value)
    {
        std::promise<ph::Result<acp::SetConfigOptionResponse>> answer;
        clientSide->setConfigOption({session, id, value}, [&](auto reply) { answer.set_value(std::move(reply)); });
        return answer.get_future().get();
    }
    ph::Result<acp::PromptResponse> prompt(const acp::SessionId &session, const std::string &text) { return clientSide->prompt(promptOf(session, text)); }

    const std::filesystem::path &folder() const { return m_folder; }
    std::vector<std::string> journalOf(const acp::SessionId &session) const
    {
        std::vector<std::string> lines;
        if (const auto entries = journal::readRun(m_folder, session.value)) {
            for (const auto &entry : *entries)
                lines.push_back(entry.line);
        }
        return lines;
    }

    std::shared_ptr<ScriptedModel> model = std::make_shared<ScriptedModel>();
    std::shared_ptr<ScriptedModel> other = std::make_shared<ScriptedModel>("other");
    std::shared_ptr<FakeDriver> driver = std::make_shared<FakeDriver>();
    FakeClient client;
    std::optional<ph::Result<acp::InitializeResponse>> initialized;
    std::unique_ptr<agent::Service> service;
    std::unique_ptr<acp::ClientSide> clientSide;

private:
    QTemporaryDir m_temporary;
    std::filesystem::path m_folder;
    journal::Writer m_writer;
    journal::Recorder m_recorder;
};

} // namespace support

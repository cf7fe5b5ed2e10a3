#pragma once

#include "agent/acp/client_side.h"
#include "agent/journal/reader.h"
#include "agent/journal/recorder.h"
#include "agent/session/agent.h"
#include "agent/tools/ask_user.h"
#include "agent/tools/posthog_tools.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_driver.h"
#include "tests/support/scripted_model.h"

#include <QTemporaryDir>

namespace support {

/// The embedded agent on a pipe, with a scripted model, a project in memory, a client that answers, and its journal in a folder.
class AgentFixture
{
public:
    explicit AgentFixture(bool hasForms = false, std::filesystem::path folder = {})
        : m_folder(folder.empty() ? std::filesystem::path(m_temporary.path().toStdString()) : std::move(folder))
        , m_writer(m_folder)
        , m_recorder(m_writer)
    {
        auto [agentEnd, clientEnd] = acp::makePipe();
        agent::Options options;
        options.version = "1.2.3";
        options.models = {model, other};
        options.tools = tools::makePosthogTools([this](std::stop_token) -> ph::Result<std::shared_ptr<posthog::Driver>> { return driver; });
        options.tools.push_back(tools::makeAskUser());
        options.commands = {{"funnel-drop-off", "Find the drop-off in a funnel", {}}};
        options.dataDirectory = m_folder;
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

    acp::SessionId newSession() { return clientSide->newSession({"/home/ana", ph::Json::array(), {}})->sessionId; }
    static acp::PromptRequest promptOf(const acp::SessionId &session, const std::string &text) { return {session, {acp::ContentBlock::ofText(text)}, {}}; }
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

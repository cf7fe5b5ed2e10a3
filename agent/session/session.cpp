#include "agent/session/session.h"

#include "agent/permissions/command_sandbox.h"
#include "agent/session/history.h"
#include "agent/session/questions.h"
#include "agent/session/sub_agent_runner.h"
#include "agent/session/turn.h"
#include "agent/tools/mcp_tools.h"
#include "driver/base/ids.h"
#include "driver/base/log.h"
#include "driver/base/time.h"

#include <algorithm>

namespace agent {
namespace {

ph::Json choice(const std::string &value, const std::string &name, const std::string &description = {})
{
    ph::Json json{{"value", value}, {"name", name}};
    if (!description.empty())
        json["description"] = description;
    return json;
}

bool contains(const std::vector<std::string> &list, const std::string &item) { return std::find(list.begin(), list.end(), item) != list.end(); }

/// For the commands of plan mode.
tools::Sandbox sandboxFor(const SessionStart &start, bool hasSandbox)
{
    if (!hasSandbox)
        return {};
    return [roots = start.additionalDirectories](const std::string &line, const std::filesystem::path &folder) -> ph::Result<std::vector<std::string>> {
        permissions::SandboxSetting setting{folder, {folder}, permissions::sandboxEnvironment()};
        setting.roots.insert(setting.roots.end(), roots.begin(), roots.end());
        return permissions::sandboxedCommand(line, setting);
    };
}

std::shared_ptr<mcp::Servers> startServers(const SessionStart &start, const SessionParts &parts)
{
    if (start.servers.empty())
        return {};
    mcp::ClientSetting setting;
    setting.version = parts.version;
    setting.directory = start.cwd;
    return std::make_shared<mcp::Servers>(start.servers, setting);
}

std::vector<std::filesystem::path> pathsOf(const std::vector<std::string> &names) { return {names.begin(), names.end()}; }

} // namespace

/// Holds the session's one running turn; going out of scope ends it, whether it ran or not.
class Session::Running
{
public:
    Running(std::shared_ptr<Session> session, std::shared_ptr<std::stop_source> source)
        : stopSource(std::move(source))
        , m_session(std::move(session))
    {
    }
    ~Running() { end(); }
    Running(const Running &) = delete;
    Running &operator=(const Running &) = delete;

    void end()
    {
        const std::lock_guard lock(m_session->m_mutex);
        if (m_session->m_running == stopSource)
            m_session->m_running.reset();
    }

    const std::shared_ptr<std::stop_source> stopSource;

private:
    const std::shared_ptr<Session> m_session;
};

Session::Session(SessionStart start, acp::Client &client, const SessionParts &parts)
    : m_start(std::move(start))
    , m_parts(parts)
    , m_wire(client, m_start.id)
    , m_workspace({m_start.cwd, pathsOf(m_start.additionalDirectories), &client, m_start.id, m_start.offers,
                   sandboxFor(m_start, parts.gate.hasSandbox())})
    , m_modes(
          m_wire,
          [this] {
              m_wire.send({acp::CurrentModeUpdate{modes().currentModeId}});
              tellOptions();
          },
          [this] { return lastSaid(); })
    , m_gate(parts.gate, m_modes, m_workspace)
    , m_meter(m_wire)
    , m_compaction(parts.prompts.compaction, m_start.hasCompaction)
    , m_servers(startServers(m_start, parts))
    , m_model(parts.models().front())
{
    if (!m_start.mode.empty())
        m_modes.restore(m_start.mode);
    for (const auto &model : parts.models()) {
        if (model->id() == m_start.model)
            m_model = model;
    }
    m_workspace.setTrusted(parts.trusted && parts.trusted->contains(m_start.cwd));
}

void Session::restore(const std::vector<std::string> &lines)
{
    m_history = historyFrom(lines);
    const auto state = stateFrom(lines);
    if (state.mode)
        m_modes.restore(*state.mode);
    if (state.hasUntrustedData)
        m_gate.sawUntrustedData();
    const auto models = m_parts.models();
    const auto model = std::find_if(models.begin(), models.end(), [&](const auto &one) { return one->id() == state.model; });
    const std::lock_guard lock(m_mutex);
    if (model != models.end())
        m_model = *model;
    if (state.effort && contains(m_model->info().efforts, *state.effort))
        m_effort = *state.effort;
}

acp::Modes Session::modes() const
{
    acp::Modes modes;
    for (const auto &info : permissions::offeredModes(permissions::mayBypass()))
        modes.availableModes.push_back({info.id, info.name, info.description});
    modes.currentModeId = permissions::idOf(m_modes.mode());
    return modes;
}

std::vector<acp::ConfigOption> Session::configOptions() const
{
    const auto [current, currentEffort] = chosen();
    acp::ConfigOption mode;
    mode.id = "mode";
    mode.name = "Permissions";
    mode.category = "mode";
    mode.currentValue = permissions::idOf(m_modes.mode());
    mode.options = ph::Json::array();
    for (const auto &info : permissions::offeredModes(permissions::mayBypass()))
        mode.options->push_back(choice(info.id, info.name, info.description));

    acp::ConfigOption model;
    model.id = "model";
    model.name = "Model";
    model.category = "model";
    model.currentValue = current->id();
    model.options = ph::Json::array();
    for (const auto &one : m_parts.models())
        model.options->push_back(choice(one->id(), one->name()));
    std::vector<acp::ConfigOption> options{std::move(mode), std::move(model)};

    if (const auto efforts = current->info().efforts; !efforts.empty()) {
        acp::ConfigOption effort;
        effort.id = "effort";
        effort.name = "Effort";
        effort.category = "thought_level";
        effort.currentValue = currentEffort.empty() ? "default" : currentEffort;
        effort.options = ph::Json::array({choice("default", "Default", "As the model decides")});
        for (const auto &one : efforts)
            effort.options->push_back(choice(one, one));
        options.push_back(std::move(effort));
    }
    return options;
}

std::pair<std::shared_ptr<model::Model>, std::string> Session::chosen() const
{
    const std::lock_guard lock(m_mutex);
    return {m_model, m_effort};
}

ph::Result<> Session::set(const std::string &configId, const std::string &value)
{
    if (configId == "mode")
        return m_modes.set(value);
    if (configId == "model")
        return setModel(value);
    if (configId == "effort")
        return setEffort(value);
    return ph::fail(ph::ErrorCode::InvalidInput, "configId: there is no option “" + configId + "”.");
}

ph::Result<> Session::setModel(const std::string &id)
{
    const auto models = m_parts.models();
    const auto model = std::find_if(models.begin(), models.end(), [&](const auto &one) { return one->id() == id; });
    if (model == models.end())
        return ph::fail(ph::ErrorCode::InvalidInput, "value: there is no model “" + id + "”.");
    bool changed = false;
    {
        const std::lock_guard lock(m_mutex);
        changed = m_model->id() != id;
        m_model = *model;
        if (!contains(m_model->info().efforts, m_effort))
            m_effort.clear();
    }
    if (changed)
        tellOptions();
    return {};
}

ph::Result<> Session::setEffort(const std::string &effort)
{
    const auto value = effort == "default" ? std::string() : effort;
    bool changed = false;
    {
        const std::lock_guard lock(m_mutex);
        if (!value.empty() && !contains(m_model->info().efforts, value))
            return ph::fail(ph::ErrorCode::InvalidInput, "value: " + m_model->name() + " has no effort “" + effort + "”.");
        changed = std::exchange(m_effort, value) != value;
    }
    if (changed)
        tellOptions();
    return {};
}

void Session::tellOptions() { m_wire.send({acp::ConfigOptionUpdate{configOptions()}}); }

bool Session::isRunning() const
{
    const std::lock_guard lock(m_mutex);
    return m_running != nullptr;
}

acp::Reply<acp::Work<acp::PromptResponse>> Session::begin(const acp::PromptRequest &request, std::stop_token stop)
{
    auto source = std::make_shared<std::stop_source>();
    {
        const std::lock_guard lock(m_mutex);
        if (m_running)
            return acp::refuse(acp::code::invalidRequest, "A prompt is running in this session. Cancel it or wait for its end.");
        m_running = source;
    }
    const auto running = std::make_shared<Running>(shared_from_this(), source);
    return [this, running, request, stop = std::move(stop)] {
        const std::stop_callback cancelled(stop, [&running] { running->stopSource->request_stop(); });
        auto reply = run(request, running->stopSource->get_token());
        running->end(); // Before the answer goes out: the client may send its next prompt as soon as it has it.
        return reply;
    };
}

acp::Reply<acp::PromptResponse> Session::run(const acp::PromptRequest &request, std::stop_token stop)
{
    const auto [model, effort] = chosen();
    const auto start = m_history.size();
    model::Message message;
    message.text = textOf(request.prompt);
    message.blocks = request.prompt;
    message.meta = request.meta.value_or(ph::Json::object());
    m_history.push_back(std::move(message));

    auto stopReason = answer(*model, effort, stop);
    if (!stopReason && (stop.stop_requested() || stopReason.error().code == ph::ErrorCode::Cancelled))
        stopReason = "cancelled";
    if (!stopReason)
        return ph::fail(stopReason.error());
    if (*stopReason == "refusal" && start < m_history.size())
        m_history.resize(start); // What was refused is not part of what follows.
    m_wire.client().notify("_posthog/turn_complete", {{"sessionId", m_start.id.value}, {"stopReason", *stopReason}});
    return acp::PromptResponse{*stopReason, {}};
}

ph::Result<std::string> Session::answer(model::Model &model, const std::string &effort, std::stop_token stop)
{
    m_meter.setWindow(model.info().contextWindow);
    if (m_history.back().text == "/compact" && model.takesInstructions()) {
        m_history.pop_back();
        if (m_history.empty())
            return "end_turn";
        const auto compacted = m_compaction.run(m_history, model, systemPrompt(m_parts.prompts, surroundings(), m_modes.mode()), m_wire, m_meter, "manual", stop);
        return compacted ? ph::Result<std::string>("end_turn") : ph::fail(compacted.error());
    }
    std::string system;
    std::string subAgentSystem;
    if (model.takesInstructions()) {
        if (const auto asked = askForTrust(stop); !asked)
            return ph::fail(asked.error());
        const auto place = surroundings();
        system = systemPrompt(m_parts.prompts, place, m_modes.mode());
        subAgentSystem = subAgentPrompt(m_parts.prompts, place);
    }
    const auto tools = toolsFor(model, stop);
    SubAgentRunner subAgents({model, m_wire, tools, m_workspace, m_modes, m_gate, m_meter, m_compaction, subAgentSystem, effort});
    const TurnSetting setting{model, {m_wire, tools, m_workspace, m_modes, subAgents, m_gate, m_start.hasForms}, m_meter, m_compaction, system, effort};
    return runTurn(m_history, setting, stop);
}

/// Asks once a session, before anything in the folder is read as configuration, and only when there is something to read.
ph::Result<> Session::askForTrust(std::stop_token stop)
{
    if (m_workspace.isTrusted() || m_isTrustAsked || !m_parts.trusted || !hasConfiguration(m_workspace.cwd()))
        return {};
    m_isTrustAsked = true;
    tools::Question question;
    question.header = "Trust";
    question.text = "Do you trust the files in " + m_workspace.cwd().string() + "? Its AGENTS.md or CLAUDE.md tells the agent how to work, and what it names may be run.";
    question.options = {{"trust", "Yes, trust this folder", "Its instructions are followed, now and later"},
                        {"once", "Only in this session", ""},
                        {"no", "No", "The agent works here all the same; what stands in the folder is data to it"}};
    question.recommended = "no";
    const auto answer = askOne(m_wire, m_start.hasForms, acp::ToolCallId{ph::uuid4()}, question, std::move(stop));
    if (!answer)
        return ph::fail(answer.error());
    m_workspace.setTrusted(*answer != "no");
    m_gate.setFolderTrusted(*answer != "no");
    if (*answer == "trust") {
        if (const auto kept = m_parts.trusted->add(m_workspace.cwd()); !kept)
            ph::logWarning("session", "The folder is trusted until the program ends: " + kept.error().message);
    }
    return {};
}

/// With those of the servers that are ready; one that still starts is waited for a little.
Tools Session::toolsFor(const model::Model &model, std::stop_token stop) const
{
    if (!model.takesInstructions() && !m_parts.guidedTools.empty())
        return m_parts.guidedTools;
    auto all = m_parts.tools;
    if (m_servers) {
        const auto more = tools::makeMcpTools(m_servers, m_servers->states(std::chrono::seconds(10), std::move(stop)));
        all.insert(all.end(), more.begin(), more.end());
    }
    return all;
}

Surroundings Session::surroundings() const
{
    Surroundings place;
    place.roots = m_workspace.roots();
    place.today = ph::isoNow().substr(0, 10);
    place.isTrusted = m_workspace.isTrusted();
    if (place.isTrusted)
        place.instructions = projectInstructions(m_workspace.cwd());
    place.appended = m_start.appendedPrompt;
    return place;
}

std::string Session::lastSaid() const
{
    for (auto message = m_history.rbegin(); message != m_history.rend() && message->role != model::Message::Role::User; ++message) {
        if (!message->text.empty())
            return message->text;
    }
    return {};
}

void Session::cancel()
{
    std::shared_ptr<std::stop_source> running;
    {
        const std::lock_guard lock(m_mutex);
        running = m_running;
    }
    if (running)
        running->request_stop();
}

} // namespace agent

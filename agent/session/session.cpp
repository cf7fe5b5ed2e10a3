#include "agent/session/session.h"

#include "agent/session/history.h"
#include "agent/session/turn.h"

#include <algorithm>

namespace agent {

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

Session::Session(acp::SessionId id, std::string cwd, acp::Client &client, const Models &models, const Tools &tools)
    : m_id(std::move(id))
    , m_cwd(std::move(cwd))
    , m_client(client)
    , m_models(models)
    , m_tools(tools)
    , m_model(models.front())
{
}

void Session::restore(const std::vector<std::string> &lines)
{
    m_history = historyFrom(lines);
    const auto state = stateFrom(lines);
    const std::lock_guard lock(m_mutex);
    if (state.mode)
        m_mode = permissions::modeOf(*state.mode).value_or(m_mode);
    const auto model = std::find_if(m_models.begin(), m_models.end(), [&](const auto &one) { return one->id() == state.model; });
    if (model != m_models.end())
        m_model = *model;
}

acp::Modes Session::modes() const
{
    acp::Modes modes;
    for (const auto &info : permissions::modes())
        modes.availableModes.push_back({info.id, info.name, info.description});
    const std::lock_guard lock(m_mutex);
    modes.currentModeId = permissions::idOf(m_mode);
    return modes;
}

std::vector<acp::ConfigOption> Session::configOptions() const
{
    const std::lock_guard lock(m_mutex);
    acp::ConfigOption mode;
    mode.id = "mode";
    mode.name = "Permissions";
    mode.category = "mode";
    mode.currentValue = permissions::idOf(m_mode);
    mode.options = ph::Json::array();
    for (const auto &info : permissions::modes())
        mode.options->push_back({{"value", info.id}, {"name", info.name}, {"description", info.description}});
    acp::ConfigOption chosen;
    chosen.id = "model";
    chosen.name = "Model";
    chosen.category = "model";
    chosen.currentValue = m_model->id();
    chosen.options = ph::Json::array();
    for (const auto &one : m_models)
        chosen.options->push_back({{"value", one->id()}, {"name", one->name()}});
    return {mode, chosen};
}

ph::Result<> Session::setMode(const std::string &modeId)
{
    const auto mode = permissions::modeOf(modeId);
    if (!mode)
        return ph::fail(ph::ErrorCode::InvalidInput, "modeId: there is no mode “" + modeId + "”.");
    bool changed = false;
    {
        const std::lock_guard lock(m_mutex);
        changed = std::exchange(m_mode, *mode) != *mode;
    }
    if (changed)
        tellChange(true);
    return {};
}

ph::Result<> Session::setModel(const std::string &modelId)
{
    const auto model = std::find_if(m_models.begin(), m_models.end(), [&](const auto &one) { return one->id() == modelId; });
    if (model == m_models.end())
        return ph::fail(ph::ErrorCode::InvalidInput, "value: there is no model “" + modelId + "”.");
    bool changed = false;
    {
        const std::lock_guard lock(m_mutex);
        changed = std::exchange(m_model, *model) != *model;
    }
    if (changed)
        tellChange(false);
    return {};
}

void Session::tellChange(bool modeChanged)
{
    if (modeChanged)
        m_client.update(m_id, {acp::CurrentModeUpdate{modes().currentModeId}});
    m_client.update(m_id, {acp::ConfigOptionUpdate{configOptions()}});
}

bool Session::isRunning() const
{
    const std::lock_guard lock(m_mutex);
    return m_running != nullptr;
}

acp::Reply<acp::Work<acp::PromptResponse>> Session::begin(const acp::PromptRequest &request, bool canElicit, std::stop_token stop)
{
    auto source = std::make_shared<std::stop_source>();
    {
        const std::lock_guard lock(m_mutex);
        if (m_running)
            return acp::refuse(acp::code::invalidRequest, "A prompt is running in this session. Cancel it or wait for its end.");
        m_running = source;
    }
    const auto running = std::make_shared<Running>(shared_from_this(), source);
    return [this, running, request, canElicit, stop = std::move(stop)] {
        const std::stop_callback cancelled(stop, [&running] { running->stopSource->request_stop(); });
        auto reply = run(request, canElicit, running->stopSource->get_token());
        running->end(); // Before the answer goes out: the client may send its next prompt as soon as it has it.
        return reply;
    };
}

acp::Reply<acp::PromptResponse> Session::run(const acp::PromptRequest &request, bool canElicit, std::stop_token stop)
{
    std::shared_ptr<model::Model> model;
    {
        const std::lock_guard lock(m_mutex);
        model = m_model;
    }
    const auto mode = [this] {
        const std::lock_guard lock(m_mutex);
        return m_mode;
    };
    const auto start = m_history.size();
    model::Message message;
    message.text = textOf(request.prompt);
    message.blocks = request.prompt;
    message.meta = request.meta.value_or(ph::Json::object());
    m_history.push_back(std::move(message));

    const auto stopReason = runTurn(m_history, {m_id, m_client, *model, m_tools, mode, m_alwaysAllowed, canElicit}, stop);
    if (!stopReason && stop.stop_requested())
        return acp::PromptResponse{"cancelled", {}};
    if (!stopReason)
        return ph::fail(stopReason.error());
    if (*stopReason == "refusal")
        m_history.resize(start); // What was refused is not part of what follows.
    return acp::PromptResponse{*stopReason, {}};
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

#include "agent/session/sub_agent_runner.h"

#include <algorithm>
#include <array>

namespace agent {
namespace {

/// What belongs to the conversation with the user, and not to a part of the work.
constexpr std::array<std::string_view, 6> sessionsOwn{"Task", "AskUserQuestion", "ask_user", "EnterPlanMode", "ExitPlanMode", "TodoWrite"};

Tools toolsFor(const std::string &type, const Tools &all)
{
    Tools kept;
    for (const auto &tool : all) {
        const bool isSessions = std::find(sessionsOwn.begin(), sessionsOwn.end(), tool->name()) != sessionsOwn.end();
        if (!isSessions && (type != "Explore" || tool->isParallel()))
            kept.push_back(tool);
    }
    return kept;
}

/// Sub-agents have none of their own: their tools are without those that would start them.
class NoSubAgents final : public tools::SubAgents
{
public:
    ph::Result<std::string> run(const Task &, const acp::ToolCallId &, std::stop_token) override
    {
        return ph::fail(ph::ErrorCode::InvalidInput, "A sub-agent starts no further ones.");
    }
};

} // namespace

SubAgentRunner::SubAgentRunner(Setting setting)
    : m_setting(std::move(setting))
{
}

ph::Result<std::string> SubAgentRunner::run(const Task &task, const acp::ToolCallId &parent, std::stop_token stop)
{
    const Wire wire(m_setting.wire.client(), m_setting.wire.session(), parent);
    const auto tools = toolsFor(task.type, m_setting.tools);
    NoSubAgents none;
    Meter meter(wire);
    meter.setWindow(m_setting.model.info().contextWindow);
    TurnSetting setting{m_setting.model,
                        {wire, tools, m_setting.workspace, m_setting.modes, none, m_setting.gate, false},
                        meter,
                        m_setting.compaction,
                        m_setting.system,
                        m_setting.effort,
                        100};
    std::vector<model::Message> history{summaryMessage(task.prompt)};
    const auto stopReason = runTurn(history, setting, stop);
    m_setting.meter.addCost(meter.cost());
    if (!stopReason)
        return ph::fail(stopReason.error());
    if (*stopReason == "cancelled")
        return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
    const auto last = std::find_if(history.rbegin(), history.rend(), [](const auto &message) {
        return message.role == model::Message::Role::Assistant && !message.text.empty();
    });
    if (last == history.rend())
        return ph::fail(ph::ErrorCode::Internal, "The sub-agent ended without a word (" + *stopReason + ").");
    if (*stopReason != "end_turn")
        return last->text + "\n\n(The sub-agent was cut off: " + *stopReason + ".)";
    return last->text;
}

} // namespace agent

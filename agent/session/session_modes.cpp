#include "agent/session/session_modes.h"

#include "agent/permissions/options.h"

#include <algorithm>

namespace agent {

SessionModes::SessionModes(const Wire &wire, std::function<void()> onChange, std::function<std::string()> lastSaid)
    : m_wire(wire)
    , m_onChange(std::move(onChange))
    , m_lastSaid(std::move(lastSaid))
{
}

permissions::Mode SessionModes::mode() const
{
    const std::lock_guard lock(m_mutex);
    return m_mode;
}

ph::Result<> SessionModes::set(const std::string &modeId)
{
    const auto mode = permissions::modeOf(modeId);
    if (!mode)
        return ph::fail(ph::ErrorCode::InvalidInput, "modeId: there is no mode “" + modeId + "”.");
    if (const auto available = permissions::checkMode(*mode, permissions::mayBypass()); !available)
        return ph::fail(available.error());
    change(*mode);
    return {};
}

void SessionModes::restore(const std::string &modeId)
{
    const auto mode = permissions::modeOf(modeId);
    if (!mode || !permissions::checkMode(*mode, permissions::mayBypass()))
        return;
    const std::lock_guard lock(m_mutex);
    m_mode = *mode;
}

void SessionModes::change(permissions::Mode mode)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_mode == mode)
            return;
        if (mode == permissions::Mode::Plan)
            m_beforePlan = m_mode;
        m_mode = mode;
    }
    m_onChange();
}

void SessionModes::enterPlan() { change(permissions::Mode::Plan); }

ph::Result<tools::ModeControl::PlanVerdict> SessionModes::leavePlan(const acp::ToolCallId &call, const std::string &plan, std::stop_token stop)
{
    permissions::Mode before;
    {
        const std::lock_guard lock(m_mutex);
        before = m_beforePlan;
    }
    acp::RequestPermissionRequest request;
    request.sessionId = m_wire.session();
    request.toolCall.toolCallId = call;
    request.toolCall.title = "Ready to code?";
    request.toolCall.kind = "switch_mode";
    request.toolCall.content = {acp::ToolCallContent::ofText(plan)};
    request.toolCall.rawInput = ph::Json{{"plan", plan}, {"toolName", "ExitPlanMode"}};
    request.options = permissions::planOptions(before, permissions::mayBypass());
    const auto reply = m_wire.client().requestPermission(request, std::move(stop));
    if (!reply)
        return ph::fail(reply.error());
    if (reply->outcome.outcome != "selected")
        return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
    const auto chosen = reply->outcome.optionId.value_or("");
    const bool isApproved = std::any_of(request.options.begin(), request.options.end(), [&](const auto &option) {
        return option.optionId == chosen && option.kind.starts_with("allow");
    });
    const auto mode = permissions::modeOf(chosen);
    if (isApproved && mode) {
        if (const auto available = permissions::checkMode(*mode, permissions::mayBypass()); !available)
            return ph::fail(available.error());
        change(*mode);
        return PlanVerdict{mode, ""};
    }
    const auto words = reply->meta && reply->meta->is_object() ? reply->meta->value("customInput", ph::Json()) : ph::Json();
    return PlanVerdict{{}, words.is_string() ? words.get<std::string>() : std::string()};
}

} // namespace agent

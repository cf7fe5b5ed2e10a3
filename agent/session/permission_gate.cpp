#include "agent/session/permission_gate.h"

#include "agent/permissions/options.h"
#include "agent/tools/workspace.h"
#include "driver/base/log.h"

#include <algorithm>

namespace agent {

PermissionGate::PermissionGate(GateSetting setting, const tools::ModeControl &modes, const tools::Workspace &workspace)
    : m_setting(std::move(setting))
    , m_modes(modes)
    , m_workspace(workspace)
    , m_rules(m_setting.dataFolder, workspace.cwd())
{
}

void PermissionGate::sawUntrustedData() { m_hasUntrustedData = true; }

ph::Result<std::string> PermissionGate::mayRun(const Wire &wire, const model::ToolRequest &call, const tools::CallInfo &info, std::stop_token stop)
{
    const auto rules = m_rules.rules();
    if (!rules)
        ph::logWarning("permissions", rules.error().message);
    static const permissions::Rules none;
    const permissions::Circumstances circumstances{m_modes.mode(),         m_workspace.roots(),      rules ? *rules : none,   m_setting.hasSandbox(),
                                                   m_hasUntrustedData,     m_setting.allowedDomains, m_isFolderTrusted};
    const auto decision = permissions::decide(info.permission, circumstances);
    switch (decision.verdict) {
    case permissions::Verdict::Allow: return "";
    case permissions::Verdict::Refuse: return decision.reason;
    case permissions::Verdict::Ask: break;
    }
    // These ask by themselves.
    if (info.permission.group == permissions::Group::Question || info.permission.group == permissions::Group::SwitchMode)
        return "";
    return ask(wire, call, info, circumstances, decision.reason, std::move(stop));
}

ph::Result<std::string> PermissionGate::ask(const Wire &wire, const model::ToolRequest &call, const tools::CallInfo &info,
                                            const permissions::Circumstances &circumstances, const std::string &reason, std::stop_token stop)
{
    const auto offer = permissions::offerFor(info.permission, circumstances);
    acp::RequestPermissionRequest request;
    request.sessionId = wire.session();
    request.toolCall.toolCallId = call.id;
    request.toolCall.title = call.title;
    request.toolCall.kind = info.kind;
    request.toolCall.status = "pending";
    if (!info.content.empty())
        request.toolCall.content = info.content;
    if (!info.locations.empty())
        request.toolCall.locations = info.locations;
    request.toolCall.rawInput = call.input;
    (*request.toolCall.rawInput)["toolName"] = call.name;
    request.options = offer.options;
    if (!reason.empty())
        request.meta = ph::Json{{"hoglet", {{"reason", reason}}}};

    const auto reply = wire.client().requestPermission(request, stop);
    if (!reply && (reply.error().code == ph::ErrorCode::Cancelled || stop.stop_requested()))
        return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
    if (!reply)
        return "The permission could not be asked for: " + reply.error().message;
    if (reply->outcome.outcome != "selected")
        return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
    const auto chosen = std::find_if(request.options.begin(), request.options.end(),
                                     [&](const auto &option) { return option.optionId == reply->outcome.optionId; });
    // What was not offered was not agreed to.
    const auto kind = chosen != request.options.end() ? chosen->kind : std::string("reject_once");
    if (kind == "allow_always")
        allowAlways(info.permission.group, offer.always);
    if (kind.starts_with("allow"))
        return "";
    const auto words = reply->meta && reply->meta->is_object() ? reply->meta->value("customInput", ph::Json()) : ph::Json();
    if (words.is_string() && !words.get<std::string>().empty())
        return "User refused permission to run tool with feedback: " + words.get<std::string>();
    return "User refused permission to run tool";
}

/// Edits are allowed for the session, as the option says; all else for the repository.
void PermissionGate::allowAlways(permissions::Group group, const std::vector<permissions::Rule> &rules)
{
    for (const auto &rule : rules) {
        const auto kept = group == permissions::Group::Write ? ph::Result<>(ph::fail(ph::ErrorCode::Internal, ""))
                                                             : m_rules.addForRepository(permissions::Effect::Allow, rule);
        if (kept)
            continue;
        m_rules.addForSession(permissions::Effect::Allow, rule);
        if (group != permissions::Group::Write)
            ph::logWarning("permissions", "A rule holds for this session only: " + kept.error().message);
    }
}

} // namespace agent

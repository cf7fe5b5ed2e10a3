#pragma once

#include "agent/model/model.h"
#include "agent/session/permission_gate.h"
#include "agent/tools/tool.h"

namespace agent {

using Tools = std::vector<std::shared_ptr<tools::Tool>>;

/// What the calls of a conversation run with. Everything outlives it.
struct CallSetting {
    const Wire &wire;
    const Tools &tools;
    tools::Workspace &workspace;
    tools::ModeControl &modes;
    tools::SubAgents &subAgents;
    PermissionGate &gate;
    bool hasForms = false; // the client offers elicitation.form
};

/// Runs the calls of one step of the model: shows them to the client, asks where the policy says so, and ends each of them, for the
/// client (completed or failed) and for the model. Neighbours that only look run beside each other.
class CallRunner
{
public:
    explicit CallRunner(const CallSetting &setting);

    /// Gives each call an id and a title and shows it. `hasCard` are those that the client has heard of while the model wrote them.
    void announce(std::vector<model::ToolRequest> &calls, const std::vector<acp::ToolCallId> &hasCard);

    /// False when the turn is over: `stop` was requested, or the user dismissed a question. Every call has its answer then too, those
    /// that did not run as interrupted.
    bool run(const std::vector<model::ToolRequest> &calls, std::vector<model::ToolAnswer> &answers, std::stop_token stop);

    /// Ends the card of a call that will not run.
    model::ToolAnswer interrupt(const acp::ToolCallId &call, const std::string &reason);

    /// What the card of a call of `tool` says before its input is known.
    std::string titleOf(const std::string &tool) const;

private:
    class CallContext;

    tools::Tool *toolOf(const model::ToolRequest &call) const;
    bool runsBeside(const model::ToolRequest &call) const;
    ph::Result<std::string> refusalOf(const model::ToolRequest &call, tools::CallInfo &info, const std::stop_token &stop);
    ph::Result<tools::Output> runOne(const model::ToolRequest &call, const tools::CallInfo &info, const std::stop_token &stop);
    model::ToolAnswer settle(const acp::ToolCallId &call, tools::Output output, bool isInterrupted);

    const CallSetting m_setting;
};

} // namespace agent

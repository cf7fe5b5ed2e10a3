#pragma once

#include "agent/session/turn.h"

namespace agent {

/// Runs the sub-agents of one turn: each a conversation of its own with the turn's model, on the session's workspace, under the session's
/// mode and rules. What it does shows beneath the call that started it; its last words are that call's output.
class SubAgentRunner final : public tools::SubAgents
{
public:
    struct Setting {
        model::Model &model;
        const Wire &wire;                  // of the session
        const Tools &tools;                // of the session
        tools::Workspace &workspace;
        tools::ModeControl &modes;
        PermissionGate &gate;
        Meter &meter;                      // of the session: what a sub-agent costs, the session costs
        const Compaction &compaction;
        std::string system = {};
        std::string effort = {};
    };
    explicit SubAgentRunner(Setting setting);

    /// `task.type` "Explore" only looks; any other may do what the session may. None of them asks the user or starts further ones.
    ph::Result<std::string> run(const Task &task, const acp::ToolCallId &parent, std::stop_token stop) override;

private:
    const Setting m_setting;
};

} // namespace agent

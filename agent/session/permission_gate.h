#pragma once

#include "agent/model/model.h"
#include "agent/permissions/policy.h"
#include "agent/permissions/rule_store.h"
#include "agent/session/wire.h"
#include "agent/tools/tool.h"

#include <atomic>
#include <functional>

namespace agent {

struct GateSetting {
    std::filesystem::path dataFolder;             // where the repositories' rules are kept
    std::function<bool()> sandboxWorks = {};      // commands can be run where they change nothing; asked when a session begins, any thread
    std::vector<std::string> allowedDomains = {}; // of the web; empty: every

    bool hasSandbox() const { return sandboxWorks && sandboxWorks(); }
};

/// Decides whether a call runs, and asks the user where the policy says so. One a session, its sub-agents' too. Any thread.
class PermissionGate
{
public:
    /// Both outlive the gate.
    PermissionGate(GateSetting setting, const tools::ModeControl &modes, const tools::Workspace &workspace);

    /// Empty when the call is to run, else what the model reads: why not, in the user's words where they gave some. Waits for the user.
    /// Error Cancelled: `stop` was requested or the question dismissed; the turn is over.
    ph::Result<std::string> mayRun(const Wire &wire, const model::ToolRequest &call, const tools::CallInfo &info, std::stop_token stop);

    /// The user has said what they think of the folder. Until then nothing in it was asked about, and modes and rules hold as they are.
    void setFolderTrusted(bool isTrusted) { m_isFolderTrusted = isTrusted; }
    /// From now on the conversation holds data from outside, which may try to direct the model.
    void sawUntrustedData();

private:
    ph::Result<std::string> ask(const Wire &wire, const model::ToolRequest &call, const tools::CallInfo &info,
                                const permissions::Circumstances &circumstances, const std::string &reason, std::stop_token stop);
    void allowAlways(permissions::Group group, const std::vector<permissions::Rule> &rules);

    const GateSetting m_setting;
    const tools::ModeControl &m_modes;
    const tools::Workspace &m_workspace;
    permissions::RuleStore m_rules;
    std::atomic<bool> m_isFolderTrusted = true;
    std::atomic<bool> m_hasUntrustedData = false;
};

} // namespace agent

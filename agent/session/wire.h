#pragma once

#include "agent/acp/agent_side.h"

#include <optional>

namespace agent {

/// Where the updates of one conversation go: to the session's client. Those of a sub-agent are its calls only, and carry
/// `_meta.claudeCode.parentToolCallId`, the call that they happen beneath. Any thread.
class Wire
{
public:
    /// `client` outlives it. `parent`: of a sub-agent.
    Wire(acp::Client &client, acp::SessionId session, std::optional<acp::ToolCallId> parent = {});

    const acp::SessionId &session() const { return m_session; }
    acp::Client &client() const { return m_client; }
    bool isSubAgent() const { return m_parent.has_value(); }

    void send(acp::SessionUpdate update) const;

private:
    acp::Client &m_client;
    const acp::SessionId m_session;
    const std::optional<acp::ToolCallId> m_parent;
};

} // namespace agent

#include "agent/session/wire.h"

namespace agent {

Wire::Wire(acp::Client &client, acp::SessionId session, std::optional<acp::ToolCallId> parent)
    : m_client(client)
    , m_session(std::move(session))
    , m_parent(std::move(parent))
{
}

void Wire::send(acp::SessionUpdate update) const
{
    if (m_parent) {
        const auto mark = [this](std::optional<ph::Json> &meta) {
            if (!meta || !meta->is_object())
                meta = ph::Json::object();
            (*meta)["claudeCode"]["parentToolCallId"] = m_parent->value;
        };
        if (auto *call = std::get_if<acp::ToolCall>(&update.value))
            mark(call->meta);
        else if (auto *change = std::get_if<acp::ToolCallUpdate>(&update.value))
            mark(change->meta);
        else
            return;
    }
    m_client.update(m_session, update);
}

} // namespace agent

#include "agent/session/speaker.h"

#include "driver/base/ids.h"
#include "driver/base/time.h"

namespace agent {

Speaker::Speaker(const Wire &wire, const std::function<std::string(const std::string &)> &titleOf)
    : m_wire(wire)
    , m_titleOf(titleOf)
    , m_messageId(ph::uuid4())
    , m_thoughtId(ph::uuid4())
{
}

void Speaker::onText(const std::string &text, const ph::Json &meta)
{
    if (text.empty() && meta.is_null())
        return;
    m_said += text;
    acp::AgentMessageChunk chunk;
    chunk.content = acp::ContentBlock::ofText(text);
    chunk.messageId = m_messageId;
    if (meta.is_object())
        chunk.meta = meta;
    m_wire.send({std::move(chunk)});
}

void Speaker::onThought(const std::string &text)
{
    acp::AgentThoughtChunk chunk;
    chunk.content = acp::ContentBlock::ofText(text);
    chunk.messageId = m_thoughtId;
    m_wire.send({std::move(chunk)});
}

void Speaker::onThoughtEnd(const model::Thought &thought)
{
    m_thoughts.push_back(thought);
    // What goes back to the model is in the log this way: an empty chunk ends the thought and carries its proof.
    acp::AgentThoughtChunk end;
    end.content = acp::ContentBlock::ofText("");
    end.messageId = std::exchange(m_thoughtId, ph::uuid4());
    end.meta = ph::Json{{"hoglet", {{"thoughtEnd", {{"signature", thought.signature}, {"redacted", thought.redacted}, {"model", thought.model}}}}}};
    m_wire.send({std::move(end)});
}

void Speaker::onPlan(const acp::Plan &plan) { m_wire.send({plan}); }

void Speaker::onTitle(const std::string &title) { m_wire.send({acp::SessionInfoUpdate{title, ph::isoNow()}}); }

void Speaker::onCallBegin(const acp::ToolCallId &id, const std::string &name)
{
    m_begun.push_back({id, name});
    acp::ToolCall call;
    call.toolCallId = id;
    call.title = m_titleOf(name);
    call.name = name;
    call.status = "pending";
    call.rawInput = ph::Json::object();
    call.meta = ph::Json{{"claudeCode", {{"toolName", name}}}};
    m_wire.send({std::move(call)});
}

void Speaker::onNotice(const std::string &text)
{
    if (!m_wire.isSubAgent())
        m_wire.client().notify("_posthog/status", {{"sessionId", m_wire.session().value}, {"status", "waiting"}, {"message", text}});
}

} // namespace agent

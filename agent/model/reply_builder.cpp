#include "agent/model/reply_builder.h"

#include "driver/base/ids.h"
#include "driver/base/json_depth.h"
#include "driver/base/utf8.h"

#include <utility>

namespace model {

namespace {

constexpr int deepestInput = 100;
constexpr std::size_t longestQuote = 2000; // bytes of an input that the model gets to see again

/// Sets the input, or the problem that there is with it.
void setInput(ToolRequest &call, const std::string &text, bool wasCut)
{
    if (text.find_first_not_of(" \t\r\n") == std::string::npos)
        return; // A tool without parameters is called with nothing.
    ph::Json input;
    std::string why;
    if (ph::isNestedDeeper(text, deepestInput)) {
        why = "it is nested too deep";
    } else {
        try {
            input = ph::Json::parse(text);
        } catch (const ph::Json::exception &e) {
            why = e.what();
        }
    }
    if (why.empty() && input.is_object()) {
        call.input = std::move(input);
        return;
    }
    if (wasCut) {
        call.problem = "The input of " + call.name + " was cut off at the limit of one answer, so it was not run. Write less at once.";
        return;
    }
    call.problem = "The input of " + call.name + " is no JSON object" + (why.empty() ? "" : " (" + why + ")")
        + ", so it was not run. You sent: " + text.substr(0, longestQuote);
    ph::repairUtf8(call.problem); // A letter may have been cut.
}

} // namespace

ReplyBuilder::ReplyBuilder(Listener &listener, std::string model)
    : m_listener(listener)
    , m_model(std::move(model))
{
}

void ReplyBuilder::addText(const std::string &piece)
{
    if (piece.empty())
        return;
    endThought();
    m_hasSpoken = true;
    m_textBytes += piece.size();
    m_listener.onText(piece);
}

void ReplyBuilder::addThought(const std::string &piece)
{
    m_isThinking = true;
    if (piece.empty())
        return;
    m_hasSpoken = true;
    m_thought.text += piece;
    m_listener.onThought(piece);
}

void ReplyBuilder::addSignature(const std::string &piece)
{
    m_isThinking = true;
    m_thought.signature += piece;
}

void ReplyBuilder::endThought()
{
    if (!m_isThinking)
        return;
    m_isThinking = false;
    m_thought.model = m_model;
    m_thought.textBefore = m_textBytes;
    m_reply.thoughts.push_back(std::exchange(m_thought, {}));
    m_listener.onThoughtEnd(m_reply.thoughts.back());
}

void ReplyBuilder::addRedacted(std::string data)
{
    endThought();
    m_isThinking = true;
    m_thought.redacted = std::move(data);
    endThought();
}

std::size_t ReplyBuilder::beginCall(std::string id, std::string name)
{
    endThought();
    m_hasSpoken = true;
    ToolRequest call;
    call.id.value = id.empty() ? "call_" + ph::uuid4() : std::move(id);
    call.name = std::move(name);
    m_listener.onCallBegin(call.id, call.name);
    m_reply.calls.push_back(std::move(call));
    m_inputs.emplace_back();
    return m_inputs.size() - 1;
}

void ReplyBuilder::addInput(std::size_t call, const std::string &piece)
{
    if (piece.empty())
        return;
    m_inputs[call] += piece;
    m_listener.onCallInput(m_reply.calls[call].id, piece);
}

void ReplyBuilder::setUsage(const Usage &usage)
{
    m_reply.usage = usage;
    m_listener.onUsage(usage);
}

Reply ReplyBuilder::finish(std::string stopReason, bool wasCut)
{
    endThought();
    for (std::size_t i = 0; i < m_inputs.size(); ++i)
        setInput(m_reply.calls[i], m_inputs[i], wasCut);
    m_reply.stopReason = std::move(stopReason);
    return std::move(m_reply);
}

} // namespace model

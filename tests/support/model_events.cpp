#include "tests/support/model_server.h"

namespace support {

namespace {

constexpr std::size_t pieceBytes = 9; // of a text: words are torn, letters are not

std::vector<std::string> piecesOf(const std::string &text)
{
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(at + pieceBytes, text.size());
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
            ++end;
        pieces.push_back(text.substr(at, end - at));
        at = end;
    }
    return pieces;
}

std::string inputOf(const ToolUse &call) { return call.rawInput.empty() ? call.input.dump() : call.rawInput; }

std::string idOf(const ToolUse &call, std::size_t number) { return call.id.empty() ? "toolu_" + std::to_string(number + 1) : call.id; }

/// Anthropic's events: `event:` and `data:`, blocks numbered in their order.
class MessagesEvents
{
public:
    void add(const ph::Json &data) { events.push_back("event: " + data["type"].get<std::string>() + "\ndata: " + data.dump() + "\n\n"); }

    void block(const ph::Json &start, const std::vector<ph::Json> &deltas)
    {
        add({{"type", "content_block_start"}, {"index", m_index}, {"content_block", start}});
        for (const ph::Json &delta : deltas)
            add({{"type", "content_block_delta"}, {"index", m_index}, {"delta", delta}});
        add({{"type", "content_block_stop"}, {"index", m_index}});
        ++m_index;
    }

    std::vector<std::string> events;

private:
    int m_index = 0;
};

std::vector<ph::Json> deltasOf(const std::string &text, const char *type, const char *key)
{
    std::vector<ph::Json> deltas;
    for (const std::string &piece : piecesOf(text))
        deltas.push_back({{"type", type}, {key, piece}});
    return deltas;
}

} // namespace

std::vector<std::string> messagesEvents(const ModelAnswer &answer)
{
    MessagesEvents out;
    const ph::Json usage{{"input_tokens", answer.inputTokens},
                         {"cache_read_input_tokens", answer.cachedRead},
                         {"cache_creation_input_tokens", answer.cachedWrite},
                         {"output_tokens", 1}};
    out.add({{"type", "message_start"},
             {"message",
              {{"id", "msg_1"},
               {"type", "message"},
               {"role", "assistant"},
               {"content", ph::Json::array()},
               {"model", "m"},
               {"stop_reason", nullptr},
               {"usage", usage}}}});
    out.add({{"type", "ping"}});
    if (!answer.thought.empty()) {
        auto deltas = deltasOf(answer.thought, "thinking_delta", "thinking");
        deltas.push_back({{"type", "signature_delta"}, {"signature", answer.signature}});
        out.block({{"type", "thinking"}, {"thinking", ""}, {"signature", ""}}, deltas);
    }
    if (!answer.redactedThought.empty())
        out.block({{"type", "redacted_thinking"}, {"data", answer.redactedThought}}, {});
    if (!answer.text.empty())
        out.block({{"type", "text"}, {"text", ""}}, deltasOf(answer.text, "text_delta", "text"));
    for (std::size_t i = 0; i < answer.calls.size(); ++i) {
        const ToolUse &call = answer.calls[i];
        out.block({{"type", "tool_use"}, {"id", idOf(call, i)}, {"name", call.name}, {"input", ph::Json::object()}},
                  deltasOf(inputOf(call), "input_json_delta", "partial_json"));
    }
    const std::string reason = !answer.stopReason.empty() ? answer.stopReason : answer.calls.empty() ? "end_turn" : "tool_use";
    out.add({{"type", "message_delta"},
             {"delta", {{"stop_reason", reason}, {"stop_sequence", nullptr}}},
             {"usage", {{"output_tokens", answer.outputTokens}}}});
    out.add({{"type", "message_stop"}});
    return out.events;
}

std::vector<std::string> chatEvents(const ModelAnswer &answer)
{
    std::vector<std::string> events;
    const auto add = [&](const ph::Json &delta, const ph::Json &finish = nullptr) {
        const ph::Json choice{{"index", 0}, {"delta", delta}, {"finish_reason", finish}};
        events.push_back("data: " + ph::Json{{"id", "chatcmpl-1"}, {"object", "chat.completion.chunk"}, {"choices", ph::Json::array({choice})}}.dump()
                         + "\n\n");
    };
    add({{"role", "assistant"}, {"content", ""}});
    for (const std::string &piece : piecesOf(answer.thought))
        add({{"reasoning_content", piece}});
    for (const std::string &piece : piecesOf(answer.text))
        add({{"content", piece}});
    for (std::size_t i = 0; i < answer.calls.size(); ++i) {
        const ToolUse &call = answer.calls[i];
        const auto piece = [&](ph::Json each) {
            each["index"] = i;
            add({{"tool_calls", ph::Json::array({std::move(each)})}});
        };
        piece({{"id", idOf(call, i)}, {"type", "function"}, {"function", {{"name", call.name}, {"arguments", ""}}}});
        for (const std::string &part : piecesOf(inputOf(call)))
            piece({{"function", {{"arguments", part}}}});
    }
    add(ph::Json::object(), !answer.stopReason.empty() ? answer.stopReason : answer.calls.empty() ? "stop" : "tool_calls");
    const ph::Json usage{{"prompt_tokens", answer.inputTokens + answer.cachedRead},
                         {"completion_tokens", answer.outputTokens},
                         {"prompt_tokens_details", {{"cached_tokens", answer.cachedRead}}}};
    events.push_back("data: "
                     + ph::Json{{"id", "chatcmpl-1"}, {"object", "chat.completion.chunk"}, {"choices", ph::Json::array()}, {"usage", usage}}.dump()
                     + "\n\n");
    events.push_back("data: [DONE]\n\n");
    return events;
}

} // namespace support

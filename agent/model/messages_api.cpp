#include "agent/model/json_read.h"
#include "agent/model/messages_request.h"
#include "agent/model/reply_builder.h"

#include <map>

namespace model {

namespace {

/// Reads the events of Anthropic's stream: message_start, content_block_start/delta/stop, message_delta, message_stop, ping. What it
/// does not know is passed over: new kinds may come at any time (API docs, "Streaming messages", "Other events").
class MessagesReader : public AnswerReader
{
public:
    MessagesReader(Listener &listener, const LanguageModel &model)
        : m_model(model)
        , m_builder(listener, model.id)
    {
    }

    void takeEvent(const ph::Json &event) override
    {
        const auto type = textAt(event, "type");
        const auto index = numberAt(event, "index");
        if (type == "message_start") {
            count(memberAt(memberAt(event, "message"), "usage"));
        } else if (type == "content_block_start") {
            begin(index, memberAt(event, "content_block"));
        } else if (type == "content_block_delta") {
            add(index, memberAt(event, "delta"));
        } else if (type == "content_block_stop") {
            m_builder.endThought();
        } else if (type == "message_delta") {
            if (const auto reason = textAt(memberAt(event, "delta"), "stop_reason"); !reason.empty())
                m_stopReason = reason;
            count(memberAt(event, "usage"));
        } else if (type == "message_stop") {
            m_isWhole = true;
        }
    }

    void takeWhole(const ph::Json &answer) override
    {
        const ph::Json &content = memberAt(answer, "content");
        for (std::size_t i = 0; content.is_array() && i < content.size(); ++i) {
            begin(static_cast<std::int64_t>(i), content[i]);
            m_builder.endThought();
        }
        m_stopReason = textAt(answer, "stop_reason");
        count(memberAt(answer, "usage"));
    }

    // Some services in between leave the last event out; the reason to stop comes right before it.
    bool isWhole() const override { return m_isWhole || !m_stopReason.empty(); }
    bool hasSpoken() const override { return m_builder.hasSpoken(); }

    Reply finish() override
    {
        const bool wasCut = m_stopReason == "max_tokens" || m_stopReason == "model_context_window_exceeded";
        return m_builder.finish(wasCut ? "max_tokens" : m_stopReason == "refusal" ? "refusal" : "end_turn", wasCut);
    }

private:
    void begin(std::int64_t index, const ph::Json &block)
    {
        const auto type = textAt(block, "type");
        if (type == "text") {
            m_builder.addText(textAt(block, "text"));
        } else if (type == "thinking") {
            m_builder.addThought(textAt(block, "thinking"));
            m_builder.addSignature(textAt(block, "signature"));
        } else if (type == "redacted_thinking") {
            m_builder.addRedacted(textAt(block, "data"));
        } else if (type == "tool_use") {
            const auto call = m_builder.beginCall(textAt(block, "id"), textAt(block, "name"));
            m_calls[index] = call;
            if (const ph::Json &input = memberAt(block, "input"); input.is_object() && !input.empty())
                m_builder.addInput(call, input.dump());
        }
    }

    void add(std::int64_t index, const ph::Json &delta)
    {
        const auto type = textAt(delta, "type");
        if (type == "text_delta") {
            m_builder.addText(textAt(delta, "text"));
        } else if (type == "thinking_delta") {
            m_builder.addThought(textAt(delta, "thinking"));
        } else if (type == "signature_delta") {
            m_builder.addSignature(textAt(delta, "signature"));
        } else if (type == "input_json_delta") {
            if (const auto call = m_calls.find(index); call != m_calls.end())
                m_builder.addInput(call->second, textAt(delta, "partial_json"));
        }
    }

    /// The counts are of the whole step each time; an event names those that it knows.
    void count(const ph::Json &usage)
    {
        if (!usage.is_object())
            return;
        const auto take = [&](const char *key, std::int64_t &number) {
            if (memberAt(usage, key).is_number())
                number = numberAt(usage, key);
        };
        take("input_tokens", m_usage.input);
        take("cache_read_input_tokens", m_usage.cachedRead);
        take("cache_creation_input_tokens", m_usage.cachedWrite);
        take("output_tokens", m_usage.output);
        if (m_model.facts.prices)
            m_usage.cost = costOf(m_usage, *m_model.facts.prices);
        m_builder.setUsage(m_usage);
    }

    const LanguageModel &m_model;
    ReplyBuilder m_builder;
    std::map<std::int64_t, std::size_t> m_calls; // by index of the block
    Usage m_usage;
    std::string m_stopReason;
    bool m_isWhole = false;
};

class MessagesModel : public Model
{
public:
    MessagesModel(Network network, LanguageModel model)
        : m_network(std::move(network))
        , m_model(std::move(model))
    {
        m_model.service.headers.emplace_back("anthropic-version", "2023-06-01");
    }

    std::string id() const override { return m_model.id; }
    std::string name() const override { return m_model.facts.name; }
    Info info() const override { return m_model.facts.info; }

    ph::Result<Reply> ask(const Request &request, Listener &listener, std::stop_token stop) override
    {
        return askService(
            m_network, m_model.service, "/v1/messages", messagesBody(m_model, request),
            [&] { return std::make_unique<MessagesReader>(listener, m_model); }, listener, std::move(stop));
    }

private:
    const Network m_network;
    LanguageModel m_model;
};

} // namespace

std::shared_ptr<Model> makeMessagesModel(Network network, LanguageModel model)
{
    return std::make_shared<MessagesModel>(std::move(network), std::move(model));
}

} // namespace model

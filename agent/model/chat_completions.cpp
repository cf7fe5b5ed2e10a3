#include "agent/model/chat_request.h"
#include "agent/model/json_read.h"
#include "agent/model/reply_builder.h"

#include <algorithm>

namespace model {

namespace {

/// Reads chat.completion.chunk and chat.completion objects as OpenAI sends them, and as the many servers do that send something alike.
class ChatReader : public AnswerReader
{
public:
    ChatReader(Listener &listener, const LanguageModel &model)
        : m_model(model)
        , m_builder(listener, model.id)
    {
    }

    void takeEvent(const ph::Json &event) override
    {
        count(memberAt(event, "usage"));
        const ph::Json &choices = memberAt(event, "choices");
        if (!choices.is_array() || choices.empty())
            return; // Usage comes in an event without choices.
        const ph::Json &delta = memberAt(choices[0], "delta");
        take(delta.is_object() ? delta : memberAt(choices[0], "message"));
        if (const auto reason = textAt(choices[0], "finish_reason"); !reason.empty())
            m_finish = reason;
    }
    void takeWhole(const ph::Json &answer) override { takeEvent(answer); }
    void takeDone() override { m_isDone = true; }

    // Some servers send only the one, some only the other.
    bool isWhole() const override { return m_isDone || !m_finish.empty(); }
    bool hasSpoken() const override { return m_builder.hasSpoken(); }

    Reply finish() override
    {
        const bool wasCut = m_finish == "length";
        const bool isRefusal = m_finish == "content_filter" || m_refuses;
        return m_builder.finish(wasCut ? "max_tokens" : isRefusal ? "refusal" : "end_turn", wasCut);
    }

private:
    struct Call {
        std::int64_t index;
        std::string id;
        std::size_t number; // the builder's
    };

    void take(const ph::Json &delta)
    {
        for (const char *key : {"reasoning_content", "reasoning"}) {
            if (const auto thought = textAt(delta, key); !thought.empty()) {
                m_builder.addThought(thought);
                break;
            }
        }
        m_builder.addText(contentOf(memberAt(delta, "content")));
        if (const auto refusal = textAt(delta, "refusal"); !refusal.empty()) {
            m_refuses = true;
            m_builder.addText(refusal);
        }
        const ph::Json &calls = memberAt(delta, "tool_calls");
        for (std::size_t i = 0; calls.is_array() && i < calls.size(); ++i)
            takeCall(calls[i], static_cast<std::int64_t>(i));
    }

    /// A text, or a list of parts with texts.
    static std::string contentOf(const ph::Json &content)
    {
        if (content.is_string())
            return content.get<std::string>();
        std::string text;
        for (std::size_t i = 0; content.is_array() && i < content.size(); ++i)
            text += textAt(content[i], "text");
        return text;
    }

    void takeCall(const ph::Json &piece, std::int64_t place)
    {
        const std::int64_t index = memberAt(piece, "index").is_number() ? numberAt(piece, "index") : place;
        const auto id = textAt(piece, "id");
        const ph::Json &function = memberAt(piece, "function");
        const auto name = textAt(function, "name");
        // A call goes on under its index. Servers that number none, or all alike, begin each with an id of its own.
        auto call = std::find_if(m_calls.rbegin(), m_calls.rend(), [&](const Call &each) { return each.index == index; });
        if (call == m_calls.rend() || (!id.empty() && !call->id.empty() && id != call->id)) {
            m_calls.push_back({index, id, m_builder.beginCall(id, name)});
            call = m_calls.rbegin();
        }
        const ph::Json &arguments = memberAt(function, "arguments");
        m_builder.addInput(call->number, arguments.is_string() ? arguments.get<std::string>() : arguments.is_object() ? arguments.dump() : "");
    }

    void count(const ph::Json &usage)
    {
        if (!usage.is_object())
            return;
        Usage counted;
        counted.cachedRead = numberAt(memberAt(usage, "prompt_tokens_details"), "cached_tokens");
        counted.input = std::max<std::int64_t>(numberAt(usage, "prompt_tokens") - counted.cachedRead, 0);
        counted.output = numberAt(usage, "completion_tokens");
        if (m_model.facts.prices)
            counted.cost = costOf(counted, *m_model.facts.prices);
        m_builder.setUsage(counted);
    }

    const LanguageModel &m_model;
    ReplyBuilder m_builder;
    std::vector<Call> m_calls;
    std::string m_finish;
    bool m_refuses = false;
    bool m_isDone = false;
};

class ChatModel : public Model
{
public:
    ChatModel(Network network, LanguageModel model)
        : m_network(std::move(network))
        , m_model(std::move(model))
    {
    }

    std::string id() const override { return m_model.id; }
    std::string name() const override { return m_model.facts.name; }
    Info info() const override { return m_model.facts.info; }

    ph::Result<Reply> ask(const Request &request, Listener &listener, std::stop_token stop) override
    {
        return askService(
            m_network, m_model.service, "/chat/completions", chatBody(m_model, request),
            [&] { return std::make_unique<ChatReader>(listener, m_model); }, listener, std::move(stop));
    }

private:
    const Network m_network;
    const LanguageModel m_model;
};

} // namespace

std::shared_ptr<Model> makeChatModel(Network network, LanguageModel model)
{
    return std::make_shared<ChatModel>(std::move(network), std::move(model));
}

} // namespace model

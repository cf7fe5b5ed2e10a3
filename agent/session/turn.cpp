#include "agent/session/turn.h"

#include "driver/base/ids.h"
#include "driver/base/time.h"

#include <algorithm>

namespace agent {
namespace {

constexpr int maximumSteps = 200;

/// What the model says while it answers goes straight on to the client.
class Speaker final : public model::Listener
{
public:
    explicit Speaker(const TurnSetting &setting)
        : m_setting(setting)
    {
    }

    void onText(const std::string &text, const ph::Json &meta) override
    {
        if (text.empty() && meta.is_null())
            return;
        said += text;
        acp::AgentMessageChunk chunk;
        chunk.content = acp::ContentBlock::ofText(text);
        chunk.messageId = m_messageId;
        if (meta.is_object())
            chunk.meta = meta;
        send(chunk);
    }
    void onThought(const std::string &text) override
    {
        acp::AgentThoughtChunk chunk;
        chunk.content = acp::ContentBlock::ofText(text);
        chunk.messageId = m_thoughtId;
        send(chunk);
    }
    void onPlan(const acp::Plan &plan) override { send(plan); }
    void onTitle(const std::string &title) override { send(acp::SessionInfoUpdate{title, ph::isoNow()}); }

    std::string said;

private:
    template <typename Update>
    void send(Update update) { m_setting.client.update(m_setting.session, {std::move(update)}); }

    const TurnSetting &m_setting;
    const std::string m_messageId = ph::uuid4();
    const std::string m_thoughtId = ph::uuid4();
};

/// The user's side of a running call: questions and progress.
class CallContext final : public tools::Context
{
public:
    CallContext(const TurnSetting &setting, std::stop_token stop)
        : m_setting(setting)
        , m_stop(std::move(stop))
    {
    }

    ph::Result<std::string> ask(const acp::ToolCallId &call, const tools::Question &question) override
    {
        auto answer = m_setting.canElicit ? askByForm(call, question) : askByOptions(call, question);
        // A client that says it has forms and then fails on one has the options still.
        if (!answer && answer.error().code != ph::ErrorCode::Cancelled && m_setting.canElicit)
            answer = askByOptions(call, question);
        if (!answer)
            return answer;
        const bool offered = std::any_of(question.options.begin(), question.options.end(), [&](const auto &option) { return option.id == *answer; });
        if (!offered)
            return ph::fail(ph::ErrorCode::InvalidInput, "The answer was none of those that were offered.");
        return answer;
    }
    void update(const acp::ToolCallUpdate &update) override { m_setting.client.update(m_setting.session, {update}); }

private:
    static tl::unexpected<ph::Error> dismissed() { return ph::fail(ph::ErrorCode::Cancelled, "The question was dismissed."); }

    ph::Result<std::string> askByForm(const acp::ToolCallId &call, const tools::Question &question)
    {
        ph::Json choices = ph::Json::array();
        for (const auto &option : question.options) {
            ph::Json choice{{"const", option.id}, {"title", option.label}};
            if (!option.description.empty())
                choice["description"] = option.description;
            choices.push_back(std::move(choice));
        }
        ph::Json property{{"type", "string"}, {"title", question.header.empty() ? "Answer" : question.header}, {"oneOf", std::move(choices)}};
        if (!question.recommended.empty())
            property["default"] = question.recommended;

        acp::ElicitationRequest request;
        request.message = question.text;
        request.sessionId = m_setting.session;
        request.toolCallId = call;
        request.requestedSchema = ph::Json{{"type", "object"}, {"properties", {{"answer", std::move(property)}}}, {"required", {"answer"}}};
        request.meta = ph::Json{{"hoglet", {{"step", question.step}, {"recommended", question.recommended}}}};
        const auto reply = m_setting.client.createElicitation(request, m_stop);
        if (!reply)
            return ph::fail(reply.error());
        if (reply->action != "accept" || !reply->content || !reply->content->is_object())
            return dismissed();
        const auto answer = reply->content->find("answer");
        if (answer == reply->content->end() || !answer->is_string())
            return dismissed();
        return answer->get<std::string>();
    }

    ph::Result<std::string> askByOptions(const acp::ToolCallId &call, const tools::Question &question)
    {
        acp::RequestPermissionRequest request;
        ph::Json labels = ph::Json::array();
        for (const auto &option : question.options) {
            acp::PermissionOption offered{option.id, option.label, "allow_once", {}};
            ph::Json meta = ph::Json::object();
            if (!option.description.empty())
                meta["description"] = option.description;
            if (option.id == question.recommended)
                meta["hoglet"] = {{"recommended", true}};
            if (!meta.empty())
                offered.meta = std::move(meta);
            request.options.push_back(std::move(offered));
            labels.push_back({{"label", option.label}, {"description", option.description}});
        }
        const ph::Json meta{{"twigToolKind", "question"},
                            {"questions", {{{"question", question.text}, {"header", question.header}, {"options", std::move(labels)}}}},
                            {"hoglet", {{"step", question.step}}}};
        request.sessionId = m_setting.session;
        request.toolCall.toolCallId = call;
        request.toolCall.title = question.text;
        request.toolCall.kind = "other";
        request.toolCall.meta = meta;
        request.meta = meta;
        const auto reply = m_setting.client.requestPermission(request, m_stop);
        if (!reply)
            return ph::fail(reply.error());
        if (reply->outcome.outcome != "selected" || !reply->outcome.optionId)
            return dismissed();
        return *reply->outcome.optionId;
    }

    const TurnSetting &m_setting;
    std::stop_token m_stop;
};

class Turn
{
public:
    Turn(std::vector<model::Message> &history, const TurnSetting &setting, std::stop_token stop)
        : m_history(history)
        , m_setting(setting)
        , m_stop(std::move(stop))
    {
        for (const auto &tool : setting.tools)
            m_specs.push_back({tool->name(), tool->description(), tool->inputSchema()});
    }

    ph::Result<std::string> run()
    {
        for (int step = 0; step < maximumSteps; ++step) {
            if (m_stop.stop_requested())
                return "cancelled";
            Speaker speaker(m_setting);
            auto reply = m_setting.model.ask({m_history, m_specs}, speaker, m_stop);
            if (!reply && !m_stop.stop_requested() && reply.error().code != ph::ErrorCode::Cancelled) {
                keepReply(speaker.said, {});
                return ph::fail(reply.error());
            }
            if (!reply || m_stop.stop_requested()) {
                keepReply(speaker.said, {});
                return "cancelled";
            }
            for (auto &call : reply->calls)
                announce(call);
            keepReply(speaker.said, reply->calls);
            if (reply->calls.empty())
                return reply->stopReason;
            if (!runCalls(reply->calls))
                return "cancelled";
        }
        return "max_turn_requests";
    }

private:
    void keepReply(const std::string &text, const std::vector<model::ToolRequest> &calls)
    {
        if (text.empty() && calls.empty())
            return;
        model::Message message;
        message.role = model::Message::Role::Assistant;
        message.text = text;
        message.calls = calls;
        m_history.push_back(std::move(message));
    }

    tools::Tool *toolOf(const model::ToolRequest &call) const
    {
        const auto found = std::find_if(m_setting.tools.begin(), m_setting.tools.end(), [&](const auto &tool) { return tool->name() == call.name; });
        return found != m_setting.tools.end() ? found->get() : nullptr;
    }

    void announce(model::ToolRequest &call)
    {
        if (call.id.value.empty())
            call.id.value = ph::uuid4();
        if (!call.input.is_object())
            call.input = ph::Json::object();
        const auto *tool = toolOf(call);
        if (call.title.empty())
            call.title = tool ? tool->title(call.input) : call.name;
        acp::ToolCall update;
        update.toolCallId = call.id;
        update.title = call.title;
        update.name = call.name;
        update.kind = tool ? tool->kind() : "other";
        update.status = "pending";
        update.rawInput = call.input;
        update.meta = call.meta;
        m_setting.client.update(m_setting.session, {std::move(update)});
    }

    /// False when the turn was cancelled meanwhile. Every call is answered then too.
    bool runCalls(const std::vector<model::ToolRequest> &calls)
    {
        model::Message message;
        message.role = model::Message::Role::Tool;
        bool goesOn = true;
        for (const auto &call : calls) {
            ph::Result<tools::Output> output = ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
            if (goesOn && !m_stop.stop_requested())
                output = runCall(call);
            goesOn = goesOn && output && !m_stop.stop_requested();
            // Only a call that was cut off ends with an error; what failed by itself is an output.
            const bool interrupted = !output;
            message.answers.push_back(settle(call, output ? *std::move(output) : failure(output.error().message), interrupted));
        }
        m_history.push_back(std::move(message));
        return goesOn;
    }

    static tools::Output failure(std::string text)
    {
        tools::Output output;
        output.failed = true;
        output.text = std::move(text);
        return output;
    }

    ph::Result<tools::Output> runCall(const model::ToolRequest &call)
    {
        auto *tool = toolOf(call);
        if (!tool)
            return failure("There is no tool " + call.name + ".");
        if (!call.problem.empty())
            return failure(call.problem);
        const auto refusal = mayRun(*tool, call);
        if (!refusal)
            return ph::fail(refusal.error());
        if (!refusal->empty())
            return failure(*refusal);

        acp::ToolCallUpdate begun;
        begun.toolCallId = call.id;
        begun.status = "in_progress";
        m_setting.client.update(m_setting.session, {begun});
        CallContext context(m_setting, m_stop);
        try {
            auto output = tool->run(call.id, call.input, context, m_stop);
            if (!output && output.error().code != ph::ErrorCode::Cancelled)
                return failure(output.error().message);
            return output;
        } catch (const std::exception &e) {
            return failure("The tool failed: " + std::string(e.what()));
        }
    }

    /// Empty when the call may run, else why not. Error Cancelled: the turn is over.
    ph::Result<std::string> mayRun(tools::Tool &tool, const model::ToolRequest &call)
    {
        switch (permissions::decide(m_setting.mode(), tool.kind(), tool.needsPermission(call.input))) {
        case permissions::Decision::Allow: return "";
        case permissions::Decision::Refuse: return "Plan mode only looks; this call changes something and was not run.";
        case permissions::Decision::Ask: break;
        }
        if (m_setting.alwaysAllowed.contains(tool.name()))
            return "";
        acp::RequestPermissionRequest request;
        request.sessionId = m_setting.session;
        request.toolCall.toolCallId = call.id;
        request.toolCall.title = call.title;
        request.toolCall.kind = tool.kind();
        request.toolCall.status = "pending";
        request.toolCall.rawInput = call.input;
        request.options = {{"allow", "Yes", "allow_once", {}},
                           {"allow_always", "Yes, and do not ask again in this session", "allow_always", {}},
                           {"reject", "No", "reject_once", {}}};
        const auto reply = m_setting.client.requestPermission(request, m_stop);
        if (!reply && (reply.error().code == ph::ErrorCode::Cancelled || m_stop.stop_requested()))
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        if (!reply)
            return "The permission could not be asked for: " + reply.error().message;
        if (reply->outcome.outcome != "selected")
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        const auto option = reply->outcome.optionId.value_or("");
        if (option == "allow_always")
            m_setting.alwaysAllowed.insert(tool.name());
        if (option == "allow" || option == "allow_always")
            return "";
        const auto feedback = reply->meta && reply->meta->is_object() ? reply->meta->value("customInput", ph::Json()) : ph::Json();
        return "The user declined this call." + (feedback.is_string() ? " They say: " + feedback.get<std::string>() : std::string());
    }

    /// Ends the call for the client and for the model.
    model::ToolAnswer settle(const model::ToolRequest &call, tools::Output output, bool interrupted)
    {
        acp::ToolCallUpdate update;
        update.toolCallId = call.id;
        update.status = output.failed ? "failed" : "completed";
        if (!output.raw.is_null())
            update.rawOutput = output.raw;
        if (!output.content.empty()) {
            update.content = output.content;
            update.meta = ph::Json{{"hoglet", {{"text", output.text}}}};
        } else if (!output.text.empty()) {
            update.content = {acp::ToolCallContent::ofText(output.text)};
        }
        if (interrupted)
            update.meta = ph::Json{{"hoglet", {{"interrupted", true}}}};
        m_setting.client.update(m_setting.session, {std::move(update)});
        return {call.id, output.failed, std::move(output.text), std::move(output.raw), interrupted};
    }

    std::vector<model::Message> &m_history;
    const TurnSetting &m_setting;
    const std::stop_token m_stop;
    std::vector<model::ToolSpec> m_specs;
};

} // namespace

ph::Result<std::string> runTurn(std::vector<model::Message> &history, const TurnSetting &setting, std::stop_token stop)
{
    return Turn(history, setting, std::move(stop)).run();
}

} // namespace agent

#include "agent/session/history.h"

#include "agent/session/compaction.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace agent {
namespace {

std::string textAt(const ph::Json &json, const char *key)
{
    if (!json.is_object())
        return {};
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<ph::Json> parsed(const std::vector<std::string> &lines)
{
    std::vector<ph::Json> messages;
    messages.reserve(lines.size());
    for (const auto &line : lines) {
        auto message = ph::Json::parse(line, nullptr, false);
        if (message.is_object())
            messages.push_back(std::move(message));
    }
    return messages;
}

bool isRequest(const ph::Json &message, const char *method) { return message.contains("id") && textAt(message, "method") == method; }
bool isReply(const ph::Json &message) { return message.contains("id") && !message.contains("method"); }

/// The update of a session/update, or null.
const ph::Json *updateOf(const ph::Json &message)
{
    if (textAt(message, "method") != "session/update" || !message.contains("params") || !message["params"].is_object())
        return nullptr;
    const auto update = message["params"].find("update");
    return update != message["params"].end() && update->is_object() ? &*update : nullptr;
}

/// How the prompt at each index of `messages` ended; those that are not answered are not in it.
std::map<std::size_t, ph::Json> promptReplies(const std::vector<ph::Json> &messages)
{
    std::map<std::string, std::size_t> open; // by id; a later connection begins its ids anew
    std::map<std::size_t, ph::Json> replies;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (isRequest(messages[i], "session/prompt")) {
            open[messages[i]["id"].dump()] = i;
        } else if (isReply(messages[i])) {
            // A reply to one of the agent's own requests may carry the same id: a prompt's result has a stopReason.
            const auto result = messages[i].find("result");
            const bool fits = result == messages[i].end() || (result->is_object() && result->contains("stopReason"));
            if (const auto found = fits ? open.find(messages[i]["id"].dump()) : open.end(); found != open.end()) {
                replies[found->second] = messages[i];
                open.erase(found);
            }
        }
    }
    return replies;
}

/// A prompt that never entered the conversation: it was malformed, or came while another ran.
bool wasTurnedAway(const ph::Json &reply)
{
    const auto error = reply.find("error");
    if (error == reply.end() || !error->is_object())
        return false;
    const auto code = error->value("code", ph::Json());
    return code == -32600 || code == -32602 || code == -32002;
}

bool wasRefused(const ph::Json &reply) { return reply.contains("result") && textAt(reply["result"], "stopReason") == "refusal"; }

bool isEnd(const std::string &status) { return status == "completed" || status == "failed"; }

/// The object at `_meta`.<key>, or null.
const ph::Json *metaOf(const ph::Json &update, const char *key)
{
    const auto meta = update.find("_meta");
    if (meta == update.end() || !meta->is_object())
        return nullptr;
    const auto found = meta->find(key);
    return found != meta->end() && found->is_object() ? &*found : nullptr;
}

/// What a sub-agent does belongs to its own conversation.
bool isOfSubAgent(const ph::Json &update)
{
    const auto *meta = metaOf(update, "claudeCode");
    return meta && !textAt(*meta, "parentToolCallId").empty();
}

/// The summary that replaces all that was before it, or "".
std::string summaryIn(const ph::Json &message)
{
    const auto method = textAt(message, "method");
    if ((method != "_posthog/compact_boundary" && method != "__posthog/compact_boundary") || !message.contains("params") || !message["params"].is_object())
        return {};
    const auto *meta = metaOf(message["params"], "hoglet");
    return meta ? textAt(*meta, "summary") : std::string();
}

std::vector<acp::ContentBlock> imagesIn(const ph::Json &content)
{
    std::vector<acp::ContentBlock> images;
    for (const auto &item : content) {
        if (!item.is_object() || !item.contains("content") || textAt(item["content"], "type") != "image")
            continue;
        if (auto block = ph::parse<acp::ContentBlock>(item["content"]))
            images.push_back(*std::move(block));
    }
    return images;
}

std::string contentText(const ph::Json &content)
{
    std::string text;
    if (!content.is_array())
        return text;
    for (const auto &item : content) {
        if (item.is_object() && item.contains("content") && item["content"].is_object())
            text += textAt(item["content"], "text");
    }
    return text;
}

/// Collects one step of the model: its text, its calls and their answers, until the next step begins.
class Collector
{
public:
    std::vector<model::Message> history;

    void user(const ph::Json &params)
    {
        closeStep();
        model::Message message;
        message.role = model::Message::Role::User;
        if (const auto request = ph::parse<acp::PromptRequest>(params)) {
            message.blocks = request->prompt;
            message.text = textOf(request->prompt);
            message.meta = request->meta.value_or(ph::Json::object());
        }
        history.push_back(std::move(message));
    }

    void update(const ph::Json &update)
    {
        const auto kind = textAt(update, "sessionUpdate");
        if (kind == "agent_message_chunk" || kind == "agent_message") {
            const auto text = update.contains("content") ? textAt(update["content"], "text") : std::string();
            if (text.empty())
                return;
            beginStepAfterAnswers();
            m_open = true;
            m_step.text += text;
        } else if (kind == "agent_thought_chunk") {
            thought(update);
        } else if ((kind == "tool_call" || kind == "tool_call_update") && !isOfSubAgent(update)) {
            call(update);
        }
    }

    /// All that was before is one message now.
    void compact(const std::string &summary)
    {
        closeStep();
        history = {summaryMessage(summary)};
    }

    void closeStep()
    {
        if (!m_open)
            return;
        model::Message answers;
        answers.role = model::Message::Role::Tool;
        for (const auto &request : m_step.calls) {
            const auto found = m_answers.find(request.id.value);
            answers.answers.push_back(found != m_answers.end() ? found->second : model::ToolAnswer{request.id, true, "Interrupted.", {}, true});
        }
        m_step.role = model::Message::Role::Assistant;
        history.push_back(std::exchange(m_step, {}));
        if (!answers.answers.empty())
            history.push_back(std::move(answers));
        m_answers.clear();
        m_contents.clear();
        m_images.clear();
        m_thought.clear();
        m_open = false;
    }

private:
    void beginStepAfterAnswers()
    {
        if (!m_step.calls.empty() && m_answers.size() >= m_step.calls.size())
            closeStep();
    }

    void thought(const ph::Json &update)
    {
        beginStepAfterAnswers();
        if (update.contains("content"))
            m_thought += textAt(update["content"], "text");
        const auto *ours = metaOf(update, "hoglet");
        const auto end = ours ? ours->find("thoughtEnd") : ph::Json::const_iterator();
        if (!ours || end == ours->end() || !end->is_object())
            return;
        m_open = true;
        model::Thought thought;
        thought.text = std::exchange(m_thought, {});
        thought.signature = textAt(*end, "signature");
        thought.redacted = textAt(*end, "redacted");
        thought.model = textAt(*end, "model");
        thought.textBefore = m_step.text.size();
        m_step.thoughts.push_back(std::move(thought));
    }

    void call(const ph::Json &update)
    {
        const auto id = textAt(update, "toolCallId");
        if (id.empty())
            return;
        auto known = std::find_if(m_step.calls.begin(), m_step.calls.end(), [&](const auto &request) { return request.id.value == id; });
        if (known == m_step.calls.end()) {
            if (!m_ids.insert(id).second)
                return; // An update of a call of an earlier step: it had its answer.
            beginStepAfterAnswers();
            m_open = true;
            model::ToolRequest request;
            request.id = {id};
            request.name = textAt(update, "name");
            m_step.calls.push_back(std::move(request));
            known = std::prev(m_step.calls.end());
        }
        const auto status = textAt(update, "status");
        // A card may come before its input is written; what a call says of itself when it ends is not what was asked for.
        if (textAt(update, "sessionUpdate") == "tool_call" || status == "pending") {
            if (const auto title = textAt(update, "title"); !title.empty())
                known->title = title;
            if (const auto input = update.find("rawInput"); input != update.end() && input->is_object())
                known->input = *input;
            if (const auto *ours = metaOf(update, "hoglet"))
                known->meta = ph::Json{{"hoglet", *ours}};
        }
        if (const auto content = update.find("content"); content != update.end() && content->is_array()) {
            m_contents[id] = contentText(*content);
            m_images[id] = imagesIn(*content);
        }
        if (!isEnd(status))
            return;
        model::ToolAnswer answer{{id}, status == "failed", m_contents[id], update.value("rawOutput", ph::Json()), false, m_images[id]};
        if (const auto *ours = metaOf(update, "hoglet")) {
            if (const auto text = textAt(*ours, "text"); !text.empty())
                answer.text = text; // what the model reads, where the card shows something else
            answer.interrupted = ours->value("interrupted", ph::Json()) == true;
        }
        m_answers[id] = std::move(answer);
    }

    bool m_open = false;
    model::Message m_step;
    std::map<std::string, model::ToolAnswer> m_answers;
    std::map<std::string, std::string> m_contents;
    std::map<std::string, std::vector<acp::ContentBlock>> m_images;
    std::string m_thought; // not ended yet
    std::set<std::string> m_ids;
};

} // namespace

std::string textOf(const std::vector<acp::ContentBlock> &blocks)
{
    std::string text;
    for (const auto &block : blocks) {
        std::string part;
        if (block.type == "text") {
            part = block.text.value_or("");
        } else if (block.type == "resource_link") {
            part = "[" + block.name.value_or(block.uri.value_or("")) + "](" + block.uri.value_or("") + ")";
        } else if (block.type == "resource" && block.resource && block.resource->is_object()) {
            const auto embedded = textAt(*block.resource, "text");
            part = "[" + textAt(*block.resource, "uri") + "]" + (embedded.empty() ? "" : "\n" + embedded);
        }
        if (!part.empty())
            text += (text.empty() ? "" : "\n") + part;
    }
    return text;
}

std::vector<model::Message> historyFrom(const std::vector<std::string> &lines)
{
    const auto messages = parsed(lines);
    const auto replies = promptReplies(messages);
    Collector collector;
    std::map<std::string, std::size_t> starts; // of the running prompts, by id: where in the history they begin
    std::map<std::string, bool> refused;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto &message = messages[i];
        if (isRequest(message, "session/prompt")) {
            const auto reply = replies.find(i);
            if (reply != replies.end() && wasTurnedAway(reply->second))
                continue;
            collector.user(message.value("params", ph::Json::object()));
            starts[message["id"].dump()] = collector.history.size() - 1;
            refused[message["id"].dump()] = reply != replies.end() && wasRefused(reply->second);
        } else if (isReply(message)) {
            const auto result = message.find("result");
            const auto start = starts.find(message["id"].dump());
            if (start == starts.end() || result == message.end() || !result->is_object() || !result->contains("stopReason"))
                continue;
            collector.closeStep();
            if (refused[start->first] && start->second < collector.history.size())
                collector.history.resize(start->second);
            starts.erase(start);
        } else if (const auto summary = summaryIn(message); !summary.empty()) {
            collector.compact(summary);
            for (auto &[id, start] : starts)
                start = collector.history.size(); // What was refused is within the summary.
        } else if (const auto *update = updateOf(message)) {
            collector.update(*update);
        }
    }
    collector.closeStep();
    return std::move(collector.history);
}

std::vector<ph::Json> replayFrom(const std::vector<std::string> &lines)
{
    const auto messages = parsed(lines);
    const auto replies = promptReplies(messages);
    std::vector<ph::Json> updates;
    std::vector<ph::Json> prompt; // the user's blocks, unless the log has the agent's own echo of them
    std::vector<std::string> openCalls;
    int prompts = 0;

    const auto showPrompt = [&] {
        for (auto &block : std::exchange(prompt, {}))
            updates.push_back({{"sessionUpdate", "user_message_chunk"}, {"messageId", "prompt-" + std::to_string(prompts)}, {"content", std::move(block)}});
    };
    const auto endCalls = [&] {
        for (const auto &id : std::exchange(openCalls, {}))
            updates.push_back({{"sessionUpdate", "tool_call_update"}, {"toolCallId", id}, {"status", "failed"}});
    };
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto &message = messages[i];
        if (isRequest(message, "session/prompt")) {
            const auto reply = replies.find(i);
            if (reply != replies.end() && wasTurnedAway(reply->second))
                continue;
            showPrompt();
            endCalls();
            ++prompts;
            const auto params = message.value("params", ph::Json::object());
            if (const auto blocks = params.is_object() ? params.find("prompt") : params.end(); params.is_object() && blocks != params.end() && blocks->is_array())
                prompt = blocks->get<std::vector<ph::Json>>();
            continue;
        }
        const auto *update = updateOf(message);
        if (!update)
            continue;
        auto shown = *update;
        auto kind = textAt(shown, "sessionUpdate");
        if (kind == "user_message" || kind == "agent_message") // merged chunks, as other programs store them
            shown["sessionUpdate"] = kind += "_chunk";
        constexpr std::array<std::string_view, 6> state{"available_commands_update", "current_mode_update", "config_option_update", "usage_update", "notice",
                                                        "compaction_update"};
        if (std::find(state.begin(), state.end(), kind) != state.end())
            continue;
        if (kind == "user_message_chunk")
            prompt.clear();
        showPrompt();
        if (kind == "tool_call" || kind == "tool_call_update") {
            const auto id = textAt(shown, "toolCallId");
            std::erase(openCalls, id);
            if (!isEnd(textAt(shown, "status")) && (kind == "tool_call" || shown.contains("status")))
                openCalls.push_back(id);
        }
        updates.push_back(std::move(shown));
    }
    showPrompt();
    endCalls();
    return updates;
}

StoredState stateFrom(const std::vector<std::string> &lines)
{
    StoredState state;
    for (const auto &message : parsed(lines)) {
        if (isRequest(message, "session/new") && message.contains("params")) {
            state.cwd = textAt(message["params"], "cwd");
        } else if (const auto *update = updateOf(message)) {
            const auto read = ph::parse<acp::SessionUpdate>(*update);
            if (!read)
                continue;
            if (const auto *mode = std::get_if<acp::CurrentModeUpdate>(&read->value))
                state.mode = mode->currentModeId;
            if (const auto *ours = metaOf(*update, "hoglet"); ours && ours->value("untrusted", ph::Json()) == true)
                state.hasUntrustedData = true;
            if (const auto *options = std::get_if<acp::ConfigOptionUpdate>(&read->value)) {
                for (const auto &option : options->configOptions) {
                    if (!option.currentValue.is_string())
                        continue;
                    if (option.id == "mode")
                        state.mode = option.currentValue;
                    else if (option.id == "model")
                        state.model = option.currentValue;
                    else if (option.id == "effort")
                        state.effort = option.currentValue;
                }
            }
        }
    }
    return state;
}

} // namespace agent

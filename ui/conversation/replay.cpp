#include "ui/conversation/replay.h"

#include "ui/conversation/question.h"

#include <map>

namespace ui {
namespace {

/// The answers of a client to terminal/create, terminal/output and terminal/wait_for_exit, which is all that a log has of a terminal.
class TerminalAnswers
{
public:
    void asked(const std::string &key, const std::string &method, const ph::Json &params)
    {
        TerminalNews about;
        if (method == "terminal/create") {
            if (const auto request = ph::parse<acp::CreateTerminalRequest>(params))
                about.title = commandLineOf(*request);
        } else if (const auto request = ph::parse<acp::TerminalRequest>(params)) {
            about.terminalId = request->terminalId;
        }
        m_asked[key] = std::move(about);
    }

    /// What an answer tells, if it is one.
    std::optional<TerminalNews> answered(const std::string &key, const ph::Json &result)
    {
        const auto found = m_asked.find(key);
        if (found == m_asked.end() || !result.is_object())
            return {};
        auto news = found->second;
        if (const auto created = ph::parse<acp::CreateTerminalResponse>(result); created && news.terminalId.empty()) {
            news.terminalId = created->terminalId;
        } else if (const auto output = ph::parse<acp::TerminalOutputResponse>(result)) {
            news.output = withReturns(output->output);
            news.startsOver = true; // Each answer has all of it.
            news.exit = output->exitStatus;
        } else if (const auto exit = ph::parse<acp::TerminalExitStatus>(result); exit && (exit->exitCode || exit->signal)) {
            news.exit = *exit;
        } else {
            return {};
        }
        m_asked.erase(found);
        if (news.terminalId.empty())
            return {};
        return news;
    }

private:
    std::map<std::string, TerminalNews> m_asked; // by the agent's id
};

std::string keyOf(const ph::Json &message) { return message.contains("id") ? message["id"].dump() : std::string(); }

/// What the user said with an answer.
std::string wordsOf(const std::optional<ph::Json> &meta)
{
    const auto words = meta && meta->is_object() ? meta->value("customInput", ph::Json()) : ph::Json();
    return words.is_string() ? words.get<std::string>() : std::string();
}

} // namespace

Replayed replay(const std::vector<std::string> &lines)
{
    Replayed replayed;
    auto &conversation = replayed.conversation;
    std::map<std::string, bool> prompts;                          // waiting for their answer
    std::map<std::string, std::shared_ptr<Question>> questions;   // by the agent's id
    TerminalAnswers terminals;
    for (const auto &line : lines) {
        auto message = ph::Json::parse(line, nullptr, false);
        if (message.is_object() && message.contains("notification"))
            message = ph::Json(std::move(message["notification"]));
        if (!message.is_object())
            continue;
        const auto method = message.contains("method") && message["method"].is_string() ? message["method"].get<std::string>() : std::string();
        const auto params = message.contains("params") ? message["params"] : ph::Json();
        if (method == "session/prompt") {
            if (const auto request = ph::parse<acp::PromptRequest>(params)) {
                if (conversation.isRunning())
                    conversation.endTurn("end_turn");
                conversation.beginTurn(request->prompt);
                questions.clear(); // of a turn before, which nobody can answer any more
                prompts[keyOf(message)] = true;
            }
        } else if (method == "session/update") {
            if (const auto notification = ph::parse<acp::SessionNotification>(params))
                conversation.apply(notification->update);
        } else if (method == "session/request_permission") {
            if (const auto request = ph::parse<acp::RequestPermissionRequest>(params)) {
                const auto question = std::make_shared<Question>(*request);
                if (const auto *call = conversation.toolCall(question->toolCallId()))
                    question->complete(*call);
                questions[keyOf(message)] = question;
                conversation.ask(question->id(), question->toolCallId(), question->text());
            }
        } else if (method == "elicitation/create") {
            if (const auto request = ph::parse<acp::ElicitationRequest>(params)) {
                const auto question = std::make_shared<Question>(*request);
                questions[keyOf(message)] = question;
                conversation.ask(question->id(), question->toolCallId(), question->text());
            }
        } else if (method.starts_with("terminal/")) {
            terminals.asked(keyOf(message), method, params);
        } else if (method.empty() && message.contains("id")) {
            const auto key = keyOf(message);
            const auto result = message.contains("result") ? message["result"] : ph::Json();
            // Both sides count their own ids: what the answer holds tells which request it belongs to.
            if (const auto news = terminals.answered(key, result)) {
                conversation.apply(*news);
            } else if (result.is_object() && result.contains("action")) {
                if (const auto found = questions.find(key); found != questions.end()) {
                    const auto response = ph::parse<acp::ElicitationResponse>(result);
                    if (response && response->action == "accept" && found->second->replay(response->content.value_or(ph::Json())))
                        conversation.answered(found->second->id(), found->second->answerName());
                    else
                        conversation.withdrawn(found->second->id());
                    questions.erase(found);
                }
            } else if (result.is_object() && result.contains("outcome")) {
                if (const auto found = questions.find(key); found != questions.end()) {
                    const auto response = ph::parse<acp::RequestPermissionResponse>(result);
                    if (response && response->outcome.optionId && found->second->choose(*response->outcome.optionId, wordsOf(response->meta)))
                        conversation.answered(found->second->id(), found->second->answerName());
                    else
                        conversation.withdrawn(found->second->id());
                    questions.erase(found);
                }
            } else if (prompts.erase(key) > 0) {
                if (result.is_object() && result.contains("stopReason") && result["stopReason"].is_string())
                    conversation.endTurn(result["stopReason"].get<std::string>());
                else if (message.contains("error") && message["error"].is_object())
                    conversation.endTurn("error", message["error"].value("message", "The agent answered with an error."));
                else
                    prompts[key] = true; // Another request of the same number.
            }
        }
    }
    if (conversation.isRunning()) {
        for (const auto &[key, question] : questions) {
            if (!replayed.waiting || replayed.waiting->id() < question->id())
                replayed.waiting = question;
        }
        replayed.isCutOff = true;
        conversation.endTurn("end_turn");
        conversation.note({"warning", "The session ended before this turn did.", {}});
    }
    return replayed;
}

Conversation conversationOf(const std::vector<std::string> &lines) { return replay(lines).conversation; }

} // namespace ui

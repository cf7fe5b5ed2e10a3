#include "agent/session/questions.h"

#include <algorithm>

namespace agent {
namespace {

tl::unexpected<ph::Error> dismissed() { return ph::fail(ph::ErrorCode::Cancelled, "The question was dismissed."); }

bool isOffered(const tools::Question &question, const std::string &id)
{
    return std::any_of(question.options.begin(), question.options.end(), [&](const auto &option) { return option.id == id; });
}

tl::unexpected<ph::Error> notOffered() { return ph::fail(ph::ErrorCode::InvalidInput, "The answer was none of those that were offered."); }

ph::Json choicesOf(const tools::Question &question)
{
    ph::Json choices = ph::Json::array();
    for (const auto &option : question.options) {
        ph::Json choice{{"const", option.id}, {"title", option.label}};
        if (!option.description.empty())
            choice["description"] = option.description;
        choices.push_back(std::move(choice));
    }
    return choices;
}

/// A question as a property of a form.
ph::Json propertyOf(const tools::Question &question, const std::string &title)
{
    if (question.takesSeveral)
        return {{"type", "array"}, {"title", title}, {"items", {{"anyOf", choicesOf(question)}}}};
    ph::Json property{{"type", "string"}, {"title", title}, {"oneOf", choicesOf(question)}};
    if (!question.recommended.empty())
        property["default"] = question.recommended;
    return property;
}

ph::Result<ph::Json> askForm(const Wire &wire, const acp::ToolCallId &call, const std::string &message, ph::Json schema, ph::Json meta, std::stop_token stop)
{
    acp::ElicitationRequest request;
    request.message = message;
    request.sessionId = wire.session();
    request.toolCallId = call;
    request.requestedSchema = std::move(schema);
    request.meta = std::move(meta);
    const auto reply = wire.client().createElicitation(request, std::move(stop));
    if (!reply)
        return ph::fail(reply.error());
    if (reply->action != "accept" || !reply->content || !reply->content->is_object())
        return dismissed();
    return *reply->content;
}

ph::Result<std::string> askByForm(const Wire &wire, const acp::ToolCallId &call, const tools::Question &question, std::stop_token stop)
{
    const auto title = question.header.empty() ? std::string("Answer") : question.header;
    const auto content = askForm(wire, call, question.text,
                                 {{"type", "object"}, {"properties", {{"answer", propertyOf(question, title)}}}, {"required", {"answer"}}},
                                 {{"hoglet", {{"step", question.step}, {"recommended", question.recommended}}}}, std::move(stop));
    if (!content)
        return ph::fail(content.error());
    const auto answer = content->find("answer");
    if (answer == content->end() || !answer->is_string())
        return dismissed();
    return answer->get<std::string>();
}

/// A question in the reference's form, which its clients know.
ph::Json describe(const tools::Question &question)
{
    ph::Json options = ph::Json::array();
    for (const auto &option : question.options)
        options.push_back({{"label", option.label}, {"description", option.description}});
    return {{"question", question.text}, {"header", question.header}, {"options", std::move(options)}, {"multiSelect", question.takesSeveral}};
}

acp::RequestPermissionRequest requestOf(const Wire &wire, const acp::ToolCallId &call, const std::vector<tools::Question> &questions)
{
    const auto &first = questions.front();
    acp::RequestPermissionRequest request;
    for (const auto &option : first.options) {
        acp::PermissionOption offered{option.id, option.label, "allow_once", {}};
        ph::Json meta = ph::Json::object();
        if (!option.description.empty())
            meta["description"] = option.description;
        if (option.id == first.recommended)
            meta["hoglet"] = {{"recommended", true}};
        if (!meta.empty())
            offered.meta = std::move(meta);
        request.options.push_back(std::move(offered));
    }
    ph::Json list = ph::Json::array();
    for (const auto &question : questions)
        list.push_back(describe(question));
    const ph::Json meta{{"twigToolKind", "question"}, {"codeToolKind", "question"}, {"questions", std::move(list)}, {"hoglet", {{"step", first.step}}}};
    request.sessionId = wire.session();
    request.toolCall.toolCallId = call;
    request.toolCall.title = first.text;
    request.toolCall.kind = "other";
    request.toolCall.meta = meta;
    request.meta = meta;
    return request;
}

/// Chosen labels are told apart at ", ", as the reference writes several of them.
tools::Answer answerOf(const tools::Question &question, const std::string &said)
{
    tools::Answer answer;
    for (const auto &option : question.options) {
        const bool isChosen = said == option.label || said == option.id
            || (question.takesSeveral && (", " + said + ", ").find(", " + option.label + ", ") != std::string::npos);
        if (isChosen)
            answer.chosen.push_back(option.id);
    }
    if (answer.chosen.empty())
        answer.ownWords = said;
    return answer;
}

} // namespace

ph::Result<std::string> askOne(const Wire &wire, bool hasForms, const acp::ToolCallId &call, const tools::Question &question, std::stop_token stop)
{
    if (hasForms) {
        const auto answer = askByForm(wire, call, question, stop);
        if (answer && !isOffered(question, *answer))
            return notOffered();
        // A client that says it has forms and then fails on one has the options still.
        if (answer || answer.error().code == ph::ErrorCode::Cancelled)
            return answer;
    }
    const auto reply = wire.client().requestPermission(requestOf(wire, call, {question}), std::move(stop));
    if (!reply)
        return ph::fail(reply.error());
    if (reply->outcome.outcome != "selected" || !reply->outcome.optionId)
        return dismissed();
    if (!isOffered(question, *reply->outcome.optionId))
        return notOffered();
    return *reply->outcome.optionId;
}

ph::Result<std::vector<tools::Answer>> askSeveral(const Wire &wire, bool hasForms, const acp::ToolCallId &call,
                                                  const std::vector<tools::Question> &questions, std::stop_token stop)
{
    if (questions.empty())
        return std::vector<tools::Answer>();
    if (hasForms) {
        ph::Json properties = ph::Json::object();
        ph::Json names = ph::Json::array();
        for (std::size_t i = 0; i < questions.size(); ++i) {
            const auto name = "answer" + std::to_string(i + 1);
            properties[name] = propertyOf(questions[i], questions[i].text);
            names.push_back(name);
        }
        const auto message = questions.size() == 1 ? questions.front().text : std::string("The agent has some questions.");
        const auto content = askForm(wire, call, message, {{"type", "object"}, {"properties", std::move(properties)}, {"required", names}},
                                     {{"hoglet", {{"questions", questions.size()}}}}, stop);
        if (!content && content.error().code == ph::ErrorCode::Cancelled)
            return ph::fail(content.error());
        if (content) {
            std::vector<tools::Answer> answers;
            for (const auto &name : names) {
                const auto value = content->value(name.get<std::string>(), ph::Json());
                tools::Answer answer;
                if (value.is_string())
                    answer.chosen.push_back(value.get<std::string>());
                for (const auto &item : value.is_array() ? value : ph::Json::array()) {
                    if (item.is_string())
                        answer.chosen.push_back(item.get<std::string>());
                }
                const auto &question = questions[answers.size()];
                if (!std::all_of(answer.chosen.begin(), answer.chosen.end(), [&](const auto &id) { return isOffered(question, id); }))
                    return notOffered();
                answers.push_back(std::move(answer));
            }
            return answers;
        }
    }
    // One request for all: the first question's options, and the answers of the others in `_meta.answers` {question: label}.
    const auto reply = wire.client().requestPermission(requestOf(wire, call, questions), std::move(stop));
    if (!reply)
        return ph::fail(reply.error());
    if (reply->outcome.outcome != "selected" || !reply->outcome.optionId)
        return dismissed();
    const auto said = reply->meta && reply->meta->is_object() ? reply->meta->value("answers", ph::Json()) : ph::Json();
    std::vector<tools::Answer> answers;
    for (const auto &question : questions) {
        const auto text = said.is_object() ? said.value(question.text, ph::Json()) : ph::Json();
        if (text.is_string())
            answers.push_back(answerOf(question, text.get<std::string>()));
        else if (answers.empty() && isOffered(question, *reply->outcome.optionId))
            answers.push_back({{*reply->outcome.optionId}, ""}); // A client that knows no questions has answered the first.
        else
            answers.push_back({});
    }
    return answers;
}

} // namespace agent

#include "agent/model/messages_request.h"

#include "agent/model/prompt_parts.h"

#include <algorithm>

namespace model {

namespace {

constexpr std::int64_t usualOutput = 32'000; // tokens; what a step of an agent needs with room to spare
constexpr std::int64_t unknownOutput = 8'192; // every model of the API takes that
constexpr int cachedMessages = 2; // of the four marks that a request may have; the others are on the tools and the system's text

const ph::Json &cacheMark()
{
    static const ph::Json mark{{"type", "ephemeral"}};
    return mark;
}

bool isBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

ph::Json textBlock(std::string_view text) { return {{"type", "text"}, {"text", text}}; }

ph::Json imageBlock(const Image &image)
{
    if (image.data.empty())
        return {{"type", "image"}, {"source", {{"type", "url"}, {"url", image.url}}}};
    return {{"type", "image"}, {"source", {{"type", "base64"}, {"media_type", image.mimeType}, {"data", image.data}}}};
}

ph::Json userContent(const Message &message, bool takesImages)
{
    ph::Json content = ph::Json::array();
    for (const Part &part : partsOf(message, takesImages))
        content.push_back(std::visit(
            acp::Overloaded{[](const std::string &text) { return textBlock(text); }, [](const Image &image) { return imageBlock(image); }}, part));
    return content;
}

ph::Json toolContent(const Message &message, bool takesImages)
{
    ph::Json content = ph::Json::array();
    for (const ToolAnswer &answer : message.answers) {
        ph::Json parts = ph::Json::array();
        if (!isBlank(answer.text))
            parts.push_back(textBlock(answer.text));
        const auto images = imagesOf(answer.images);
        if (takesImages)
            std::transform(images.begin(), images.end(), std::back_inserter(parts), imageBlock);
        else if (!images.empty())
            parts.push_back(textBlock("(There are images that you cannot see.)"));
        ph::Json block{{"type", "tool_result"}, {"tool_use_id", answer.id.value}};
        if (!parts.empty())
            block["content"] = std::move(parts);
        if (answer.failed)
            block["is_error"] = true;
        content.push_back(std::move(block));
    }
    return content;
}

bool mayReturn(const Thought &thought, const std::string &model)
{
    return thought.model == model && (!thought.redacted.empty() || !thought.signature.empty());
}

ph::Json thoughtBlock(const Thought &thought)
{
    if (!thought.redacted.empty())
        return {{"type", "redacted_thinking"}, {"data", thought.redacted}};
    return {{"type", "thinking"}, {"thinking", thought.text}, {"signature", thought.signature}};
}

ph::Json assistantContent(const Message &message, const std::string &model)
{
    ph::Json content = ph::Json::array();
    std::size_t said = 0;
    const auto say = [&](std::size_t end) {
        const auto text = std::string_view(message.text).substr(said, std::max(end, said) - said);
        said = std::max(end, said);
        if (!isBlank(text))
            content.push_back(textBlock(text));
    };
    for (const Thought &thought : message.thoughts) {
        if (!mayReturn(thought, model))
            continue;
        say(std::min(thought.textBefore, message.text.size()));
        content.push_back(thoughtBlock(thought));
    }
    say(message.text.size());
    for (const ToolRequest &call : message.calls)
        content.push_back(
            {{"type", "tool_use"}, {"id", call.id.value}, {"name", call.name}, {"input", call.input.is_object() ? call.input : ph::Json::object()}});
    return content;
}

/// Turns of one side that follow each other are one message: the answers of tools and what the user says to them.
ph::Json messagesOf(const LanguageModel &model, const std::vector<Message> &history)
{
    ph::Json messages = ph::Json::array();
    for (const Message &message : history) {
        const bool isAssistant = message.role == Message::Role::Assistant;
        const bool takesImages = model.facts.info.takesImages;
        ph::Json content = isAssistant            ? assistantContent(message, model.id)
            : message.role == Message::Role::Tool ? toolContent(message, takesImages)
                                                  : userContent(message, takesImages);
        if (content.empty())
            continue;
        const char *role = isAssistant ? "assistant" : "user";
        if (!messages.empty() && messages.back()["role"] == role)
            messages.back()["content"].insert(messages.back()["content"].end(), content.begin(), content.end());
        else
            messages.push_back({{"role", role}, {"content", std::move(content)}});
    }
    int left = cachedMessages;
    for (auto message = messages.rbegin(); message != messages.rend() && left > 0; ++message) {
        if ((*message)["role"] != "user")
            continue;
        (*message)["content"].back()["cache_control"] = cacheMark();
        --left;
    }
    return messages;
}

std::int64_t outputLimit(const LanguageModel &model, const std::string &effort)
{
    const std::int64_t most = model.facts.info.maximumOutput;
    if (model.maximumOutput > 0)
        return most > 0 ? std::min(model.maximumOutput, most) : model.maximumOutput;
    if (most <= 0)
        return unknownOutput;
    return effort == "xhigh" || effort == "max" ? most : std::min(usualOutput, most);
}

/// With a budget, a step that goes on from calls must begin with the thought that led to them.
bool mayThinkOnBudget(const LanguageModel &model, const std::vector<Message> &history)
{
    if (history.empty() || history.back().role != Message::Role::Tool)
        return true;
    const auto step = std::find_if(history.rbegin(), history.rend(), [](const Message &message) { return message.role == Message::Role::Assistant; });
    return step != history.rend() && !step->thoughts.empty() && mayReturn(step->thoughts.front(), model.id) && step->thoughts.front().textBefore == 0;
}

void setThinking(ph::Json &body, const LanguageModel &model, const Request &request)
{
    const auto &efforts = model.facts.info.efforts;
    const bool hasEffort = std::find(efforts.begin(), efforts.end(), request.effort) != efforts.end();
    if (model.facts.thinking == Thinking::Adaptive) {
        body["thinking"] = {{"type", "adaptive"}, {"display", "summarized"}};
        if (hasEffort)
            body["output_config"] = {{"effort", request.effort}};
    } else if (model.facts.thinking == Thinking::Budget && hasEffort && mayThinkOnBudget(model, request.history)) {
        const std::int64_t wanted = request.effort == "low" ? 4'000 : request.effort == "medium" ? 10'000 : 24'000;
        const std::int64_t budget = std::min(wanted, body["max_tokens"].get<std::int64_t>() / 2);
        if (budget >= 1024) // the API's least
            body["thinking"] = {{"type", "enabled"}, {"budget_tokens", budget}};
    } else if (model.facts.thinking == Thinking::None && hasEffort) {
        body["output_config"] = {{"effort", request.effort}};
    }
}

} // namespace

ph::Json messagesBody(const LanguageModel &model, const Request &request)
{
    ph::Json body{{"model", model.facts.id}, {"stream", true}, {"max_tokens", outputLimit(model, request.effort)}};
    if (!isBlank(request.system)) {
        body["system"] = ph::Json::array({textBlock(request.system)});
        body["system"][0]["cache_control"] = cacheMark();
    }
    if (!request.tools.empty()) {
        for (const ToolSpec &tool : request.tools)
            body["tools"].push_back({{"name", tool.name}, {"description", tool.description}, {"input_schema", tool.inputSchema}});
        body["tools"].back()["cache_control"] = cacheMark();
        if (!request.mayCallTools)
            body["tool_choice"] = {{"type", "none"}};
    }
    body["messages"] = messagesOf(model, request.history);
    setThinking(body, model, request);
    return body;
}

} // namespace model

#include "agent/model/chat_request.h"

#include "agent/model/prompt_parts.h"

#include <algorithm>

namespace model {

namespace {

ph::Json imagePart(const Image &image)
{
    const std::string url = image.data.empty() ? image.url : "data:" + image.mimeType + ";base64," + image.data;
    return {{"type", "image_url"}, {"image_url", {{"url", url}}}};
}

/// One text where it is only text: some servers know nothing else.
ph::Json userContent(const Message &message, bool takesImages)
{
    const auto parts = partsOf(message, takesImages);
    const bool isText = std::all_of(parts.begin(), parts.end(), [](const Part &part) { return std::holds_alternative<std::string>(part); });
    std::string text;
    ph::Json content = ph::Json::array();
    for (const Part &part : parts) {
        std::visit(acp::Overloaded{[&](const std::string &words) {
                                       text += (text.empty() ? "" : "\n") + words;
                                       content.push_back({{"type", "text"}, {"text", words}});
                                   },
                                   [&](const Image &image) { content.push_back(imagePart(image)); }},
                   part);
    }
    return isText ? ph::Json(text) : content;
}

ph::Json assistantMessage(const Message &message, const std::string &model, bool isOfThisTurn)
{
    ph::Json out{{"role", "assistant"}, {"content", message.text}};
    for (const ToolRequest &call : message.calls) {
        const auto input = call.input.is_object() ? call.input.dump(-1, ' ', false, ph::Json::error_handler_t::replace) : "{}";
        out["tool_calls"].push_back({{"id", call.id.value}, {"type", "function"}, {"function", {{"name", call.name}, {"arguments", input}}}});
    }
    // Models that reason in the open go on from their own reasoning while they call tools; of turns that are over they want none.
    std::string reasoning;
    for (const Thought &thought : message.thoughts) {
        if (isOfThisTurn && thought.model == model && thought.signature.empty())
            reasoning += thought.text;
    }
    if (!reasoning.empty())
        out["reasoning_content"] = reasoning;
    return out;
}

/// The answers of tools are texts; their images follow in a message of their own.
void addAnswers(ph::Json &messages, const Message &message, bool takesImages)
{
    ph::Json pictures = ph::Json::array();
    for (const ToolAnswer &answer : message.answers) {
        const auto images = imagesOf(answer.images);
        auto text = (answer.failed ? "Failed: " : "") + answer.text;
        if (!images.empty())
            text += takesImages ? "\n(Images follow.)" : "\n(There are images that you cannot see.)";
        messages.push_back({{"role", "tool"}, {"tool_call_id", answer.id.value}, {"content", std::move(text)}});
        if (takesImages)
            std::transform(images.begin(), images.end(), std::back_inserter(pictures), imagePart);
    }
    if (pictures.empty())
        return;
    pictures.insert(pictures.begin(), ph::Json{{"type", "text"}, {"text", "The images of the calls above:"}});
    messages.push_back({{"role", "user"}, {"content", std::move(pictures)}});
}

ph::Json messagesOf(const LanguageModel &model, const Request &request)
{
    ph::Json messages = ph::Json::array();
    if (!request.system.empty())
        messages.push_back({{"role", "system"}, {"content", request.system}});
    const auto &history = request.history;
    const auto lastPrompt
        = std::find_if(history.rbegin(), history.rend(), [](const Message &message) { return message.role == Message::Role::User; });
    const auto turnBegins = static_cast<std::size_t>(history.rend() - lastPrompt);
    for (std::size_t i = 0; i < history.size(); ++i) {
        const Message &message = history[i];
        switch (message.role) {
        case Message::Role::User:
            messages.push_back({{"role", "user"}, {"content", userContent(message, model.facts.info.takesImages)}});
            break;
        case Message::Role::Assistant:
            messages.push_back(assistantMessage(message, model.id, i >= turnBegins));
            break;
        case Message::Role::Tool:
            addAnswers(messages, message, model.facts.info.takesImages);
            break;
        }
    }
    return messages;
}

} // namespace

ph::Json chatBody(const LanguageModel &model, const Request &request)
{
    ph::Json body{
        {"model", model.facts.id}, {"stream", true}, {"stream_options", {{"include_usage", true}}}, {"messages", messagesOf(model, request)}};
    for (const ToolSpec &tool : request.tools)
        body["tools"].push_back(
            {{"type", "function"}, {"function", {{"name", tool.name}, {"description", tool.description}, {"parameters", tool.inputSchema}}}});
    if (!request.tools.empty() && !request.mayCallTools)
        body["tool_choice"] = "none";
    const auto &efforts = model.facts.info.efforts;
    if (std::find(efforts.begin(), efforts.end(), request.effort) != efforts.end())
        body["reasoning_effort"] = request.effort;
    if (model.maximumOutput > 0) // OpenAI's own has renamed it; nobody else's has.
        body[model.service.baseUrl.starts_with("https://api.openai.com/") ? "max_completion_tokens" : "max_tokens"] = model.maximumOutput;
    return body;
}

} // namespace model

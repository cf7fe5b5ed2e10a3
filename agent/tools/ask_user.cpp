#include "agent/tools/ask_user.h"

#include "agent/tools/input.h"
#include "agent/tools/markdown.h"
#include "agent/tools/output.h"

#include <algorithm>

namespace tools {
namespace {

class AskUser final : public Tool
{
public:
    std::string name() const override { return "ask_user"; }
    std::string description() const override { return "Asks the user one question with two to eight answers to choose from, and waits for the choice."; }
    ph::Json inputSchema() const override
    {
        const ph::Json option{{"type", "object"},
                              {"properties", {{"id", {{"type", "string"}}}, {"label", {{"type", "string"}}}, {"description", {{"type", "string"}}}}},
                              {"required", {"id", "label"}}};
        return {{"type", "object"},
                {"properties",
                 {{"question", {{"type", "string"}}},
                  {"header", {{"type", "string"}, {"description", "One or two words"}}},
                  {"step", {{"type", "string"}}},
                  {"options", {{"type", "array"}, {"items", option}, {"minItems", 1}}},
                  {"recommended", {{"type", "string"}, {"description", "The id of the answer you would give"}}}}},
                {"required", {"question", "options"}}};
    }
    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        CallInfo info;
        const auto question = textAt(input, "question");
        info.title = question.empty() ? "A question" : question;
        info.permission.tool = name();
        info.permission.group = permissions::Group::Question;
        return info;
    }
    ph::Result<Output> run(const acp::ToolCallId &id, const ph::Json &input, Context &context, std::stop_token) override
    {
        const auto question = questionOf(input);
        if (!question)
            return failure(question.error().message);
        const auto answer = context.ask(id, *question);
        if (!answer)
            return failed(answer.error());
        Output output;
        const auto chosen = std::find_if(question->options.begin(), question->options.end(), [&](const auto &option) { return option.id == *answer; });
        output.text = escapeMarkdown(chosen != question->options.end() ? chosen->label : *answer);
        output.raw = {{"answer", *answer}};
        return output;
    }
};

} // namespace

ph::Result<Question> questionOf(const ph::Json &input)
{
    Question question;
    question.step = textAt(input, "step");
    question.header = textAt(input, "header");
    question.text = textAt(input, "question");
    question.recommended = textAt(input, "recommended");
    if (question.text.empty())
        return ph::fail(ph::ErrorCode::InvalidInput, "ask_user needs `question`, a text.");
    if (const auto options = input.find("options"); options != input.end() && options->is_array()) {
        for (const auto &option : *options) {
            const auto id = textAt(option, "id");
            const bool isNew = std::none_of(question.options.begin(), question.options.end(), [&](const auto &other) { return other.id == id; });
            if (!id.empty() && isNew)
                question.options.push_back({id, option.contains("label") ? textAt(option, "label") : id, textAt(option, "description")});
        }
    }
    if (question.options.empty())
        return ph::fail(ph::ErrorCode::InvalidInput, "ask_user needs `options`: a list of {id, label}, each id once.");
    return question;
}

std::shared_ptr<Tool> makeAskUser() { return std::make_shared<AskUser>(); }

} // namespace tools

#include "agent/tools/input.h"
#include "agent/tools/output.h"
#include "agent/tools/session_tools.h"

namespace tools {
namespace {

constexpr std::size_t maximumQuestions = 8;

/// The call's list of questions, or the one question that it is itself.
ph::Json listOf(const ph::Json &input)
{
    if (!input.is_object())
        return ph::Json::array();
    if (const auto questions = input.find("questions"); questions != input.end() && questions->is_array())
        return *questions;
    return input.contains("question") ? ph::Json::array({input}) : ph::Json::array();
}

/// Options are named by their place: "option_0".
ph::Result<std::vector<Question>> questionsOf(const ph::Json &input)
{
    std::vector<Question> questions;
    for (const auto &item : listOf(input)) {
        Question question;
        question.text = textAt(item, "question");
        question.header = textAt(item, "header");
        question.takesSeveral = isSet(item, "multiSelect");
        if (const auto options = item.is_object() ? item.find("options") : item.end(); item.is_object() && options != item.end() && options->is_array()) {
            for (const auto &option : *options) {
                const auto label = option.is_string() ? option.get<std::string>() : textAt(option, "label");
                if (!label.empty())
                    question.options.push_back({"option_" + std::to_string(question.options.size()), label, textAt(option, "description")});
            }
        }
        if (question.text.empty() || question.options.empty())
            return ph::fail(ph::ErrorCode::InvalidInput, "Each of `questions` needs `question`, a text, and `options`, a list of {label, description}.");
        questions.push_back(std::move(question));
    }
    if (questions.empty() || questions.size() > maximumQuestions)
        return ph::fail(ph::ErrorCode::InvalidInput, "AskUserQuestion needs `questions`: one to eight of {question, header, options, multiSelect}.");
    return questions;
}

std::string wordsOf(const Answer &answer, const Question &question)
{
    std::string words;
    for (const auto &option : question.options) {
        for (const auto &id : answer.chosen) {
            if (id == option.id)
                words += (words.empty() ? "" : ", ") + option.label;
        }
    }
    if (!answer.ownWords.empty())
        words += (words.empty() ? "" : ", ") + answer.ownWords;
    return words;
}

class AskUserQuestion final : public Tool
{
public:
    std::string name() const override { return "AskUserQuestion"; }
    std::string description() const override
    {
        return "Asks the user one to eight questions with answers to choose from, when the work cannot go on without knowing. Not for leave to do something: that is "
               "asked for by itself.";
    }
    ph::Json inputSchema() const override
    {
        const ph::Json text{{"type", "string"}};
        const ph::Json option{{"type", "object"}, {"properties", {{"label", text}, {"description", text}}}, {"required", {"label"}}};
        const ph::Json question{{"type", "object"},
                                {"properties",
                                 {{"question", text},
                                  {"header", {{"type", "string"}, {"description", "One or two words"}}},
                                  {"options", {{"type", "array"}, {"items", option}, {"minItems", 2}}},
                                  {"multiSelect", {{"type", "boolean"}, {"description", "More than one may be chosen"}}}}},
                                {"required", {"question", "options"}}};
        return objectSchema({{"questions", {{"type", "array"}, {"items", question}, {"minItems", 1}, {"maxItems", maximumQuestions}}}}, {"questions"});
    }

    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        CallInfo info;
        const auto questions = listOf(input);
        const auto first = questions.empty() ? std::string() : textAt(questions.front(), "question");
        info.title = first.empty() ? "Question" : first;
        info.permission.tool = name();
        info.permission.group = permissions::Group::Question;
        if (!questions.empty())
            info.content = {acp::ToolCallContent::ofText(questions.dump(2, ' ', false, ph::Json::error_handler_t::replace))};
        return info;
    }

    ph::Result<Output> run(const acp::ToolCallId &id, const ph::Json &input, Context &context, std::stop_token) override
    {
        const auto questions = questionsOf(input);
        if (!questions)
            return failure(questions.error().message);
        const auto answers = context.askAll(id, *questions);
        if (!answers)
            return failed(answers.error());
        Output output;
        output.title = "Answer received";
        output.raw = {{"answers", ph::Json::object()}};
        for (std::size_t i = 0; i < std::min(answers->size(), questions->size()); ++i) {
            const auto words = wordsOf((*answers)[i], (*questions)[i]);
            output.raw["answers"][(*questions)[i].text] = words;
            output.text += (*questions)[i].text + "\n" + (words.empty() ? "(no answer)" : words) + "\n";
        }
        return output;
    }
};

} // namespace

std::shared_ptr<Tool> makeAskUserQuestion() { return std::make_shared<AskUserQuestion>(); }

} // namespace tools

#include "agent/tools/posthog_workflow.h"

#include "agent/tools/input.h"
#include "agent/tools/markdown.h"
#include "agent/tools/output.h"
#include "agent/workflow/engine.h"
#include "driver/posthog/driver.h"

#include <algorithm>

namespace tools {
namespace {

constexpr int maximumActions = 500;

class PosthogWorkflow final : public Tool
{
public:
    PosthogWorkflow(Project project, std::vector<workflow::Definition> workflows)
        : m_project(std::move(project))
        , m_workflows(std::move(workflows))
    {
    }

    std::string name() const override { return "posthog_workflow"; }
    std::string description() const override
    {
        std::string text = "Runs a workflow: a fixed analysis of several steps that ends in a written decision with its numbers. The user is asked where there is a choice.";
        for (const auto &definition : m_workflows) {
            text += "\n- " + definition.id + ": " + definition.description;
            for (const auto &parameter : definition.parameters)
                text += " [" + parameter.name + ": " + parameter.type + "]";
        }
        return text;
    }
    ph::Json inputSchema() const override
    {
        ph::Json names = ph::Json::array();
        for (const auto &definition : m_workflows)
            names.push_back(definition.id);
        return objectSchema({{"workflow", {{"type", "string"}, {"enum", names}}},
                             {"parameters", {{"type", "object"}, {"description", "By name; what is left out has a default"}}}},
                            {"workflow"});
    }

    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        CallInfo info;
        const auto *definition = find(textAt(input, "workflow"));
        info.title = definition ? definition->title : "Run a workflow";
        info.permission.tool = name();
        return info;
    }

    ph::Result<Output> run(const acp::ToolCallId &id, const ph::Json &input, Context &context, std::stop_token stop) override
    {
        const auto *definition = find(textAt(input, "workflow"));
        if (!definition)
            return failure("There is no workflow “" + textAt(input, "workflow") + "”. " + idsOfAll());
        workflow::RunState state;
        if (const auto given = input.find("parameters"); given != input.end() && given->is_object())
            state.given = *given;
        const auto driver = m_project(stop);
        if (!driver)
            return failed(driver.error());
        for (int i = 0; i < maximumActions; ++i) {
            const auto walk = workflow::walk(*definition, state);
            show(id, walk, context);
            if (const auto *finish = std::get_if<workflow::Finish>(&walk.action))
                return outputOf(*definition, walk, *finish);
            if (const auto done = act(walk.action, state, id, **driver, context, stop); !done)
                return failed(done.error());
        }
        return failure("The workflow took more than " + std::to_string(maximumActions) + " steps and was ended.");
    }

private:
    const workflow::Definition *find(const std::string &id) const
    {
        const auto found = std::find_if(m_workflows.begin(), m_workflows.end(), [&](const auto &definition) { return definition.id == id; });
        return found != m_workflows.end() ? &*found : nullptr;
    }
    std::string idsOfAll() const
    {
        std::string names;
        for (const auto &definition : m_workflows)
            names += (names.empty() ? "Known: " : ", ") + definition.id;
        return names + ".";
    }

    static void show(const acp::ToolCallId &id, const workflow::Walk &walk, Context &context)
    {
        std::string text;
        for (const auto &step : walk.steps)
            text += "- " + escapeMarkdown(step.title) + ": " + step.status + "\n";
        acp::ToolCallUpdate update;
        update.toolCallId = id;
        update.content = {acp::ToolCallContent::ofText(std::move(text))};
        context.update(update);
    }

    static ph::Result<> act(const workflow::Action &action, workflow::RunState &state, const acp::ToolCallId &id, posthog::Driver &driver, Context &context,
                            const std::stop_token &stop)
    {
        if (const auto *query = std::get_if<workflow::RunQuery>(&action)) {
            workflow::QueryRecord record;
            record.toolCallId = id.value;
            record.hogql = query->hogql;
            record.values = query->values;
            auto table = driver.query(query->hogql, query->values, stop);
            if (!table && table.error().code == ph::ErrorCode::Cancelled)
                return ph::fail(table.error());
            if (table)
                record.table = *std::move(table);
            else
                record.error = table.error().message;
            state.queries[query->key] = std::move(record);
        } else if (const auto *ask = std::get_if<workflow::Ask>(&action)) {
            Question question;
            question.step = ask->step;
            question.text = ask->question;
            question.header = ask->header;
            question.recommended = ask->recommended;
            for (const auto &choice : ask->options)
                question.options.push_back({choice.id, choice.label, choice.description});
            const auto answer = context.ask(id, question);
            if (!answer)
                return ph::fail(answer.error());
            workflow::recordAnswer(state, ask->key, *answer);
        } else if (const auto *create = std::get_if<workflow::Create>(&action)) {
            auto record = created(*create, id, driver, context, stop);
            if (!record)
                return ph::fail(record.error());
            state.created[create->key].push_back(*std::move(record));
        }
        return {};
    }

    /// The object, or why there is none.
    static ph::Result<workflow::CreateRecord> created(const workflow::Create &create, const acp::ToolCallId &id, posthog::Driver &driver, Context &context,
                                                      const std::stop_token &stop)
    {
        if (context.modes().mode() == permissions::Mode::Plan)
            return workflow::CreateRecord{false, "Plan mode creates nothing."};
        Question question;
        question.step = create.step;
        question.header = "Create";
        question.text = create.question;
        question.options = {{"create", "Create it", "In " + create.kind + " of the project"}, {"leave", "Leave it", ""}};
        question.recommended = "leave";
        const auto answer = context.ask(id, question);
        if (!answer)
            return ph::fail(answer.error());
        if (*answer != "create")
            return workflow::CreateRecord{false, "You left it."};
        const auto item = driver.create(create.kind, create.body, stop);
        if (!item && item.error().code == ph::ErrorCode::Cancelled)
            return ph::fail(item.error());
        if (!item)
            return workflow::CreateRecord{false, item.error().message};
        for (const char *key : {"key", "name", "content"}) {
            if (const auto text = textAt(*item, key); !text.empty())
                return workflow::CreateRecord{true, text};
        }
        return workflow::CreateRecord{true, create.kind};
    }

    static Output outputOf(const workflow::Definition &definition, const workflow::Walk &walk, const workflow::Finish &finish)
    {
        if (!finish.error.empty())
            return failure(finish.error);
        Output output;
        output.isUntrusted = true;
        output.text = "# " + definition.title + "\n\n";
        for (const auto &paragraph : finish.decision)
            output.text += escapeMarkdown(paragraph) + "\n\n";
        for (const auto &outcome : walk.outcomes) {
            output.text += "## " + escapeMarkdown(outcome.title) + "\n\n" + escapeMarkdown(outcome.finding) + "\n";
            if (!outcome.decision.empty())
                output.text += escapeMarkdown(outcome.decision) + "\n";
            for (const auto &warning : outcome.warnings)
                output.text += "- " + escapeMarkdown(warning) + "\n";
            output.text += "\n";
        }
        for (const auto &caveat : finish.caveats)
            output.text += "- " + escapeMarkdown(caveat) + "\n";
        output.raw = {{"workflow", definition.id}, {"parameters", walk.parameters}, {"decision", finish.decision}, {"stopped", finish.stopped}};
        return output;
    }

    const Project m_project;
    const std::vector<workflow::Definition> m_workflows;
};

} // namespace

std::shared_ptr<Tool> makePosthogWorkflow(Project project, std::vector<workflow::Definition> workflows)
{
    return std::make_shared<PosthogWorkflow>(std::move(project), std::move(workflows));
}

} // namespace tools

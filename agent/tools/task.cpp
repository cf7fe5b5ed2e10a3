#include "agent/tools/input.h"
#include "agent/tools/output.h"
#include "agent/tools/session_tools.h"

namespace tools {
namespace {

class Task final : public Tool
{
public:
    std::string name() const override { return "Task"; }
    std::string description() const override
    {
        return "Hands a part of the work to an agent with a conversation of its own, and gives what it reports at the end. It knows only the prompt. For searches "
               "that need many steps, and for work that stands on its own.";
    }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"description", {{"type", "string"}, {"description", "Three to five words"}}},
                             {"prompt", {{"type", "string"}, {"description", "All that the agent needs to know, and what it is to report"}}},
                             {"subagent_type", {{"type", "string"}}}},
                            {"description", "prompt"});
    }
    bool isParallel() const override { return true; }

    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        CallInfo info;
        const auto description = textAt(input, "description");
        info.title = description.empty() ? "Task" : description;
        info.kind = "think";
        info.permission.tool = name();
        info.permission.group = permissions::Group::Agent;
        if (const auto prompt = textAt(input, "prompt"); !prompt.empty())
            info.content = {acp::ToolCallContent::ofText(prompt)};
        return info;
    }

    ph::Result<Output> run(const acp::ToolCallId &id, const ph::Json &input, Context &context, std::stop_token stop) override
    {
        const SubAgents::Task task{textAt(input, "description"), textAt(input, "prompt"), textAt(input, "subagent_type")};
        if (task.prompt.empty())
            return failure("Task needs `description` and `prompt`, two texts.");
        auto report = context.subAgents().run(task, id, std::move(stop));
        if (!report)
            return failed(report.error());
        Output output;
        output.text = *std::move(report);
        return output;
    }
};

} // namespace

std::shared_ptr<Tool> makeTask() { return std::make_shared<Task>(); }

} // namespace tools

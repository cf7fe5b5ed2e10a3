#include "agent/tools/input.h"
#include "agent/tools/output.h"
#include "agent/tools/session_tools.h"

#include <algorithm>
#include <array>

namespace tools {
namespace {

constexpr std::size_t maximumEntries = 200;

class TodoWrite final : public Tool
{
public:
    std::string name() const override { return "TodoWrite"; }
    std::string description() const override
    {
        return "Keeps the list of what is to be done, which the user sees as the plan: always the whole list. One entry at a time is in_progress; one is completed "
               "as soon as it is done. For work of three steps or more.";
    }
    ph::Json inputSchema() const override
    {
        const ph::Json item{{"type", "object"},
                            {"properties",
                             {{"content", {{"type", "string"}}},
                              {"status", {{"type", "string"}, {"enum", {"pending", "in_progress", "completed"}}}},
                              {"activeForm", {{"type", "string"}, {"description", "The same as what goes on: Running the tests"}}}}},
                            {"required", {"content", "status"}}};
        return objectSchema({{"todos", {{"type", "array"}, {"items", item}}}}, {"todos"});
    }

    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        CallInfo info;
        info.kind = "think";
        info.title = "Update TODOs";
        info.permission.tool = name();
        info.permission.group = permissions::Group::Agent;
        std::string names;
        if (const auto todos = input.find("todos"); todos != input.end() && todos->is_array()) {
            for (const auto &todo : *todos) {
                if (const auto content = textAt(todo, "content"); !content.empty())
                    names += (names.empty() ? "" : ", ") + content;
            }
        }
        if (!names.empty())
            info.title += ": " + names;
        return info;
    }

    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &context, std::stop_token) override
    {
        const auto todos = input.find("todos");
        if (todos == input.end() || !todos->is_array() || todos->size() > maximumEntries)
            return failure("TodoWrite needs `todos`: a list of at most 200 {content, status}.");
        acp::Plan plan;
        for (const auto &todo : *todos) {
            static constexpr std::array<std::string_view, 3> states{"pending", "in_progress", "completed"};
            const auto status = textAt(todo, "status");
            if (textAt(todo, "content").empty() || std::find(states.begin(), states.end(), status) == states.end())
                return failure("Each of `todos` needs `content`, a text, and `status`: pending, in_progress or completed.");
            plan.entries.push_back({textAt(todo, "content"), "medium", status, {}});
        }
        context.plan(plan);
        Output output;
        const auto done = std::count_if(plan.entries.begin(), plan.entries.end(), [](const auto &entry) { return entry.status == "completed"; });
        output.text = std::to_string(done) + " of " + std::to_string(plan.entries.size()) + " done.";
        return output;
    }
};

} // namespace

std::shared_ptr<Tool> makeTodoWrite() { return std::make_shared<TodoWrite>(); }

} // namespace tools

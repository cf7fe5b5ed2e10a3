#include "agent/tools/input.h"
#include "agent/tools/output.h"
#include "agent/tools/session_tools.h"
#include "agent/tools/text.h"

#include <algorithm>

namespace tools {
namespace {

CallInfo aboutMode(const Tool &tool, std::string title)
{
    CallInfo info;
    info.title = std::move(title);
    info.kind = "switch_mode";
    info.permission.tool = tool.name();
    info.permission.group = permissions::Group::SwitchMode;
    return info;
}

class EnterPlanMode final : public Tool
{
public:
    std::string name() const override { return "EnterPlanMode"; }
    std::string description() const override
    {
        return "Goes into plan mode, in which nothing is changed, to look around and write a plan. For work whose way is not clear; leave it with ExitPlanMode.";
    }
    ph::Json inputSchema() const override { return objectSchema(ph::Json::object(), ph::Json::array()); }
    CallInfo describe(const ph::Json &, Workspace &) const override { return aboutMode(*this, "Plan first"); }

    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &, Context &context, std::stop_token) override
    {
        Output output;
        if (context.modes().mode() == permissions::Mode::Plan) {
            output.text = "The session is in plan mode already.";
            return output;
        }
        context.modes().enterPlan();
        output.text = "The session is in plan mode: look around, change nothing, then show the plan with ExitPlanMode.";
        return output;
    }
};

class ExitPlanMode final : public Tool
{
public:
    std::string name() const override { return "ExitPlanMode"; }
    std::string description() const override
    {
        return "Shows the user the plan, in Markdown with a heading, and asks whether to carry it out. Only in plan mode, and only for work that changes something.";
    }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"plan", {{"type", "string"}, {"description", "Without it, what you said last is the plan"}}}}, ph::Json::array());
    }
    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        auto info = aboutMode(*this, "Ready to code?");
        if (const auto plan = textAt(input, "plan"); !plan.empty())
            info.content = {acp::ToolCallContent::ofText(plan)};
        return info;
    }

    ph::Result<Output> run(const acp::ToolCallId &id, const ph::Json &input, Context &context, std::stop_token stop) override
    {
        if (context.modes().mode() != permissions::Mode::Plan)
            return failure("The session is not in plan mode; there is nothing to leave.");
        auto plan = textAt(input, "plan");
        if (plan.empty())
            plan = context.modes().lastSaid();
        if (!isReadyPlan(plan))
            return failure("The plan is not ready to be shown: it needs a Markdown heading and at least 40 characters. Write it out in `plan`, then call ExitPlanMode again.");
        const auto verdict = context.modes().leavePlan(id, plan, std::move(stop));
        if (!verdict)
            return failed(verdict.error());
        if (!verdict->approved)
            return failure("The user wants to go on planning." + (verdict->feedback.empty() ? std::string() : " They say: " + verdict->feedback));
        Output output;
        output.title = "Exited Plan Mode";
        output.text = "The user has approved the plan. Carry it out." + (verdict->feedback.empty() ? std::string() : " They add: " + verdict->feedback);
        return output;
    }
};

} // namespace

bool isReadyPlan(const std::string &plan)
{
    const auto first = plan.find_first_not_of(" \t\r\n");
    const auto last = plan.find_last_not_of(" \t\r\n");
    if (first == std::string::npos || last - first + 1 < 40)
        return false;
    const auto lines = linesOf(plan);
    return std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
        const auto text = line.find_first_not_of('#');
        return text >= 1 && text <= 6 && text != std::string_view::npos && line[text] == ' ' && line.find_first_not_of(' ', text) != std::string_view::npos;
    });
}

std::shared_ptr<Tool> makeEnterPlanMode() { return std::make_shared<EnterPlanMode>(); }
std::shared_ptr<Tool> makeExitPlanMode() { return std::make_shared<ExitPlanMode>(); }

} // namespace tools

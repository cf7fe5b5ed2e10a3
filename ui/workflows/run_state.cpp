#include "ui/workflows/run_state.h"

#include <algorithm>

namespace ui {

using acp::Overloaded;

namespace {

/// `_meta.hoglet` of something, or null.
const ph::Json *hogletOf(const std::optional<ph::Json> &meta)
{
    if (!meta || !meta->is_object())
        return nullptr;
    const auto found = meta->find("hoglet");
    return found != meta->end() && found->is_object() ? &*found : nullptr;
}

std::string textOf(const ph::Json &object, const char *key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

StepState stateOf(const std::string &status)
{
    if (status == "in_progress")
        return StepState::Running;
    if (status == "skipped")
        return StepState::Skipped;
    if (status == "failed")
        return StepState::Failed;
    return status == "completed" ? StepState::Done : StepState::Waiting;
}

bool applyPlan(RunState &run, const acp::Plan &plan)
{
    bool changed = false;
    for (const acp::PlanEntry &entry : plan.entries) {
        const ph::Json *hoglet = hogletOf(entry.meta);
        const std::string id = hoglet ? textOf(*hoglet, "step") : "";
        if (id.empty())
            continue; // an agent's own plan beside the workflow
        StepRun *step = run.find(id);
        if (!step) {
            run.steps.push_back({});
            step = &run.steps.back();
            step->id = id;
        }
        if (step->title.empty())
            step->title = entry.content; // later ones add what became of it
        // The plan's own status has no word for skipped and failed; a workflow says them in `status`.
        const std::string status = textOf(*hoglet, "status");
        StepState state = stateOf(status.empty() ? entry.status : status);
        if (state == StepState::Done && step->isOld)
            state = step->state; // done once its outcome is there
        if (state == StepState::Done && step->state == StepState::Failed && status.empty())
            state = StepState::Failed;
        if (state == StepState::Waiting && step->outcome)
            step->isOld = true;
        if (state == StepState::Running)
            step->error.clear();
        step->state = state;
        changed = true;
    }
    return changed;
}

/// The step a tool call belongs to: what its `_meta` says, else the one that has it already.
StepRun *stepOf(RunState &run, const std::optional<ph::Json> &meta, const std::string &toolCallId)
{
    if (const ph::Json *hoglet = hogletOf(meta)) {
        if (StepRun *step = run.find(textOf(*hoglet, "step")))
            return step;
    }
    for (StepRun &step : run.steps) {
        if (step.toolCallId == toolCallId)
            return &step;
    }
    return nullptr;
}

/// Tool calls and their updates carry the same optional members, but for the title.
template <typename Call>
bool applyCall(RunState &run, const Call &call, const std::string &title)
{
    StepRun *step = stepOf(run, call.meta, call.toolCallId.value);
    if (!step)
        return false;
    const ph::Json *hoglet = hogletOf(call.meta);
    if (hoglet && run.workflowId.empty())
        run.workflowId = textOf(*hoglet, "workflow");
    if (!title.empty())
        step->activity = title;
    // Beside its own query a step may run others, ask and create: what it shows is its own query's.
    const std::string query = hoglet ? textOf(*hoglet, "query") : std::string();
    const bool isOther = hoglet && (hoglet->contains("question") || hoglet->contains("create") || (!query.empty() && query != step->id));
    if (isOther)
        return true;
    step->toolCallId = call.toolCallId.value;
    if (call.rawInput && call.rawInput->is_object()) {
        if (const std::string hogql = textOf(*call.rawInput, "hogql"); !hogql.empty())
            step->hogql = hogql;
        if (const auto values = call.rawInput->find("values"); values != call.rawInput->end() && values->is_object())
            step->values = *values;
    }
    if (call.status) {
        if (*call.status == "failed") {
            step->state = StepState::Failed;
            step->error = "The query failed.";
        } else if (*call.status == "in_progress" || *call.status == "pending") {
            step->state = StepState::Running;
        }
    }
    if (call.content && step->state == StepState::Failed) {
        for (const acp::ToolCallContent &part : *call.content) {
            if (part.content && part.content->text && !part.content->text->empty())
                step->error = *part.content->text;
        }
    }
    if (call.rawOutput && call.rawOutput->is_object()) {
        if (auto table = ph::parse<posthog::Table>(*call.rawOutput))
            step->table = std::make_shared<posthog::Table>(std::move(*table));
        else if (const std::string error = textOf(*call.rawOutput, "error"); !error.empty() && step->state == StepState::Failed)
            step->error = error;
    }
    return true;
}

bool applyMessage(RunState &run, const acp::AgentMessageChunk &chunk)
{
    const ph::Json *hoglet = hogletOf(chunk.meta);
    if (!hoglet)
        hoglet = hogletOf(chunk.content.meta);
    const std::string text = chunk.content.text.value_or("");
    if (!hoglet) {
        if (text.empty())
            return false;
        run.says.push_back(text);
        return true;
    }
    bool changed = false;
    if (const auto found = hoglet->find("outcome"); found != hoglet->end()) {
        auto outcome = ph::parse<workflow::Outcome>(*found);
        StepRun *step = outcome ? run.find(outcome->step) : nullptr;
        if (step) {
            if (!outcome->title.empty())
                step->title = outcome->title;
            if (!outcome->question.empty())
                step->question = outcome->question;
            if (!outcome->why.empty())
                step->why = outcome->why;
            if (!outcome->hogql.empty()) {
                step->hogql = outcome->hogql;
                step->values = outcome->values;
            }
            if (step->state != StepState::Skipped && step->state != StepState::Failed)
                step->state = StepState::Done;
            step->isOld = false;
            if (outcome->table)
                step->table = std::make_shared<posthog::Table>(*outcome->table);
            step->activity.clear();
            step->outcome = std::move(*outcome);
            changed = true;
        }
    }
    if (const std::string error = textOf(*hoglet, "error"); !error.empty()) {
        run.error = error;
        changed = true;
    }
    if (const auto found = hoglet->find("report"); found != hoglet->end()) {
        run.hasReport = true;
        run.decision = text;
        if (found->is_object()) {
            if (const std::string decision = textOf(*found, "decision"); !decision.empty())
                run.decision = decision;
            if (const auto caveats = found->find("caveats"); caveats != found->end())
                run.caveats = ph::parse<std::vector<std::string>>(*caveats).value_or(std::vector<std::string>());
        }
        changed = true;
    }
    return changed;
}

} // namespace

StepRun *RunState::find(const std::string &step)
{
    const int index = indexOf(step);
    return index < 0 ? nullptr : &steps[std::size_t(index)];
}

const StepRun *RunState::find(const std::string &step) const { return const_cast<RunState *>(this)->find(step); }

int RunState::indexOf(const std::string &step) const
{
    const auto found = std::find_if(steps.begin(), steps.end(), [&](const StepRun &run) { return run.id == step; });
    return found == steps.end() ? -1 : int(found - steps.begin());
}

int RunState::current() const
{
    int last = steps.empty() ? -1 : 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].state == StepState::Running)
            return int(i);
        if (!steps[i].isOld && (steps[i].state == StepState::Done || steps[i].state == StepState::Failed))
            last = int(i);
    }
    return last;
}

int RunState::done() const
{
    return int(std::count_if(steps.begin(), steps.end(),
                             [](const StepRun &step) { return !step.isOld && (step.state == StepState::Done || step.state == StepState::Skipped); }));
}

RunState emptyRun(const workflow::Definition &definition, const ph::Json &parameters)
{
    RunState run;
    run.workflowId = definition.id;
    run.title = definition.title;
    run.parameters = parameters;
    for (const workflow::Step &step : definition.steps) {
        StepRun waiting;
        waiting.id = step.id;
        waiting.title = step.title;
        waiting.question = step.question;
        waiting.why = step.why;
        run.steps.push_back(std::move(waiting));
    }
    return run;
}

void restart(RunState &run, const std::string &fromStep, const ph::Json &parameters)
{
    run.parameters = parameters;
    run.phase = RunPhase::Running;
    run.error.clear();
    run.decision.clear();
    run.caveats.clear();
    run.hasReport = false;
    const int from = std::max(0, run.indexOf(fromStep));
    for (int i = from; i < int(run.steps.size()); ++i) {
        StepRun &step = run.steps[std::size_t(i)];
        step.isOld = step.outcome.has_value();
        step.state = StepState::Waiting;
        step.error.clear();
        step.toolCallId.clear();
        step.activity.clear();
    }
}

bool apply(RunState &run, const acp::SessionUpdate &update)
{
    const bool changed = std::visit(Overloaded{
                                        [&](const acp::Plan &plan) { return applyPlan(run, plan); },
                                        [&](const acp::ToolCall &call) { return applyCall(run, call, call.title); },
                                        [&](const acp::ToolCallUpdate &call) { return applyCall(run, call, call.title.value_or("")); },
                                        [&](const acp::AgentMessageChunk &chunk) { return applyMessage(run, chunk); },
                                        [&](const acp::SessionInfoUpdate &info) {
                                            if (!info.title || info.title->empty() || !run.title.empty())
                                                return false;
                                            run.title = *info.title;
                                            return true;
                                        },
                                        [](const auto &) { return false; },
                                    },
                                    update.value);
    const bool goesOn = std::any_of(run.steps.begin(), run.steps.end(), [](const StepRun &step) { return step.state == StepState::Running; });
    if (changed && (run.phase == RunPhase::Idle || (goesOn && run.phase != RunPhase::Waiting)))
        run.phase = RunPhase::Running; // also a stopped one that is told to continue
    return changed;
}

void finish(RunState &run, const std::string &stopReason, const std::optional<ph::Error> &error)
{
    if (error && error->code != ph::ErrorCode::Cancelled) {
        run.phase = RunPhase::Failed;
        run.error = error->message;
    } else if (!run.error.empty()) {
        run.phase = RunPhase::Failed; // it could not begin
    } else {
        run.phase = error || stopReason == "cancelled" ? RunPhase::Stopped : RunPhase::Done;
    }
    for (StepRun &step : run.steps) {
        if (step.state == StepState::Running) {
            step.state = run.phase == RunPhase::Failed ? StepState::Failed : step.outcome ? StepState::Done : StepState::Waiting;
            step.activity.clear();
            if (step.state == StepState::Failed && step.error.empty())
                step.error = run.error;
        }
    }
    const bool anyFailed = std::any_of(run.steps.begin(), run.steps.end(), [](const StepRun &step) { return step.state == StepState::Failed; });
    if (run.phase == RunPhase::Done && anyFailed && !run.hasReport) // a run may leave a failed step out and still come to its report
        run.phase = RunPhase::Failed;
}

report::Report reportOf(const RunState &run, const std::string &project, const std::string &writtenAt)
{
    report::Report report;
    report.workflowId = run.workflowId;
    report.title = run.title;
    report.project = project;
    report.writtenAt = writtenAt;
    report.parameters = run.parameters;
    for (const StepRun &step : run.steps) {
        if (step.outcome && !step.isOld)
            report.sections.push_back({*step.outcome, step.table ? *step.table : posthog::Table()});
    }
    report.decision = run.decision;
    report.caveats = run.caveats;
    return report;
}

} // namespace ui

#pragma once

#include "agent/acp/types.h"
#include "agent/report/report.h"
#include "agent/workflow/definition.h"
#include "driver/posthog/table.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A workflow run as values, built from the session's updates. Pure: the same updates give the same run, live or from a log.
namespace ui {

enum class StepState { Waiting, Running, Done, Failed, Skipped };

struct StepRun {
    std::string id;
    std::string title;
    std::string question;
    std::string why;
    StepState state = StepState::Waiting;
    bool isOld = false; // what it shows is of the run before; the new one has not reached it
    std::optional<workflow::Outcome> outcome;
    std::shared_ptr<const posthog::Table> table;
    std::string hogql; // as asked, with placeholders
    ph::Json values = ph::Json::object();
    std::string activity; // what the running call says it does
    std::string error;
    std::string toolCallId; // the newest call of this step
};

enum class RunPhase { Idle, Running, Waiting, Done, Stopped, Failed };

struct RunState {
    std::string workflowId;
    std::string title;
    ph::Json parameters = ph::Json::object();
    std::vector<StepRun> steps; // in order
    RunPhase phase = RunPhase::Idle;
    std::string error;
    std::string decision; // the written decision at the end: paragraphs of plain text
    std::vector<std::string> caveats;
    std::vector<std::string> says; // what the agent said outside of steps, newest last
    bool hasReport = false;

    StepRun *find(const std::string &step);
    const StepRun *find(const std::string &step) const;
    int indexOf(const std::string &step) const; // -1: none
    int current() const;                        // the running step, else the last one with something to show, else 0; -1 without steps
    int done() const;
};

/// A run that has not begun: the definition's steps, all waiting.
RunState emptyRun(const workflow::Definition &definition, const ph::Json &parameters);

/// A re-run from `fromStep` (empty: the first): that step and those after it keep what they show, marked old.
void restart(RunState &run, const std::string &fromStep, const ph::Json &parameters);

/// Takes one update. Updates that are not about a workflow change nothing; malformed `_meta.hoglet` is ignored likewise.
/// Returns whether anything changed.
bool apply(RunState &run, const acp::SessionUpdate &update);

/// The end of a turn.
void finish(RunState &run, const std::string &stopReason, const std::optional<ph::Error> &error);

/// What is there so far as a report; steps without an outcome are left out.
report::Report reportOf(const RunState &run, const std::string &project, const std::string &writtenAt);

} // namespace ui

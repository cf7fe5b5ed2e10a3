#pragma once

#include "agent/acp/types.h"
#include "agent/permissions/call.h"
#include "agent/permissions/policy.h"
#include "driver/base/result.h"

#include <stop_token>
#include <string>
#include <vector>

namespace tools {

class Workspace;

/// A question to the user with the answers that may be given. `recommended` is what a run without a user takes.
struct Question {
    std::string step;     // who asks: a workflow's step id, or ""
    std::string text;
    std::string header;   // short
    struct Option {
        std::string id;
        std::string label;
        std::string description;
    };
    std::vector<Option> options;
    std::string recommended;     // an option's id, or ""
    bool takesSeveral = false;   // more than one option may be chosen
};

/// The options that were chosen, by their ids, and what the user wrote instead of choosing or beside it.
struct Answer {
    std::vector<std::string> chosen;
    std::string ownWords;
};

/// The session's mode, towards the tools that enter and leave plan mode.
class ModeControl
{
public:
    virtual ~ModeControl() = default;
    virtual permissions::Mode mode() const = 0;
    virtual void enterPlan() = 0;

    /// What came of a plan: the mode in which it is carried out, or what the user wants to be different.
    struct PlanVerdict {
        std::optional<permissions::Mode> approved;
        std::string feedback;
    };
    /// Shows the plan, asks whether to go on with it, and sets the mode that was chosen. Error Cancelled: the turn is over.
    virtual ph::Result<PlanVerdict> leavePlan(const acp::ToolCallId &call, const std::string &plan, std::stop_token stop) = 0;
    /// What the agent said last in this turn: the plan of a call that brings none.
    virtual std::string lastSaid() const = 0;
};

/// Runs agents for parts of the work, each with a conversation of its own.
class SubAgents
{
public:
    virtual ~SubAgents() = default;

    struct Task {
        std::string description; // a few words, for the user
        std::string prompt;
        std::string type;        // of agent, or ""
    };
    /// Waits until the work is done; returns the agent's last words. Its updates go out beneath `parent`.
    virtual ph::Result<std::string> run(const Task &task, const acp::ToolCallId &parent, std::stop_token stop) = 0;
};

/// What a call is about to do: for the card, and for the policy.
struct CallInfo {
    std::string title;                            // one line
    std::string kind = "other";                   // ACP's: read, search, execute, edit, think, other…
    std::vector<acp::ToolCallContent> content;    // shown before it runs: the command, the diff
    std::vector<acp::ToolCallLocation> locations;
    permissions::Call permission;
};

/// What a running call may do towards the user and the session. Calls block until answered or cancelled. Any thread.
class Context
{
public:
    virtual ~Context() = default;
    /// What describe() gave for this call and the decision was made on: its paths are the ones to work on, whatever links lead to meanwhile.
    virtual const CallInfo &info() const = 0;
    /// The chosen option's id. Error Cancelled: the turn was cancelled or the user dismissed the question.
    virtual ph::Result<std::string> ask(const acp::ToolCallId &call, const Question &question) = 0;
    /// As ask(), for several questions that the user sees together: one answer a question, in their order.
    virtual ph::Result<std::vector<Answer>> askAll(const acp::ToolCallId &call, const std::vector<Question> &questions) = 0;
    /// Progress of the running call (replaces its content).
    virtual void update(const acp::ToolCallUpdate &update) = 0;
    /// The session's plan, whole.
    virtual void plan(const acp::Plan &plan) = 0;

    virtual Workspace &workspace() = 0;
    virtual ModeControl &modes() = 0;
    virtual SubAgents &subAgents() = 0;
};

struct Output {
    bool failed = false;
    std::string text;                            // for a model and for the card's body (Markdown)
    ph::Json raw;                                // rawOutput
    std::vector<acp::ToolCallContent> content;   // instead of `text` on the card, when not empty
    std::vector<acp::ContentBlock> images;       // for a model that takes them, beside `text`
    std::optional<ph::Json> meta;                // goes out as the finished call's `_meta`
    std::string title;                           // of the finished call, when it is another
    bool isUntrusted = false;                    // holds data from outside: events, web pages, other programs' answers
};

class Tool
{
public:
    virtual ~Tool() = default;
    virtual std::string name() const = 0;
    virtual std::string description() const = 0;
    virtual ph::Json inputSchema() const = 0;
    /// May read files (for a diff); never changes anything. Input that makes no sense gives the tool's name as title and a permission
    /// that changes nothing: run() then says what is wrong with it.
    virtual CallInfo describe(const ph::Json &input, Workspace &workspace) const = 0;
    /// Whether calls may run beside each other in one step, on several threads: they only look.
    virtual bool isParallel() const { return false; }
    /// Errors of the work are an Output with `failed`; a Result error ends the turn (Cancelled) or is a defect (Internal).
    virtual ph::Result<Output> run(const acp::ToolCallId &id, const ph::Json &input, Context &context, std::stop_token stop) = 0;
};

// The tools of this folder and their inputs: README.md.

} // namespace tools

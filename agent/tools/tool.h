#pragma once

#include "agent/acp/types.h"
#include "driver/base/result.h"

#include <stop_token>
#include <string>
#include <vector>

namespace tools {

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
    std::string recommended; // an option's id, or ""
};

/// What a running tool may do towards the user. Calls block until answered or cancelled.
class Context
{
public:
    virtual ~Context() = default;
    /// The chosen option's id. Error Cancelled: the turn was cancelled or the user dismissed the question.
    virtual ph::Result<std::string> ask(const acp::ToolCallId &call, const Question &question) = 0;
    /// Progress of the running call (replaces its content).
    virtual void update(const acp::ToolCallUpdate &update) = 0;
};

struct Output {
    bool failed = false;
    std::string text;                            // for a model and for the card's body (Markdown)
    ph::Json raw;                                // rawOutput
    std::vector<acp::ToolCallContent> content;   // instead of `text` on the card, when not empty
};

class Tool
{
public:
    virtual ~Tool() = default;
    virtual std::string name() const = 0;
    virtual std::string description() const = 0;
    virtual ph::Json inputSchema() const = 0;
    virtual std::string kind() const = 0;                       // ACP's: read, search, execute, edit, think, other…
    virtual std::string title(const ph::Json &input) const = 0; // one line for the card
    /// Whether the call changes something outside (creates an object, writes a file): it is then asked for.
    virtual bool needsPermission(const ph::Json &input) const = 0;
    /// Errors of the work are an Output with `failed`; a Result error ends the turn (Cancelled) or is a defect (Internal).
    virtual ph::Result<Output> run(const acp::ToolCallId &id, const ph::Json &input, Context &context, std::stop_token stop) = 0;
};

// The tools of this folder, by name, with the input that the guided model and language models send:
//   posthog_query   {hogql, values?, title?}             -> raw: posthog::Table as JSON (columns, rows, hasMore, limit, hogql)
//   posthog_objects {}                                   -> raw: [ObjectInfo]
//   posthog_fields  {object}                             -> raw: [FieldInfo]
//   posthog_create  {kind, body, title?}                 -> raw: the created item; needs permission
//   check_export    {manifest, title?}                   -> raw: a posthog::Table with one row: posthog::ExportCheck
//   ask_user        {step?, header?, question, options: [{id, label, description?}], recommended?} -> raw: {answer}

} // namespace tools

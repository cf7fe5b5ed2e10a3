#pragma once

#include "agent/workflow/definition.h"

#include <set>
#include <variant>

/// A workflow run as a pure state machine: the state is what has happened so far, next() says what to do now. A state is
/// rebuilt from a log in the order in which things happened, so a run goes on wherever its log is.
namespace workflow {

/// A query that has run. Its key is "funnel" for a step's own query, "funnel/total" for one of its `also`, and
/// "parameters/steps" for the one that lists a parameter's choices.
struct QueryRecord {
    std::optional<posthog::Table> table; // absent: it failed
    std::string error;
    std::string toolCallId;
    std::string hogql;
    ph::Json values = ph::Json::object();
    std::string manifest = {}; // of an export, which was read instead
};

/// An object that was to be created after an offer was taken.
struct CreateRecord {
    bool created = false;
    std::string text; // the item's name, or why there is none
};

struct RunState {
    ph::Json given = ph::Json::object();                       // parameters as the user gave them; texts are read by type
    std::map<std::string, QueryRecord> queries;                // by key
    std::map<std::string, std::vector<std::string>> answers;   // by the question's key, in order
    std::map<std::string, std::vector<CreateRecord>> created;  // by the offer's key, in order
    std::set<std::string> skipped;                             // steps skipped after a failure
    bool stopped = false;                                      // the user ended the run
};

struct RunQuery {
    std::string step, key, hogql;
    ph::Json values = ph::Json::object();
    std::string title;
    std::string manifest = {}; // not empty: this export's manifest is to be read instead
};

struct Choice {
    std::string id, label, description;
    friend bool operator==(const Choice &, const Choice &) = default;
};

/// Keys: "loss" for a step's choice, "act.offers" for its offers, "failed:paths" for a failed query (retry, skip, stop).
struct Ask {
    std::string step, key, header, question;
    std::vector<Choice> options;
    std::string recommended;
};

struct Create {
    std::string step, key, kind;
    ph::Json body;
    std::string question;
};

struct Finish {
    std::string error;                  // not empty: the run could not begin (a parameter), in a sentence
    bool stopped = false;
    std::vector<std::string> decision;  // paragraphs, plain text
    std::vector<std::string> caveats;
};

using Action = std::variant<RunQuery, Ask, Create, Finish>;

struct StepProgress {
    std::string step;
    std::string title;
    std::string status;  // pending, in_progress, completed, skipped, failed
};

/// Where a run stands: what is done, and what is to be done now.
struct Walk {
    Action action;
    std::vector<StepProgress> steps;
    std::vector<Outcome> outcomes; // of the completed, skipped and failed steps, in their order
    ph::Json parameters = ph::Json::object();
};

Walk walk(const Definition &definition, const RunState &state);

Action next(const Definition &definition, const RunState &state);

/// NotFound: no such step, or it is not done yet.
ph::Result<Outcome> evaluate(const Definition &definition, const std::string &step, const RunState &state);

/// What is known of the answers: retry forgets the failed query, skip and stop are noted.
void recordAnswer(RunState &state, const std::string &key, const std::string &answer);

/// A parameter's value from what the user gave (JSON or text). Error: InvalidInput that names the parameter and what it takes.
/// A list of items may be written as "signed_up, $pageview:/pricing/": fields in their order, parted by colons.
ph::Result<ph::Json> readParameter(const Parameter &parameter, const ph::Json &given);

} // namespace workflow

#pragma once

#include "agent/model/model.h"
#include "agent/workflow/engine.h"

#include <optional>

/// The conversation of a run read back into a workflow's state.
namespace model {

/// What a prompt asks of the guided model.
struct Intent {
    enum class Kind { Help, Workflow, Continue, Query } kind = Kind::Help;
    std::string workflow;                         // id as given
    ph::Json parameters = ph::Json::object();
    std::string fromStep;
    std::string text;                             // the prompt
    std::string project;                          // _meta.hoglet.project, for the report's head
};
Intent intentOf(const Message &prompt);

/// State of the run that the prompt at `start` began, from the messages before `end`.
workflow::RunState stateOf(const std::vector<Message> &history, std::size_t start, std::size_t end, const workflow::Definition &definition,
                           const Intent &intent);

/// Index of the message that began the run that the last prompt belongs to; nothing when it belongs to none.
std::optional<std::size_t> runStart(const std::vector<Message> &history);

std::size_t lastPrompt(const std::vector<Message> &history);

} // namespace model

#pragma once

#include "agent/model/model.h"

#include <optional>

/// What a stored conversation says, read back from the lines of its journal (or of another program's log in the same form).
/// Pure; lines that do not read are passed over.
namespace agent {

/// The conversation as a model gets it. A session that is loaded again has the history that it had: the turn writes what this reads.
/// A summary (`_posthog/compact_boundary`) replaces what was before it; what sub-agents did is not part of it.
/// A call that was never answered counts as failed ("Interrupted."); a prompt that was refused, and what followed it, is not part of it.
std::vector<model::Message> historyFrom(const std::vector<std::string> &lines);

/// The updates that show a client the conversation: `update` objects of session/update. The user's prompts come as
/// user_message_chunk; calls that never ended come out failed. What is state rather than conversation (mode, options, commands) is left out.
std::vector<ph::Json> replayFrom(const std::vector<std::string> &lines);

/// What a session was set to when its log ends.
struct StoredState {
    std::string cwd;
    std::optional<std::string> mode;
    std::optional<std::string> model;
    std::optional<std::string> effort;
    bool hasUntrustedData = false; // the conversation holds data from outside
};
StoredState stateFrom(const std::vector<std::string> &lines);

/// The text that a model reads for a user's blocks: texts, [name](uri) for links, embedded texts with their address.
std::string textOf(const std::vector<acp::ContentBlock> &blocks);

} // namespace agent

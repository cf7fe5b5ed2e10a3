#pragma once

#include "agent/external/line_filter.h"
#include "agent/external/presets.h"

#include <optional>

namespace external {

/// A model service that codex is to use instead of its own: PostHog's gateway.
struct CodexGateway {
    std::string baseUrl; // without "/v1"
    std::string key;     // goes into the environment, never into the arguments
};

/// `command` with the arguments and the environment that point codex at `gateway`, and at `model` unless it is empty.
AgentCommand codexCommand(AgentCommand command, const std::optional<CodexGateway> &gateway, const std::string &model);

struct CodexSetting {
    std::string taskRunId;                  // of the run that the session belongs to; empty: none, and nothing is told of it
    std::vector<std::string> allowedModels; // empty: every
    bool showsHistory = false;              // whether what session/load replays goes on to the client; else only its log shows it
};

/// What lies between a client and codex-acp:
/// - before the answer of session/new the client hears `_posthog/sdk_session` {taskRunId, sessionId, adapter: "codex"};
/// - config options of the category "model" offer the allowed models only, and a current one that is not among them becomes the first;
/// - the reasoning effort that was chosen or told last is set again before each prompt of its session (codex forgets it), and the
///   client does not see that request's answer;
/// - while session/load is not answered, its updates are held back unless `showsHistory`.
std::unique_ptr<LineFilter> makeCodexFilter(CodexSetting setting);

} // namespace external

#pragma once

#include "agent/tools/posthog_tools.h"
#include "agent/tools/web_fetch.h"
#include "agent/workflow/definition.h"

namespace tools {

/// What the tools of an agent work with, beside a session's own (Context).
struct AgentToolsSetting {
    Project project;                             // empty: no PostHog tools
    http::Client &client;                        // outlives the tools
    WebSetting web;
    std::vector<workflow::Definition> workflows; // those that posthog_workflow runs
};

/// Every tool of a language model's agent, each once; they know no session and may serve several at a time. README.md lists them.
std::vector<std::shared_ptr<Tool>> makeAgentTools(AgentToolsSetting setting);

} // namespace tools

#pragma once

#include "agent/session/agent.h"
#include "agent/tools/posthog_tools.h"

namespace app {

/// What the embedded agent is made of, in a program or in the window: its models, tools, commands, and where its sessions are kept.
agent::Options agentOptions(tools::Project project);

} // namespace app

#pragma once

#include "agent/session/acp_agent.h"
#include "agent/tools/posthog_tools.h"
#include "agent/workflow/definition.h"
#include "app/agent_models.h"

namespace app {

/// The workflows that ship with the program; one that does not read is logged and left out.
std::vector<workflow::Definition> workflowDefinitions();

/// The guided model with the workflows above, and the models of the services that are set up. `secrets` keeps their keys and outlives
/// the models; null: the environment has them. `posthogHost` tells the project's host, for PostHog's gateway.
std::shared_ptr<AgentModels> agentModels(posthog::Environment environment = {}, posthog::SecretStore *secrets = nullptr,
                                         std::function<std::string()> posthogHost = {});

/// What the embedded agent is made of, in a program or in the window: its models, tools, commands, and where its sessions are kept.
agent::Options agentOptions(tools::Project project, std::shared_ptr<AgentModels> models);

} // namespace app

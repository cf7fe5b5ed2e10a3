#include "app/agent_options.h"

#include "agent/model/guided.h"
#include "agent/permissions/command_sandbox.h"
#include "agent/tools/agent_tools.h"
#include "agent/tools/ask_user.h"
#include "agent/tools/check_export.h"
#include "app/resources.h"
#include "driver/base/log.h"
#include "driver/base/paths.h"

namespace app {

std::vector<workflow::Definition> workflowDefinitions()
{
    return workflow::loadDefinitions(resourcesDir() / "workflows", [](const std::string &file, const ph::Error &error) {
        ph::logError("workflow", file + ": " + error.message);
    });
}

std::shared_ptr<AgentModels> agentModels(posthog::Environment environment, posthog::SecretStore *secrets, std::function<std::string()> posthogHost)
{
    AgentModelsOptions options;
    options.guided = model::makeGuided(workflowDefinitions());
    options.settingsFile = ph::configDir() / "models.json";
    options.factsFile = resourcesDir() / "models.json";
    options.environment = std::move(environment);
    options.secrets = secrets;
    options.posthogHost = std::move(posthogHost);
    return std::make_shared<AgentModels>(std::move(options));
}

agent::Options agentOptions(tools::Project project, std::shared_ptr<AgentModels> models)
{
    auto definitions = workflowDefinitions();
    agent::Options options;
    options.version = HOGLET_VERSION;
    options.dataDirectory = ph::dataDir();
    for (const auto &definition : definitions)
        options.commands.push_back({definition.id, definition.title, {}});
    options.commands.push_back({"compact", "Sum up the conversation and go on from there", {}});

    auto &parts = options.parts;
    parts.version = HOGLET_VERSION;
    parts.models = [models] { return models->now(); };
    if (auto prompts = agent::loadPrompts(resourcesDir() / "prompts"))
        parts.prompts = *std::move(prompts);
    else
        ph::logError("agent", prompts.error().message);
    parts.gate.dataFolder = ph::dataDir();
    parts.gate.sandboxWorks = [] { return permissions::sandboxSupport().works; }; // Trying it takes longer than all else at the start.
    parts.trusted = std::make_shared<agent::TrustedFolders>(ph::configDir() / "trusted-folders.json");

    parts.guidedTools = tools::makePosthogTools(project);
    parts.guidedTools.push_back(tools::makeCheckExport());
    parts.guidedTools.push_back(tools::makeAskUser());
    parts.tools = tools::makeAgentTools({std::move(project), models->client(), {}, std::move(definitions)});
    return options;
}

} // namespace app

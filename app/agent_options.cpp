#include "app/agent_options.h"

#include "agent/model/guided.h"
#include "agent/tools/ask_user.h"
#include "agent/tools/check_export.h"
#include "app/resources.h"
#include "driver/base/log.h"
#include "driver/base/paths.h"

namespace app {

agent::Options agentOptions(tools::Project project)
{
    auto definitions = workflow::loadDefinitions(resourcesDir() / "workflows", [](const std::string &file, const ph::Error &error) {
        ph::logError("workflow", file + ": " + error.message);
    });
    agent::Options options;
    options.version = HOGLET_VERSION;
    for (const auto &definition : definitions)
        options.commands.push_back({definition.id, definition.title, {}});
    options.models = {model::makeGuided(std::move(definitions))};
    options.tools = tools::makePosthogTools(std::move(project));
    options.tools.push_back(tools::makeCheckExport());
    options.tools.push_back(tools::makeAskUser());
    options.dataDirectory = ph::dataDir();
    return options;
}

} // namespace app

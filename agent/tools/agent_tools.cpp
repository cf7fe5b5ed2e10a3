#include "agent/tools/agent_tools.h"

#include "agent/tools/bash.h"
#include "agent/tools/file_tools.h"
#include "agent/tools/posthog_workflow.h"
#include "agent/tools/search_tools.h"
#include "agent/tools/session_tools.h"

namespace tools {

std::vector<std::shared_ptr<Tool>> makeAgentTools(AgentToolsSetting setting)
{
    std::vector<std::shared_ptr<Tool>> all{makeRead(), makeWrite(), makeEdit(), makeNotebookEdit(), makeGlob(), makeGrep(), makeLs()};
    const auto add = [&all](std::vector<std::shared_ptr<Tool>> more) { all.insert(all.end(), more.begin(), more.end()); };
    add(makeBashTools());
    add({makeWebFetch(setting.client, std::move(setting.web)), makeTodoWrite(), makeTask(), makeEnterPlanMode(), makeExitPlanMode(), makeAskUserQuestion()});
    if (setting.project) {
        if (!setting.workflows.empty())
            add({makePosthogWorkflow(setting.project, std::move(setting.workflows))});
        add(makePosthogTools(std::move(setting.project)));
    }
    return all;
}

} // namespace tools

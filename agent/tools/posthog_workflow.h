#pragma once

#include "agent/tools/posthog_tools.h"
#include "agent/workflow/definition.h"

namespace tools {

/// posthog_workflow: runs one of the workflows to its decision within one call. What it has to choose is asked, and so is each object that
/// it would create; in plan mode it creates none.
std::shared_ptr<Tool> makePosthogWorkflow(Project project, std::vector<workflow::Definition> workflows);

} // namespace tools

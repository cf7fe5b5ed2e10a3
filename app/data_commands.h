#pragma once

#include "app/arguments.h"
#include "app/output.h"
#include "app/project_connection.h"

namespace app {

// `hoglet-agent query | objects | fields | insights | whoami | budget`: what the driver says, on stdout. They return an ExitCode.

int runQuery(Arguments &arguments, ProjectConnection &project);
int runObjects(Arguments &arguments, ProjectConnection &project);
int runFields(Arguments &arguments, ProjectConnection &project);
int runInsights(Arguments &arguments, ProjectConnection &project);
int runWhoami(Arguments &arguments, ProjectConnection &project);
int runBudget(Arguments &arguments, ProjectConnection &project);

} // namespace app

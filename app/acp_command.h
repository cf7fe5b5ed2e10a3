#pragma once

#include "app/arguments.h"
#include "app/project_connection.h"

namespace app {

/// `hoglet-agent acp`: the agent on stdin and stdout until the client closes. Logs go to stderr and the log file, never to stdout.
int runAcp(Arguments &arguments, ProjectConnection &project);

} // namespace app

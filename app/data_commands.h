#pragma once

#include "app/arguments.h"
#include "app/project_connection.h"

namespace app {

// `hoglet-agent query | objects | fields | whoami`: what the driver says, on stdout. They return the program's exit code: 0, 1 (the
// project's error, on stderr) or 2 (the command line's).

int runQuery(Arguments &arguments, ProjectConnection &project);
int runObjects(Arguments &arguments, ProjectConnection &project);
int runFields(Arguments &arguments, ProjectConnection &project);
int runWhoami(Arguments &arguments, ProjectConnection &project);

/// Tells `error` on stderr; returns 2 for a bad command line.
int usageError(const std::string &message);

} // namespace app

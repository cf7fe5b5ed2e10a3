#pragma once

#include "app/arguments.h"
#include "app/project_connection.h"

namespace app {

/// `hoglet-agent workflow ID --project demo --out DIR [--answer STEP=VALUE]… [--param NAME=VALUE]…`, or `workflow --list`: runs a
/// guided workflow without a user, tells each step on stderr, and writes report.md, report.json, report.html and charts/*.svg.
/// Without --out the report goes to stdout as Markdown. Ctrl+C cancels the run.
/// Returns 0; 1: the run failed or the project did; 2: the command line; 3: the report is there, but a step failed and is missing;
/// 130: cancelled.
int runWorkflow(Arguments &arguments, ProjectConnection &project);

} // namespace app

#pragma once

#include "app/arguments.h"
#include "app/output.h"
#include "app/project_connection.h"

namespace app {

/// `hoglet-agent export events|persons|query --out FILE …`: writes every row, tells how it gets on, on stderr, and whether the file
/// is complete. Parquet is made by hoglet-project, which must lie beside this program. Returns an ExitCode.
int runExportCommand(Arguments &arguments, ProjectConnection &project);

/// `hoglet-agent import …`: hands its arguments to `hoglet-project import` and returns what that ends with.
int runImportCommand(Arguments &arguments);

/// Writes every row of one query to `file`: what `query --out` does.
int exportQuery(ProjectConnection &project, const std::string &hogql, const ph::Json &values, const std::string &file, OutputFormat format,
                bool rawCells);

} // namespace app

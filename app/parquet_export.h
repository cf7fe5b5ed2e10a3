#pragma once

#include "driver/posthog/driver.h"

#include <functional>
#include <stop_token>

namespace app {

/// NotFound, with a sentence for the user, where hoglet-project is missing: it is what writes Parquet.
ph::Result<> mayExportParquet();

/// As Driver::exportRows(), for a request in Parquet: the rows as JSON lines beside the file, made into Parquet by hoglet-project,
/// with a sum and a manifest of its own. The JSON lines go once all of it is there; where it fails they stay, and the message
/// names them. Called again, it goes on with them.
ph::Result<posthog::ExportReport> exportParquet(posthog::Driver &driver, posthog::ExportRequest request,
                                                const std::function<void(const posthog::ExportProgress &)> &onProgress, std::stop_token stop);

} // namespace app

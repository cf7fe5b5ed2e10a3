#pragma once

#include "driver/posthog/api.h"
#include "driver/posthog/export.h"

#include <functional>

namespace posthog {

/// See Driver::exportRows().
ph::Result<ExportReport> runExport(Api &api, const ExportRequest &request, const std::function<void(const ExportProgress &)> &onProgress,
                                   std::stop_token stop);

} // namespace posthog

#pragma once

#include "driver/posthog/api.h"
#include "driver/posthog/objects.h"

namespace posthog {

/// One page of an object's rows; see Driver::getRows().
ph::Result<RowsPage> rowsOf(Api &api, const ObjectKind &kind, const RowsRequest &request, std::stop_token stop);

} // namespace posthog

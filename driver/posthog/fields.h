#pragma once

#include "driver/posthog/api.h"
#include "driver/posthog/objects.h"

namespace posthog {

/// The fields of one object; see Driver::getFields().
ph::Result<std::vector<FieldInfo>> fieldsOf(Api &api, const ObjectKind &kind, std::stop_token stop);

} // namespace posthog

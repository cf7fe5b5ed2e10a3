#pragma once

#include "driver/localproject/api/routes.h"

#include <optional>

namespace localproject::api {

/// One row of `objects`, as the API answers it.
struct StoredObject {
    std::int64_t id = 0;
    ph::Json body; // with its id
};

ph::Result<std::vector<StoredObject>> objectsOf(Project &project, const std::string &kind); // newest first, the deleted ones too
ph::Result<std::optional<StoredObject>> objectOf(Project &project, const std::string &kind, const std::string &id);

/// The collection's name in the path is also its kind in the store; each has `{}` for its items.
std::string kindOf(const Call &call);

} // namespace localproject::api

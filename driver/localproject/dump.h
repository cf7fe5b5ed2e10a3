#pragma once

#include "driver/localproject/store.h"

#include <filesystem>
#include <stop_token>

namespace localproject {

/// Writes each table of the store to `<table>.csv` in `folder` (made when missing): UTF-8, a header line, fields in quotes where
/// needed, NULL as an empty field and an empty text as "", times as ISO with microseconds and Z, lists as JSON. Rows come in the
/// order they were stored in. Errors: Cancelled, Internal (a file could not be written).
ph::Result<> dumpCsv(const Store &store, const std::filesystem::path &folder, std::stop_token stop = {});

} // namespace localproject

#pragma once

#include "driver/localproject/import/event_reader.h"

#include <string_view>

namespace localproject::ingest {

/// The member of a record that a column of that name fills; null when it fills none.
MaybeText RecordColumns::*memberOf(std::string_view column);

/// "properties.$browser": the key of a property that has a column of its own; empty for other columns.
std::string_view propertyOf(std::string_view column);

} // namespace localproject::ingest

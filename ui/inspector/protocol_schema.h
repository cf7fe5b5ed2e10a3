#pragma once

#include "agent/acp/schema_check.h"

namespace ui {

/// The check by the schema that ships with the program. Read when first asked for, which takes some milliseconds; any thread.
const acp::SchemaCheck &protocolSchema();

} // namespace ui

#pragma once

#include "agent/acp/schema_check.h"
#include "ui/shell/wire_log.h"

namespace ui {

/// The lines of a session's log as a connection's. They come bare or as stored entries, with a time then. A log does not keep which way a
/// line went: it is told by the method, and of a reply by the request that it answers; where two requests with the same id wait, one
/// of each side, by what the answer holds. Nothing is left out, whatever its number.
std::shared_ptr<WireLog> storedLog(const QString &runId, const std::vector<std::string> &lines, const acp::SchemaCheck &schema);

} // namespace ui

#pragma once

#include "agent/mcp/servers.h"
#include "agent/tools/tool.h"

namespace tools {

/// The tools of the servers that are ready, each called "mcp__<server>__<tool>". What they answer comes from outside, and is cut at 100,000
/// characters.
std::vector<std::shared_ptr<Tool>> makeMcpTools(const std::shared_ptr<mcp::Servers> &servers, const std::vector<mcp::Servers::State> &states);

} // namespace tools

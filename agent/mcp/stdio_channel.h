#pragma once

#include "agent/mcp/channel.h"
#include "agent/mcp/server_config.h"

namespace mcp {

/// Starts the server as a program in `directory`, in a process group of its own; it ends with the channel. Its environment is ours without
/// our keys, and its own.
/// Error: NotFound (no such program), Internal.
ph::Result<std::unique_ptr<Channel>> openStdio(const ServerConfig &config, const std::string &directory);

} // namespace mcp

#pragma once

#include "agent/mcp/channel.h"
#include "agent/mcp/server_config.h"

namespace mcp {

/// Streamable HTTP: each message is a POST, whose answer is one message or a stream of them; what the server says by itself comes over a
/// stream that is kept open where it has one. Source: MCP 2025-06-18, "Transports".
std::unique_ptr<Channel> openHttp(const ServerConfig &config);

/// HTTP with server-sent events, which the one above has replaced: one stream, whose first event names the address to post to. That address
/// must be of the same origin. Error: Network, Cancelled.
ph::Result<std::unique_ptr<Channel>> openSse(const ServerConfig &config, std::stop_token stop);

} // namespace mcp

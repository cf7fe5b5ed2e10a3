#pragma once

#include "driver/base/json_fields.h"

#include <string>
#include <utility>
#include <vector>

/// A client of the Model Context Protocol: other programs' tools and prompts for a session.
namespace mcp {

/// How a server is reached. Source: ACP schema, McpServer.
struct ServerConfig {
    enum class Kind { Stdio, Http, Sse };

    std::string name;
    Kind kind = Kind::Stdio;
    std::string command;                                            // stdio
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;   // added to ours
    std::string url;                                                // http, sse
    std::vector<std::pair<std::string, std::string>> headers;

    friend bool operator==(const ServerConfig &, const ServerConfig &) = default;
};

/// The servers of session/new: stdio ones have no `type`, others "http" or "sse". Two of one name are an error, as is a name that cannot
/// stand in a tool's name. Error: InvalidInput, with the place and what is wrong with it.
ph::Result<std::vector<ServerConfig>> serversOf(const ph::Json &mcpServers);

} // namespace mcp

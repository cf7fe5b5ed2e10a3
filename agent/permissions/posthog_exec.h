#pragma once

#include <optional>
#include <string>
#include <string_view>

/// PostHog's MCP server has one tool that runs all others: `call [--option…] <tool> {json}`.
namespace permissions {

/// "mcp__posthog__exec", "mcp__posthog_cloud__exec": any server whose name begins with posthog_ or is posthog.
bool isPosthogExec(std::string_view tool);

/// The tool that the command calls: "dashboard-update". Nothing when it calls none ("list").
std::optional<std::string> calledTool(std::string_view command);

/// Whether the tool, by its name, changes or deletes what exists already.
bool isDestructive(std::string_view calledTool);

} // namespace permissions

#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace permissions {

/// Tools that the policy treats alike.
enum class Group { Read, Write, Bash, Search, Web, Agent, Mcp, SwitchMode, Question, Other };

/// One tool call as the policy sees it; the tool fills it from its input.
struct Call {
    std::string tool;                         // "Bash", "mcp__server__tool"
    Group group = Group::Other;
    std::vector<std::filesystem::path> paths; // absolute, canonical as far as they exist: what is read or written
    std::string command;                      // Bash: the whole command line; PostHog's MCP dispatcher: its command
    std::string url;                          // Web
    bool changes = false;                     // Other, Mcp: whether the call changes something outside
};

} // namespace permissions

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Whether a tool may run, as a function of the session's mode and of what the tool does. Pure.
namespace permissions {

enum class Mode { Default, AcceptEdits, Plan, BypassPermissions };
enum class Decision { Allow, Ask, Refuse };

struct ModeInfo {
    Mode mode;
    std::string id; // on the wire
    std::string name;
    std::string description;
};

/// Every mode, in the order in which they are offered.
const std::vector<ModeInfo> &modes();

std::optional<Mode> modeOf(std::string_view id);
const std::string &idOf(Mode mode);

/// `toolKind` is ACP's (read, edit, execute, …); `changesSomething` is what the tool says of the call (Tool::needsPermission).
/// Plan: what only looks is allowed, everything that changes something refused. AcceptEdits: edits of files are not asked for.
Decision decide(Mode mode, std::string_view toolKind, bool changesSomething);

} // namespace permissions

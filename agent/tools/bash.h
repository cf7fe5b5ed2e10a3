#pragma once

#include "agent/tools/tool.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tools {

/// Bash, BashOutput and KillShell.
std::vector<std::shared_ptr<Tool>> makeBashTools();

/// The pull request on GitHub that `command` has made, by its output; nothing for other commands than `gh pr create`.
std::optional<std::string> pullRequestOf(std::string_view command, std::string_view output);

} // namespace tools

#pragma once

#include "agent/permissions/command.h"

#include <filesystem>
#include <string>

/// Paths that are asked for in every mode, because what stands there is trusted, run or secret beyond the work at hand.
namespace permissions {

enum class Guard {
    None,
    Changes,    // what is written there runs later, or says what may run: .git, hooks, shell start files, settings of editors and agents
    Everything, // secrets: keys, keyrings, .env, this program's own data; reading them is asked for too
};

struct Protection {
    Guard guard = Guard::None;
    std::string name; // the component that says so: ".git"
};

/// By the names of the components, whatever their case, and by the program's own folders. `path` should be canonical; nothing is read.
Protection protectionOf(const std::filesystem::path &path);

/// The same for a word of a command: as a path, as the value of an option or the end of host:path, and as a pattern that may find one.
/// Relative words are also looked up from `folder`, through links.
Protection protectionOf(const Word &word, const std::filesystem::path &folder);

} // namespace permissions

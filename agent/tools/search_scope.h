#pragma once

#include "agent/tools/tool.h"
#include "agent/tools/walk.h"
#include "agent/tools/workspace.h"

namespace tools {

/// Where a search looks: a canonical folder or file, beneath one of the session's roots.
struct SearchScope {
    std::filesystem::path root;
    std::filesystem::path start;
    std::function<bool(const std::filesystem::path &)> isDenied = {}; // whole paths that are left out
};

/// What a search is about: its place for the policy. Without a path it is the working folder.
CallInfo aboutSearch(const Tool &tool, std::string title, const std::string &given, const Workspace &workspace);

/// The place that was decided on. Error: InvalidInput, it is outside of the session's folders.
ph::Result<SearchScope> scopeOf(const Context &context, const Workspace &workspace);

/// The file that a search names instead of a folder; "" when it is a folder or is not there.
std::string fileNameOf(const SearchScope &scope);

/// What the model should know of a walk that did not see everything; empty when it did.
std::string wordsFor(const WalkEnd &end);

} // namespace tools

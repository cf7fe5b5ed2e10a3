#pragma once

#include "agent/tools/tool.h"
#include "agent/tools/workspace.h"

#include <memory>
#include <optional>
#include <string>

namespace tools {

std::shared_ptr<Tool> makeRead();
std::shared_ptr<Tool> makeWrite();
std::shared_ptr<Tool> makeEdit();
std::shared_ptr<Tool> makeNotebookEdit();

/// What a call that works on the file `given` is about: its name, kind, place, and the canonical path for the policy.
/// Without a name: no location and no path.
CallInfo aboutFile(const Tool &tool, permissions::Group group, const char *kind, const std::string &given, const Workspace &workspace);

/// How a title names a file: relative to the working folder when it lies in it, else whole; where links lead counts.
std::string shownName(const std::string &given, const Workspace &workspace);

/// The path that was decided on; nothing when the call names none.
std::optional<std::filesystem::path> pathOf(const Context &context);

} // namespace tools

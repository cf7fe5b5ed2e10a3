#include "agent/tools/file_tools.h"

namespace tools {

CallInfo aboutFile(const Tool &tool, permissions::Group group, const char *kind, const std::string &given, const Workspace &workspace)
{
    CallInfo info;
    info.title = tool.name();
    info.kind = kind;
    info.permission.tool = tool.name();
    info.permission.group = group;
    info.permission.changes = group == permissions::Group::Write;
    if (!given.empty()) {
        info.locations = {{workspace.absolute(given).string(), {}}};
        info.permission.paths = {workspace.resolve(given)};
    }
    return info;
}

std::string shownName(const std::string &given, const Workspace &workspace)
{
    const auto path = workspace.resolve(given);
    const auto relative = path.lexically_relative(workspace.cwd());
    if (relative.empty() || *relative.begin() == "..")
        return path.string();
    return relative.string();
}

std::optional<std::filesystem::path> pathOf(const Context &context)
{
    const auto &paths = context.info().permission.paths;
    if (paths.empty())
        return {};
    return paths.front();
}

} // namespace tools

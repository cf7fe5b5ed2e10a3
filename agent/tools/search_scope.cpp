#include "agent/tools/search_scope.h"

#include "agent/tools/output.h"
#include "driver/base/beneath.h"

namespace tools {

CallInfo aboutSearch(const Tool &tool, std::string title, const std::string &given, const Workspace &workspace)
{
    CallInfo info;
    info.title = std::move(title);
    info.kind = "search";
    info.permission.tool = tool.name();
    info.permission.group = permissions::Group::Search;
    info.permission.paths = {given.empty() ? workspace.cwd() : workspace.resolve(given)};
    return info;
}

ph::Result<SearchScope> scopeOf(const Context &context, const Workspace &workspace)
{
    const auto &start = context.info().permission.paths.front();
    const auto *root = ph::rootOf(start, workspace.roots());
    if (!root)
        return ph::fail(ph::ErrorCode::InvalidInput, start.string() + " is outside of this session's folders.");
    return SearchScope{*root, start, [&workspace](const std::filesystem::path &path) { return workspace.isDenied(path); }};
}

std::string fileNameOf(const SearchScope &scope)
{
    std::error_code error;
    const auto status = std::filesystem::symlink_status(scope.start, error);
    return std::filesystem::exists(status) && !std::filesystem::is_directory(status) ? scope.start.filename().string() : std::string();
}

std::string wordsFor(const WalkEnd &end)
{
    std::string words;
    if (!end.isComplete)
        words += "There are more files than were looked at; search in a folder below.\n";
    if (end.unreadable > 0)
        words += counted(end.unreadable, "folder") + " could not be opened.\n";
    return words;
}

} // namespace tools

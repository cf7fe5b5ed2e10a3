#include "agent/tools/workspace.h"

namespace tools {
namespace {

std::vector<std::filesystem::path> rootsOf(const WorkspaceSetting &setting)
{
    std::vector<std::filesystem::path> roots{ph::canonicalPath(setting.cwd)};
    for (const auto &directory : setting.additionalDirectories)
        roots.push_back(ph::canonicalPath(directory));
    return roots;
}

bool wantsTerminalOutput(const std::optional<ph::Json> &meta)
{
    return meta && meta->is_object() && meta->contains("terminal_output") && (*meta)["terminal_output"] == true;
}

std::unique_ptr<Files> filesOf(const WorkspaceSetting &setting, const std::vector<std::filesystem::path> &roots)
{
    auto disk = makeDiskFiles(roots);
    const auto &offers = setting.offers.fs;
    if (!setting.client || (!offers.readTextFile && !offers.writeTextFile))
        return disk;
    return makeClientFiles(std::move(disk), *setting.client, setting.session, offers);
}

ph::Result<std::vector<std::string>> noSandbox(const std::string &, const std::filesystem::path &)
{
    return ph::fail(ph::ErrorCode::Unauthorized, "Plan mode runs no commands here: there is no sandbox that keeps them from changing something.");
}

} // namespace

Workspace::Workspace(const WorkspaceSetting &setting)
    : m_roots(rootsOf(setting))
    , m_showsTerminalOutput(wantsTerminalOutput(setting.offers.meta))
    , m_isDenied(setting.isDenied)
    , m_files(filesOf(setting, m_roots))
    , m_commands(makeLocalCommands(setting.sandbox ? setting.sandbox : Sandbox(noSandbox)),
                 setting.client && setting.offers.terminal ? makeClientCommands(*setting.client, setting.session) : nullptr)
{
}

Workspace::~Workspace() = default;

std::filesystem::path Workspace::absolute(const std::string &given) const { return (cwd() / given).lexically_normal(); }

std::filesystem::path Workspace::resolve(const std::string &given) const { return ph::canonicalPath(cwd() / given); }

} // namespace tools

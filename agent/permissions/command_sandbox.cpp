#include "agent/permissions/command_sandbox.h"

#include "agent/permissions/path_pattern.h"
#include "driver/base/child_process.h"
#include "driver/base/paths.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <unistd.h>

namespace permissions {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds longestProbe{5};

/// Secrets of the home folder; those that exist are hidden.
constexpr std::array<const char *, 11> keyFolders{".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".password-store", ".mozilla",
                                                  ".local/share/keyrings", ".config/gh", ".config/gcloud"};
constexpr std::array<const char *, 5> keyFiles{".netrc", ".git-credentials", ".npmrc", ".pypirc", ".pgpass"};

/// Full path of bwrap, or nothing.
std::optional<fs::path> findBubblewrap() { return ph::findProgram("bwrap", ph::childEnvironment()); }

void addOperation(std::vector<std::string> &arguments, std::initializer_list<std::string> words) { arguments.insert(arguments.end(), words); }

void bindReadOnly(std::vector<std::string> &arguments, const fs::path &path) { addOperation(arguments, {"--ro-bind", path.string(), path.string()}); }

/// Hides what holds secrets; a root that is itself beneath such a folder stays visible.
void hideSecrets(std::vector<std::string> &arguments, const std::vector<fs::path> &roots)
{
    std::error_code ignored;
    const fs::path home = ph::homeDir();
    std::vector<fs::path> folders{ph::configDir(), ph::dataDir(), ph::stateDir(), ph::cacheDir()};
    for (const char *name : keyFolders)
        folders.push_back(home / name);
    for (const fs::path &folder : folders) {
        if (!fs::is_directory(folder, ignored))
            continue;
        addOperation(arguments, {"--tmpfs", folder.string()});
        for (const fs::path &root : roots)
            if (isBeneath(root, folder))
                bindReadOnly(arguments, root);
    }
    for (const char *name : keyFiles)
        if (fs::is_regular_file(home / name, ignored))
            addOperation(arguments, {"--ro-bind", "/dev/null", (home / name).string()});
}

/// Why `command` fails, or nothing when it ends well.
std::string failureOf(const std::vector<std::string> &command)
{
    ph::ChildOptions options;
    options.argv = command;
    options.mergesErrors = true;
    options.hasInput = false;
    const auto child = ph::ChildProcess::start(options);
    if (!child)
        return child.error().message;
    const auto end = (*child)->wait({}, longestProbe);
    if (!end)
        return "it did not end in time";
    if (end->code == 0)
        return {};
    char text[512];
    const auto count = ::read((*child)->output(), text, sizeof text); // The program has ended: what it said is there.
    const std::string said(text, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    return said.empty() ? "it failed" : said.substr(0, said.find('\n'));
}

SandboxSupport probe()
{
    if (!findBubblewrap())
        return {false, "Commands cannot be held to reading: bubblewrap is not installed (the program bwrap is not found)."};
    const std::string failure = failureOf(sandboxedCommand("exit 0", {"/", {}, sandboxEnvironment()}));
    if (failure.empty())
        return {true, {}};
    return {false, "Commands cannot be held to reading: bubblewrap does not work here (" + failure + ")."};
}

} // namespace

const SandboxSupport &sandboxSupport()
{
    static const SandboxSupport support = probe();
    return support;
}

std::vector<std::string> sandboxedCommand(const std::string &commandLine, const SandboxSetting &setting)
{
    // bubblewrap itself begins without an environment: within, its first process can be looked at.
    std::vector<std::string> arguments{"/usr/bin/env", "-i", findBubblewrap().value_or("bwrap").string(), "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"};
    addOperation(arguments, {"--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/run", "--tmpfs", "/var/tmp"});
    for (const fs::path &root : setting.roots)
        bindReadOnly(arguments, root);
    hideSecrets(arguments, setting.roots);
    addOperation(arguments, {"--chdir", setting.folder.string(), "--clearenv"});
    for (const auto &[name, value] : setting.environment)
        addOperation(arguments, {"--setenv", name, value});
    addOperation(arguments, {"--", "/bin/bash", "-c", commandLine});
    return arguments;
}

std::map<std::string, std::string> sandboxEnvironment()
{
    std::map<std::string, std::string> environment;
    for (const char *name : {"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TERM", "COLORTERM", "TZ"})
        if (const char *value = std::getenv(name))
            environment[name] = value;
    return environment;
}

} // namespace permissions

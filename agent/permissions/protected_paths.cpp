#include "agent/permissions/protected_paths.h"

#include "agent/permissions/path_pattern.h"
#include "driver/base/paths.h"

#include <algorithm>
#include <array>
#include <fnmatch.h>
#include <string_view>
#include <vector>

namespace permissions {

namespace {

namespace fs = std::filesystem;

struct Name {
    std::string_view name;
    Guard guard;
    std::string_view parent = {}; // only below a component of this name
};

constexpr Name names[]{
    // git and what runs with it
    {".git", Guard::Changes}, {".gitmodules", Guard::Changes}, {".gitconfig", Guard::Changes}, {"git", Guard::Changes, ".config"},
    {".husky", Guard::Changes}, {".githooks", Guard::Changes}, {"lefthook.yml", Guard::Changes}, {".pre-commit-config.yaml", Guard::Changes},
    // what shells and sessions run when they start
    {".bashrc", Guard::Changes}, {".bash_profile", Guard::Changes}, {".bash_login", Guard::Changes}, {".bash_logout", Guard::Changes},
    {".bash_aliases", Guard::Changes}, {".profile", Guard::Changes}, {".zshrc", Guard::Changes}, {".zshenv", Guard::Changes},
    {".zprofile", Guard::Changes}, {".zlogin", Guard::Changes}, {".zlogout", Guard::Changes}, {".kshrc", Guard::Changes},
    {".cshrc", Guard::Changes}, {".tcshrc", Guard::Changes}, {".login", Guard::Changes}, {".inputrc", Guard::Changes},
    {".xprofile", Guard::Changes}, {".xsession", Guard::Changes}, {".xsessionrc", Guard::Changes}, {".xinitrc", Guard::Changes},
    {"fish", Guard::Changes, ".config"}, {"autostart", Guard::Changes, ".config"}, {"systemd", Guard::Changes, ".config"},
    {"environment.d", Guard::Changes, ".config"}, {".envrc", Guard::Changes}, {".direnv", Guard::Changes}, {"cron", Guard::Changes, "spool"},
    // settings of editors and agents, which name programs to run
    {".claude", Guard::Changes}, {".claude.json", Guard::Changes}, {".codex", Guard::Changes}, {".gemini", Guard::Changes},
    {".opencode", Guard::Changes}, {".cursor", Guard::Changes}, {".windsurf", Guard::Changes}, {".continue", Guard::Changes},
    {".hoglet", Guard::Changes}, {".mcp.json", Guard::Changes}, {".vscode", Guard::Changes}, {".idea", Guard::Changes}, {".zed", Guard::Changes},
    {".devcontainer", Guard::Changes}, {".vimrc", Guard::Changes}, {".exrc", Guard::Changes}, {"nvim", Guard::Changes, ".config"}, {".emacs", Guard::Changes},
    {".emacs.d", Guard::Changes}, {".dir-locals.el", Guard::Changes},
    // secrets
    {".ssh", Guard::Everything}, {".gnupg", Guard::Everything}, {".aws", Guard::Everything}, {".azure", Guard::Everything},
    {".kube", Guard::Everything}, {".docker", Guard::Everything}, {".netrc", Guard::Everything}, {"_netrc", Guard::Everything},
    {".pgpass", Guard::Everything}, {".my.cnf", Guard::Everything}, {".npmrc", Guard::Everything}, {".yarnrc.yml", Guard::Everything},
    {".pypirc", Guard::Everything}, {".git-credentials", Guard::Everything}, {".password-store", Guard::Everything},
    {"keyrings", Guard::Everything, "share"}, {"kwalletd", Guard::Everything, "share"}, {"gcloud", Guard::Everything, ".config"},
    {"gh", Guard::Everything, ".config"}, {"google-chrome", Guard::Everything, ".config"}, {"chromium", Guard::Everything, ".config"},
    {".mozilla", Guard::Everything}, {"id_rsa", Guard::Everything}, {"id_dsa", Guard::Everything}, {"id_ecdsa", Guard::Everything},
    {"id_ed25519", Guard::Everything}, {".env", Guard::Everything},
};

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c); });
    return text;
}

/// .env.local and the like; the ones that are made to be shared hold no secrets.
bool isEnvironmentFile(std::string_view name)
{
    return name.starts_with(".env.") && name != ".env.example" && name != ".env.sample" && name != ".env.template" && name != ".env.dist";
}

Protection byName(const fs::path &path, bool isPattern)
{
    Protection found;
    std::string parent;
    for (const fs::path &component : path) {
        const std::string name = lower(component.string());
        const bool mayFind = isPattern && name.find_first_not_of("*?") != std::string::npos; // "*" alone means what is in the open
        for (const Name &one : names) {
            const bool isNamed = name == one.name || (mayFind && ::fnmatch(name.c_str(), std::string(one.name).c_str(), FNM_PERIOD) == 0);
            if (isNamed && (one.parent.empty() || parent == one.parent) && one.guard > found.guard)
                found = {one.guard, component.string()};
        }
        if (isEnvironmentFile(name))
            found = {Guard::Everything, component.string()};
        parent = name;
    }
    return found;
}

Protection byPlace(const fs::path &path)
{
    if (!path.is_absolute())
        return {};
    static const std::array own{ph::configDir(), ph::dataDir(), ph::stateDir()};
    for (const fs::path &folder : own)
        if (isBeneath(path, folder))
            return {Guard::Everything, folder.string()};
    // Environments and memory of processes; /proc/cpuinfo and its like are nobody's.
    if (const auto place = path.relative_path(); isBeneath(path, "/proc") && std::distance(place.begin(), place.end()) > 2)
        return {Guard::Everything, "/proc"};
    for (const char *system : {"/etc", "/boot", "/root/.config/systemd"})
        if (isBeneath(path, system))
            return {Guard::Changes, system};
    return {};
}

Protection stronger(Protection one, Protection other) { return other.guard > one.guard ? other : one; }

} // namespace

Protection protectionOf(const fs::path &path) { return stronger(byName(path, false), byPlace(path.lexically_normal())); }

Protection protectionOf(const Word &word, const fs::path &folder)
{
    Protection found;
    std::string_view rest = word.text;
    for (;;) {
        const fs::path path = std::string(rest);
        found = stronger(found, byName(path, word.isPattern));
        if (!rest.empty() && word.isKnown && rest.size() < 4096 && rest.find('\0') == std::string_view::npos) {
            const fs::path place = rest.starts_with("~/") ? ph::homeDir() / path.lexically_relative("~") : folder / path;
            std::error_code ignored;
            found = stronger(found, byPlace(place.lexically_normal()));
            if (const auto canonical = fs::weakly_canonical(place, ignored); !ignored)
                found = stronger(found, protectionOf(canonical));
        }
        const auto next = rest.find_first_of("=:,@");
        if (next == std::string_view::npos)
            return found;
        rest.remove_prefix(next + 1);
    }
}

} // namespace permissions

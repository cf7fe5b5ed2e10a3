#include "driver/base/paths.h"

#include <cstdlib>
#include <pwd.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace ph {

namespace {

namespace fs = std::filesystem;

/// An absolute path in the variable, or an empty one: the specification says that relative ones are ignored.
fs::path fromEnvironment(const char *variable)
{
    const char *value = std::getenv(variable);
    fs::path path = value ? value : "";
    return path.is_absolute() ? path : fs::path();
}

/// mkdir -p with mode 0700 for what is new; an existing folder keeps its mode.
fs::path created(const fs::path &path)
{
    fs::path part;
    for (const fs::path &name : path) {
        part /= name;
        ::mkdir(part.c_str(), 0700);
    }
    return path;
}

fs::path folder(const char *variable, const char *underHome)
{
    fs::path base = fromEnvironment(variable);
    if (base.empty())
        base = homeDir() / underHome;
    return created(base / "hoglet");
}

} // namespace

fs::path homeDir()
{
    if (fs::path home = fromEnvironment("HOME"); !home.empty())
        return home;
    std::vector<char> buffer(16 * 1024);
    passwd entry{};
    passwd *found = nullptr;
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found)
        return found->pw_dir;
    return created("/tmp/hoglet-" + std::to_string(::getuid()));
}

fs::path configDir() { return folder("XDG_CONFIG_HOME", ".config"); }
fs::path dataDir() { return folder("XDG_DATA_HOME", ".local/share"); }
fs::path stateDir() { return folder("XDG_STATE_HOME", ".local/state"); }
fs::path cacheDir() { return folder("XDG_CACHE_HOME", ".cache"); }

fs::path runtimeDir()
{
    const fs::path base = fromEnvironment("XDG_RUNTIME_DIR");
    struct stat info = {};
    const bool ours = !base.empty() && ::stat(base.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::getuid();
    return created(ours ? base / "hoglet" : stateDir() / "run");
}

} // namespace ph

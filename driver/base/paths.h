#pragma once

#include <filesystem>

/// The program's own folders, after the XDG base directory specification: the variable when it holds an absolute path,
/// else its default under the home folder. Each is created with mode 0700 when it is missing; when that fails the path is
/// returned all the same, and whoever writes there gets the system's reason.
namespace ph {

std::filesystem::path homeDir(); // $HOME, else the user database's
std::filesystem::path configDir(); // $XDG_CONFIG_HOME/hoglet, else ~/.config/hoglet
std::filesystem::path dataDir(); // $XDG_DATA_HOME/hoglet, else ~/.local/share/hoglet
std::filesystem::path stateDir(); // $XDG_STATE_HOME/hoglet, else ~/.local/state/hoglet
std::filesystem::path cacheDir(); // $XDG_CACHE_HOME/hoglet, else ~/.cache/hoglet

/// $XDG_RUNTIME_DIR/hoglet, where that is a folder of ours; else stateDir()/run. For sockets and the like.
std::filesystem::path runtimeDir();

} // namespace ph

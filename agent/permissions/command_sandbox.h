#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// Holding a command line to what it may do, by bubblewrap: Linux namespaces without privileges.
namespace permissions {

struct SandboxSupport {
    bool works = false;
    std::string reason; // why not: one sentence for the window
};

/// Whether bubblewrap is here and may make namespaces. Tried once a process, which takes some milliseconds; any thread.
const SandboxSupport &sandboxSupport();

struct SandboxSetting {
    std::filesystem::path folder;                      // canonical: where the command starts
    std::vector<std::filesystem::path> roots;          // canonical: visible also where they are beneath /tmp
    std::map<std::string, std::string> environment;    // all that the command sees; see sandboxEnvironment()
};

/// The argument vector that runs `commandLine` with bash so that it can change nothing outside: every file system read-only, no network, no
/// sockets of the desktop, no other processes, its own /tmp that ends with it, the program's own folders and the home's key folders
/// hidden. It ends with the thread that starts it, however that ends. The program comes with its full path; sandboxSupport() has to say
/// that it works.
std::vector<std::string> sandboxedCommand(const std::string &commandLine, const SandboxSetting &setting);

/// From this process's environment what a command needs to find programs and to print: PATH, HOME, the language, the terminal. No keys.
std::map<std::string, std::string> sandboxEnvironment();

} // namespace permissions

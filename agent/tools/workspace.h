#pragma once

#include "agent/tools/commands.h"
#include "agent/tools/files.h"
#include "agent/tools/seen_files.h"

#include <atomic>

namespace tools {

/// Where a session works, and what its client does for it.
struct WorkspaceSetting {
    std::filesystem::path cwd;                                // absolute
    std::vector<std::filesystem::path> additionalDirectories; // absolute
    acp::Client *client = nullptr;                            // outlives the workspace; only needed where it offers something
    acp::SessionId session;
    acp::ClientCapabilities offers;
    Sandbox sandbox = {}; // for the commands of plan mode; without one there are none
    std::function<bool(const std::filesystem::path &)> isDenied = {}; // what searches and listings leave out; any thread
};

/// What the tools of one session share; lives as long as it. Any thread.
class Workspace
{
public:
    explicit Workspace(const WorkspaceSetting &setting);
    ~Workspace();

    const std::filesystem::path &cwd() const { return m_roots.front(); }
    /// cwd first, then the additional directories; canonical where they exist.
    const std::vector<std::filesystem::path> &roots() const { return m_roots; }

    /// A path as a call gives it, made absolute from cwd; links are not followed.
    std::filesystem::path absolute(const std::string &given) const;
    /// Where it leads: canonical as far as it exists. What is decided on and what is opened.
    std::filesystem::path resolve(const std::string &given) const;

    bool isDenied(const std::filesystem::path &path) const { return m_isDenied && m_isDenied(path); }

    Files &files() { return *m_files; }
    SeenFiles &seen() { return m_seen; }
    Commands &commands() { return m_commands; }

    /// Whether the client shows terminals that updates bring in their `_meta`.
    bool showsTerminalOutput() const { return m_showsTerminalOutput; }

    /// Whether the user has said that what lies in the folder may be read as configuration. Data is read either way.
    bool isTrusted() const { return m_isTrusted; }
    void setTrusted(bool isTrusted) { m_isTrusted = isTrusted; }

private:
    const std::vector<std::filesystem::path> m_roots;
    const bool m_showsTerminalOutput;
    const std::function<bool(const std::filesystem::path &)> m_isDenied;
    const std::unique_ptr<Files> m_files;
    SeenFiles m_seen;
    Commands m_commands;
    std::atomic<bool> m_isTrusted = false;
};

} // namespace tools

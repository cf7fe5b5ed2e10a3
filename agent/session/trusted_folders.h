#pragma once

#include "driver/base/result.h"

#include <filesystem>
#include <mutex>
#include <set>

namespace agent {

/// The folders in which the user lets what stands there be read as configuration (AGENTS.md, CLAUDE.md, servers that a repository names).
/// A folder within a trusted one is trusted. Kept in one file, by canonical paths. Any thread.
class TrustedFolders
{
public:
    /// `file` is JSON: {"folders": […]}. One that does not read trusts nothing; it is kept aside as `file`.damaged when the next is written.
    explicit TrustedFolders(std::filesystem::path file);

    bool contains(const std::filesystem::path &folder) const;

    /// Error: Internal, the file cannot be written; the folder is trusted until the program ends.
    ph::Result<> add(const std::filesystem::path &folder);
    ph::Result<> remove(const std::filesystem::path &folder);

private:
    ph::Result<> save();

    const std::filesystem::path m_file;
    mutable std::mutex m_mutex; // Guards what follows.
    std::set<std::filesystem::path> m_folders;
    bool m_isDamaged = false;
};

} // namespace agent

#pragma once

#include "agent/tools/files.h"

#include <map>
#include <mutex>

namespace tools {

/// What the agent has seen of files, and in which state: it may only replace what it knows. Any thread.
class SeenFiles
{
public:
    void remember(const std::filesystem::path &path, const FileState &state);

    /// Why a file that is in the state `now` may not be changed: it was not read in this session, or was changed since. Empty: it may.
    /// `shown` is how the sentence names the file.
    std::string whyNot(const std::filesystem::path &path, const FileState &now, const std::string &shown) const;

private:
    mutable std::mutex m_mutex; // Guards m_states.
    std::map<std::filesystem::path, FileState> m_states;
};

} // namespace tools

#include "agent/tools/seen_files.h"

namespace tools {

void SeenFiles::remember(const std::filesystem::path &path, const FileState &state)
{
    const std::lock_guard lock(m_mutex);
    m_states[path] = state;
}

std::string SeenFiles::whyNot(const std::filesystem::path &path, const FileState &now, const std::string &shown) const
{
    const std::lock_guard lock(m_mutex);
    const auto seen = m_states.find(path);
    if (seen == m_states.end())
        return shown + " has not been read in this session. Read it before you change it.";
    if (!seen->second.isSameContent(now))
        return shown + " was changed since it was read, by the user or by a program. Read it again before you change it.";
    return {};
}

} // namespace tools

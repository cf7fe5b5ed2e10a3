#pragma once

#include "agent/permissions/rules.h"
#include "driver/base/result.h"

#include <filesystem>
#include <mutex>
#include <string>

namespace permissions {

enum class Effect { Allow, Ask, Deny };

/// What names a repository for all of its worktrees: the canonical path of the git directory that they share; `folder` itself where it is in
/// none. A `.git` file counts only when the repository knows the worktree too, so that no folder can claim another's rules.
std::filesystem::path repositoryKey(const std::filesystem::path &folder);

/// The rules of one session: its own, which end with it, and its repository's, which are kept in `permissions.json` of the program's data
/// folder, never in a file of the repository. README.md has the format. Any thread; several processes may share the file.
class RuleStore
{
public:
    /// `dataFolder`: where the file is; `folder`: canonical, the session's.
    RuleStore(std::filesystem::path dataFolder, const std::filesystem::path &folder);

    /// The session's and the repository's, as the file has them now: what another window allowed counts here too.
    /// Error: Internal, when the file cannot be read. It is then kept aside under another name, which the message says, and the
    /// repository has no rules until some are added.
    ph::Result<Rules> rules() const;

    void addForSession(Effect effect, const Rule &rule);

    /// Error: as rules(), or Internal when it cannot be written; the rule is not kept then.
    ph::Result<> addForRepository(Effect effect, const Rule &rule);
    /// Of the repository's rules. Error: as above.
    ph::Result<> remove(Effect effect, const Rule &rule);

private:
    ph::Result<> change(Effect effect, const Rule &rule, bool isAdded);

    const std::filesystem::path m_file;
    const std::string m_key;

    mutable std::mutex m_mutex; // Guards the session's rules.
    Rules m_session;
};

} // namespace permissions

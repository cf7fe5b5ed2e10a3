#pragma once

#include "agent/permissions/call.h"
#include "agent/permissions/command.h"
#include "driver/base/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace permissions {

/// "Tool" or "Tool(content)"; README.md of this folder has the forms and what each matches.
struct Rule {
    std::string tool;
    std::string content; // empty: every call of the tool

    friend bool operator==(const Rule &, const Rule &) = default;
};

std::string textOf(const Rule &rule);

/// Error: InvalidInput, with what is wrong; a rule that would never match, or match more than it says, is wrong.
ph::Result<Rule> ruleOf(std::string_view text);

/// deny comes before ask, ask before allow.
struct Rules {
    std::vector<Rule> allow;
    std::vector<Rule> ask;
    std::vector<Rule> deny;
};

/// The rule for the file tools that covers exactly `path`, written relative to `folder` where it is beneath.
Rule ruleForPath(std::string tool, const std::filesystem::path &path, const std::filesystem::path &folder);

/// One call, read once, to be held against rules. Rules that allow are read narrowly, rules that ask or deny widely. Looks up links on the disk.
class RuleMatcher
{
public:
    /// `folder`: what relative paths are relative to; canonical. `call` outlives the matcher.
    RuleMatcher(const Call &call, std::filesystem::path folder);

    /// Whether the rules cover the whole call: each of its paths; its command, which is one simple command.
    bool isAllowedBy(const std::vector<Rule> &rules) const;

    enum class Match { No, Perhaps, Yes };
    struct Finding {
        Match match = Match::No;
        std::string rule; // its text, for the reason
    };
    /// The rule that names any part of the call: a path or one above it, a command within the line, a host below the domain.
    /// Perhaps: an expansion hides what is run, or the line cannot be read.
    Finding find(const std::vector<Rule> &rules) const;

    const std::optional<std::vector<Word>> &simple() const { return m_simple; }
    const CommandSurvey &survey() const { return m_survey; }

private:
    bool allows(const Rule &rule) const;
    bool allowsCommand(const std::string &content) const;
    Match matches(const Rule &rule) const;
    Match matchesCommand(const std::string &content) const;
    Match matchesWords(const std::string &content) const;

    const Call &m_call;
    const std::filesystem::path m_folder;
    std::optional<std::vector<Word>> m_simple; // of a command
    CommandSurvey m_survey;
};

} // namespace permissions

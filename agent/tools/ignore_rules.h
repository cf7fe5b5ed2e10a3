#pragma once

#include "agent/tools/pattern.h"

#include <string>
#include <string_view>
#include <vector>

namespace tools {

/// The rules of one .gitignore file (gitignore(5)).
class IgnoreRules
{
public:
    /// Lines that make no sense are passed over; at most 10,000 count.
    static IgnoreRules parse(std::string_view text);

    enum class Verdict { Silent, Ignored, Kept };
    /// `path` is relative to the file's folder. The last rule that matches decides.
    Verdict verdictOn(std::string_view path, bool isFolder) const;

private:
    struct Rule {
        Pattern pattern;
        bool keeps = false;       // "!…"
        bool isForFolders = false; // "…/"
    };
    std::vector<Rule> m_rules;
};

} // namespace tools

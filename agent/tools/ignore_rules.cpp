#include "agent/tools/ignore_rules.h"

#include "agent/tools/text.h"

namespace tools {

IgnoreRules IgnoreRules::parse(std::string_view text)
{
    constexpr std::size_t maximumRules = 10'000;
    IgnoreRules rules;
    for (auto line : linesOf(text)) {
        if (rules.m_rules.size() == maximumRules)
            break;
        while (line.ends_with(' ') && !line.ends_with("\\ "))
            line.remove_suffix(1);
        if (line.empty() || line.front() == '#')
            continue;
        const bool keeps = line.front() == '!';
        line.remove_prefix(keeps ? 1 : 0);
        const bool isForFolders = line.ends_with('/');
        line.remove_suffix(isForFolders ? 1 : 0);
        // A slash within ties the rule to this folder; without one it holds at any depth.
        const bool isTied = line.find('/') != std::string_view::npos;
        line.remove_prefix(line.starts_with('/') ? 1 : 0);
        if (line.empty())
            continue;
        std::string glob = isTied ? std::string(line) : "**/" + std::string(line);
        // Braces mean nothing in a .gitignore.
        for (auto at = glob.find_first_of("{}"); at != std::string::npos; at = glob.find_first_of("{}", at + 2))
            glob.insert(at, "\\");
        if (auto pattern = Pattern::compile(expressionOfGlob(glob)))
            rules.m_rules.push_back({*std::move(pattern), keeps, isForFolders});
    }
    return rules;
}

IgnoreRules::Verdict IgnoreRules::verdictOn(std::string_view path, bool isFolder) const
{
    for (auto rule = m_rules.rbegin(); rule != m_rules.rend(); ++rule) {
        if ((!rule->isForFolders || isFolder) && rule->pattern.matches(path))
            return rule->keeps ? Verdict::Kept : Verdict::Ignored;
    }
    return Verdict::Silent;
}

} // namespace tools

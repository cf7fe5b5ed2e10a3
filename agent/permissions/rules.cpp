#include "agent/permissions/rules.h"

#include "agent/permissions/path_pattern.h"
#include "agent/permissions/posthog_exec.h"
#include "agent/permissions/programs.h"
#include "agent/permissions/web_host.h"
#include "driver/base/paths.h"

#include <algorithm>
#include <array>

namespace permissions {

namespace {

namespace fs = std::filesystem;
using Match = RuleMatcher::Match;

constexpr std::string_view anyArguments = ":*";

enum class ContentKind { None, Command, Path, Domain, PostHogTool };

ContentKind contentKindOf(std::string_view tool)
{
    constexpr std::array<std::string_view, 9> pathTools{"Read", "NotebookRead", "Edit", "Write", "MultiEdit", "NotebookEdit", "Glob", "Grep", "LS"};
    if (tool == "Bash")
        return ContentKind::Command;
    if (std::find(pathTools.begin(), pathTools.end(), tool) != pathTools.end())
        return ContentKind::Path;
    if (tool == "WebFetch" || tool == "WebSearch")
        return ContentKind::Domain;
    return isPosthogExec(tool) ? ContentKind::PostHogTool : ContentKind::None;
}

/// "Edit" speaks for every tool that writes files, "Read" for every one that reads or searches, "Bash" for the tools around a running
/// command, "mcp__server" for the server's tools.
bool speaksFor(const std::string &tool, const Call &call)
{
    return tool == call.tool || (tool == "Edit" && call.group == Group::Write) || (tool == "Bash" && call.group == Group::Bash)
        || (tool == "Read" && (call.group == Group::Read || call.group == Group::Search))
        || (tool.starts_with("mcp__") && call.group == Group::Mcp && call.tool.starts_with(tool + "__"));
}

bool isPrefixRule(std::string_view content) { return content.ends_with(anyArguments); }

std::optional<std::vector<Word>> wordsOf(std::string_view content)
{
    if (isPrefixRule(content))
        content.remove_suffix(anyArguments.size());
    return simpleCommand(content);
}

bool isPattern(const Word &word) { return word.isPattern; }

std::string_view trimmed(std::string_view text)
{
    const auto start = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(start, text.find_last_not_of(" \t") + 1 - start);
}

/// Where `wanted` stands at or after `at` with only options, each with a value at most, before it; npos when nowhere.
std::size_t behindOptions(const std::vector<Word> &words, std::size_t at, const std::string &wanted)
{
    bool mayBeValue = false;
    for (; at < words.size(); ++at) {
        if (words[at].text == wanted)
            return at;
        const bool isOption = words[at].text.starts_with('-');
        if (!isOption && !mayBeValue)
            return std::string::npos;
        mayBeValue = isOption;
    }
    return std::string::npos;
}

/// Whether the command that begins at `start` is what the rule's words name.
Match matchesAt(const std::vector<Word> &words, std::size_t start, const std::vector<Word> &rule, bool isPrefix)
{
    const auto isHidden = [](const Word &word) { return !word.isKnown || word.isPattern; };
    // What an expansion adds may be nothing: the name that is left counts.
    if (programName(words[start].text) != programName(rule.front().text))
        return isHidden(words[start]) ? Match::Perhaps : Match::No;
    std::size_t at = start + 1;
    for (std::size_t i = 1; i < rule.size(); ++i) {
        const auto found = isPrefix ? behindOptions(words, at, rule[i].text) : at < words.size() && words[at].text == rule[i].text ? at : std::string::npos;
        if (found == std::string::npos)
            return std::any_of(words.begin() + static_cast<std::ptrdiff_t>(std::min(at, words.size())), words.end(), isHidden) ? Match::Perhaps : Match::No;
        at = found + 1;
    }
    if (isPrefix || at == words.size())
        return Match::Yes;
    return std::all_of(words.begin() + static_cast<std::ptrdiff_t>(at), words.end(), isHidden) ? Match::Perhaps : Match::No;
}

tl::unexpected<ph::Error> wrong(std::string_view rule, const std::string &why)
{
    return ph::fail(ph::ErrorCode::InvalidInput, "The rule “" + std::string(rule) + "” " + why);
}

} // namespace

std::string textOf(const Rule &rule) { return rule.content.empty() ? rule.tool : rule.tool + "(" + rule.content + ")"; }

ph::Result<Rule> ruleOf(std::string_view text)
{
    const auto open = text.find('(');
    Rule rule{std::string(text.substr(0, open)), {}};
    const bool isName = !rule.tool.empty() && std::all_of(rule.tool.begin(), rule.tool.end(), [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c == '.'; });
    if (!isName)
        return wrong(text, "does not begin with the name of a tool.");
    if (open == std::string_view::npos)
        return rule;
    if (!text.ends_with(')') || text.size() == open + 2)
        return wrong(text, "has no content between its brackets, or no closing bracket.");
    rule.content = text.substr(open + 1, text.size() - open - 2);
    switch (contentKindOf(rule.tool)) {
    case ContentKind::None: return wrong(text, "has a content, which rules for this tool cannot have.");
    case ContentKind::Command: {
        const auto words = wordsOf(rule.content);
        if (!words || (isPrefixRule(rule.content) && std::any_of(words->begin(), words->end(), isPattern)))
            return wrong(text, "is not about one simple command, without operators, expansions or redirections.");
        return rule;
    }
    case ContentKind::Path:
        if (rule.content.find('\0') != std::string::npos)
            return wrong(text, "is no path.");
        return rule;
    case ContentKind::Domain: {
        const std::string_view content = rule.content;
        if (!content.starts_with("domain:") || hostOf("https://" + std::string(content.substr(content.starts_with("domain:*.") ? 9 : 7))) != content.substr(content.starts_with("domain:*.") ? 9 : 7))
            return wrong(text, "needs a host in lower case: " + rule.tool + "(domain:example.com) or (domain:*.example.com).");
        return rule;
    }
    case ContentKind::PostHogTool: return rule;
    }
    return rule;
}

Rule ruleForPath(std::string tool, const fs::path &path, const fs::path &folder)
{
    const fs::path relative = path.lexically_relative(folder);
    const bool isBeneath = !relative.empty() && *relative.begin() != "..";
    return {std::move(tool), escapedPattern(isBeneath ? "./" + relative.string() : "/" + path.string())};
}

RuleMatcher::RuleMatcher(const Call &call, fs::path folder)
    : m_call(call)
    , m_folder(std::move(folder))
{
    if (call.group != Group::Bash)
        return;
    m_simple = simpleCommand(call.command);
    m_survey = surveyCommands(call.command);
}

bool RuleMatcher::isAllowedBy(const std::vector<Rule> &rules) const
{
    const auto covers = [this](const Rule &rule, const fs::path &path) {
        return speaksFor(rule.tool, m_call) && (rule.content.empty() || (contentKindOf(rule.tool) == ContentKind::Path && PathPattern(rule.content, m_folder).covers(path)));
    };
    if (!m_call.paths.empty())
        return std::all_of(m_call.paths.begin(), m_call.paths.end(), [&](const fs::path &path) {
            return std::any_of(rules.begin(), rules.end(), [&](const Rule &rule) { return covers(rule, path); });
        });
    return std::any_of(rules.begin(), rules.end(), [this](const Rule &rule) { return allows(rule); });
}

bool RuleMatcher::allows(const Rule &rule) const
{
    if (!speaksFor(rule.tool, m_call))
        return false;
    const auto called = isPosthogExec(m_call.tool) ? calledTool(m_call.command) : std::nullopt;
    if (rule.content.empty()) // what the dispatcher changes or deletes has to be named
        return !called || !isDestructive(*called);
    switch (contentKindOf(rule.tool)) {
    case ContentKind::Command: return allowsCommand(rule.content);
    case ContentKind::Domain: {
        const auto host = hostOf(m_call.url);
        return host && isInDomain(*host, std::string_view(rule.content).substr(rule.content.find(':') + 1));
    }
    case ContentKind::PostHogTool: return called == rule.content;
    case ContentKind::Path:
    case ContentKind::None: break;
    }
    return false;
}

bool RuleMatcher::allowsCommand(const std::string &content) const
{
    const auto wanted = wordsOf(content);
    if (!m_simple || !wanted || m_call.command.empty())
        return false;
    if (!isPrefixRule(content)) {
        // Two patterns may read alike and quote different parts: then the texts have to be the same.
        const bool hasPattern = std::any_of(m_simple->begin(), m_simple->end(), isPattern);
        return *m_simple == *wanted && (!hasPattern || trimmed(content) == trimmed(m_call.command));
    }
    return m_simple->size() >= wanted->size() && std::equal(wanted->begin(), wanted->end(), m_simple->begin()) && !mayWiden(*m_simple, wanted->size());
}

RuleMatcher::Finding RuleMatcher::find(const std::vector<Rule> &rules) const
{
    Finding found;
    for (const Rule &rule : rules) {
        const Match match = matches(rule);
        if (match > found.match)
            found = {match, textOf(rule)};
        if (match == Match::Yes)
            break;
    }
    return found;
}

Match RuleMatcher::matches(const Rule &rule) const
{
    const ContentKind kind = contentKindOf(rule.tool);
    if (m_call.group == Group::Bash && kind == ContentKind::Path && !rule.content.empty())
        return matchesWords(rule.content);
    if (!speaksFor(rule.tool, m_call))
        return Match::No;
    if (rule.content.empty())
        return Match::Yes;
    switch (kind) {
    case ContentKind::Command: return matchesCommand(rule.content);
    case ContentKind::Path: {
        const PathPattern pattern(rule.content, m_folder);
        return std::any_of(m_call.paths.begin(), m_call.paths.end(), [&](const fs::path &path) { return pattern.touches(path); }) ? Match::Yes : Match::No;
    }
    case ContentKind::Domain: {
        if (m_call.url.empty())
            return Match::No;
        const auto host = hostOf(m_call.url);
        if (!host)
            return Match::Perhaps;
        const auto domain = std::string_view(rule.content).substr(rule.content.find(':') + 1);
        return isInDomain(*host, domain) || isInDomain(*host, "*." + std::string(domain)) ? Match::Yes : Match::No;
    }
    case ContentKind::PostHogTool: return calledTool(m_call.command) == rule.content ? Match::Yes : Match::No;
    case ContentKind::None: break;
    }
    return Match::No;
}

Match RuleMatcher::matchesCommand(const std::string &content) const
{
    const auto wanted = wordsOf(content);
    if (!wanted || m_call.command.empty())
        return Match::No;
    Match best = m_survey.isComplete ? Match::No : Match::Perhaps;
    for (const Invocation &invocation : m_survey.invocations) {
        const std::size_t starts = invocation.runsOthers ? invocation.words.size() : 1;
        for (std::size_t start = 0; start < starts && best != Match::Yes; ++start)
            best = std::max(best, matchesAt(invocation.words, start, *wanted, isPrefixRule(content)));
    }
    return best;
}

/// A rule about paths, held against the words of a command: what it names in any way is read or written.
Match RuleMatcher::matchesWords(const std::string &content) const
{
    const PathPattern pattern(content, m_folder);
    Match best = m_survey.isComplete ? Match::No : Match::Perhaps;
    const auto look = [&](const Word &word) {
        if (!word.isKnown || word.isPattern)
            best = std::max(best, Match::Perhaps);
        for (std::string_view rest = word.text; best != Match::Yes && !rest.empty() && rest.size() < 4096;) {
            const fs::path path = rest.starts_with("~/") ? ph::homeDir() / rest.substr(2) : m_folder / rest;
            std::error_code failed;
            const fs::path canonical = fs::weakly_canonical(path, failed);
            if (pattern.touches(path.lexically_normal()) || (!failed && pattern.touches(canonical)))
                best = Match::Yes;
            const auto next = rest.find_first_of("=:@");
            rest = next == std::string_view::npos ? std::string_view() : rest.substr(next + 1);
        }
    };
    for (const Invocation &invocation : m_survey.invocations)
        std::for_each(invocation.words.begin(), invocation.words.end(), look);
    std::for_each(m_survey.files.begin(), m_survey.files.end(), look);
    return best;
}

} // namespace permissions

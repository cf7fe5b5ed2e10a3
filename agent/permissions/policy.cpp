#include "agent/permissions/policy.h"

#include "agent/permissions/path_pattern.h"
#include "agent/permissions/programs.h"
#include "agent/permissions/protected_paths.h"
#include "agent/permissions/web_host.h"

#include <algorithm>
#include <cstdlib>
#include <unistd.h>

namespace permissions {

namespace {

namespace fs = std::filesystem;

bool isWithinRoots(const Call &call, const Circumstances &circumstances)
{
    return std::all_of(call.paths.begin(), call.paths.end(), [&](const fs::path &path) {
        return std::any_of(circumstances.roots.begin(), circumstances.roots.end(), [&](const fs::path &root) { return isBeneath(path, root); });
    });
}

std::string listed(const std::vector<std::string> &names)
{
    std::string text;
    for (const auto &name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

class Decider
{
public:
    Decider(const Call &call, const Circumstances &circumstances)
        : m_call(call)
        , m_circumstances(circumstances)
        , m_folder(circumstances.roots.empty() ? fs::path("/") : circumstances.roots.front())
        , m_matcher(call, m_folder)
    {
    }

    Decision decide() const
    {
        for (const auto step : {&Decider::byDeny, &Decider::byDomain, &Decider::byKind, &Decider::byPlan, &Decider::byTrust, &Decider::byProtection, &Decider::byRules})
            if (auto decision = (this->*step)())
                return *std::move(decision);
        return byMode();
    }

private:
    using Step = std::optional<Decision>;
    using Match = RuleMatcher::Match;

    Step byDeny() const
    {
        const auto found = m_matcher.find(m_circumstances.rules.deny);
        if (found.match == Match::Yes)
            return Decision{Verdict::Refuse, "The user's rule “" + found.rule + "” forbids this."};
        if (found.match == Match::Perhaps && m_call.group == Group::Bash && !m_matcher.survey().isComplete)
            return Decision{Verdict::Refuse, "This command line cannot be read well enough to tell that the user's rule “" + found.rule + "” does not forbid it. Write it more simply."};
        return {};
    }

    Step byDomain() const
    {
        if (m_call.group != Group::Web || m_call.url.empty())
            return {};
        const auto host = hostOf(m_call.url);
        if (!host)
            return Decision{m_circumstances.allowedDomains.empty() ? Verdict::Ask : Verdict::Refuse, "The address is no plain http or https address."};
        const auto &allowed = m_circumstances.allowedDomains;
        const bool isAllowed = allowed.empty() || std::any_of(allowed.begin(), allowed.end(), [&](const auto &domain) { return isInDomain(*host, domain); });
        if (isAllowed)
            return {};
        return Decision{Verdict::Refuse, "Domain \"" + *host + "\" is not in the allowed list: " + listed(allowed)};
    }

    /// What the user answers, whatever the mode. Going to plan mode only takes away.
    Step byKind() const
    {
        if (m_call.group == Group::Question || (m_call.group == Group::SwitchMode && m_call.tool != "EnterPlanMode"))
            return Decision{Verdict::Ask, {}};
        if (m_call.group == Group::SwitchMode)
            return Decision{Verdict::Allow, {}};
        return {};
    }

    Step byPlan() const
    {
        if (m_circumstances.mode != Mode::Plan)
            return {};
        if (m_call.group == Group::Bash && !m_circumstances.hasSandbox)
            return Decision{Verdict::Refuse, "Plan mode changes nothing, and this machine has no working sandbox (bubblewrap) to hold commands to that; the command was not run."};
        if (m_call.group == Group::Write || ((m_call.group == Group::Mcp || m_call.group == Group::Other) && m_call.changes))
            return Decision{Verdict::Refuse, "Plan mode only looks; this call changes something and was not run."};
        return {};
    }

    Step byTrust() const
    {
        if (m_circumstances.isFolderTrusted || (m_call.group != Group::Bash && m_call.group != Group::Write))
            return {};
        return Decision{Verdict::Ask, "This folder is not trusted yet."};
    }

    Step byProtection() const
    {
        Protection found;
        const auto consider = [&](Protection one) {
            if (one.guard > found.guard)
                found = std::move(one);
        };
        for (const fs::path &path : m_call.paths)
            consider(protectionOf(path));
        for (const Invocation &invocation : m_matcher.survey().invocations)
            for (const Word &word : invocation.words)
                consider(protectionOf(word, m_folder));
        for (const Word &file : m_matcher.survey().files)
            consider(protectionOf(file, m_folder));
        const bool onlyReads = m_call.group == Group::Read || m_call.group == Group::Search;
        if (found.guard == Guard::None || (found.guard == Guard::Changes && onlyReads))
            return {};
        return Decision{Verdict::Ask, found.name + (found.guard == Guard::Everything ? " may hold secrets." : " is protected: what stands there is run or trusted by other programs.")};
    }

    Step byRules() const
    {
        if (const auto found = m_matcher.find(m_circumstances.rules.deny); found.match != Match::No)
            return Decision{Verdict::Ask, "Whether the rule “" + found.rule + "” forbids this cannot be told."};
        if (const auto found = m_matcher.find(m_circumstances.rules.ask); found.match != Match::No)
            return Decision{Verdict::Ask, "The rule “" + found.rule + "” asks."};
        if (m_matcher.isAllowedBy(m_circumstances.rules.allow))
            return Decision{Verdict::Allow, {}};
        return {};
    }

    Decision byMode() const
    {
        Decision decision = byTable();
        if (decision.verdict == Verdict::Allow && m_circumstances.hasUntrustedData && mayCarryAway())
            return {Verdict::Ask, "The conversation holds data from outside, which could have asked for this, and the call can send data elsewhere."};
        return decision;
    }

    bool mayCarryAway() const
    {
        return m_call.group == Group::Web || m_call.group == Group::Mcp || (m_call.group == Group::Bash && mayReachNetwork(m_matcher.survey()));
    }

    Decision byTable() const
    {
        constexpr Verdict allow = Verdict::Allow;
        constexpr Verdict ask = Verdict::Ask;
        const Mode mode = m_circumstances.mode;
        if (mode == Mode::BypassPermissions)
            return {allow, {}};
        switch (m_call.group) {
        case Group::Read:
        case Group::Search:
            if (!isWithinRoots(m_call, m_circumstances))
                return {ask, "This is outside of the session's folders."};
            return {allow, {}};
        case Group::Write:
            if (!isWithinRoots(m_call, m_circumstances))
                return {ask, "This is outside of the session's folders."};
            return {mode == Mode::AcceptEdits && !m_call.paths.empty() ? allow : ask, {}};
        case Group::Web:
        case Group::Agent: return {allow, {}};
        case Group::Mcp: // that it only looks is the server's own word
            return {!m_call.changes && mode != Mode::Auto ? allow : ask, {}};
        case Group::Other: return {m_call.changes ? ask : allow, {}};
        case Group::Bash:
        case Group::SwitchMode:
        case Group::Question: break;
        }
        return {ask, {}};
    }

    const Call &m_call;
    const Circumstances &m_circumstances;
    const fs::path m_folder;
    const RuleMatcher m_matcher;
};

} // namespace

const std::vector<ModeInfo> &modes()
{
    static const std::vector<ModeInfo> all{
        {Mode::Default, "default", "Ask", "Asks before anything is changed."},
        {Mode::AcceptEdits, "acceptEdits", "Accept edits", "Edits files without asking; asks before anything else is changed."},
        {Mode::Plan, "plan", "Plan", "Looks and thinks; changes nothing."},
        {Mode::BypassPermissions, "bypassPermissions", "Do not ask", "Changes things without asking, but for protected paths and what rules ask for."},
        {Mode::Auto, "auto", "Auto", "Asks before anything is changed and before any server's tool is used."},
    };
    return all;
}

std::optional<Mode> modeOf(std::string_view id)
{
    const auto found = std::find_if(modes().begin(), modes().end(), [id](const ModeInfo &info) { return info.id == id; });
    if (found == modes().end())
        return {};
    return found->mode;
}

const std::string &idOf(Mode mode)
{
    return std::find_if(modes().begin(), modes().end(), [mode](const ModeInfo &info) { return info.mode == mode; })->id;
}

bool mayBypass(unsigned effectiveUser, const char *isSandbox)
{
    return effectiveUser != 0 || (isSandbox && *isSandbox);
}

bool mayBypass() { return mayBypass(::geteuid(), std::getenv("IS_SANDBOX")); }

std::vector<ModeInfo> offeredModes(bool mayBypass)
{
    std::vector<ModeInfo> offered = modes();
    if (!mayBypass)
        std::erase_if(offered, [](const ModeInfo &info) { return info.mode == Mode::BypassPermissions; });
    return offered;
}

ph::Result<> checkMode(Mode mode, bool mayBypass)
{
    if (mode == Mode::BypassPermissions && !mayBypass)
        return ph::fail(ph::ErrorCode::Unauthorized, "The mode “Do not ask” is not for root: run as another user, or set IS_SANDBOX=1 on a machine that may be lost.");
    return {};
}

Decision decide(const Call &call, const Circumstances &circumstances) { return Decider(call, circumstances).decide(); }

bool isDenied(const fs::path &path, const Circumstances &circumstances)
{
    Call call;
    call.tool = "Read";
    call.group = Group::Read;
    call.paths = {path};
    const fs::path folder = circumstances.roots.empty() ? fs::path("/") : circumstances.roots.front();
    return RuleMatcher(call, folder).find(circumstances.rules.deny).match == RuleMatcher::Match::Yes;
}

} // namespace permissions

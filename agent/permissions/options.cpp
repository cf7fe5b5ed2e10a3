#include "agent/permissions/options.h"

#include "agent/permissions/web_host.h"

#include <algorithm>
#include <system_error>

namespace permissions {

namespace {

struct Always {
    std::string label;
    std::vector<Rule> rules;
};

acp::PermissionOption rejection(const std::string &id)
{
    return {id, "No, and tell the agent what to do differently", "reject_once", ph::Json{{"customInput", true}}};
}

std::string quoted(const std::string &text) { return "`" + text + "`"; }

/// What "always" would mean for the call; without rules when no rule is narrow enough.
Always alwaysFor(const Call &call, const Circumstances &circumstances)
{
    const auto folder = circumstances.roots.empty() ? std::filesystem::path("/") : circumstances.roots.front();
    const std::string where = circumstances.roots.empty() ? "" : " in " + folder.string();
    switch (call.group) {
    case Group::Bash: {
        const auto start = call.command.find_first_not_of(" \t");
        if (start == std::string::npos)
            return {};
        const auto command = call.command.substr(start, call.command.find_last_not_of(" \t") + 1 - start);
        if (command.ends_with(":*")) // would be read as a prefix
            return {};
        return {"Yes, and don't ask again for " + quoted(command) + where, {{"Bash", command}}};
    }
    case Group::Write:
    case Group::Read:
    case Group::Search: {
        if (call.paths.empty())
            return {};
        Always always;
        const bool writes = call.group == Group::Write;
        std::string names;
        for (const auto &path : call.paths) {
            always.rules.push_back(ruleForPath(writes ? "Edit" : "Read", path, folder));
            names += (names.empty() ? "" : ", ") + quoted(path.string());
        }
        std::error_code ignored; // What cannot be looked at is no folder.
        const std::string beneath = std::filesystem::is_directory(call.paths.front(), ignored) ? " and all beneath" : "";
        always.label = std::string("Yes, and don't ask again for ") + (writes ? "edits of " : "reading ") + names + beneath;
        return always;
    }
    case Group::Web: {
        if (const auto host = hostOf(call.url))
            return {"Yes, allow all fetches from " + *host, {{call.tool, "domain:" + *host}}};
        if (call.tool == "WebSearch")
            return {"Yes, allow all web searches", {{call.tool, {}}}};
        return {};
    }
    case Group::Agent:
        if (call.tool == "Task")
            return {"Yes, allow all sub-tasks", {{call.tool, {}}}};
        if (call.tool == "TodoWrite")
            return {"Yes, allow all todo updates", {{call.tool, {}}}};
        break;
    case Group::SwitchMode:
    case Group::Question: return {};
    case Group::Mcp:
    case Group::Other: break;
    }
    if (call.tool.empty())
        return {};
    return {"Yes, and don't ask again for " + quoted(call.tool) + ", whatever its input", {{call.tool, {}}}};
}

bool wouldPass(const Call &call, const Circumstances &circumstances, const std::vector<Rule> &rules)
{
    Rules added = circumstances.rules;
    added.allow.insert(added.allow.end(), rules.begin(), rules.end());
    return decide(call, {circumstances.mode, circumstances.roots, added, circumstances.hasSandbox, circumstances.hasUntrustedData, circumstances.allowedDomains,
                         circumstances.isFolderTrusted})
               .verdict
        == Verdict::Allow;
}

} // namespace

Offer offerFor(const Call &call, const Circumstances &circumstances)
{
    Offer offer;
    offer.options.push_back({"allow", "Yes", "allow_once", {}});
    Always always = alwaysFor(call, circumstances);
    const bool isReadable = std::all_of(always.rules.begin(), always.rules.end(), [](const Rule &rule) { return ruleOf(textOf(rule)) == rule; });
    if (!always.rules.empty() && isReadable && wouldPass(call, circumstances, always.rules)) {
        offer.options.push_back({"allow_always", always.label, "allow_always", {}});
        offer.always = std::move(always.rules);
    }
    offer.options.push_back(rejection("reject"));
    return offer;
}

std::vector<acp::PermissionOption> planOptions(std::optional<Mode> before, bool mayBypass)
{
    struct Choice {
        Mode mode;
        const char *label;
        const char *goesOn; // when it was the mode before
        const char *kind;
    };
    std::vector<Choice> choices{
        {Mode::BypassPermissions, "Yes, bypass all permissions", "Yes, continue bypassing all permissions", "allow_always"},
        {Mode::Auto, "Yes, and use \"auto\" mode", "Yes, continue in \"auto\" mode", "allow_always"},
        {Mode::AcceptEdits, "Yes, and auto-accept edits", "Yes, continue auto-accepting edits", "allow_always"},
        {Mode::Default, "Yes, and manually approve edits", "Yes, continue manually approving edits", "allow_once"},
    };
    if (!mayBypass)
        choices.erase(choices.begin());
    const auto last = std::find_if(choices.begin(), choices.end(), [&](const Choice &choice) { return choice.mode == before; });
    if (last != choices.end())
        std::rotate(choices.begin(), last, last + 1);
    std::vector<acp::PermissionOption> options;
    for (const Choice &choice : choices)
        options.push_back({idOf(choice.mode), choice.mode == before ? choice.goesOn : choice.label, choice.kind, {}});
    options.push_back(rejection("reject_with_feedback"));
    return options;
}

} // namespace permissions

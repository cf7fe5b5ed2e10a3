#include "agent/permissions/policy.h"

#include <algorithm>
#include <array>

namespace permissions {

const std::vector<ModeInfo> &modes()
{
    static const std::vector<ModeInfo> all{
        {Mode::Default, "default", "Ask", "Asks before anything is changed."},
        {Mode::AcceptEdits, "acceptEdits", "Accept edits", "Edits files without asking; asks before anything else is changed."},
        {Mode::Plan, "plan", "Plan", "Looks and thinks; changes nothing."},
        {Mode::BypassPermissions, "bypassPermissions", "Do not ask", "Changes things without asking."},
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

Decision decide(Mode mode, std::string_view toolKind, bool changesSomething)
{
    // What a tool of these kinds does is a change, whatever it says of itself.
    constexpr std::array<std::string_view, 4> changingKinds{"edit", "delete", "move", "execute"};
    const bool isChange = changesSomething || std::find(changingKinds.begin(), changingKinds.end(), toolKind) != changingKinds.end();
    if (!isChange)
        return Decision::Allow;
    switch (mode) {
    case Mode::Default: return Decision::Ask;
    case Mode::AcceptEdits: return toolKind == "edit" ? Decision::Allow : Decision::Ask;
    case Mode::Plan: return Decision::Refuse;
    case Mode::BypassPermissions: return Decision::Allow;
    }
    return Decision::Ask;
}

} // namespace permissions

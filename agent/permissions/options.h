#pragma once

#include "agent/acp/types.h"
#include "agent/permissions/policy.h"

#include <optional>
#include <vector>

namespace permissions {

/// What session/request_permission offers for a call. Ids: "allow", "allow_always", "reject"; "reject" takes a text (`_meta.customInput`).
struct Offer {
    std::vector<acp::PermissionOption> options;
    std::vector<Rule> always; // what "allow_always" adds to the rules that allow
};

/// "allow_always" is offered only where its rules would let this very call pass, and its label says all that they let pass. There is none
/// for compound commands, protected paths, or what a rule asks for.
Offer offerFor(const Call &call, const Circumstances &circumstances);

/// The options of plan approval: each id but "reject_with_feedback" is the mode that follows. `before`: the mode before plan mode, which
/// stands first.
std::vector<acp::PermissionOption> planOptions(std::optional<Mode> before, bool mayBypass);

} // namespace permissions

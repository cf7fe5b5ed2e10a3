#pragma once

#include "agent/permissions/call.h"
#include "agent/permissions/rules.h"
#include "driver/base/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Whether a tool call may run: a function of the call, the session's mode, the rules and what is known of the conversation.
namespace permissions {

enum class Mode { Default, AcceptEdits, Plan, BypassPermissions, Auto };

struct ModeInfo {
    Mode mode;
    std::string id; // on the wire
    std::string name;
    std::string description;

    friend bool operator==(const ModeInfo &, const ModeInfo &) = default;
};

/// Every mode, in the order in which they are offered.
const std::vector<ModeInfo> &modes();

std::optional<Mode> modeOf(std::string_view id);
const std::string &idOf(Mode mode);

/// Whether calls may go unasked: not for root, whom nothing on the machine stops, unless IS_SANDBOX is set (the machine is thrown away).
bool mayBypass(unsigned effectiveUser, const char *isSandbox);
bool mayBypass(); // of this process

/// The modes to offer: without the one that may not be chosen.
std::vector<ModeInfo> offeredModes(bool mayBypass);

/// Error: Unauthorized, with the reason, when the mode may not be chosen; it is refused as well as hidden.
ph::Result<> checkMode(Mode mode, bool mayBypass);

enum class Verdict { Allow, Ask, Refuse };

struct Decision {
    Verdict verdict = Verdict::Ask;
    std::string reason; // Refuse: what the model reads; Ask: why, for the card, or empty when there is nothing to add

    friend bool operator==(const Decision &, const Decision &) = default;
};

/// What a decision depends on besides the call.
struct Circumstances {
    Mode mode = Mode::Default;
    std::vector<std::filesystem::path> roots; // canonical: the working folder, then additional ones; relative rules are relative to the first
    const Rules &rules;                       // of the session and of the repository
    bool hasSandbox = false;                  // command_sandbox.h works here
    bool hasUntrustedData = false;            // the conversation holds data from events, the web or a server
    std::vector<std::string> allowedDomains = {}; // "posthog.com", "*.posthog.com"; empty: every
    bool isFolderTrusted = true;
};

/// The order: what is forbidden (rules, domains) is refused; questions and plan approval ask in every mode; plan mode refuses what changes;
/// protected paths ask; rules that ask; rules that allow; the mode's table (README.md). Looks up links on the disk, else pure.
///
/// Ask for Group::Question and Group::SwitchMode is answered by the request that the tool itself makes; there is no other one before it.
Decision decide(const Call &call, const Circumstances &circumstances);

/// Whether a rule forbids to read `path`: what searches and listings leave out.
bool isDenied(const std::filesystem::path &path, const Circumstances &circumstances);

} // namespace permissions

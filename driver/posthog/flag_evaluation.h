#pragma once

#include "driver/base/clock.h"
#include "driver/base/json_fields.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace posthog {

/// Who asks for a flag.
struct FlagSubject {
    std::string distinctId;
    ph::Json properties = ph::Json::object(); // of the person
    std::map<int, std::string> groups; // group type index -> key
    std::map<int, ph::Json> groupProperties;
    std::optional<std::set<std::int64_t>> cohorts; // those the person is in; absent: not known
    /// Whether a text has a match of an RE2 pattern; nothing: not known. Empty: what POSIX has in common with RE2 is known.
    std::function<std::optional<bool>(const std::string &text, const std::string &pattern)> matches;
};

enum class FlagReason {
    Disabled, // switched off, or deleted
    NoGroup, // it is for groups of a type of which none was named
    ConditionMatch,
    OutOfRollout, // the last condition that fits is for others of those whom it fits
    NoConditionMatch,
    Unknown, // a condition asks for what is not known here
};

/// What PostHog would answer, and why, without asking it.
struct FlagAnswer {
    bool enabled = false;
    std::string variant; // of a flag that has any
    ph::Json payload; // null: none
    FlagReason code = FlagReason::NoConditionMatch;
    std::optional<int> condition; // which of the release conditions decided, from 0
    double hash = 0; // the subject's place between 0 and 1, by which shares are dealt out
    std::string reason; // one sentence

    bool isCertain() const { return code != FlagReason::Unknown; }
};

/// Evaluates a feature flag as PostHog gives it (an item of getFeatureFlags()). Shares and variants follow PostHog's own hash
/// (posthog-python, feature_flags.py): the first 15 hex digits of SHA-1 of "key.id" + salt, over 0xFFFFFFFFFFFFFFF.
FlagAnswer evaluateFlag(const ph::Json &flag, const FlagSubject &subject, ph::Time now);

/// The place of an ID for a flag: in [0, 1]. The salt is "" for shares and "variant" for variants.
double flagHash(const std::string &key, const std::string &id, const std::string &salt = {});

} // namespace posthog

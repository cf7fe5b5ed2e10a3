#pragma once

#include "driver/base/clock.h"
#include "driver/base/json_fields.h"

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
};

/// What PostHog would answer, and why, without asking it.
struct FlagAnswer {
    bool enabled = false;
    std::string variant; // of a flag that has any
    ph::Json payload; // null: none
    std::optional<int> condition; // which of the release conditions decided, from 0
    double hash = 0; // the subject's place between 0 and 1, by which shares are dealt out
    bool isCertain = true; // false: a condition asks for what is not known here (`reason` says what)
    std::string reason; // one sentence
};

/// Evaluates a feature flag as PostHog gives it (an item of getFeatureFlags()). Shares and variants follow PostHog's own hash
/// (posthog-python, feature_flags.py): the first 15 hex digits of SHA-1 of "key.id" + salt, over 0xFFFFFFFFFFFFFFF.
FlagAnswer simulateFlag(const ph::Json &flag, const FlagSubject &subject, ph::Time now);

/// The place of an ID for a flag: in [0, 1]. The salt is "" for shares and "variant" for variants.
double flagHash(const std::string &key, const std::string &id, const std::string &salt = {});

} // namespace posthog

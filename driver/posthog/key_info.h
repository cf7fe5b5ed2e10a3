#pragma once

#include "driver/base/json_fields.h"

#include <string>
#include <vector>

namespace posthog {

/// What PostHog says of a personal API key (GET /api/personal_api_keys/@current/).
struct KeyInfo {
    std::string label;
    std::vector<std::string> scopes; // "query:read", or "*" for everything
    std::vector<std::string> projects; // the only ones it opens; empty: all of its user
    std::vector<std::string> organisations; // likewise
};

/// One thing the program does, and whether a key allows it.
struct Ability {
    std::string what; // "Run queries, read events"
    std::string scope; // "query:read"
    bool allowed = false;
};

/// Everything that the program can use, in the order of its pages.
std::vector<Ability> abilitiesOf(const KeyInfo &key);

/// A scope to write includes the one to read (API docs, "Scopes").
bool allows(const KeyInfo &key, const std::string &scope);

KeyInfo keyInfoOf(const ph::Json &answer);

} // namespace posthog

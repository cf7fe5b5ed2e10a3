#include "driver/posthog/key_info.h"

#include <algorithm>

namespace posthog {

namespace {

struct Use {
    const char *what;
    const char *scope;
};

constexpr Use uses[] = {
    {"Run HogQL, read events and sessions", "query:read"},
    {"Read persons", "person:read"},
    {"Read insights", "insight:read"},
    {"Read cohorts", "cohort:read"},
    {"Read feature flags", "feature_flag:read"},
    {"Watch recordings", "session_recording:read"},
    {"Read event definitions", "event_definition:read"},
    {"Read property definitions", "property_definition:read"},
    {"Read actions", "action:read"},
    {"Read dashboards", "dashboard:read"},
    {"Read experiments", "experiment:read"},
    {"Read surveys", "survey:read"},
    {"Read annotations", "annotation:read"},
    {"Read groups", "group:read"},
    {"Read the project's settings", "project:read"},
    {"Export events as files", "batch_export:write"},
    {"Save insights", "insight:write"},
    {"Save cohorts", "cohort:write"},
    {"Change feature flags", "feature_flag:write"},
    {"Make dashboards", "dashboard:write"},
    {"Make experiments", "experiment:write"},
    {"Make annotations", "annotation:write"},
};

std::vector<std::string> textsIn(const ph::Json &answer, const char *key)
{
    std::vector<std::string> texts;
    const auto found = answer.is_object() ? answer.find(key) : answer.end();
    if (!answer.is_object() || found == answer.end() || !found->is_array())
        return texts;
    for (const ph::Json &each : *found) {
        if (each.is_string())
            texts.push_back(each.get<std::string>());
        else if (each.is_number_integer())
            texts.push_back(each.dump());
    }
    return texts;
}

} // namespace

bool allows(const KeyInfo &key, const std::string &scope)
{
    const std::string writing = scope.substr(0, scope.find(':')) + ":write";
    return std::any_of(key.scopes.begin(), key.scopes.end(),
                       [&](const std::string &each) { return each == "*" || each == scope || each == writing; });
}

std::vector<Ability> abilitiesOf(const KeyInfo &key)
{
    std::vector<Ability> abilities;
    for (const Use &use : uses)
        abilities.push_back({use.what, use.scope, allows(key, use.scope)});
    return abilities;
}

KeyInfo keyInfoOf(const ph::Json &answer)
{
    KeyInfo info;
    if (const auto label = answer.is_object() ? answer.find("label") : answer.end();
        answer.is_object() && label != answer.end() && label->is_string())
        info.label = label->get<std::string>();
    info.scopes = textsIn(answer, "scopes");
    info.projects = textsIn(answer, "scoped_teams");
    info.organisations = textsIn(answer, "scoped_organizations");
    return info;
}

} // namespace posthog

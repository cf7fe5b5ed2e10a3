#pragma once

#include "driver/http/server.h"
#include "driver/localproject/api/project.h"

#include <functional>
#include <map>
#include <set>

namespace localproject::capture {

/// Who is asked about, as an SDK says it and as the store knows them.
struct FlagSubject {
    std::string distinctId;
    ph::Json personProperties = ph::Json::object();
    std::map<int, std::string> groups; // by type index
    std::map<int, ph::Json> groupProperties;
    std::set<std::int64_t> cohorts; // that the person is in
    std::function<bool(const std::string &text, const std::string &pattern)> matches; // RE2, anywhere in the text
    std::string now; // ISO text
};

/// What a flag says of somebody, and why.
struct FlagAnswer {
    bool isOn = false;
    std::string variant; // empty: none
    std::string reason; // "condition_match", "out_of_rollout_bound", "no_condition_match", "no_group_type"
    int condition = -1; // counts from 0
    ph::Json payload;
};

/// PostHog's rules: the first condition whose properties fit and whose rollout holds the subject.
FlagAnswer evaluateFlag(const ph::Json &flag, const FlagSubject &subject);

/// PostHog's stable number of a subject for a flag, from 0 to 1.
double flagHash(const std::string &key, const std::string &identifier, const std::string &salt);

/// The body of /flags (`isWhole`: version 2, with reasons) and of /decide.
http::ServerResponse answerWhoHasWhat(api::Project &project, const ph::Json &body, bool isWhole, const std::stop_token &stop);

} // namespace localproject::capture

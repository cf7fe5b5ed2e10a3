#include "driver/localproject/capture/flags.h"

#include "driver/base/ids.h"
#include "driver/base/time.h"
#include "driver/localproject/api/objects.h"
#include "driver/localproject/api/routes.h"
#include "driver/posthog/flag_evaluation.h"

#include <algorithm>

namespace localproject::capture {

using api::memberOf;
using api::textIn;

namespace {

std::string textOf(const ph::Json &value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// What /flags calls a reason.
const char *codeOf(posthog::FlagReason reason)
{
    switch (reason) {
    case posthog::FlagReason::Disabled: return "flag_disabled";
    case posthog::FlagReason::NoGroup: return "no_group_type";
    case posthog::FlagReason::ConditionMatch: return "condition_match";
    case posthog::FlagReason::OutOfRollout: return "out_of_rollout_bound";
    case posthog::FlagReason::NoConditionMatch: return "no_condition_match";
    case posthog::FlagReason::Unknown: break;
    }
    return "unknown";
}

std::string describe(const posthog::FlagAnswer &answer)
{
    switch (answer.code) {
    case posthog::FlagReason::ConditionMatch: return "Matched condition set " + std::to_string(answer.condition.value_or(0) + 1);
    case posthog::FlagReason::OutOfRollout: return "Out of rollout bound";
    case posthog::FlagReason::NoGroup: return "No group type";
    case posthog::FlagReason::NoConditionMatch: return "No matching condition set";
    case posthog::FlagReason::Disabled:
    case posthog::FlagReason::Unknown: break;
    }
    return answer.reason;
}

/// What the store knows of who is asked about; what the request says goes before it.
ph::Result<posthog::FlagSubject> subjectOf(api::Project &project, const ph::Json &body, const std::stop_token &stop)
{
    posthog::FlagSubject subject;
    subject.cohorts.emplace();
    subject.distinctId = textOf(memberOf(body, "distinct_id"));
    subject.matches = [&project](const std::string &text, const std::string &pattern) {
        const auto answer = project.store().query("SELECT regexp_matches($1, $2)", {text, pattern});
        return answer ? std::optional(answer->rows[0][0] == true) : std::nullopt;
    };
    const auto person = project.store().query("SELECT p.properties, p.id FROM persons p JOIN person_distinct_ids d ON d.person_id = p.id"
                                              " WHERE d.distinct_id = $1 LIMIT 1",
                                              {subject.distinctId}, stop);
    if (!person)
        return ph::fail(person.error());
    if (!person->rows.empty()) {
        subject.properties = api::parsed(person->rows[0][0]);
        const auto cohorts = project.store().query("SELECT DISTINCT cohort_id FROM cohort_people WHERE person_id = $1::UUID",
                                                   {person->rows[0][1]}, stop);
        if (!cohorts)
            return ph::fail(cohorts.error());
        for (const auto &row : cohorts->rows)
            subject.cohorts->insert(row[0].get<std::int64_t>());
    }
    if (const ph::Json given = memberOf(body, "person_properties"); given.is_object())
        subject.properties.update(given);

    const ph::Json groups = memberOf(body, "groups");
    if (!groups.is_object() || groups.empty())
        return subject;
    const auto types = api::objectsOf(project, "groups_types");
    if (!types)
        return ph::fail(types.error());
    for (const api::StoredObject &type : *types) {
        const std::string name = textIn(type.body, "group_type");
        const ph::Json key = memberOf(groups, name.c_str());
        if (key.is_null())
            continue;
        const int index = static_cast<int>(type.id);
        subject.groups[index] = textOf(key);
        const auto stored = project.store().query("SELECT properties FROM groups WHERE group_type_index = $1 AND key = $2 LIMIT 1",
                                                  {index, subject.groups[index]}, stop);
        if (!stored)
            return ph::fail(stored.error());
        ph::Json properties = stored->rows.empty() ? ph::Json::object() : api::parsed(stored->rows[0][0]);
        if (const ph::Json given = memberOf(memberOf(body, "group_properties"), name.c_str()); given.is_object())
            properties.update(given);
        subject.groupProperties[index] = std::move(properties);
    }
    return subject;
}

} // namespace

http::ServerResponse answerWhoHasWhat(api::Project &project, const ph::Json &body, bool isWhole, const std::stop_token &stop)
{
    if (!body.contains("distinct_id"))
        return api::errorAnswer(400, "validation_error", "missing_distinct_id", "The distinct_id field is required.");
    const auto subject = subjectOf(project, body, stop);
    if (!subject)
        return api::storeFailed(subject.error());
    const auto flags = api::objectsOf(project, "feature_flags");
    if (!flags)
        return api::storeFailed(flags.error());
    const ph::Json keys = memberOf(body, "flag_keys_to_evaluate");
    ph::Json details = ph::Json::object();
    ph::Json values = ph::Json::object();
    ph::Json payloads = ph::Json::object();
    bool areAllKnown = true;
    const ph::Time now = ph::parseIsoTime(project.now()).value_or(ph::systemClock().now());
    for (const api::StoredObject &flag : *flags) {
        const std::string key = textIn(flag.body, "key");
        const bool isAsked = !keys.is_array() || std::find(keys.begin(), keys.end(), ph::Json(key)) != keys.end();
        if (api::isTrueIn(flag.body, "deleted") || !api::isTrueIn(flag.body, "active") || !isAsked)
            continue;
        const posthog::FlagAnswer answer = posthog::evaluateFlag(flag.body, *subject, now);
        areAllKnown = areAllKnown && answer.isCertain();
        details[key] = {{"key", key},
                        {"enabled", answer.enabled},
                        {"variant", answer.variant.empty() ? ph::Json() : ph::Json(answer.variant)},
                        {"reason",
                         {{"code", codeOf(answer.code)},
                          {"condition_index", answer.condition ? ph::Json(*answer.condition) : ph::Json()},
                          {"description", describe(answer)}}},
                        {"metadata",
                         {{"id", flag.id}, {"version", flag.body.value("version", 1)}, {"description", nullptr}, {"payload", answer.payload}}}};
        if (!answer.enabled)
            continue;
        values[key] = answer.variant.empty() ? ph::Json(true) : ph::Json(answer.variant);
        if (!answer.payload.is_null())
            payloads[key] = answer.payload;
    }
    if (isWhole) {
        return api::jsonAnswer({{"flags", details},
                                {"errorsWhileComputingFlags", !areAllKnown},
                                {"requestId", ph::uuid4()},
                                {"evaluatedAt", std::chrono::duration_cast<std::chrono::milliseconds>(
                                                    std::chrono::system_clock::now().time_since_epoch())
                                                    .count()}});
    }
    return api::jsonAnswer({{"featureFlags", values},
                            {"featureFlagPayloads", payloads},
                            {"errorsWhileComputingFlags", !areAllKnown},
                            {"supportedCompression", {"gzip", "gzip-js"}},
                            {"sessionRecording", false},
                            {"config", {{"enable_collect_everything", true}}},
                            {"isAuthenticated", false},
                            {"toolbarParams", ph::Json::object()}});
}

} // namespace localproject::capture

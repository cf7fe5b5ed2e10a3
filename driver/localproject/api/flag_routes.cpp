#include "driver/localproject/api/objects.h"

#include "driver/localproject/capture/flags.h"

namespace localproject::api {

namespace {

/// A short stable number of a text, for an ETag.
std::string hashOf(std::string_view text)
{
    std::uint64_t hash = 0xcbf29ce484222325ULL; // FNV-1a
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return std::to_string(hash);
}

/// Everything an SDK needs to decide by itself.
Answer localEvaluation(Project &project, const Call &call)
{
    const auto flags = objectsOf(project, "feature_flags");
    const auto types = objectsOf(project, "groups_types");
    const auto cohorts = objectsOf(project, "cohorts");
    if (!flags || !types || !cohorts)
        return storeFailed((!flags ? flags : !types ? types : cohorts).error());
    ph::Json list = ph::Json::array();
    for (const StoredObject &flag : *flags) {
        if (isTrueIn(flag.body, "deleted"))
            continue;
        list.push_back({{"id", flag.id},
                        {"team_id", 1},
                        {"key", textIn(flag.body, "key")},
                        {"name", textIn(flag.body, "name")},
                        {"filters", memberOf(flag.body, "filters")},
                        {"active", isTrueIn(flag.body, "active")},
                        {"deleted", false},
                        {"version", flag.body.value("version", 1)},
                        {"ensure_experience_continuity", isTrueIn(flag.body, "ensure_experience_continuity")}});
    }
    ph::Json mapping = ph::Json::object();
    for (const StoredObject &type : *types)
        mapping[std::to_string(type.id)] = textIn(type.body, "group_type");
    ph::Json definitions = ph::Json::object();
    for (const StoredObject &cohort : *cohorts) {
        const ph::Json properties = memberOf(memberOf(cohort.body, "filters"), "properties");
        if (!isTrueIn(cohort.body, "deleted") && properties.is_object())
            definitions[std::to_string(cohort.id)] = properties;
    }
    Answer answer = jsonAnswer({{"flags", list}, {"group_type_mapping", mapping}, {"cohorts", definitions}});
    const std::string tag = "\"" + hashOf(answer.body) + "\"";
    if (call.request.header("if-none-match") == tag)
        return {304, {{"ETag", tag}}, "application/json", {}};
    answer.headers.emplace_back("ETag", tag);
    return answer;
}

/// Which flags are on for the one who asks, or for `distinct_id`, and why.
Answer evaluationReasons(Project &project, const Call &call)
{
    const std::string id = call.request.queryValue("distinct_id");
    if (id.empty())
        return invalid("required", "This field is required.", "distinct_id");
    ph::Json body{{"distinct_id", id}};
    if (const ph::Json groups = ph::Json::parse(call.request.queryValue("groups"), nullptr, false); groups.is_object())
        body["groups"] = groups;
    const Answer whole = capture::answerWhoHasWhat(project, body, true, call.stop);
    if (whole.status != 200)
        return whole;
    ph::Json reasons = ph::Json::object();
    const ph::Json flags = ph::Json::parse(whole.body)["flags"]; // Named: what items() walks must outlive the loop.
    for (const auto &[key, flag] : flags.items()) {
        const ph::Json value = flag["variant"].is_null() ? flag["enabled"] : flag["variant"];
        reasons[key] = {{"value", value},
                        {"evaluation", {{"reason", flag["reason"]["code"]}, {"condition_index", flag["reason"]["condition_index"]}}}};
    }
    return jsonAnswer(reasons);
}

Answer flagStatus(Project &project, const Call &call)
{
    const auto flag = objectOf(project, "feature_flags", call.arguments[0]);
    if (!flag)
        return storeFailed(flag.error());
    if (!*flag)
        return notFound();
    const std::string status = isTrueIn((*flag)->body, "deleted") ? "deleted"
        : textIn((*flag)->body, "status") == "STALE"              ? "stale"
        : isTrueIn((*flag)->body, "active")                       ? "active"
                                                                  : "inactive";
    return jsonAnswer({{"status", status}, {"reason", "The flag is " + status + "."}});
}

/// The payload of a flag that is a setting to be read, by id or key, as the SDKs ask for it: JSON text, or null.
Answer remoteConfig(Project &project, const Call &call)
{
    const auto flags = objectsOf(project, "feature_flags");
    if (!flags)
        return storeFailed(flags.error());
    for (const StoredObject &flag : *flags) {
        const bool isAsked = std::to_string(flag.id) == call.arguments[0] || textIn(flag.body, "key") == call.arguments[0];
        if (isAsked && !isTrueIn(flag.body, "deleted"))
            return jsonAnswer(memberOf(memberOf(memberOf(flag.body, "filters"), "payloads"), "true"));
    }
    return notFound();
}

/// How many persons the properties of a condition fit.
Answer blastRadius(Project &project, const Call &call)
{
    const ph::Json condition = memberOf(call.body, "condition");
    Conditions conditions;
    if (const ph::Json properties = memberOf(condition, "properties"); properties.is_array() && !properties.empty()) {
        if (const auto added = addPropertyFilters(conditions, properties, "", "p.properties"); !added)
            return storeFailed(added.error());
    }
    const auto affected = project.store().query("SELECT count(*) FROM persons p" + conditions.where(), conditions.values(), call.stop);
    const auto total = project.store().query("SELECT count(*) FROM persons", {}, call.stop);
    if (!affected || !total)
        return storeFailed((affected ? total : affected).error());
    return jsonAnswer({{"users_affected", affected->rows[0][0]}, {"total_users", total->rows[0][0]}});
}

constexpr Route routes[] = {
    {"GET", "feature_flags/local_evaluation", localEvaluation, "feature_flag:read", RequestClass::LocalEvaluation},
    {"GET", "feature_flags/evaluation_reasons", evaluationReasons, "feature_flag:read"},
    {"POST", "feature_flags/user_blast_radius", blastRadius, "feature_flag:read"},
    {"GET", "feature_flags/{}/remote_config", remoteConfig, "feature_flag:read"},
    {"GET", "feature_flags/{}/status", flagStatus, "feature_flag:read"},
    // What the SDKs ask, with a personal key.
    {"GET", "/api/feature_flag/local_evaluation", localEvaluation, "feature_flag:read", RequestClass::LocalEvaluation},
    {"GET", "/flags/definitions", localEvaluation, "feature_flag:read", RequestClass::LocalEvaluation},
};

} // namespace

std::span<const Route> flagRoutes() { return routes; }

} // namespace localproject::api

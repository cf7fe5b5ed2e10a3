#include "driver/localproject/capture/flags.h"

#include "driver/base/ids.h"
#include "driver/base/time.h"
#include "driver/localproject/api/objects.h"
#include "driver/localproject/api/routes.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace localproject::capture {

using api::memberOf;
using api::textIn;

namespace {

std::string textOf(const ph::Json &value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string lowered(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::optional<double> numberOf(const ph::Json &value)
{
    if (value.is_number())
        return value.get<double>();
    if (!value.is_string())
        return std::nullopt;
    const auto &text = value.get_ref<const std::string &>();
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// ISO text, or "-7d" before `now`.
std::optional<ph::Time> momentOf(const ph::Json &value, const std::string &now)
{
    const std::string text = textOf(value);
    if (const auto time = ph::parseIsoTime(text))
        return time;
    int count = 0;
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    if (text.size() < sign + 2)
        return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + sign, text.data() + text.size() - 1, count);
    const std::string_view units = "hdwmy";
    constexpr std::array hours{1, 24, 168, 720, 8760};
    const auto unit = units.find(text.back());
    if (error != std::errc() || end != text.data() + text.size() - 1 || unit == std::string_view::npos || count > 10'000)
        return std::nullopt;
    return *ph::parseIsoTime(now) - std::chrono::hours(hours[unit]) * count;
}

bool isAmong(const ph::Json &value, const ph::Json &wanted)
{
    const std::string text = lowered(textOf(value));
    if (!wanted.is_array())
        return lowered(textOf(wanted)) == text;
    return std::any_of(wanted.begin(), wanted.end(), [&](const ph::Json &item) { return lowered(textOf(item)) == text; });
}

/// PostHog's operators on one property; a property that is not there fits the negative ones alone.
bool fits(const ph::Json &filter, const ph::Json &properties, const FlagSubject &subject)
{
    const std::string key = textIn(filter, "key");
    const std::string comparison = textIn(filter, "operator").empty() ? "exact" : textIn(filter, "operator");
    const ph::Json wanted = memberOf(filter, "value");
    const auto found = properties.is_object() ? properties.find(key) : properties.end();
    const bool isThere = properties.is_object() && found != properties.end() && !found->is_null();
    if (comparison == "is_set")
        return isThere;
    if (comparison == "is_not_set")
        return !isThere;
    const bool isNegative = comparison == "is_not" || comparison.starts_with("not_");
    if (!isThere)
        return isNegative;
    const ph::Json &value = *found;
    if (comparison == "exact" || comparison == "in")
        return isAmong(value, wanted);
    if (comparison == "is_not" || comparison == "not_in")
        return !isAmong(value, wanted);
    if (comparison == "icontains" || comparison == "not_icontains")
        return (lowered(textOf(value)).find(lowered(textOf(wanted))) != std::string::npos) == (comparison == "icontains");
    if (comparison == "regex" || comparison == "not_regex")
        return subject.matches && subject.matches(textOf(value), textOf(wanted)) == (comparison == "regex");
    if (comparison.starts_with("is_date")) {
        const auto mine = momentOf(value, subject.now);
        const auto other = momentOf(wanted, subject.now);
        if (!mine || !other)
            return false;
        return comparison == "is_date_before" ? *mine < *other
            : comparison == "is_date_after"   ? *mine > *other
                                              : std::chrono::floor<std::chrono::days>(*mine) == std::chrono::floor<std::chrono::days>(*other);
    }
    const auto mine = numberOf(value);
    const auto other = numberOf(wanted);
    const bool areNumbers = mine && other;
    const auto order = areNumbers ? (*mine < *other ? -1 : *mine > *other ? 1 : 0) : textOf(value).compare(textOf(wanted));
    if (comparison == "gt")
        return order > 0;
    if (comparison == "gte" || comparison == "min")
        return order >= 0;
    if (comparison == "lt")
        return order < 0;
    if (comparison == "lte" || comparison == "max")
        return order <= 0;
    return false; // An operator that is not known fits nobody.
}

bool fitsFilter(const ph::Json &filter, const FlagSubject &subject)
{
    const std::string type = textIn(filter, "type");
    if (type == "cohort") {
        const auto id = numberOf(memberOf(filter, "value"));
        const bool isIn = id && subject.cohorts.contains(static_cast<std::int64_t>(*id));
        return isIn == (textIn(filter, "operator") != "not_in");
    }
    if (type == "group") {
        const auto group = subject.groupProperties.find(static_cast<int>(numberOf(memberOf(filter, "group_type_index")).value_or(0)));
        return fits(filter, group == subject.groupProperties.end() ? ph::Json::object() : group->second, subject);
    }
    return fits(filter, subject.personProperties, subject);
}

std::string variantOf(const ph::Json &filters, const std::string &key, const std::string &identifier)
{
    const ph::Json variants = memberOf(memberOf(filters, "multivariate"), "variants");
    if (!variants.is_array())
        return "";
    const double hash = flagHash(key, identifier, "variant");
    double from = 0;
    for (const ph::Json &variant : variants) {
        const double to = from + numberOf(memberOf(variant, "rollout_percentage")).value_or(0) / 100;
        if (hash >= from && hash < to)
            return textIn(variant, "key");
        from = to;
    }
    return "";
}

bool hasVariant(const ph::Json &filters, const std::string &key)
{
    const ph::Json variants = memberOf(memberOf(filters, "multivariate"), "variants");
    return variants.is_array()
        && std::any_of(variants.begin(), variants.end(), [&](const ph::Json &variant) { return textIn(variant, "key") == key; });
}

std::string describe(const FlagAnswer &answer)
{
    if (answer.reason == "condition_match")
        return "Matched condition set " + std::to_string(answer.condition + 1);
    if (answer.reason == "out_of_rollout_bound")
        return "Out of rollout bound";
    return answer.reason == "no_group_type" ? "No group type" : "No matching condition set";
}

/// What the store knows of who is asked about; what the request says goes before it.
ph::Result<FlagSubject> subjectOf(api::Project &project, const ph::Json &body, const std::stop_token &stop)
{
    FlagSubject subject;
    subject.now = project.now();
    subject.distinctId = textOf(memberOf(body, "distinct_id"));
    subject.matches = [&project](const std::string &text, const std::string &pattern) {
        const auto answer = project.store().query("SELECT regexp_matches($1, $2)", {text, pattern});
        return answer && answer->rows[0][0] == true;
    };
    const auto person = project.store().query("SELECT p.properties, p.id FROM persons p JOIN person_distinct_ids d ON d.person_id = p.id"
                                              " WHERE d.distinct_id = $1 LIMIT 1",
                                              {subject.distinctId}, stop);
    if (!person)
        return ph::fail(person.error());
    if (!person->rows.empty()) {
        subject.personProperties = api::parsed(person->rows[0][0]);
        const auto cohorts = project.store().query("SELECT DISTINCT cohort_id FROM cohort_people WHERE person_id = $1::UUID",
                                                   {person->rows[0][1]}, stop);
        if (!cohorts)
            return ph::fail(cohorts.error());
        for (const auto &row : cohorts->rows)
            subject.cohorts.insert(row[0].get<std::int64_t>());
    }
    if (const ph::Json given = memberOf(body, "person_properties"); given.is_object())
        subject.personProperties.update(given);

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

double flagHash(const std::string &key, const std::string &identifier, const std::string &salt)
{
    const std::string text = key + "." + identifier + salt;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
    std::uint64_t first15 = 0; // hex digits
    for (std::size_t i = 0; i < 8; ++i)
        first15 = first15 << 8 | digest[i];
    return static_cast<double>(first15 >> 4) / static_cast<double>(0xFFF'FFFF'FFFF'FFFFULL);
}

FlagAnswer evaluateFlag(const ph::Json &flag, const FlagSubject &subject)
{
    const std::string key = textIn(flag, "key");
    const ph::Json filters = memberOf(flag, "filters");
    std::string identifier = subject.distinctId;
    if (const ph::Json groupType = memberOf(filters, "aggregation_group_type_index"); groupType.is_number_integer()) {
        const auto group = subject.groups.find(groupType.get<int>());
        if (group == subject.groups.end())
            return {false, "", "no_group_type", -1, nullptr};
        identifier = group->second;
    }
    const ph::Json conditions = memberOf(filters, "groups");
    FlagAnswer answer{false, "", "no_condition_match", -1, nullptr};
    // Conditions that give a variant of their own go first.
    std::vector<std::size_t> order;
    for (const bool withVariant : {true, false}) {
        for (std::size_t i = 0; conditions.is_array() && i < conditions.size(); ++i) {
            if (textIn(conditions[i], "variant").empty() != withVariant)
                order.push_back(i);
        }
    }
    for (const std::size_t i : order) {
        const ph::Json &condition = conditions[i];
        const ph::Json properties = memberOf(condition, "properties");
        const bool all = !properties.is_array()
            || std::all_of(properties.begin(), properties.end(), [&](const ph::Json &filter) { return fitsFilter(filter, subject); });
        if (!all)
            continue;
        const double rollout = numberOf(memberOf(condition, "rollout_percentage")).value_or(100);
        if (rollout < 100 && flagHash(key, identifier, "") > rollout / 100) {
            answer.reason = "out_of_rollout_bound";
            answer.condition = static_cast<int>(i);
            continue;
        }
        const std::string given = textIn(condition, "variant");
        answer = {true, hasVariant(filters, given) ? given : variantOf(filters, key, identifier), "condition_match",
                  static_cast<int>(i), nullptr};
        const ph::Json payloads = memberOf(filters, "payloads");
        answer.payload = memberOf(payloads, answer.variant.empty() ? "true" : answer.variant.c_str());
        return answer;
    }
    return answer;
}

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
    for (const api::StoredObject &flag : *flags) {
        const std::string key = textIn(flag.body, "key");
        const bool isAsked = !keys.is_array() || std::find(keys.begin(), keys.end(), ph::Json(key)) != keys.end();
        if (api::isTrueIn(flag.body, "deleted") || !api::isTrueIn(flag.body, "active") || !isAsked)
            continue;
        const FlagAnswer answer = evaluateFlag(flag.body, *subject);
        details[key] = {{"key", key},
                        {"enabled", answer.isOn},
                        {"variant", answer.variant.empty() ? ph::Json() : ph::Json(answer.variant)},
                        {"reason",
                         {{"code", answer.reason},
                          {"condition_index", answer.condition < 0 ? ph::Json() : ph::Json(answer.condition)},
                          {"description", describe(answer)}}},
                        {"metadata",
                         {{"id", flag.id}, {"version", flag.body.value("version", 1)}, {"description", nullptr}, {"payload", answer.payload}}}};
        if (!answer.isOn)
            continue;
        values[key] = answer.variant.empty() ? ph::Json(true) : ph::Json(answer.variant);
        if (!answer.payload.is_null())
            payloads[key] = answer.payload;
    }
    if (isWhole) {
        return api::jsonAnswer({{"flags", details},
                                {"errorsWhileComputingFlags", false},
                                {"requestId", ph::uuid4()},
                                {"evaluatedAt", std::chrono::duration_cast<std::chrono::milliseconds>(
                                                    std::chrono::system_clock::now().time_since_epoch())
                                                    .count()}});
    }
    return api::jsonAnswer({{"featureFlags", values},
                            {"featureFlagPayloads", payloads},
                            {"errorsWhileComputingFlags", false},
                            {"supportedCompression", {"gzip", "gzip-js"}},
                            {"sessionRecording", false},
                            {"config", {{"enable_collect_everything", true}}},
                            {"isAuthenticated", false},
                            {"toolbarParams", ph::Json::object()}});
}

} // namespace localproject::capture

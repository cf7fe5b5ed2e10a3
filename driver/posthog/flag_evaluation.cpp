#include "driver/posthog/flag_evaluation.h"

#include <openssl/evp.h>
#include <regex.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace posthog {

namespace {

const ph::Json &member(const ph::Json &object, const char *key)
{
    static const ph::Json none;
    const auto found = object.is_object() ? object.find(key) : object.end();
    return !object.is_object() || found == object.end() ? none : *found;
}

std::string lowered(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string textOf(const ph::Json &value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::optional<double> numberOf(const ph::Json &value)
{
    if (value.is_number())
        return value.get<double>();
    if (!value.is_string())
        return {};
    const std::string &text = value.get_ref<const std::string &>();
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || text.empty())
        return {};
    return number;
}

/// ISO text, seconds since 1970, or "-7d" (PostHog takes "7d" for the same) before `now`.
std::optional<ph::Time> timeOf(const ph::Json &value, ph::Time now)
{
    using namespace std::chrono;
    if (value.is_number())
        return ph::Time(microseconds(static_cast<std::int64_t>(value.get<double>() * 1e6)));
    if (!value.is_string())
        return {};
    const std::string &text = value.get_ref<const std::string &>();
    if (const auto time = ph::parseIsoTime(text))
        return time;
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    if (text.size() < sign + 2)
        return {};
    int count = 0;
    const auto [end, error] = std::from_chars(text.data() + sign, text.data() + text.size() - 1, count);
    constexpr std::string_view units = "hdwmy";
    constexpr std::array lengths{1, 24, 24 * 7, 24 * 30, 24 * 365}; // in hours
    const auto unit = units.find(text.back());
    if (error != std::errc() || end != text.data() + text.size() - 1 || unit == std::string_view::npos || count < 0 || count > 10'000)
        return {};
    return now - hours(lengths[unit]) * count;
}

/// True, false, or not known.
using Truth = std::optional<bool>;

Truth negated(Truth truth) { return truth ? Truth(!*truth) : truth; }

bool isEqual(const ph::Json &wanted, const ph::Json &value)
{
    const std::string text = lowered(textOf(value));
    if (!wanted.is_array())
        return lowered(textOf(wanted)) == text;
    return std::any_of(wanted.begin(), wanted.end(), [&](const ph::Json &each) { return lowered(textOf(each)) == text; });
}

/// Only what POSIX regular expressions have in common with PostHog's; not known for the rest.
Truth matchesAsPosix(const std::string &pattern, const std::string &text)
{
    if (pattern.find('\\') != std::string::npos || pattern.find("(?") != std::string::npos || pattern.find("*?") != std::string::npos
        || pattern.find("+?") != std::string::npos)
        return {};
    regex_t compiled;
    if (::regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0)
        return {};
    const bool found = ::regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
    ::regfree(&compiled);
    return found;
}

Truth compare(const ph::Json &value, const std::string &sign, const ph::Json &wanted)
{
    const auto a = numberOf(value);
    const auto b = numberOf(wanted);
    const auto by = [&](const auto &left, const auto &right) {
        return sign == "gt" ? left > right : sign == "lt" ? left < right : sign == "gte" || sign == "min" ? left >= right : left <= right;
    };
    return a && b ? by(*a, *b) : by(textOf(value), textOf(wanted));
}

const ph::Json &propertiesOf(const FlagSubject &subject, int groupType)
{
    static const ph::Json nothing = ph::Json::object();
    const auto group = subject.groupProperties.find(groupType);
    return group == subject.groupProperties.end() ? nothing : group->second;
}

/// `own`: the properties of the person, or of the group that the flag is for.
Truth holds(const ph::Json &filter, const ph::Json &own, const FlagSubject &subject, ph::Time now, std::string &unknown)
{
    const std::string type = textOf(member(filter, "type"));
    const std::string key = textOf(member(filter, "key"));
    const ph::Json &wanted = member(filter, "value");
    const std::string sign = member(filter, "operator").is_string() ? textOf(member(filter, "operator")) : "exact";
    const bool negation = member(filter, "negation").is_boolean() && member(filter, "negation").get<bool>();
    if (type == "cohort") {
        const auto id = numberOf(wanted);
        if (!subject.cohorts || !id) {
            unknown = "whether the person is in cohort " + textOf(wanted);
            return {};
        }
        const bool isIn = subject.cohorts->contains(static_cast<std::int64_t>(*id));
        return (isIn != (sign == "not_in")) != negation;
    }
    if (type == "flag" || sign == "flag_evaluates_to") {
        unknown = "what the flag " + key + " answers";
        return {};
    }
    const ph::Json &groupType = member(filter, "group_type_index");
    const ph::Json &properties = type == "group" && groupType.is_number_integer() ? propertiesOf(subject, groupType.get<int>()) : own;
    const auto found = properties.is_object() ? properties.find(key) : properties.end();
    const bool isThere = properties.is_object() && found != properties.end() && !found->is_null();
    const auto answered = [&](Truth truth) {
        if (!truth)
            unknown = "how PostHog reads " + key + " " + sign + " " + textOf(wanted);
        return negation ? negated(truth) : truth;
    };
    if (sign == "is_set")
        return answered(isThere);
    if (sign == "is_not_set")
        return answered(!isThere);
    if (!isThere) // what denies is true of what is not there
        return answered(sign == "is_not" || sign.starts_with("not_"));
    const ph::Json &value = *found;
    if (sign == "exact" || sign == "in")
        return answered(isEqual(wanted, value));
    if (sign == "is_not" || sign == "not_in")
        return answered(!isEqual(wanted, value));
    if (sign == "icontains" || sign == "not_icontains") {
        const bool contains = lowered(textOf(value)).find(lowered(textOf(wanted))) != std::string::npos;
        return answered(contains == (sign == "icontains"));
    }
    if (sign == "regex" || sign == "not_regex") {
        const Truth truth = subject.matches ? subject.matches(textOf(value), textOf(wanted)) : matchesAsPosix(textOf(wanted), textOf(value));
        return answered(sign == "regex" ? truth : negated(truth));
    }
    if (sign == "gt" || sign == "gte" || sign == "min" || sign == "lt" || sign == "lte" || sign == "max")
        return answered(compare(value, sign, wanted));
    if (sign == "is_date_before" || sign == "is_date_after" || sign == "is_date_exact") {
        const auto time = timeOf(value, now);
        const auto bound = timeOf(wanted, now);
        if (!time || !bound)
            return answered(time ? Truth() : Truth(false));
        const auto dayOf = [](ph::Time at) { return std::chrono::floor<std::chrono::days>(at); };
        return answered(sign == "is_date_before" ? *time < *bound : sign == "is_date_after" ? *time > *bound : dayOf(*time) == dayOf(*bound));
    }
    return answered({});
}

/// The variant whose share holds the subject's place; empty when none does.
std::string variantOf(const ph::Json &filters, const std::string &key, const std::string &id)
{
    const double place = flagHash(key, id, "variant");
    double from = 0;
    for (const ph::Json &variant : member(member(filters, "multivariate"), "variants")) {
        const double to = from + numberOf(member(variant, "rollout_percentage")).value_or(0) / 100;
        if (place >= from && place < to)
            return textOf(member(variant, "key"));
        from = to;
    }
    return {};
}

/// The variant that a condition gives itself; empty: it leaves that to the shares.
std::string variantIn(const ph::Json &condition)
{
    const ph::Json &variant = member(condition, "variant");
    return variant.is_string() ? variant.get<std::string>() : std::string();
}

std::string percent(double share)
{
    char text[16];
    std::snprintf(text, sizeof text, "%.1f %%", share * 100);
    return text;
}

} // namespace

double flagHash(const std::string &key, const std::string &id, const std::string &salt)
{
    const std::string text = key + "." + id + salt;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), digest, &length, EVP_sha1(), nullptr);
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i)
        value = value << 8 | digest[i];
    return static_cast<double>(value >> 4) / static_cast<double>(0xFFFFFFFFFFFFFFFull);
}

FlagAnswer evaluateFlag(const ph::Json &flag, const FlagSubject &subject, ph::Time now)
{
    const std::string key = textOf(member(flag, "key"));
    const ph::Json &filters = member(flag, "filters");
    FlagAnswer answer;
    const auto ended = [&](FlagReason code, std::string reason) {
        answer.code = code;
        answer.reason = std::move(reason);
        return answer;
    };
    const auto isTrue = [&](const char *name) { return member(flag, name).is_boolean() && member(flag, name).get<bool>(); };
    if (isTrue("deleted"))
        return ended(FlagReason::Disabled, "The flag is deleted.");
    if (!isTrue("active"))
        return ended(FlagReason::Disabled, "The flag is switched off.");

    std::string id = subject.distinctId;
    const ph::Json *properties = &subject.properties;
    if (const ph::Json &index = member(filters, "aggregation_group_type_index"); index.is_number_integer()) {
        const int type = index.get<int>();
        const auto group = subject.groups.find(type);
        if (group == subject.groups.end())
            return ended(FlagReason::NoGroup, "The flag is for groups of type " + std::to_string(type) + ", and none was named.");
        id = group->second;
        properties = &propertiesOf(subject, type);
    }
    answer.hash = flagHash(key, id);
    if (member(filters, "holdout").is_object() || (member(filters, "holdout_groups").is_array() && !member(filters, "holdout_groups").empty()))
        return ended(FlagReason::Unknown, "The flag keeps a part of the users out of all experiments; who that is, PostHog knows.");

    // Conditions that choose a variant themselves come first (posthog-python, feature_flags.py).
    struct Condition {
        const ph::Json *json;
        int index;
    };
    std::vector<Condition> conditions;
    int index = 0;
    for (const ph::Json &group : member(filters, "groups"))
        conditions.push_back({&group, index++});
    std::stable_partition(conditions.begin(), conditions.end(), [](const Condition &condition) { return !variantIn(*condition.json).empty(); });

    std::string missed;
    std::string unsure;
    for (const Condition &condition : conditions) {
        bool isMet = true;
        std::string unknown;
        for (const ph::Json &filter : member(*condition.json, "properties")) {
            std::string why;
            const Truth truth = holds(filter, *properties, subject, now, why);
            if (!truth)
                unknown = why;
            else
                isMet = isMet && *truth;
        }
        const std::string name = "condition " + std::to_string(condition.index + 1);
        if (!isMet)
            continue;
        const double share = numberOf(member(*condition.json, "rollout_percentage")).value_or(100) / 100;
        if (answer.hash > share) {
            missed = "It fits " + name + ", which is for " + percent(share) + " of those; its place is at " + percent(answer.hash) + ".";
            answer.condition = condition.index;
            continue;
        }
        if (!unknown.empty()) {
            unsure = "Whether " + name + " holds depends on " + unknown + ".";
            break; // what follows it would only count if it did not
        }
        answer.enabled = true;
        answer.condition = condition.index;
        const ph::Json &variants = member(member(filters, "multivariate"), "variants");
        const std::string chosen = variantIn(*condition.json);
        const bool exists = std::any_of(variants.begin(), variants.end(), [&](const ph::Json &each) { return textOf(member(each, "key")) == chosen; });
        answer.variant = exists ? chosen : variantOf(filters, key, id);
        answer.payload = member(member(filters, "payloads"), answer.variant.empty() ? "true" : answer.variant.c_str());
        return ended(FlagReason::ConditionMatch, "It fits " + name + (answer.variant.empty() ? "." : exists ? ", which gives " + chosen + "." : "; its place among the variants is at " + percent(flagHash(key, id, "variant")) + "."));
    }
    if (!unsure.empty()) {
        answer.condition.reset();
        return ended(FlagReason::Unknown, unsure);
    }
    if (missed.empty())
        return ended(FlagReason::NoConditionMatch, "It fits none of the conditions.");
    return ended(FlagReason::OutOfRollout, missed);
}

} // namespace posthog

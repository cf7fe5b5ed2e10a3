#include "driver/posthog/objects.h"

namespace posthog {

namespace {

constexpr ItemColumn insightColumns[] = {
    {"id", "Numeric", "Identifies the insight."},
    {"name", "String", "Its name."},
    {"short_id", "String", "The ID in its address."},
    {"description", "String", "What it shows."},
    {"query", "JSON", "The query behind it.", false},
    {"dashboards", "Array", "IDs of the dashboards that show it.", false},
    {"tags", "Array", "Its tags.", false},
    {"favorited", "Boolean", "Whether it is a favourite.", false},
    {"created_by", "String", "Who made it."},
    {"created_at", "DateTime", "When it was made."},
    {"last_modified_at", "DateTime", "When it was last changed."},
};

constexpr ItemColumn cohortColumns[] = {
    {"id", "Numeric", "Identifies the cohort."},
    {"name", "String", "Its name."},
    {"count", "Numeric", "How many persons are in it."},
    {"description", "String", "What it is for."},
    {"is_static", "Boolean", "A fixed list of persons instead of a rule."},
    {"filters", "JSON", "Who belongs to it.", false},
    {"is_calculating", "Boolean", "Whether it is being worked out just now.", false},
    {"last_calculation", "DateTime", "When it was last worked out.", false},
    {"created_by", "String", "Who made it."},
    {"created_at", "DateTime", "When it was made."},
};

constexpr ItemColumn flagColumns[] = {
    {"id", "Numeric", "Identifies the flag."},
    {"key", "String", "The key that code asks for."},
    {"name", "String", "What it is for."},
    {"active", "Boolean", "Whether it is switched on."},
    {"rollout_percentage", "Numeric", "The share of users, where it is a simple flag."},
    {"filters", "JSON", "Who gets it: groups, variants, payloads.", false},
    {"tags", "Array", "Its tags.", false},
    {"version", "Numeric", "How often it was changed.", false},
    {"created_by", "String", "Who made it."},
    {"created_at", "DateTime", "When it was made."},
};

constexpr ObjectKind kinds[] = {
    {"events", "Events", "Everything that happened: page views, clicks, and what your code sends.", "events", "event", {}},
    {"insights", "Insights", "Saved charts and queries.", {}, {}, insightColumns},
    {"persons", "Persons", "The people behind the events, with what is known of them.", "persons", "person", {}},
    {"cohorts", "Cohorts", "Groups of persons, by a rule or as a fixed list.", {}, {}, cohortColumns},
    {"feature_flags", "Feature flags", "Switches and experiments, and who gets which.", {}, {}, flagColumns},
    {"sessions", "Sessions", "Visits, from the first event to 30 minutes after the last.", "sessions", {}, {}},
};

} // namespace

std::span<const ObjectKind> objectKinds() { return kinds; }

const ObjectKind *findObject(std::string_view name)
{
    for (const ObjectKind &kind : kinds) {
        if (kind.name == name)
            return &kind;
    }
    return nullptr;
}

ph::Error noSuchObject(const std::string &name)
{
    std::string all;
    for (const ObjectKind &kind : kinds)
        all += (all.empty() ? "" : ", ") + std::string(kind.name);
    return {ph::ErrorCode::NotFound, "There is no object \"" + name + "\"; there are " + all + "."};
}

ph::Json valueOf(const ph::Json &item, const ItemColumn &column)
{
    const auto found = item.is_object() ? item.find(std::string(column.name)) : item.end();
    if (!item.is_object() || found == item.end())
        return nullptr;
    if (column.name == "created_by" && found->is_object()) {
        for (const char *key : {"first_name", "email"}) {
            const auto name = found->find(key);
            if (name != found->end() && name->is_string() && !name->get_ref<const std::string &>().empty())
                return *name;
        }
        return nullptr;
    }
    return *found;
}

std::string clickHouseType(std::string_view fieldType)
{
    if (fieldType == "Numeric")
        return "Nullable(Float64)";
    if (fieldType == "Boolean")
        return "Nullable(Bool)";
    if (fieldType == "DateTime")
        return "Nullable(DateTime64(6, 'UTC'))";
    if (fieldType == "Array")
        return "Array(String)";
    return "Nullable(String)";
}

} // namespace posthog

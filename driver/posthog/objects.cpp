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

constexpr ItemColumn recordingColumns[] = {
    {"id", "String", "The session's ID."},
    {"start_time", "DateTime", "When it began."},
    {"recording_duration", "Numeric", "Its length in seconds."},
    {"active_seconds", "Numeric", "Seconds in which the visitor did something."},
    {"start_url", "String", "Where it began."},
    {"click_count", "Numeric", "Clicks in it."},
    {"console_error_count", "Numeric", "Errors in the console."},
    {"distinct_id", "String", "Whose it is."},
    {"keypress_count", "Numeric", "Keys pressed in it.", false},
    {"person", "JSON", "Whose it is, with what is known of them.", false},
    {"end_time", "DateTime", "When it ended.", false},
    {"snapshot_source", "String", "web or mobile.", false},
};

constexpr ItemColumn actionColumns[] = {
    {"id", "Numeric", "Identifies the action."},
    {"name", "String", "Its name."},
    {"description", "String", "What it stands for."},
    {"steps", "JSON", "What matches it: any of these.", false},
    {"tags", "Array", "Its tags.", false},
    {"created_by", "String", "Who made it."},
    {"created_at", "DateTime", "When it was made."},
};

constexpr ItemColumn dashboardColumns[] = {
    {"id", "Numeric", "Identifies the dashboard."},
    {"name", "String", "Its name."},
    {"description", "String", "What it is for."},
    {"pinned", "Boolean", "Whether it is pinned."},
    {"tags", "Array", "Its tags.", false},
    {"created_by", "String", "Who made it."},
    {"created_at", "DateTime", "When it was made."},
};

constexpr ItemColumn experimentColumns[] = {
    {"id", "Numeric", "Identifies the experiment."},
    {"name", "String", "Its name."},
    {"feature_flag_key", "String", "The flag that deals out its variants."},
    {"start_date", "DateTime", "When it was started."},
    {"end_date", "DateTime", "When it was ended."},
    {"conclusion", "String", "How it ended."},
    {"description", "String", "What is tried.", false},
    {"metrics", "JSON", "What is measured.", false},
    {"parameters", "JSON", "Variants and the size it needs.", false},
    {"created_by", "String", "Who made it."},
    {"created_at", "DateTime", "When it was made."},
};

constexpr ItemColumn surveyColumns[] = {
    {"id", "String", "Identifies the survey."},
    {"name", "String", "Its name."},
    {"type", "String", "popover, widget, external_survey or api."},
    {"start_date", "DateTime", "When it was started."},
    {"end_date", "DateTime", "When it was ended."},
    {"questions", "JSON", "What it asks.", false},
    {"conditions", "JSON", "Whom it asks, and where.", false},
    {"created_by", "String", "Who made it."},
    {"created_at", "DateTime", "When it was made."},
};

constexpr ItemColumn annotationColumns[] = {
    {"id", "Numeric", "Identifies the annotation."},
    {"date_marker", "DateTime", "The moment it is about."},
    {"content", "String", "What it says."},
    {"scope", "String", "Where it shows."},
    {"created_by", "String", "Who made it."},
    {"created_at", "DateTime", "When it was made."},
};

constexpr ItemColumn eventDefinitionColumns[] = {
    {"name", "String", "The event's name."},
    {"description", "String", "What it means."},
    {"verified", "Boolean", "Whether somebody vouches for it."},
    {"last_seen_at", "DateTime", "When it last came."},
    {"tags", "Array", "Its tags.", false},
    {"id", "String", "Identifies the definition.", false},
    {"created_at", "DateTime", "When it first came."},
};

constexpr ItemColumn propertyDefinitionColumns[] = {
    {"name", "String", "The property's name."},
    {"property_type", "String", "String, Numeric, Boolean, DateTime or Duration."},
    {"is_numerical", "Boolean", "Whether it holds numbers."},
    {"description", "String", "What it means."},
    {"id", "String", "Identifies the definition.", false},
    {"tags", "Array", "Its tags.", false},
};

constexpr ObjectKind kinds[] = {
    {"events", "Events", "Everything that happened: page views, clicks, and what your code sends.", "events", "event", {}},
    {"insights", "Insights", "Saved charts and queries.", {}, {}, insightColumns},
    {"persons", "Persons", "The people behind the events, with what is known of them.", "persons", "person", {}},
    {"cohorts", "Cohorts", "Groups of persons, by a rule or as a fixed list.", {}, {}, cohortColumns},
    {"feature_flags", "Feature flags", "Switches and experiments, and who gets which.", {}, {}, flagColumns},
    {"sessions", "Sessions", "Visits, from the first event to 30 minutes after the last.", "sessions", {}, {}},
    {"session_recordings", "Recordings", "What visitors saw and did, to be watched.", {}, {}, recordingColumns, false},
    {"actions", "Actions", "Events under a name of your own.", {}, {}, actionColumns, false},
    {"dashboards", "Dashboards", "Insights side by side.", {}, {}, dashboardColumns, false},
    {"experiments", "Experiments", "Variants against each other.", {}, {}, experimentColumns, false},
    {"surveys", "Surveys", "Questions to visitors.", {}, {}, surveyColumns, false},
    {"annotations", "Annotations", "Notes on the time line.", {}, {}, annotationColumns, false},
    {"groups", "Groups", "Companies, teams, and whatever else events belong to.", "groups", "group", {}, false},
    {"event_definitions", "Event definitions", "Which events there are, and what they mean.", {}, {}, eventDefinitionColumns, false},
    {"property_definitions", "Property definitions", "Which properties there are, and their types.", {}, {}, propertyDefinitionColumns, false},
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

void fillRows(const ObjectKind &kind, const ph::Json &items, RowsPage &page)
{
    for (const ItemColumn &column : kind.columns) {
        if (column.listed)
            page.table.columns.push_back({std::string(column.name), clickHouseType(column.type)});
    }
    for (const ph::Json &item : items) {
        std::vector<ph::Json> row;
        for (const ItemColumn &column : kind.columns) {
            if (column.listed)
                row.push_back(valueOf(item, column));
        }
        page.table.rows.push_back(std::move(row));
        page.items.push_back(item);
    }
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

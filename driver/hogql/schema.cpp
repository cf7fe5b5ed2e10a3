#include "driver/hogql/schema.h"

#include "driver/hogql/keywords.h"

#include <array>

namespace hogql {

namespace {

constexpr ColumnDoc eventColumns[] = {
    {"uuid", "UUID", "Identifies this event."},
    {"event", "String", "What happened: $pageview, or a name that your code gave."},
    {"timestamp", "DateTime", "When it happened."},
    {"properties", "JSON", "What was sent with it: properties.$browser."},
    {"distinct_id", "String", "Who did it, as the sender named them."},
    {"person_id", "UUID", "The person behind the distinct ID."},
    {"person", "Table", "The person: person.properties.email.", "persons"},
    {"session", "Table", "The session it belongs to: session.$session_duration.", "sessions"},
    {"$session_id", "String", "The session it belongs to."},
    {"$window_id", "String", "The browser window within the session."},
    {"$group_0", "String", "Key of the group of the first type; likewise $group_1 to $group_4."},
    {"$group_1", "String", "Key of the group of the second type."},
    {"$group_2", "String", "Key of the group of the third type."},
    {"$group_3", "String", "Key of the group of the fourth type."},
    {"$group_4", "String", "Key of the group of the fifth type."},
    {"group_0", "Table", "The group of the first type: group_0.properties.name.", "groups"},
    {"group_1", "Table", "The group of the second type.", "groups"},
    {"group_2", "Table", "The group of the third type.", "groups"},
    {"group_3", "Table", "The group of the fourth type.", "groups"},
    {"group_4", "Table", "The group of the fifth type.", "groups"},
    {"person_mode", "String", "Whether a person was recorded with it: full, propertyless or force_upgrade."},
    {"elements_chain", "String", "The page elements that were clicked, innermost first (autocapture)."},
    {"elements_chain_href", "String", "The link that was clicked."},
    {"elements_chain_texts", "Array", "Texts of the clicked elements."},
    {"elements_chain_ids", "Array", "IDs of the clicked elements."},
    {"elements_chain_elements", "Array", "Tag names of the clicked elements."},
    {"created_at", "DateTime", "When PostHog received it."},
    {"issue_id", "UUID", "The error tracking issue of an $exception."},
    {"pdi", "Table", "The distinct ID's row.", "person_distinct_ids"},
    {"poe", "Table", "The person as of the event.", "persons"},
    {"goe_0", "Table", "The first group as of the event; likewise goe_1 to goe_4.", "groups"},
    {"goe_1", "Table", "The second group as of the event.", "groups"},
    {"goe_2", "Table", "The third group as of the event.", "groups"},
    {"goe_3", "Table", "The fourth group as of the event.", "groups"},
    {"goe_4", "Table", "The fifth group as of the event.", "groups"},
    {"$session_id_uuid", "UUID", "The session's ID as a UUID."},
    {"team_id", "Numeric", "The project."},
};

constexpr ColumnDoc personColumns[] = {
    {"id", "UUID", "Identifies this person."},
    {"properties", "JSON", "What is known of them now: properties.email."},
    {"created_at", "DateTime", "When they were first seen."},
    {"last_seen_at", "DateTime", "When they were last seen."},
    {"is_identified", "Boolean", "Whether they were ever identified, and are not just an anonymous visitor."},
    {"pdi", "Table", "One of their distinct IDs.", "person_distinct_ids"},
    {"team_id", "Numeric", "The project."},
};

constexpr ColumnDoc rawPersonColumns[] = {
    {"id", "UUID", "Identifies the person; one row a version."},
    {"properties", "JSON", "What was known with this version."},
    {"created_at", "DateTime", "When they were first seen."},
    {"last_seen_at", "DateTime", "When they were last seen."},
    {"is_identified", "Boolean", "Whether they were identified."},
    {"is_deleted", "Boolean", "Whether the person was deleted."},
    {"version", "Numeric", "Counts the changes."},
    {"team_id", "Numeric", "The project."},
};

constexpr ColumnDoc rawDistinctIdColumns[] = {
    {"distinct_id", "String", "A name under which events were sent."},
    {"person_id", "UUID", "The person it belongs to."},
    {"is_deleted", "Boolean", "Whether it was taken away."},
    {"version", "Numeric", "Counts the changes."},
    {"team_id", "Numeric", "The project."},
};

constexpr ColumnDoc distinctIdColumns[] = {
    {"distinct_id", "String", "A name under which events were sent."},
    {"person_id", "UUID", "The person it belongs to."},
    {"person", "Table", "The person.", "persons"},
    {"team_id", "Numeric", "The project."},
};

constexpr ColumnDoc groupColumns[] = {
    {"index", "Numeric", "The group type, from 0."},
    {"key", "String", "Identifies the group within its type."},
    {"properties", "JSON", "What is known of the group: properties.name."},
    {"created_at", "DateTime", "When it was first seen."},
    {"updated_at", "DateTime", "When its properties last changed."},
    {"team_id", "Numeric", "The project."},
};

constexpr ColumnDoc cohortPeopleColumns[] = {
    {"person_id", "UUID", "A person in the cohort."},
    {"cohort_id", "Numeric", "The cohort."},
    {"team_id", "Numeric", "The project."},
};

constexpr ColumnDoc rawCohortPeopleColumns[] = {
    {"person_id", "UUID", "A person in the cohort."},
    {"cohort_id", "Numeric", "The cohort."},
    {"sign", "Numeric", "1 for in, -1 for out again; sum it."},
    {"version", "Numeric", "Counts the calculations."},
    {"team_id", "Numeric", "The project."},
};

constexpr ColumnDoc logEntryColumns[] = {
    {"log_source", "String", "What wrote it: session_replay, \u2026"},
    {"log_source_id", "String", "Which one of them: a session's ID."},
    {"instance_id", "String", "The run that wrote it."},
    {"timestamp", "DateTime", "When it was written."},
    {"level", "String", "info, warn, error, \u2026"},
    {"message", "String", "What was written."},
    {"team_id", "Numeric", "The project."},
};

constexpr ColumnDoc heatmapColumns[] = {
    {"session_id", "String", "The session."},
    {"distinct_id", "String", "Who it was."},
    {"x", "Numeric", "Where, from the left, scaled down."},
    {"y", "Numeric", "Where, from the top, scaled down."},
    {"scale_factor", "Numeric", "What x and y were divided by."},
    {"viewport_width", "Numeric", "Width of the window, scaled down."},
    {"viewport_height", "Numeric", "Height of the window, scaled down."},
    {"pointer_target_fixed", "Boolean", "Whether the element stays when one scrolls."},
    {"current_url", "String", "The page."},
    {"type", "String", "click, rageclick, mousemove, scrolldepth."},
    {"timestamp", "DateTime", "When it happened."},
    {"team_id", "Numeric", "The project."},
};

constexpr ColumnDoc sessionColumns[] = {
    {"session_id", "String", "Identifies the session."},
    {"id", "String", "The same as session_id."},
    {"distinct_id", "String", "Who it was."},
    {"$start_timestamp", "DateTime", "When it began."},
    {"$end_timestamp", "DateTime", "When it ended."},
    {"$session_duration", "Numeric", "How long it lasted, in seconds."},
    {"duration", "Numeric", "The same as $session_duration."},
    {"$is_bounce", "Boolean", "Whether the visitor left at once: one page, no click, under ten seconds."},
    {"$channel_type", "String", "Where the visitor came from: Direct, Organic Search, Paid Social, Email, \u2026"},
    {"$pageview_count", "Numeric", "Page views."},
    {"$autocapture_count", "Numeric", "Clicks and other captured actions."},
    {"$screen_count", "Numeric", "Screens of a mobile app."},
    {"$urls", "Array", "The addresses that were visited."},
    {"$num_uniq_urls", "Numeric", "How many different addresses were visited."},
    {"$entry_current_url", "String", "The first address."},
    {"$entry_pathname", "String", "The first path."},
    {"$entry_hostname", "String", "The first host."},
    {"$end_current_url", "String", "The last address."},
    {"$end_pathname", "String", "The last path."},
    {"$end_hostname", "String", "The last host."},
    {"$entry_referring_domain", "String", "The site the visitor came from."},
    {"$last_external_click_url", "String", "The last link that led away."},
    {"$entry_utm_source", "String", "utm_source of the first page."},
    {"$entry_utm_medium", "String", "utm_medium of the first page."},
    {"$entry_utm_campaign", "String", "utm_campaign of the first page."},
    {"$entry_utm_term", "String", "utm_term of the first page."},
    {"$entry_utm_content", "String", "utm_content of the first page."},
    {"$entry_gclid", "String", "Google's click ID of the first page."},
    {"$entry_fbclid", "String", "Facebook's click ID of the first page."},
    {"$entry_gad_source", "String", "Google's ad source of the first page."},
    {"$exit_current_url", "String", "Older name of $end_current_url."},
    {"$exit_pathname", "String", "Older name of $end_pathname."},
    {"$exit_hostname", "String", "Older name of $end_hostname."},
    {"$has_replay_events", "Boolean", "Whether a recording exists."},
    {"$page_screen_autocapture_count_up_to", "Numeric", "Pages, screens and clicks together, counted up to a limit."},
    {"session_id_v7", "Numeric", "The session's ID as a number."},
    {"max_inserted_at", "DateTime", "When the last event of it was received."},
    {"team_id", "Numeric", "The project."},
};

constexpr ColumnDoc replayColumns[] = {
    {"session_id", "String", "The recorded session."},
    {"distinct_id", "String", "Who it was."},
    {"start_time", "DateTime", "When the recording begins."},
    {"end_time", "DateTime", "When it ends."},
    {"first_url", "String", "The first address."},
    {"all_urls", "Array", "The addresses that were visited."},
    {"click_count", "Numeric", "Clicks."},
    {"keypress_count", "Numeric", "Key presses."},
    {"mouse_activity_count", "Numeric", "Mouse movements."},
    {"active_milliseconds", "Numeric", "How long the visitor was active, in milliseconds."},
    {"console_log_count", "Numeric", "Messages in the console."},
    {"console_warn_count", "Numeric", "Warnings in the console."},
    {"console_error_count", "Numeric", "Errors in the console."},
    {"size", "Numeric", "Bytes of the recording."},
    {"event_count", "Numeric", "Recorded changes."},
    {"message_count", "Numeric", "Parts in which the recording arrived."},
    {"snapshot_source", "String", "web or mobile."},
    {"snapshot_library", "String", "What recorded it."},
    {"retention_period_days", "Numeric", "How long it is kept."},
    {"console_logs", "Table", "What was written to the console.", "log_entries"},
    {"person", "Table", "The person.", "persons"},
    {"session", "Table", "The session.", "sessions"},
    {"events", "Table", "The session's events.", "events"},
    {"team_id", "Numeric", "The project."},
};

constexpr ColumnDoc rawReplayColumns[] = {
    {"session_id", "String", "The recorded session; group by it."},
    {"distinct_id", "String", "Who it was."},
    {"min_first_timestamp", "DateTime", "When this part begins; take min()."},
    {"max_last_timestamp", "DateTime", "When this part ends; take max()."},
    {"first_url", "String", "Take argMinMerge(first_url)."},
    {"all_urls", "Array", "The addresses of this part."},
    {"click_count", "Numeric", "Take sum()."},
    {"keypress_count", "Numeric", "Take sum()."},
    {"mouse_activity_count", "Numeric", "Take sum()."},
    {"active_milliseconds", "Numeric", "Take sum()."},
    {"console_log_count", "Numeric", "Take sum()."},
    {"console_warn_count", "Numeric", "Take sum()."},
    {"console_error_count", "Numeric", "Take sum()."},
    {"size", "Numeric", "Take sum()."},
    {"event_count", "Numeric", "Take sum()."},
    {"message_count", "Numeric", "Take sum()."},
    {"snapshot_source", "String", "web or mobile."},
    {"is_deleted", "Boolean", "Whether the recording was deleted."},
    {"_timestamp", "DateTime", "When this part arrived."},
    {"person", "Table", "The person.", "persons"},
    {"session", "Table", "The session.", "sessions"},
    {"events", "Table", "The session's events.", "events"},
    {"retention_period_days", "Numeric", "How long it is kept."},
    {"team_id", "Numeric", "The project."},
};

constexpr ColumnDoc numberColumns[] = {
    {"number", "Numeric", "0, 1, 2, \u2026"},
};

constexpr ColumnDoc cohortColumns[] = {
    {"id", "Numeric", "Identifies the cohort."},          {"name", "String", "Its name."},
    {"description", "String", "What it is for."},         {"count", "Numeric", "How many persons are in it."},
    {"is_static", "Boolean", "A fixed list of persons."}, {"deleted", "Boolean", "Whether it was deleted."},
    {"created_at", "DateTime", "When it was made."},      {"filters", "JSON", "Who belongs to it."},
};

constexpr ColumnDoc featureFlagColumns[] = {
    {"id", "Numeric", "Identifies the flag."},
    {"key", "String", "The key that code asks for."},
    {"name", "String", "What it is for."},
    {"filters", "JSON", "Who gets it: groups, variants, payloads."},
    {"rollout_percentage", "Numeric", "The share of users, where it is a simple flag."},
    {"deleted", "Boolean", "Whether it was deleted."},
    {"created_at", "DateTime", "When it was made."},
};

constexpr ColumnDoc insightColumns[] = {
    {"id", "Numeric", "Identifies the insight."},
    {"short_id", "String", "The ID in its address."},
    {"name", "String", "Its name."},
    {"description", "String", "What it shows."},
    {"query", "JSON", "The query behind it."},
    {"deleted", "Boolean", "Whether it was deleted."},
    {"created_at", "DateTime", "When it was made."},
};

constexpr ColumnDoc experimentColumns[] = {
    {"id", "Numeric", "Identifies the experiment."},     {"name", "String", "Its name."},
    {"description", "String", "What it tries."},         {"feature_flag_id", "Numeric", "The flag that decides the variant."},
    {"start_date", "DateTime", "When it was launched."}, {"end_date", "DateTime", "When it was stopped."},
    {"created_at", "DateTime", "When it was made."},
};

constexpr ColumnDoc dashboardColumns[] = {
    {"id", "Numeric", "Identifies the dashboard."},  {"name", "String", "Its name."},
    {"description", "String", "What it shows."},     {"deleted", "Boolean", "Whether it was deleted."},
    {"created_at", "DateTime", "When it was made."},
};

constexpr TableDoc allTables[] = {
    {"events", "Everything that happened.", eventColumns},
    {"persons", "The people who did it.", personColumns},
    {"sessions", "Visits: from the first event to 30 minutes after the last.", sessionColumns},
    {"person_distinct_ids", "Which distinct ID belongs to which person.", distinctIdColumns},
    {"groups", "Companies, teams or whatever persons are grouped by.", groupColumns},
    {"cohort_people", "Who is in which cohort.", cohortPeopleColumns},
    {"static_cohort_people", "Who is in which fixed cohort.", cohortPeopleColumns},
    {"session_replay_events", "Session recordings, one row a session.", replayColumns},
    {"raw_session_replay_events", "Session recordings, one row for each part that arrived.", rawReplayColumns},
    {"numbers", "numbers(n): the rows 0 to n - 1.", numberColumns},
    {"raw_persons", "Persons, one row a version.", rawPersonColumns},
    {"raw_person_distinct_ids", "Distinct IDs, one row a change.", rawDistinctIdColumns},
    {"raw_cohort_people", "Who came into and went out of which cohort.", rawCohortPeopleColumns},
    {"log_entries", "What was written to logs: console messages of recordings and others.", logEntryColumns},
    {"console_logs_log_entries", "Console messages of recordings.", logEntryColumns},
    {"heatmaps", "Where people clicked, moved and scrolled.", heatmapColumns},
    {"query_log", "Queries that were run, with time and rows read.", {}},
    {"logs", "Application logs.", {}},
    {"trace_spans", "Parts of traces.", {}},
    {"metrics", "Measurements that were sent.", {}},
    {"ai_events", "Calls of language models.", {}},
    {"document_embeddings", "Vectors of documents.", {}},
    {"system.cohorts", "The project's cohorts.", cohortColumns},
    {"system.feature_flags", "The project's feature flags.", featureFlagColumns},
    {"system.insights", "The project's saved insights.", insightColumns},
    {"system.experiments", "The project's experiments.", experimentColumns},
    {"system.dashboards", "The project's dashboards.", dashboardColumns},
    {"system.actions", "The project's actions.", {}},
    {"system.activity_logs", "Who changed what.", {}},
    {"system.annotations", "Notes on dates.", {}},
    {"system.batch_exports", "Kept by PostHog: batch exports.", {}},
    {"system.cohort_calculation_history", "Kept by PostHog: cohort calculation history.", {}},
    {"system.data_modeling_endpoints", "Kept by PostHog: data modeling endpoints.", {}},
    {"system.data_warehouse_sources", "Kept by PostHog: data warehouse sources.", {}},
    {"system.data_warehouse_tables", "Kept by PostHog: data warehouse tables.", {}},
    {"system.early_access_features", "Kept by PostHog: early access features.", {}},
    {"system.error_tracking_issues", "Kept by PostHog: error tracking issues.", {}},
    {"system.error_tracking_symbol_sets", "Kept by PostHog: error tracking symbol sets.", {}},
    {"system.exports", "Kept by PostHog: exports.", {}},
    {"system.groups", "Groups with their properties.", {}},
    {"system.hog_flows", "Kept by PostHog: hog flows.", {}},
    {"system.hog_functions", "Kept by PostHog: hog functions.", {}},
    {"system.ingestion_warnings", "Kept by PostHog: ingestion warnings.", {}},
    {"system.insight_variables", "Kept by PostHog: insight variables.", {}},
    {"system.logs_alerts", "Kept by PostHog: logs alerts.", {}},
    {"system.logs_views", "Kept by PostHog: logs views.", {}},
    {"system.notebooks", "The project's notebooks.", {}},
    {"system.review_queue_items", "Kept by PostHog: review queue items.", {}},
    {"system.review_queues", "Kept by PostHog: review queues.", {}},
    {"system.score_definitions", "Kept by PostHog: score definitions.", {}},
    {"system.session_recordings", "Kept by PostHog: session recordings.", {}},
    {"system.source_sync_jobs", "Kept by PostHog: source sync jobs.", {}},
    {"system.surveys", "The project's surveys.", {}},
    {"system.teams", "The project itself.", {}},
    {"system.trace_review_scores", "Kept by PostHog: trace review scores.", {}},
    {"system.trace_reviews", "Kept by PostHog: trace reviews.", {}},
    {"system.usage_metrics", "Kept by PostHog: usage metrics.", {}},
    {"system.information_schema.tables", "Kept by PostHog: information schema tables.", {}},
    {"system.information_schema.columns", "Kept by PostHog: information schema columns.", {}},
};

} // namespace

std::span<const TableDoc> tables() { return allTables; }

const TableDoc *findTable(std::string_view name)
{
    constexpr std::string_view prefix = "posthog.";
    if (name.starts_with(prefix))
        name.remove_prefix(prefix.size());
    const std::string wanted = upperCase(name);
    for (const TableDoc &table : allTables) {
        if (isWord(table.name, wanted))
            return &table;
    }
    return nullptr;
}

const ColumnDoc *findColumn(const TableDoc &table, std::string_view name)
{
    for (const ColumnDoc &column : table.columns) {
        if (column.name == name)
            return &column;
    }
    return nullptr;
}

} // namespace hogql

#include "driver/localproject/compiler_tables.h"

#include <algorithm>
#include <array>

namespace localproject {
namespace {

constexpr auto eventColumns = std::to_array<TableColumn>({
    {"uuid", "UUID", "@.uuid"},
    {"event", "String", "@.event"},
    {"properties", "Json", "@.properties", true, PropertyScope::Event},
    {"timestamp", "DateTime64(6)", "@.timestamp"},
    {"team_id", "Int32", "1::BIGINT", false},
    {"distinct_id", "String", "@.distinct_id"},
    {"elements_chain", "String", "coalesce(@.elements_chain, '')"},
    {"created_at", "DateTime64(6)", "@.created_at"},
    {"$session_id", "Nullable(String)", "nullif(@.session_id, '')"},
    {"$window_id", "Nullable(String)", "nullif(@.window_id, '')"},
    {"person_id", "UUID", "@.person_id"},
    {"person_mode", "String", "coalesce(@.person_mode, 'full')"},
    {"$group_0", "String", "coalesce(@.group_0, '')"},
    {"$group_1", "String", "''::VARCHAR"},
    {"$group_2", "String", "''::VARCHAR"},
    {"$group_3", "String", "''::VARCHAR"},
    {"$group_4", "String", "''::VARCHAR"},
    {"issue_id", "Nullable(String)", "nullif(json_extract_string(@.properties, '/$exception_issue_id'), '')", false},
    // elements_chain is "tag.class:attr__href=\"…\"text=\"…\";parent…": the helpers read it as PostHog's materialised columns do.
    {"elements_chain_href", "String", "regexp_extract(coalesce(@.elements_chain, ''), '(?::|\")href=\"(.*?)\"', 1)", false},
    {"elements_chain_texts", "Array(String)",
     "list_distinct(regexp_extract_all(coalesce(@.elements_chain, ''), '(?::|\")text=\"(.*?)\"', 1))", false},
    {"elements_chain_ids", "Array(String)",
     "list_distinct(regexp_extract_all(coalesce(@.elements_chain, ''), '(?::|\")attr_id=\"(.*?)\"', 1))", false},
    {"elements_chain_elements", "Array(String)",
     "list_distinct(regexp_extract_all(coalesce(@.elements_chain, ''), '(?:^|;)(a|button|form|input|select|textarea|label)(?:\\.|$|:)', 1))",
     false},
});
constexpr auto eventRelations = std::to_array<TableRelation>({
    {"person", "persons", "@.person_id", "@.id", ""},
    {"poe", "persons", "@.person_id", "@.id", ""},
    {"pdi", "person_distinct_ids", "@.distinct_id", "@.distinct_id", ""},
    {"session", "sessions", "@.session_id", "@.session_id", ""},
    {"group_0", "groups", "@.group_0", "@.key", "@.group_type_index = 0"},
    {"account", "groups", "@.group_0", "@.key", "@.group_type_index = 0"},
    {"goe_0", "groups", "@.group_0", "@.key", "@.group_type_index = 0"},
});

constexpr auto personColumns = std::to_array<TableColumn>({
    {"id", "UUID", "@.id"},
    {"created_at", "DateTime64(6)", "@.created_at"},
    {"last_seen_at", "Nullable(DateTime64(6))", "@.last_seen_at"},
    {"team_id", "Int32", "1::BIGINT", false},
    {"properties", "Json", "@.properties", true, PropertyScope::Person},
    {"is_identified", "Bool", "coalesce(@.is_identified, false)"},
    {"is_deleted", "UInt8", "0::BIGINT", false},
    {"version", "UInt64", "0::BIGINT", false},
});
constexpr auto personRelations = std::to_array<TableRelation>({
    {"pdi", "person_distinct_ids", "@.id", "@.person_id", ""},
});

constexpr auto distinctIdColumns = std::to_array<TableColumn>({
    {"distinct_id", "String", "@.distinct_id"},
    {"person_id", "UUID", "@.person_id"},
    {"team_id", "Int32", "1::BIGINT", false},
    {"is_deleted", "UInt8", "0::BIGINT", false},
    {"version", "UInt64", "0::BIGINT", false},
});
constexpr auto distinctIdRelations = std::to_array<TableRelation>({
    {"person", "persons", "@.person_id", "@.id", ""},
});

constexpr auto groupColumns = std::to_array<TableColumn>({
    {"index", "Int64", "@.group_type_index::BIGINT"},
    {"key", "String", "@.key"},
    {"team_id", "Int32", "1::BIGINT", false},
    {"created_at", "DateTime64(6)", "@.created_at"},
    {"updated_at", "DateTime64(6)", "@.updated_at"},
    {"properties", "Json", "@.properties", true, PropertyScope::Group},
});

constexpr auto cohortColumns = std::to_array<TableColumn>({
    {"person_id", "UUID", "@.person_id"},
    {"cohort_id", "Int64", "@.cohort_id"},
    {"team_id", "Int32", "1::BIGINT", false},
    {"sign", "Int8", "1::BIGINT", false},
    {"version", "UInt64", "0::BIGINT", false},
});
constexpr auto cohortRelations = std::to_array<TableRelation>({
    {"person", "persons", "@.person_id", "@.id", ""},
});

constexpr auto sessionColumns = std::to_array<TableColumn>({
    {"session_id", "String", "@.session_id"},
    {"id", "String", "@.session_id", false},
    {"session_id_v7", "String", "@.session_id", false},
    {"team_id", "Int32", "1::BIGINT", false},
    {"distinct_id", "String", "@.distinct_id"},
    {"person_id", "UUID", "@.person_id", false},
    {"$start_timestamp", "DateTime64(6)", "@.start_timestamp"},
    {"$end_timestamp", "DateTime64(6)", "@.end_timestamp"},
    {"max_inserted_at", "DateTime64(6)", "@.end_timestamp", false},
    {"$urls", "Array(String)", "coalesce(@.urls, []::VARCHAR[])"},
    {"$num_uniq_urls", "UInt64", "len(list_distinct(coalesce(@.urls, []::VARCHAR[])))"},
    {"$entry_current_url", "Nullable(String)", "@.entry_url"},
    {"$entry_pathname", "Nullable(String)", "@.entry_pathname"},
    {"$entry_hostname", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '^[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#:]+)', 1), '')"},
    {"$end_current_url", "Nullable(String)", "@.end_url"},
    {"$end_pathname", "Nullable(String)", "@.end_pathname"},
    {"$end_hostname", "Nullable(String)", "nullif(regexp_extract(@.end_url, '^[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#:]+)', 1), '')"},
    {"$exit_current_url", "Nullable(String)", "@.end_url", false},
    {"$exit_pathname", "Nullable(String)", "@.end_pathname", false},
    {"$entry_referring_domain", "Nullable(String)", "@.entry_referring_domain"},
    {"$last_external_click_url", "Nullable(String)", "NULL::VARCHAR", false},
    {"$entry_utm_source", "Nullable(String)", "@.entry_utm_source"},
    {"$entry_utm_medium", "Nullable(String)", "@.entry_utm_medium"},
    {"$entry_utm_campaign", "Nullable(String)", "@.entry_utm_campaign"},
    {"$entry_utm_term", "Nullable(String)", "NULL::VARCHAR", false},
    {"$entry_utm_content", "Nullable(String)", "NULL::VARCHAR", false},
    {"$entry_gclid", "Nullable(String)", "NULL::VARCHAR", false},
    {"$entry_fbclid", "Nullable(String)", "NULL::VARCHAR", false},
    {"$entry_gad_source", "Nullable(String)", "NULL::VARCHAR", false},
    {"$pageview_count", "UInt64", "coalesce(@.pageview_count, 0)"},
    {"$autocapture_count", "UInt64", "coalesce(@.autocapture_count, 0)"},
    {"$screen_count", "UInt64", "coalesce(@.screen_count, 0)"},
    {"$page_screen_autocapture_count_up_to", "UInt64",
     "coalesce(@.pageview_count, 0) + coalesce(@.screen_count, 0) + coalesce(@.autocapture_count, 0)", false},
    {"$channel_type", "Nullable(String)", "@.channel_type"},
    {"$session_duration", "Int64", "@.duration"},
    {"duration", "Int64", "@.duration"},
    {"$is_bounce", "Nullable(Bool)", "@.is_bounce"},
    {"$has_replay_events", "Bool", "(@.session_id IN (SELECT session_id FROM replay_events))", false},
});
constexpr auto sessionRelations = std::to_array<TableRelation>({
    {"person", "persons", "@.person_id", "@.id", ""},
});

constexpr auto rawReplayColumns = std::to_array<TableColumn>({
    {"session_id", "String", "@.session_id"},
    {"team_id", "Int32", "1::BIGINT", false},
    {"distinct_id", "String", "@.distinct_id"},
    {"min_first_timestamp", "DateTime64(6)", "@.min_first_timestamp"},
    {"max_last_timestamp", "DateTime64(6)", "@.max_last_timestamp"},
    {"first_url", "State", "row(@.first_url, @.min_first_timestamp)"},
    {"all_urls", "Array(String)", "coalesce(@.all_urls, []::VARCHAR[])", false},
    {"click_count", "Int64", "coalesce(@.click_count, 0)"},
    {"keypress_count", "Int64", "coalesce(@.keypress_count, 0)"},
    {"mouse_activity_count", "Int64", "coalesce(@.mouse_activity_count, 0)"},
    {"active_milliseconds", "Int64", "coalesce(@.active_milliseconds, 0)"},
    {"console_log_count", "Int64", "coalesce(@.console_log_count, 0)"},
    {"console_warn_count", "Int64", "coalesce(@.console_warn_count, 0)"},
    {"console_error_count", "Int64", "coalesce(@.console_error_count, 0)"},
    {"size", "Int64", "coalesce(@.size, 0)"},
    {"event_count", "Int64", "coalesce(@.event_count, 0)"},
    {"message_count", "Int64", "coalesce(@.message_count, 0)"},
    {"snapshot_source", "Nullable(String)", "@.snapshot_source"},
    {"snapshot_library", "Nullable(String)", "NULL::VARCHAR", false},
    {"_timestamp", "DateTime", "@.max_last_timestamp", false},
    {"is_deleted", "UInt8", "0::BIGINT", false},
    {"retention_period_days", "Nullable(Int64)", "30::BIGINT", false},
});
constexpr auto replayColumns = std::to_array<TableColumn>({
    {"session_id", "String", "@.session_id"},
    {"team_id", "Int32", "1::BIGINT", false},
    {"distinct_id", "String", "@.distinct_id"},
    {"start_time", "DateTime64(6)", "@.min_first_timestamp"},
    {"end_time", "DateTime64(6)", "@.max_last_timestamp"},
    {"min_first_timestamp", "DateTime64(6)", "@.min_first_timestamp", false},
    {"max_last_timestamp", "DateTime64(6)", "@.max_last_timestamp", false},
    {"first_url", "Nullable(String)", "@.first_url"},
    {"all_urls", "Array(String)", "coalesce(@.all_urls, []::VARCHAR[])"},
    {"click_count", "Int64", "@.click_count"},
    {"keypress_count", "Int64", "@.keypress_count"},
    {"mouse_activity_count", "Int64", "@.mouse_activity_count"},
    {"active_milliseconds", "Int64", "@.active_milliseconds"},
    {"console_log_count", "Int64", "@.console_log_count"},
    {"console_warn_count", "Int64", "@.console_warn_count"},
    {"console_error_count", "Int64", "@.console_error_count"},
    {"size", "Int64", "@.size"},
    {"event_count", "Int64", "@.event_count"},
    {"message_count", "Int64", "@.message_count"},
    {"snapshot_source", "Nullable(String)", "@.snapshot_source"},
    {"snapshot_library", "Nullable(String)", "NULL::VARCHAR", false},
    {"retention_period_days", "Nullable(Int64)", "30::BIGINT", false},
});
constexpr auto replayRelations = std::to_array<TableRelation>({
    {"pdi", "person_distinct_ids", "@.distinct_id", "@.distinct_id", ""},
    {"session", "sessions", "@.session_id", "@.session_id", ""},
    {"events", "events", "@.session_id", "@.session_id", ""},
    {"person", "persons_by_distinct_id", "@.distinct_id", "@.distinct_id", ""},
});
/// One row a session, whatever the number of parts a recording came in.
constexpr std::string_view replaySessions =
    "(SELECT session_id, any_value(distinct_id) AS distinct_id, min(min_first_timestamp) AS min_first_timestamp, "
    "max(max_last_timestamp) AS max_last_timestamp, arg_min(first_url, min_first_timestamp) AS first_url, "
    "list_distinct(flatten(list(coalesce(all_urls, []::VARCHAR[])))) AS all_urls, "
    "sum(click_count)::BIGINT AS click_count, sum(keypress_count)::BIGINT AS keypress_count, "
    "sum(mouse_activity_count)::BIGINT AS mouse_activity_count, sum(active_milliseconds)::BIGINT AS active_milliseconds, "
    "sum(console_log_count)::BIGINT AS console_log_count, sum(console_warn_count)::BIGINT AS console_warn_count, "
    "sum(console_error_count)::BIGINT AS console_error_count, sum(size)::BIGINT AS size, sum(event_count)::BIGINT AS event_count, "
    "sum(message_count)::BIGINT AS message_count, any_value(snapshot_source) AS snapshot_source FROM replay_events GROUP BY session_id)";

/// Not to be named in a query: what `person` of a recording joins.
constexpr auto personByDistinctIdColumns = std::to_array<TableColumn>({
    {"id", "UUID", "@.id"},
    {"created_at", "DateTime64(6)", "@.created_at"},
    {"last_seen_at", "Nullable(DateTime64(6))", "@.last_seen_at"},
    {"properties", "Json", "@.properties", true, PropertyScope::Person},
    {"is_identified", "Bool", "coalesce(@.is_identified, false)"},
});

// The local project keeps no logs: these tables are there, and empty.
constexpr auto logColumns = std::to_array<TableColumn>({
    {"team_id", "Int32", "1::BIGINT", false},
    {"log_source", "String", "@.log_source"},
    {"log_source_id", "String", "@.log_source_id"},
    {"instance_id", "String", "@.instance_id"},
    {"timestamp", "DateTime64(6)", "@.timestamp"},
    {"level", "String", "@.level"},
    {"message", "String", "@.message"},
});
constexpr std::string_view emptyLogs =
    "(SELECT NULL::VARCHAR AS log_source, NULL::VARCHAR AS log_source_id, NULL::VARCHAR AS instance_id, "
    "NULL::TIMESTAMP AS timestamp, NULL::VARCHAR AS level, NULL::VARCHAR AS message WHERE false)";

/// The project's own objects: what all kinds have, and the usual fields of their bodies.
constexpr auto objectColumns = std::to_array<TableColumn>({
    {"id", "Int64", "@.id"},
    {"team_id", "Int32", "1::BIGINT", false},
    {"key", "Nullable(String)", "json_extract_string(@.body, '/key')"},
    {"name", "Nullable(String)", "json_extract_string(@.body, '/name')"},
    {"short_id", "Nullable(String)", "json_extract_string(@.body, '/short_id')", false},
    {"description", "Nullable(String)", "json_extract_string(@.body, '/description')"},
    {"content", "Nullable(String)", "json_extract_string(@.body, '/content')", false},
    {"active", "Nullable(Bool)", "TRY_CAST(json_extract_string(@.body, '/active') AS BOOLEAN)", false},
    {"deleted", "Bool", "coalesce(TRY_CAST(json_extract_string(@.body, '/deleted') AS BOOLEAN), false)", false},
    {"created_at", "DateTime64(6)", "@.created_at"},
    {"start_date", "Nullable(DateTime64(6))", "TRY_CAST(json_extract_string(@.body, '/start_date') AS TIMESTAMP)", false},
    {"end_date", "Nullable(DateTime64(6))", "TRY_CAST(json_extract_string(@.body, '/end_date') AS TIMESTAMP)", false},
    {"date_marker", "Nullable(DateTime64(6))", "TRY_CAST(json_extract_string(@.body, '/date_marker') AS TIMESTAMP)", false},
    {"scope", "Nullable(String)", "json_extract_string(@.body, '/scope')", false},
    {"archived", "Bool", "coalesce(TRY_CAST(json_extract_string(@.body, '/archived') AS BOOLEAN), false)", false},
    {"steps_json", "Nullable(String)", "json_extract(@.body, '/steps')::VARCHAR", false},
    {"rollout_percentage", "Nullable(Float64)", "TRY_CAST(json_extract_string(@.body, '/rollout_percentage') AS DOUBLE)", false},
    {"feature_flag_key", "Nullable(String)", "json_extract_string(@.body, '/feature_flag_key')", false},
    {"filters", "Nullable(String)", "json_extract(@.body, '/filters')::VARCHAR", false},
    {"query", "Nullable(String)", "json_extract(@.body, '/query')::VARCHAR", false},
    {"body", "Json", "@.body", false, PropertyScope::Group},
});

constexpr auto tables = std::to_array<Table>({
    {"events", "events", eventColumns, eventRelations},
    {"persons", "persons", personColumns, personRelations},
    {"raw_persons", "persons", personColumns, personRelations},
    {"person_distinct_ids", "person_distinct_ids", distinctIdColumns, distinctIdRelations},
    {"raw_person_distinct_ids", "person_distinct_ids", distinctIdColumns, distinctIdRelations},
    {"groups", "groups", groupColumns, {}},
    {"raw_groups", "groups", groupColumns, {}},
    {"cohort_people", "cohort_people", cohortColumns, cohortRelations},
    {"raw_cohort_people", "cohort_people", cohortColumns, cohortRelations},
    {"static_cohort_people", "cohort_people", cohortColumns, cohortRelations},
    {"sessions", "sessions", sessionColumns, sessionRelations},
    {"raw_session_replay_events", "replay_events", rawReplayColumns, replayRelations},
    {"session_replay_events", replaySessions, replayColumns, replayRelations},
    {"log_entries", emptyLogs, logColumns, {}},
    {"console_logs_log_entries", emptyLogs, logColumns, {}},
    {"persons_by_distinct_id", "(SELECT d.distinct_id, p.* FROM person_distinct_ids AS d JOIN persons AS p ON p.id = d.person_id)",
     personByDistinctIdColumns, {}},
    {"system.actions", "(SELECT * FROM objects WHERE kind = 'actions')", objectColumns, {}},
    {"system.annotations", "(SELECT * FROM objects WHERE kind = 'annotations')", objectColumns, {}},
    {"system.cohorts", "(SELECT * FROM objects WHERE kind = 'cohorts')", objectColumns, {}},
    {"system.dashboards", "(SELECT * FROM objects WHERE kind = 'dashboards')", objectColumns, {}},
    {"system.experiments", "(SELECT * FROM objects WHERE kind = 'experiments')", objectColumns, {}},
    {"system.feature_flags", "(SELECT * FROM objects WHERE kind = 'feature_flags')", objectColumns, {}},
    {"system.insights", "(SELECT * FROM objects WHERE kind = 'insights')", objectColumns, {}},
    {"system.surveys", "(SELECT * FROM objects WHERE kind = 'surveys')", objectColumns, {}},
});

/// PostHog's other tables.
constexpr auto elsewhere = std::to_array<std::string_view>({"ai_events", "document_embeddings", "heatmaps", "logs", "metrics", "query_log", "trace_spans"});

} // namespace

bool isTableElsewhere(std::string_view name)
{
    return name.starts_with("system.") || std::ranges::find(elsewhere, name) != elsewhere.end();
}

const Table *findTable(std::string_view name)
{
    const auto found = std::ranges::find(tables, name, &Table::name);
    return found == tables.end() ? nullptr : &*found;
}

std::span<const Table> allTables() { return tables; }

} // namespace localproject

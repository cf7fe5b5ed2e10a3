#include "driver/localproject/compiler_tables.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

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
    {"$group_1", "String", "coalesce(@.group_1, '')"},
    {"$group_2", "String", "coalesce(@.group_2, '')"},
    {"$group_3", "String", "coalesce(@.group_3, '')"},
    {"$group_4", "String", "coalesce(@.group_4, '')"},
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
    {"group_1", "groups", "@.group_1", "@.key", "@.group_type_index = 1"},
    {"goe_1", "groups", "@.group_1", "@.key", "@.group_type_index = 1"},
    {"group_2", "groups", "@.group_2", "@.key", "@.group_type_index = 2"},
    {"goe_2", "groups", "@.group_2", "@.key", "@.group_type_index = 2"},
    {"group_3", "groups", "@.group_3", "@.key", "@.group_type_index = 3"},
    {"goe_3", "groups", "@.group_3", "@.key", "@.group_type_index = 3"},
    {"group_4", "groups", "@.group_4", "@.key", "@.group_type_index = 4"},
    {"goe_4", "groups", "@.group_4", "@.key", "@.group_type_index = 4"},
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

/// Of the cohorts that are lists of people, not conditions.
constexpr std::string_view staticCohortPeople =
    "(SELECT * FROM cohort_people WHERE cohort_id IN (SELECT id FROM objects WHERE kind = 'cohorts' AND json_extract_string(body, '/is_static') = 'true'))";

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
    {"$exit_hostname", "Nullable(String)", "nullif(regexp_extract(@.end_url, '^[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#:]+)', 1), '')", false},
    {"$entry_referring_domain", "Nullable(String)", "@.entry_referring_domain"},
    {"$last_external_click_url", "Nullable(String)", "NULL::VARCHAR", false},
    {"$entry_utm_source", "Nullable(String)", "@.entry_utm_source"},
    {"$entry_utm_medium", "Nullable(String)", "@.entry_utm_medium"},
    {"$entry_utm_campaign", "Nullable(String)", "@.entry_utm_campaign"},
    {"$entry_utm_term", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]utm_term=([^&#]*)', 1), '')", false},
    {"$entry_utm_content", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]utm_content=([^&#]*)', 1), '')", false},
    {"$entry_gclid", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]gclid=([^&#]*)', 1), '')", false},
    {"$entry_fbclid", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]fbclid=([^&#]*)', 1), '')", false},
    {"$entry_gad_source", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]gad_source=([^&#]*)', 1), '')", false},
    {"$entry_gclsrc", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]gclsrc=([^&#]*)', 1), '')", false},
    {"$entry_dclid", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]dclid=([^&#]*)', 1), '')", false},
    {"$entry_gbraid", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]gbraid=([^&#]*)', 1), '')", false},
    {"$entry_wbraid", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]wbraid=([^&#]*)', 1), '')", false},
    {"$entry_msclkid", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]msclkid=([^&#]*)', 1), '')", false},
    {"$entry_twclid", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]twclid=([^&#]*)', 1), '')", false},
    {"$entry_li_fat_id", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]li_fat_id=([^&#]*)', 1), '')", false},
    {"$entry_mc_cid", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]mc_cid=([^&#]*)', 1), '')", false},
    {"$entry_igshid", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]igshid=([^&#]*)', 1), '')", false},
    {"$entry_ttclid", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]ttclid=([^&#]*)', 1), '')", false},
    {"$entry_epik", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]epik=([^&#]*)', 1), '')", false},
    {"$entry_qclid", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]qclid=([^&#]*)', 1), '')", false},
    {"$entry_sccid", "Nullable(String)", "nullif(regexp_extract(@.entry_url, '[?&]sccid=([^&#]*)', 1), '')", false},
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
    {"console_logs", "log_entries", "@.session_id", "@.session_id", ""},
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

/// An exception of a recorded session is an error on its console; other lines are not kept.
constexpr auto logColumns = std::to_array<TableColumn>({
    {"team_id", "Int32", "1::BIGINT", false},
    {"log_source", "String", "'session_replay'::VARCHAR"},
    {"log_source_id", "String", "@.session_id"},
    {"instance_id", "String", "@.uuid::VARCHAR"},
    {"timestamp", "DateTime64(6)", "@.timestamp"},
    {"level", "String", "'error'::VARCHAR"},
    {"message", "String",
     "coalesce(json_extract_string(@.properties, '/$exception_values/0'), json_extract_string(@.properties, '/$exception_message'), '')"},
});
constexpr std::string_view consoleErrors =
    "(SELECT uuid, timestamp, session_id, properties FROM events WHERE event = '$exception' AND session_id IN (SELECT session_id FROM replay_events))";

/// What $$heatmap events tell: {"url": [{"x", "y", "target_fixed", "type"}]}, in steps of 16 pixels as PostHog keeps them.
constexpr auto heatmapColumns = std::to_array<TableColumn>({
    {"session_id", "Nullable(String)", "@.session_id"},
    {"team_id", "Int32", "1::BIGINT", false},
    {"distinct_id", "String", "@.distinct_id"},
    {"x", "Int64", "@.x"},
    {"y", "Int64", "@.y"},
    {"scale_factor", "Int64", "16::BIGINT"},
    {"viewport_width", "Int64", "@.viewport_width"},
    {"viewport_height", "Int64", "@.viewport_height"},
    {"pointer_target_fixed", "Bool", "@.fixed"},
    {"current_url", "String", "@.url"},
    {"type", "String", "@.type"},
    {"timestamp", "DateTime64(6)", "@.timestamp"},
});
constexpr std::string_view heatmaps =
    "(SELECT session_id, distinct_id, timestamp, url, coalesce(json_extract_string(p, '/type'), '') AS type, "
    "coalesce(json_extract_string(p, '/target_fixed') = 'true', false) AS fixed, "
    "coalesce(round(TRY_CAST(json_extract_string(p, '/x') AS DOUBLE) / 16)::BIGINT, 0) AS x, "
    "coalesce(round(TRY_CAST(json_extract_string(p, '/y') AS DOUBLE) / 16)::BIGINT, 0) AS y, "
    "coalesce(ceil(TRY_CAST(json_extract_string(properties, '/$viewport_width') AS DOUBLE) / 16)::BIGINT, 0) AS viewport_width, "
    "coalesce(ceil(TRY_CAST(json_extract_string(properties, '/$viewport_height') AS DOUBLE) / 16)::BIGINT, 0) AS viewport_height "
    "FROM (SELECT *, unnest(json_transform(json_extract(data, '/' || replace(replace(url, '~', '~0'), '/', '~1')), '[\"JSON\"]')) AS p "
    "FROM (SELECT *, unnest(json_keys(data)) AS url FROM (SELECT session_id, distinct_id, timestamp, properties, "
    "json_extract(properties, '/$heatmap_data') AS data FROM events WHERE event = '$$heatmap') WHERE json_type(data) = 'OBJECT')))";

/// What the SDKs for language models send, with names of its own.
constexpr auto aiEventColumns = std::to_array<TableColumn>({
    {"uuid", "UUID", "@.uuid"},
    {"event", "String", "@.event"},
    {"timestamp", "DateTime64(6)", "@.timestamp"},
    {"team_id", "Int32", "1::BIGINT", false},
    {"distinct_id", "String", "@.distinct_id"},
    {"person_id", "UUID", "@.person_id"},
    {"properties", "Json", "@.properties", true, PropertyScope::Event},
    {"trace_id", "Nullable(String)", "%/$ai_trace_id"},
    {"session_id", "Nullable(String)", "%/$ai_session_id"},
    {"parent_id", "Nullable(String)", "%/$ai_parent_id"},
    {"span_id", "Nullable(String)", "%/$ai_span_id"},
    {"span_type", "Nullable(String)", "%/$ai_span_type"},
    {"span_name", "Nullable(String)", "%/$ai_span_name"},
    {"generation_id", "Nullable(String)", "%/$ai_generation_id"},
    {"model", "Nullable(String)", "%/$ai_model"},
    {"provider", "Nullable(String)", "%/$ai_provider"},
    {"framework", "Nullable(String)", "%/$ai_framework"},
    {"input", "Nullable(String)", "%/$ai_input"},
    {"input_state", "Nullable(String)", "%/$ai_input_state"},
    {"output", "Nullable(String)", "%/$ai_output"},
    {"output_choices", "Nullable(String)", "%/$ai_output_choices"},
    {"output_state", "Nullable(String)", "%/$ai_output_state"},
    {"tools", "Nullable(String)", "%/$ai_tools"},
    {"input_tokens", "Nullable(Int64)", "%/$ai_input_tokens"},
    {"output_tokens", "Nullable(Int64)", "%/$ai_output_tokens"},
    {"total_tokens", "Nullable(Int64)", "%/$ai_total_tokens"},
    {"input_cost_usd", "Nullable(Float64)", "%/$ai_input_cost_usd"},
    {"output_cost_usd", "Nullable(Float64)", "%/$ai_output_cost_usd"},
    {"total_cost_usd", "Nullable(Float64)", "%/$ai_total_cost_usd"},
    {"latency", "Nullable(Float64)", "%/$ai_latency"},
    {"is_error", "Bool", "%/$ai_is_error"},
    {"error", "Nullable(String)", "%/$ai_error"},
    {"http_status", "Nullable(Int64)", "%/$ai_http_status"},
});

/// What this project was asked, a row a query, since the file was made.
constexpr auto queryLogColumns = std::to_array<TableColumn>({
    {"event_date", "Date", "@.started_at::DATE"},
    {"event_time", "DateTime64(6)", "@.started_at"},
    {"query_id", "String", "@.query_id"},
    {"query", "String", "@.query"},
    {"name", "String", "@.name"},
    {"query_start_time", "DateTime64(6)", "@.started_at"},
    {"query_duration_ms", "Int64", "@.duration_ms"},
    {"read_rows", "Int64", "0::BIGINT"},
    {"read_bytes", "Int64", "0::BIGINT"},
    {"result_rows", "Int64", "@.result_rows"},
    {"result_bytes", "Int64", "@.result_bytes"},
    {"memory_usage", "Int64", "0::BIGINT", false},
    {"created_by", "Nullable(Int64)", "1::BIGINT"},
    {"status", "String", "CASE WHEN @.exception = '' THEN 'QueryFinish' ELSE 'ExceptionWhileProcessing' END"},
    {"exception_code", "Int64", "CASE WHEN @.exception = '' THEN 0 ELSE 1 END::BIGINT"},
    {"exception_name", "String", "@.exception_name"},
    {"exception", "String", "@.exception"},
    {"endpoint", "String", "@.endpoint"},
    {"is_personal_api_key_request", "Bool", "true"},
    {"api_key_label", "String", "''::VARCHAR", false},
    {"cpu_microseconds", "Int64", "0::BIGINT", false},
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
    {"static_cohort_people", staticCohortPeople, cohortColumns, cohortRelations},
    {"sessions", "sessions", sessionColumns, sessionRelations},
    {"raw_sessions", "sessions", sessionColumns, sessionRelations},
    {"raw_session_replay_events", "replay_events", rawReplayColumns, replayRelations},
    {"session_replay_events", replaySessions, replayColumns, replayRelations},
    {"log_entries", consoleErrors, logColumns, {}},
    {"console_logs_log_entries", consoleErrors, logColumns, {}},
    {"heatmaps", heatmaps, heatmapColumns, {}},
    {"ai_events", "(SELECT * FROM events WHERE starts_with(event, '$ai_'))", aiEventColumns, {}},
    {"query_log", "query_log", queryLogColumns, {}},
    {"persons_by_distinct_id", "(SELECT d.distinct_id, p.* FROM person_distinct_ids AS d JOIN persons AS p ON p.id = d.person_id)",
     personByDistinctIdColumns, {}},
});

constexpr auto schemaTableColumns = std::to_array<TableColumn>({
    {"table_catalog", "String", "'posthog'::VARCHAR"},
    {"table_schema", "String", "@.s"},
    {"table_name", "String", "@.t"},
    {"table_type", "String", "'BASE TABLE'::VARCHAR"},
});
constexpr auto schemaColumnColumns = std::to_array<TableColumn>({
    {"table_catalog", "String", "'posthog'::VARCHAR"},
    {"table_schema", "String", "@.s"},
    {"table_name", "String", "@.t"},
    {"column_name", "String", "@.c"},
    {"ordinal_position", "Int64", "@.n"},
    {"data_type", "String", "@.d"},
    {"is_nullable", "String", "CASE WHEN starts_with(@.d, 'Nullable') THEN 'YES' ELSE 'NO' END"},
});

/// The tables and their columns as rows.
struct InformationSchema {
    explicit InformationSchema(std::span<const Table> described)
    {
        tables = "(SELECT * FROM (VALUES ";
        columns = "(SELECT * FROM (VALUES ";
        const char *tableComma = "";
        const char *columnComma = "";
        for (const Table &table : described) {
            const bool isSystem = table.name.starts_with("system.");
            const std::string name = std::string(isSystem ? "'system', '" : "'posthog', '") + std::string(table.name.substr(isSystem ? 7 : 0)) + "'";
            if (table.name == "persons_by_distinct_id") // Not one of PostHog's.
                continue;
            tables += std::exchange(tableComma, ", ") + ("(" + name) + ")";
            int position = 0;
            for (const TableColumn &column : table.columns) {
                std::string type; // Such as DateTime64(6, 'UTC'); the quotes doubled.
                for (const char c : column.type == "Json" || column.type == "State" ? std::string_view("String") : column.type)
                    type += c == '\'' ? "''" : std::string(1, c);
                columns += std::exchange(columnComma, ", ") + ("(" + name) + ", '" + std::string(column.name) + "', " + std::to_string(++position) + ", '" + type + "')";
            }
        }
        tables += ") AS v(s, t))";
        columns += ") AS v(s, t, c, n, d))";
    }

    std::string tables;
    std::string columns;
};

/// PostHog's other tables.
constexpr auto elsewhere = std::to_array<std::string_view>({"document_embeddings", "logs", "logs_kafka_metrics", "metrics", "trace_spans", "web_pre_aggregated_stats", "web_pre_aggregated_bounces"});

} // namespace

std::string columnPattern(const TableColumn &column)
{
    if (column.sql.front() != '/' && column.sql.front() != '%')
        return std::string(column.sql);
    const bool inProperties = column.sql.front() == '%';
    const std::string place = (inProperties ? "(@.properties, '" : "(@.body, '") + std::string(column.sql.substr(inProperties ? 1 : 0)) + "')";
    const std::string text = "json_extract_string" + place;
    if (column.type == "Json")
        return "json_extract" + place + "::VARCHAR";
    if (column.type == "Bool")
        return "coalesce(TRY_CAST(" + text + " AS BOOLEAN), false)";
    if (column.type.find("Int") != std::string_view::npos)
        return "TRY_CAST(" + text + " AS BIGINT)";
    if (column.type.find("Float") != std::string_view::npos)
        return "TRY_CAST(" + text + " AS DOUBLE)";
    if (column.type.find("DateTime") != std::string_view::npos)
        return "TRY_CAST(" + text + " AS TIMESTAMP)";
    return text;
}

bool isTableElsewhere(std::string_view name) { return std::ranges::find(elsewhere, name) != elsewhere.end(); }

std::span<const Table> allTables()
{
    static const std::vector<Table> all = [] {
        std::vector<Table> list(tables.begin(), tables.end());
        list.insert(list.end(), systemTables().begin(), systemTables().end());
        static const InformationSchema described(list); // Keeps the text of the tables that describe the others.
        list.push_back({"system.information_schema.tables", described.tables, schemaTableColumns, {}});
        list.push_back({"system.information_schema.columns", described.columns, schemaColumnColumns, {}});
        return list;
    }();
    return all;
}

const Table *findTable(std::string_view name)
{
    const auto found = std::ranges::find(allTables(), name, &Table::name);
    return found == allTables().end() ? nullptr : &*found;
}

} // namespace localproject

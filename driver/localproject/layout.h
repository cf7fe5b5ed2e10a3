#pragma once

#include <array>
#include <string_view>

/// The store's tables in DuckDB, as the generator fills them and the HogQL compiler reads them. Times are TIMESTAMP in UTC
/// with microseconds. JSON columns are compact JSON text; empty objects are '{}'. An event's JSON repeats itself from row to
/// row: zstd keeps it in a tenth of its size, where DuckDB's own choice (FSST) needs four tenths and reads no faster.
namespace localproject {

/// Schema version: kept in `meta`; a store of another version is rebuilt (demo) or refused (imported).
inline constexpr int storeVersion = 2;

inline constexpr std::string_view schemaSql = R"sql(
CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR);
CREATE TABLE events (
    uuid UUID, event VARCHAR, timestamp TIMESTAMP, created_at TIMESTAMP, distinct_id VARCHAR, person_id UUID,
    session_id VARCHAR, window_id VARCHAR, group_0 VARCHAR, person_mode VARCHAR, elements_chain VARCHAR,
    properties VARCHAR USING COMPRESSION zstd, mat_browser VARCHAR, mat_os VARCHAR, mat_device_type VARCHAR, mat_pathname VARCHAR, mat_current_url VARCHAR, mat_host VARCHAR,
    mat_referring_domain VARCHAR, mat_country VARCHAR, mat_release VARCHAR, mat_lib VARCHAR,
    group_1 VARCHAR, group_2 VARCHAR, group_3 VARCHAR, group_4 VARCHAR, person_properties VARCHAR USING COMPRESSION zstd);
CREATE TABLE persons (id UUID, created_at TIMESTAMP, last_seen_at TIMESTAMP, is_identified BOOLEAN, properties VARCHAR);
CREATE TABLE person_distinct_ids (distinct_id VARCHAR, person_id UUID);
CREATE TABLE groups (group_type_index INTEGER, key VARCHAR, created_at TIMESTAMP, updated_at TIMESTAMP, properties VARCHAR);
CREATE TABLE sessions (
    session_id VARCHAR, distinct_id VARCHAR, person_id UUID, start_timestamp TIMESTAMP, end_timestamp TIMESTAMP,
    entry_url VARCHAR, entry_pathname VARCHAR, end_url VARCHAR, end_pathname VARCHAR, entry_referring_domain VARCHAR,
    entry_utm_source VARCHAR, entry_utm_medium VARCHAR, entry_utm_campaign VARCHAR, channel_type VARCHAR,
    pageview_count BIGINT, autocapture_count BIGINT, screen_count BIGINT, urls VARCHAR[], duration BIGINT, is_bounce BOOLEAN);
CREATE TABLE replay_events (
    session_id VARCHAR, distinct_id VARCHAR, min_first_timestamp TIMESTAMP, max_last_timestamp TIMESTAMP, first_url VARCHAR,
    all_urls VARCHAR[], click_count BIGINT, keypress_count BIGINT, mouse_activity_count BIGINT, active_milliseconds BIGINT,
    console_log_count BIGINT, console_warn_count BIGINT, console_error_count BIGINT, size BIGINT, event_count BIGINT,
    message_count BIGINT, snapshot_source VARCHAR, ongoing BOOLEAN);
CREATE TABLE cohort_people (person_id UUID, cohort_id BIGINT);
CREATE TABLE event_definitions (id UUID, name VARCHAR, description VARCHAR, created_at TIMESTAMP, last_seen_at TIMESTAMP, verified BOOLEAN);
CREATE TABLE property_definitions (
    id UUID, name VARCHAR, type VARCHAR, property_type VARCHAR, is_numerical BOOLEAN, description VARCHAR);
CREATE TABLE objects (kind VARCHAR, id BIGINT, body VARCHAR, created_at TIMESTAMP);
)sql";

/// What a store of version 1 lacks.
inline constexpr std::string_view upgradeSql = R"sql(
ALTER TABLE events ADD COLUMN IF NOT EXISTS group_1 VARCHAR;
ALTER TABLE events ADD COLUMN IF NOT EXISTS group_2 VARCHAR;
ALTER TABLE events ADD COLUMN IF NOT EXISTS group_3 VARCHAR;
ALTER TABLE events ADD COLUMN IF NOT EXISTS group_4 VARCHAR;
ALTER TABLE events ADD COLUMN IF NOT EXISTS person_properties VARCHAR;
INSERT INTO objects SELECT 'groups_types', 0, '{"group_type":"account","group_type_index":0,"name_singular":"Account","name_plural":"Accounts"}', NULL
    WHERE EXISTS (SELECT 1 FROM meta WHERE key = 'seed');
UPDATE meta SET value = '2' WHERE key = 'version';
)sql";
// events.person_properties: the person's as they were at the event; NULL where only the current ones are known.
// property_definitions.type: event, person, group, session. property_type: String, Numeric, Boolean, DateTime or NULL.
// objects.kind: the REST collection (cohorts, feature_flags, insights, experiments, annotations, dashboards, actions, surveys, groups_types …);
// body: the item as the API answers it, without `id`.
// meta: version, seed, plant, anchor (ISO, "2026-01-31T12:00:00Z"), generator, timezone, week_start_day, project_name, test_account_filters
// (JSON), checksum.

/// Event properties that stand in a column of their own as well as in `properties`: the text that json_extract_string() answers,
/// but NULL for '' and 'null', as HogQL reads them. More columns are made on demand: see store_columns.h.
struct MaterialisedProperty {
    std::string_view property;
    std::string_view column;
};
inline constexpr std::array materialisedProperties = std::to_array<MaterialisedProperty>({
    {"$browser", "mat_browser"},
    {"$os", "mat_os"},
    {"$device_type", "mat_device_type"},
    {"$pathname", "mat_pathname"},
    {"$current_url", "mat_current_url"},
    {"$host", "mat_host"},
    {"$referring_domain", "mat_referring_domain"},
    {"$geoip_country_code", "mat_country"},
    {"$app_version", "mat_release"},
    {"$lib", "mat_lib"},
});

} // namespace localproject

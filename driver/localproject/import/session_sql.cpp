#include "driver/localproject/import/session_sql.h"

namespace localproject::ingest {

namespace {

// PostHog's channel types, in their order: what was paid for first, then where the visitor came from.
constexpr const char *channelSql = R"sql(CASE
    WHEN medium IN ('cpc', 'ppc', 'paid', 'cpm', 'retargeting', 'paidsearch', 'paid_search') OR has_click_id THEN CASE
        WHEN is_search THEN 'Paid Search' WHEN is_social THEN 'Paid Social' WHEN is_video THEN 'Paid Video' ELSE 'Paid Unknown' END
    WHEN medium IN ('email', 'e-mail', 'e_mail', 'e mail', 'newsletter') OR source IN ('email', 'newsletter') THEN 'Email'
    WHEN medium IN ('social', 'social-network', 'social-media', 'sm', 'social network', 'social media') OR is_social THEN 'Organic Social'
    WHEN medium = 'affiliate' OR source = 'affiliate' THEN 'Affiliate'
    WHEN medium IN ('push', 'mobile', 'notification') THEN 'Push'
    WHEN medium = 'sms' OR source = 'sms' THEN 'SMS'
    WHEN medium = 'organic' OR is_search THEN 'Organic Search'
    WHEN is_video THEN 'Organic Video'
    WHEN medium IN ('referral', 'app', 'link') THEN 'Referral'
    WHEN domain = '$direct' AND source IS NULL AND medium IS NULL AND campaign IS NULL THEN 'Direct'
    WHEN domain IS NULL AND source IS NULL AND medium IS NULL AND campaign IS NULL THEN 'Unknown'
    WHEN domain NOT IN ('$direct', '') AND domain IS NOT NULL THEN 'Referral'
    ELSE 'Unknown' END)sql";

} // namespace

std::string insertSessionsSql(const std::string &condition)
{
    return R"sql(INSERT INTO sessions
WITH found AS (
    SELECT session_id, arg_min(distinct_id, timestamp) AS distinct_id, arg_max(person_id, timestamp) AS person_id,
        min(timestamp) AS first, max(timestamp) AS last,
        arg_min(mat_current_url, timestamp) AS entry_url, arg_min(mat_pathname, timestamp) AS entry_pathname,
        arg_max(mat_current_url, timestamp) AS end_url, arg_max(mat_pathname, timestamp) AS end_pathname,
        arg_min(mat_referring_domain, timestamp) AS domain,
        arg_min(properties, timestamp) FILTER (regexp_matches(properties, '"(utm_|gclid|fbclid)')) AS entry,
        count(*) FILTER (event = '$pageview') AS pageviews, count(*) FILTER (event = '$autocapture') AS autocaptures,
        count(*) FILTER (event = '$screen') AS screens,
        list(DISTINCT mat_current_url) FILTER (mat_current_url IS NOT NULL) AS urls
    FROM events WHERE )sql"
        + condition + R"sql( GROUP BY session_id),
told AS (
    SELECT *, (epoch_us(last) - epoch_us(first)) // 1000000 AS duration,
        nullif(lower(json_extract_string(entry, '$.utm_source')), '') AS source,
        nullif(lower(json_extract_string(entry, '$.utm_medium')), '') AS medium,
        nullif(json_extract_string(entry, '$.utm_campaign'), '') AS campaign,
        coalesce(json_extract_string(entry, '$.gclid'), json_extract_string(entry, '$.fbclid')) IS NOT NULL AS has_click_id
    FROM found),
placed AS (
    SELECT *,
        regexp_matches(coalesce(domain, '') || ' ' || coalesce(source, ''),
            '(^|[. ])(google|bing|duckduckgo|yahoo|baidu|ecosia|yandex|startpage|qwant)($|[. -])') AS is_search,
        regexp_matches(coalesce(domain, '') || ' ' || coalesce(source, ''),
            '(^|[. ])(facebook|fb|instagram|linkedin|lnkd|twitter|t\.co|x\.com|reddit|pinterest|tiktok|threads|mastodon|bsky)($|[. -])') AS is_social,
        regexp_matches(coalesce(domain, '') || ' ' || coalesce(source, ''),
            '(^|[. ])(youtube|vimeo|twitch|dailymotion)($|[. -])') AS is_video
    FROM told)
SELECT session_id, distinct_id, person_id, first, last, entry_url, entry_pathname, end_url, end_pathname, domain,
    nullif(json_extract_string(entry, '$.utm_source'), ''), nullif(json_extract_string(entry, '$.utm_medium'), ''), campaign,
    )sql" + channelSql
        + R"sql(, pageviews, autocaptures, screens, coalesce(urls, []::VARCHAR[]), duration,
    pageviews < 2 AND autocaptures = 0 AND duration < 10
FROM placed)sql";
}

} // namespace localproject::ingest

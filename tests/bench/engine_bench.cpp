#include "driver/base/json_fields.h"
#include "driver/http/client.h"
#include "driver/http/server.h"
#include "driver/localproject/api/api.h"
#include "driver/localproject/store.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

// HogQL over HTTP on a local project of a million events with 15 properties each, beside the best SQL that we could write by
// hand for the same store, asked of DuckDB directly in the same run. Beside days, weeks and hours of a zone stands the SQL for UTC.
//
//   bench.engine_bench [events] [store file]     a file that is there is used again

using namespace localproject;

namespace {

constexpr int runs = 15;
constexpr const char *key = "phx_local_bench";

void need(bool done, const std::string &what)
{
    if (!done) {
        std::fprintf(stderr, "%s\n", what.c_str());
        std::exit(1);
    }
}

double milliseconds(const auto &work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// 60 days up to 2026-01-31, 20,000 persons, 40 event names; a fifth of the events has no plan, some have '' or null there.
std::string eventsSql(long events)
{
    return R"sql(
CREATE TEMP TABLE raw AS SELECT i, (hash(i) >> 2)::BIGINT AS h, (hash(i + 1000000007) >> 2)::BIGINT AS g,
    (pow((hash(i * 31 + 7) % 1000000) / 1e6, 1.7) * 20000)::BIGINT AS person,
    make_timestamp(1764547200000000 + (i * (5184000000000 / )sql"
        + std::to_string(events) + R"sql())::BIGINT + (hash(i * 17) % 5000000)::BIGINT) AS t FROM range()sql" + std::to_string(events) + R"sql() AS r(i);
INSERT INTO events (uuid, event, timestamp, created_at, distinct_id, person_id, session_id, window_id, group_0, person_mode, elements_chain, properties,
    mat_browser, mat_os, mat_device_type, mat_pathname, mat_current_url, mat_host, mat_referring_domain, mat_country, mat_release, mat_lib)
SELECT uuid, event, timestamp, timestamp + INTERVAL 2 SECOND, 'user-' || person, person_id, session_id, NULL, NULL, 'full', '',
    '{"$browser":"' || browser || '","$os":"' || os || '","$device_type":"' || device || '","$pathname":"' || pathname || '","$current_url":"https://app.example'
    || pathname || '","$host":"app.example","$referring_domain":"' || referrer || '","$geoip_country_code":"' || country || '","$app_version":"2.' || (g % 5)
    || '","$lib":"web","$session_id":"' || session_id || '","source":"' || source || '","amount":' || amount || ',"step_' || (g % 180) || '":' || (h % 100)
    || CASE WHEN h % 5 = 0 THEN '' WHEN h % 97 = 0 THEN ',"plan":""' WHEN h % 89 = 0 THEN ',"plan":null' ELSE ',"plan":"' || plan || '"' END || '}',
    browser, os, device, pathname, 'https://app.example' || pathname, 'app.example', referrer, country, '2.' || (g % 5), 'web'
FROM (SELECT i, h, g, t AS timestamp, person, md5('person ' || person)::UUID AS person_id,
    md5('event ' || i)::UUID AS uuid, 's-' || person || '-' || (i // 20000) AS session_id,
    CASE WHEN h % 100 < 45 THEN '$pageview' WHEN h % 100 < 65 THEN '$autocapture' WHEN h % 100 < 75 THEN '$pageleave' WHEN h % 100 < 78 THEN 'signed_up'
         WHEN h % 100 < 82 THEN 'added_to_cart' WHEN h % 100 < 84 THEN 'purchased' ELSE 'event_' || (g % 34) END AS event,
    ['Chrome', 'Chrome', 'Chrome', 'Safari', 'Firefox', 'Microsoft Edge', 'Opera'][1 + g % 7] AS browser, ['Windows', 'Mac OS X', 'iOS', 'Android', 'Linux'][1 + (g // 7) % 5] AS os,
    ['Desktop', 'Desktop', 'Mobile', 'Tablet'][1 + (g // 35) % 4] AS device, '/page-' || (h % 400) || '/' AS pathname,
    ['$direct', 'www.google.com', 'github.com', 'news.example'][1 + (g // 140) % 4] AS referrer, ['US', 'DE', 'GB', 'IN', 'FR', 'BR', 'NL'][1 + (g // 560) % 7] AS country,
    ['google', 'newsletter', 'direct', 'partner'][1 + (g // 4000) % 4] AS source, round((h % 100000) / 100.0, 2) AS amount,
    ['free', 'pro', 'team', 'enterprise'][1 + (g // 9) % 4] AS plan FROM raw) ORDER BY timestamp;
DROP TABLE raw;
INSERT INTO persons SELECT md5('person ' || i)::UUID, TIMESTAMP '2025-11-01', NULL, i % 3 = 0,
    '{"email":"user-' || i || '@example.com","country":"' || ['US', 'DE', 'GB'][1 + i % 3] || '"}' FROM range(20001) AS r(i);
INSERT INTO person_distinct_ids SELECT 'user-' || i, md5('person ' || i)::UUID FROM range(20001) AS r(i);
INSERT INTO property_definitions SELECT uuid(), unnest(['$browser', '$os', '$device_type', '$pathname', '$current_url', '$host', '$referring_domain', '$geoip_country_code',
    '$app_version', '$lib', '$session_id', 'source', 'plan']), 'event', 'String', false, NULL;
INSERT INTO property_definitions VALUES (uuid(), 'amount', 'event', 'Numeric', true, NULL);
INSERT INTO property_definitions SELECT uuid(), 'step_' || i, 'event', 'Numeric', true, NULL FROM range(180) AS r(i);
INSERT INTO meta VALUES ('anchor', '2026-01-30T12:00:00Z'), ('timezone', 'UTC'), ('week_start_day', '1'), ('project_name', 'Bench');
CHECKPOINT;
)sql";
}

struct Case {
    const char *name;
    const char *hogql;
    const char *sql;
};

const Case cases[] = {
    {"count by day", "SELECT toStartOfDay(timestamp) AS day, count() FROM events GROUP BY day ORDER BY day",
     "SELECT timestamp::DATE AS d, count(*) FROM events GROUP BY d ORDER BY d"},
    {"count by day, one event", "SELECT toDate(timestamp) AS day, count() FROM events WHERE event = '$pageview' GROUP BY day ORDER BY day",
     "SELECT timestamp::DATE AS d, count(*) FROM events WHERE event = '$pageview' GROUP BY d ORDER BY d"},
    {"count by day, Berlin", "SELECT toStartOfDay(timestamp, 'Europe/Berlin') AS day, count() FROM events GROUP BY day ORDER BY day",
     "SELECT timestamp::DATE AS d, count(*) FROM events GROUP BY d ORDER BY d"},
    {"count by week, Kolkata", "SELECT toStartOfWeek(timestamp, 1, 'Asia/Kolkata') AS week, count() FROM events GROUP BY week ORDER BY week",
     "SELECT date_trunc('week', timestamp) AS w, count(*) FROM events GROUP BY w ORDER BY w"},
    {"count by hour, Lord Howe", "SELECT toStartOfHour(timestamp, 'Australia/Lord_Howe') AS hour, count() FROM events GROUP BY hour ORDER BY hour LIMIT 2000",
     "SELECT date_trunc('hour', timestamp) AS h, count(*) FROM events GROUP BY h ORDER BY h LIMIT 2000"},
    {"breakdown by $browser",
     "SELECT toStartOfDay(timestamp) AS day, properties.$browser AS browser, count() FROM events WHERE event = '$pageview' GROUP BY day, browser ORDER BY day, browser LIMIT 1000",
     "SELECT timestamp::DATE AS d, mat_browser, count(*) FROM events WHERE event = '$pageview' GROUP BY ALL ORDER BY ALL LIMIT 1000"},
    {"top pages", "SELECT properties.$pathname AS page, count() AS n, uniq(person_id) AS u FROM events WHERE event = '$pageview' GROUP BY page ORDER BY n DESC, page LIMIT 20",
     "SELECT mat_pathname AS page, count(*) AS n, count(DISTINCT person_id) AS u FROM events WHERE event = '$pageview' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20"},
    {"breakdown by plan (a key asked before)",
     "SELECT toStartOfDay(timestamp) AS day, properties.plan AS plan, count() FROM events WHERE event = '$pageview' GROUP BY day, plan ORDER BY day, plan LIMIT 1000", ""},
    {"sum of a number by plan (asked before)", "SELECT properties.plan AS plan, sum(properties.amount) FROM events GROUP BY plan ORDER BY plan", ""},
    {"unique persons by day", "SELECT toStartOfDay(timestamp) AS day, uniq(person_id) FROM events GROUP BY day ORDER BY day",
     "SELECT timestamp::DATE AS d, count(DISTINCT person_id) FROM events GROUP BY d ORDER BY d"},
    {"unique persons", "SELECT uniq(person_id) FROM events WHERE timestamp >= now() - INTERVAL 30 DAY",
     "SELECT count(DISTINCT person_id) FROM events WHERE timestamp >= TIMESTAMP '2025-12-31 12:00:00'"},
    {"3-step funnel, big",
     "SELECT countIf(level >= 1), countIf(level >= 2), countIf(level >= 3) FROM (SELECT person_id, windowFunnel(604800)(timestamp, event = '$pageview', event = "
     "'$autocapture', event = '$pageleave') AS level FROM events WHERE event IN ('$pageview', '$autocapture', '$pageleave') GROUP BY person_id)",
     "WITH f AS (SELECT person_id, hoglet_window_funnel(list(epoch_us(timestamp) * 64 + CASE event WHEN '$pageview' THEN 1 WHEN '$autocapture' THEN 2 ELSE 3 END), 604800000000, 3, 0) AS l "
     "FROM events WHERE event IN ('$pageview', '$autocapture', '$pageleave') GROUP BY 1) SELECT count(*) FILTER (l >= 1), count(*) FILTER (l >= 2), count(*) FILTER (l >= 3) FROM f"},
    {"3-step funnel, small",
     "SELECT countIf(level >= 1), countIf(level >= 2), countIf(level >= 3) FROM (SELECT person_id, windowFunnel(604800)(timestamp, event = 'signed_up', event = "
     "'added_to_cart', event = 'purchased') AS level FROM events WHERE event IN ('signed_up', 'added_to_cart', 'purchased') GROUP BY person_id)",
     "WITH f AS (SELECT person_id, hoglet_window_funnel(list(epoch_us(timestamp) * 64 + CASE event WHEN 'signed_up' THEN 1 WHEN 'added_to_cart' THEN 2 ELSE 3 END), 604800000000, 3, 0) AS l "
     "FROM events WHERE event IN ('signed_up', 'added_to_cart', 'purchased') GROUP BY 1) SELECT count(*) FILTER (l >= 1), count(*) FILTER (l >= 2), count(*) FILTER (l >= 3) FROM f"},
    {"weekly retention (window)",
     "SELECT first, dateDiff('week', first, week) AS k, count() AS n FROM (SELECT week, min(week) OVER (PARTITION BY person_id) AS first FROM (SELECT person_id, toStartOfWeek(timestamp) AS week "
     "FROM events WHERE event = '$pageview' GROUP BY person_id, week)) GROUP BY first, k ORDER BY first, k LIMIT 1000",
     "WITH a AS (SELECT person_id AS p, date_trunc('week', timestamp) AS w FROM events WHERE event = '$pageview' GROUP BY 1, 2), r AS (SELECT w, min(w) OVER (PARTITION BY p) AS w0 FROM a) "
     "SELECT w0, date_diff('week', w0, w) AS k, count(*) FROM r GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 1000"},
    {"weekly retention (join)",
     "SELECT f.first AS first, dateDiff('week', f.first, a.week) AS k, uniq(a.person_id) AS n FROM (SELECT DISTINCT person_id, toStartOfWeek(timestamp) AS week FROM events WHERE event = '$pageview') AS a "
     "JOIN (SELECT person_id, min(toStartOfWeek(timestamp)) AS first FROM events WHERE event = '$pageview' GROUP BY person_id) AS f ON f.person_id = a.person_id GROUP BY first, k ORDER BY first, k LIMIT 1000",
     "WITH a AS (SELECT person_id AS p, date_trunc('week', timestamp) AS w FROM events WHERE event = '$pageview' GROUP BY 1, 2), r AS (SELECT w, min(w) OVER (PARTITION BY p) AS w0 FROM a) "
     "SELECT w0, date_diff('week', w0, w) AS k, count(*) FROM r GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 1000"},
    {"persons' country",
     "SELECT person.properties.country AS country, count(), uniq(person_id) FROM events WHERE event = '$pageview' GROUP BY country ORDER BY country",
     "WITH pp AS MATERIALIZED (SELECT id, json_extract_string(properties, '/country') AS v FROM persons) SELECT pp.v, count(*), count(DISTINCT e.person_id) FROM events e LEFT JOIN pp ON pp.id = "
     "e.person_id WHERE e.event = '$pageview' GROUP BY 1 ORDER BY 1"},
    {"latest 100 events", "SELECT * FROM events ORDER BY timestamp DESC LIMIT 100", "SELECT * FROM events ORDER BY timestamp DESC LIMIT 100"},
};

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

class Bench
{
public:
    Bench(Store &store)
        : m_store(store)
        , m_api(*Api::open(store, options()))
        , m_server({}, [this](const http::ServerRequest &request, std::stop_token stop) { return m_api.handle(request, std::move(stop)); })
    {
        need(m_server.start().has_value(), "cannot serve");
    }

    std::string ask(const std::string &hogql)
    {
        http::Request request;
        request.method = "POST";
        request.url = "http://127.0.0.1:" + std::to_string(m_server.port()) + "/api/projects/1/query/";
        request.headers = {{"Authorization", std::string("Bearer ") + key}, {"Content-Type", "application/json"}};
        request.body = ph::Json {{"query", {{"kind", "HogQLQuery"}, {"query", hogql}}}}.dump();
        const auto response = m_client.send(request);
        need(response && response->status == 200, response ? response->body : response.error().message);
        return response->body;
    }

    void compare(const Case &item)
    {
        std::vector<double> http;
        std::vector<double> sql;
        ask(item.hogql);
        for (int i = 0; i < runs; ++i) {
            http.push_back(milliseconds([&] { ask(item.hogql); }));
            if (*item.sql)
                sql.push_back(milliseconds([&] { m_rows = direct(item.sql); }));
        }
        if (*item.sql)
            std::printf("%-40s %8.1f ms   SQL %8.1f ms   ratio %.2f\n", item.name, median(http), median(sql), median(http) / median(sql));
        else
            std::printf("%-40s %8.1f ms\n", item.name, median(http));
    }

    std::size_t direct(const std::string &sql)
    {
        const auto answer = m_store.query(sql);
        need(answer.has_value(), answer ? "" : answer.error().message);
        return answer->rows.size();
    }

private:
    static ApiOptions options()
    {
        ApiOptions made;
        made.key = key;
        return made;
    }

    Store &m_store;
    Api m_api;
    http::Server m_server;
    http::Client m_client;
    std::size_t m_rows = 0;
};

} // namespace

int main(int argc, char **argv)
{
    const long events = argc > 1 ? std::atol(argv[1]) : 1'000'000;
    const std::filesystem::path file
        = argc > 2 ? std::filesystem::path(argv[2]) : std::filesystem::temp_directory_path() / ("engine_bench." + std::to_string(getpid()) + ".duckdb");
    if (!std::filesystem::exists(file)) {
        const auto made = Store::create(file, {.memoryLimit = "4GB"});
        need(made.has_value(), made ? "" : made.error().message);
        std::printf("%ld events made in %.1f s\n", events, milliseconds([&] {
                        const auto filled = made->execute(eventsSql(events));
                        need(filled.has_value(), filled ? "" : filled.error().message);
                    }) / 1000);
    }
    auto store = Store::open(file);
    need(store.has_value(), store ? "" : store.error().message);
    {
        Bench bench(*store);
        std::printf("%-40s %8.1f ms\n", "SELECT 1", median([&] {
                        std::vector<double> times;
                        for (int i = 0; i < runs; ++i)
                            times.push_back(milliseconds([&] { bench.ask("SELECT 1"); }));
                        return times;
                    }()));
        const std::string unasked = "SELECT toStartOfDay(timestamp) AS day, properties.plan AS plan, sum(properties.amount) FROM events WHERE event = '$pageview' GROUP BY day, plan LIMIT 1000";
        std::printf("%-40s %8.1f ms\n", "plan and amount, the first time", milliseconds([&] { bench.ask(unasked); }));
        std::this_thread::sleep_for(std::chrono::seconds(4)); // A key that was asked for gets a column in the background.
        for (const Case &item : cases)
            bench.compare(item);
        std::size_t bytes = 0;
        const double whole = milliseconds([&] { bytes = bench.ask("SELECT * FROM events LIMIT 50000").size(); });
        std::printf("%-40s %8.1f ms   %.1f MB\n", "SELECT * of 50,000 rows", whole, static_cast<double>(bytes) / 1e6);
    }
    if (argc <= 2)
        std::filesystem::remove(file);
}

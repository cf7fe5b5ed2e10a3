#include "driver/localproject/api/api.h"
#include "driver/localproject/demo/demo.h"
#include "driver/localproject/udf.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

// Times each kind of insight on the demo project as the query endpoint answers it, beside SQL written by hand for the same numbers
// over the same store (median of some runs after one that is dropped).

using namespace localproject;

namespace {

double medianMs(int runs, const auto &work)
{
    work();
    std::vector<double> times;
    for (int i = 0; i < runs; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::ranges::sort(times);
    return times[times.size() / 2];
}

void need(bool done, const std::string &what)
{
    if (!done) {
        std::fprintf(stderr, "%s\n", what.c_str());
        std::exit(1);
    }
}

struct Case {
    const char *name;
    const char *query;
    const char *sql;
};

constexpr Case cases[] = {
    {"trends: views by day", R"({"kind":"TrendsQuery","series":[{"event":"$pageview"}],"dateRange":{"date_from":"-30d"}})",
     "SELECT date_trunc('day', timestamp), count(*) FROM events WHERE event = '$pageview' AND timestamp >= '2026-01-01' AND timestamp < '2026-02-01' GROUP BY 1"},
    {"trends: users by browser",
     R"({"kind":"TrendsQuery","series":[{"event":"$pageview","math":"dau"}],"dateRange":{"date_from":"-30d"},"breakdownFilter":{"breakdown":"$browser","breakdown_type":"event"}})",
     "SELECT date_trunc('day', timestamp), mat_browser, count(DISTINCT person_id) FROM events WHERE event = '$pageview' AND timestamp >= '2026-01-01' "
     "AND timestamp < '2026-02-01' GROUP BY 1, 2"},
    {"funnel: 3 steps",
     R"({"kind":"FunnelsQuery","series":[{"event":"$pageview"},{"event":"signed_up"},{"event":"uploaded_file"}],"dateRange":{"date_from":"-30d"}})",
     "WITH f AS (SELECT person_id, hoglet_window_funnel(list_concat(list(epoch_us(timestamp) * 64 + 1) FILTER (event = '$pageview'), "
     "list(epoch_us(timestamp) * 64 + 2) FILTER (event = 'signed_up'), list(epoch_us(timestamp) * 64 + 3) FILTER (event = 'uploaded_file')), "
     "1209600000000::BIGINT, 3::BIGINT, 0::BIGINT) AS l FROM events WHERE event IN ('$pageview', 'signed_up', 'uploaded_file') AND timestamp >= '2026-01-01' "
     "AND timestamp < '2026-02-01' GROUP BY 1) SELECT count(*) FILTER (l >= 1), count(*) FILTER (l >= 2), count(*) FILTER (l >= 3) FROM f"},
    {"retention: weeks",
     R"({"kind":"RetentionQuery","dateRange":{"date_from":"-30d"},"retentionFilter":{"period":"Week","totalIntervals":5,"retentionType":"retention_first_time","targetEntity":{"id":"$pageview","type":"events"},"returningEntity":{"id":"$pageview","type":"events"}}})",
     "WITH a AS (SELECT person_id p, date_trunc('week', timestamp) w FROM events WHERE event = '$pageview' GROUP BY 1, 2), "
     "r AS (SELECT w, min(w) OVER (PARTITION BY p) w0 FROM a) SELECT w0, date_diff('week', w0, w) k, count(*) n FROM r GROUP BY 1, 2"},
    {"lifecycle: weeks", R"({"kind":"LifecycleQuery","series":[{"event":"$pageview"}],"interval":"week","dateRange":{"date_from":"-30d"}})",
     "WITH a AS (SELECT e.person_id p, date_trunc('week', timestamp) w, date_trunc('week', any_value(x.created_at)) c FROM events e JOIN persons x ON x.id = e.person_id "
     "WHERE event = '$pageview' AND timestamp >= '2025-12-22' AND timestamp < '2026-02-01' GROUP BY 1, 2), b AS (SELECT *, lag(w) OVER o AS before, lead(w) OVER o AS after "
     "FROM a WINDOW o AS (PARTITION BY p ORDER BY w)) SELECT w, CASE WHEN w = c THEN 1 WHEN before = w - INTERVAL 7 DAY THEN 2 ELSE 3 END s, count(*) FROM b GROUP BY 1, 2 "
     "UNION ALL SELECT w + INTERVAL 7 DAY, 4, count(*) FROM b WHERE after IS DISTINCT FROM w + INTERVAL 7 DAY GROUP BY 1"},
    {"stickiness: days", R"({"kind":"StickinessQuery","series":[{"event":"$pageview"}],"dateRange":{"date_from":"-30d"}})",
     "SELECT n, count(*) FROM (SELECT person_id, count(DISTINCT date_trunc('day', timestamp)) n FROM events WHERE event = '$pageview' AND timestamp >= '2026-01-01' "
     "AND timestamp < '2026-02-01' GROUP BY 1) GROUP BY 1"},
    {"paths: pages", R"({"kind":"PathsQuery","dateRange":{"date_from":"-7d"},"pathsFilter":{"includeEventTypes":["$pageview"]}})",
     "WITH e AS (SELECT person_id p, timestamp t, mat_current_url u FROM events WHERE event = '$pageview' AND timestamp >= '2026-01-24' AND timestamp < '2026-02-01'), "
     "g AS (SELECT *, CASE WHEN t - lag(t) OVER (PARTITION BY p ORDER BY t) < INTERVAL 30 MINUTE THEN 0 ELSE 1 END b FROM e), "
     "s AS (SELECT *, sum(b) OVER (PARTITION BY p ORDER BY t) k FROM g), r AS (SELECT *, lag(u) OVER (PARTITION BY p, k ORDER BY t) l FROM s), "
     "n AS (SELECT *, row_number() OVER (PARTITION BY p, k ORDER BY t) i FROM r WHERE l IS DISTINCT FROM u), "
     "x AS (SELECT lag(u) OVER (PARTITION BY p, k ORDER BY i) a, u, i FROM n WHERE i <= 5) SELECT i, a, u, count(*) FROM x WHERE i > 1 GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT 50"},
    {"people: lost at step 2",
     R"({"kind":"ActorsQuery","source":{"kind":"FunnelsActorsQuery","funnelStep":-2,"source":{"kind":"FunnelsQuery","series":[{"event":"$pageview"},{"event":"signed_up"}],"dateRange":{"date_from":"-30d"}}}})",
     "SELECT p.* FROM persons p JOIN (SELECT person_id, hoglet_window_funnel(list_concat(list(epoch_us(timestamp) * 64 + 1) FILTER (event = '$pageview'), "
     "list(epoch_us(timestamp) * 64 + 2) FILTER (event = 'signed_up')), 1209600000000::BIGINT, 2::BIGINT, 0::BIGINT) AS l FROM events "
     "WHERE event IN ('$pageview', 'signed_up') AND timestamp >= '2026-01-01' AND timestamp < '2026-02-01' GROUP BY 1) f ON f.person_id = p.id WHERE l = 1 "
     "ORDER BY p.id LIMIT 101"},
    {"events: latest 100", R"({"kind":"EventsQuery","select":["*","person"],"after":"-7d"})",
     "SELECT * FROM events WHERE timestamp >= '2026-01-24 12:00:00' AND timestamp < '2026-01-31 12:00:05' ORDER BY timestamp DESC LIMIT 101"},
};

} // namespace

int main(int argc, char **argv)
{
    const int runs = argc > 1 ? std::atoi(argv[1]) : 9;
    auto store = Store::create({});
    need(store.has_value(), "no store");
    const auto filled = demo::fill(*store, {.anchor = "2026-01-31T12:00:00Z"});
    need(filled.has_value(), "no demo");
    ApiOptions options;
    options.key = "phx_local_bench";
    const auto api = Api::open(*store, options);
    need(api.has_value(), "no api");
    std::printf("%-28s %12s %12s\n", "200,000 events, ms", "insight", "SQL by hand");
    for (const Case &one : cases) {
        http::ServerRequest request;
        request.method = "POST";
        request.target = request.path = "/api/projects/1/query/";
        request.headers = {{"host", "127.0.0.1:1"}, {"authorization", "Bearer phx_local_bench"}, {"content-type", "application/json"}};
        request.body = std::string("{\"query\":") + one.query + "}";
        const double insight = medianMs(runs, [&] {
            const auto answer = api->handle(request, {});
            need(answer.status == 200, answer.body);
        });
        const double sql = medianMs(runs, [&] {
            const auto rows = store->query(one.sql);
            need(rows.has_value(), rows ? "" : rows.error().message);
        });
        std::printf("%-28s %12.1f %12.1f\n", one.name, insight, sql);
    }
}

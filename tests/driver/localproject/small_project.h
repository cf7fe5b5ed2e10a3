#pragma once

#include "driver/http/url.h"
#include "driver/localproject/api/api.h"
#include "driver/localproject/store.h"

#include <QTest>

#include <string>

/// A project small enough to know by heart, in memory: three persons, six events of one day, a replay, an object of each kind.
/// Now is 2026-01-31T12:00:00Z.
class SmallProject
{
public:
    static constexpr const char *ann = "aaaaaaaa-0000-4000-8000-000000000001";
    static constexpr const char *bob = "bbbbbbbb-0000-4000-8000-000000000002";
    static constexpr const char *cleo = "cccccccc-0000-4000-8000-000000000003";

    explicit SmallProject(localproject::ApiOptions options = {})
        : m_store(localproject::Store::create({}))
    {
        options.key = key;
        if (!m_store)
            qFatal("%s", m_store.error().message.c_str());
        if (const auto filled = m_store->execute(sql); !filled)
            qFatal("%s", filled.error().message.c_str());
        auto api = localproject::Api::open(*m_store, options);
        if (!api)
            qFatal("%s", api.error().message.c_str());
        m_api.emplace(std::move(*api));
    }

    static constexpr const char *key = "phx_local_test";

    const localproject::Store &store() const { return *m_store; }

    http::ServerResponse handle(const http::ServerRequest &request, std::stop_token stop) const
    {
        return m_api->handle(request, std::move(stop));
    }

    /// A request as the server would hand it over; with the key unless `headers` are given.
    http::ServerResponse call(const std::string &method, const std::string &target, const std::string &body = {},
                              std::vector<std::pair<std::string, std::string>> headers
                              = {{"authorization", std::string("Bearer ") + key}},
                              std::stop_token stop = {}) const
    {
        http::ServerRequest request;
        request.method = method;
        request.target = target;
        request.path = *http::percentDecode(target.substr(0, target.find('?')));
        if (const auto question = target.find('?'); question != std::string::npos)
            request.query = *http::parseQuery(target.substr(question + 1));
        request.headers = std::move(headers);
        request.headers.emplace_back("host", "127.0.0.1:8000");
        if (method == "POST" || method == "PATCH")
            request.headers.emplace_back("content-type", "application/json");
        request.body = body;
        return m_api->handle(request, std::move(stop));
    }

    struct Answered {
        int status = 0;
        ph::Json body;
    };
    Answered get(const std::string &path) const { return answered(call("GET", "/api/projects/1/" + path)); }
    Answered post(const std::string &path, const ph::Json &body) const
    {
        return answered(call("POST", "/api/projects/1/" + path, body.dump()));
    }
    Answered patch(const std::string &path, const ph::Json &body) const
    {
        return answered(call("PATCH", "/api/projects/1/" + path, body.dump()));
    }
    Answered query(const std::string &hogql, const ph::Json &values = ph::Json::object()) const
    {
        return post("query/", {{"query", {{"kind", "HogQLQuery"}, {"query", hogql}, {"values", values}}}});
    }

    static Answered answered(const http::ServerResponse &response)
    {
        return {response.status, ph::Json::parse(response.body, nullptr, false)};
    }

private:
    static constexpr const char *sql = R"sql(
        INSERT INTO meta VALUES ('anchor', '2026-01-31T12:00:00Z'), ('timezone', 'UTC'), ('week_start_day', '1'), ('project_name', 'Small');
        INSERT INTO persons VALUES
            ('aaaaaaaa-0000-4000-8000-000000000001', '2026-01-01 10:00:00', '2026-01-30 12:00:00', true, '{"email":"ann@example.com","name":"Ann","plan":"pro","seats":5}'),
            ('bbbbbbbb-0000-4000-8000-000000000002', '2026-01-02 10:00:00', '2026-01-30 12:00:00', true, '{"email":"bob@example.org","plan":"free","seats":1}'),
            ('cccccccc-0000-4000-8000-000000000003', '2026-01-03 10:00:00.123456', NULL, false, '{}');
        INSERT INTO person_distinct_ids VALUES ('ann', 'aaaaaaaa-0000-4000-8000-000000000001'), ('ann-phone', 'aaaaaaaa-0000-4000-8000-000000000001'),
            ('bob', 'bbbbbbbb-0000-4000-8000-000000000002'), ('device-3', 'cccccccc-0000-4000-8000-000000000003');
        INSERT INTO events (uuid, event, timestamp, created_at, distinct_id, person_id, person_mode, elements_chain, properties, mat_browser, mat_pathname)
        VALUES
            ('00000000-0000-7000-8000-000000000001', '$pageview', '2026-01-30 10:00:00', '2026-01-30 10:00:01', 'ann', 'aaaaaaaa-0000-4000-8000-000000000001', 'full', '', '{"$browser":"Safari","$pathname":"/","n":1}', 'Safari', '/'),
            ('00000000-0000-7000-8000-000000000002', '$pageview', '2026-01-30 10:00:01', '2026-01-30 10:00:01', 'bob', 'bbbbbbbb-0000-4000-8000-000000000002', 'full', '', '{"$browser":"Chrome","$pathname":"/pricing/","n":2}', 'Chrome', '/pricing/'),
            ('00000000-0000-7000-8000-000000000003', '$pageview', '2026-01-30 10:00:01', '2026-01-30 10:00:01', 'device-3', 'cccccccc-0000-4000-8000-000000000003', 'full', '', '{"$browser":"Chrome","$pathname":"/","n":3}', 'Chrome', '/'),
            ('00000000-0000-7000-8000-000000000004', 'signed_up', '2026-01-30 10:00:01', '2026-01-30 10:00:01', 'ann', 'aaaaaaaa-0000-4000-8000-000000000001', 'full', '', '{"big":9007199254740993,"a\"b/c":"odd"}', NULL, NULL),
            ('00000000-0000-7000-8000-000000000005', 'paid_bill', '2026-01-30 10:00:02.000001', '2026-01-30 10:00:03', 'ann', 'aaaaaaaa-0000-4000-8000-000000000001', 'full', '', '{"amount_usd":10.5}', NULL, NULL),
            ('00000000-0000-7000-8000-000000000006', '$pageview', '2031-01-01 00:00:00', '2026-01-30 10:00:03', 'ann', 'aaaaaaaa-0000-4000-8000-000000000001', 'full', '', '{"$browser":"Safari"}', 'Safari', NULL);
        INSERT INTO replay_events (session_id, distinct_id, min_first_timestamp, max_last_timestamp, first_url, all_urls, click_count, keypress_count,
            mouse_activity_count, active_milliseconds, console_log_count, console_warn_count, console_error_count, size, event_count, message_count, snapshot_source, ongoing)
        VALUES ('s-1', 'ann', '2026-01-30 10:00:00', '2026-01-30 10:01:40', 'https://example.com/', ['https://example.com/'], 3, 4, 50, 25000, 0, 1, 2, 1000, 60, 2, 'web', false),
               ('s-old', 'bob', '2026-01-02 10:00:00', '2026-01-02 10:00:10', 'https://example.com/', ['https://example.com/'], 0, 0, 5, 90000, 0, 0, 0, 1000, 6, 1, 'web', false);
        INSERT INTO event_definitions VALUES ('00000000-0000-4000-8000-00000000e001', '$pageview', 'A page was shown', '2026-01-01', '2026-01-30', true),
            ('00000000-0000-4000-8000-00000000e002', 'paid_bill', NULL, '2026-01-01', '2026-01-29', false),
            ('00000000-0000-4000-8000-00000000e003', 'signed_up', NULL, '2026-01-01', '2026-01-28', false);
        INSERT INTO property_definitions VALUES ('00000000-0000-4000-8000-00000000d001', '$browser', 'event', 'String', false, 'The browser'),
            ('00000000-0000-4000-8000-00000000d002', 'amount_usd', 'event', 'Numeric', true, NULL),
            ('00000000-0000-4000-8000-00000000d003', 'big', 'event', 'Numeric', true, NULL),
            ('00000000-0000-4000-8000-00000000d004', 'email', 'person', 'String', false, NULL);
        INSERT INTO cohort_people VALUES ('aaaaaaaa-0000-4000-8000-000000000001', 1), ('bbbbbbbb-0000-4000-8000-000000000002', 1);
        INSERT INTO objects VALUES
            ('cohorts', 1, '{"name":"Signed-up users","description":"","is_static":true,"count":99,"deleted":false}', '2026-01-01'),
            ('cohorts', 2, '{"name":"Gone","is_static":true,"deleted":true}', '2026-01-01'),
            ('feature_flags', 1, '{"key":"file-previews","name":"Previews","active":true,"deleted":false,"filters":{"groups":[{"properties":[],"rollout_percentage":50}],"multivariate":null}}', '2026-01-01'),
            ('feature_flags', 2, '{"key":"old-menu","name":"","active":false,"deleted":false,"status":"STALE","filters":{"groups":[],"multivariate":{"variants":[]}}}', '2026-01-02'),
            ('insights', 1, '{"name":"Sign-up funnel","short_id":"abc","saved":true,"query":{"kind":"InsightVizNode"},"deleted":false}', '2026-01-01'),
            ('experiments', 1, '{"name":"Sign-up page","feature_flag_key":"file-previews","start_date":null,"end_date":null,"parameters":{}}', '2026-01-01'),
            ('annotations', 1, '{"content":"Release 2.4.0","date_marker":"2026-01-18T00:00:00Z","scope":"project"}', '2026-01-01'),
            ('dashboards', 1, '{"name":"Key metrics","tiles":[{"id":1}]}', '2026-01-01'),
            ('actions', 1, '{"name":"Paid","steps":[{"event":"paid_bill"}]}', '2026-01-01'),
            ('surveys', 1, '{"name":"NPS","questions":[]}', '2026-01-01');
    )sql";

    ph::Result<localproject::Store> m_store;
    std::optional<localproject::Api> m_api;
};

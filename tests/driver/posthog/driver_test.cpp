#include "driver/posthog/driver.h"

#include "driver/http/client.h"
#include "tests/support/compare_json.h"
#include "tests/support/fake_posthog.h"
#include "tests/support/manual_clock.h"

#include <QTest>
#include <atomic>
#include <thread>

using namespace std::chrono_literals;

class DriverTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_server = std::make_unique<FakePostHog>(); }
    void readsTheProject();
    void knowsTheDemoProject();
    void sendsQueriesWithTheirValues();
    void waitsForQueriesThatArePutOff();
    void saysWhyAPutOffQueryFailed();
    void listsTheObjectsWithCounts();
    void leavesACountOutThatItMayNotRead();
    void failsWhenNothingCanBeRead();
    void listsFieldsWithTypesAndSamples();
    void listsFieldsOfAPostHogWithoutSomeColumn();
    void listsFieldsOfRestObjects();
    void followsThePagesOfDefinitions();
    void createsObjects();
    void runsThreeQueriesAtOnce();
    void stopsARunningQuery();
    void stopsAWaitingQuery();
    void quotesTheProjectId();
    void cancelsAStoppedQueryInPostHog();
    void triesAgainWhatPasses();
    void sendsWritesOnlyOnce();
    void waitsExactlyAsLongAsItIsTold();
    void keepsWithinTheBudget();
    void runsAnyKindOfQuery();
    void tellsWhatTheKeyMayDo();

private:
    /// Of events, persons and sessions; the project has no groups.
    void answerCounts()
    {
        m_server->handle("POST", "query/", [](const http::ServerRequest &request, std::stop_token) {
            if (request.body.find("FROM groups") != std::string::npos)
                return FakePostHog::error(400, "validation_error", "hogql_query_error", "Unknown table groups");
            http::ServerResponse response;
            response.body = R"({"columns":["events","persons","sessions"],"results":[[200000,5000,30000]]})";
            return response;
        });
    }
    std::unique_ptr<posthog::Driver> driver() { return posthog::makeDriver(m_client, m_server->credentials()); }

    std::unique_ptr<FakePostHog> m_server;
    http::Client m_client;
};

void DriverTest::readsTheProject()
{
    m_server->answer("GET", "", ph::Json{{"id", 1}, {"name", "Shop"}, {"timezone", "Europe/Berlin"}, {"week_start_day", 1}});

    const auto project = driver()->project();

    QVERIFY2(project.has_value(), project ? "" : project.error().message.c_str());
    QCOMPARE(project->id, std::string("1"));
    QCOMPARE(project->name, std::string("Shop"));
    QCOMPARE(project->timezone, std::string("Europe/Berlin"));
    QCOMPARE(project->weekStartDay, 1);
    QVERIFY(!project->isDemo);
    QVERIFY(project->now.empty());
}

void DriverTest::knowsTheDemoProject()
{
    m_server->answer(
        "GET", "",
        ph::Json{{"name", "Demo"}, {"week_start_day", nullptr}, {"hoglet", {{"demo", true}, {"now", "2026-01-31T12:00:00Z"}}}});

    const auto project = driver()->project();

    QVERIFY(project.has_value());
    QVERIFY(project->isDemo);
    QCOMPARE(project->now, std::string("2026-01-31T12:00:00Z"));
    QCOMPARE(project->timezone, std::string("UTC"));
    QCOMPARE(project->weekStartDay, 0);
}

void DriverTest::sendsQueriesWithTheirValues()
{
    m_server->answerQuery({"event", "count()"}, ph::Json::parse(R"j([["event","String"],["count()","UInt64"]])j"),
                          ph::Json::parse(R"([["$pageview",123]])"));

    const auto table
        = driver()->query("SELECT event, count() FROM events WHERE event = {name} GROUP BY event", {{"name", "it's"}});

    QVERIFY2(table.has_value(), table ? "" : table.error().message.c_str());
    QCOMPARE(table->columns[1], (posthog::Column{"count()", "UInt64"}));
    QCOMPARE(table->rows[0][1].get<int>(), 123);
    const ph::Json body = m_server->queries().at(0);
    QVERIFY((body["query"]
             == ph::Json{{"kind", "HogQLQuery"},
                         {"query", "SELECT event, count() FROM events WHERE event = {name} GROUP BY event"},
                         {"values", {{"name", "it's"}}}}));
    QCOMPARE(body["name"].get<std::string>(), std::string("hoglet"));
    QCOMPARE(body["client_query_id"].get<std::string>().size(), std::size_t(36));
    QCOMPARE(m_server->requests().at(0).header("content-type"), std::string("application/json"));
}

void DriverTest::waitsForQueriesThatArePutOff()
{
    http::ServerResponse later;
    later.status = 202;
    later.body = R"({"query_status":{"id":"q/1","complete":false}})";
    m_server->answerQuery(later);
    std::atomic<int> asked = 0;
    m_server->handle("GET", "query/q/1/", [&](const http::ServerRequest &request, std::stop_token) {
        http::ServerResponse response;
        response.body = ++asked == 1
            ? later.body
            : R"({"query_status":{"id":"q/1","complete":true,"error":false,"results":{"columns":["a"],"results":[[7]]}}})";
        response.status = request.target == "/api/projects/1/query/q%2F1/" ? 200 : 500; // the ID is one segment of the path
        return response;
    });

    const auto table = driver()->query("SELECT 7 AS a");

    QVERIFY2(table.has_value(), table ? "" : table.error().message.c_str());
    QCOMPARE(table->rows[0][0].get<int>(), 7);
    QCOMPARE(asked.load(), 2);
}

void DriverTest::saysWhyAPutOffQueryFailed()
{
    http::ServerResponse later;
    later.status = 202;
    later.body = R"({"query_status":{"id":"q1","complete":false}})";
    m_server->answerQuery(later);
    m_server->answer("GET", "query/q1/",
                     ph::Json{{"query_status", {{"complete", true}, {"error", true}, {"error_message", "Too slow."}}}});

    const auto table = driver()->query("SELECT 7");

    QVERIFY(!table.has_value());
    QCOMPARE(table.error(), (ph::Error{ph::ErrorCode::InvalidInput, "Too slow."}));
}

void DriverTest::listsTheObjectsWithCounts()
{
    answerCounts();
    m_server->answer("GET", "actions/", ph::Json{{"count", 4}, {"next", nullptr}, {"results", ph::Json::array()}});
    m_server->answer("GET", "session_recordings/", ph::Json{{"has_next", false}, {"results", ph::Json::array()}}); // says no count
    m_server->answer("GET", "insights/", ph::Json{{"count", 12}, {"next", nullptr}, {"results", ph::Json::array()}});
    m_server->answer("GET", "cohorts/", ph::Json{{"count", 3}, {"results", ph::Json::array()}});
    m_server->answer("GET", "feature_flags/", ph::Json{{"count", 0}, {"results", ph::Json::array()}});

    const auto objects = driver()->listObjects();

    QVERIFY2(objects.has_value(), objects ? "" : objects.error().message.c_str());
    std::string found;
    for (const posthog::ObjectInfo &object : *objects)
        found += object.name + "=" + (object.count ? std::to_string(*object.count) : "?") + " ";
    QCOMPARE(found, std::string("events=200000 insights=12 persons=5000 cohorts=3 feature_flags=0 sessions=30000 "
                                "session_recordings=? actions=4 "));
}

void DriverTest::leavesACountOutThatItMayNotRead()
{
    answerCounts();
    m_server->answer(
        "GET", "insights/",
        FakePostHog::error(403, "authentication_error", "permission_denied", "API key missing required scope 'insight:read'"));

    const auto objects = driver()->listObjects();

    QVERIFY(objects.has_value());
    QCOMPARE(objects->size(), std::size_t(6));
    QVERIFY(!objects->at(1).count);
    QCOMPARE(objects->at(5).count, std::optional<std::int64_t>(30000));
}

void DriverTest::failsWhenNothingCanBeRead()
{
    auto credentials = m_server->credentials();
    credentials.key = "phx_wrong";

    const auto objects = posthog::makeDriver(m_client, credentials)->listObjects();

    QVERIFY(!objects.has_value());
    QCOMPARE(objects.error().code, ph::ErrorCode::Unauthorized);
}

void DriverTest::listsFieldsWithTypesAndSamples()
{
    m_server->answerQuery({"event", "timestamp", "properties"}, {"String", "DateTime64(6, 'UTC')", "String"},
                          {{"", "2026-01-02T00:00:00Z", R"({"$browser":"","plan":null})"},
                           {"$pageview", "2026-01-01T00:00:00Z", R"({"$browser":"Firefox","a b":1})"}});
    m_server->answer("GET", "property_definitions/",
                     ph::Json{{"count", 3},
                              {"next", nullptr},
                              {"results",
                               {{{"name", "$browser"}, {"property_type", "String"}, {"description", "The browser."}},
                                {{"name", "a b"}, {"property_type", nullptr}, {"is_numerical", true}},
                                {{"name", "plan"}, {"property_type", "Duration"}}}}});

    const auto fields = driver()->getFields("events");

    QVERIFY2(fields.has_value(), fields ? "" : fields.error().message.c_str());
    const auto named = [&](const std::string &name) {
        for (const posthog::FieldInfo &field : *fields) {
            if (field.name == name)
                return field;
        }
        return posthog::FieldInfo{};
    };
    QCOMPARE(fields->front().name, std::string("uuid"));
    COMPARE_JSON(named("event").sample, "$pageview");
    QCOMPARE(named("timestamp").type, std::string("DateTime"));
    QCOMPARE(named("properties.$browser").description, std::string("The browser."));
    COMPARE_JSON(named("properties.$browser").sample, "Firefox");
    QCOMPARE(named("properties.`a b`").type, std::string("Numeric"));
    COMPARE_JSON(named("properties.`a b`").sample, 1);
    QCOMPARE(named("properties.plan").type, std::string("Numeric"));
    QVERIFY(named("properties.plan").sample.is_null());
    QVERIFY(named("person").name.empty());
    for (const http::ServerRequest &request : m_server->requests()) {
        if (request.path.ends_with("property_definitions/"))
            QCOMPARE(request.queryValue("type"), std::string("event"));
    }
}

void DriverTest::listsFieldsOfAPostHogWithoutSomeColumn()
{
    m_server->handle("POST", "query/", [](const http::ServerRequest &request, std::stop_token) {
        if (request.body.find("SELECT *") == std::string::npos)
            return FakePostHog::error(400, "validation_error", "hogql_query_error", "Unable to resolve field: elements_chain");
        http::ServerResponse response;
        response.body = R"({"columns":["uuid","event"],"results":[["018f","$pageview"]]})";
        return response;
    });
    m_server->answer("GET", "property_definitions/", ph::Json{{"results", ph::Json::array()}});

    const auto fields = driver()->getFields("events");

    QVERIFY2(fields.has_value(), fields ? "" : fields.error().message.c_str());
    QCOMPARE(fields->at(1).name, std::string("event"));
    COMPARE_JSON(fields->at(1).sample, "$pageview");
}

void DriverTest::listsFieldsOfRestObjects()
{
    m_server->answer(
        "GET", "feature_flags/",
        ph::Json{{"count", 1},
                 {"results",
                  {{{"id", 5}, {"key", "new-nav"}, {"created_by", {{"first_name", "Ada"}, {"email", "ada@example.com"}}}}}}});

    const auto fields = driver()->getFields("feature_flags");

    QVERIFY(fields.has_value());
    QCOMPARE(fields->at(1).name, std::string("key"));
    COMPARE_JSON(fields->at(1).sample, "new-nav");
    QVERIFY(std::any_of(fields->begin(), fields->end(),
                        [](const auto &field) { return field.name == "created_by" && field.sample == "Ada"; }));

    const auto unknown = driver()->getFields("surveys");
    QVERIFY(!unknown.has_value());
    QCOMPARE(unknown.error().code, ph::ErrorCode::NotFound);
}

void DriverTest::followsThePagesOfDefinitions()
{
    m_server->answerQuery({"id"}, {}, ph::Json::array());
    m_server->handle("GET", "property_definitions/", [](const http::ServerRequest &request, std::stop_token) {
        const bool second = request.queryValue("offset") == "500";
        http::ServerResponse response;
        response.body = ph::Json{{"next",
                                  second ? ph::Json()
                                         : ph::Json("https://elsewhere.example/api/projects/1/property_definitions/"
                                                    "?type=person&limit=500&offset=500")},
                                 {"results", {{{"name", second ? "plan" : "email"}}}}}
                            .dump();
        return response;
    });

    const auto fields = driver()->getFields("persons");

    QVERIFY2(fields.has_value(), fields ? "" : fields.error().message.c_str());
    QCOMPARE(fields->at(fields->size() - 2).name, std::string("properties.email"));
    QCOMPARE(fields->back().name, std::string("properties.plan"));
}

void DriverTest::createsObjects()
{
    m_server->answer("POST", "cohorts/", ph::Json{{"id", 7}, {"name", "Paying"}}, 201);

    const auto created = driver()->create("cohorts", {{"name", "Paying"}});

    QVERIFY(created.has_value());
    QCOMPARE(created->at("id").get<int>(), 7);
    QCOMPARE(m_server->requests().back().body, std::string(R"({"name":"Paying"})"));

    const auto refused = driver()->create("../users", {});
    QVERIFY(!refused.has_value());
    QCOMPARE(refused.error().code, ph::ErrorCode::InvalidInput);
    QCOMPARE(m_server->requests().size(), std::size_t(1));
}

void DriverTest::runsThreeQueriesAtOnce()
{
    std::atomic<int> running = 0;
    std::atomic<int> most = 0;
    m_server->handle("POST", "query/", [&](const http::ServerRequest &, std::stop_token) {
        const int now = ++running;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) { }
        std::this_thread::sleep_for(60ms);
        --running;
        http::ServerResponse response;
        response.body = R"({"columns":["a"],"results":[[1]]})";
        return response;
    });
    const auto api = driver();
    std::atomic<int> succeeded = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] { succeeded += api->query("SELECT 1 AS a").has_value(); });
    }
    QCOMPARE(succeeded.load(), 8);
    QCOMPARE(most.load(), 3);
}

void DriverTest::stopsARunningQuery()
{
    m_server->handle("POST", "query/", [](const http::ServerRequest &, std::stop_token stop) {
        for (int i = 0; i < 500 && !stop.stop_requested(); ++i)
            std::this_thread::sleep_for(10ms);
        return http::ServerResponse{};
    });
    std::stop_source stop;
    const std::jthread later([&] {
        std::this_thread::sleep_for(100ms);
        stop.request_stop();
    });
    QElapsedTimer timer;
    timer.start();

    const auto table = driver()->query("SELECT 1", {}, stop.get_token());

    QVERIFY(!table.has_value());
    QCOMPARE(table.error().code, ph::ErrorCode::Cancelled);
    QVERIFY2(timer.elapsed() < 400, qPrintable(QString::number(timer.elapsed())));
}

void DriverTest::stopsAWaitingQuery()
{
    std::atomic<bool> release = false;
    m_server->handle("POST", "query/", [&](const http::ServerRequest &, std::stop_token stop) {
        while (!release && !stop.stop_requested())
            std::this_thread::sleep_for(5ms);
        http::ServerResponse response;
        response.body = R"({"columns":["a"],"results":[[1]]})";
        return response;
    });
    const auto api = driver();
    std::vector<std::jthread> busy;
    for (int i = 0; i < 3; ++i)
        busy.emplace_back([&] { api->query("SELECT 1"); });
    QTRY_COMPARE(m_server->queries().size(), std::size_t(3));
    std::stop_source stop;
    const std::jthread later([&] {
        std::this_thread::sleep_for(50ms);
        stop.request_stop();
    });
    QElapsedTimer timer;
    timer.start();

    const auto table = api->query("SELECT 1", {}, stop.get_token());

    QVERIFY(!table.has_value());
    QCOMPARE(table.error().code, ph::ErrorCode::Cancelled);
    QVERIFY(timer.elapsed() < 300);
    QCOMPARE(m_server->queries().size(), std::size_t(3)); // the fourth was never sent
    release = true;
}

void DriverTest::quotesTheProjectId()
{
    auto credentials = m_server->credentials();
    credentials.projectId = "1/../2?x";

    QVERIFY(!posthog::makeDriver(m_client, credentials)->project().has_value());

    QCOMPARE(m_server->requests().at(0).target, std::string("/api/projects/1%2F..%2F2%3Fx/"));
}

void DriverTest::cancelsAStoppedQueryInPostHog()
{
    std::atomic<int> cancelled = 0;
    std::string id;
    m_server->handle("POST", "query/", [&](const http::ServerRequest &request, std::stop_token stop) {
        id = ph::Json::parse(request.body).at("client_query_id");
        m_server->handle("DELETE", "query/" + id + "/", [&](const http::ServerRequest &, std::stop_token) {
            ++cancelled;
            http::ServerResponse response;
            response.status = 204;
            return response;
        });
        while (!stop.stop_requested())
            std::this_thread::sleep_for(5ms);
        return http::ServerResponse{};
    });
    std::stop_source stop;
    const std::jthread later([&] {
        std::this_thread::sleep_for(100ms);
        stop.request_stop();
    });
    const auto api = driver();

    QCOMPARE(api->query("SELECT 1", {}, stop.get_token()).error().code, ph::ErrorCode::Cancelled);

    QTRY_COMPARE(cancelled.load(), 1);
}

void DriverTest::triesAgainWhatPasses()
{
    posthog::DriverOptions options;
    options.retry.first = 1ms;
    const auto api = posthog::makeDriver(m_client, m_server->credentials(), options);
    for (const int status : {500, 502, 503, 504}) {
        std::atomic<int> asked = 0;
        m_server->handle("GET", "", [&](const http::ServerRequest &, std::stop_token) {
            http::ServerResponse response;
            response.status = ++asked < 4 ? status : 200;
            response.body = R"({"name":"Shop"})";
            return response;
        });
        QVERIFY(api->project().has_value());
        QCOMPARE(asked.load(), 4);
        asked = -100; // for good
        QVERIFY(!api->project().has_value());
        QCOMPARE(asked.load(), -96); // the first time and three more
    }
}

void DriverTest::sendsWritesOnlyOnce()
{
    posthog::DriverOptions options;
    options.retry.first = 1ms;
    std::atomic<int> asked = 0;
    m_server->handle("POST", "annotations/", [&](const http::ServerRequest &, std::stop_token) {
        ++asked;
        http::ServerResponse response;
        response.status = 502; // it may have been done all the same
        return response;
    });

    QVERIFY(!posthog::makeDriver(m_client, m_server->credentials(), options)->create("annotations", {{"content", "x"}}).has_value());

    QCOMPARE(asked.load(), 1);
}

/// A storm of refusals, each with another Retry-After: no request comes before its time, nor after it.
void DriverTest::waitsExactlyAsLongAsItIsTold()
{
    ManualClock clock;
    posthog::DriverOptions options;
    options.clock = &clock;
    options.longestWait = std::chrono::hours(10);
    std::vector<ph::Time> came;
    const int waits[] = {1, 37, 600, 3, 0, 1200};
    m_server->handle("GET", "", [&](const http::ServerRequest &, std::stop_token) {
        came.push_back(clock.now());
        http::ServerResponse response;
        response.body = R"({"name":"Shop"})";
        if (came.size() <= std::size(waits)) {
            response.status = 429;
            response.headers.emplace_back("Retry-After", std::to_string(waits[came.size() - 1]));
        }
        return response;
    });

    QVERIFY(posthog::makeDriver(m_client, m_server->credentials(), options)->project().has_value());

    QCOMPARE(came.size(), std::size(waits) + 1);
    for (std::size_t i = 0; i < std::size(waits); ++i)
        QCOMPARE(came[i + 1] - came[i], std::chrono::microseconds(std::chrono::seconds(waits[i])));
}

void DriverTest::keepsWithinTheBudget()
{
    ManualClock clock;
    posthog::DriverOptions options;
    options.clock = &clock;
    options.limits = posthog::RateLimits::ofPostHog();
    m_server->answer("GET", "events/values/", ph::Json::array());
    const auto api = posthog::makeDriver(m_client, m_server->credentials(), options);
    for (int i = 0; i < 60; ++i)
        QVERIFY(api->get("events/values/?key=plan").has_value());

    const auto refused = api->get("events/values/?key=plan");

    QVERIFY(!refused.has_value());
    QCOMPARE(refused.error().code, ph::ErrorCode::RateLimited);
    QVERIFY2(refused.error().message.find("61 seconds") != std::string::npos, refused.error().message.c_str());
    QCOMPARE(m_server->requests().size(), std::size_t(60));
    QCOMPARE(api->budget().at(3).windows.at(0).left(), 0);
    clock.advance(61s);
    QVERIFY(api->get("events/values/?key=plan").has_value());
}

void DriverTest::runsAnyKindOfQuery()
{
    m_server->answer("POST", "query/", ph::Json{{"results", {{{"label", "sign_up"}, {"data", {1, 2}}}}}});

    const auto answer = driver()->runQuery({{"kind", "TrendsQuery"}, {"series", ph::Json::array()}});

    QVERIFY(answer.has_value());
    QCOMPARE(answer->at("results").at(0).at("label").get<std::string>(), std::string("sign_up"));
    QCOMPARE(m_server->queries().at(0).at("query").at("kind").get<std::string>(), std::string("TrendsQuery"));
    QVERIFY(!driver()->get("../../users/@me/").has_value());
    QVERIFY(!driver()->get("/api/users/@me/").has_value());
}

void DriverTest::tellsWhatTheKeyMayDo()
{
    m_server->answer("GET", "/api/personal_api_keys/@current/",
                     ph::Json{{"label", "laptop"}, {"scopes", {"query:read", "insight:write"}}, {"scoped_teams", {12}}, {"scoped_organizations", nullptr}});

    const auto key = driver()->keyInfo();

    QVERIFY2(key.has_value(), key ? "" : key.error().message.c_str());
    QCOMPARE(key->label, std::string("laptop"));
    QCOMPARE(key->projects, std::vector<std::string>{"12"});
    std::string can;
    for (const auto &ability : posthog::abilitiesOf(*key))
        can += ability.allowed ? ability.scope + " " : "";
    QCOMPARE(can, std::string("query:read insight:read insight:write "));
    QVERIFY(posthog::allows({"", {"*"}, {}, {}}, "survey:write"));
}

QTEST_GUILESS_MAIN(DriverTest)
#include "driver_test.moc"

#include "driver/posthog/driver.h"

#include "driver/http/client.h"
#include "tests/support/compare_json.h"
#include "tests/support/fake_posthog.h"

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
    void listsTheSixObjectsWithCounts();
    void leavesACountOutThatItMayNotRead();
    void failsWhenNothingCanBeRead();
    void listsFieldsWithTypesAndSamples();
    void listsFieldsOfRestObjects();
    void followsThePagesOfDefinitions();
    void createsObjects();
    void runsThreeQueriesAtOnce();
    void stopsARunningQuery();
    void stopsAWaitingQuery();
    void quotesTheProjectId();

private:
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

void DriverTest::listsTheSixObjectsWithCounts()
{
    m_server->answerQuery({"events", "persons", "sessions"}, {"UInt64", "UInt64", "UInt64"}, {{200000, 5000, 30000}});
    m_server->answer("GET", "insights/", ph::Json{{"count", 12}, {"next", nullptr}, {"results", ph::Json::array()}});
    m_server->answer("GET", "cohorts/", ph::Json{{"count", 3}, {"results", ph::Json::array()}});
    m_server->answer("GET", "feature_flags/", ph::Json{{"count", 0}, {"results", ph::Json::array()}});

    const auto objects = driver()->listObjects();

    QVERIFY2(objects.has_value(), objects ? "" : objects.error().message.c_str());
    std::string found;
    for (const posthog::ObjectInfo &object : *objects)
        found += object.name + "=" + (object.count ? std::to_string(*object.count) : "?") + " ";
    QCOMPARE(found, std::string("events=200000 insights=12 persons=5000 cohorts=3 feature_flags=0 sessions=30000 "));
    QCOMPARE(m_server->queries().size(), std::size_t(1));
}

void DriverTest::leavesACountOutThatItMayNotRead()
{
    m_server->answerQuery({"events", "persons", "sessions"}, {}, {{1, 2, 3}});
    m_server->answer(
        "GET", "insights/",
        FakePostHog::error(403, "authentication_error", "permission_denied", "API key missing required scope 'insight:read'"));

    const auto objects = driver()->listObjects();

    QVERIFY(objects.has_value());
    QCOMPARE(objects->size(), std::size_t(6));
    QVERIFY(!objects->at(1).count);
    QCOMPARE(objects->at(5).count, std::optional<std::int64_t>(3));
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

QTEST_GUILESS_MAIN(DriverTest)
#include "driver_test.moc"

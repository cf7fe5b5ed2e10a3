#include "driver/posthog/driver.h"

#include "driver/hogql/parser.h"
#include "driver/http/client.h"
#include "tests/support/fake_posthog.h"

#include <QTest>

class RowsTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_server = std::make_unique<FakePostHog>(); }
    void asksForTheRowsAfterTheLast();
    void bindsWhatIsSearched();
    void keepsAConditionInItsBrackets();
    void refusesForeignCursors();
    void asksReadableQueries_data();
    void asksReadableQueries();
    void listsRestObjects();
    void staysOnItsOwnHost();
    void refusesPagesThatLeadBack_data();
    void refusesPagesThatLeadBack();

private:
    ph::Result<posthog::RowsPage> rows(posthog::RowsRequest request)
    {
        return posthog::makeDriver(m_client, m_server->credentials())->getRows(request);
    }
    std::string lastQuery() { return m_server->queries().back()["query"]["query"].get<std::string>(); }
    ph::Json lastValues() { return m_server->queries().back()["query"]["values"]; }
    void answerEvents(int count)
    {
        ph::Json results = ph::Json::array();
        for (int i = 0; i < count; ++i)
            results.push_back({"0000-" + std::to_string(i), "$pageview",
                               "2026-01-02T03:04:05.12345" + std::to_string(i) + "+01:00", R"({"a":{"b":1}})"});
        m_server->answerQuery({"uuid", "event", "timestamp", "properties"}, {"UUID", "String", "DateTime64(6, 'UTC')", "String"},
                              results);
    }

    std::unique_ptr<FakePostHog> m_server;
    http::Client m_client;
};

void RowsTest::asksForTheRowsAfterTheLast()
{
    answerEvents(3);
    answerEvents(1);

    const auto first = rows({"events", "", "", ph::Json::object(), "", 2});

    QVERIFY2(first.has_value(), first ? "" : first.error().message.c_str());
    QCOMPARE(first->table.rows.size(), std::size_t(2));
    QCOMPARE(first->items.size(), std::size_t(2));
    QCOMPARE(first->items[0]["properties"]["a"]["b"].get<int>(), 1);
    QCOMPARE(first->table.hasMore, std::optional<bool>(true));
    QVERIFY(lastQuery().ends_with("FROM events ORDER BY timestamp DESC, uuid DESC LIMIT 3"));

    const auto second = rows({"events", "", "", ph::Json::object(), first->next, 2});

    QVERIFY(second.has_value());
    QVERIFY(second->next.empty());
    const std::string query = lastQuery();
    QVERIFY2(
        query.find(
            "(timestamp < toDateTime64({hoglet_time}, 6, 'UTC') OR (timestamp = toDateTime64({hoglet_time}, 6, 'UTC') AND uuid < "
            "toUUID({hoglet_id})))")
            != std::string::npos,
        query.c_str());
    QVERIFY(query.find("OFFSET") == std::string::npos);
    QCOMPARE(lastValues()["hoglet_time"].get<std::string>(),
             std::string("2026-01-02 02:04:05.123451")); // UTC, to the microsecond
    QCOMPARE(lastValues()["hoglet_id"].get<std::string>(), std::string("0000-1"));
}

void RowsTest::bindsWhatIsSearched()
{
    answerEvents(0);

    QVERIFY(rows({"events", "50%_'; drop", "", ph::Json::object(), "", 10}).has_value());

    QVERIFY(lastQuery().find("WHERE (event ILIKE {hoglet_search} OR distinct_id ILIKE {hoglet_search} OR ") != std::string::npos);
    QVERIFY(lastQuery().find("drop") == std::string::npos);
    QCOMPARE(lastValues()["hoglet_search"].get<std::string>(), std::string("%50\\%\\_'; drop%"));
}

void RowsTest::keepsAConditionInItsBrackets()
{
    answerEvents(0);

    QVERIFY(rows({"events", "", "event = {name} or 1 -- all", {{"name", "$pageview"}}, "", 10}).has_value());
    QVERIFY(lastQuery().find("WHERE (event = {name} OR 1) ORDER BY") != std::string::npos);
    QCOMPARE(lastValues()["name"].get<std::string>(), std::string("$pageview"));

    for (const char *where : {"1) OR (1", "1 UNION ALL SELECT 2", "1 LIMIT 5", "", "a ="}) {
        const auto page = rows({"events", "", where, ph::Json::object(), "", 10});
        QCOMPARE(page.has_value(), std::string_view(where).empty());
        if (!page)
            QCOMPARE(page.error().code, ph::ErrorCode::InvalidInput);
    }
}

void RowsTest::refusesForeignCursors()
{
    for (const char *object : {"events", "persons", "sessions", "cohorts"}) {
        for (const char *cursor :
             {"x", "[]", "[1,2]", "[\"a\",\"b\"]", "/api/projects/2/cohorts/?offset=5", "/api/users/@me/?"}) {
            const auto page = rows({object, "", "", ph::Json::object(), cursor, 10});
            QVERIFY(!page.has_value());
            QCOMPARE(page.error().code, ph::ErrorCode::InvalidInput);
        }
    }
    QVERIFY(m_server->requests().empty());
}

void RowsTest::asksReadableQueries_data()
{
    QTest::addColumn<QString>("object");
    QTest::addColumn<QString>("order");
    QTest::newRow("events") << "events"
                            << "ORDER BY timestamp DESC, uuid DESC LIMIT 201";
    QTest::newRow("persons") << "persons"
                             << "ORDER BY created_at DESC, id DESC LIMIT 201";
    QTest::newRow("sessions") << "sessions"
                              << "ORDER BY $start_timestamp DESC, session_id DESC LIMIT 201";
}

void RowsTest::asksReadableQueries()
{
    QFETCH(QString, object);
    QFETCH(QString, order);
    m_server->answerQuery({"a"}, {}, ph::Json::array());
    posthog::RowsRequest request;
    request.object = object.toStdString();
    request.search = "ada";
    request.where = "1 = 1";
    request.cursor = R"(["2026-01-02T03:04:05Z","x"])";

    QVERIFY(rows(request).has_value());

    const auto parsed = hogql::parseSelect(lastQuery());
    QVERIFY2(parsed.has_value(), parsed ? "" : parsed.error().message.c_str());
    QVERIFY2(QString::fromStdString(lastQuery()).endsWith(order), lastQuery().c_str());
}

void RowsTest::listsRestObjects()
{
    m_server->handle("GET", "cohorts/", [this](const http::ServerRequest &request, std::stop_token) {
        const bool second = request.queryValue("offset") == "2";
        http::ServerResponse response;
        response.body
            = ph::Json{{"count", 3},
                       {"next",
                        second ? ph::Json() : ph::Json(m_server->url() + "/api/projects/1/cohorts/?limit=2&offset=2&search=pay")},
                       {"results", {{{"id", second ? 3 : 1}, {"name", "Paying"}, {"count", 10}, {"filters", {{"a", 1}}}}}}}
                  .dump();
        return response;
    });

    const auto first = rows({"cohorts", "pay ing", "", ph::Json::object(), "", 2});

    QVERIFY2(first.has_value(), first ? "" : first.error().message.c_str());
    QCOMPARE(first->total, std::optional<std::int64_t>(3));
    QCOMPARE(first->table.columns[1].name, std::string("name"));
    QCOMPARE(first->table.rows[0][2].get<int>(), 10);
    QCOMPARE(first->items[0]["filters"]["a"].get<int>(), 1);
    QCOMPARE(m_server->requests()[0].queryValue("search"), std::string("pay ing"));

    const auto second = rows({"cohorts", "pay ing", "", ph::Json::object(), first->next, 2});
    QVERIFY(second.has_value());
    QCOMPARE(second->items[0]["id"].get<int>(), 3);
    QVERIFY(second->next.empty());

    QVERIFY(!rows({"cohorts", "", "1 = 1", ph::Json::object(), "", 2}).has_value());
}

void RowsTest::staysOnItsOwnHost()
{
    m_server->answer("GET", "insights/",
                     ph::Json{{"count", 300},
                              {"next", "https://evil.example/api/environments/1/insights/?limit=100&offset=100"},
                              {"results", ph::Json::array()}});

    const auto page = rows({"insights", "", "", ph::Json::object(), "", 100});

    QVERIFY(page.has_value());
    QCOMPARE(page->next, std::string("/api/projects/1/insights/?limit=100&offset=100"));
}

void RowsTest::refusesPagesThatLeadBack_data()
{
    QTest::addColumn<QString>("next");
    QTest::newRow("itself") << "/api/projects/1/insights/?limit=100";
    QTest::newRow("the start") << "/api/projects/1/insights/?limit=100&offset=0";
    QTest::newRow("another list") << "/api/projects/1/cohorts/?limit=100&offset=100";
    QTest::newRow("another project") << "/api/projects/2/insights/?offset=100";
    QTest::newRow("no path") << "https://evil.example";
}

void RowsTest::refusesPagesThatLeadBack()
{
    QFETCH(QString, next);
    m_server->answer("GET", "insights/", ph::Json{{"count", 300}, {"next", next.toStdString()}, {"results", ph::Json::array()}});

    const auto page = rows({"insights", "", "", ph::Json::object(), "", 100});

    QVERIFY(!page.has_value());
    QCOMPARE(page.error().code, ph::ErrorCode::Network);
}

QTEST_GUILESS_MAIN(RowsTest)
#include "rows_test.moc"

#include "driver/posthog/entities.h"

#include "driver/http/client.h"
#include "tests/support/fake_posthog.h"

#include <QTest>

using namespace posthog;

class EntitiesTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_server = std::make_unique<FakePostHog>(); }
    void listsInsightsOfAType();
    void computesAnInsight();
    void filtersEventsByValues();
    void filtersPersons();
    void keepsAConditionToItself();
    void followsEachPageOnce();
    void refusesListsThatDoNotEnd_data();
    void refusesListsThatDoNotEnd();
    void describesAnEvent();
    void pagesRecordings();
    void linksToAReplay();
    void listsTheOtherObjects();

private:
    std::unique_ptr<Driver> driver() { return makeDriver(m_client, m_server->credentials()); }

    std::unique_ptr<FakePostHog> m_server;
    http::Client m_client;
};

void EntitiesTest::listsInsightsOfAType()
{
    m_server->answer("GET", "insights/", ph::Json::parse(R"({"count":4,"next":null,"results":[
        {"id":1,"short_id":"a","name":"","derived_name":"Sign-up funnel","query":{"kind":"InsightVizNode","source":{"kind":"FunnelsQuery"}},"last_modified_at":"2026-01-02T00:00:00Z"},
        {"id":2,"short_id":"b","name":"Views","query":{"kind":"InsightVizNode","source":{"kind":"TrendsQuery"}}},
        {"id":3,"short_id":"c","name":"Old","query":null,"filters":{"insight":"FUNNELS"}},
        {"id":4,"short_id":"d","name":"SQL","query":{"kind":"DataVisualizationNode","source":{"kind":"HogQLQuery","query":"SELECT 1"}}}]})"));
    const auto namesOf = [&](const char *type, int limit = 100) {
        std::string names;
        const auto insights = getInsights(*driver(), type, limit);
        for (const Insight &insight : insights.value_or(std::vector<Insight>()))
            names += insight.shortId + "=" + insight.type + " ";
        return names;
    };

    QCOMPARE(namesOf(""), std::string("a=Funnels b=Trends c=Funnels d=HogQL "));
    QCOMPARE(namesOf("funnels"), std::string("a=Funnels c=Funnels "));
    QCOMPARE(namesOf("FunnelsQuery", 1), std::string("a=Funnels "));
    QCOMPARE(namesOf("Paths"), std::string());
    QCOMPARE(getInsights(*driver())->at(0).name, std::string("Sign-up funnel"));
}

void EntitiesTest::computesAnInsight()
{
    m_server->answer("GET", "insights/", ph::Json::parse(R"({"results":[{"id":4,"short_id":"d","name":"SQL","query":
        {"kind":"DataVisualizationNode","source":{"kind":"HogQLQuery","query":"SELECT 1 AS n"}}}]})"));
    m_server->answerQuery({"n"}, {"Int64"}, {{1}});

    const auto result = getInsightResult(*driver(), "d");

    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QCOMPARE(result->insight.name, std::string("SQL"));
    QCOMPARE(result->table->rows[0][0].get<int>(), 1);
    QCOMPARE(m_server->queries().at(0).at("query").at("query").get<std::string>(), std::string("SELECT 1 AS n"));
}

void EntitiesTest::filtersEventsByValues()
{
    m_server->answerQuery({"uuid", "event"}, {}, ph::Json::array());
    EventsFilter filter;
    filter.events = {"it's", "{now()}"};
    filter.after = "2026-01-01";
    filter.distinctId = "me";
    filter.where = "properties.plan = {plan} -- pro";
    filter.values = {{"plan", "pro"}};

    const auto page = getEvents(*driver(), filter);

    QVERIFY2(page.has_value(), page ? "" : page.error().message.c_str());
    const ph::Json query = m_server->queries().at(0).at("query");
    const std::string hogql = query.at("query");
    QVERIFY2(hogql.find("it's") == std::string::npos && hogql.find("now()") == std::string::npos, hogql.c_str());
    QCOMPARE(query.at("values").at("hoglet_event_1").get<std::string>(), std::string("{now()}"));
    QCOMPARE(query.at("values").at("plan").get<std::string>(), std::string("pro"));
    QVERIFY2(hogql.find("distinct_id = {hoglet_distinct_id}") != std::string::npos, hogql.c_str());
}

void EntitiesTest::filtersPersons()
{
    m_server->answerQuery({"id"}, {}, ph::Json::array());
    PersonsFilter filter;
    filter.email = "ada@example.com";
    filter.cohort = 12;

    QVERIFY(getPersons(*driver(), filter).has_value());
    QVERIFY(getCohortMembers(*driver(), 7).has_value());

    const std::string first = m_server->queries().at(0).at("query").at("query");
    QVERIFY2(first.find("properties.email = {hoglet_email}") != std::string::npos && first.find("IN COHORT 12") != std::string::npos, first.c_str());
    const std::string second = m_server->queries().at(1).at("query").at("query");
    QVERIFY2(second.find("IN COHORT 7") != std::string::npos, second.c_str());
}

void EntitiesTest::keepsAConditionToItself()
{
    EventsFilter filter;
    filter.distinctId = "me";
    filter.where = "1 = 1) OR (1 = 1";

    const auto page = getEvents(*driver(), filter);

    QVERIFY(!page.has_value());
    QCOMPARE(page.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY(m_server->requests().empty());
}

void EntitiesTest::followsEachPageOnce()
{
    m_server->handle("GET", "cohorts/", [](const http::ServerRequest &request, std::stop_token) {
        const bool second = request.queryValue("offset") == "2";
        http::ServerResponse response;
        // The host it names is not ours, and one item has moved to the second page meanwhile.
        response.body = second ? R"({"next":null,"results":[{"id":2},{"id":3}]})"
                               : R"({"next":"https://elsewhere.example/api/environments/1/cohorts/?limit=2&offset=2","results":[{"id":1},{"id":2}]})";
        return response;
    });

    const auto cohorts = getCohorts(*driver());

    QVERIFY2(cohorts.has_value(), cohorts ? "" : cohorts.error().message.c_str());
    std::string ids;
    for (const ph::Json &cohort : *cohorts)
        ids += cohort.at("id").dump() + " ";
    QCOMPARE(ids, std::string("1 2 3 "));
}

void EntitiesTest::refusesListsThatDoNotEnd_data()
{
    QTest::addColumn<QByteArray>("next");
    QTest::newRow("the same page") << QByteArray("/api/projects/1/cohorts/?limit=100");
    QTest::newRow("a page before") << QByteArray("/api/projects/1/cohorts/?limit=100&offset=0");
    QTest::newRow("another list") << QByteArray("/api/projects/1/persons/?offset=100");
    QTest::newRow("another project") << QByteArray("/api/projects/2/cohorts/?offset=100");
    QTest::newRow("no path") << QByteArray("https://elsewhere.example");
    QTest::newRow("up") << QByteArray("/api/projects/1/cohorts/../../2/?offset=100");
    QTest::newRow("always the same items") << QByteArray("/api/projects/1/cohorts/?cursor=RANDOM");
}

void EntitiesTest::refusesListsThatDoNotEnd()
{
    QFETCH(QByteArray, next);
    int asked = 0;
    m_server->handle("GET", "cohorts/", [&](const http::ServerRequest &, std::stop_token) {
        std::string target = next.toStdString();
        if (const auto at = target.find("RANDOM"); at != std::string::npos)
            target.replace(at, 6, std::to_string(asked));
        ++asked;
        http::ServerResponse response;
        response.body = ph::Json{{"next", target}, {"results", {{{"id", 1}}}}}.dump();
        return response;
    });

    const auto cohorts = getCohorts(*driver());

    QVERIFY(!cohorts.has_value());
    QCOMPARE(cohorts.error().code, ph::ErrorCode::Network);
    QVERIFY(asked <= 2);
}

void EntitiesTest::describesAnEvent()
{
    m_server->handle("POST", "query/", [](const http::ServerRequest &request, std::stop_token) {
        http::ServerResponse response;
        response.body = request.body.find("event = {event}") != std::string::npos
            ? ph::Json{{"columns", {"properties"}}, {"results", ph::Json::array({ph::Json::array({R"({"plan":"pro","n":1,"a b":true})"}), ph::Json::array({R"({"plan":null,"n":2})"})})}}.dump()
            : R"({"columns":["uuid"],"results":[]})";
        return response;
    });
    m_server->answer("GET", "property_definitions/", ph::Json{{"results", {{{"name", "n"}, {"property_type", "String"}, {"description", "A number."}}}}});

    const auto fields = getEventFields(*driver(), "sign_up");

    QVERIFY2(fields.has_value(), fields ? "" : fields.error().message.c_str());
    std::string found;
    for (const FieldInfo &field : *fields)
        found += field.name + ":" + field.type + ":" + field.sample.dump() + ":" + field.description + "|";
    QCOMPARE(found, std::string("properties.`a b`:Boolean:true:In 50 % of the latest 2 events.|properties.n:String:1:A number. In 100 % of the latest 2 events.|"
                                "properties.plan:String:\"pro\":In 50 % of the latest 2 events.|"));
}

void EntitiesTest::pagesRecordings()
{
    std::vector<std::string> targets;
    m_server->handle("GET", "session_recordings/", [&](const http::ServerRequest &request, std::stop_token) {
        targets.push_back(request.target);
        http::ServerResponse response;
        response.body = targets.size() == 1 ? R"({"has_next":true,"results":[{"id":"s1","recording_duration":12},{"id":"s2"}]})" : R"({"has_next":false,"results":[{"id":"s3"}]})";
        return response;
    });

    const auto first = getRecordings(*driver(), {{"person_uuid", "p"}, {"session_ids", {"s1", "s2"}}});
    QVERIFY2(first.has_value(), first ? "" : first.error().message.c_str());
    const auto second = getRecordings(*driver(), {}, first->next);

    QCOMPARE(first->next, std::string("2"));
    QCOMPARE(first->items.size(), std::size_t(2));
    QVERIFY2(targets.at(0).find("session_ids=%5B%22s1%22%2C%22s2%22%5D") != std::string::npos, targets.at(0).c_str());
    QVERIFY(second->next.empty());
    QVERIFY(targets.at(1).find("offset=2") != std::string::npos);

    RowsRequest request;
    request.object = "session_recordings";
    targets.clear();
    const auto rows = driver()->getRows(request);
    QVERIFY2(rows.has_value(), rows ? "" : rows.error().message.c_str());
    QCOMPARE(rows->table.columns.at(0).name, std::string("id"));
    QVERIFY(!rows->next.empty());
}

void EntitiesTest::linksToAReplay()
{
    QCOMPARE(replayLink(*driver(), "s/1", 75), m_server->url() + "/project/1/replay/s%2F1?t=75");
    QCOMPARE(replayLink(*driver(), "s1"), m_server->url() + "/project/1/replay/s1");
}

void EntitiesTest::listsTheOtherObjects()
{
    for (const char *name : {"actions", "dashboards", "experiments", "surveys", "annotations", "event_definitions", "property_definitions"}) {
        m_server->answer("GET", std::string(name) + "/", ph::Json{{"count", 1}, {"next", nullptr}, {"results", {{{"id", 1}, {"name", "One"}}}}});
        RowsRequest request;
        request.object = name;
        const auto rows = driver()->getRows(request);
        QVERIFY2(rows.has_value(), rows ? "" : rows.error().message.c_str());
        QCOMPARE(rows->table.rows.size(), std::size_t(1));
        QVERIFY(driver()->getFields(name).has_value());
        QVERIFY(isObject(name));
    }
    QVERIFY(!isObject("sign_up"));
}

QTEST_GUILESS_MAIN(EntitiesTest)
#include "entities_test.moc"

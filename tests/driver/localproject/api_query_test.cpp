#include "tests/driver/localproject/small_project.h"

#include <QElapsedTimer>

#include <thread>

using ph::Json;
using namespace std::chrono_literals;

#define COMPARE_TEXT(actual, expected) QCOMPARE(std::string(actual), std::string(expected))

class ApiQueryTest : public QObject
{
    Q_OBJECT

private slots:
    void answersRowsColumnsAndTypes();
    void saysThereIsMoreOnlyWithoutALimit();
    void bindsValues();
    void fillsInFiltersAndVariables();
    void knowsTheProjectsActions();
    void keepsNumbersAndTimesExact();
    void reportsASyntaxErrorWhereItIs();
    void reportsWhatTheQueryMeansWrongly();
    void keepsTheStoresSqlToItself();
    void refusesOffset();
    void refusesOtherRequests_data();
    void refusesOtherRequests();
    void looksIntoWrappers();
    void endsWhenTheClientLeaves();
    void letsThreeRunAtOnce();

private:
    /// Minutes of work that no index helps with.
    static constexpr const char *longQuery
        = "SELECT sum(a.number * b.number) FROM numbers(3000000) AS a CROSS JOIN numbers(3000000) AS b";

    SmallProject m_project;
};

void ApiQueryTest::answersRowsColumnsAndTypes()
{
    const auto answer
        = m_project.query("SELECT event, count() AS n FROM events WHERE timestamp < now() GROUP BY event ORDER BY n DESC, event");

    QCOMPARE(answer.status, 200);
    COMPARE_TEXT(answer.body["results"].dump(), R"([["$pageview",3],["paid_bill",1],["signed_up",1]])");
    COMPARE_TEXT(answer.body["columns"].dump(), R"(["event","n"])");
    COMPARE_TEXT(answer.body["types"].dump(), R"([["event","String"],["n","UInt64"]])");
    QVERIFY(answer.body["error"].is_null());
    QVERIFY(answer.body["hogql"].get<std::string>().find("LIMIT 100") != std::string::npos);
}

void ApiQueryTest::saysThereIsMoreOnlyWithoutALimit()
{
    const auto many = m_project.query("SELECT number FROM numbers(250)");
    QCOMPARE(many.status, 200);
    QCOMPARE(many.body["results"].size(), std::size_t(100));
    QVERIFY(many.body["hasMore"] == true);
    QCOMPARE(many.body["limit"].get<int>(), 100);
    QCOMPARE(many.body["offset"].get<int>(), 0);

    QVERIFY(m_project.query("SELECT number FROM numbers(100)").body["hasMore"] == false);

    const auto limited = m_project.query("SELECT number FROM numbers(250) LIMIT 150");
    QCOMPARE(limited.body["results"].size(), std::size_t(150));
    QVERIFY(!limited.body.contains("hasMore") && !limited.body.contains("limit") && !limited.body.contains("offset"));

    QCOMPARE(m_project.query("SELECT number FROM numbers(60000) LIMIT 55000").body["results"].size(), std::size_t(50'000));
}

void ApiQueryTest::bindsValues()
{
    const auto answer = m_project.query("SELECT count() FROM events WHERE distinct_id = {who}", {{"who", "b' OR 1=1 --"}});
    COMPARE_TEXT(answer.body["results"].dump(), "[[0]]");
    COMPARE_TEXT(m_project.query("SELECT count() FROM events WHERE distinct_id = {who}", {{"who", "bob"}}).body["results"].dump(),
                 "[[1]]");
}

void ApiQueryTest::fillsInFiltersAndVariables()
{
    const auto ask = [&](Json node) {
        node["kind"] = "HogQLQuery";
        return m_project.post("query/", {{"query", node}}).body["results"].dump();
    };

    COMPARE_TEXT(
        ask({{"query", "SELECT count() FROM events WHERE {filters}"}, {"filters", {{"dateRange", {{"date_to", "2026-01-31"}}}}}}),
        "[[5]]");
    COMPARE_TEXT(
        ask({{"query", "SELECT {variables.plan}"}, {"variables", {{"some-id", {{"code_name", "plan"}, {"value", "pro"}}}}}}),
        R"([["pro"]])");
}

void ApiQueryTest::knowsTheProjectsActions()
{
    const auto answer = m_project.query("SELECT count() FROM events WHERE matchesAction('Paid')");

    COMPARE_TEXT(answer.body["results"].dump(), "[[1]]");
}

void ApiQueryTest::keepsNumbersAndTimesExact()
{
    COMPARE_TEXT(m_project.query("SELECT toInt('9007199254740993')").body["results"].dump(), "[[9007199254740993]]");
    COMPARE_TEXT(m_project.query("SELECT 9223372036854775807, -9223372036854775807").body["results"].dump(),
                 "[[9223372036854775807,-9223372036854775807]]");

    const auto time = m_project.query("SELECT timestamp FROM events WHERE event = 'paid_bill'");
    COMPARE_TEXT(time.body["results"].dump(), R"([["2026-01-30T10:00:02.000001Z"]])");

    COMPARE_TEXT(m_project.query("SELECT NULL, 0 / 0").body["results"].dump(), "[[null,null]]");
}

void ApiQueryTest::reportsASyntaxErrorWhereItIs()
{
    const std::string text = "SELECT 'é', 1 + , FROM";
    const auto answer = m_project.query(text);

    QCOMPARE(answer.status, 400);
    COMPARE_TEXT(answer.body["type"].get<std::string>(), "validation_error");
    COMPARE_TEXT(answer.body["code"].get<std::string>(), "hogql_syntax_error");
    const Json problem = answer.body["extra"]["hogql_metadata"]["errors"][0];
    QVERIFY(problem["message"] == answer.body["detail"]);
    const auto characters = 22; // of which é is one, in two bytes
    QVERIFY(problem["start"].get<int>() >= 10 && problem["end"].get<int>() <= characters);
}

void ApiQueryTest::reportsWhatTheQueryMeansWrongly()
{
    const auto answer = m_project.query("SELECT nonsense_field FROM events");

    QCOMPARE(answer.status, 400);
    COMPARE_TEXT(answer.body["type"].get<std::string>(), "validation_error");
    QVERIFY(answer.body["detail"].get<std::string>().find("nonsense_field") != std::string::npos);
}

void ApiQueryTest::keepsTheStoresSqlToItself()
{
    const auto answer = m_project.query("SELECT match('a', '(')"); // A pattern that is none shows only as it runs.

    QCOMPARE(answer.status, 400);
    QVERIFY2(answer.body["detail"].get<std::string>().find("LINE") == std::string::npos, answer.body.dump().c_str());
    QVERIFY(answer.body["detail"].get<std::string>().find('\n') == std::string::npos);
}

void ApiQueryTest::refusesOffset()
{
    const auto answer = m_project.query("SELECT event FROM events LIMIT 10 OFFSET 5");

    QCOMPARE(answer.status, 400);
    COMPARE_TEXT(answer.body["code"].get<std::string>(), "hogql_query_error");
    QVERIFY(
        answer.body["detail"].get<std::string>().starts_with("OFFSET is not supported on queries made with a personal API key."));
}

void ApiQueryTest::refusesOtherRequests_data()
{
    QTest::addColumn<QString>("body");
    QTest::addColumn<QString>("attribute");
    QTest::addColumn<QString>("code");

    QTest::newRow("nothing") << "{}"
                             << "query"
                             << "required";
    QTest::newRow("text") << R"({"query": "SELECT 1"})"
                          << "query"
                          << "invalid_input";
    QTest::newRow("no kind") << R"({"query": {}})"
                             << "query"
                             << "invalid_input";
    QTest::newRow("other kind") << R"({"query": {"kind": "WebOverviewQuery"}})"
                                << "query"
                                << "invalid_input";
    QTest::newRow("no text") << R"({"query": {"kind": "HogQLQuery"}})"
                             << "query.query"
                             << "required";
}

void ApiQueryTest::refusesOtherRequests()
{
    QFETCH(QString, body);
    QFETCH(QString, attribute);
    QFETCH(QString, code);

    const auto answer = m_project.post("query/", Json::parse(body.toStdString()));

    QCOMPARE(answer.status, 400);
    COMPARE_TEXT(answer.body["attr"].get<std::string>(), attribute.toStdString());
    COMPARE_TEXT(answer.body["code"].get<std::string>(), code.toStdString());
}

void ApiQueryTest::looksIntoWrappers()
{
    const Json node{{"kind", "HogQLQuery"}, {"query", "SELECT 1 + 1"}};

    const auto answer = m_project.post("query/", {{"query", {{"kind", "DataVisualizationNode"}, {"source", node}}}});

    COMPARE_TEXT(answer.body["results"].dump(), "[[2]]");
}

void ApiQueryTest::endsWhenTheClientLeaves()
{
    std::stop_source stop;
    QElapsedTimer timer;
    std::jthread leaving([&] {
        std::this_thread::sleep_for(200ms);
        timer.start();
        stop.request_stop();
    });
    const Json body{{"query", {{"kind", "HogQLQuery"}, {"query", longQuery}}}};

    const auto response = m_project.call("POST", "/api/projects/1/query/", body.dump(),
                                         {{"authorization", std::string("Bearer ") + SmallProject::key}}, stop.get_token());

    QVERIFY2(timer.isValid(), response.body.c_str());
    // The query would take hours. How fast it ends is DuckDB's business, and the sanitizers'.
    QVERIFY2(timer.elapsed() < 40'000, std::to_string(timer.elapsed()).c_str());
    QCOMPARE(response.status, 400);
}

void ApiQueryTest::letsThreeRunAtOnce()
{
    localproject::ApiOptions options;
    options.queryWait = 100ms;
    const SmallProject project(options);
    std::stop_source stop;
    const Json body{{"query", {{"kind", "HogQLQuery"}, {"query", longQuery}}}};
    std::vector<std::jthread> running;
    for (int i = 0; i < 3; ++i) {
        running.emplace_back([&] {
            project.call("POST", "/api/projects/1/query/", body.dump(),
                         {{"authorization", std::string("Bearer ") + SmallProject::key}}, stop.get_token());
        });
    }
    std::this_thread::sleep_for(300ms);

    const auto fourth = project.query("SELECT 1");

    QCOMPARE(fourth.status, 429);
    COMPARE_TEXT(fourth.body["detail"].get<std::string>(), "Too many simultaneous queries. Try again later.");
    stop.request_stop();
    running.clear();
    QCOMPARE(project.query("SELECT 1").status, 200);
}

QTEST_GUILESS_MAIN(ApiQueryTest)
#include "api_query_test.moc"

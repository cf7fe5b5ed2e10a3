#include "driver/http/client.h"
#include "driver/http/server.h"
#include "driver/posthog/driver.h"
#include "tests/driver/localproject/small_project.h"

#include <QElapsedTimer>

#include <map>
#include <set>
#include <thread>

using ph::Json;
using namespace std::chrono_literals;

#define COMPARE_TEXT(actual, expected) QCOMPARE(std::string(actual), std::string(expected))

/// The driver and the local project meet over real HTTP: what one asks, the other answers.
class ApiDriverTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();

    void knowsTheProject();
    void listsTheObjects();
    void getsFieldsAndRowsOfEach_data();
    void getsFieldsAndRowsOfEach();
    void pagesThroughRows();
    void queries();
    void tellsWhatIsWrongWithAQuery();
    void creates();
    void saysThatTheKeyIsRefused();
    void endsAQueryThatIsCancelled();

private:
    SmallProject m_project;
    http::Server m_server{
        {}, [this](const http::ServerRequest &request, const std::stop_token &stop) { return m_project.handle(request, stop); }};
    http::Client m_client;
    std::unique_ptr<posthog::Driver> m_driver;
};

void ApiDriverTest::initTestCase()
{
    QVERIFY(m_server.start());
    m_driver = posthog::makeDriver(m_client, {"http://127.0.0.1:" + std::to_string(m_server.port()), SmallProject::key, "1"});
}

void ApiDriverTest::knowsTheProject()
{
    const auto project = m_driver->project();

    QVERIFY2(project, project ? "" : project.error().message.c_str());
    COMPARE_TEXT(project->name, "Small");
    QCOMPARE(project->weekStartDay, 1);
    QVERIFY(project->isDemo);
    COMPARE_TEXT(project->now, "2026-01-31T12:00:00.000000Z");
}

void ApiDriverTest::listsTheObjects()
{
    const auto objects = m_driver->listObjects();

    QVERIFY2(objects, objects ? "" : objects.error().message.c_str());
    std::map<std::string, std::int64_t> counts;
    for (const posthog::ObjectInfo &object : *objects)
        counts[object.name] = object.count.value_or(-1);
    for (const auto &[name, count] : std::map<std::string, std::int64_t>{
             {"events", 6}, {"persons", 3}, {"sessions", 0}, {"insights", 1}, {"cohorts", 1}, {"feature_flags", 2}})
        QVERIFY2(counts.contains(name) && counts[name] == count, name.c_str());
}

void ApiDriverTest::getsFieldsAndRowsOfEach_data()
{
    QTest::addColumn<QString>("object");
    QTest::addColumn<int>("rows");

    QTest::newRow("events") << "events" << 6;
    QTest::newRow("persons") << "persons" << 3;
    QTest::newRow("sessions") << "sessions" << 0;
    QTest::newRow("insights") << "insights" << 1;
    QTest::newRow("cohorts") << "cohorts" << 1;
    QTest::newRow("feature_flags") << "feature_flags" << 2;
}

void ApiDriverTest::getsFieldsAndRowsOfEach()
{
    QFETCH(QString, object);
    QFETCH(int, rows);

    const auto fields = m_driver->getFields(object.toStdString());
    QVERIFY2(fields, fields ? "" : fields.error().message.c_str());
    QVERIFY(!fields->empty());
    posthog::RowsRequest request;
    request.object = object.toStdString();
    const auto page = m_driver->getRows(request);
    QVERIFY2(page, page ? "" : page.error().message.c_str());
    QCOMPARE(page->table.rows.size(), static_cast<std::size_t>(rows));
    QVERIFY(page->next.empty());
}

void ApiDriverTest::pagesThroughRows()
{
    for (const char *object : {"events", "persons", "feature_flags"}) {
        posthog::RowsRequest request;
        request.object = object;
        request.limit = 1;
        std::set<std::string> seen;
        int pages = 0;
        do {
            const auto page = m_driver->getRows(request);
            QVERIFY2(page, page ? "" : page.error().message.c_str());
            for (const auto &row : page->table.rows)
                seen.insert(Json(row).dump());
            request.cursor = page->next;
        } while (!request.cursor.empty() && ++pages < 20);

        QCOMPARE(seen.size(), std::size_t(object == std::string("events") ? 6 : object == std::string("persons") ? 3 : 2));
    }
}

void ApiDriverTest::queries()
{
    const auto table = m_driver->query(
        "SELECT event, count() AS n, max(timestamp) AS last FROM events WHERE distinct_id = {who} GROUP BY event ORDER BY event",
        {{"who", "ann"}});

    QVERIFY2(table, table ? "" : table.error().message.c_str());
    COMPARE_TEXT(
        Json(table->rows).dump(),
        R"([["$pageview",2,"2031-01-01T00:00:00.000000Z"],["paid_bill",1,"2026-01-30T10:00:02.000001Z"],["signed_up",1,"2026-01-30T10:00:01.000000Z"]])");
    QVERIFY(table->columns[1].kind() == posthog::ColumnKind::Integer);
    QVERIFY(table->columns[2].kind() == posthog::ColumnKind::DateTime);
    QVERIFY(table->hasMore == false);
}

void ApiDriverTest::tellsWhatIsWrongWithAQuery()
{
    const auto table = m_driver->query("SELECT FROM events WHERE");

    QVERIFY(!table);
    QCOMPARE(table.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY(!table.error().message.empty());
}

void ApiDriverTest::creates()
{
    const auto cohort
        = m_driver->create("cohorts", {{"name", "Chosen"}, {"is_static", true}, {"person_ids", {SmallProject::bob}}});
    QVERIFY2(cohort, cohort ? "" : cohort.error().message.c_str());
    QCOMPARE((*cohort)["count"].get<int>(), 1);
    const auto members = m_driver->query("SELECT id FROM persons WHERE id IN COHORT 'Chosen'");
    QVERIFY2(members, members ? "" : members.error().message.c_str());
    COMPARE_TEXT(Json(members->rows).dump(), R"([["bbbbbbbb-0000-4000-8000-000000000002"]])");

    const auto wrong = m_driver->create("feature_flags", {{"key", "a b"}});
    QVERIFY(!wrong);
    QCOMPARE(wrong.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY2(wrong.error().message.find("Only letters") != std::string::npos, wrong.error().message.c_str());
}

void ApiDriverTest::saysThatTheKeyIsRefused()
{
    const auto stranger = posthog::makeDriver(m_client, {m_driver->host(), "phx_wrong", "1"});

    QCOMPARE(stranger->project().error().code, ph::ErrorCode::Unauthorized);
}

void ApiDriverTest::endsAQueryThatIsCancelled()
{
    // More of them than may run at once: were one still running for the server, the last query would have to wait.
    for (int i = 0; i < 4; ++i) {
        std::stop_source stop;
        QElapsedTimer timer;
        std::jthread canceller([&] {
            std::this_thread::sleep_for(300ms);
            timer.start();
            stop.request_stop();
        });

        const auto table
            = m_driver->query("SELECT sum(a.number * b.number) FROM numbers(3000000) AS a CROSS JOIN numbers(3000000) AS b",
                              Json::object(), stop.get_token());

        QVERIFY(!table);
        QCOMPARE(table.error().code, ph::ErrorCode::Cancelled);
        QVERIFY2(timer.elapsed() <= 200, std::to_string(timer.elapsed()).c_str());
    }

    QElapsedTimer timer;
    timer.start();
    QVERIFY(m_driver->query("SELECT 1"));
    QVERIFY2(timer.elapsed() < 15'000, std::to_string(timer.elapsed()).c_str());
}

QTEST_GUILESS_MAIN(ApiDriverTest)
#include "api_driver_test.moc"

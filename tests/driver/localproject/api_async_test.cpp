#include "tests/driver/localproject/small_project.h"

#include <QElapsedTimer>

#include <atomic>
#include <thread>

using ph::Json;
using namespace std::chrono_literals;

#define COMPARE_TEXT(actual, expected) QCOMPARE(std::string(actual), std::string(expected))

/// Queries that go on while nobody waits for them.
class ApiAsyncTest : public QObject
{
    Q_OBJECT

private slots:
    void answersAtOnceAndKeepsTheResult();
    void saysHowFarItIs();
    void isCancelledAtOnce();
    void cancelsABlockingQueryByItsId();
    void keepsWhatWentWrong();
    void forgetsAfterTenMinutes();
    void knowsNothingOfOtherIds();
    void startsNothingTwice();
    void letsThreeRunAtOnce();
    void endsWithTheProject();
    void refusesAnIdThatIsNone();

private:
    /// Minutes of work that no index helps with.
    static constexpr const char *longQuery
        = "SELECT sum(a.number * b.number) FROM numbers(3000000) AS a CROSS JOIN numbers(3000000) AS b";

    static Json bodyOf(const std::string &hogql, const std::string &refresh = "async", const std::string &id = {})
    {
        Json body{{"query", {{"kind", "HogQLQuery"}, {"query", hogql}}}, {"refresh", refresh}};
        if (!id.empty())
            body["client_query_id"] = id;
        return body;
    }
    /// The status when it is complete.
    static SmallProject::Answered waitFor(const SmallProject &project, const std::string &id)
    {
        QElapsedTimer timer;
        timer.start();
        while (true) {
            auto status = project.get("query/" + id + "/");
            if (status.status != 202 || timer.elapsed() > 40'000)
                return status;
            std::this_thread::sleep_for(5ms);
        }
    }
};

void ApiAsyncTest::answersAtOnceAndKeepsTheResult()
{
    const SmallProject project;
    const auto started = project.post("query/", bodyOf("SELECT count() AS n FROM events"));
    QCOMPARE(started.status, 202);
    const Json status = started.body["query_status"];
    QVERIFY(status["complete"] == false && status["error"] == false && status["query_async"] == true);
    QCOMPARE(status["team_id"].get<int>(), 1);

    const auto done = waitFor(project, status["id"].get<std::string>());

    QCOMPARE(done.status, 200);
    const Json finished = done.body["query_status"];
    QVERIFY(finished["complete"] == true && finished["error"] == false);
    COMPARE_TEXT(finished["results"]["results"].dump(), "[[6]]");
    COMPARE_TEXT(finished["results"]["columns"].dump(), R"(["n"])");
    QVERIFY(finished["end_time"].get<std::string>() >= finished["start_time"].get<std::string>());
}

void ApiAsyncTest::saysHowFarItIs()
{
    SmallProject project;
    QVERIFY(project.store().execute("INSERT INTO person_distinct_ids SELECT 'id-' || range, NULL FROM range(200000)"));
    project.post("query/", bodyOf("SELECT sum(length(a.distinct_id) * length(b.distinct_id)) FROM person_distinct_ids AS a"
                                  " CROSS JOIN person_distinct_ids AS b",
                                  "force_async", "long"));
    Json progress;
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 40'000 && (!progress.is_object() || progress["estimated_rows_total"] == 0)) {
        const auto running = project.get("query/long/?show_progress=true");
        QCOMPARE(running.status, 202);
        progress = running.body["query_status"]["query_progress"];
        std::this_thread::sleep_for(20ms);
    }

    QVERIFY2(progress["estimated_rows_total"].get<std::uint64_t>() > 0, progress.dump().c_str());
    QVERIFY(progress["rows_read"].get<std::uint64_t>() <= progress["estimated_rows_total"].get<std::uint64_t>());
    QVERIFY(project.get("query/long/").body["query_status"]["query_progress"].is_null());
}

void ApiAsyncTest::isCancelledAtOnce()
{
    const SmallProject project;
    project.post("query/", bodyOf(longQuery, "async", "long"));
    std::this_thread::sleep_for(100ms);

    QElapsedTimer timer;
    timer.start();
    const auto cancelled = SmallProject::answered(project.call("DELETE", "/api/projects/1/query/long/"));
    const qint64 took = timer.elapsed();

    QCOMPARE(cancelled.status, 200);
    QVERIFY2(took < 1000, std::to_string(took).c_str()); // The query would take hours.
    const auto status = project.get("query/long/");
    QCOMPARE(status.status, 400);
    QVERIFY(status.body["query_status"]["complete"] == true && status.body["query_status"]["error"] == true);
    COMPARE_TEXT(status.body["query_status"]["error_message"].get<std::string>(), "Query was cancelled.");
}

void ApiAsyncTest::cancelsABlockingQueryByItsId()
{
    const SmallProject project;
    SmallProject::Answered answer;
    std::jthread asking([&] { answer = project.post("query/", bodyOf(longQuery, "blocking", "mine")); });
    int status = 404;
    for (int i = 0; i < 4000 && status == 404; ++i) {
        std::this_thread::sleep_for(5ms);
        status = project.call("DELETE", "/api/projects/1/query/mine/").status;
    }
    asking.join();

    QCOMPARE(status, 200);
    QCOMPARE(answer.status, 400);
    COMPARE_TEXT(answer.body["code"].get<std::string>(), "query_cancelled");
    QCOMPARE(project.get("query/mine/").status, 404);
}

void ApiAsyncTest::keepsWhatWentWrong()
{
    const SmallProject project;
    const auto started = project.post("query/", bodyOf("SELECT nonsense_field FROM events"));
    QCOMPARE(started.status, 202);

    const auto done = waitFor(project, started.body["query_status"]["id"].get<std::string>());

    QCOMPARE(done.status, 400);
    QVERIFY(done.body["query_status"]["error_message"].get<std::string>().find("nonsense_field") != std::string::npos);
    QVERIFY(done.body["query_status"]["results"].is_null());
}

void ApiAsyncTest::forgetsAfterTenMinutes()
{
    std::atomic<std::int64_t> seconds{1000};
    localproject::ApiOptions options;
    options.clock = [&] { return std::chrono::steady_clock::time_point(std::chrono::seconds(seconds)); };
    const SmallProject project(options);
    project.post("query/", bodyOf("SELECT 1", "async", "one"));
    QCOMPARE(waitFor(project, "one").status, 200);

    seconds += 599;
    QCOMPARE(project.get("query/one/").status, 200);
    seconds += 1;
    QCOMPARE(project.get("query/one/").status, 404);
}

void ApiAsyncTest::knowsNothingOfOtherIds()
{
    const SmallProject project;

    const auto status = project.get("query/other/");

    QCOMPARE(status.status, 404);
    COMPARE_TEXT(status.body["detail"].get<std::string>(), "Query other not found for team 1");
    QCOMPARE(project.call("DELETE", "/api/projects/1/query/other/").status, 404);
}

void ApiAsyncTest::startsNothingTwice()
{
    const SmallProject project;
    project.post("query/", bodyOf("SELECT 1", "async", "one"));
    waitFor(project, "one");

    const auto again = project.post("query/", bodyOf("SELECT 2", "async", "one"));

    QCOMPARE(again.status, 200);
    COMPARE_TEXT(again.body["query_status"]["results"]["results"].dump(), "[[1]]");
}

void ApiAsyncTest::letsThreeRunAtOnce()
{
    localproject::ApiOptions options;
    options.queryWait = 100ms;
    const SmallProject project(options);
    for (const char *id : {"a", "b", "c"})
        project.post("query/", bodyOf(longQuery, "async", id));
    std::this_thread::sleep_for(300ms);
    QCOMPARE(project.query("SELECT 1").status, 429); // A request does not wait for long,
    QCOMPARE(project.post("query/", bodyOf("SELECT 1", "async", "fourth")).status, 202); // an asynchronous query does.

    for (const char *id : {"a", "b", "c"})
        project.call("DELETE", std::string("/api/projects/1/query/") + id + "/");

    QCOMPARE(waitFor(project, "fourth").status, 200);
}

void ApiAsyncTest::endsWithTheProject()
{
    QElapsedTimer timer;
    {
        const SmallProject project;
        for (int i = 0; i < 8; ++i)
            project.post("query/", bodyOf(longQuery));
        timer.start();
    }
    QVERIFY2(timer.elapsed() < 40'000, std::to_string(timer.elapsed()).c_str());
}

void ApiAsyncTest::refusesAnIdThatIsNone()
{
    const SmallProject project;

    const auto answer = project.post("query/", bodyOf("SELECT 1", "async", "a/b"));

    QCOMPARE(answer.status, 400);
    COMPARE_TEXT(answer.body["attr"].get<std::string>(), "client_query_id");
}

QTEST_GUILESS_MAIN(ApiAsyncTest)
#include "api_async_test.moc"

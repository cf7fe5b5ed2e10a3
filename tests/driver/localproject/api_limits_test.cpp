#include "tests/driver/localproject/small_project.h"

using localproject::RateLimiter;
using localproject::RateLimits;
using localproject::RequestClass;
using namespace std::chrono_literals;

#define COMPARE_TEXT(actual, expected) QCOMPARE(std::string(actual), std::string(expected))

/// Who may ask for what, and how often.
class ApiLimitsTest : public QObject
{
    Q_OBJECT

private slots:
    void takesAsManyAsAWindowHolds();
    void countsInEachOfItsWindows();
    void keepsClassesAndKeysApart();
    void shortensItsWindows();
    void answersTooManyAsPostHogDoes();
    void countsByTheClassOfTheRoute_data();
    void countsByTheClassOfTheRoute();
    void doesNotCountWhatIsRefused();
    void asksForTheScope_data();
    void asksForTheScope();
    void keepsAKeyToItsProjects();

private:
    /// Time that stands still until it is moved.
    struct Clock {
        std::chrono::steady_clock::time_point now{1h};
        localproject::RateClock reading()
        {
            return [this] { return now; };
        }
    };

    static std::vector<std::pair<std::string, std::string>> bearer(const std::string &key)
    {
        return {{"authorization", "Bearer " + key}};
    }
};

void ApiLimitsTest::takesAsManyAsAWindowHolds()
{
    Clock clock;
    RateLimits limits;
    limits.classes[RequestClass::Crud] = {{3, 60s}};
    RateLimiter limiter(limits, clock.reading());
    const auto take = [&] { return limiter.take(RequestClass::Crud, "a"); };

    QVERIFY(!take());
    clock.now += 20s;
    QVERIFY(!take() && !take());
    QCOMPARE(*take(), 40'000ms); // until the first is a minute old
    clock.now += 39'999ms;
    QCOMPARE(*take(), 1ms);
    clock.now += 1ms;
    QVERIFY(!take());
    QCOMPARE(*take(), 20'000ms); // the two of one moment
}

void ApiLimitsTest::countsInEachOfItsWindows()
{
    Clock clock;
    RateLimiter limiter(RateLimits::posthog(), clock.reading());
    int taken = 0;
    std::chrono::milliseconds wait{0};
    for (int minute = 0; minute < 11; ++minute) {
        for (int i = 0; i < 240; ++i) {
            const auto refused = limiter.take(RequestClass::Query, "a");
            taken += !refused;
            wait = refused.value_or(0ms);
        }
        clock.now += 1min;
    }

    QCOMPARE(taken, 2400); // an hour's, before the minute's would allow 2,640
    QCOMPARE(wait, std::chrono::duration_cast<std::chrono::milliseconds>(50min));
}

void ApiLimitsTest::keepsClassesAndKeysApart()
{
    Clock clock;
    RateLimiter limiter(RateLimits::posthog(), clock.reading());
    for (int i = 0; i < 60; ++i)
        QVERIFY(!limiter.take(RequestClass::Values, "a"));

    QVERIFY(limiter.take(RequestClass::Values, "a"));
    QVERIFY(!limiter.take(RequestClass::Values, "b"));
    QVERIFY(!limiter.take(RequestClass::Analytics, "a"));
    QVERIFY(!limiter.take(RequestClass::Unlimited, "a"));
}

void ApiLimitsTest::shortensItsWindows()
{
    Clock clock;
    RateLimiter limiter(RateLimits::posthog().faster(60), clock.reading());
    for (int i = 0; i < 240; ++i)
        QVERIFY(!limiter.take(RequestClass::Query, "a"));

    QCOMPARE(*limiter.take(RequestClass::Query, "a"), 1000ms);
    clock.now += 1s;
    QVERIFY(!limiter.take(RequestClass::Query, "a"));
}

void ApiLimitsTest::answersTooManyAsPostHogDoes()
{
    Clock clock;
    localproject::ApiOptions options;
    options.limits = RateLimits::perMinute(1);
    options.clock = clock.reading();
    const SmallProject project(options);
    QCOMPARE(project.get("cohorts/").status, 200);
    clock.now += 22'500ms;

    const auto refused = project.call("GET", "/api/projects/1/cohorts/");

    QCOMPARE(refused.status, 429);
    COMPARE_TEXT(refused.body,
                 R"({"attr":null,"code":"throttled","detail":"Request was throttled. Expected available in 38 seconds.","type":"throttled_error"})");
    QCOMPARE(refused.headers.size(), std::size_t(1));
    QVERIFY((refused.headers[0] == std::pair<std::string, std::string>("Retry-After", "38")));

    clock.now += 37s;
    COMPARE_TEXT(project.get("cohorts/").body["detail"].get<std::string>(), "Request was throttled. Expected available in 1 second.");
}

void ApiLimitsTest::countsByTheClassOfTheRoute_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("perMinute");

    QTest::newRow("objects") << "cohorts/" << 480;
    QTest::newRow("events") << "events/?limit=1" << 240;
    QTest::newRow("members") << "cohorts/1/persons/" << 240;
    QTest::newRow("values") << "events/values/?key=n" << 60;
    QTest::newRow("computed insights") << "insights/?refresh=blocking" << 240;
    QTest::newRow("insights") << "insights/" << 480;
}

void ApiLimitsTest::countsByTheClassOfTheRoute()
{
    QFETCH(QString, path);
    QFETCH(int, perMinute);
    Clock clock;
    localproject::ApiOptions options;
    options.limits = RateLimits::posthog();
    options.clock = clock.reading();
    const SmallProject project(options);

    int answered = 0;
    while (answered < 1000 && project.get(path.toStdString()).status == 200)
        ++answered;

    QCOMPARE(answered, perMinute);
}

void ApiLimitsTest::doesNotCountWhatIsRefused()
{
    Clock clock;
    localproject::ApiOptions options;
    options.limits = RateLimits::perMinute(1);
    options.clock = clock.reading();
    options.scopes = {"cohort:read"};
    const SmallProject project(options);

    QCOMPARE(project.get("persons/").status, 403);
    QCOMPARE(project.get("nothing/").status, 404);
    QCOMPARE(project.get("cohorts/").status, 200);
}

void ApiLimitsTest::asksForTheScope_data()
{
    QTest::addColumn<QString>("scopes");
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("missing");

    QTest::newRow("query") << "person:read" << "POST" << "query/" << "query:read";
    QTest::newRow("events") << "person:read" << "GET" << "events/" << "query:read";
    QTest::newRow("has it") << "person:read" << "GET" << "persons/" << "";
    QTest::newRow("all") << "*" << "GET" << "persons/" << "";
    QTest::newRow("write covers read") << "cohort:write" << "GET" << "cohorts/" << "";
    QTest::newRow("read does not cover write") << "cohort:read" << "PATCH" << "cohorts/1/" << "cohort:write";
    QTest::newRow("a longer name is another") << "cohorts:read" << "GET" << "cohorts/" << "cohort:read";
    QTest::newRow("the project itself") << "person:read" << "GET" << "" << "project:read";
    QTest::newRow("none") << "" << "GET" << "insights/" << "insight:read";
}

void ApiLimitsTest::asksForTheScope()
{
    QFETCH(QString, scopes);
    QFETCH(QString, method);
    QFETCH(QString, path);
    QFETCH(QString, missing);
    localproject::ApiOptions options;
    options.scopes = scopes.isEmpty() ? std::vector<std::string>() : std::vector<std::string>{scopes.toStdString()};
    const SmallProject project(options);

    const auto answer
        = SmallProject::answered(project.call(method.toStdString(), "/api/projects/1/" + path.toStdString(), "{}"));

    if (missing.isEmpty()) {
        QCOMPARE(answer.status, 200);
        return;
    }
    QCOMPARE(answer.status, 403);
    COMPARE_TEXT(answer.body["detail"].get<std::string>(), "API key missing required scope '" + missing.toStdString() + "'");
    COMPARE_TEXT(answer.body["code"].get<std::string>(), "permission_denied");
    COMPARE_TEXT(answer.body["type"].get<std::string>(), "authentication_error");
}

void ApiLimitsTest::keepsAKeyToItsProjects()
{
    localproject::ApiOptions options;
    options.furtherKeys = {{"phx_other", {"*"}, "Other", {"2"}}, {"phx_ours", {"person:read"}, "Ours", {"1"}}};
    const SmallProject project(options);

    const auto foreign = SmallProject::answered(project.call("GET", "/api/projects/1/cohorts/", {}, bearer("phx_other")));
    const auto ours = SmallProject::answered(project.call("GET", "/api/personal_api_keys/@current/", {}, bearer("phx_ours")));

    QCOMPARE(foreign.status, 403);
    COMPARE_TEXT(foreign.body["detail"].get<std::string>(), "API key does not have access to the requested project: ID 1.");
    COMPARE_TEXT(ours.body["scopes"].dump(), R"(["person:read"])");
    COMPARE_TEXT(ours.body["label"].get<std::string>(), "Ours");
}

QTEST_GUILESS_MAIN(ApiLimitsTest)
#include "api_limits_test.moc"

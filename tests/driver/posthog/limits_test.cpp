#include "driver/http/client.h"
#include "driver/http/server.h"
#include "driver/posthog/driver.h"
#include "tests/driver/localproject/small_project.h"
#include "tests/support/manual_clock.h"

#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <thread>

using namespace std::chrono_literals;

namespace {

/// A clock that goes on only while no call is under way: an hour that passed in the middle of one would be a call that nobody waits for
/// any more.
class PatientClock : public ManualClock
{
public:
    /// Between a thread's calls too: what it does is under way.
    void enter() { ++m_busy; }
    void leave() { --m_busy; }

    bool waitUntil(ph::Time time, std::stop_token stop) override
    {
        leave();
        while (m_busy > 0 && now() < time && !stop.stop_requested())
            std::this_thread::sleep_for(200us);
        const bool isTime = ManualClock::waitUntil(time, stop);
        enter();
        return isTime;
    }

private:
    std::atomic<int> m_busy = 0; // threads that do not wait for the time
};

} // namespace

/// The driver's budget against a server that counts as PostHog does.
class LimitsTest : public QObject
{
    Q_OBJECT

private slots:
    void causesNoRefusalInHoursOfCalls();
    void causesNoRefusalInRealTime();
    void livesWithLimitsItDoesNotKnow();

private:
    static localproject::ApiOptions limited(localproject::RateLimits limits, localproject::RateClock clock)
    {
        localproject::ApiOptions options;
        options.limits = std::move(limits);
        options.clock = std::move(clock);
        return options;
    }

    /// The local project over HTTP, with `limits` counted by `clock`; counts its refusals.
    struct Server {
        Server(localproject::RateLimits limits, localproject::RateClock clock)
            : project(limited(std::move(limits), std::move(clock)))
            , server({}, [this](const http::ServerRequest &request, std::stop_token stop) {
                auto response = project.handle(request, std::move(stop));
                (response.status == 429 ? refused : response.status == 200 ? answered : other)++;
                return response;
            })
        {
            if (const auto started = server.start(); !started)
                qFatal("%s", started.error().message.c_str());
        }
        posthog::Credentials credentials() const { return {"http://127.0.0.1:" + std::to_string(server.port()), SmallProject::key, "1"}; }

        SmallProject project;
        std::atomic<int> answered = 0;
        std::atomic<int> refused = 0;
        std::atomic<int> other = 0;
        http::Server server;
    };

    static bool callOne(posthog::Driver &driver, int i)
    {
        switch (i % 10) {
        case 0: return driver.get("events/?limit=1").has_value();
        case 1: return driver.get("insights/?limit=1").has_value();
        case 2: return driver.get("cohorts/?limit=1").has_value();
        case 3: return i % 4 ? driver.get("persons/?limit=1").has_value() : driver.get("events/values/?key=$browser").has_value();
        default: return driver.query("SELECT 1").has_value();
        }
    }

    http::Client m_client;
    QTemporaryDir m_folder;
};

/// 5,000 calls as fast as they may go, by two programs' worth of drivers with two threads each, which share their budget's file.
void LimitsTest::causesNoRefusalInHoursOfCalls()
{
    PatientClock clock;
    const ph::Time start = clock.now();
    Server server(localproject::RateLimits::posthog(), [&] { return std::chrono::steady_clock::time_point(clock.now().time_since_epoch()); });
    posthog::DriverOptions options;
    options.limits = posthog::RateLimits::ofPostHog();
    options.budgetFile = m_folder.filePath("budget").toStdString();
    options.clock = &clock;
    options.longestWait = std::chrono::hours(100);
    const auto one = posthog::makeDriver(m_client, server.credentials(), options);
    const auto other = posthog::makeDriver(m_client, server.credentials(), options);
    std::atomic<int> next = 0;
    std::atomic<int> succeeded = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&, driver = i % 2 ? one.get() : other.get()] {
                clock.enter();
                for (int call; (call = next++) < 5000;)
                    succeeded += callOne(*driver, call);
                clock.leave();
            });
        }
    }
    const auto hours = std::chrono::duration<double, std::ratio<3600>>(clock.now() - start).count();
    qInfo("5,000 calls in %.2f simulated hours, %d refused", hours, server.refused.load());
    QCOMPARE(succeeded.load(), 5000);
    QCOMPARE(server.refused.load(), 0);
    QVERIFY2(hours > 1 && hours < 2.2, qPrintable(QString::number(hours))); // 3,000 queries: 2,400 within the first hour
}

void LimitsTest::causesNoRefusalInRealTime()
{
    Server server(localproject::RateLimits::posthog().faster(60), {});
    posthog::DriverOptions options;
    options.limits.windows[static_cast<std::size_t>(posthog::RateClass::Values)] = {{1s, 60}, {60s, 300}};
    options.longestWait = 60s;
    const auto driver = posthog::makeDriver(m_client, server.credentials(), options);
    std::atomic<int> next = 0;
    std::atomic<int> succeeded = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                while (next++ < 200)
                    succeeded += driver->get("events/values/?key=$browser").has_value();
            });
        }
    }
    QCOMPARE(succeeded.load(), 200);
    QCOMPARE(server.refused.load(), 0);
}

/// A team with smaller limits than the documented ones: each refusal is waited for, and every call succeeds in the end.
void LimitsTest::livesWithLimitsItDoesNotKnow()
{
    ManualClock clock;
    auto limits = localproject::RateLimits::posthog();
    limits.classes[localproject::RequestClass::Query] = {{120, 3600s}};
    Server server(limits, [&] { return std::chrono::steady_clock::time_point(clock.now().time_since_epoch()); });
    posthog::DriverOptions options;
    options.limits = posthog::RateLimits::ofPostHog();
    options.clock = &clock;
    options.longestWait = std::chrono::hours(100);
    const auto driver = posthog::makeDriver(m_client, server.credentials(), options);

    for (int i = 0; i < 500; ++i)
        QVERIFY(driver->query("SELECT 1").has_value());

    QCOMPARE(server.answered.load(), 500);
    QVERIFY2(server.refused <= 2, qPrintable(QString::number(server.refused))); // learned from the first
    QCOMPARE(driver->budget().at(2).windows.at(1).limit, 120);
}

QTEST_GUILESS_MAIN(LimitsTest)
#include "limits_test.moc"

#include "driver/posthog/rate_budget.h"

#include "tests/support/manual_clock.h"

#include <QTemporaryDir>
#include <QTest>
#include <deque>
#include <fstream>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace posthog;
using namespace std::chrono_literals;

namespace {

constexpr ph::Time forEver = ph::Time(std::chrono::microseconds(std::numeric_limits<std::int64_t>::max() / 4));

/// PostHog's own way of counting: the moments of the requests it let through, in a window that slides.
class SlidingWindows
{
public:
    explicit SlidingWindows(std::vector<RateLimit> limits)
        : m_limits(std::move(limits))
    {
    }
    bool allows(ph::Time now)
    {
        for (const RateLimit &limit : m_limits) {
            const auto within = std::count_if(m_seen.begin(), m_seen.end(), [&](ph::Time at) { return at > now - limit.window; });
            if (within >= limit.requests)
                return false;
        }
        m_seen.push_back(now);
        return true;
    }

private:
    std::vector<RateLimit> m_limits;
    std::deque<ph::Time> m_seen;
};

const BudgetUse &queriesOf(const std::vector<BudgetUse> &uses) { return uses.at(static_cast<std::size_t>(RateClass::Query)); }

} // namespace

class RateBudgetTest : public QObject
{
    Q_OBJECT

private slots:
    void staysBelowASlidingWindow();
    void waitsExactlyForRetryAfter();
    void tellsWhenItWouldTakeTooLong();
    void countsAcrossRestarts();
    void countsOtherPrograms();
    void passesOverTornAndForeignLines();
    void forgetsAProgramThatWasKilled();
    void keepsItsFileSmall();
    void learnsTheLegacyLimit();
    void leavesATenthToPeople();
    void showsWhatIsUsed();
    void waitsForAQueryToEnd();
    void stopsWaiting();
    void survivesAClockThatIsSetBack();
    void worksWithoutItsFile();

private:
    std::filesystem::path file() { return std::filesystem::path(m_folder.path().toStdString()) / (std::to_string(++m_files) + ".ledger"); }

    QTemporaryDir m_folder;
    int m_files = 0;
};

/// 6,000 requests as fast as the budget lets them, answers that take a random while: PostHog refuses none of them, and the budget
/// does not give away more than a twentieth of what PostHog would have allowed.
void RateBudgetTest::staysBelowASlidingWindow()
{
    ManualClock clock;
    RateBudget budget(RateLimits::ofPostHog(), {}, clock);
    SlidingWindows server({{60s, 240}, {3600s, 2400}});
    std::minstd_rand random(7);
    const ph::Time start = clock.now();

    int refused = 0;
    for (int i = 0; i < 6000; ++i) {
        const auto permit = budget.take(only(RateClass::Query), Urgency::Interactive, forEver, {});
        QVERIFY(permit.has_value());
        clock.advance(std::chrono::microseconds(random() % 30'000)); // on its way there
        refused += !server.allows(clock.now());
        clock.advance(std::chrono::microseconds(random() % 200'000)); // and back
    }

    QCOMPARE(refused, 0);
    const auto taken = std::chrono::duration<double>(clock.now() - start).count();
    QVERIFY2(taken < 2 * 3600 * 1.05 + 600, qPrintable(QString::number(taken))); // 2,400 at once, 2,400 an hour later, 1,200 after two
}

void RateBudgetTest::waitsExactlyForRetryAfter()
{
    ManualClock clock;
    RateBudget budget(RateLimits::none(), {}, clock);
    const ph::Time start = clock.now();

    budget.refused(only(RateClass::Query), start + 37s);
    QVERIFY(budget.take(only(RateClass::Crud), Urgency::Interactive, forEver, {}).has_value());
    QCOMPARE(clock.now(), start); // only the class that was refused waits
    QVERIFY(budget.take(only(RateClass::Query), Urgency::Interactive, forEver, {}).has_value());

    QCOMPARE(clock.now(), start + 37s);
}

void RateBudgetTest::tellsWhenItWouldTakeTooLong()
{
    ManualClock clock;
    RateBudget budget(RateLimits::none(), {}, clock);
    budget.refused(only(RateClass::Query), clock.now() + 3000s);
    const ph::Time before = clock.now();

    const auto permit = budget.take(only(RateClass::Query), Urgency::Interactive, clock.now() + 10s, {});

    QVERIFY(!permit.has_value());
    QCOMPARE(permit.error().code, ph::ErrorCode::RateLimited);
    QVERIFY2(permit.error().message.find("50 minutes") != std::string::npos, permit.error().message.c_str());
    QCOMPARE(clock.now(), before);
}

void RateBudgetTest::countsAcrossRestarts()
{
    ManualClock clock;
    const auto path = file();
    for (int i = 0; i < 3; ++i) {
        RateBudget budget(RateLimits::ofPostHog(), path, clock);
        for (int k = 0; k < 20; ++k)
            QVERIFY(budget.take(only(RateClass::Values), Urgency::Interactive, forEver, {}).has_value());
        clock.advance(1s);
    }
    RateBudget budget(RateLimits::ofPostHog(), path, clock);

    const auto use = budget.use().at(static_cast<std::size_t>(RateClass::Values));

    QCOMPARE(use.windows.at(0).used, 60);
    QCOMPARE(use.windows.at(0).left(), 0);
    QCOMPARE(use.nextFree, clock.now() - 3s + 60s + 100ms); // when the first of them leaves the minute
    QVERIFY(!budget.tryTake(only(RateClass::Values)));
}

void RateBudgetTest::countsOtherPrograms()
{
    const auto path = file();
    constexpr int programs = 4;
    constexpr int each = 30;
    for (int i = 0; i < programs; ++i) {
        if (::fork() == 0) {
            RateBudget budget(RateLimits::ofPostHog(), path, ph::systemClock());
            for (int k = 0; k < each; ++k) {
                if (!budget.take(only(RateClass::Query), Urgency::Interactive, forEver, {}))
                    ::_exit(1);
            }
            ::_exit(0);
        }
    }
    for (int i = 0; i < programs; ++i) {
        int status = 0;
        QVERIFY(::wait(&status) > 0);
        QCOMPARE(status, 0);
    }
    RateBudget budget(RateLimits::ofPostHog(), path, ph::systemClock());

    QCOMPARE(queriesOf(budget.use()).windows.at(0).used, programs * each);
    QCOMPARE(queriesOf(budget.use()).running, 0);
}

void RateBudgetTest::passesOverTornAndForeignLines()
{
    ManualClock clock;
    const auto path = file();
    {
        RateBudget budget(RateLimits::ofPostHog(), path, clock);
        QVERIFY(budget.take(only(RateClass::Query), Urgency::Interactive, forEver, {}).has_value());
    }
    std::ofstream(path, std::ios::app) << "hello\n\ns x\ne\nb 9 1\nl 2 0 0 0\ns 1 99999999999999999999 1 1\ns torn 4 1 17";
    RateBudget budget(RateLimits::ofPostHog(), path, clock);
    QCOMPARE(queriesOf(budget.use()).windows.at(0).used, 1);

    QVERIFY(budget.take(only(RateClass::Query), Urgency::Interactive, forEver, {}).has_value());

    RateBudget other(RateLimits::ofPostHog(), path, clock);
    QCOMPARE(queriesOf(other.use()).windows.at(0).used, 2);
}

void RateBudgetTest::forgetsAProgramThatWasKilled()
{
    ManualClock clock;
    const auto path = file();
    const pid_t child = ::fork();
    if (child == 0) {
        RateBudget budget(RateLimits::ofPostHog(), path, clock);
        std::vector<RateBudget::Permit> permits;
        for (int i = 0; i < 3; ++i)
            permits.push_back(std::move(*budget.take(only(RateClass::Query), Urgency::Interactive, forEver, {})));
        ::_exit(0); // as when it is killed: nothing is given back
    }
    QCOMPARE(::waitpid(child, nullptr, 0), child);
    RateBudget budget(RateLimits::ofPostHog(), path, clock);
    QCOMPARE(queriesOf(budget.use()).running, 3); // in PostHog, they may still be

    clock.advance(11s);

    QCOMPARE(queriesOf(budget.use()).running, 0);
    QCOMPARE(queriesOf(budget.use()).windows.at(0).used, 3);
    QVERIFY(budget.tryTake(only(RateClass::Query)));
}

void RateBudgetTest::keepsItsFileSmall()
{
    ManualClock clock;
    const auto path = file();
    RateBudget budget(RateLimits::none(), path, clock);
    RateBudget other(RateLimits::none(), path, clock);
    for (int i = 0; i < 12'000; ++i) {
        QVERIFY((i % 2 ? other : budget).take(only(RateClass::Crud), Urgency::Interactive, forEver, {}).has_value());
        clock.advance(1s);
    }

    QVERIFY2(std::filesystem::file_size(path) < 1'100'000, qPrintable(QString::number(std::filesystem::file_size(path))));
    RateLimits limits;
    limits.windows[static_cast<std::size_t>(RateClass::Crud)] = {{3600s, 5000}};
    RateBudget third(limits, path, clock);
    QCOMPARE(third.use().at(static_cast<std::size_t>(RateClass::Crud)).windows.at(0).used, 3600);
}

void RateBudgetTest::learnsTheLegacyLimit()
{
    ManualClock clock;
    const auto path = file();
    {
        RateBudget budget(RateLimits::ofPostHog(), path, clock);
        for (int i = 0; i < 121; ++i) {
            QVERIFY(budget.take(only(RateClass::Query), Urgency::Interactive, forEver, {}).has_value());
            clock.advance(1s);
        }
        budget.refused(only(RateClass::Query), clock.now() + 3000s);
        QCOMPARE(queriesOf(budget.use()).windows.at(1).limit, 120);
    }
    clock.advance(3600s);
    RateBudget budget(RateLimits::ofPostHog(), path, clock);
    QCOMPARE(queriesOf(budget.use()).windows.at(1).limit, 120);

    clock.advance(std::chrono::hours(24));

    QCOMPARE(queriesOf(budget.use()).windows.at(1).limit, 2400); // tried again after a day
}

void RateBudgetTest::leavesATenthToPeople()
{
    ManualClock clock;
    RateBudget budget(RateLimits::ofPostHog(), {}, clock);
    const ph::Time start = clock.now();
    for (int i = 0; i < 54; ++i)
        QVERIFY(budget.take(only(RateClass::Values), Urgency::Background, forEver, {}).has_value());
    QCOMPARE(clock.now(), start);

    for (int i = 0; i < 6; ++i)
        QVERIFY(budget.take(only(RateClass::Values), Urgency::Interactive, start, {}).has_value());

    QVERIFY(!budget.take(only(RateClass::Values), Urgency::Background, start, {}).has_value());
}

void RateBudgetTest::showsWhatIsUsed()
{
    ManualClock clock;
    RateBudget budget(RateLimits::ofPostHog(), {}, clock);
    const auto running = budget.take(only(RateClass::Query), Urgency::Interactive, forEver, {});
    QVERIFY(budget.take(only(RateClass::Query), Urgency::Interactive, forEver, {}).has_value());

    const auto use = queriesOf(budget.use());

    QCOMPARE(use.windows.at(0).length, 60s);
    QCOMPARE(use.windows.at(0).limit, 240);
    QCOMPARE(use.windows.at(0).used, 2);
    QCOMPARE(use.windows.at(1).left(), 2398);
    QCOMPARE(use.running, 1);
    QCOMPARE(use.atOnce, 3);
    QVERIFY(use.nextFree <= use.now);
}

void RateBudgetTest::waitsForAQueryToEnd()
{
    RateBudget budget(RateLimits::none(), {}, ph::systemClock());
    std::vector<RateBudget::Permit> three;
    for (int i = 0; i < 3; ++i)
        three.push_back(std::move(*budget.take(only(RateClass::Query), Urgency::Interactive, forEver, {})));
    std::atomic<bool> came = false;
    std::jthread fourth([&] { came = budget.take(only(RateClass::Query), Urgency::Interactive, forEver, {}).has_value(); });
    QTest::qWait(50);
    QVERIFY(!came);

    three.pop_back();

    QTRY_VERIFY(came);
}

void RateBudgetTest::stopsWaiting()
{
    RateBudget budget(RateLimits::none(), {}, ph::systemClock());
    budget.refused(only(RateClass::Query), ph::systemClock().now() + 100s);
    std::stop_source stop;
    const std::jthread later([&] {
        std::this_thread::sleep_for(50ms);
        stop.request_stop();
    });
    QElapsedTimer timer;
    timer.start();

    const auto permit = budget.take(only(RateClass::Query), Urgency::Interactive, forEver, stop.get_token());

    QVERIFY(!permit.has_value());
    QCOMPARE(permit.error().code, ph::ErrorCode::Cancelled);
    QVERIFY(timer.elapsed() < 250);
}

void RateBudgetTest::survivesAClockThatIsSetBack()
{
    ManualClock clock;
    RateBudget budget(RateLimits::ofPostHog(), {}, clock);
    for (int i = 0; i < 60; ++i)
        QVERIFY(budget.take(only(RateClass::Values), Urgency::Interactive, forEver, {}).has_value());

    clock.advance(std::chrono::hours(-5));

    const auto use = budget.use().at(static_cast<std::size_t>(RateClass::Values));
    QCOMPARE(use.windows.at(0).used, 60);
    QCOMPARE(use.nextFree, clock.now() + 60s + 100ms); // not in five hours
}

void RateBudgetTest::worksWithoutItsFile()
{
    ManualClock clock;
    RateBudget budget(RateLimits::ofPostHog(), "/proc/nowhere/x.ledger", clock);

    QVERIFY(budget.take(only(RateClass::Query), Urgency::Interactive, forEver, {}).has_value());

    QCOMPARE(queriesOf(budget.use()).windows.at(0).used, 1);
}

QTEST_GUILESS_MAIN(RateBudgetTest)
#include "rate_budget_test.moc"

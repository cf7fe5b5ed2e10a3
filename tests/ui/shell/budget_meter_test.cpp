#include "ui/shell/budget_meter.h"

#include <QTest>

using namespace std::chrono_literals;
using posthog::BudgetUse;
using posthog::RateClass;

namespace {

BudgetUse use(RateClass rateClass, std::vector<BudgetUse::Window> windows)
{
    BudgetUse made;
    made.rateClass = rateClass;
    made.windows = std::move(windows);
    made.now = made.nextFree = ph::Time(std::chrono::seconds(1'769'860'800)); // 2026-01-31 12:00:00 UTC
    return made;
}

} // namespace

class BudgetMeterTest : public QObject
{
    Q_OBJECT

private slots:
    void nothingIsSaidWhereNothingLimits()
    {
        ui::BudgetMeter meter;
        meter.setUse({});
        QVERIFY(meter.isHidden());
        meter.setUse({use(RateClass::Query, {})});
        QVERIFY(meter.isHidden());
    }
    void theWindowNearestToItsEndIsSaid()
    {
        ui::BudgetMeter meter;
        meter.setUse({use(RateClass::Crud, {{60s, 480, 3}, {3600s, 4800, 3}}), use(RateClass::Query, {{60s, 240, 5}, {3600s, 2400, 1218}})});

        QVERIFY(!meter.isHidden());
        QCOMPARE(meter.text(), "1,182 of 2,400 queries left this hour");
        QVERIFY(!meter.isLow());
    }
    void whatIsNearlyUsedUpComesFirst()
    {
        ui::BudgetMeter meter;
        meter.setUse({use(RateClass::Query, {{3600s, 2400, 1000}}), use(RateClass::Analytics, {{60s, 240, 239}})});

        QVERIFY(meter.text().startsWith("1 of 240"));
        QVERIFY(meter.isLow());
    }
    void aWaitIsSaidWithItsTime()
    {
        ui::BudgetMeter meter;
        auto waiting = use(RateClass::Query, {{3600s, 120, 120}});
        waiting.nextFree += 95s;
        meter.setUse({waiting});

        QCOMPARE(meter.text(), "Queries wait until 12:01:35 UTC");
        QVERIFY(meter.isLow());
    }
};

QTEST_MAIN(BudgetMeterTest)
#include "budget_meter_test.moc"

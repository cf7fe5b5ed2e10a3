#include "agent/workflow/distributions.h"
#include "agent/workflow/experiments.h"
#include "agent/workflow/expression.h"
#include "agent/workflow/outliers.h"

#include <QtTest>

#include <cmath>

using namespace workflow;

namespace {

bool near(double a, double b, double tolerance) { return std::abs(a - b) < tolerance; }

} // namespace

/// Expected values come from a script in plain Python that shares no method with the code: exact sums over fractions for the Beta
/// distribution, closed forms for chi-square with 1 and with even degrees, Miller's closed form for the chance to win, and sums
/// over grids of 20,000 points for the quantiles.
class ExperimentsTest : public QObject
{
    Q_OBJECT

private slots:
    void betaDistributionMatchesExactSums()
    {
        QVERIFY(near(betaCdf(0.4, 2, 3), 0.5248, 1e-12));
        QVERIFY(near(betaCdf(0.53, 407, 350), 0.33597614355782157, 1e-10));
        QVERIFY(near(betaCdf(0.3, 1, 1), 0.3, 1e-12));
        QVERIFY(near(betaCdf(0.505, 501, 501), 0.6241781588121854, 1e-10));
        QCOMPARE(betaCdf(-1, 2, 3), 0.0);
        QCOMPARE(betaCdf(2, 2, 3), 1.0);
        QVERIFY(near(betaPdf(0.4, 2, 3), 12 * 0.4 * 0.36, 1e-12));
        QCOMPARE(betaPdf(0, 2, 3), 0.0);
        QVERIFY(near(betaPdf(0, 1, 3), 3, 1e-12));
    }
    void chiSquareMatchesItsClosedForms()
    {
        QVERIFY(near(chiSquareTail(3.841458820694124, 1), 0.05, 1e-10));
        QVERIFY(near(chiSquareTail(19.092, 1), 1.2456594436565952e-05, 1e-13));
        QVERIFY(near(chiSquareTail(0.024, 1), 0.8768849114533788, 1e-10));
        QVERIFY(near(chiSquareTail(12.5, 4), 0.013995792487650892, 1e-11));
        QVERIFY(near(chiSquareTail(80, 100), 0.9296649333406052, 1e-10));
        QVERIFY(near(chiSquareTail(200, 100) / 1.1784500720979424e-08, 1, 1e-9));
        QCOMPARE(chiSquareTail(0, 1), 1.0);
    }
    void aBrokenSplitIsTold()
    {
        const auto broken = chiSquareFit({1030, 841}, {50, 50});
        QVERIFY(near(broken.statistic, 19.091929449492252, 1e-9) && broken.degrees == 1 && near(broken.p, 1.2457054923628953e-05, 1e-13));
        const auto sound = chiSquareFit({749, 755}, {1, 1});
        QVERIFY(near(sound.p, 0.8770474335019055, 1e-10));
        const auto three = chiSquareFit({30, 50, 20}, {25, 50, 25});
        QVERIFY(near(three.statistic, 2, 1e-12) && three.degrees == 2 && near(three.p, 0.36787944117144233, 1e-10));
        QCOMPARE(chiSquareFit({1030, 841}, {55, 45}).p > 0.5, true); // as planned, when 55 to 45 is the plan
        QCOMPARE(chiSquareFit({0, 0}, {1, 1}).p, 1.0);
        QCOMPARE(chiSquareFit({5, 7}, {1, 0}).degrees, 0);
    }
    void bayesMatchesClosedFormAndGrids_data()
    {
        QTest::addColumn<double>("x1");
        QTest::addColumn<double>("n1");
        QTest::addColumn<double>("x2");
        QTest::addColumn<double>("n2");
        QTest::addColumn<double>("chance");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("middle");
        QTest::addColumn<double>("high");
        QTest::addColumn<double>("relativeLow");
        QTest::addColumn<double>("relative");
        QTest::addColumn<double>("relativeHigh");
        QTest::newRow("a win") << 406. << 755. << 361. << 749. << 0.984704292 << 0.005211 << 0.055649 << 0.105899 << 0.01027 << 0.11545 << 0.23254;
        QTest::newRow("nothing") << 138. << 466. << 135. << 454. << 0.483679031 << -0.060157 << -0.001230 << 0.057643 << -0.18347 << -0.00413 << 0.21492;
        QTest::newRow("few") << 8. << 20. << 3. << 25. << 0.982999207 << 0.019887 << 0.261228 << 0.499189 << 0.08097 << 1.88726 << 8.94993;
        QTest::newRow("none converted") << 0. << 50. << 5. << 50. << 0.013374533 << -0.199346 << -0.092618 << -0.011615 << -0.99569 << -0.87696 << -0.18703;
        QTest::newRow("nobody") << 0. << 0. << 10. << 20. << 0.5 << -0.539932 << 0. << 0.539932 << -0.95 << 0. << 1.47585;
    }
    void bayesMatchesClosedFormAndGrids()
    {
        QFETCH(double, x1);
        QFETCH(double, n1);
        QFETCH(double, x2);
        QFETCH(double, n2);
        QFETCH(double, chance);
        QFETCH(double, low);
        QFETCH(double, middle);
        QFETCH(double, high);
        QFETCH(double, relativeLow);
        QFETCH(double, relative);
        QFETCH(double, relativeHigh);

        const auto result = compareBayes(x1, n1, x2, n2);

        const auto told = [](double value) { return std::to_string(value); };
        QVERIFY2(near(result.chance, chance, 2e-7), told(result.chance).c_str());
        QVERIFY2(near(result.interval.low, low, 2e-5) && near(result.difference, middle, 2e-5) && near(result.interval.high, high, 2e-5),
                 (told(result.interval.low) + " " + told(result.difference) + " " + told(result.interval.high)).c_str());
        const double tolerance = 2e-4 * std::max(1.0, std::abs(relativeHigh)); // the grid's own width
        QVERIFY2(near(result.relativeInterval.low, relativeLow, tolerance) && near(result.relative, relative, tolerance)
                     && near(result.relativeInterval.high, relativeHigh, tolerance),
                 (told(result.relativeInterval.low) + " " + told(result.relative) + " " + told(result.relativeInterval.high)).c_str());
    }
    void strataTakeTheirShareOfADifference()
    {
        // Two classes of activity: 66 of 117 against 47 of 101, and 48 of 108 against 108 of 296.
        const auto result = stratifiedDifference({{66, 117, 47, 101}, {48, 108, 108, 296}});
        QVERIFY(near(result.difference, 0.087375625, 1e-8));
        // Sato's variance against the exact one of independent binomials with the strata's own rates: alike within 2 %.
        QVERIFY(near((result.interval.high - result.interval.low) / (2 * 1.959963984540054 * 0.042841706), 1, 0.02));
        QCOMPARE(result.strata, 2U);

        // No difference within either stratum, and a large one without them: Simpson's paradox.
        const auto none = stratifiedDifference({{80, 100, 8, 10}, {2, 10, 20, 100}});
        QVERIFY(near(none.difference, 0, 1e-12) && none.p > 0.99);
        // A stratum without one of the groups tells nothing.
        QCOMPARE(stratifiedDifference({{66, 117, 47, 101}, {50, 100, 0, 0}}).strata, 1U);
        QVERIFY(near(stratifiedDifference({{50, 100, 0, 0}}).interval.low, -1, 1e-12));
    }
    void oneStratumIsThePlainDifference()
    {
        const auto result = stratifiedDifference({{96, 310, 974, 1740}});
        QVERIFY(near(result.difference, 96.0 / 310 - 974.0 / 1740, 1e-12));
    }
    void anEmptyHourStandsOutAndNoiseDoesNot()
    {
        // Four weeks of three hours that grow by a tenth a week; the second hour of the third week is empty.
        std::vector<double> hours{100, 200, 50, 110, 220, 55, 121, 0, 60, 133, 266, 66};
        const auto found = findOutliers(hours, 3, 3.5);
        QCOMPARE(found.size(), 1U);
        QCOMPARE(found[0].position, 7U);
        QCOMPARE(found[0].expected, 220.0);
        QCOMPARE(found[0].least, 200.0);
        QVERIFY(near(found[0].score, -220 / (1.4826 * 20), 1e-9));

        hours[7] = 242;
        QVERIFY(findOutliers(hours, 3, 3.5).empty());
        QVERIFY(findOutliers({1, 0, 2}, 1, 0.1).empty()); // two others tell nothing
    }
    void rulesReachThem()
    {
        const Scope scope{nullptr, {{"rows", Value::parse(R"([{"hour": 0, "n": 100}, {"hour": 1, "n": 110}, {"hour": 2, "n": 121}, {"hour": 3, "n": 133}, {"hour": 5, "n": 140}])")}}};

        const auto gaps = evaluate("outliers(rows, {at: 'hour', value: 'n', length: 6})", scope).value();
        QCOMPARE(gaps.size(), 1U);
        QCOMPARE(gaps[0]["at"].get<int>(), 4);
        QVERIFY(near(evaluate("bayes(406, 755, 361, 749).chance", scope).value().get<double>(), 0.984704292, 2e-7));
        QVERIFY(near(evaluate("chi_square([1030, 841], [50, 50]).p", scope).value().get<double>(), 1.2457054923628953e-05, 1e-13));
        QVERIFY(near(evaluate("stratified([{a: 66, b: 117, c: 47, d: 101}, {a: 48, b: 108, c: 108, d: 296}], {x1: 'a', n1: 'b', x2: 'c', n2: 'd'}).crude", scope).value().get<double>(),
                     114.0 / 225 - 155.0 / 397, 1e-9));
        QVERIFY(!evaluate("bayes(5, 4, 1, 2)", scope).has_value());
        QVERIFY(!evaluate("chi_square([1, 2], [1])", scope).has_value());
        QVERIFY(!evaluate("outliers(rows, {length: 1000000})", scope).has_value());
    }
};

QTEST_APPLESS_MAIN(ExperimentsTest)
#include "experiments_test.moc"

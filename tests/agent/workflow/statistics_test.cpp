#include "agent/workflow/expression.h"
#include "agent/workflow/statistics.h"

#include <QtTest>

#include <cmath>

using namespace workflow;

namespace {

bool near(double a, double b, double tolerance = 5e-4) { return std::abs(a - b) < tolerance; }

} // namespace

/// Expected values were worked out apart from the code: textbook formulas by hand, and examples from the papers named.
class StatisticsTest : public QObject
{
    Q_OBJECT

private slots:
    void wilsonMatchesNewcombesTable()
    {
        // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
        const auto a = wilson(81, 263);
        QVERIFY(near(a.low, 0.2553) && near(a.high, 0.3662));
        const auto b = wilson(15, 148);
        QVERIFY(near(b.low, 0.0624) && near(b.high, 0.1605));
        const auto c = wilson(0, 20);
        QVERIFY(near(c.low, 0.0) && near(c.high, 0.1611));
        const auto none = wilson(0, 0);
        QVERIFY(none.low == 0 && none.high == 1);
    }
    void newcombeMatchesHisTable()
    {
        // Newcombe 1998, "Interval estimation for the difference between independent proportions", table II, method 10.
        const auto a = newcombe(56, 70, 48, 80);
        QVERIFY(near(a.low, 0.0524) && near(a.high, 0.3339));
        const auto b = newcombe(9, 10, 3, 10);
        QVERIFY(near(b.low, 0.1705) && near(b.high, 0.8090));
        const auto c = newcombe(10, 10, 0, 20);
        QVERIFY(near(c.low, 0.6791) && near(c.high, 1.0));
    }
    void twoProportionsByHand()
    {
        // 96/310 against 974/1740: pooled 1070/2050 = 0.521951; s.e. 0.0307946; difference -0.250093; z -8.1213
        const auto result = compareProportions(96, 310, 974, 1740);
        QVERIFY(near(result.difference, -0.250093, 1e-6));
        QVERIFY(near(result.z, -8.1213, 2e-3));
        QVERIFY(result.p < 1e-14);
        QCOMPARE(compareProportions(0, 10, 0, 10).p, 1.0);
        QVERIFY(near(normalCdf(1.96), 0.975, 1e-4));
    }
    void oddsRatioByHand()
    {
        // 20/80 with, 60/40 without: (20*40)/(80*60) = 1/6; s.e. of log = sqrt(1/20+1/80+1/60+1/40) = 0.322749
        const auto odds = oddsRatio(20, 80, 60, 40);
        QVERIFY(near(odds.ratio, 1.0 / 6, 1e-9));
        QVERIFY(near(odds.interval.low, 0.088536, 1e-5));
        QVERIFY(near(odds.interval.high, 0.313745, 1e-5));
        QVERIFY(odds.p < 1e-6);
        // A zero cell: 0.5 is added to each, (0.5*5.5)/(10.5*5.5).
        QVERIFY(near(oddsRatio(0, 10, 5, 5).ratio, 0.5 / 10.5, 1e-9));
    }
    void correctionsByHand()
    {
        // Sorted 0.005 0.01 0.03 0.04: Holm 4*0.005, 3*0.01, 2*0.03, max(0.06, 0.04).
        const auto h = holm({0.01, 0.04, 0.03, 0.005});
        QVERIFY(near(h[0], 0.03, 1e-12) && near(h[1], 0.06, 1e-12) && near(h[2], 0.06, 1e-12) && near(h[3], 0.02, 1e-12));
        // Benjamini-Hochberg: 0.005*4/1, 0.01*4/2, 0.03*4/3, 0.04*4/4, then the least from the right.
        const auto b = benjaminiHochberg({0.01, 0.04, 0.03, 0.005});
        QVERIFY(near(b[0], 0.02, 1e-12) && near(b[1], 0.04, 1e-12) && near(b[2], 0.04, 1e-12) && near(b[3], 0.02, 1e-12));
        QCOMPARE(holm({0.9, 0.8})[0], 1.0);
    }
    void quantilesAndHistogram()
    {
        QCOMPARE(*quantile({4, 1, 3, 2}, 0.5), 2.5);
        QCOMPARE(*quantile({1, 2, 3, 4, 5}, 0.9), 4.6);
        QVERIFY(!quantile({}, 0.5));
        // 1..8: quartiles 2.75 and 6.25, width 2*3.5/2 = 3.5, span 7: two bins of four.
        const auto bins = histogram({1, 2, 3, 4, 5, 6, 7, 8}, 50);
        QCOMPARE(bins.size(), 2U);
        QCOMPARE(bins[0].count, 4U);
        QCOMPARE(bins[1].count, 4U);
        QCOMPARE(histogram({3, 3, 3}, 50).size(), 1U);
    }
    void segmentsAreComparedWithTheRestOfTheirDimension()
    {
        const Scope scope{nullptr, {{"rows", Value::parse(R"([
            {"dimension": "Browser", "value": "Safari on iOS", "n": 310, "converted": 96},
            {"dimension": "Browser", "value": "Chrome", "n": 1340, "converted": 752},
            {"dimension": "Browser", "value": "Firefox", "n": 350, "converted": 195},
            {"dimension": "Browser", "value": "Lynx", "n": 50, "converted": 27},
            {"dimension": "System", "value": "iOS", "n": 310, "converted": 96},
            {"dimension": "System", "value": "other", "n": 1740, "converted": 974},
            {"dimension": "Only", "value": "one", "n": 2050, "converted": 1070}])")}}};

        const auto result = evaluate("compare_segments(rows, {minimum: 100})", scope).value();

        QCOMPARE(result["compared"].get<int>(), 5);
        QCOMPARE(result["small"].get<int>(), 1); // Lynx; a dimension of one value is no comparison
        const auto &worst = result["worst"];
        QCOMPARE(worst["label"].get<std::string>(), std::string("Browser: Safari on iOS"));
        QCOMPARE(worst["rest_n"].get<double>(), 1740.0);
        QCOMPARE(worst["rest_converted"].get<double>(), 974.0);
        QCOMPARE(worst["missing"].get<double>(), 78.0); // 310 * 974/1740 - 96 = 77.5
        QCOMPARE(result["same"], Value::parse(R"(["System: iOS"])"));
        for (const auto &segment : result["segments"])
            if (segment["value"] == "Firefox")
                QVERIFY(!segment["significant"].get<bool>());
    }
    void nothingStandsOutInNoise()
    {
        const Scope scope{nullptr, {{"rows", Value::parse(R"([
            {"dimension": "Browser", "value": "a", "n": 500, "converted": 255},
            {"dimension": "Browser", "value": "b", "n": 700, "converted": 371},
            {"dimension": "Browser", "value": "c", "n": 300, "converted": 148}])")}}};

        const auto result = evaluate("compare_segments(rows, {})", scope).value();

        QVERIFY(result["worst"].is_null());
        QCOMPARE(result["compared"].get<int>(), 3);
    }
    void aDimensionOfContextIsShownButNeverTheCause()
    {
        const Scope scope{nullptr, {{"rows", Value::parse(R"([
            {"dimension": "Visitor", "value": "new", "n": 1600, "converted": 790},
            {"dimension": "Visitor", "value": "returning", "n": 400, "converted": 260}])")}}};

        const auto result = evaluate("compare_segments(rows, {context: ['Visitor']})", scope).value();

        QVERIFY(result["worst"].is_null() && result["best"].is_null());
        QVERIFY(result["segments"][0]["significant"].get<bool>());
        QVERIFY(!evaluate("compare_segments(rows, {})", scope).value()["worst"].is_null());
    }
    void oddsRatiosSplitFailureFromSuccess()
    {
        const Scope scope{nullptr, {{"rows", Value::parse(R"([
            {"name": "Error", "with_total": 100, "with_converted": 10},
            {"name": "Clicked", "with_total": 400, "with_converted": 320},
            {"name": "Scrolled", "with_total": 500, "with_converted": 255},
            {"name": "Rare", "with_total": 5, "with_converted": 0}])")}}};

        const auto result = evaluate("odds_ratio(rows, {total: 1000, total_converted: 520})", scope).value();

        QCOMPARE(result["failure"].size(), 1U);
        QCOMPARE(result["failure"][0]["name"].get<std::string>(), std::string("Error"));
        QVERIFY(near(result["failure"][0]["odds_ratio"].get<double>(), (10.0 * 390) / (90.0 * 510), 1e-9));
        QCOMPARE(result["success"][0]["name"].get<std::string>(), std::string("Clicked"));
        QCOMPARE(result["small"].get<int>(), 1);
    }
};

QTEST_APPLESS_MAIN(StatisticsTest)
#include "statistics_test.moc"

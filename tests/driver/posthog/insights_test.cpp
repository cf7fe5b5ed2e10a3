#include "driver/posthog/insights.h"

#include <QTest>

using namespace posthog;

/// Answers as PostHog writes them, read into values.
class InsightsTest : public QObject
{
    Q_OBJECT

private slots:
    void readsTrends();
    void readsFunnels();
    void readsTimesToConvert();
    void readsTrendsOfFunnels();
    void readsRetention();
    void readsPaths();
    void readsTables();
    void saysWhatIsBroken_data();
    void saysWhatIsBroken();

private:
    template <typename T>
    static T read(const char *query, const char *answer)
    {
        auto data = readInsight(ph::Json::parse(query), ph::Json::parse(answer));
        if (!data)
            qFatal("%s", data.error().message.c_str());
        return std::get<T>(*data);
    }
};

void InsightsTest::readsTrends()
{
    const auto trend = read<Trend>(R"({"kind":"InsightVizNode","source":{"kind":"TrendsQuery"}})",
                                   R"({"hasMore":true,"results":[{"label":"Chrome","data":[1,2.5,null],"days":["2026-01-01","2026-01-02","2026-01-03"],)"
                                   R"("labels":["1-Jan-2026","2-Jan-2026","3-Jan-2026"],"count":3.5,"breakdown_value":"Chrome","compare_label":"previous"},)"
                                   R"({"label":"all","data":[],"days":[],"count":0,"aggregated_value":12}]})");

    QVERIFY(trend.hasMore);
    QCOMPARE(trend.series.size(), std::size_t(2));
    QCOMPARE(trend.series[0].data, (std::vector<double>{1, 2.5, 0}));
    QCOMPARE(trend.series[0].days[2], std::string("2026-01-03"));
    QCOMPARE(trend.series[0].period, std::string("previous"));
    QVERIFY(trend.series[0].breakdownValue == "Chrome" && !trend.series[0].total);
    QCOMPARE(trend.series[1].total.value_or(0), 12.0);
}

void InsightsTest::readsFunnels()
{
    const char *step = R"({"name":"view","custom_name":null,"count":5,"average_conversion_time":null,"median_conversion_time":null})";
    const char *second = R"({"name":"pay","custom_name":"Paid","count":2.0,"average_conversion_time":84.5,"median_conversion_time":60,"breakdown_value":["pro"]})";
    const std::string steps = std::string("[") + step + "," + second + "]";

    const auto plain = read<Funnel>(R"({"kind":"FunnelsQuery"})", (R"({"results":)" + steps + "}").c_str());
    const auto byValue = read<Funnel>(R"({"kind":"FunnelsQuery","funnelsFilter":{"funnelVizType":"steps"}})", (R"({"results":[)" + steps + "]}").c_str());

    QCOMPARE(plain.groups.size(), std::size_t(1));
    QCOMPARE(plain.groups[0].steps[1].name, std::string("Paid"));
    QCOMPARE(plain.groups[0].steps[1].count, std::int64_t(2));
    QVERIFY(!plain.groups[0].steps[0].averageSeconds && plain.groups[0].steps[1].averageSeconds == 84.5);
    QCOMPARE(byValue.groups[0].breakdownValue.dump(), std::string(R"(["pro"])"));
    QVERIFY(read<Funnel>(R"({"kind":"FunnelsQuery"})", R"({"results":[]})").groups.empty());
}

void InsightsTest::readsTimesToConvert()
{
    const auto times = read<TimeToConvert>(R"({"kind":"FunnelsQuery","funnelsFilter":{"funnelVizType":"time_to_convert"}})",
                                           R"({"results":{"bins":[[60,3],[90,0]],"average_conversion_time":84.0}})");

    QCOMPARE(times.bins.size(), std::size_t(2));
    QVERIFY(times.bins[0].fromSeconds == 60 && times.bins[0].count == 3 && times.averageSeconds == 84.0);
}

void InsightsTest::readsTrendsOfFunnels()
{
    const auto trend = read<Trend>(R"({"kind":"FunnelsQuery","funnelsFilter":{"funnelVizType":"trends"}})",
                                   R"({"results":[{"count":1,"data":[50.5],"days":["2026-01-01"],"labels":["1-Jan-2026"]}]})");

    QCOMPARE(trend.series[0].data, std::vector<double>{50.5});
}

void InsightsTest::readsRetention()
{
    const auto retention = read<Retention>(R"({"kind":"RetentionQuery"})",
                                           R"({"results":[{"date":"2026-01-05T00:00:00Z","label":"Week 0","values":[{"count":10,"label":"Week 0"},{"count":4}]}]})");

    QCOMPARE(retention.rows[0].counts, (std::vector<std::int64_t>{10, 4}));
    QVERIFY(retention.rows[0].breakdownValue.is_null());
}

void InsightsTest::readsPaths()
{
    const auto paths = read<Paths>(R"({"kind":"PathsQuery"})",
                                   R"({"results":[{"source":"1_/","target":"2_/pricing","value":7,"average_conversion_time":1500.5}]})");

    QCOMPARE(paths.edges[0].target, std::string("2_/pricing"));
    QVERIFY(paths.edges[0].count == 7 && paths.edges[0].averageMilliseconds == 1500.5);
}

void InsightsTest::readsTables()
{
    const auto table = read<Table>(R"({"kind":"DataTableNode","source":{"kind":"ActorsQuery"}})",
                                   R"({"results":[["a",2]],"columns":["id","event_count"],"types":["String","UInt64"]})");

    QCOMPARE(table.rows.size(), std::size_t(1));
}

void InsightsTest::saysWhatIsBroken_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("answer");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const char *query, const char *answer, const char *message) { QTest::newRow(name) << query << answer << message; };
    row("kind", R"({"kind":"NoQuery"})", "{}", "kind \"NoQuery\"");
    row("no object", "[]", "{}", "kind \"\"");
    row("no results", R"({"kind":"TrendsQuery"})", "{}", "results is no list");
    row("answer", R"({"kind":"TrendsQuery"})", "[]", "hasMore is no object");
    row("data", R"({"kind":"TrendsQuery"})", R"({"results":[{"data":["x"]}]})", "data holds what is no number");
    row("count", R"({"kind":"FunnelsQuery"})", R"({"results":[{"name":"a"}]})", "count is no count");
    row("bin", R"({"kind":"FunnelsQuery","funnelsFilter":{"funnelVizType":"time_to_convert"}})", R"({"results":{"bins":[[1]]}})", "a bin is no pair");
    row("values", R"({"kind":"RetentionQuery"})", R"({"results":[{"values":3}]})", "values is no list");
    row("edge", R"({"kind":"PathsQuery"})", R"({"results":[7]})", "is no object");
}

void InsightsTest::saysWhatIsBroken()
{
    QFETCH(QString, query);
    QFETCH(QString, answer);
    QFETCH(QString, message);

    const auto data = readInsight(ph::Json::parse(query.toStdString()), ph::Json::parse(answer.toStdString()));

    QVERIFY(!data);
    QVERIFY2(data.error().message.find(message.toStdString()) != std::string::npos, data.error().message.c_str());
}

QTEST_APPLESS_MAIN(InsightsTest)
#include "insights_test.moc"

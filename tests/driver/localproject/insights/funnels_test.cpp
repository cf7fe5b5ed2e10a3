#include "tests/driver/localproject/insights/insights_support.h"

namespace {

ph::Json funnel(ph::Json filter = ph::Json::object(), ph::Json more = ph::Json::object())
{
    ph::Json query{{"kind", "FunnelsQuery"},
                   {"series", {eventNode("view"), eventNode("sign"), eventNode("pay")}},
                   {"dateRange", {{"date_from", "2026-01-01"}}},
                   {"funnelsFilter", std::move(filter)}};
    query.update(more);
    return query;
}

std::vector<int> counts(const ph::Json &steps)
{
    std::vector<int> list;
    if (!steps.is_array())
        return {-99};
    for (const ph::Json &step : steps)
        list.push_back(step.value("count", -1));
    return list;
}

} // namespace

class FunnelsTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void answersStepsInPostHogsShape();
    void countsOnlyWithinTheWindow();
    void strictFunnelsBreakAtOtherEvents();
    void unorderedFunnelsTakeStepsInAnyOrder();
    void exclusionsTakeThePersonOut();
    void valuesAreAttributed();
    void valuesBeyondTheLimitAreOther();
    void timesToConvertFillBins();
    void trendsHaveOneRateAPeriod();
    void listsWhoIsBehindAStep();
    void namesTheFieldThatIsWrong();

private:
    InsightProject m_project;
};

void FunnelsTest::initTestCase()
{
    InsightProject &p = m_project;
    // 1 goes straight through, 2 stops after two, 3 pays before signing, 4 is too late, 5 has an error between.
    p.add(1, "view", "2026-01-10 10:00:00", R"({"plan":"pro"})");
    p.add(1, "sign", "2026-01-10 10:01:00", R"({"plan":"free"})");
    p.add(1, "pay", "2026-01-10 10:03:00", R"({"plan":"free"})");
    p.add(2, "view", "2026-01-11 10:00:00", R"({"plan":"free"})");
    p.add(2, "other", "2026-01-11 10:00:30");
    p.add(2, "sign", "2026-01-11 10:02:00", R"({"plan":"pro"})");
    p.add(3, "view", "2026-01-12 10:00:00");
    p.add(3, "pay", "2026-01-12 10:01:00");
    p.add(3, "sign", "2026-01-12 10:02:00");
    p.add(4, "view", "2026-01-02 10:00:00");
    p.add(4, "sign", "2026-01-02 10:01:00");
    p.add(4, "pay", "2026-01-20 10:00:00");
    p.add(5, "view", "2026-01-13 10:00:00", R"({"plan":"pro"})");
    p.add(5, "error", "2026-01-13 10:00:30");
    p.add(5, "sign", "2026-01-13 10:01:00", R"({"plan":"pro"})");
    p.add(5, "pay", "2026-01-13 10:05:00", R"({"plan":"pro"})");
    p.flush();
    for (int i = 1; i <= 4; ++i)
        p.addPerson(i, R"({"email":"p)" + std::to_string(i) + R"(@example.com"})");
}

void FunnelsTest::answersStepsInPostHogsShape()
{
    const ph::Json steps = m_project.results(funnel());

    QCOMPARE(counts(steps), (std::vector<int>{5, 5, 2}));
    QCOMPARE(QString::fromStdString(steps[1].dump()),
             QString(R"({"action_id":"sign","average_conversion_time":84.0,"count":5,"custom_name":null,"median_conversion_time":60.0,)"
                     R"("name":"sign","order":1,"people":[],"type":"events"})"));
    QCOMPARE(steps[2]["average_conversion_time"].get<double>(), 180.0);
}

void FunnelsTest::countsOnlyWithinTheWindow()
{
    QCOMPARE(counts(m_project.results(funnel({{"funnelWindowInterval", 18}}))), (std::vector<int>{5, 5, 3}));
    QCOMPARE(counts(m_project.results(funnel({{"funnelWindowInterval", 3}, {"funnelWindowIntervalUnit", "minute"}}))), (std::vector<int>{5, 5, 1}));
    QCOMPARE(counts(m_project.results(funnel({{"funnelWindowInterval", 179}, {"funnelWindowIntervalUnit", "second"}}))),
             (std::vector<int>{5, 5, 0}));
}

void FunnelsTest::strictFunnelsBreakAtOtherEvents()
{
    QCOMPARE(counts(m_project.results(funnel({{"funnelOrderType", "strict"}, {"funnelWindowInterval", 30}}))), (std::vector<int>{5, 2, 2}));
}

void FunnelsTest::unorderedFunnelsTakeStepsInAnyOrder()
{
    QCOMPARE(counts(m_project.results(funnel({{"funnelOrderType", "unordered"}}))), (std::vector<int>{5, 5, 3}));
}

void FunnelsTest::exclusionsTakeThePersonOut()
{
    const ph::Json error{{"kind", "EventsNode"}, {"event", "error"}, {"funnelFromStep", 0}, {"funnelToStep", 1}};
    QCOMPARE(counts(m_project.results(funnel({{"exclusions", {error}}}))), (std::vector<int>{4, 4, 1}));

    ph::Json later = error;
    later["funnelFromStep"] = 1;
    later["funnelToStep"] = 2;
    QCOMPARE(counts(m_project.results(funnel({{"exclusions", {later}}}))), (std::vector<int>{5, 5, 2}));
}

void FunnelsTest::valuesAreAttributed()
{
    const auto by = [&](const std::string &attribution, int step = 0) {
        const ph::Json results
            = m_project.results(funnel({{"breakdownAttributionType", attribution}, {"breakdownAttributionValue", step}},
                                       {{"breakdownFilter", {{"breakdown", "plan"}, {"breakdown_type", "event"}}}}));
        std::string text;
        if (!results.is_array())
            return QString::fromStdString(results.dump());
        for (const ph::Json &steps : results) {
            text += steps[0]["breakdown_value"].dump();
            for (const int count : counts(steps))
                text += " " + std::to_string(count);
            text += "; ";
        }
        return QString::fromStdString(text);
    };
    QCOMPARE(by("first_touch"), QString(R"([""] 2 2 0; ["pro"] 2 2 2; ["free"] 1 1 0; )"));
    QCOMPARE(by("last_touch"), QString(R"([""] 2 2 0; ["pro"] 2 2 1; ["free"] 1 1 1; )"));
    QCOMPARE(by("all_events"), QString(R"([""] 2 2 0; ["pro"] 2 1 1; ["free"] 1 0 0; )"));
    QCOMPARE(by("step", 1), QString(R"([""] 2 2 0; ["pro"] 2 2 1; ["free"] 1 1 1; )"));
}

void FunnelsTest::valuesBeyondTheLimitAreOther()
{
    const ph::Json query = funnel({}, {{"breakdownFilter", {{"breakdown", "plan"}, {"breakdown_type", "event"}, {"breakdown_limit", 1}}}});

    const ph::Json results = m_project.results(query);

    QCOMPARE(results.size(), std::size_t(2));
    QCOMPARE(results[0][0]["breakdown_value"].dump(), std::string(R"(["Other"])"));
    QCOMPARE(counts(results[0]), (std::vector<int>{3, 3, 2}));
    QCOMPARE(counts(results[1]), (std::vector<int>{2, 2, 0}));
}

void FunnelsTest::timesToConvertFillBins()
{
    const ph::Json answer = m_project.results(funnel({{"funnelVizType", "time_to_convert"}, {"funnelToStep", 1}, {"binCount", 2}}));

    QCOMPARE(QString::fromStdString(answer.dump()), QString(R"({"average_conversion_time":84.0,"bins":[[60,3],[90,0],[120,2]]})"));
}

void FunnelsTest::trendsHaveOneRateAPeriod()
{
    const ph::Json answer = m_project.results(funnel({{"funnelVizType", "trends"}}, {{"dateRange", {{"date_from", "2026-01-10"}, {"date_to", "2026-01-13"}}}}));

    QCOMPARE(QString::fromStdString(answer.dump()),
             QString(R"([{"count":4,"data":[100.0,0.0,0.0,100.0],"days":["2026-01-10","2026-01-11","2026-01-12","2026-01-13"],)"
                     R"("labels":["10-Jan-2026","11-Jan-2026","12-Jan-2026","13-Jan-2026"]}])"));
}

void FunnelsTest::listsWhoIsBehindAStep()
{
    const auto who = [&](int step) {
        const auto answer = m_project.ask({{"kind", "ActorsQuery"},
                                           {"source", {{"kind", "FunnelsActorsQuery"}, {"source", funnel()}, {"funnelStep", step}}},
                                           {"select", {"actor", "id"}}});
        if (!answer)
            return QString::fromStdString(answer.error().detail);
        std::string text;
        for (const ph::Json &row : answer->at("results"))
            text += row[1].get<std::string>().back() + std::string(row[0].contains("name") ? "=" + row[0]["name"].get<std::string>() : "") + " ";
        return QString::fromStdString(text + answer->at("missing_actors_count").dump());
    };
    QCOMPARE(who(3), QString("1=p1@example.com 5 1"));
    QCOMPARE(who(-3), QString("2=p2@example.com 3=p3@example.com 4=p4@example.com 0"));
    QCOMPARE(who(-2), QString("0"));
}

void FunnelsTest::namesTheFieldThatIsWrong()
{
    const auto problem = [&](const ph::Json &query) { return m_project.text(query); };
    QCOMPARE(problem(funnel({{"funnelOrderTyp", "strict"}})), QString("\"invalid_input query.funnelsFilter.funnelOrderTyp: There is no such field here.\""));
    QVERIFY(problem(funnel({{"funnelOrderType", "loose"}})).startsWith("\"invalid_input query.funnelsFilter.funnelOrderType: "));
    QVERIFY(problem({{"kind", "FunnelsQuery"}, {"series", {eventNode("view")}}}).contains("query.series: Funnels require at least two steps."));
    QVERIFY(problem(funnel({{"exclusions", {{{"kind", "EventsNode"}, {"event", "sign"}, {"funnelFromStep", 0}, {"funnelToStep", 1}}}}}))
                .contains("query.funnelsFilter.exclusions.0: Exclusion event can't be the same as funnel step."));
    QVERIFY(problem(funnel({{"funnelAggregateByHogQL", "properties.x +"}})).startsWith("\"hogql_syntax_error query.funnelsFilter.funnelAggregateByHogQL: "));
}

QTEST_APPLESS_MAIN(FunnelsTest)
#include "funnels_test.moc"

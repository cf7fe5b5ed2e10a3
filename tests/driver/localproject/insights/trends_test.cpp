#include "driver/localproject/insights/date_range.h"
#include "driver/localproject/insights/formula.h"
#include "tests/driver/localproject/insights/insights_support.h"

using namespace localproject;

/// The shape of trends, what is refused, and the pieces they are made of. What they count is held by insights_golden_test.
class TrendsTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void answersInPostHogsShape();
    void takesNamesAndValuesAsTheyAre();
    void filtersByTypes_data();
    void filtersByTypes();
    void namesTheFieldThatIsWrong_data();
    void namesTheFieldThatIsWrong();
    void listsWhoIsBehindAPoint_data();
    void listsWhoIsBehindAPoint();
    void looksIntoWrappers();
    void stopsWhenAsked();
    void showsWhatThereIs();
    void readsDates_data();
    void readsDates();
    void evaluatesFormulas_data();
    void evaluatesFormulas();

private:
    static ph::Json trend(ph::Json more = ph::Json::object())
    {
        ph::Json query{{"kind", "TrendsQuery"}, {"series", {eventNode("view")}}, {"dateRange", {{"date_from", "2026-01-10"}, {"date_to", "2026-01-12"}}}};
        query.update(more);
        return query;
    }
    InsightProject m_project;
};

void TrendsTest::initTestCase()
{
    InsightProject &p = m_project;
    p.add(1, "view", "2026-01-10 10:00:00", R"({"plan":"pro","amount":"12.5","paid":true,"{x}":"{1+1}"})", "s1");
    p.add(1, "view", "2026-01-10 11:00:00", R"({"plan":"pro","amount":3,"paid":"false","`a` b":"q''uote\\"})", "s1");
    p.add(2, "view", "2026-01-12 10:00:00", R"({"plan":"free"})", "s2");
    p.add(3, "{view}", "2026-01-11 10:00:00");
    p.add(3, "view", "2026-01-12 23:59:59.999999", R"({"plan":null})", "s3");
    p.flush();
    p.addPerson(1, R"({"email":"ann@team.example","age":30})");
    p.addPerson(2, R"({"email":"bob@example.com","age":"41"})");
    p.addPerson(3, R"({})");
    p.testAccounts = {{{"key", "email"}, {"type", "person"}, {"operator", "not_icontains"}, {"value", "@team.example"}}};
}

void TrendsTest::answersInPostHogsShape()
{
    QCOMPARE(m_project.text(trend()),
             QString(R"([{"action":{"custom_name":null,"days":["2026-01-10T00:00:00Z","2026-01-11T00:00:00Z","2026-01-12T00:00:00Z"],"id":"view","math":null,)"
                     R"("math_group_type_index":null,"math_hogql":null,"math_property":null,"name":"view","order":0,"properties":{},"type":"events"},)"
                     R"("count":4.0,"data":[2,0,2],"days":["2026-01-10","2026-01-11","2026-01-12"],)"
                     R"("filter":{"display":"ActionsLineGraph","insight":"TRENDS","interval":"day"},"label":"view",)"
                     R"("labels":["10-Jan-2026","11-Jan-2026","12-Jan-2026"]}])"));
    const auto answer = m_project.ask(trend());
    QCOMPARE(answer->at("resolved_date_range").dump(), std::string(R"({"date_from":"2026-01-10T00:00:00.000000","date_to":"2026-01-12T23:59:59.999999"})"));
    QVERIFY(answer->at("hogql").get<std::string>().starts_with("SELECT "));
}

void TrendsTest::takesNamesAndValuesAsTheyAre()
{
    const auto total = [&](const ph::Json &series, const ph::Json &properties) {
        const ph::Json results = m_project.results(trend({{"series", {series}}, {"properties", properties}, {"trendsFilter", {{"display", "BoldNumber"}}}}));
        return results.is_array() ? results[0]["aggregated_value"].dump() : results.dump();
    };
    const auto is = [](const char *key, const char *value) { return ph::Json{{{"key", key}, {"value", value}, {"operator", "exact"}, {"type", "event"}}}; };
    QCOMPARE(total(eventNode("{view}"), nullptr), std::string("1"));
    QCOMPARE(total(eventNode("view"), is("{x}", "{1+1}")), std::string("1"));
    QCOMPARE(total(eventNode("view"), is("`a` b", "q'uote\\")), std::string("1"));
    QCOMPARE(total(eventNode("view' OR 1=1 --"), nullptr), std::string("0"));
    const ph::Json broken = m_project.results(trend({{"breakdownFilter", {{"breakdown", "{x}"}, {"breakdown_type", "event"}}}}));
    QCOMPARE(broken[0]["breakdown_value"].get<std::string>(), std::string("{1+1}"));
}

void TrendsTest::filtersByTypes_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<int>("count");
    QTest::newRow("numeric as text") << R"({"key":"amount","value":["12.5"],"operator":"exact"})" << 1;
    QTest::newRow("numeric") << R"({"key":"amount","value":3,"operator":"gte"})" << 2;
    QTest::newRow("boolean") << R"({"key":"paid","value":["true"],"operator":"exact"})" << 1;
    QTest::newRow("null is not pro") << R"({"key":"plan","value":["pro"],"operator":"is_not"})" << 2;
    QTest::newRow("undeclared number") << R"({"key":"age","type":"person","value":40,"operator":"gt"})" << 1;
    QTest::newRow("nothing chosen") << R"({"key":"plan","value":[],"operator":"exact"})" << 4;
    QTest::newRow("metadata") << R"({"key":"distinct_id","type":"event_metadata","value":["d2"],"operator":"exact"})" << 1;
    QTest::newRow("time") << R"({"key":"timestamp","type":"event_metadata","value":"2026-01-12","operator":"is_date_exact"})" << 2;
    QTest::newRow("before") << R"({"key":"timestamp","type":"event_metadata","value":"2026-01-12","operator":"is_date_before"})" << 2;
}

void TrendsTest::filtersByTypes()
{
    QFETCH(QString, filter);
    QFETCH(int, count);

    const ph::Json results = m_project.results(trend({{"properties", {ph::Json::parse(filter.toStdString())}}}));

    QVERIFY2(results.is_array(), results.dump().c_str());
    QCOMPARE(results[0]["count"].get<double>(), double(count));
}

void TrendsTest::namesTheFieldThatIsWrong_data()
{
    QTest::addColumn<QString>("more");
    QTest::addColumn<QString>("problem");
    QTest::newRow("unknown field") << R"({"intervall":"day"})" << "invalid_input query.intervall: ";
    QTest::newRow("interval") << R"({"interval":"fortnight"})" << "invalid_input query.interval: ";
    QTest::newRow("date") << R"({"dateRange":{"date_from":"soon"}})" << "invalid_input query.dateRange.date_from: ";
    QTest::newRow("no series") << R"({"series":[]})" << "required query.series: ";
    QTest::newRow("math") << R"({"series":[{"kind":"EventsNode","event":"view","math":"mode"}]})" << "invalid_input query.series.0.math: ";
    QTest::newRow("math without property") << R"({"series":[{"kind":"EventsNode","event":"view","math":"sum"}]})" << "required query.series.0.math_property: ";
    QTest::newRow("expression") << R"x({"series":[{"kind":"EventsNode","event":"view","math":"hogql","math_hogql":"count("}]})x" << "hogql_syntax_error query.series.0.math_hogql: ";
    QTest::newRow("unknown function") << R"x({"series":[{"kind":"EventsNode","event":"view","math":"hogql","math_hogql":"cuont()"}]})x"
                                      << "hogql_query_error query.series.0.math_hogql: ";
    QTest::newRow("action") << R"({"series":[{"kind":"ActionsNode","id":77}]})" << "invalid_input query.series.0.id: ";
    QTest::newRow("operator") << R"({"properties":[{"key":"a","value":"b","operator":"like"}]})" << "invalid_input query.properties.0.operator: ";
    QTest::newRow("filter's type") << R"({"properties":[{"key":"a","value":"b","type":"recording"}]})" << "invalid_input query.properties.0.type: ";
    QTest::newRow("filter's value") << R"({"properties":[{"key":"amount","value":"much","operator":"exact"}]})" << "invalid_input query.properties.0.value: ";
    QTest::newRow("cohort") << R"({"properties":[{"key":"id","value":9,"type":"cohort"}]})" << "invalid_input query.properties.0.value: ";
    QTest::newRow("four breakdowns") << R"({"breakdownFilter":{"breakdowns":[{"property":"a"},{"property":"b"},{"property":"c"},{"property":"d"}]}})"
                                     << "invalid_input query.breakdownFilter.breakdowns: ";
    QTest::newRow("formula") << R"({"trendsFilter":{"formula":"A / B"}})" << "invalid_input query.trendsFilter.formula: There is no series B.";
    QTest::newRow("no object") << R"({"trendsFilter":[]})" << "invalid_input query.trendsFilter: ";
}

void TrendsTest::namesTheFieldThatIsWrong()
{
    QFETCH(QString, more);
    QFETCH(QString, problem);

    const ph::Json results = m_project.results(trend(ph::Json::parse(more.toStdString())));

    QVERIFY2(results.is_string() && results.get<std::string>().starts_with(problem.toStdString()), results.dump().c_str());
}

void TrendsTest::listsWhoIsBehindAPoint_data()
{
    QTest::addColumn<QString>("math");
    QTest::addColumn<QString>("breakdown");
    for (const char *math : {"dau", "weekly_active", "monthly_active", "first_time_for_user", "first_matching_event_for_user"})
        for (const char *breakdown : {"", "plan"})
            QTest::addRow("%s by %s", math, breakdown) << math << breakdown;
}

void TrendsTest::listsWhoIsBehindAPoint()
{
    QFETCH(QString, math);
    QFETCH(QString, breakdown);
    ph::Json query = trend({{"series", {{{"kind", "EventsNode"}, {"event", "view"}, {"math", math.toStdString()}}}}});
    if (!breakdown.isEmpty())
        query["breakdownFilter"] = {{"breakdown", breakdown.toStdString()}, {"breakdown_type", "event"}, {"breakdown_limit", 1}};

    const ph::Json results = m_project.results(query);

    QVERIFY2(results.is_array(), results.dump().c_str());
    for (const ph::Json &series : results)
        for (std::size_t i = 0; i < series["data"].size(); ++i) {
            ph::Json source{{"kind", "InsightActorsQuery"}, {"source", query}, {"series", 0}, {"day", series["days"][i]}};
            if (series.contains("breakdown_value"))
                source["breakdown"] = series["breakdown_value"];
            const ph::Json list = m_project.results({{"kind", "ActorsQuery"}, {"source", source}, {"select", {"id"}}});
            QVERIFY2(list.is_array(), list.dump().c_str());
            QVERIFY2(list.size() == series["data"][i].get<std::size_t>(), (series.dump() + list.dump()).c_str());
        }
}

void TrendsTest::looksIntoWrappers()
{
    const ph::Json plain = m_project.results(trend({{"filterTestAccounts", true}}));
    const ph::Json wrapped = m_project.results({{"kind", "InsightVizNode"}, {"source", trend({{"filterTestAccounts", true}})}});

    QVERIFY(plain == wrapped);
    QCOMPARE(plain[0]["data"].dump(), std::string("[0,0,2]"));
    QVERIFY(m_project.text({{"kind", "InsightVizNode"}}).contains("required query.source: "));
}

void TrendsTest::stopsWhenAsked()
{
    std::stop_source stop;
    stop.request_stop();

    const auto answer = insights::answer(trend(), {m_project.store, m_project.context, ph::Json::array(), stop.get_token()});

    QVERIFY(!answer && answer.error().store && answer.error().store->code == ph::ErrorCode::Cancelled);
}

void TrendsTest::showsWhatThereIs()
{
    QCOMPARE(m_project.text({{"kind", "TeamTaxonomyQuery"}}), QString(R"([{"count":4,"event":"view"},{"count":1,"event":"{view}"}])"));
    QCOMPARE(m_project.text({{"kind", "EventTaxonomyQuery"}, {"event", "view"}, {"properties", {"plan", "amount"}}}),
             QString(R"([{"property":"amount","sample_count":2,"sample_values":["3","12.5"]},{"property":"plan","sample_count":3,"sample_values":["pro","null","free"]}])"));
    const auto metadata = [&](const char *query) {
        const auto answer = m_project.ask({{"kind", "HogQLMetadata"}, {"language", "hogQL"}, {"query", query}});
        return answer ? QString::fromStdString(answer->at("errors").dump() + answer->at("table_names").dump()) : QString();
    };
    QCOMPARE(metadata("SELECT 1 FROM events WHERE person_id IN (SELECT id FROM persons)"), QString(R"([]["events","persons"])"));
    QVERIFY(metadata("SELECT évent FROM events").contains(R"("start":7)"));
    QVERIFY(metadata("SELECT FROM").startsWith("[{"));
}

void TrendsTest::readsDates_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("end");
    QTest::addColumn<QString>("time");
    // Now is Saturday, 2026-01-31 12:00.
    QTest::newRow("days") << "-7d" << false << "2026-01-24 00:00:00.000000";
    QTest::newRow("to a day") << "-1d" << true << "2026-01-31 00:00:00.000000";
    QTest::newRow("hours") << "-24h" << false << "2026-01-30 12:00:00.000000";
    QTest::newRow("month") << "-1m" << false << "2025-12-31 00:00:00.000000";
    QTest::newRow("short month") << "-2m" << false << "2025-11-30 00:00:00.000000";
    QTest::newRow("quarter") << "-1q" << false << "2025-10-31 00:00:00.000000";
    QTest::newRow("today") << "dStart" << false << "2026-01-31 00:00:00.000000";
    QTest::newRow("yesterday") << "-1dStart" << false << "2026-01-30 00:00:00.000000";
    QTest::newRow("last month") << "-1mStart" << false << "2025-12-01 00:00:00.000000";
    QTest::newRow("end of last month") << "-1mEnd" << true << "2026-01-01 00:00:00.000000";
    QTest::newRow("year") << "yStart" << false << "2026-01-01 00:00:00.000000";
    QTest::newRow("week") << "wStart" << false << "2026-01-26 00:00:00.000000";
    QTest::newRow("date") << "2026-01-02" << false << "2026-01-02 00:00:00.000000";
    QTest::newRow("to a date") << "2026-01-02" << true << "2026-01-03 00:00:00.000000";
    QTest::newRow("moment") << "2026-01-02T10:00:00Z" << false << "2026-01-02 10:00:00.000000";
    QTest::newRow("none") << "soon" << false << "";
    QTest::newRow("no unit") << "-7" << false << "";
    QTest::newRow("too much") << "-99999999999d" << false << "";
}

void TrendsTest::readsDates()
{
    QFETCH(QString, text);
    QFETCH(bool, end);
    QFETCH(QString, time);
    const insights::Calendar calendar{*insights::wallOf("2026-01-31 12:00:00"), 1};

    const auto read = insights::parseDate(text.toStdString(), calendar, end, true);

    QCOMPARE(QString::fromStdString(read ? insights::clockText(*read) : ""), time);
}

void TrendsTest::evaluatesFormulas_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("value");
    QTest::newRow("order") << "A + B * 2" << 17.0;
    QTest::newRow("brackets") << "(A + B) / 2" << 5.5;
    QTest::newRow("minus") << "-A - -B" << 1.0;
    QTest::newRow("power") << "a ** 2" << 25.0;
    QTest::newRow("division by zero") << "A / (B - 6)" << 0.0;
    QTest::newRow("rest") << "B % 4" << 2.0;
}

void TrendsTest::evaluatesFormulas()
{
    QFETCH(QString, text);
    QFETCH(double, value);

    const auto formula = insights::Formula::parse(text.toStdString(), 2);

    QVERIFY2(formula.has_value(), formula ? "" : formula.error().c_str());
    QCOMPARE((*formula)({{'A', 5.0}, {'B', 6.0}}), value);
    for (const char *broken : {"", "A +", "(A", "A B", "C", "A $ B", "1..2"})
        QVERIFY2(!insights::Formula::parse(broken, 2), broken);
}

QTEST_APPLESS_MAIN(TrendsTest)
#include "trends_test.moc"

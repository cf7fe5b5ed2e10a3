#include "compiler_support.h"

#include <QTest>

/// Aggregates, their combinators, windowFunnel, joined tables and windows.
class CompilerAggregatesTest : public QObject
{
    Q_OBJECT

private slots:
    void aggregates_data();
    void aggregates();
    void foldsStates();
    void groupsBySets();
    void answersOverNothing();
    void reachesTheDeepestStep_data();
    void reachesTheDeepestStep();
    void tellsWhoCameBack();
    void followsTheGuidedFunnel();
    void joinsWhatIsUsed_data();
    void joinsWhatIsUsed();
    void joinsNothingThatIsNotUsed();
    void joinsTables();
    void aLeftAnyJoinTakesOneRowAtMost();
    void knowsCohorts();
    void matchesActions();
    void runsWindows();

private:
    Project m_project;
};

void CompilerAggregatesTest::aggregates_data()
{
    QTest::addColumn<QString>("expression"); // over x = 1, 2, 2, NULL and s = 'a', 'b', 'b', 'c'
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *expression, const char *expected) { QTest::newRow(expression) << expression << expected; };
    row("count()", "4");
    row("deltaSum(x)", "1");
    row("groupArrayMovingSum(2)(x)", "[1,3,4]");
    row("groupArrayMovingAvg(x)", "[0.3333333333333333,1.0,1.6666666666666667]");
    row("sumMap([s], [coalesce(x, 10)])", R"([["a","b","c"],[1,4,10]])");
    row("maxMap([s], [coalesce(x, 10)])", R"([["a","b","c"],[1,2,10]])");
    row("count(*)", "4");
    row("COUNT(x)", "3");
    row("count(DISTINCT x)", "2");
    row("count(DISTINCT x, s)", "2");
    row("countDistinct(s)", "3");
    row("uniq(x)", "2");
    row("uniqExact(s)", "3");
    row("countIf(s = 'b')", "2");
    row("countIf(x, s = 'b')", "2");
    row("count() FILTER (WHERE s = 'b')", "2");
    row("sum(x)", "5");
    row("sumIf(x, s = 'b')", "4");
    row("sumIf(1, x > 1)", "2");
    row("sumDistinct(x)", "3");
    row("sumOrNull(x)", "5");
    row("avg(x)", "1.6666666666666667");
    row("avgIf(x, s = 'a')", "1.0");
    row("min(x)", "1");
    row("maxIf(s, x = 1)", "\"a\"");
    row("uniqIf(s, x = 2)", "1");
    row("any(x)", "1");
    row("anyLast(x)", "2");
    row("argMax(s, x)", "\"b\"");
    row("argMin(s, x)", "\"a\"");
    row("argMinIf(s, x, x > 1)", "\"b\"");
    row("groupArray(x)", "[1,2,2]");
    row("groupArray(2)(s)", "[\"a\",\"b\"]");
    row("groupArrayIf(s, x = 2)", "[\"b\",\"b\"]");
    row("arraySort(groupArray(DISTINCT x))", "[1,2]");
    row("arraySort(groupUniqArray(s))", "[\"a\",\"b\",\"c\"]");
    row("arraySort(groupUniqArrayIf(s, x = 2))", "[\"b\"]");
    row("groupArrayArray([x])", "[1,2,2,null]");
    row("sumArray([1, 2])", "12");
    row("sumArrayIf([1, 2], s = 'b')", "6");
    row("uniqArray([s, 'z'])", "4");
    row("avgArray([x, 3])", "2.4285714285714284");
    row("avgArray([s = 'b'])", "0.5");
    row("sumForEach([1, 2])", "[4,8]");
    row("countForEach(if(s = 'b', [1], [1, 2, 3]))", "[4,2,2]");
    row("maxForEachIf([x, 10], s != 'b')", "[1,10]");
    row("uniqForEach([s, 'z'])", "[3,1]");
    row("avgForEach([s = 'b'])", "[0.5]");
    row("sumForEach(if(0, [1], []))", "[]");
    row("sumArray([s = 'b'])", "2");
    row("quantile(0.5)(x)", "2.0");
    row("quantile(0.25)(x)", "1.5");
    row("quantileIf(0.5)(x, s = 'a')", "1.0");
    row("quantiles(0, 1)(x)", "[1.0,2.0]");
    row("median(x)", "2.0");
    row("topK(1)(s)", "[\"b\"]");
    row("stddevPop(x)", "0.4714045207910317");
    row("every(s != 'z')", "true");
    row("simpleLinearRegression(x, x)", "[1.0,0.0]");
    row("sum(x) + count() * 2", "13");
    row("percentile_cont(0.5) WITHIN GROUP (ORDER BY x)", "2.0");
    row("string_agg(s, '+')", "\"a+b+b+c\"");
    row("groupArray(tuple(s, x))", "[[\"a\",1],[\"b\",2],[\"b\",2],[\"c\",null]]");
}

void CompilerAggregatesTest::aggregates()
{
    QFETCH(QString, expression);
    QFETCH(QString, expected);
    const std::string rows = " FROM (SELECT arrayJoin([(1, 'a'), (2, 'b'), (2, 'b'), (NULL, 'c')]) AS t, t.1 AS x, t.2 AS s)";
    QCOMPARE(m_project.answer("SELECT " + expression.toStdString() + rows), "[[" + expected + "]]");
}

void CompilerAggregatesTest::foldsStates()
{
    QCOMPARE(m_project.answer("SELECT uniqMerge(u), sumMerge(s), avgMerge(a), countMerge(c), quantileMerge(0.5)(q) FROM (SELECT number % 2 AS k, uniqState(number % 3) AS u, "
                              "sumState(number) AS s, avgState(number) AS a, countState() AS c, quantileState(0.5)(number) AS q FROM numbers(10) GROUP BY k)"),
             "[[3,45,4.5,10,4.5]]");
    QVERIFY(m_project.answer("SELECT argMaxState(number, number) FROM numbers(3)").contains("'argMaxState' is not supported"));
}

void CompilerAggregatesTest::groupsBySets()
{
    QCOMPARE(m_project.answer("SELECT event, toDate(timestamp) AS day, count() AS n FROM events WHERE event = '$pageview' GROUP BY GROUPING SETS ((event, day), (event), ()) ORDER BY n, day"),
             R"([["$pageview","2026-01-10",1],["$pageview","2026-01-11",1],["$pageview","2026-01-12",1],["$pageview",null,3],[null,null,3]])");
    QCOMPARE(m_project.answer("SELECT toStartOfDay(timestamp) AS day, count() FROM events GROUP BY day ORDER BY day LIMIT 1"), R"([["2026-01-10T00:00:00.000000Z",2]])");
    QCOMPARE(m_project.answer("SELECT toStartOfWeek(timestamp) AS week, toDayOfWeek(week), count() FROM events GROUP BY week ORDER BY week"),
             R"([["2026-01-04",7,2],["2026-01-11",7,3]])");
}

void CompilerAggregatesTest::answersOverNothing()
{
    QCOMPARE(m_project.answer("SELECT count(), sum(number), sumOrNull(number), avg(number), groupArray(number), uniq(number) FROM numbers(0)"), "[[0,0,null,null,[],0]]");
    QCOMPARE(m_project.answer("SELECT sumIf(number, number > 9), countIf(number > 9), groupArrayIf(number, number > 9) FROM numbers(3)"), "[[0,0,[]]]");
}

void CompilerAggregatesTest::reachesTheDeepestStep_data()
{
    QTest::addColumn<QString>("parameters");
    QTest::addColumn<QString>("events"); // name, second
    QTest::addColumn<int>("level");
    const auto row = [](const char *name, const char *parameters, const char *events, int level) { QTest::newRow(name) << parameters << events << level; };
    row("in order", "10", "('a', 1), ('b', 2), ('c', 3)", 3);
    row("nothing", "10", "('x', 1)", 0);
    row("no first step", "10", "('b', 1), ('c', 2)", 0);
    row("out of order", "10", "('b', 1), ('a', 2), ('c', 3)", 1);
    row("others between", "10", "('a', 1), ('x', 2), ('b', 3), ('x', 4), ('c', 5)", 3);
    row("one moment, any order", "10", "('c', 1), ('b', 1), ('a', 1)", 3);
    row("one moment, strictly later", "10, 'strict_increase'", "('a', 1), ('b', 1), ('c', 2)", 1);
    row("later, strictly later", "10, 'strict_increase'", "('a', 1), ('b', 2), ('c', 3)", 3);
    row("one event, two steps", "10", "('ab', 1), ('c', 2)", 3);
    row("at the window's end", "10", "('a', 1), ('b', 11)", 2);
    row("past the window's end", "10", "('a', 1), ('b', 12)", 1);
    row("measured from the first step", "10", "('a', 1), ('b', 8), ('c', 12)", 2);
    row("a later start", "7", "('a', 1), ('a', 6), ('b', 12)", 2);
    row("a chain keeps its own start", "7", "('a', 1), ('b', 3), ('a', 7), ('c', 9)", 2);
    row("a restart never lowers", "10", "('a', 1), ('b', 2), ('a', 3)", 2);
    row("strict order, other between", "10, 'strict_order'", "('a', 1), ('x', 2), ('b', 3)", 1);
    row("strict order, others before", "10, 'strict_order'", "('x', 0), ('a', 1), ('b', 2), ('c', 3)", 3);
    row("strict order, a step too early", "10, 'strict_order'", "('a', 1), ('c', 2), ('b', 3)", 1);
    row("repeated step", "10, 'strict_deduplication'", "('a', 1), ('b', 2), ('b', 3), ('c', 4)", 2);
    row("before 1970", "10", "('a', -5), ('b', -1), ('c', 2)", 3);
}

void CompilerAggregatesTest::reachesTheDeepestStep()
{
    QFETCH(QString, parameters);
    QFETCH(QString, events);
    QFETCH(int, level);
    const QString query = "SELECT windowFunnel(" + parameters + ")(t.2, t.1 IN ('a', 'ab'), t.1 IN ('b', 'ab'), t.1 = 'c') FROM (SELECT arrayJoin([" + events + "]) AS t)";
    QCOMPARE(m_project.answer(query.toStdString()), "[[" + QString::number(level) + "]]");

    if (events.contains("'ab'"))
        return;
    // The same with steps that no event can share, which are compiled otherwise.
    const QString apart = "SELECT windowFunnel(" + parameters + ")(t.2, t.1 = 'a', t.1 = 'b' AND 1 = 1, and(t.1 = 'c', true)) FROM (SELECT arrayJoin([" + events + "]) AS t)";
    QCOMPARE(m_project.answer(apart.toStdString()), "[[" + QString::number(level) + "]]");
}

void CompilerAggregatesTest::tellsWhoCameBack()
{
    QCOMPARE(m_project.answer("SELECT distinct_id, retention(event = '$pageview', event = 'paid', event = 'none') FROM events GROUP BY distinct_id ORDER BY distinct_id"),
             R"([["a",[1,1,0]],["b",[1,0,0]],["c",[1,0,0]]])");
}

void CompilerAggregatesTest::followsTheGuidedFunnel()
{
    QCOMPARE(m_project.answer("SELECT level, count() FROM (SELECT person_id, windowFunnel(1209600)(timestamp, event='$pageview' AND properties.$browser='Chrome', "
                              "event='signed_up', event='paid') AS level FROM events WHERE timestamp >= '2026-01-01' AND timestamp < '2026-02-01' "
                              "GROUP BY person_id) WHERE level > 0 GROUP BY level ORDER BY level"),
             "[[3,1]]");
}

void CompilerAggregatesTest::joinsWhatIsUsed_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *query, const char *expected) { QTest::newRow(name) << query << expected; };
    row("person", "SELECT person.properties.email AS e, count() FROM events GROUP BY e ORDER BY e", R"([["ada@example.com",3],["bob@example.com",1],[null,1]])");
    row("typed", "SELECT avg(person.properties.age) FROM events", "[[36.0]]");
    row("person.id", "SELECT count(DISTINCT person.id) FROM events", "[[3]]");
    row("pdi", "SELECT pdi.person.properties.email FROM events WHERE event = 'paid'", R"([["ada@example.com"]])");
    row("session", "SELECT session.$channel_type, session.$session_duration FROM events ORDER BY timestamp LIMIT 3", R"([["Direct",300],["Direct",300],[null,0]])");
    row("session's person", "SELECT session.person.properties.email FROM events ORDER BY timestamp LIMIT 1", R"([["ada@example.com"]])");
    row("group", "SELECT group_0.properties.name, count() FROM events GROUP BY group_0.properties.name ORDER BY 2", R"([[null,2],["Acme",3]])");
    row("group by its type", "SELECT account.properties.name FROM events WHERE event = 'paid'", R"([["Acme"]])");
    row("with the table's name", "SELECT e.person.properties.email FROM events AS e WHERE e.event = 'paid'", R"([["ada@example.com"]])");
    row("in a condition", "SELECT count() FROM events WHERE person.properties.plan = 'pro'", "[[3]]");
    row("without a match", "SELECT count() FROM events WHERE session.$channel_type IS NULL", "[[3]]");
    row("recording", "SELECT person.properties.email, session_id, click_count, first_url, arraySort(all_urls) FROM session_replay_events",
        R"([["ada@example.com","s1",4,"https://x.example/",["https://x.example/","https://x.example/p"]]])");
    row("recording's parts", "SELECT session_id, argMinMerge(first_url), sum(active_milliseconds) / 1000 FROM raw_session_replay_events GROUP BY session_id", R"([["s1","https://x.example/",7.0]])");
    row("sessions", "SELECT $num_uniq_urls, $entry_hostname, $is_bounce, person.properties.email FROM sessions ORDER BY session_id",
        R"([[2,"x.example",false,"ada@example.com"],[0,"x.example",true,"bob@example.com"]])");
    row("prefixed", "SELECT count() FROM posthog.events", "[[5]]");
}

void CompilerAggregatesTest::joinsWhatIsUsed()
{
    QFETCH(QString, query);
    QFETCH(QString, expected);
    QCOMPARE(m_project.answer(query.toStdString()), expected);
}

void CompilerAggregatesTest::joinsNothingThatIsNotUsed()
{
    const auto plain = m_project.compile("SELECT event, person.id FROM events");
    const auto twice = m_project.compile("SELECT person.properties.email, person.properties.plan FROM events WHERE person.properties.email != ''");

    QVERIFY(plain && !QString::fromStdString(plain->sql).contains("JOIN"));
    QVERIFY(twice);
    QCOMPARE(QString::fromStdString(twice->sql).count("JOIN"), 1);
}

void CompilerAggregatesTest::joinsTables()
{
    QCOMPARE(m_project.answer("SELECT e.event, p.properties.email FROM events e LEFT JOIN persons p ON p.id = e.person_id AND p.is_identified ORDER BY e.timestamp LIMIT 3"),
             R"([["$pageview","ada@example.com"],["signed_up","ada@example.com"],["$pageview",null]])");
    QCOMPARE(m_project.answer("SELECT e.event, s.$pageview_count FROM events e JOIN sessions s ON e.$session_id = s.session_id WHERE s.$pageview_count > 1 AND e.event != '$pageview'"),
             R"([["signed_up",2]])");
    QCOMPARE(m_project.answer("SELECT count() FROM persons p RIGHT JOIN events e ON p.id = e.person_id AND p.properties.plan = e.properties.plan"), "[[5]]");
    QCOMPARE(m_project.answer("SELECT a.n + b.n FROM (SELECT count() AS n FROM events) AS a, (SELECT count() AS n FROM persons) AS b"), "[[8]]");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE (distinct_id, timestamp) IN (SELECT distinct_id, min(timestamp) FROM events GROUP BY distinct_id)"), "[[3]]");
    QCOMPARE(m_project.answer("SELECT distinct_id, count() FROM events JOIN person_distinct_ids USING (distinct_id) GROUP BY distinct_id ORDER BY 1"), R"([["a",3],["b",1],["c",1]])");
    // NULLs do not meet in a join: two events with a plan each, three without.
    QCOMPARE(m_project.answer("SELECT count() FROM events a JOIN events b ON a.properties.plan = b.properties.plan"), "[[2]]");
    QVERIFY(m_project.answer("SELECT 1 FROM events e JOIN sessions e ON 1 = 1").contains("Already have joined a table called \"e\""));
}

void CompilerAggregatesTest::aLeftAnyJoinTakesOneRowAtMost()
{
    const std::string both = " FROM (VALUES (1), (2), (2), (3)) AS l LEFT ANY JOIN (VALUES (1, 'a'), (1, 'a'), (2, 'b'), (4, 'd')) AS r ON l.c1 = r.c1";
    QCOMPARE(m_project.answer("SELECT l.c1, r.c2" + both + " ORDER BY l.c1"), R"([[1,"a"],[2,"b"],[2,"b"],[3,null]])");
    QCOMPARE(m_project.answer("SELECT count(), count(r.c2)" + both + " AND r.c2 != 'a' WHERE l.c1 < 3"), "[[3,2]]");
    QCOMPARE(m_project.answer("SELECT n, v FROM (SELECT number AS n FROM numbers(3)) AS a LEFT ANY JOIN (SELECT intDiv(number, 2) AS n, 7 AS v FROM numbers(4)) AS b USING (n) ORDER BY n"),
             "[[0,7],[1,7],[2,null]]");
    // Of five events three are of the person with an age; the other sides of the join are as many as the events.
    QCOMPARE(m_project.answer("SELECT count(), count(p.properties.age), count(o.uuid) FROM events e ANY LEFT JOIN persons p ON p.id = e.person_id LEFT ANY JOIN events o ON o.distinct_id = e.distinct_id"),
             "[[5,3,5]]");
    QVERIFY(m_project.answer("SELECT 1 FROM events e ANY JOIN persons p ON p.id = e.person_id").contains("A JOIN with ANY"));
    const std::string ids = " FROM persons e LEFT ANY JOIN person_distinct_ids p ON p.person_id = e.id";
    QCOMPARE(m_project.answer("SELECT count(p.person.id)" + ids), "[[3]]"); // a column of the table itself: nothing is joined for it
    QVERIFY(m_project.answer("SELECT p.person.properties.email" + ids).contains("LEFT ANY JOIN of a table whose own joins"));
}

void CompilerAggregatesTest::knowsCohorts()
{
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE person_id IN COHORT 'Internal'"), "[[3]]");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE person_id NOT IN COHORT 'Internal'"), "[[2]]");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE NOT person_id IN COHORT 8"), "[[4]]");
    QCOMPARE(m_project.answer("SELECT count() FROM persons WHERE id IN (SELECT person_id FROM cohort_people WHERE cohort_id = 7)"), "[[1]]");
}

void CompilerAggregatesTest::matchesActions()
{
    m_project.context.actions["Bought"] = ph::Json::parse(R"({"id":3,"steps":[{"event":"$pageview","text":"Buy"},{"event":"paid","properties":[{"key":"a/b","value":"slash","operator":"exact"}]}]})");

    QCOMPARE(m_project.answer("SELECT groupArray(event) FROM (SELECT event FROM events WHERE matchesAction('Bought') ORDER BY event)"), R"([[["$pageview","paid"]]])");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE matchesAction(3)"), "[[2]]");
    QVERIFY(m_project.answer("SELECT count() FROM events WHERE matchesAction('Bougt')").contains("Could not find an action named 'Bougt'. Did you mean 'Bought'?"));
}

void CompilerAggregatesTest::runsWindows()
{
    QCOMPARE(m_project.answer("SELECT event, row_number() OVER w, lagInFrame(event) OVER w, count() OVER (PARTITION BY distinct_id) FROM events WHERE distinct_id = 'a' "
                              "WINDOW w AS (PARTITION BY distinct_id ORDER BY timestamp) ORDER BY timestamp"),
             R"([["$pageview",1,null,3],["signed_up",2,"$pageview",3],["paid",3,"signed_up",3]])");
    QCOMPARE(m_project.answer("SELECT first_value(event) OVER (ORDER BY timestamp ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) FROM events ORDER BY timestamp LIMIT 1"), R"([["signed_up"]])");
    QCOMPARE(m_project.answer("SELECT event FROM events QUALIFY row_number() OVER (PARTITION BY event ORDER BY timestamp) = 1 ORDER BY event"), R"([["$pageview"],["paid"],["signed_up"]])");
}

QTEST_APPLESS_MAIN(CompilerAggregatesTest)
#include "compiler_aggregates_test.moc"

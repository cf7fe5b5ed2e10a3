#include "compiler_support.h"

#include <QTest>

/// Selects: grouping, aliases, limits, placeholders, errors, and that no value becomes SQL.
class CompilerTest : public QObject
{
    Q_OBJECT

private slots:
    void groupsAndOrders();
    void namesColumnsAsTheyWerePrinted();
    void seesAliasesEverywhere();
    void letsAnAliasWinOverTheColumnExceptInItself();
    void refusesAColumnOutsideGroupBy();
    void refusesAggregatesWhereNoneMayStand();
    void computesOverAggregates();
    void asksForOneRowMoreThanTheDefault();
    void cutsLargeLimits();
    void refusesOffsetAsPostHogDoes();
    void limitsEachArmOfAUnion();
    void keepsTheFirstRowsOfEachKey();
    void ordersADistinctByWhatItDoesNotSelect();
    void unfoldsArrays();
    void readsCommonTables();
    void countsRecursively();
    void bindsPlaceholders();
    void namesAnUnknownPlaceholder();
    void filtersByTheFiltersPlaceholder();
    void pointsAtUnknownNames_data();
    void pointsAtUnknownNames();
    void namesWhatIsMissingHere();
    void takesEveryValueAsAValue_data();
    void takesEveryValueAsAValue();
    void takesEveryNameAsAName();
    void survivesDeepAndWideQueries();
    void bindsOnlyWhatItUses();

private:
    Project m_project;
};

void CompilerTest::groupsAndOrders()
{
    QCOMPARE(m_project.answer("SELECT event, count() AS n FROM events GROUP BY event ORDER BY n DESC, event"), R"([["$pageview",3],["paid",1],["signed_up",1]])");
    QCOMPARE(m_project.answer("SELECT event, count() FROM events GROUP BY 1 HAVING count() > 1 ORDER BY 2"), R"([["$pageview",3]])");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE false"), "[[0]]");
    QCOMPARE(m_project.answer("SELECT event, count() FROM events WHERE false GROUP BY event"), "[]");
    QCOMPARE(m_project.types("SELECT event, count(), sum(properties.amount), toDate(timestamp) FROM events GROUP BY event, toDate(timestamp)"),
             "String; UInt64; Float64; Date");
}

void CompilerTest::namesColumnsAsTheyWerePrinted()
{
    const auto statement = m_project.compile("SELECT e.event, count() , properties.$browser, 1 + 1 AS two, `cohort` FROM (SELECT event, properties, 1 AS `cohort` FROM events) AS e GROUP BY e.event, properties.$browser, `cohort`");

    QVERIFY(statement.has_value());
    QCOMPARE(statement->columns, (std::vector<std::string> {"event", "count()", "properties.$browser", "two", "cohort"}));
    QVERIFY(QString::fromStdString(statement->hogql).endsWith("LIMIT 100"));
}

void CompilerTest::seesAliasesEverywhere()
{
    QCOMPARE(m_project.answer("SELECT countIf(event = 'signed_up') AS done, countIf(event = '$pageview') AS views, done / nullIf(views, 0) AS rate FROM events"),
             "[[1,3,0.3333333333333333]]");
    QCOMPARE(m_project.answer("SELECT upper(event) AS e, count() FROM events WHERE e = 'PAID' GROUP BY e HAVING e != '' ORDER BY e"), R"([["PAID",1]])");
}

void CompilerTest::letsAnAliasWinOverTheColumnExceptInItself()
{
    QCOMPARE(m_project.answer("SELECT upper(event) AS event, count() FROM events WHERE event = 'PAID' GROUP BY event"), R"([["PAID",1]])");
    QCOMPARE(m_project.answer("SELECT event, upper(event) AS event FROM events ORDER BY timestamp LIMIT 1"), R"([["$pageview","$PAGEVIEW"]])");
    QVERIFY(m_project.answer("SELECT count() AS event FROM events GROUP BY event").contains("Aggregate function count() is found in GROUP BY"));
    QVERIFY(m_project.answer("SELECT 1 AS a, 2 AS a").contains("Cannot redefine an alias with the name: a"));
}

void CompilerTest::refusesAColumnOutsideGroupBy()
{
    const auto statement = m_project.compile("SELECT event, count() FROM events");

    QVERIFY(!statement.has_value());
    QCOMPARE(QString::fromStdString(statement.error().code), "hogql_query_error");
    QCOMPARE(QString::fromStdString(statement.error().message), "NOT_AN_AGGREGATE: column `event` is not under an aggregate function and not in GROUP BY.");
    QCOMPARE(statement.error().span, (hogql::Span {7, 12}));
    QVERIFY(m_project.answer("SELECT toDate(timestamp), count() FROM events GROUP BY toStartOfDay(timestamp)").contains("NOT_AN_AGGREGATE"));
    QCOMPARE(m_project.answer("SELECT if(event IN (SELECT event FROM events WHERE distinct_id = 'b'), 'b''s', 'other') AS g, count() FROM events GROUP BY g ORDER BY g"),
             "[[\"b's\",3],[\"other\",2]]");
    QCOMPARE(m_project.answer("SELECT lower(event), length(event) FROM events GROUP BY event ORDER BY 2 LIMIT 1"), R"([["paid",4]])");
}

void CompilerTest::refusesAggregatesWhereNoneMayStand()
{
    QVERIFY(m_project.answer("SELECT event FROM events WHERE count() > 1").contains("Aggregate function count() is found in WHERE"));
    QVERIFY(m_project.answer("SELECT sum(count()) FROM events").contains("is found in another aggregate function"));
}

void CompilerTest::computesOverAggregates()
{
    QCOMPARE(m_project.answer("SELECT arrayMap(x -> x * count(), [1, 2]) FROM events"), "[[[5,10]]]");
    QCOMPARE(m_project.answer("SELECT event, sum(count()) OVER (), count() / sum(count()) OVER () FROM events GROUP BY event ORDER BY event LIMIT 1"),
             R"([["$pageview",5,0.6]])");
    QCOMPARE(m_project.answer("SELECT arrayJoin(arraySort(groupUniqArray(distinct_id))) AS id FROM events"), R"([["a"],["b"],["c"]])");
    QCOMPARE(m_project.answer("SELECT groupArray(event)[1], tuple(count(), 1).1 FROM (SELECT event FROM events WHERE event = 'paid')"), R"([["paid",1]])");
}

void CompilerTest::asksForOneRowMoreThanTheDefault()
{
    m_project.context.defaultLimit = 2;
    const auto byDefault = m_project.compile("SELECT event FROM events");
    const auto own = m_project.compile("SELECT event FROM events LIMIT 2");

    QVERIFY(byDefault && byDefault->limitedByDefault && byDefault->sql.ends_with(" LIMIT 3"));
    QVERIFY(own && !own->limitedByDefault && own->sql.ends_with(" LIMIT 2"));
    m_project.context.defaultLimit = 100;
}

void CompilerTest::cutsLargeLimits()
{
    const auto statement = m_project.compile("SELECT event FROM events LIMIT 60000");

    QVERIFY(statement && statement->sql.ends_with(" LIMIT 50000"));
    QVERIFY(statement->hogql.ends_with("LIMIT 50000"));
    QVERIFY(m_project.answer("SELECT count() FROM (SELECT number FROM numbers(60000) LIMIT 60000)").contains("60000"));
    QVERIFY(m_project.answer("SELECT event FROM events LIMIT -1").contains("LIMIT needs a whole number"));
}

void CompilerTest::refusesOffsetAsPostHogDoes()
{
    const std::string start = "hogql_query_error: OFFSET is not supported on queries made with a personal API key.";
    QVERIFY(m_project.answer("SELECT event FROM events LIMIT 1 OFFSET 1").startsWith(start.c_str()));
    QVERIFY(m_project.answer("SELECT event FROM (SELECT event FROM events LIMIT 1 OFFSET 1)").startsWith(start.c_str()));

    m_project.context.refuseOffset = false;
    QCOMPARE(m_project.answer("SELECT event FROM events ORDER BY timestamp LIMIT 1 OFFSET 1"), R"([["signed_up"]])");
    m_project.context.refuseOffset = true;
}

void CompilerTest::limitsEachArmOfAUnion()
{
    const auto statement = m_project.compile("SELECT event FROM events UNION ALL SELECT distinct_id FROM events LIMIT 2");

    QVERIFY(statement.has_value());
    QVERIFY(QString::fromStdString(statement->sql).contains("LIMIT 101") && QString::fromStdString(statement->sql).contains("LIMIT 2"));
    QVERIFY(!statement->limitedByDefault);
    QCOMPARE(m_project.answer("SELECT a FROM (SELECT 1 AS a UNION ALL SELECT 2.5 UNION ALL SELECT NULL) ORDER BY a"), "[[1.0],[2.5],[null]]");
    QVERIFY(m_project.answer("SELECT 1 UNION ALL SELECT 'a'").contains("There is no supertype for types UInt8, String"));
    QVERIFY(m_project.answer("SELECT 1 UNION ALL SELECT 1, 2").contains("same number of columns"));
    QCOMPARE(m_project.answer("(SELECT 1 AS a) UNION ALL (SELECT 2) ORDER BY a DESC LIMIT 1"), "[[2]]");
    QCOMPARE(m_project.answer("SELECT a FROM (SELECT 1 AS a EXCEPT SELECT 2)"), "[[1]]");
}

void CompilerTest::keepsTheFirstRowsOfEachKey()
{
    QCOMPARE(m_project.answer("SELECT distinct_id, event FROM events ORDER BY distinct_id, timestamp DESC LIMIT 1 BY distinct_id"),
             R"([["a","paid"],["b","$pageview"],["c","$pageview"]])");
}

void CompilerTest::ordersADistinctByWhatItDoesNotSelect()
{
    QCOMPARE(m_project.answer("SELECT DISTINCT distinct_id FROM events ORDER BY distinct_id DESC"), R"([["c"],["b"],["a"]])");
    QCOMPARE(m_project.answer("SELECT DISTINCT distinct_id FROM (SELECT distinct_id, timestamp FROM events WHERE event = '$pageview') ORDER BY timestamp DESC"),
             R"([["c"],["b"],["a"]])");
}

void CompilerTest::unfoldsArrays()
{
    QCOMPARE(m_project.answer("SELECT arrayJoin([1, 2]) AS x, x * 10 WHERE x > 1"), "[[2,20]]");
    QCOMPARE(m_project.answer("SELECT a, b FROM (SELECT 1) ARRAY JOIN [1, 2] AS a, ['x', 'y'] AS b ORDER BY a"), R"([[1,"x"],[2,"y"]])");
    QCOMPARE(m_project.answer("SELECT count() FROM events ARRAY JOIN elements_chain_texts AS t"), "[[2]]");
    QCOMPARE(m_project.answer("SELECT count() FROM events LEFT ARRAY JOIN elements_chain_texts AS t"), "[[6]]");
    QCOMPARE(m_project.answer("SELECT arrayJoin(elements_chain_texts) AS t, count() FROM events GROUP BY t ORDER BY t"), R"([["Box",1],["Buy",1]])");
}

void CompilerTest::readsCommonTables()
{
    QCOMPARE(m_project.answer("WITH x AS (SELECT event, count() AS n FROM events GROUP BY event) SELECT sum(n) FROM x WHERE event IN (SELECT event FROM x)"), "[[5]]");
    QCOMPARE(m_project.answer("WITH 'paid' AS wanted SELECT count() FROM events WHERE event = wanted"), "[[1]]");
    QCOMPARE(m_project.answer("WITH y AS (SELECT distinct_id FROM events WHERE event = 'paid') SELECT count() FROM events WHERE distinct_id IN y"), "[[3]]");
}

void CompilerTest::countsRecursively()
{
    QCOMPARE(m_project.answer("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 4) SELECT sum(n) FROM r"), "[[10]]");
}

void CompilerTest::bindsPlaceholders()
{
    m_project.context.values = ph::Json::parse(R"({"from":"2026-01-12T00:00:00Z","names":["paid","signed_up"],"days":2,"variables":{"plan":"pro"},"flag":true})");

    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE timestamp >= {from}"), "[[2]]");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE event IN {names}"), "[[2]]");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE event NOT IN {names}"), "[[3]]");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE properties.plan = {variables.plan} AND {flag}"), "[[1]]");
    QCOMPARE(m_project.answer("SELECT toDate(now() - INTERVAL {days} DAY)"), R"([["2026-01-29"]])");
    m_project.context.values = ph::Json::object();
}

void CompilerTest::namesAnUnknownPlaceholder()
{
    m_project.context.values = {{"from", 1}};
    const auto statement = m_project.compile("SELECT {form}");

    QVERIFY(!statement.has_value());
    QCOMPARE(QString::fromStdString(statement.error().message), "Unresolved placeholder: {form}. Did you mean {from}?");
    m_project.context.values = ph::Json::object();
}

void CompilerTest::filtersByTheFiltersPlaceholder()
{
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE {filters}"), "[[5]]");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE timestamp >= {filters.dateRange.from}"), "[[5]]");
    QVERIFY(m_project.answer("SELECT count() FROM persons WHERE {filters}").contains("Cannot use 'filters' placeholder"));

    m_project.context.values = ph::Json::parse(R"({"filters":{"dateRange":{"date_from":"2026-01-11","date_to":"2026-01-13"},
        "properties":[{"key":"email","type":"person","operator":"icontains","value":"BOB@"}]}})");
    QCOMPARE(m_project.answer("SELECT event, distinct_id FROM events WHERE {filters}"), R"([["$pageview","b"]])");
    m_project.context.values = ph::Json::parse(R"({"filters":{"dateRange":{"date_from":"-19d"}}})");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE {filters}"), "[[2]]");
    m_project.context.values = ph::Json::object();
}

void CompilerTest::pointsAtUnknownNames_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("where");

    QTest::newRow("table") << "SELECT 1 FROM evnts" << "Unknown table `evnts`. Did you mean events?" << "evnts";
    QTest::newRow("column") << "SELECT evnt FROM events" << "Unable to resolve field: evnt. Did you mean event?" << "evnt";
    QTest::newRow("session") << "SELECT properties.$entry_pathname FROM sessions" << "Unable to resolve field: properties.$entry_pathname." << "properties.$entry_pathname";
    QTest::newRow("relation") << "SELECT person.emial FROM events" << "Unable to resolve field: person.emial." << "person.emial";
    QTest::newRow("function") << "SELECT toFloat64('1')" << "Unsupported function call 'toFloat64(...)'. Perhaps you meant 'toFloat(...)'?" << "toFloat64('1')";
    QTest::newRow("misspelt") << "SELECT uniqq(event) FROM events" << "The function 'uniqq' is not supported by the local project yet. Perhaps you meant 'uniq(...)'?" << "uniqq(event)";
    QTest::newRow("count") << "SELECT lower('a', 'b')" << "Function 'lower' expects 1 argument, found 2." << "lower('a', 'b')";
    QTest::newRow("cohort") << "SELECT 1 FROM events WHERE person_id IN COHORT 'Intrenal'" << "Could not find a cohort with the name 'Intrenal'. Did you mean 'Internal'?" << "'Intrenal'";
    QTest::newRow("ambiguous") << "SELECT properties FROM events JOIN persons ON persons.id = events.person_id" << "Ambiguous query. Found multiple sources for field: properties. Write events.properties or persons.properties." << "properties";
}

void CompilerTest::pointsAtUnknownNames()
{
    QFETCH(QString, query);
    QFETCH(QString, message);
    QFETCH(QString, where);
    const auto statement = m_project.compile(query.toStdString());

    QVERIFY(!statement.has_value());
    QCOMPARE(QString::fromStdString(statement.error().code), "hogql_query_error");
    QCOMPARE(QString::fromStdString(statement.error().message), message);
    const auto span = statement.error().span;
    QCOMPARE(query.mid(static_cast<int>(span.start), static_cast<int>(span.end - span.start)), where);
}

void CompilerTest::namesWhatIsMissingHere()
{
    QCOMPARE(m_project.answer("SELECT a, b FROM (VALUES (1, 'x'), (2, NULL)) AS v(a, b) ORDER BY a"), "[[1,\"x\"],[2,null]]");
    QVERIFY(m_project.answer("SELECT 1 FROM (VALUES (1), ('x')) AS v").contains("no supertype"));
    QCOMPARE(m_project.answer("SELECT 1 FROM s3('x')"), "hogql_query_error: The table function s3() is not supported by the local project yet.");
    QVERIFY(m_project.answer("SELECT number FROM numbers(3) ORDER BY number WITH FILL").contains("WITH FILL is not supported by the local project yet"));
    QVERIFY(m_project.answer("SELECT event, count() FROM events GROUP BY event WITH TOTALS").contains("GROUP BY TOTALS is not supported by the local project yet"));
}

void CompilerTest::takesEveryValueAsAValue_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("quote") << QByteArray("' OR 1=1 --");
    QTest::newRow("two quotes") << QByteArray("''; DROP TABLE events; --");
    QTest::newRow("backslash") << QByteArray("\\'");
    QTest::newRow("parameter") << QByteArray("$1 $2::VARCHAR");
    QTest::newRow("double quote") << QByteArray("\"x\"");
    QTest::newRow("NUL") << QByteArray("a\0b", 3);
    QTest::newRow("braces") << QByteArray("{0} {*} @.");
    QTest::newRow("unicode") << QByteArray("é✓");
}

void CompilerTest::takesEveryValueAsAValue()
{
    QFETCH(QByteArray, text);
    const std::string value = text.toStdString();
    m_project.context.values = {{"v", value}, {"list", {value}}};
    const QString expected = QString::fromStdString(ph::Json(value).dump());

    QCOMPARE(m_project.value("{v}"), expected);
    QCOMPARE(m_project.value("arrayMap(x -> concat(x, ''), {list})[1]"), expected);
    QCOMPARE(m_project.value("length({v})"), QString::number(text.size()));
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE event = {v} OR event IN {list} OR event LIKE {v} OR properties.plan = {v}"), "[[0]]");
    QCOMPARE(m_project.value("replaceOne(concat('x', {v}), {v}, {v})"), QString::fromStdString(ph::Json("x" + value).dump()));
    m_project.context.values = ph::Json::object();
}

void CompilerTest::takesEveryNameAsAName()
{
    QCOMPARE(m_project.answer("SELECT properties.`x'y`, properties.`a/b`, properties.`no\"ne` FROM events WHERE event = 'paid'"), R"([["q","slash",null]])");
    QCOMPARE(m_project.answer("SELECT event AS `a'\"b` FROM events WHERE `a'\"b` = 'paid'"), R"([["paid"]])");
    QCOMPARE(m_project.answer("SELECT `t'\".`.event FROM events AS `t'\".` WHERE event = 'paid'"), R"([["paid"]])");
}

void CompilerTest::survivesDeepAndWideQueries()
{
    std::string wide = "SELECT count() FROM events WHERE event = '0'";
    for (int i = 0; i < 900; ++i)
        wide += " OR event = '" + std::to_string(i) + "'";
    QCOMPARE(m_project.answer(wide), "[[0]]");

    std::string doubling = "SELECT 1 AS a0";
    for (int i = 1; i < 60; ++i)
        doubling += ", a" + std::to_string(i - 1) + " + a" + std::to_string(i - 1) + " AS a" + std::to_string(i);
    QVERIFY(m_project.answer(doubling).contains("refer to each other too deeply"));

    std::string nested = "SELECT max(number) FROM numbers(3)";
    for (int i = 0; i < 12; ++i)
        nested = "SELECT number + (2 + (3 + (" + nested + "))) FROM numbers(3) WHERE number = 0 GROUP BY number";
    QCOMPARE(m_project.answer(nested), "[[62]]");
}

void CompilerTest::bindsOnlyWhatItUses()
{
    const auto statement = m_project.compile("SELECT toDate(timestamp), count() FROM events WHERE timestamp > '2026-01-01' AND event = 'it''s $9' GROUP BY toDate(timestamp)");

    QVERIFY(statement.has_value());
    QCOMPARE(ph::Json(statement->parameters).dump(), "[\"it's $9\"]");
}

QTEST_APPLESS_MAIN(CompilerTest)
#include "compiler_test.moc"

#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"

#include "cases.h"

using namespace hogql;

class HogqlParserTest : public QObject
{
    Q_OBJECT

private slots:
    void readsSelects_data() { addCases("select"); }
    void readsSelects();
    void readsExpressions_data() { addCases("expression"); }
    void readsExpressions();
    void refusesWithAPlaceAndAReason_data() { addCases("error"); }
    void refusesWithAPlaceAndAReason();
    void namesThePlaceThatPostHogNames_data();
    void namesThePlaceThatPostHogNames();
    void keepsWhereEachPartStood();
    void namesWhatCouldFollow();
    void endsDeepNestingWithAnError_data();
    void endsDeepNestingWithAnError();
    void reads150Brackets();
    void endsLongChainsWithAnError();
    void readsLongListsQuickly();
    void formatsClausesOnLines();
    void quotesNamesThatNeedIt();
    void countsColumnsInCharacters();

private:
    static void addCases(const char *file);
};

void HogqlParserTest::addCases(const char *file)
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<QByteArray>("printed");
    QTest::addColumn<QByteArray>("error");
    const QString path = QString(HOGQL_CASES "/%1.txt").arg(file);
    for (const HogqlCase &item : readHogqlCases(path)) {
        QTest::addRow("%s.txt:%d", file, item.line)
            << QByteArray::fromStdString(item.query) << QByteArray::fromStdString(item.printed)
            << QByteArray::fromStdString(item.error);
    }
}

void HogqlParserTest::readsSelects()
{
    QFETCH(QByteArray, query);
    QFETCH(QByteArray, printed);

    const auto select = parseSelect(query.toStdString());
    QVERIFY2(select.has_value(), select ? "" : select.error().message.c_str());
    QCOMPARE(QByteArray::fromStdString(print(**select)), printed);

    for (const std::string &text : {print(**select), format(**select)}) {
        const auto again = parseSelect(text);
        QVERIFY2(again.has_value(), text.c_str());
        QVERIFY2(equal(**select, **again), text.c_str());
    }
}

void HogqlParserTest::readsExpressions()
{
    QFETCH(QByteArray, query);
    QFETCH(QByteArray, printed);

    const auto expression = parseExpression(query.toStdString());
    QVERIFY2(expression.has_value(), expression ? "" : expression.error().message.c_str());
    QCOMPARE(QByteArray::fromStdString(print(**expression)), printed);

    const auto again = parseExpression(printed.toStdString());
    QVERIFY(again.has_value());
    QVERIFY(equal(**expression, **again));
}

void HogqlParserTest::refusesWithAPlaceAndAReason()
{
    QFETCH(QByteArray, query);
    QFETCH(QByteArray, error);

    const auto select = parseSelect(query.toStdString());

    QVERIFY(!select.has_value());
    const SyntaxError &failure = select.error();
    QCOMPARE(QString("%1:%2 %3").arg(failure.line).arg(failure.column).arg(QString::fromStdString(failure.message)),
             QString::fromUtf8(error));
    QVERIFY(failure.span.end > failure.span.start || failure.span.start == static_cast<std::size_t>(query.size()));
    QVERIFY(failure.span.end <= static_cast<std::size_t>(query.size()));
}

void HogqlParserTest::namesThePlaceThatPostHogNames_data()
{
    // Each offset as PostHog's own parser answered it (version 1.3.87).
    QTest::addColumn<QString>("query");
    QTest::addColumn<int>("offset");
    const auto add = [](const char *query, int offset) { QTest::newRow(query) << query << offset; };
    add("select 1; select 2", 10);
    add("select 'a' 'b'", 11);
    add("select * from events whre event='x'", 31);
    add("select a from t tablesample 10", 28);
    add("select * except (a) from t", 17);
    add("select -a, +a", 12);
    add("select a and b xor c", 19);
    add("select date '2020-01-01'", 0);
    add("select top 5 a from t", 0);
    add("select a from t using sample 10", 0);
    add("select a from t1 join lateral (select 1) x on true", 38);
    add("select a from t fetch first 5 rows only", 28);
    add("select a from t where a = 'x\\d'", 26);
    add("select a from t where a in ('x', ...)", 34);
    add("select a from t where id = <some_id>", 36);
    add("with a as (values (1)) select 1", 11);
    add("select a not like 'x' escape '\\\\'", 29);
    add("select f(a => 1)", 12);
    add("select ()", 9);
    add("select a from t group a", 22);
    add("select a not b", 13);
    add("select a from t where and b", 26);
    add("select a from t array join b", 27);
    add("select a array join [1] as x", 0);
    add("select try(a)", 7);
    add("select a} from t", 0);
    add("from events select event", 0);
}

void HogqlParserTest::namesThePlaceThatPostHogNames()
{
    QFETCH(QString, query);
    QFETCH(int, offset);

    const auto select = parseSelect(query.toStdString());

    QVERIFY(!select);
    QCOMPARE(static_cast<int>(select.error().offset), offset);
}

void HogqlParserTest::keepsWhereEachPartStood()
{
    const std::string text = "select a, b + 1 as c from t where d";
    const auto parsed = parseSelect(text);
    QVERIFY(parsed.has_value());
    const Select &select = **parsed;
    const auto written = [&](Span span) { return text.substr(span.start, span.end - span.start); };

    QCOMPARE(written(select.span), text);
    QCOMPARE(written(select.columns[1]->span), std::string("b + 1 as c"));
    QCOMPARE(written(select.from[0].table.span), std::string("t"));
    QCOMPARE(written(select.where->span), std::string("d"));
    QCOMPARE(written(std::get<Alias>(select.columns[1]->node).operand->span), std::string("b + 1"));
}

void HogqlParserTest::namesWhatCouldFollow()
{
    const auto select = parseSelect("select (a");
    QVERIFY(!select.has_value());
    QCOMPARE(select.error().expected, (std::vector<std::string>{",", ")"}));
}

void HogqlParserTest::endsDeepNestingWithAnError_data()
{
    QTest::addColumn<QString>("opening");
    QTest::newRow("brackets") << "(";
    QTest::newRow("arrays") << "[";
    QTest::newRow("calls") << "f(";
    QTest::newRow("not") << "not ";
    QTest::newRow("minus") << "- ";
    QTest::newRow("case") << "case when ";
    QTest::newRow("subqueries") << "(select ";
    QTest::newRow("tables") << "(select a from ";
    QTest::newRow("lambdas") << "x -> ";
    QTest::newRow("ternaries") << "a ? b : ";
    QTest::newRow("templates") << "f'{";
    QTest::newRow("tags") << "<a>";
    QTest::newRow("dictionaries") << "{a: ";
    QTest::newRow("closed brackets") << "(a) + (";
    QTest::newRow("intervals") << "interval 1 + ";
}

void HogqlParserTest::endsDeepNestingWithAnError()
{
    QFETCH(QString, opening);
    const std::string text = "select " + opening.repeated(20'000).toStdString();
    QElapsedTimer timer;
    timer.start();

    const auto select = parseSelect(text);

    QVERIFY(!select.has_value());
    QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
}

void HogqlParserTest::reads150Brackets()
{
    const std::string open(150, '(');
    const std::string close(150, ')');
    QVERIFY(parseSelect("select " + open + "1" + close).has_value());

    const auto tooDeep = parseSelect("select " + std::string(300, '(') + "1" + std::string(300, ')'));
    QVERIFY(!tooDeep.has_value());
    QVERIFY(tooDeep.error().message.find("200 levels") != std::string::npos);
}

void HogqlParserTest::endsLongChainsWithAnError()
{
    const auto chain = [](int terms) {
        std::string text = "select a";
        for (int i = 1; i < terms; ++i)
            text += " or a";
        return text;
    };
    const auto fine = parseSelect(chain(1'900));
    QVERIFY(fine.has_value());
    const auto again = parseSelect(print(**fine)); // walks as deep as it gets
    QVERIFY(again.has_value() && equal(**fine, **again));
    QVERIFY(!format(**fine).empty());

    QVERIFY(!parseSelect(chain(50'000)).has_value());
}

void HogqlParserTest::readsLongListsQuickly()
{
    std::string text = "select a from t where a in (a";
    for (int i = 0; i < 20'000; ++i)
        text += ", b" + std::to_string(i);
    QElapsedTimer timer;
    timer.start();

    QVERIFY(parseSelect(text + ")").has_value());

    QVERIFY(timer.elapsed() < 3'000);
}

void HogqlParserTest::formatsClausesOnLines()
{
    const auto select = parseSelect(
        "with recent as (select event, person_id from events where timestamp > now() - interval 7 day) select event, count() "
        "as c from recent join persons p on p.id = recent.person_id where event like '%a long pattern, so long that the line "
        "breaks behind it%' and "
        "p.properties.email is not null group by event order by c desc limit 10");
    QVERIFY(select.has_value());

    QCOMPARE(QString::fromStdString(format(**select)), QString(R"(WITH recent AS (
    SELECT event, person_id
    FROM events
    WHERE timestamp > now() - INTERVAL 7 DAY
)
SELECT event, count() AS c
FROM recent
INNER JOIN persons AS p ON p.id = recent.person_id
WHERE event LIKE '%a long pattern, so long that the line breaks behind it%'
    AND p.properties.email IS NOT NULL
GROUP BY event
ORDER BY c DESC
LIMIT 10)"));
}

void HogqlParserTest::quotesNamesThatNeedIt()
{
    QCOMPARE(quoteIdentifier("event"), std::string("event"));
    QCOMPARE(quoteIdentifier("$session_id"), std::string("$session_id"));
    QCOMPARE(quoteIdentifier("select"), std::string("`select`"));
    QCOMPARE(quoteIdentifier("a`b\\"), std::string("`a``b\\\\`"));
    QCOMPARE(quoteIdentifier(""), std::string("``"));
    QCOMPARE(quoteString("it's\n"), std::string("'it\\'s\\n'"));
}

void HogqlParserTest::countsColumnsInCharacters()
{
    QCOMPARE(positionOf("é\nöü x", 0), (std::pair{1, 1}));
    QCOMPARE(positionOf("é\nöü x", 3), (std::pair{2, 1}));
    QCOMPARE(positionOf("é\nöü x", 8), (std::pair{2, 4}));
    QCOMPARE(positionOf("abc", 99), (std::pair{1, 4}));
}

QTEST_APPLESS_MAIN(HogqlParserTest)
#include "parser_test.moc"

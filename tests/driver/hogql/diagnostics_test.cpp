#include "driver/hogql/diagnostics.h"
#include "driver/hogql/parser.h"

#include <QTest>

using namespace hogql;

class HogqlDiagnosticsTest : public QObject
{
    Q_OBJECT

private slots:
    void findsNothingWrongInGoodQueries_data();
    void findsNothingWrongInGoodQueries();
    void fixes_data();
    void fixes();
    void marksEachBadEscape();
    void warnsWhereTheEventsAreRead();
    void isQuick();
};

void HogqlDiagnosticsTest::findsNothingWrongInGoodQueries_data()
{
    QTest::addColumn<QString>("query");
    QTest::newRow("empty") << "";
    QTest::newRow("only a comment") << "-- nothing yet\n";
    QTest::newRow("time in where") << "select count() from events where timestamp > now() - interval 1 day";
    QTest::newRow("filters") << "select count() from events where {filters}";
    QTest::newRow("a look at some rows") << "select * from events limit 10";
    QTest::newRow("one event") << "select * from events where uuid = 'x' order by event";
    QTest::newRow("persons") << "select count() from persons";
    QTest::newRow("each arm has its limit") << "select 1 limit 1 union all select 2 limit 1";
    QTest::newRow("limit of the whole union") << "(select 1 union all select 2) limit 1";
    QTest::newRow("alias with AS") << "select 1 as form, 2 as wher";
    QTest::newRow("honest aliases") << "select a.id, b.id from persons a join persons b on a.id = b.id";
    QTest::newRow("quoted column") << "select \"id\" from persons where \"id\" = 'x'";
}

void HogqlDiagnosticsTest::findsNothingWrongInGoodQueries()
{
    QFETCH(QString, query);
    const auto found = diagnose(query.toStdString());
    QVERIFY2(found.empty(), found.empty() ? "" : found.front().message.c_str());
}

void HogqlDiagnosticsTest::fixes_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<Severity>("severity");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("fixed");

    QTest::newRow("misspelt keyword") << "select id from persons whre id = 'x'" << Severity::Error
                                      << "Did you mean WHERE? whre is no keyword and was read as an alias."
                                      << "select id from persons WHERE id = 'x'";
    QTest::newRow("misspelt keyword that can be read")
        << "select id from persons wher" << Severity::Warning << "wher is read as an alias. Did you mean WHERE?"
        << "select id from persons WHERE";
    QTest::newRow("escape") << "select match(id, '\\d+') from persons" << Severity::Error << "Unknown escape \\d: write \\\\d instead."
                            << "select match(id, '\\\\d+') from persons";
    QTest::newRow("limit of a union") << "select 1 union all select 2 order by 1 limit 5" << Severity::Warning
                                      << "This LIMIT is for the last SELECT alone, not for all of the UNION."
                                      << "select 1 union all (select 2) order by 1 limit 5";
    QTest::newRow("no time") << "select count() from events" << Severity::Hint << "This reads every event there ever was; give a time."
                             << "select count() from events WHERE timestamp > now() - INTERVAL 30 DAY";
    QTest::newRow("no time, with a condition")
        << "select count() from events e where event = 'a' group by event" << Severity::Hint
        << "This reads every event there ever was; give a time."
        << "select count() from events e where event = 'a' AND timestamp > now() - INTERVAL 30 DAY group by event";
    QTest::newRow("no time, with OR")
        << "select count() from events where event = 'a' or event = 'b'" << Severity::Hint
        << "This reads every event there ever was; give a time."
        << "select count() from events where (event = 'a' or event = 'b') AND timestamp > now() - INTERVAL 30 DAY";
    QTest::newRow("other dialect's function")
        << "select toFloat64(id) from persons" << Severity::Warning << "toFloat64 is unknown to PostHog; write toFloat."
        << "select toFloat(id) from persons";
    QTest::newRow("double quotes") << "select id from persons where id = \"a b\"" << Severity::Warning
                                   << "Double quotes make a name; write 'a b' for text."
                                   << "select id from persons where id = 'a b'";
}

void HogqlDiagnosticsTest::fixes()
{
    QFETCH(QString, query);
    QFETCH(Severity, severity);
    QFETCH(QString, message);
    QFETCH(QString, fixed);

    const auto found = diagnose(query.toStdString());

    QCOMPARE(found.size(), 1u);
    QCOMPARE(QString::fromStdString(found[0].message), message);
    QCOMPARE(found[0].severity, severity);
    QVERIFY(found[0].fix.has_value());
    std::string text = query.toStdString();
    text.replace(found[0].fix->span.start, found[0].fix->span.end - found[0].fix->span.start, found[0].fix->replacement);
    QCOMPARE(QString::fromStdString(text), fixed);
}

void HogqlDiagnosticsTest::marksEachBadEscape()
{
    const auto found = diagnose("select '\\d' || '\\w'");
    QCOMPARE(found.size(), 2u);
    QCOMPARE(found[0].span, (Span{8, 10}));
    QCOMPARE(found[1].span, (Span{16, 18}));
}

void HogqlDiagnosticsTest::warnsWhereTheEventsAreRead()
{
    const std::string text = "select * from (select event from events) where event in (select event from events e)";
    const auto found = diagnose(text);
    QCOMPARE(found.size(), 2u);
    QCOMPARE(text.substr(found[0].span.start, found[0].span.end - found[0].span.start), std::string("events"));
    QCOMPARE(text.substr(found[1].span.start, found[1].span.end - found[1].span.start), std::string("events e"));
}

void HogqlDiagnosticsTest::isQuick()
{
    std::string text = "select event, count() from events where timestamp > now()";
    for (int i = 0; i < 60; ++i)
        text += "\n    and properties.p" + std::to_string(i) + " != 'value " + std::to_string(i) + "'";
    text += "\n    group by event";
    QBENCHMARK { QVERIFY(diagnose(text).empty()); }
}

QTEST_APPLESS_MAIN(HogqlDiagnosticsTest)
#include "diagnostics_test.moc"

#include "compiler_support.h"

#include "driver/localproject/compiler_time.h"

#include <QTest>

/// Times, in UTC and in a zone with summer time.
class CompilerTimeTest : public QObject
{
    Q_OBJECT

private slots:
    void readsWrittenTimes();
    void countsBackFromNow();
    void evaluatesInUtc_data();
    void evaluatesInUtc();
    void evaluatesInBerlin_data();
    void evaluatesInBerlin();
    void startsWeeksOnTheProjectsDay();
    void comparesTextInTheProjectsZone();
    void keepsTheTwoHoursOfTheLongNightApart();
    void startsDaysAndHoursInZonesOfAllKinds_data();
    void startsDaysAndHoursInZonesOfAllKinds();

private:
    Project m_project;
};

void CompilerTimeTest::readsWrittenTimes()
{
    const auto at = [](const char *text) { return localproject::parseWrittenTime(text)->microseconds; };
    QCOMPARE(at("1970-01-02"), 86'400'000'000);
    QCOMPARE(at("1970-01-01 00:01"), 60'000'000);
    QCOMPARE(at("1970-01-01T00:00:01.5Z"), 1'500'000);
    QCOMPARE(at("1970-01-01T02:00:00+02:00"), 0);
    QCOMPARE(at("1969-12-31T23:00:00-0100"), 0);
    QCOMPARE(at("1674259200"), 1'674'259'200'000'000);
    for (const char *text : {"", "2026", "2026-13-01", "2026-02-30", "2026-01-01 25:00", "2026-01-01x", "2026-01-01 10:00 nonsense", "2026-01-01T", "12:00"})
        QVERIFY2(!localproject::parseWrittenTime(text), text);
}

void CompilerTimeTest::countsBackFromNow()
{
    const std::int64_t now = localproject::parseWrittenTime("2026-03-31T12:00:00Z")->microseconds;
    const auto at = [&](const char *text) { return localproject::parseRelativeTime(text, now); };
    QCOMPARE(at("-24h"), localproject::parseWrittenTime("2026-03-30T12:00:00Z")->microseconds);
    QCOMPARE(at("-7d"), localproject::parseWrittenTime("2026-03-24")->microseconds);
    QCOMPARE(at("-1m"), localproject::parseWrittenTime("2026-02-28")->microseconds);
    QVERIFY(!at("7d") && !at("-d") && !at("-7") && !at("-7z") && !at("2026-01-01"));
}

void CompilerTimeTest::evaluatesInUtc_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *expression, const char *expected) { QTest::newRow(expression) << expression << expected; };
    row("now()", "\"2026-01-31T12:00:00.000000Z\"");
    row("today() - yesterday()", "1");
    row("now() - INTERVAL 1 MONTH", "\"2025-12-31T12:00:00.000000Z\"");
    row("toDate('2026-01-31') + INTERVAL 1 MONTH", "\"2026-02-28\"");
    row("toDateTime('2026-01-31 10:00:00') > '2026-01-31'", "true");
    row("toDateTime('garbage')", "null");
    row("toDateTime(concat('2026-01-31T10:00:00', '+02:00'))", "\"2026-01-31T08:00:00.000000Z\"");
    row("toDateTime('2026-01-01 00:00:00', 'Australia/Sydney')", "\"2025-12-31T13:00:00.000000Z\"");
    row("toStartOfInterval(toDateTime('2026-01-31 10:20:00'), INTERVAL 15 MINUTE)", "\"2026-01-31T10:15:00.000000Z\"");
    row("toStartOfInterval(toDateTime('2026-01-31 10:20:00'), INTERVAL 1 WEEK)", "\"2026-01-26\"");
    row("toMonday(toDate('2026-02-01'))", "\"2026-01-26\"");
    row("dateTrunc('month', toDate('2026-02-11'))", "\"2026-02-01\"");
    row("dateDiff('day', toDateTime('2026-01-01 23:59:59'), toDateTime('2026-01-02 00:00:00'))", "1");
    row("dateDiff('hour', toDateTime('2026-01-01 23:59:59'), toDateTime('2026-01-02 00:00:00'))", "1");
    row("dateDiff('week', toDate('2026-01-04'), toDate('2026-01-05'))", "1");
    row("dateDiff('week', toDate('2026-01-05'), toDate('2026-01-11'))", "0");
    row("dateDiff('month', toDate('2026-01-31'), toDate('2026-02-01'))", "1");
    row("age('month', toDate('2026-01-31'), toDate('2026-02-01'))", "0");
    row("dateDiff('second', toDate('2026-01-01'), toDateTime('2026-01-01 00:00:05'))", "5");
    row("dateAdd('day', 1, toDate('2026-01-31'))", "\"2026-02-01\"");
    row("addHours(toDateTime('2026-01-31 23:00:00'), 2)", "\"2026-02-01T01:00:00.000000Z\"");
    row("toDayOfWeek(toDate('2026-02-01'))", "7");
    row("toYYYYMM(toDate('2026-02-01'))", "202602");
    row("formatDateTime(toDateTime('2026-01-31 05:06:07'), '%Y-%m-%d %H:%i:%S %M %%')", "\"2026-01-31 05:06:07 January %\"");
    row("dateName('month', toDate('2026-01-31'))", "\"January\"");
    row("toUnixTimestamp(toDateTime('1970-01-01 00:01:00'))", "60");
    row("fromUnixTimestamp(60)", "\"1970-01-01T00:01:00.000000Z\"");
    row("toDate('2026-01-31') = '2026-01-31'", "true");
    row("coalesce('2026-01-30', now()) < now()", "true");
    row("toDateTime('2026-01-31 00:00:10') - toDateTime('2026-01-31')", "10.0");
    row("toString(toDate('2026-01-31'))", "\"2026-01-31\"");
}

void CompilerTimeTest::evaluatesInUtc()
{
    QFETCH(QString, expression);
    QFETCH(QString, expected);
    QCOMPARE(m_project.value(expression.toStdString()), expected);
}

void CompilerTimeTest::evaluatesInBerlin_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *expression, const char *expected) { QTest::newRow(expression) << expression << expected; };
    row("toDateTime('2026-03-29 12:00:00')", "\"2026-03-29T10:00:00.000000Z\""); // summer time began at 02:00
    row("toStartOfDay(toDateTime('2026-03-29 12:00:00'))", "\"2026-03-28T23:00:00.000000Z\"");
    row("toStartOfDay(toDateTime('2026-03-29 12:00:00')) + INTERVAL 1 DAY", "\"2026-03-29T22:00:00.000000Z\"");
    row("toStartOfDay(toDateTime('2026-03-29 12:00:00')) + INTERVAL 24 HOUR", "\"2026-03-29T23:00:00.000000Z\"");
    row("dateDiff('hour', toDateTime('2026-10-25 00:00:00'), toDateTime('2026-10-26 00:00:00'))", "25");
    row("dateDiff('day', toDateTime('2026-10-25 00:00:00'), toDateTime('2026-10-26 00:00:00'))", "1");
    row("toDate(toDateTime('2026-01-12T23:30:00Z'))", "\"2026-01-13\"");
    row("toHour(toDateTime('2026-07-01T10:00:00Z'))", "12");
    row("toHour(toTimeZone(toDateTime('2026-07-01T10:00:00Z'), 'America/New_York'))", "6");
    row("toString(toDateTime('2026-07-01T10:00:00Z'))", "\"2026-07-01 12:00:00.000000\"");
    row("formatDateTime(toDateTime('2026-07-01T10:00:00Z'), '%H:%i', 'UTC')", "\"10:00\"");
    row("toStartOfMonth(toDateTime('2026-06-30T22:30:00Z'))", "\"2026-07-01\"");
    row("toStartOfMonth(toDateTime('2026-06-30T22:30:00Z')) < toDateTime('2026-06-30T22:30:00Z')", "true");
    row("toTypeName(now())", "\"DateTime64(6, 'Europe/Berlin')\"");
    row("toDateTime(concat('2026-07-01 ', '12:00:00'))", "\"2026-07-01T10:00:00.000000Z\"");
}

void CompilerTimeTest::evaluatesInBerlin()
{
    QFETCH(QString, expression);
    QFETCH(QString, expected);
    m_project.context.timezone = "Europe/Berlin";
    QCOMPARE(m_project.value(expression.toStdString()), expected);
    m_project.context.timezone = "UTC";
}

void CompilerTimeTest::startsWeeksOnTheProjectsDay()
{
    const std::string sunday = "toStartOfWeek(toDateTime('2026-01-11 10:00:00'))";
    QCOMPARE(m_project.value(sunday), "\"2026-01-11\"");
    QCOMPARE(m_project.value("toStartOfWeek(toDate('2026-01-10'))"), "\"2026-01-04\"");
    QCOMPARE(m_project.value("toStartOfWeek(toDate('2026-01-11'), 1)"), "\"2026-01-05\"");
    QCOMPARE(m_project.value("toStartOfWeek(toDate('2026-01-11'), 0)"), "\"2026-01-11\"");

    m_project.context.weekStartDay = 1;
    QCOMPARE(m_project.value(sunday), "\"2026-01-05\"");
    QCOMPARE(m_project.value("toStartOfWeek(toDate('2026-01-12'))"), "\"2026-01-12\"");
    m_project.context.weekStartDay = 0;
}

void CompilerTimeTest::comparesTextInTheProjectsZone()
{
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE timestamp >= '2026-01-13'"), "[[1]]");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE timestamp BETWEEN '2026-01-10 10:00:00' AND '2026-01-10T10:01:00Z'"), "[[2]]");

    m_project.context.timezone = "Europe/Berlin";
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE timestamp >= '2026-01-13'"), "[[2]]");
    QCOMPARE(m_project.answer("SELECT toDate(timestamp) AS day, count() FROM events GROUP BY day ORDER BY day"),
             R"([["2026-01-10",2],["2026-01-11",1],["2026-01-13",2]])");
    m_project.context.timezone = "UTC";
}

void CompilerTimeTest::keepsTheTwoHoursOfTheLongNightApart()
{
    m_project.context.timezone = "Europe/Berlin";
    QCOMPARE(m_project.answer("SELECT toStartOfHour(toDateTime(t)) AS h, count() FROM (SELECT arrayJoin(['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z']) AS t) GROUP BY h ORDER BY h"),
             R"([["2026-10-25T00:00:00.000000Z",1],["2026-10-25T01:00:00.000000Z",1]])");
    m_project.context.timezone = "UTC";
}

void CompilerTimeTest::startsDaysAndHoursInZonesOfAllKinds_data()
{
    QTest::addColumn<QString>("zone");
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *zone, const char *expression, const char *expected) { QTest::addRow("%s: %s", zone, expression) << zone << expression << expected; };
    row("Asia/Kolkata", "toStartOfHour(toDateTime('2026-01-10T10:20:00Z'))", "\"2026-01-10T09:30:00.000000Z\"");
    row("Asia/Kolkata", "toStartOfFifteenMinutes(toDateTime('2026-01-10T10:20:00Z'))", "\"2026-01-10T10:15:00.000000Z\"");
    row("Asia/Kolkata", "toStartOfDay(toDateTime('2026-01-10T18:29:59Z'))", "\"2026-01-09T18:30:00.000000Z\"");
    row("Asia/Kolkata", "toStartOfDay(toDateTime('2026-01-10T18:30:00Z'))", "\"2026-01-10T18:30:00.000000Z\"");
    row("Asia/Kolkata", "toStartOfWeek(toDateTime('2026-01-11T18:30:00Z'), 1)", "\"2026-01-12\"");
    row("Asia/Kolkata", "toStartOfInterval(toDateTime('2026-01-10T10:20:00Z'), INTERVAL 2 HOUR)", "\"2026-01-10T08:30:00.000000Z\"");
    row("Asia/Kolkata", "toStartOfInterval(toDateTime('2026-01-10T18:30:00Z'), INTERVAL 1 DAY)", "\"2026-01-10T18:30:00.000000Z\"");
    // The clock goes back from 02:00 to 01:30.
    row("Australia/Lord_Howe", "toStartOfHour(toDateTime('2026-04-04T14:59:00Z'))", "\"2026-04-04T14:00:00.000000Z\"");
    row("Australia/Lord_Howe", "toStartOfDay(toDateTime('2026-04-05T13:29:59Z'))", "\"2026-04-04T13:00:00.000000Z\"");
    row("Australia/Lord_Howe", "toStartOfDay(toDateTime('2026-04-05T13:30:00Z'))", "\"2026-04-05T13:30:00.000000Z\"");
    // Midnight comes twice: the day starts with the first.
    row("America/Havana", "toStartOfDay(toDateTime('2026-11-01T04:30:00Z'))", "\"2026-11-01T04:00:00.000000Z\"");
    row("America/Havana", "toStartOfDay(toDateTime('2026-11-01T05:30:00Z'))", "\"2026-11-01T04:00:00.000000Z\"");
    row("America/Havana", "toStartOfHour(toDateTime('2026-11-01T05:30:00Z'))", "\"2026-11-01T05:00:00.000000Z\"");
    // And here never: the day starts at 01:00.
    row("America/Sao_Paulo", "toStartOfDay(toDateTime('2018-11-04T12:00:00Z'))", "\"2018-11-04T03:00:00.000000Z\"");
    row("America/Sao_Paulo", "toDate(toDateTime('2018-11-04T02:59:59Z'))", "\"2018-11-03\"");
    row("Asia/K@lkata", "toStartOfDay(toDateTime('2026-01-10T10:20:00Z'))", "hogql_query_error: There is no time zone 'Asia/K@lkata'.");
    row("Nowhere/City", "toDate(now()) = '2026-01-31'", "DuckDB: Binder Error: There is no time zone 'Nowhere/City'.");
}

void CompilerTimeTest::startsDaysAndHoursInZonesOfAllKinds()
{
    QFETCH(QString, zone);
    QFETCH(QString, expression);
    QFETCH(QString, expected);
    m_project.context.timezone = zone.toStdString();
    const QString value = m_project.value(expression.toStdString());
    m_project.context.timezone = "UTC";
    QCOMPARE(value.section('\n', 0, 0), expected);
}

QTEST_APPLESS_MAIN(CompilerTimeTest)
#include "compiler_time_test.moc"

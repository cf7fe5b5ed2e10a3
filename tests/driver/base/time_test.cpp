#include "driver/base/time.h"

#include <QTest>

class TimeTest : public QObject
{
    Q_OBJECT

private slots:
    void writesUtcWithMilliseconds();
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
};

void TimeTest::writesUtcWithMilliseconds()
{
    using namespace std::chrono;
    const ph::Time time = sys_days(2026y / January / 31) + 12h + 3min + 4s + 5678us;

    QCOMPARE(ph::isoTime(time), std::string("2026-01-31T12:03:04.005Z"));
    QCOMPARE(ph::isoTimeMicros(time), std::string("2026-01-31T12:03:04.005678Z"));
    QCOMPARE(ph::isoTime(ph::Time(-1ms)), std::string("1969-12-31T23:59:59.999Z"));
}

void TimeTest::reads_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("utc");

    const auto row = [](const char *text, const char *utc) { QTest::newRow(text) << text << utc; };
    row("2026-01-31", "2026-01-31T00:00:00.000000Z");
    row("2026-01-31T12:00", "2026-01-31T12:00:00.000000Z");
    row("2026-01-31 12:00:01", "2026-01-31T12:00:01.000000Z");
    row("2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000000Z");
    row("2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.500000Z");
    row("2026-01-31T12:00:00.123456789Z", "2026-01-31T12:00:00.123456Z");
    row("2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00.000000Z");
    row("2026-01-31T12:00:00-0330", "2026-01-31T15:30:00.000000Z");
    row("2024-02-29", "2024-02-29T00:00:00.000000Z");
}

void TimeTest::reads()
{
    QFETCH(QString, text);
    QFETCH(QString, utc);

    const auto time = ph::parseIsoTime(text.toStdString());
    QVERIFY(time);
    QCOMPARE(QString::fromStdString(ph::isoTimeMicros(*time)), utc);
}

void TimeTest::refuses_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text :
         {"", "yesterday", "2026", "2026-1-31", "2026-02-29", "2026-13-01", "2026-01-31T24:00", "2026-01-31T12",
          "2026-01-31T12:60", "2026-01-31T12:00:00.", "2026-01-31T12:00:00X", "2026-01-31T12:00:00Z ", "2026-01-31T12:00:00+2"})
        QTest::newRow(text) << text;
}

void TimeTest::refuses()
{
    QFETCH(QString, text);

    QVERIFY(!ph::parseIsoTime(text.toStdString()));
}

QTEST_APPLESS_MAIN(TimeTest)
#include "time_test.moc"

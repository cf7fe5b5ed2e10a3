#include "compiler_support.h"

#include "driver/localproject/zone_clock.h"

#include <QTest>

#include <thread>

using localproject::ZoneClock;

/// The clocks of time zones, beside DuckDB's own.
class ZoneClockTest : public QObject
{
    Q_OBJECT

private slots:
    void showsWhatDuckDbShows_data();
    void showsWhatDuckDbShows();
    void readsWallClocksAsDuckDbButTheRepeatedHourAsTheEarlier_data();
    void readsWallClocksAsDuckDbButTheRepeatedHourAsTheEarlier();
    void changesAtTheSecond();
    void keepsTheBorderOffsetBeforeAndAfterTheKnownYears();
    void leavesNullAndInfinityAlone();
    void bringsATimeToAMultipleOfWhatTheClockShows();
    void refusesAWidthOfNothing();
    void namesAZoneThatIsNone();
    void givesOneClockToAllThreads();

private:
    QString ask(const std::string &sql) const
    {
        const auto answer = m_project.store.query(sql);
        return answer ? QString::fromStdString(ph::Json(answer->rows).dump()) : QString::fromStdString(answer.error().message);
    }

    Project m_project;
};

namespace {

void zones()
{
    QTest::addColumn<QString>("zone");
    // Half hours, summer time of half an hour, changes at midnight, a day left out (Apia, 2011), changes around Ramadan, none.
    for (const char *zone : {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "America/Havana", "Pacific/Apia",
                             "Africa/Casablanca", "Asia/Kathmandu", "America/St_Johns", "Etc/GMT+5", "UTC"})
        QTest::newRow(zone) << zone;
}

/// Every half hour of 40 years, at odd seconds.
constexpr const char *halfHours = "(SELECT make_timestamp(s * 1000000 + 1) AS t FROM range(788918400, 2051222400, 1800) AS r(s))";

std::string with(std::string sql, const QString &zone)
{
    for (std::size_t at; (at = sql.find('@')) != std::string::npos;)
        sql.replace(at, 1, "'" + zone.toStdString() + "'");
    return sql;
}

} // namespace

void ZoneClockTest::showsWhatDuckDbShows_data() { zones(); }

void ZoneClockTest::showsWhatDuckDbShows()
{
    QFETCH(QString, zone);

    QCOMPARE(ask(with(std::string("SELECT count(*), min(t) FILTER (hoglet_wall(@, t) <> timezone(@, timezone('UTC', t))) FROM ") + halfHours, zone)),
             QString("[[701280,null]]"));
}

void ZoneClockTest::readsWallClocksAsDuckDbButTheRepeatedHourAsTheEarlier_data() { zones(); }

void ZoneClockTest::readsWallClocksAsDuckDbButTheRepeatedHourAsTheEarlier()
{
    QFETCH(QString, zone);

    const std::string both = "(SELECT t, hoglet_instant(@, t) AS ours, timezone('UTC', timezone(@, t)) AS theirs FROM " + std::string(halfHours) + ")";
    const std::string shown = "timezone(@, timezone('UTC', ours)) = t AND timezone(@, timezone('UTC', theirs)) = t AND ours < theirs";

    QCOMPARE(ask(with("SELECT count(*) FROM " + both + " WHERE ours <> theirs AND NOT (" + shown + ")", zone)), QString("[[0]]"));
    // And no wall clock is read as the later of two: what is shown an offset earlier is another one.
    const std::string earlier = "(SELECT ours, t, unnest([30, 60, 180]) AS m FROM " + both + " WHERE hoglet_wall(@, ours) = t)";
    QCOMPARE(ask(with("SELECT count(*) FROM " + earlier + " WHERE hoglet_wall(@, ours - to_minutes(m)) = t", zone)), QString("[[0]]"));
}

void ZoneClockTest::changesAtTheSecond()
{
    const auto berlin = ZoneClock::of("Europe/Berlin");

    const std::int64_t forward = 1'774'746'000'000'000; // 2026-03-29 01:00:00 UTC
    QCOMPARE((*berlin)->at(forward - 1).offset, 3'600'000'000);
    QCOMPARE((*berlin)->at(forward).offset, 7'200'000'000);
    QCOMPARE((*berlin)->at(forward).from, forward);
    QCOMPARE((*berlin)->at(forward - 1).to, forward);
}

void ZoneClockTest::keepsTheBorderOffsetBeforeAndAfterTheKnownYears()
{
    QCOMPARE(ask("SELECT hoglet_wall('America/New_York', TIMESTAMP '1700-07-01 12:00:00') = TIMESTAMP '1700-07-01 07:00:00', "
                 "hoglet_wall('America/New_York', TIMESTAMP '2299-07-01 12:00:00') = TIMESTAMP '2299-07-01 08:00:00', "
                 "hoglet_wall('America/New_York', TIMESTAMP '9999-07-01 12:00:00') = TIMESTAMP '9999-07-01 07:00:00', "
                 "hoglet_instant('America/New_York', TIMESTAMP '9999-07-01 07:00:00') = TIMESTAMP '9999-07-01 12:00:00'"),
             QString("[[true,true,true,true]]"));
}

void ZoneClockTest::leavesNullAndInfinityAlone()
{
    QCOMPARE(ask("SELECT hoglet_wall('Asia/Kolkata', t) IS NULL, hoglet_wall('Asia/Kolkata', t) = t, hoglet_instant('Asia/Kolkata', t) IS NULL, "
                 "hoglet_floor('Asia/Kolkata', 60000000, t) IS NULL FROM (VALUES (NULL), ('infinity'::TIMESTAMP), ('-infinity'::TIMESTAMP)) AS v(t)"),
             QString("[[true,null,true,true],[false,true,false,false],[false,true,false,false]]"));
}

void ZoneClockTest::bringsATimeToAMultipleOfWhatTheClockShows()
{
    QCOMPARE(ask("SELECT hoglet_floor('Asia/Kolkata', 3600000000, TIMESTAMP '2026-01-10 10:20:00') = TIMESTAMP '2026-01-10 09:30:00', "
                 "hoglet_floor('Asia/Kolkata', 3600000000, TIMESTAMP '1960-01-10 10:20:00') = TIMESTAMP '1960-01-10 09:30:00'"),
             QString("[[true,true]]"));
}

void ZoneClockTest::refusesAWidthOfNothing()
{
    QVERIFY(ask("SELECT hoglet_floor('Asia/Kolkata', 0, TIMESTAMP '2026-01-10 10:20:00')").contains("multiple of more than nothing"));
}

void ZoneClockTest::namesAZoneThatIsNone()
{
    QCOMPARE(ZoneClock::of("Nowhere/It's").error().message, std::string("There is no time zone 'Nowhere/It's'."));
    QVERIFY(ask("SELECT hoglet_wall('Nowhere', TIMESTAMP '2026-01-10')").contains("There is no time zone 'Nowhere'."));
}

void ZoneClockTest::givesOneClockToAllThreads()
{
    std::vector<std::shared_ptr<const ZoneClock>> clocks(4);
    {
        std::vector<std::jthread> threads;
        for (auto &clock : clocks)
            threads.emplace_back([&clock] { clock = *ZoneClock::of("Asia/Tokyo"); });
    }

    for (const auto &clock : clocks)
        QCOMPARE(clock, clocks.front());
}

QTEST_APPLESS_MAIN(ZoneClockTest)
#include "zone_clock_test.moc"

#include "driver/localproject/demo/demo.h"
#include "driver/localproject/dump.h"

#include <QtTest>

#include <QProcess>
#include <QStandardPaths>

#include <fstream>

using localproject::Store;
using ph::Json;

// The demo project against golden.json, which golden.py worked out from a dump in plain Python. After a change of the
// generator: make a new dump, look at what changed in its answers, and keep them if they are meant.

namespace {

constexpr const char *funnelSql = R"sql(
CREATE VIEW past AS SELECT * FROM events WHERE timestamp < (SELECT value::TIMESTAMP - INTERVAL 12 HOUR FROM meta WHERE key = 'anchor');
CREATE VIEW steps AS
    SELECT person_id, timestamp, mat_browser || ' on ' || mat_os AS pair, mat_release AS release, mat_device_type AS device, mat_country AS country,
        CASE WHEN event = '$pageview' AND mat_pathname = '/' THEN 0 WHEN event = '$pageview' AND mat_pathname = '/signup/' THEN 1
             WHEN event = 'signed_up' THEN 2 WHEN event = 'uploaded_file' THEN 3 WHEN event = 'upgraded_plan' THEN 4 END AS step
    FROM past WHERE event IN ('$pageview', 'signed_up', 'uploaded_file', 'upgraded_plan');
CREATE TABLE chain AS
WITH one AS (SELECT person_id, min(timestamp) AS t1 FROM steps WHERE step = 0 GROUP BY 1),
two AS (SELECT person_id, t1, min(timestamp) AS t2, min_by(pair, timestamp) AS pair, min_by(release, timestamp) AS release,
            min_by(device, timestamp) AS device, min_by(country, timestamp) AS country
        FROM one JOIN steps USING (person_id) WHERE step = 1 AND timestamp BETWEEN t1 AND t1 + INTERVAL 14 DAY GROUP BY 1, 2),
three AS (SELECT person_id, min(timestamp) AS t3 FROM two JOIN steps USING (person_id)
          WHERE step = 2 AND timestamp BETWEEN t2 AND t1 + INTERVAL 14 DAY GROUP BY 1),
four AS (SELECT person_id, min(timestamp) AS t4 FROM one JOIN three USING (person_id) JOIN steps USING (person_id)
         WHERE step = 3 AND timestamp BETWEEN t3 AND t1 + INTERVAL 14 DAY GROUP BY 1),
five AS (SELECT person_id, min(timestamp) AS t5 FROM one JOIN four USING (person_id) JOIN steps USING (person_id)
         WHERE step = 4 AND timestamp BETWEEN t4 AND t1 + INTERVAL 14 DAY GROUP BY 1)
SELECT one.person_id, one.t1, t2, t3, t4, t5, pair, release, device, country, json_extract_string(persons.properties, '$.source') AS source
FROM one JOIN persons ON persons.id = one.person_id LEFT JOIN two USING (person_id) LEFT JOIN three USING (person_id)
    LEFT JOIN four USING (person_id) LEFT JOIN five USING (person_id);
)sql";

std::string signupBy(const char *column)
{
    return std::string("SELECT map_from_entries(list((k, [n::DOUBLE, c, round(100 * c / n, 2)]) ORDER BY k)) FROM (SELECT ")
        + column + " AS k, count(*) AS n, count(t3) AS c FROM chain WHERE t2 IS NOT NULL GROUP BY 1)";
}

Json rounded(const Json &json)
{
    Json copy = json;
    if (copy.is_number())
        return std::round(copy.get<double>() * 100) / 100;
    if (copy.is_structured())
        for (Json &element : copy)
            element = rounded(element);
    return copy;
}

} // namespace

class GoldenTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void answersAsGolden_data();
    void answersAsGolden();
    void pythonAnswersAsGolden();

private:
    QTemporaryDir m_folder;
    std::optional<Store> m_store;
    Json m_golden;
};

void GoldenTest::initTestCase()
{
    std::ifstream file(GOLDEN_FOLDER "/golden.json");
    m_golden = Json::parse(file, nullptr, false);
    QVERIFY(m_golden.is_object());
    QVERIFY(m_golden.size() >= 40);
    auto store = localproject::demo::create(m_folder.filePath("demo.duckdb").toStdString(), {.anchor = "2026-01-31T12:00:00Z"});
    QVERIFY2(store, store ? "" : store.error().message.c_str());
    m_store.emplace(std::move(*store));
    const auto made = m_store->execute(funnelSql);
    QVERIFY2(made, made ? "" : made.error().message.c_str());
}

void GoldenTest::answersAsGolden_data()
{
    QTest::addColumn<QString>("sql");
    const auto row = [](const char *answer, const std::string &sql) { QTest::newRow(answer) << QString::fromStdString(sql); };
    const std::string files = "event IN ('uploaded_file', 'downloaded_file', 'shared_file', 'deleted_file')";
    // DuckDB's date_diff('week', …) does not count calendar weeks unless both sides are Mondays.
    const std::string weekOf
        = "date_diff('week', (SELECT date_trunc('week', min(timestamp)) FROM past), date_trunc('week', timestamp))";
    row("checksum", "SELECT value FROM meta WHERE key = 'checksum'");
    row("events", "SELECT count(*) FROM events");
    row("events by type",
        "SELECT map_from_entries(list((event, n) ORDER BY event)) FROM (SELECT event, count(*) AS n FROM events GROUP BY 1)");
    row("persons", "SELECT count(*) FROM persons");
    row("identified persons", "SELECT count(*) FROM persons WHERE is_identified");
    row("distinct ids", "SELECT count(*) FROM person_distinct_ids");
    row("accounts", "SELECT count(*) FROM groups");
    row("sessions", "SELECT count(*) FROM sessions");
    row("replays", "SELECT count(*) FROM replay_events");
    row("cohort people",
        "SELECT map_from_entries(list((k, n) ORDER BY k)) FROM (SELECT cohort_id::VARCHAR AS k, count(*) AS n FROM cohort_people "
        "GROUP BY 1)");
    row("funnel", "SELECT [count(t1), count(t2), count(t3), count(t4), count(t5)] FROM chain");
    row("dropped after step",
        "SELECT [count(t1) - count(t2), count(t2) - count(t3), count(t3) - count(t4), count(t4) - count(t5)] FROM chain");
    row("median seconds to step",
        "SELECT [round(median(epoch_us(t2) - epoch_us(t1)) / 1e6, 1), round(median(epoch_us(t3) - epoch_us(t2)) / 1e6, 1), "
        "round(median(epoch_us(t4) - epoch_us(t3)) / 1e6, 1), round(median(epoch_us(t5) - epoch_us(t4)) / 1e6, 1)] FROM chain");
    row("sign-up by browser and system", signupBy("pair"));
    row("sign-up by release", signupBy("release"));
    row("sign-up by device", signupBy("device"));
    row("sign-up by country", signupBy("country"));
    row("sign-up by source", signupBy("source"));
    row("exceptions by message: times, persons",
        "SELECT map_from_entries(list((k, [n, p]) ORDER BY k)) FROM (SELECT json_extract_string(properties, "
        "'$.\"$exception_values\"[0]') AS k, count(*) AS n, "
        "count(DISTINCT person_id) AS p FROM past WHERE event = '$exception' GROUP BY 1)");
    row("plan error sessions",
        "SELECT count(DISTINCT session_id) FROM past WHERE json_extract_string(properties, '$.\"$exception_fingerprint\"') = "
        "'plan-id'");
    row("replays with console errors", "SELECT count(*) FROM replay_events WHERE console_error_count > 0");
    row("file users per week",
        "SELECT list(n ORDER BY w) FROM (SELECT " + weekOf + " AS w, count(DISTINCT person_id) AS n FROM past WHERE " + files
            + " GROUP BY 1)");
    row("retention by week: persons, percent",
        "WITH active AS (SELECT DISTINCT person_id, " + weekOf + " AS w FROM past WHERE " + files
            + "), first AS (SELECT person_id, min(w) AS w0 FROM active GROUP BY 1), "
              "k AS (SELECT unnest(range((SELECT max(w) + 1 FROM active))) AS k) "
              "SELECT list([n::DOUBLE, round(100 * came / n, 2)] ORDER BY k) FROM (SELECT k, count(*) AS n, count(active.w) AS "
              "came FROM k "
              "JOIN first ON w0 + k <= (SELECT max(w) FROM active) LEFT JOIN active ON active.person_id = first.person_id AND "
              "active.w = w0 + k GROUP BY 1)");
    const std::string bills = " FROM past WHERE event = 'paid_bill'";
    const std::string amount = "json_extract_string(properties, '$.amount_usd')::BIGINT";
    row("bills", "SELECT count(*)" + bills);
    row("revenue, dollars", "SELECT sum(" + amount + ")" + bills);
    row("revenue without repeated invoices",
        "SELECT sum(a) FROM (SELECT DISTINCT json_extract_string(properties, '$.invoice_id'), " + amount + " AS a" + bills + ")");
    row("monthly revenue at start and end",
        "SELECT [now - change, now] FROM (SELECT sum(json_extract_string(properties, '$.mrr_usd')::BIGINT) AS now FROM groups), "
        "(SELECT sum(json_extract_string(properties, '$.mrr_delta_usd')::BIGINT) AS change FROM past)");
    row("events from the future",
        "SELECT count(*) FROM events WHERE timestamp > (SELECT value::TIMESTAMP FROM meta WHERE key = 'anchor')");
    row("events that came more than a day late", "SELECT count(*) FROM events WHERE created_at - timestamp > INTERVAL 24 HOUR");
    row("repeated page views",
        "SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM events WHERE event = '$pageview' GROUP BY timestamp, distinct_id, "
        "properties)");
    row("events of distinct id undefined", "SELECT count(*) FROM events WHERE distinct_id = 'undefined'");
    row("internal persons", "SELECT count(*) FROM persons WHERE properties LIKE '%@driftboard.example%'");
    row("events per day", "SELECT list(n ORDER BY d) FROM (SELECT timestamp::DATE AS d, count(*) AS n FROM past GROUP BY 1)");
    row("active persons per day",
        "SELECT list(n ORDER BY d) FROM (SELECT timestamp::DATE AS d, count(DISTINCT person_id) AS n FROM past GROUP BY 1)");
    row("bounce percent", "SELECT round(100 * avg(is_bounce::INTEGER), 2) FROM sessions");
    row("median seconds of sessions that did not bounce", "SELECT median(duration) FROM sessions WHERE NOT is_bounce");
    row("sessions by channel",
        "SELECT map_from_entries(list((k, n) ORDER BY k)) FROM (SELECT channel_type AS k, count(*) AS n FROM sessions GROUP BY "
        "1)");
}

void GoldenTest::answersAsGolden()
{
    QFETCH(QString, sql);
    const Json expected = m_golden[QTest::currentDataTag()];

    const auto answer = m_store->query(sql.toStdString());

    QVERIFY2(answer, answer ? "" : answer.error().message.c_str());
    QCOMPARE(QString::fromStdString(rounded(answer->rows.at(0).at(0)).dump()), QString::fromStdString(rounded(expected).dump()));
}

void GoldenTest::pythonAnswersAsGolden()
{
    const QString python = QStandardPaths::findExecutable("python3");
    if (python.isEmpty())
        QSKIP("There is no python3 here.");
    QVERIFY(m_store->execute("DROP TABLE chain; DROP VIEW steps; DROP VIEW past"));
    const auto dumped = localproject::dumpCsv(*m_store, m_folder.filePath("csv").toStdString());
    QVERIFY2(dumped, dumped ? "" : dumped.error().message.c_str());

    QProcess process;
    process.start(python, {GOLDEN_FOLDER "/golden.py", m_folder.filePath("csv")});
    QVERIFY(process.waitForFinished(240'000));

    QCOMPARE(process.readAllStandardError(), QByteArray());
    const Json answers = Json::parse(process.readAllStandardOutput().toStdString(), nullptr, false);
    for (const auto &[name, answer] : m_golden.items())
        QCOMPARE(QString::fromStdString(name + ": " + answers.value(name, Json()).dump()),
                 QString::fromStdString(name + ": " + answer.dump()));
    QCOMPARE(answers.size(), m_golden.size());
}

QTEST_APPLESS_MAIN(GoldenTest)
#include "golden_test.moc"

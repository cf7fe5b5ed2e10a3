#include "driver/localproject/api/api.h"
#include "driver/localproject/import/import_files.h"
#include "driver/localproject/store.h"

#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;
using localproject::Store;
using localproject::ingest::ImportOptions;
using localproject::ingest::ImportReport;
using ph::Json;

#define COMPARE_TEXT(actual, expected) QCOMPARE(std::string(actual), std::string(expected))

/// Files of events into a store: what they become, what is not taken, and what happens when it does not go well.
class ImportTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void readsEachFormat_data();
    void readsEachFormat();
    void readsWhatOthersWrite_data();
    void readsWhatOthersWrite();
    void keepsAsideWhatItCannotTake();
    void keepsAsideBrokenCsv();
    void survivesAnyBytes();
    void readsPastALineThatIsTooLong();
    void readsCellsOfManyMegabytes();
    void takesEachEventOnce();
    void takesPersonsAndGroups();
    void decidesWhoseRawEventsAre();
    void importsIntoAStoreThatIsThere();
    void goesOnAfterAKill();
    void startsAnewWithOtherFiles();
    void leavesTheStoreWhenTheDiskIsFull();
    void isStopped();
    void refusesFilesThatAreNone_data();
    void refusesFilesThatAreNone();

private:
    fs::path path(const std::string &name) const { return fs::path(m_dir->path().toStdString()) / name; }
    fs::path write(const std::string &name, const std::string &text) const
    {
        std::ofstream(path(name), std::ios::binary) << text;
        return path(name);
    }
    ImportOptions options(std::vector<fs::path> files) const
    {
        ImportOptions out;
        out.files = std::move(files);
        out.store = path("project.duckdb");
        out.rejected = path("rejected");
        out.memoryLimit = "500MB";
        return out;
    }
    ImportReport import(std::vector<fs::path> files) const
    {
        const auto report = localproject::ingest::importFiles(options(std::move(files)));
        if (!report)
            qWarning("%s", report.error().message.c_str());
        return report ? *report : ImportReport();
    }
    /// Rows of the imported store, as JSON.
    std::string rows(const std::string &sql) const
    {
        const auto store = Store::open(path("project.duckdb"));
        if (!store)
            return store.error().message;
        const auto answer = store->query(sql);
        return answer ? Json(answer->rows).dump() : answer.error().message;
    }
    static std::string uuid(int number)
    {
        char text[40];
        std::snprintf(text, sizeof text, "00000000-0000-7000-8000-%012d", number);
        return text;
    }
    static Json event(int number, const std::string &person, const Json &properties = Json::object())
    {
        const std::string minute = std::to_string(number / 60 % 60 + 100).substr(1);
        const std::string second = std::to_string(number % 60 + 100).substr(1);
        return {{"uuid", uuid(number)},
                {"event", number % 3 ? "seen" : "$pageview"},
                {"timestamp", "2026-01-02T03:" + minute + ":" + second + ".000001Z"},
                {"distinct_id", person},
                {"properties", properties}};
    }
    static std::string lines(int from, int to)
    {
        std::string text;
        for (int i = from; i < to; ++i)
            text += event(i, "person-" + std::to_string(i % 50), {{"n", i}, {"$session_id", "s" + std::to_string(i % 70)}}).dump() + "\n";
        return text;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void ImportTest::readsEachFormat_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"events.jsonl", "events.csv", "events.parquet", "events.ndjson"})
        QTest::newRow(name) << name;
}

void ImportTest::readsEachFormat()
{
    QFETCH(QString, name);
    const fs::path file = path(name.toStdString());
    // The same four rows in each format, written by DuckDB.
    localproject::StoreOptions may;
    may.externalAccess = true;
    const auto writer = Store::create({}, may);
    QVERIFY(writer);
    const std::string format = name.endsWith("parquet") ? "(FORMAT parquet)" : name.endsWith("csv") ? "(FORMAT csv, HEADER)" : "(FORMAT json)";
    const bool isJson = name.endsWith("json") || name.endsWith("jsonl");
    const std::string sql = "COPY (SELECT ('00000000-0000-7000-8000-00000000000' || i)::UUID AS uuid, 'seen, \"quoted\"' AS event,"
                            " TIMESTAMP '2026-01-02 03:04:05.123456' + to_seconds(i) AS timestamp, 'ann' AS distinct_id,"
                            " '00000000-0000-4000-8000-0000000000aa'::UUID AS person_id,"
                            " ('{\"$browser\":\"Chrome\",\"line\":\"a\\nb\",\"price\":1.5,\"i\":' || i || '}')" + std::string(isJson ? "::JSON" : "") + " AS properties"
                            " FROM range(4) t(i)) TO '" + file.string() + "' " + format;
    const auto written = writer->execute(sql);
    QVERIFY2(written.has_value(), written ? "" : written.error().message.c_str());

    const auto report = import({file});

    QCOMPARE(report.files.size(), std::size_t(1));
    QCOMPARE(report.files[0].events, 4ULL);
    QCOMPARE(report.files[0].rejects, 0ULL);
    COMPARE_TEXT(rows("SELECT uuid, event, timestamp, distinct_id, person_id, mat_browser, properties FROM events ORDER BY uuid LIMIT 1"),
                 R"([["00000000-0000-7000-8000-000000000000","seen, \"quoted\"","2026-01-02T03:04:05.123456Z","ann","00000000-0000-4000-8000-0000000000aa","Chrome","{\"$browser\":\"Chrome\",\"line\":\"a\\nb\",\"price\":1.5,\"i\":0}"]])");
}

void ImportTest::readsWhatOthersWrite_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("rows"); // event, time, id, browser, whose plan

    const auto row = R"([["seen","2026-01-02T03:04:05.000000Z","ann","Chrome","pro"]])";
    const auto noPerson = R"([["seen","2026-01-02T03:04:05.000000Z","ann","Chrome",null]])";
    QTest::newRow("a batch export")
        << "a.jsonl"
        << R"({"uuid":"00000000-0000-7000-8000-000000000001","event":"seen","properties":{"$browser":"Chrome"},"distinct_id":"ann","team_id":1,"person_id":"00000000-0000-4000-8000-0000000000aa","person_properties":{"plan":"pro"},"timestamp":"2026-01-02T03:04:05.000000+00:00","created_at":"2026-01-02 03:04:06.000"})"
        << row;
    QTest::newRow("an older batch export") << "a.jsonl"
                                           << R"({"uuid":"00000000-0000-7000-8000-000000000001","event":"seen","properties":"{\"$browser\":\"Chrome\"}","distinct_id":"ann","set":{"plan":"pro"},"set_once":null,"timestamp":"2026-01-02 03:04:05"})"
                                           << row;
    QTest::newRow("events/") << "a.jsonl"
                             << R"({"id":"00000000-0000-7000-8000-000000000001","distinct_id":"ann","properties":{"$browser":"Chrome"},"event":"seen","timestamp":"2026-01-02T05:04:05+02:00","person":{"is_identified":true,"distinct_ids":["ann"],"properties":{"plan":"pro"},"uuid":"00000000-0000-4000-8000-0000000000aa"},"elements":[],"elements_chain":""})"
                             << row;
    QTest::newRow("capture") << "a.jsonl"
                             << R"( {"event": "seen", "properties": {"distinct_id": "ann", "$browser": "Chrome", "$set": {"plan": "pro"}}, "timestamp": 1767323045} )"
                             << row;
    QTest::newRow("windows") << "a.jsonl"
                             << "\xEF\xBB\xBF{\"event\":\"seen\",\"distinct_id\":\"ann\",\"timestamp\":\"2026-01-02T03:04:05Z\",\"properties\":{\"$browser\":\"Chrome\"}}\r\n\r\n"
                             << noPerson;
    QTest::newRow("columns of properties") << "a.csv" << "event,timestamp,distinct_id,properties.$browser,properties.n,person.properties\nseen,2026-01-02T03:04:05Z,ann,Chrome,5,\"{\"\"plan\"\":\"\"pro\"\"}\"\n"
                                           << row;
    QTest::newRow("guarded cells") << "a.csv" << "event,timestamp,distinct_id,properties\r\nseen,2026-01-02T03:04:05Z,ann,\"{\"\"$browser\"\":\"\"Chrome\"\"}\"\r\n'=cmd(),2026-01-02T03:04:06Z,'+4912,\r\n"
                                   << R"x([["seen","2026-01-02T03:04:05.000000Z","ann","Chrome",null],["=cmd()","2026-01-02T03:04:06.000000Z","+4912",null,null]])x";
}

void ImportTest::readsWhatOthersWrite()
{
    QFETCH(QString, name);
    QFETCH(QString, text);
    QFETCH(QString, rows);
    const auto report = import({write(name.toStdString(), text.toStdString())});

    QCOMPARE(report.files.size(), std::size_t(1));
    QCOMPARE(report.files[0].rejects, 0ULL);
    COMPARE_TEXT(this->rows("SELECT event, timestamp, e.distinct_id, mat_browser, json_extract_string(p.properties, '$.plan') FROM events e"
                            " JOIN persons p ON p.id = e.person_id JOIN person_distinct_ids d ON d.distinct_id = e.distinct_id AND d.person_id = p.id ORDER BY timestamp"),
                 rows.toStdString());
}

void ImportTest::keepsAsideWhatItCannotTake()
{
    const std::string good = event(1, "ann").dump();
    const std::vector<std::pair<std::string, std::string>> bad{
        {R"({"event": "seen", "distinct_id": "ann", "timest)", "ends"},
        {"{\"event\":\"seen\",\"distinct_id\":\"\xFF\xFE\",\"timestamp\":\"2026-01-01\"}", "UTF-8"},
        {"<html>", "well-formed"},
        {"[1,2]", "no JSON object"},
        {R"({"event":"seen","distinct_id":"ann"})", "no timestamp"},
        {R"({"event":"seen","timestamp":"2026-01-01"})", "no distinct_id"},
        {R"({"event":"seen","distinct_id":"ann","timestamp":"yesterday"})", "timestamp is not one"},
        {R"({"event":"seen","distinct_id":"ann","timestamp":"2026-01-01","properties":[]})", "properties is not one"},
        {R"({"event":"seen","distinct_id":"ann","timestamp":"2026-01-01","uuid":"17"})", "uuid is not one"},
        {R"({"color":"red"})", "no event"},
        {std::string(5000, '['), "JSON"},
    };
    std::string text = good + "\n";
    for (const auto &[line, reason] : bad)
        text += line + "\n";
    text += event(2, "ann").dump();

    const auto report = import({write("events.jsonl", text)});

    QCOMPARE(report.files.size(), std::size_t(1));
    QCOMPARE(report.files[0].events, 2ULL);
    QCOMPARE(report.files[0].rejects, static_cast<std::uint64_t>(bad.size()));
    QCOMPARE(report.files[0].records, static_cast<std::uint64_t>(bad.size() + 2));
    std::ifstream kept(report.files[0].rejectsFile);
    std::string line;
    for (std::size_t i = 0; i < bad.size(); ++i) {
        QVERIFY(std::getline(kept, line));
        const Json reject = Json::parse(line);
        QCOMPARE(reject["line"].get<std::size_t>(), i + 2);
        QVERIFY2(reject["reason"].get<std::string>().find(bad[i].second) != std::string::npos, line.c_str());
        if (i != 1)
            COMPARE_TEXT(reject["text"].get<std::string>(), bad[i].first);
    }
    QVERIFY(!std::getline(kept, line));
}

void ImportTest::keepsAsideBrokenCsv()
{
    const auto report = import({write("events.csv",
                                      "event,timestamp,distinct_id,properties\n"
                                      "seen,2026-01-01,ann,\"{\"\"text\"\":\"\"two\\n\n\nlines\"\"}\"\n" // No JSON: a line end inside of a text.
                                      "seen,2026-01-01,ann\n"
                                      "seen,2026-01-01,bob,{}\n"
                                      "seen,2026-01-01,cleo,\"{}\n")});

    QCOMPARE(report.files.size(), std::size_t(1));
    QCOMPARE(report.files[0].events, 1ULL);
    std::ifstream kept(report.files[0].rejectsFile);
    std::string linesOfRejects;
    for (std::string line; std::getline(kept, line);)
        linesOfRejects += Json::parse(line)["line"].dump() + " ";
    COMPARE_TEXT(linesOfRejects, "2 5 7 ");
}

void ImportTest::survivesAnyBytes()
{
    std::string seed = event(1, "ann", {{"$groups", {{"a", "b"}}}, {"$set", {{"x", "\xC3\xA4"}}}}).dump() + "\n";
    std::uint64_t state = 7;
    std::string text;
    for (int i = 0; i < 3000; ++i) {
        std::string line = seed;
        for (int change = 0; change < 1 + i % 4; ++change) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            line[(state >> 33) % line.size()] = static_cast<char>(state >> 20);
        }
        text += line;
    }
    for (const char *name : {"noise.jsonl", "noise.csv"}) {
        const std::string head = std::string(name).ends_with("csv") ? "event,timestamp,distinct_id,properties\n" : "";
        const auto report = localproject::ingest::importFiles(options({write(name, head + text)}));
        QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
        QVERIFY(report->files[0].records > 2000 || std::string(name).ends_with("csv"));
    }
    // Whatever was taken can be read as JSON.
    COMPARE_TEXT(rows("SELECT count(*) FROM events WHERE NOT json_valid(properties)"), "[[0]]");
    COMPARE_TEXT(rows("SELECT count(*) FROM persons WHERE NOT json_valid(properties)"), "[[0]]");
}

void ImportTest::readsPastALineThatIsTooLong()
{
    std::string text = event(1, "ann").dump() + "\n{\"event\":\"" + std::string(70 * 1024 * 1024, 'x') + "\"}\n" + event(2, "ann").dump() + "\n";
    const auto report = import({write("events.jsonl", text)});

    QCOMPARE(report.files.size(), std::size_t(1));
    QCOMPARE(report.files[0].events, 2ULL);
    QCOMPARE(report.files[0].rejects, 1ULL);
}

void ImportTest::readsCellsOfManyMegabytes()
{
    const std::string large(20 * 1024 * 1024, 'y');
    const auto report = import({write("events.jsonl", event(1, "ann", {{"large", large}}).dump() + "\n" + event(2, "ann").dump() + "\n")});

    QCOMPARE(report.files.size(), std::size_t(1));
    QCOMPARE(report.files[0].events, 2ULL);
    COMPARE_TEXT(rows("SELECT max(length(json_extract_string(properties, '$.large'))) FROM events"), "[[20971520]]");
}

void ImportTest::takesEachEventOnce()
{
    const std::string text = lines(0, 300) + lines(100, 200) + lines(299, 301);
    const auto first = import({write("a.jsonl", text)});
    QCOMPARE(first.files[0].events, 301ULL);
    QCOMPARE(first.files[0].duplicates, 101ULL);

    const auto second = import({write("b.jsonl", lines(200, 400))});

    QCOMPARE(second.files[0].events, 99ULL);
    QCOMPARE(second.files[0].duplicates, 101ULL);
    COMPARE_TEXT(rows("SELECT count(*), count(DISTINCT uuid) FROM events"), "[[400,400]]");
}

void ImportTest::takesPersonsAndGroups()
{
    const std::string id = "00000000-0000-4000-8000-0000000000aa";
    Json sent = event(1, "ann", {{"$groups", {{"company", "acme"}}}, {"$group_1", "acme"}});
    sent["person_id"] = id;
    const auto persons = write("persons.jsonl",
                               Json{{"id", id}, {"uuid", id}, {"name", "x"}, {"distinct_ids", {"ann", "ann-phone"}}, {"properties", {{"plan", "pro"}, {"seats", 3}}},
                                    {"created_at", "2025-01-01T00:00:00.5Z"}, {"is_identified", true}}.dump());
    const auto groups = write("groups.csv", "group_type_index,group_key,created_at,group_properties\n1,acme,2025-01-01,\"{\"\"size\"\":7}\"\n");

    import({write("events.jsonl", sent.dump()), persons, groups});

    COMPARE_TEXT(rows("SELECT id, created_at, is_identified, properties FROM persons"),
                 Json::array({Json::array({id, "2025-01-01T00:00:00.500000Z", true, R"({"plan":"pro","seats":3})"})}).dump());
    COMPARE_TEXT(rows("SELECT distinct_id FROM person_distinct_ids ORDER BY 1"), R"([["ann"],["ann-phone"]])");
    COMPARE_TEXT(rows("SELECT group_1, group_0 FROM events"), R"([["acme",null]])");
    COMPARE_TEXT(rows("SELECT group_type_index, key, properties FROM groups"), R"([[1,"acme","{\"size\":7}"]])");
    COMPARE_TEXT(rows("SELECT id, json_extract_string(body, '$.group_type') FROM objects WHERE kind = 'groups_types'"), R"([[1,"company"]])");
    COMPARE_TEXT(rows("SELECT property_type FROM property_definitions WHERE type = 'person' ORDER BY name"), R"([["String"],["Numeric"]])");
}

void ImportTest::decidesWhoseRawEventsAre()
{
    Json identify = event(4, "zoe", {{"$anon_distinct_id", "anon"}, {"$set", {{"email", "zoe@example.com"}}}});
    identify["event"] = "$identify";
    const std::string text = event(1, "anon").dump() + "\n" + event(2, "anon").dump() + "\n" + identify.dump() + "\n" + event(5, "zoe").dump() + "\n";
    ImportOptions small = options({write("a.jsonl", text)});
    small.eventsAtOnce = 1; // The merge comes in another transaction than the events that it moves.

    const auto report = localproject::ingest::importFiles(small);

    QVERIFY(report);
    COMPARE_TEXT(rows("SELECT count(DISTINCT person_id), count(*) FROM events"), "[[1,4]]");
    COMPARE_TEXT(rows("SELECT properties, is_identified FROM persons"), R"([["{\"email\":\"zoe@example.com\"}",true]])");
}

void ImportTest::importsIntoAStoreThatIsThere()
{
    import({write("a.jsonl", lines(0, 100))});
    const std::string before = rows("SELECT sum(hash(uuid)) FROM events WHERE json_extract(properties, '$.n')::INT < 100");

    import({write("b.jsonl", lines(100, 250))});

    COMPARE_TEXT(rows("SELECT count(*) FROM events"), "[[250]]");
    COMPARE_TEXT(rows("SELECT sum(hash(uuid)) FROM events WHERE json_extract(properties, '$.n')::INT < 100"), before);
    COMPARE_TEXT(rows("SELECT count(*), sum(pageview_count) FROM sessions"), "[[70,84]]");
    QVERIFY(!fs::exists(path("project.duckdb.new")));
}

void ImportTest::goesOnAfterAKill()
{
    // A child that is killed while it imports; then the same import to its end. The store must be what one run makes of it.
    constexpr int count = 60'000;
    const fs::path file = write("events.jsonl", lines(0, count) + "broken\n" + lines(count, count + 10));
    // Between two commits, however fast the machine is: the first delay that leaves a copy with something in it.
    const auto isBetween = [&] {
        const auto store = Store::open(path("project.duckdb.new"));
        const auto rows = store ? store->query("SELECT count(*) FROM imports WHERE position > 0") : ph::fail(store.error());
        return rows && rows->rows[0][0] == 1;
    };
    bool wasKilled = false;
    for (int attempt = 0; attempt < 400 && !wasKilled && !fs::exists(path("project.duckdb")); ++attempt) {
        const pid_t child = ::fork();
        if (child == 0) {
            ImportOptions small = options({file});
            small.eventsAtOnce = 5000;
            (void)localproject::ingest::importFiles(small);
            ::_exit(0);
        }
        ::usleep(static_cast<useconds_t>(30'000 * (attempt + 1)));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        wasKilled = isBetween();
    }
    QVERIFY(wasKilled);
    const auto report = import({file});

    QCOMPARE(report.files.size(), std::size_t(1));
    QVERIFY(report.files[0].resumedAt > 0);
    QCOMPARE(report.files[0].events, static_cast<std::uint64_t>(count + 10));
    COMPARE_TEXT(rows("SELECT count(*), count(DISTINCT uuid), sum(json_extract(properties, '$.n')::BIGINT) FROM events"),
                 Json::array({Json::array({count + 10, count + 10, static_cast<std::int64_t>(count + 9) * (count + 10) / 2})}).dump());
    COMPARE_TEXT(rows("SELECT count(*) FROM persons"), "[[50]]");
    std::ifstream kept(path("rejected/events.jsonl.rejected.jsonl"));
    const std::string rejects((std::istreambuf_iterator<char>(kept)), {});
    QCOMPARE(std::count(rejects.begin(), rejects.end(), '\n'), 1);
    QVERIFY(rejects.find("\"line\":60001") != std::string::npos);
}

void ImportTest::startsAnewWithOtherFiles()
{
    const fs::path file = write("a.jsonl", lines(0, 3000));
    ImportOptions stopped = options({file});
    stopped.eventsAtOnce = 500;
    std::stop_source stop;
    stopped.stop = stop.get_token();
    stopped.onProgress = [&](const auto &) { stop.request_stop(); };
    (void)localproject::ingest::importFiles(stopped);
    QVERIFY(fs::exists(path("project.duckdb.new")));

    import({write("b.jsonl", lines(5000, 5100))});

    COMPARE_TEXT(rows("SELECT count(*) FROM events"), "[[100]]");
}

void ImportTest::leavesTheStoreWhenTheDiskIsFull()
{
    import({write("a.jsonl", lines(0, 100))});
    const auto size = fs::file_size(path("project.duckdb"));
    std::string large;
    for (int i = 0; i < 40'000; ++i) { // Text that does not pack.
        std::string noise;
        std::uint64_t state = static_cast<std::uint64_t>(i);
        for (int k = 0; k < 40; ++k) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            noise += std::to_string(state);
        }
        large += event(1000 + i, "ann", {{"noise", noise}}).dump() + "\n";
    }
    const fs::path file = write("b.jsonl", large);

    // A child that may write no file beyond a few megabytes stands for a full disk.
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{5 * 1024 * 1024, 5 * 1024 * 1024};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        ImportOptions small = options({file});
        small.eventsAtOnce = 2000;
        const auto report = localproject::ingest::importFiles(small);
        ::_exit(report ? 0 : report.error().code == ph::ErrorCode::Internal ? 17 : 18);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    QVERIFY2(WIFEXITED(status), "the process must not crash");
    QCOMPARE(WEXITSTATUS(status), 17);
    QCOMPARE(fs::file_size(path("project.duckdb")), size);
    COMPARE_TEXT(rows("SELECT count(*) FROM events"), "[[100]]");

    const auto report = import({file}); // There is room again.
    QCOMPARE(report.files.size(), std::size_t(1));
    COMPARE_TEXT(rows("SELECT count(*), count(DISTINCT uuid) FROM events"), "[[40100,40100]]");
}

void ImportTest::isStopped()
{
    std::stop_source stop;
    stop.request_stop();
    ImportOptions stopped = options({write("a.jsonl", lines(0, 10))});
    stopped.stop = stop.get_token();

    const auto report = localproject::ingest::importFiles(stopped);

    QVERIFY(!report);
    QCOMPARE(report.error().code, ph::ErrorCode::Cancelled);
    QVERIFY(!fs::exists(path("project.duckdb")));
}

void ImportTest::refusesFilesThatAreNone_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("words");

    QTest::newRow("missing") << "missing.jsonl" << QString() << "is not there";
    QTest::newRow("no format") << "events.xml" << "<a/>" << "says no format";
    QTest::newRow("no parquet") << "events.parquet" << "PAR0" << "events.parquet";
    QTest::newRow("no names") << "events.csv" << "" << "no line of names";
    QTest::newRow("other names") << "events.csv" << "a,b\n1,2\n" << "names no distinct_id";
    QTest::newRow("half a gzip") << "events.jsonl.gz" << QString::fromLatin1("\x1f\x8b\x08") << "events.jsonl.gz";
}

void ImportTest::refusesFilesThatAreNone()
{
    QFETCH(QString, name);
    QFETCH(QString, text);
    QFETCH(QString, words);
    const fs::path file = text.isNull() ? path(name.toStdString()) : write(name.toStdString(), text.toLatin1().toStdString());

    const auto report = localproject::ingest::importFiles(options({file}));

    QVERIFY(!report);
    QVERIFY2(report.error().message.find(words.toStdString()) != std::string::npos, report.error().message.c_str());
    QVERIFY(!fs::exists(path("project.duckdb")));
}

QTEST_APPLESS_MAIN(ImportTest)
#include "import_test.moc"

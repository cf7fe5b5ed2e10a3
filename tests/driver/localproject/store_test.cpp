#include "driver/localproject/compiler.h"
#include "driver/localproject/store.h"

#include <QtTest>

#include <atomic>
#include <fstream>
#include <limits>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using localproject::Store;
using localproject::Timestamp;
using localproject::Uuid;
using ph::Json;

namespace {

Json only(const Store &store, const std::string &sql, const std::vector<Json> &parameters = {})
{
    const auto answer = store.query(sql, parameters);
    if (!answer)
        return answer.error().message;
    return answer->rows.at(0).at(0);
}

std::string bytesOf(const std::filesystem::path &path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

class StoreTest : public QObject
{
    Q_OBJECT

private slots:
    void givesPropertiesColumns();
    void fillsTheColumnsOfAddedEvents();
    void keepsBlanksOutOfMaterialisedColumns();
    void goesOnAfterAColumnThatWasGivenUp();
    void writesTheJsonThatItAnswers();
    void writesOnlySoManyRows();
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void readsEachKindOfCell_data();
    void readsEachKindOfCell();
    void namesTheTypes();
    void bindsEachKindOfValue_data();
    void bindsEachKindOfValue();
    void saysWhatIsWrongWithAStatement();
    void handsOverManyRows();
    void stopsAQueryWithin200Milliseconds();
    void answersCancelledWhenStoppedBefore();
    void appendsRowsOfEveryKind();
    void keepsTheFirstErrorOfAnAppender();
    void answersManyThreadsAtOnce();
    void keepsRowsInItsFile();
    void leavesADamagedFileAsItIs_data();
    void leavesADamagedFileAsItIs();
    void refusesAnotherVersion();
    void refusesAFileOfAnotherProcess();
    void keepsQueriesAwayFromOtherFiles();

private:
    std::filesystem::path file(const char *name) const { return m_folder->filePath(name).toStdString(); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void StoreTest::readsEachKindOfCell_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("json");
    const auto row = [](const char *sql, const char *json) { QTest::newRow(sql) << QString(sql) << QString(json); };
    row("NULL", "null");
    row("true", "true");
    row("(-5)::TINYINT", "-5");
    row("9223372036854775807", "9223372036854775807");
    row("18446744073709551615::UBIGINT", "18446744073709551615");
    row("18446744073709551615::HUGEINT", "18446744073709551615");
    row("(-9223372036854775808)::HUGEINT", "-9223372036854775808");
    row("170141183460469231731687303715884105727::HUGEINT", "\"170141183460469231731687303715884105727\"");
    row("(-170141183460469231731687303715884105727)::HUGEINT", "\"-170141183460469231731687303715884105727\"");
    row("sum(x) FROM range(10) t(x)", "45");
    row("0.1::DOUBLE", "0.1");
    row("1.5::FLOAT", "1.5");
    row("12.345::DECIMAL(10,3)", "12.345");
    row("(-0.5)::DECIMAL(38,2)", "-0.5");
    row("'grün ✓'", "\"grün ✓\"");
    row("''", "\"\"");
    row("'a string of more than twelve bytes'", "\"a string of more than twelve bytes\"");
    row("TIMESTAMP '2026-01-31 12:00:00.000001'", "\"2026-01-31T12:00:00.000001Z\"");
    row("TIMESTAMP '1969-12-31 23:59:59.5'", "\"1969-12-31T23:59:59.500000Z\"");
    row("TIMESTAMPTZ '2026-01-31 12:00:00+02'", "\"2026-01-31T10:00:00.000000Z\"");
    row("TIMESTAMP_S '2026-01-31 12:00:00'", "\"2026-01-31T12:00:00.000000Z\"");
    row("TIMESTAMP_NS '2026-01-31 12:00:00.000001999'", "\"2026-01-31T12:00:00.000001Z\"");
    row("DATE '2024-02-29'", "\"2024-02-29\"");
    row("DATE '1900-03-01'", "\"1900-03-01\"");
    row("TIME '09:08:07.5'", "\"09:08:07.500000\"");
    row("INTERVAL '1 year 2 months 3 days 4 hours'", "\"1 years 2 months 3 days 04:00:00.000000\"");
    row("'0189d3b0-7c1e-7abc-8def-0123456789ab'::UUID", "\"0189d3b0-7c1e-7abc-8def-0123456789ab\"");
    row("'f189d3b0-7c1e-7abc-8def-0123456789ab'::UUID", "\"f189d3b0-7c1e-7abc-8def-0123456789ab\"");
    row("['a', NULL, 'c']", "[\"a\",null,\"c\"]");
    row("[[1, 2], []]", "[[1,2],[]]");
    row("[1, 2]::INTEGER[2]", "[1,2]");
    row("row(1, 'x')", "[1,\"x\"]");
    row("{'a': 1, 'b': [true]}", "{\"a\":1,\"b\":[true]}");
    row("MAP {'k': 1}", "{\"k\":1}");
    row("'b'::ENUM('a', 'b')", "\"b\"");
    row("[]", "[]");
}

void StoreTest::readsEachKindOfCell()
{
    QFETCH(QString, sql);
    QFETCH(QString, json);
    const auto store = Store::create({});
    QVERIFY(store);

    const Json cell = only(*store, "SELECT " + sql.toStdString());

    QCOMPARE(QString::fromStdString(cell.dump()), json);
}

void StoreTest::namesTheTypes()
{
    const auto store = Store::create({});
    QVERIFY(store);

    const auto answer = store->query(
        "SELECT 1 AS a, 'x' AS b, ['x'] AS c, 1.5::DECIMAL(9,2) AS d, now()::TIMESTAMP AS e, {'k': 1.0::DOUBLE} AS f");

    QVERIFY(answer);
    QCOMPARE(answer->columns, (std::vector<std::string>{"a", "b", "c", "d", "e", "f"}));
    QCOMPARE(answer->types,
             (std::vector<std::string>{"INTEGER", "VARCHAR", "VARCHAR[]", "DECIMAL(9,2)", "TIMESTAMP", "STRUCT(k DOUBLE)"}));
}

void StoreTest::bindsEachKindOfValue_data()
{
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("type");
    const auto row = [](const char *value, const char *type) { QTest::newRow(value) << QString(value) << QString(type); };
    row("true", "BOOLEAN");
    row("-7", "BIGINT");
    row("9223372036854775807", "BIGINT");
    row("18446744073709551615", "UBIGINT");
    row("2.5", "DOUBLE");
    row("\"it's\"", "VARCHAR");
    row("\"a\\u0000b\"", "VARCHAR");
    row("[\"a\",\"b\"]", "VARCHAR[]");
    row("[]", "VARCHAR[]");
    row("[1,2]", "BIGINT[]");
    row("[1,null]", "BIGINT[]");
    row("[1.5,2.0]", "DOUBLE[]");
}

void StoreTest::bindsEachKindOfValue()
{
    QFETCH(QString, value);
    QFETCH(QString, type);
    const auto store = Store::create({});
    QVERIFY(store);
    const Json json = Json::parse(value.toStdString());

    const auto answer = store->query("SELECT $1, typeof($1)", {json});

    QVERIFY2(answer, answer ? "" : answer.error().message.c_str());
    QCOMPARE(QString::fromStdString(answer->rows[0][0].dump()), value);
    QCOMPARE(QString::fromStdString(answer->rows[0][1].get<std::string>()), type);
}

void StoreTest::saysWhatIsWrongWithAStatement()
{
    const auto store = Store::create({});
    QVERIFY(store);

    const auto unreadable = store->query("SELEC 1");
    const auto unknown = store->query("SELECT nonsense FROM events");
    const auto failing = store->query("SELECT 'x'::INTEGER + x FROM range(3) t(x)");
    const auto tooFew = store->query("SELECT $1, $2", {1});
    const auto mixed = store->query("SELECT $1", {Json::parse(R"([1,"a"])")});
    const auto object = store->query("SELECT $1", {Json::object()});

    for (const auto *answer : {&unreadable, &unknown, &failing, &tooFew, &mixed, &object}) {
        QVERIFY(!*answer);
        QCOMPARE(answer->error().code, ph::ErrorCode::InvalidInput);
        QVERIFY(!answer->error().message.empty());
    }
    QVERIFY(unknown.error().message.find("nonsense") != std::string::npos);
    QCOMPARE(only(*store, "SELECT 1"), Json(1));
}

void StoreTest::handsOverManyRows()
{
    const auto store = Store::create({});
    QVERIFY(store);

    std::int64_t sum = 0;
    std::int64_t count = 0;
    const auto all = store->forEachRow(
        "SELECT x, x::VARCHAR FROM range(5000) t(x)", {}, [](const auto &, const auto &) {},
        [&](std::vector<Json> &row) {
            sum += row[0].get<std::int64_t>();
            ++count;
            return row[1].get<std::string>() == std::to_string(row[0].get<std::int64_t>());
        });
    QVERIFY(all);
    QCOMPARE(count, 5000);
    QCOMPARE(sum, 5000 * 4999 / 2);
}

void StoreTest::stopsAQueryWithin200Milliseconds()
{
    const auto store = Store::create({});
    QVERIFY(store);
    std::stop_source source;
    std::chrono::steady_clock::time_point asked;
    std::jthread canceller([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        asked = std::chrono::steady_clock::now();
        source.request_stop();
    });

    const auto answer = store->query(
        "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 3", {}, source.get_token());
    const auto waited = std::chrono::steady_clock::now() - asked;

    QVERIFY(!answer);
    QCOMPARE(answer.error().code, ph::ErrorCode::Cancelled);
    QVERIFY(waited < std::chrono::milliseconds(200));
    QCOMPARE(only(*store, "SELECT 1"), Json(1));
}

void StoreTest::answersCancelledWhenStoppedBefore()
{
    const auto store = Store::create({});
    QVERIFY(store);
    std::stop_source source;
    source.request_stop();

    const auto answer = store->query("SELECT count(*) FROM range(100000000000)", {}, source.get_token());

    QVERIFY(!answer);
    QCOMPARE(answer.error().code, ph::ErrorCode::Cancelled);
}

void StoreTest::appendsRowsOfEveryKind()
{
    const auto store = Store::create({});
    QVERIFY(store);
    QVERIFY(store->execute("CREATE TABLE t (a VARCHAR, b UUID, c TIMESTAMP, d BIGINT, e INTEGER, f BOOLEAN, g VARCHAR[])"));
    const Uuid uuid{0xf189d3b07c1e7abcULL, 0x8def0123456789abULL};

    auto appender = store->appender("t");
    QVERIFY(appender);
    for (std::int64_t i = 0; i < 5000; ++i) { // More than two chunks: lists must start anew in each.
        const std::string text = "row number " + std::to_string(i);
        const std::vector<std::string_view> list(static_cast<std::size_t>(i % 4), text);
        appender->add(text).add(uuid).add(Timestamp{i}).add(i).add(-i).add(i % 2 == 0);
        if (i % 7 == 0)
            appender->addNull();
        else
            appender->add(list);
        appender->endRow();
    }
    QVERIFY(appender->finish());

    QCOMPARE(only(*store,
                  "SELECT count(*) FROM t WHERE a = 'row number ' || d AND b = 'f189d3b0-7c1e-7abc-8def-0123456789ab' AND "
                  "epoch_us(c) = d "
                  "AND e = -d AND f = (d % 2 = 0) AND (CASE WHEN d % 7 = 0 THEN g IS NULL "
                  "ELSE len(g) = d % 4 AND list_unique(g) <= 1 AND coalesce(g[1], a) = a END)"),
             Json(5000));
}

void StoreTest::keepsTheFirstErrorOfAnAppender()
{
    const auto store = Store::create({});
    QVERIFY(store);
    auto appender = store->appender("meta");
    QVERIFY(appender);

    for (int i = 0; i < 2; ++i) {
        appender->add("same key").add("x");
        appender->endRow();
    }
    const auto finished = appender->finish();

    QVERIFY(!finished);
    QVERIFY(finished.error().message.find("same key") != std::string::npos);
    QVERIFY(!store->appender("no such table"));
}

void StoreTest::answersManyThreadsAtOnce()
{
    const auto store = Store::create({});
    QVERIFY(store);
    std::atomic<int> right = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 8; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < 25; ++i)
                    right += only(*store, "SELECT sum(x) + $1 FROM range(1000) r(x)", {t}) == Json(499'500 + t) ? 1 : 0;
            });
    }
    QCOMPARE(right.load(), 200);
}

void StoreTest::keepsRowsInItsFile()
{
    {
        const auto store = Store::create(file("project.duckdb"));
        QVERIFY2(store, store ? "" : store.error().message.c_str());
        QVERIFY(store->setMeta("seed", "1"));
        QVERIFY(store->setMeta("seed", "2"));
    }

    const auto again = Store::open(file("project.duckdb"));

    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QCOMPARE(again->meta("seed").value_or(""), std::string("2"));
    QCOMPARE(again->meta("nothing").error().code, ph::ErrorCode::NotFound);
    QCOMPARE(Store::create(file("project.duckdb")).error().code, ph::ErrorCode::InvalidInput);
    QCOMPARE(Store::open(file("elsewhere.duckdb")).error().code, ph::ErrorCode::NotFound);
}

void StoreTest::leavesADamagedFileAsItIs_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("text") << QByteArray("this is no database, whatever its name says\n").repeated(1000);
    QTest::newRow("empty lines") << QByteArray("\n");
    QTest::newRow("sqlite") << QByteArray("SQLite format 3\0", 16) + QByteArray(4096, '\0');
    QByteArray header(8192, '\0');
    header.replace(8, 4, "DUCK");
    QTest::newRow("a header without a body") << header;
}

void StoreTest::leavesADamagedFileAsItIs()
{
    QFETCH(QByteArray, bytes);
    const auto path = file("damaged.duckdb");
    std::ofstream(path, std::ios::binary) << bytes.toStdString();

    const auto store = Store::open(path);

    QVERIFY(!store);
    QCOMPARE(store.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY(store.error().message.find("damaged.duckdb") != std::string::npos);
    QCOMPARE(bytesOf(path), bytes.toStdString());
    QVERIFY(!std::filesystem::exists(path.string() + ".wal"));
}

void StoreTest::refusesAnotherVersion()
{
    {
        const auto store = Store::create(file("old.duckdb"));
        QVERIFY(store);
        QVERIFY(store->setMeta("version", "0"));
    }

    const auto store = Store::open(file("old.duckdb"));

    QVERIFY(!store);
    QCOMPARE(store.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY(store.error().message.find("another version") != std::string::npos);
}

void StoreTest::refusesAFileOfAnotherProcess()
{
    const auto path = file("shared.duckdb");
    {
        QVERIFY(Store::create(path));
    }
    int ready[2];
    int leave[2];
    QVERIFY(pipe(ready) == 0 && pipe(leave) == 0);
    const pid_t child = fork();
    if (child == 0) {
        close(leave[1]);
        const bool opened = Store::open(path).has_value();
        const auto store = Store::open(path);
        char byte = opened ? 'y' : 'n';
        if (write(ready[1], &byte, 1) != 1 || read(leave[0], &byte, 1) < 0)
            _exit(1);
        _exit(0);
    }
    char answer = 0;
    QCOMPARE(read(ready[0], &answer, 1), 1);
    QCOMPARE(answer, 'y');

    const auto store = Store::open(path);
    close(leave[1]);
    waitpid(child, nullptr, 0);

    QVERIFY(!store);
    QVERIFY2(store.error().message.find("in use by another process") != std::string::npos, store.error().message.c_str());
    QVERIFY(Store::open(path));
}

void StoreTest::keepsQueriesAwayFromOtherFiles()
{
    std::ofstream(file("secret.csv")) << "a\n1\n";
    const std::string reads = "SELECT * FROM read_csv('" + file("secret.csv").string() + "')";
    const auto closed = Store::create({});
    const auto opened = Store::create({}, {.externalAccess = true});
    QVERIFY(closed && opened);

    QVERIFY(!closed->query(reads));
    QVERIFY(!closed->query("COPY events TO '" + file("out.csv").string() + "'"));
    QVERIFY(!closed->query("SET enable_external_access = true"));
    QVERIFY(!closed->query("INSTALL httpfs"));
    QCOMPARE(only(*opened, reads), Json(1));
}

void StoreTest::writesTheJsonThatItAnswers()
{
    const auto store = Store::create({});
    const std::string sql = R"sql(SELECT * FROM (VALUES
        (1::TINYINT, -2::SMALLINT, 3::INTEGER, (-9223372036854775808)::BIGINT, 18446744073709551615::UBIGINT, 170141183460469231731687303715884105727::HUGEINT),
        (NULL, NULL, NULL, NULL, NULL, NULL)) CROSS JOIN (SELECT 1.5::DOUBLE, 'nan'::DOUBLE, 1e300::DOUBLE, -0.1::DOUBLE, 7::DOUBLE, 123456789012345678::DOUBLE,
            0.5::FLOAT, 12.34::DECIMAL(9,2), true, 'a "quoted" \ back' || chr(10) || chr(1) || 'é漢🦔', ''::VARCHAR, NULL::VARCHAR,
            TIMESTAMP '2026-01-30 09:00:00.000001', TIMESTAMP '0044-03-15 12:00:00', TIMESTAMP '1969-12-31 23:59:59.999999', DATE '2026-02-28', DATE '9999-12-31',
            '00000000-0000-7000-8000-0000000000ff'::UUID, [1, NULL, 3], []::VARCHAR[], [['a'], NULL, ['b', 'c']], row(1, 'x'), {'b': 1, 'c': [2]},
            map(['k', 'l'], [1, 2]), map([1], ['one']), INTERVAL '1 year 2 days', [1, 2]::INTEGER[2]))sql";

    const auto answer = store->query(sql);
    const auto written = store->queryJson(sql, {}, 100);

    QVERIFY2(answer && written, (!answer ? answer.error().message : !written ? written.error().message : "").c_str());
    QCOMPARE(written->columns, answer->columns);
    QCOMPARE(written->types, answer->types);
    const ph::Json rows = ph::Json::parse("[" + written->rows + "]", nullptr, false);
    QVERIFY2(!rows.is_discarded(), written->rows.c_str());
    // Written and read once more, as what is not a number is null only then.
    QCOMPARE(QString::fromStdString(rows.dump()), QString::fromStdString(ph::Json::parse(ph::Json(answer->rows).dump()).dump()));
}

void StoreTest::writesOnlySoManyRows()
{
    const auto store = Store::create({});

    const auto some = store->queryJson("SELECT i FROM range(5000) AS t(i)", {}, 3);
    const auto all = store->queryJson("SELECT i FROM range(3) AS t(i)", {}, 3);
    const auto none = store->queryJson("SELECT i FROM range(0) AS t(i)", {}, 3);

    QCOMPARE(some->rows, std::string("[0],[1],[2]"));
    QVERIFY(some->more);
    QCOMPARE(all->rows, std::string("[0],[1],[2]"));
    QVERIFY(!all->more);
    QCOMPARE(none->rows, std::string());
    QCOMPARE(none->count, std::size_t {0});
}

namespace {

/// One event after the other, with nothing but its properties.
void addEvents(const Store &store, std::initializer_list<const char *> properties)
{
    auto appender = store.appender("events");
    for (const char *text : properties) {
        appender->add(localproject::Uuid {}).add("e").add(localproject::Timestamp {0}).add(localproject::Timestamp {0}).add("d").add(localproject::Uuid {});
        for (int i = 0; i < 5; ++i)
            appender->addNull();
        appender->add(text);
        for (int i = 0; i < 10; ++i)
            appender->add(i == 0 ? "Chrome" : i == 1 ? "null" : "");
        for (int i = 0; i < 5; ++i) // further groups, and the person as it was
            appender->addNull();
        appender->endRow();
    }
    const auto done = appender->finish();
    QVERIFY2(done, done ? "" : done.error().message.c_str());
}

} // namespace

void StoreTest::givesPropertiesColumns()
{
    const auto store = Store::create(file("s.duckdb"));
    addEvents(*store, {R"({"plan":"pro","n":1})", R"({"plan":"","n":"2.5"})", R"({"plan":"null","n":"x"})", R"({"a/b":"slash","it's":[1]})", R"({"plan":null})"});

    const auto made = store->makeColumns({{"plan", {}}, {"n", {"", true}}, {"a/b", {}}, {"it's", {}}});
    const auto again = store->makeColumns({{"plan", {}}});

    QVERIFY2(made && again, made ? "" : made.error().message.c_str());
    QCOMPARE(store->madeColumns()->size(), std::size_t {4});
    QCOMPARE(ph::Json(store->query("SELECT made_1, made_2, made_3, made_4 FROM events")->rows).dump(),
             std::string(R"([[null,null,1.0,"pro"],[null,null,2.5,null],[null,null,null,null],["slash","[1]",null,null],[null,null,null,null]])"));
}

void StoreTest::fillsTheColumnsOfAddedEvents()
{
    {
        const auto store = Store::create(file("s.duckdb"));
        addEvents(*store, {R"({"plan":"old"})"});
        QVERIFY(store->makeColumns({{"plan", {}}}));
        addEvents(*store, {R"({"plan":"new"})"});
        const auto added = store->addEvents("INSERT INTO events (event, properties) VALUES ('e', '{\"plan\":\"by SQL\"}')");
        QVERIFY2(added, added ? "" : added.error().message.c_str());
    }

    const auto store = Store::open(file("s.duckdb"));
    addEvents(*store, {R"({"plan":"newest"})"});

    QCOMPARE(store->madeColumns()->at(0).property, std::string("plan"));
    QCOMPARE(ph::Json(store->query("SELECT made_1 FROM events")->rows).dump(), std::string(R"([["old"],["new"],["by SQL"],["newest"]])"));
}

void StoreTest::goesOnAfterAColumnThatWasGivenUp()
{
    const auto store = Store::create({});
    QVERIFY(store->execute("ALTER TABLE events ADD COLUMN made_1 VARCHAR"));

    addEvents(*store, {R"({"n":1})"});
    const auto made = store->makeColumns({{"n", {"", true}}});
    addEvents(*store, {R"({"n":2})"});

    QVERIFY2(made, made ? "" : made.error().message.c_str());
    QCOMPARE(ph::Json(store->query("SELECT made_1 FROM events")->rows).dump(), std::string("[[1.0],[2.0]]"));
}

void StoreTest::keepsBlanksOutOfMaterialisedColumns()
{
    const auto store = Store::create({});

    addEvents(*store, {"{}"});

    QCOMPARE(ph::Json(store->query("SELECT mat_browser, mat_os, mat_lib FROM events")->rows).dump(), std::string(R"([["Chrome",null,null]])"));
}

QTEST_APPLESS_MAIN(StoreTest)
#include "store_test.moc"

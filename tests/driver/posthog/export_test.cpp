#include "driver/posthog/driver.h"

#include "driver/base/clock.h"
#include "driver/http/client.h"
#include "tests/support/fake_events.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <thread>

using namespace std::chrono_literals;

class ExportTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_server = std::make_unique<FakePostHog>();
        m_folder = std::make_unique<QTemporaryDir>();
    }
    void writesEveryEventOnce();
    void writesCsvThatReadsBack();
    void leavesParquetToOthers();
    void writesOnlyTheEventsAskedFor();
    void halvesWindowsThatAreTooSlow();
    void reachesOverDaysWithoutEvents();
    void goesOnWhereItWasStopped();
    void goesOnThroughFaults_data();
    void goesOnThroughFaults();
    void saysWhatItWaitsForAndUntilWhen();
    void findsLateEvents();
    void leavesOutDuplicates();
    void refusesAPageThatRepeats();
    void saysWhenRowsAreMissing();
    void saysWhenItCannotCount();
    void keepsTheFileOfAnotherExport();
    void repairsBytesThatAreNoUtf8();
    void takesCellsOfTwentyMegabytes();
    void writesAFileWithoutRows();
    void leavesAStateOnAFullDisk();
    void keepsOthersOut();
    void readsPersonsAndQueries();
    void refusesAQueryItCannotReadInParts();
    void sendsNamesOnlyAsValues();
    void refusesWhatIsNoTime();
    void fetchesPostHogsFilesWithoutTheKey();
    void readsByQueriesWhereThereAreNoFiles();

private:
    std::unique_ptr<posthog::Driver> driver()
    {
        posthog::DriverOptions options;
        options.retry.first = 1ms;
        return posthog::makeDriver(m_client, m_server->credentials(), options);
    }
    std::filesystem::path file(const char *name) const { return m_folder->filePath(name).toStdString(); }
    posthog::ExportRequest request(posthog::ExportFormat format = posthog::ExportFormat::Jsonl) const
    {
        auto request = posthog::eventsExport(file(format == posthog::ExportFormat::Csv ? "events.csv" : "events.jsonl"), "2026-01-01",
                                             "2026-02-01", {}, format);
        request.pageRows = 100;
        return request;
    }
    static QByteArray read(const std::filesystem::path &path)
    {
        QFile file(QString::fromStdString(path.string()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot be read");
    }
    /// The UUIDs in a JSONL file, in their order.
    static std::vector<std::string> uuidsIn(const std::filesystem::path &path)
    {
        std::vector<std::string> uuids;
        for (const QByteArray &line : read(path).split('\n')) {
            if (!line.isEmpty())
                uuids.push_back(ph::Json::parse(line.toStdString()).at("uuid"));
        }
        return uuids;
    }
    static std::vector<std::string> uuidsOf(const std::vector<FakeEvents::Event> &events)
    {
        std::vector<std::string> uuids;
        for (const auto &event : events)
            uuids.push_back(event.uuid);
        return uuids;
    }

    std::unique_ptr<FakePostHog> m_server;
    std::unique_ptr<QTemporaryDir> m_folder;
    http::Client m_client;
};

void ExportTest::writesEveryEventOnce()
{
    FakeEvents events(*m_server, FakeEvents::some(2'345));
    std::vector<posthog::ExportProgress> told;

    const auto report = driver()->exportRows(request(), [&](const posthog::ExportProgress &progress) { told.push_back(progress); });

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QCOMPARE(uuidsIn(report->file), uuidsOf(events.events()));
    QCOMPARE(report->rows, 2345);
    QCOMPARE(report->counted, std::optional<std::int64_t>(2345));
    QVERIFY(report->isComplete);
    QCOMPARE(report->verdict, std::string("2,345 rows are in the file, as many as PostHog counts."));
    const QByteArray content = read(report->file);
    QCOMPARE(report->bytes, content.size());
    QCOMPARE(QByteArray::fromStdString(report->sha256), QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex());
    QCOMPARE(read(file("events.jsonl.sha256")), QByteArray::fromStdString(report->sha256) + "  events.jsonl\n");
    const auto manifest = ph::Json::parse(read(report->manifest).toStdString());
    QCOMPARE(manifest.at("rows").get<int>(), 2345);
    QCOMPARE(manifest.at("request").at("from").get<std::string>(), std::string("2026-01-01"));
    QVERIFY(manifest.at("days").at("2026-01-01").get<int>() > 900);
    QVERIFY(!told.empty());
    QCOMPARE(told.front().doing, std::string("counting"));
    const auto row = ph::Json::parse(content.left(content.indexOf('\n')).toStdString());
    QCOMPARE(row.at("properties").at("$browser").get<std::string>(), std::string("Firefox"));
    for (const char *left : {"events.jsonl.part", "events.jsonl.checkpoint", "events.jsonl.uuids"})
        QVERIFY2(!QFile::exists(m_folder->filePath(left)), left);
}

void ExportTest::writesCsvThatReadsBack()
{
    FakeEvents events(*m_server, FakeEvents::some(50));

    const auto report = driver()->exportRows(request(posthog::ExportFormat::Csv));

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    const QByteArray content = read(report->file);
    QVERIFY(content.startsWith("uuid,event,timestamp,created_at,distinct_id,person_id,elements_chain,properties\r\n"));
    QVERIFY(content.endsWith("\r\n"));
    QCOMPARE(content.count("\r\n"), 51);
    QVERIFY(content.contains(R"("sign_up, ""quoted""")"));
    QVERIFY(content.contains(R"(""$browser"":""Firefox"")"));
}

void ExportTest::leavesParquetToOthers()
{
    const auto refused = driver()->exportRows(request(posthog::ExportFormat::Parquet));

    QVERIFY(!refused.has_value());
    QCOMPARE(refused.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY(QDir(m_folder->path()).isEmpty());
}

void ExportTest::writesOnlyTheEventsAskedFor()
{
    FakeEvents events(*m_server, FakeEvents::some(300));
    auto asked = request();
    asked.events = {"$pageview"};

    const auto report = driver()->exportRows(asked);

    QVERIFY(report.has_value());
    QVERIFY(report->isComplete);
    QVERIFY(report->rows > 50 && report->rows < 250);
    QVERIFY(!read(report->file).contains("sign_up"));
}

void ExportTest::halvesWindowsThatAreTooSlow()
{
    FakeEvents events(*m_server, FakeEvents::some(3'000));
    events.tooSlowAbove = 400; // a third of a day

    const auto report = driver()->exportRows(request());

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QCOMPARE(uuidsIn(report->file), uuidsOf(events.events()));
    QVERIFY(report->isComplete); // counted in parts, too
    const auto tooSlow = std::count_if(events.windows.begin(), events.windows.end(), [](std::size_t rows) { return rows > 400; });
    QVERIFY(tooSlow > 0);
    QVERIFY2(tooSlow < events.pages / 2, qPrintable(QString("%1 of %2").arg(tooSlow).arg(events.pages)));
}

void ExportTest::reachesOverDaysWithoutEvents()
{
    FakeEvents events(*m_server, FakeEvents::some(40, std::chrono::hours(20))); // more than a month of them
    auto asked = request();
    asked.from = "2010-01-01";
    asked.to = "2031-01-01";

    const auto report = driver()->exportRows(asked);

    QVERIFY(report.has_value());
    QCOMPARE(report->rows, 40);
    QVERIFY2(events.pages <= 3, qPrintable(QString::number(events.pages)));
}

void ExportTest::goesOnWhereItWasStopped()
{
    FakeEvents events(*m_server, FakeEvents::some(3'000));
    const auto whole = driver()->exportRows(posthog::eventsExport(file("whole.jsonl"), "2026-01-01", "2026-02-01"));
    QVERIFY(whole.has_value());
    events.pages = 0;
    std::stop_source stop;
    events.onPage = [&](int page) -> std::optional<http::ServerResponse> {
        if (page == 7)
            stop.request_stop();
        return {};
    };

    const auto broken = driver()->exportRows(request(), {}, stop.get_token());

    QVERIFY(!broken.has_value());
    QCOMPARE(broken.error().code, ph::ErrorCode::Cancelled);
    QVERIFY(QFile::exists(m_folder->filePath("events.jsonl.checkpoint")));
    QVERIFY(!QFile::exists(m_folder->filePath("events.jsonl")));
    // What was written behind the last checkpoint, or by an unlucky disk, does not count.
    QFile part(m_folder->filePath("events.jsonl.part"));
    QVERIFY(part.open(QIODevice::Append));
    part.write("{\"uuid\":\"torn");
    part.close();
    const int pagesBefore = events.pages;

    const auto report = driver()->exportRows(request());

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QVERIFY(report->resumed);
    QCOMPARE(report->sha256, whole->sha256);
    QVERIFY(report->isComplete);
    QVERIFY2(events.pages - pagesBefore < 30, qPrintable(QString::number(events.pages - pagesBefore))); // of 31 and a late one
}

void ExportTest::goesOnThroughFaults_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("retryAfter");
    QTest::newRow("a proxy's page") << 200 << QByteArray("<html>Please sign in</html>") << QByteArray();
    QTest::newRow("a gateway's page") << 502 << QByteArray("<html>Bad gateway</html>") << QByteArray();
    QTest::newRow("nothing") << 200 << QByteArray() << QByteArray();
    QTest::newRow("JSON that is cut off") << 200 << QByteArray(R"({"columns":["uuid","event","timestamp"],"results":[["0000)") << QByteArray();
    QTest::newRow("JSON that ends too soon") << 200 << QByteArray(R"({"columns":["uuid"],"results":[["a"],["b"])") << QByteArray();
    QTest::newRow("too many") << 429 << QByteArray(R"({"detail":"Request was throttled."})") << QByteArray("1");
    QTest::newRow("a fault") << 500 << QByteArray(R"({"detail":"A server error occurred."})") << QByteArray();
    QTest::newRow("unavailable") << 503 << QByteArray() << QByteArray();
    QTest::newRow("out of memory") << 400 << QByteArray(R"({"detail":"Memory limit exceeded","code":"MEMORY_LIMIT_EXCEEDED"})") << QByteArray();
}

void ExportTest::goesOnThroughFaults()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, retryAfter);
    FakeEvents events(*m_server, FakeEvents::some(700));
    events.onPage = [&](int page) -> std::optional<http::ServerResponse> {
        if (page != 2)
            return {};
        http::ServerResponse response;
        response.status = status;
        response.body = body.toStdString();
        if (!retryAfter.isEmpty())
            response.headers.emplace_back("Retry-After", retryAfter.toStdString());
        return response;
    };

    const auto report = driver()->exportRows(request());

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QCOMPARE(uuidsIn(report->file), uuidsOf(events.events()));
    QVERIFY(report->isComplete);
}

void ExportTest::saysWhatItWaitsForAndUntilWhen()
{
    FakeEvents events(*m_server, FakeEvents::some(250));
    events.onStatement = [](int statement) { return statement == 1 ? std::optional(FakeEvents::throttled(1)) : std::nullopt; }; // of the counts
    events.onPage = [](int page) -> std::optional<http::ServerResponse> {
        if (page != 1)
            return {};
        http::ServerResponse busy;
        busy.status = 503;
        busy.headers = {{"Retry-After", "2"}};
        return busy;
    };
    struct Told {
        std::string doing;
        posthog::Wait wait;
        std::int64_t rows;
        ph::Time at;
    };
    std::vector<Told> told;
    const auto now = [] { return ph::systemClock().now(); };

    const auto report = driver()->exportRows(request(), [&](const posthog::ExportProgress &progress) {
        if (progress.wait)
            told.push_back({progress.doing, *progress.wait, progress.rows, now()});
    });

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QVERIFY(report->isComplete);
    const auto first = std::find_if(told.begin(), told.end(), [](const Told &each) { return each.wait.what == "PostHog's limit"; });
    QVERIFY(first != told.end());
    QCOMPARE(first->doing, std::string("counting"));
    QVERIFY(first->wait.until && *first->wait.until - first->at > 500ms && *first->wait.until - first->at <= 1s);
    std::vector<Told> busy;
    std::copy_if(told.begin(), told.end(), std::back_inserter(busy), [](const Told &each) { return each.wait.what == "PostHog, which answers 503"; });
    QVERIFY2(busy.size() >= 4, std::to_string(busy.size()).c_str()); // again and again, as long as it lasts
    for (const Told &each : busy) {
        QCOMPARE(each.rows, 100);
        QCOMPARE(*each.wait.until, *busy.front().wait.until);
        QVERIFY(each.at <= *each.wait.until + 300ms);
    }
}

void ExportTest::findsLateEvents()
{
    FakeEvents events(*m_server, FakeEvents::some(1'000));
    const auto before = events.events();
    events.now = "2026-01-10T00:00:00Z";
    // They reach PostHog while the export runs, with times that it has passed already.
    events.beforePage = [&](int page, std::vector<FakeEvents::Event> &all) {
        if (page != 5)
            return;
        for (unsigned i = 0; i < 3; ++i)
            all.push_back({before[i].time, FakeEvents::uuid(0xffffff00u + i, 1), *ph::parseIsoTime("2026-01-10T00:00:05Z"), "late", "{}"});
        std::sort(all.begin(), all.end());
    };

    const auto report = driver()->exportRows(request());

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QCOMPARE(report->rows, 1003);
    QCOMPARE(report->late, 3);
    QVERIFY(report->isComplete);
    auto uuids = uuidsIn(report->file);
    std::sort(uuids.begin(), uuids.end());
    QVERIFY(std::adjacent_find(uuids.begin(), uuids.end()) == uuids.end());
}

void ExportTest::leavesOutDuplicates()
{
    auto all = FakeEvents::some(500);
    const auto first = all;
    for (const std::size_t i : {3u, 40u, 41u, 300u}) {
        auto twin = first[i];
        if (i == 300u)
            twin.time += std::chrono::hours(3); // sent again, later
        all.push_back(twin);
    }
    std::sort(all.begin(), all.end());
    FakeEvents events(*m_server, all);

    const auto report = driver()->exportRows(request());

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QCOMPARE(report->rows, 500);
    QVERIFY(report->verdict.find("500 rows are in the file") != std::string::npos);
    auto uuids = uuidsIn(report->file);
    std::sort(uuids.begin(), uuids.end());
    QVERIFY(std::adjacent_find(uuids.begin(), uuids.end()) == uuids.end());
    QVERIFY2(report->isComplete, report->verdict.c_str());
}

void ExportTest::refusesAPageThatRepeats()
{
    FakeEvents events(*m_server, FakeEvents::some(1'000));
    http::ServerResponse page;
    page.body = R"({"columns":["uuid","event","timestamp","created_at","distinct_id","person_id","elements_chain","properties"],"results":[)";
    for (int i = 0; i < 100; ++i)
        page.body += (i ? "," : "") + std::string(R"(["00000000-0000-4000-8000-0000000000aa","e","2026-01-01T00:00:01Z","2026-01-01T00:00:01Z","u",null,"","{}"])");
    page.body += "]}";
    events.onPage = [&](int) { return std::optional(page); };

    const auto report = driver()->exportRows(request());

    QVERIFY(!report.has_value());
    QVERIFY2(report.error().message.find("the same page again and again") != std::string::npos, report.error().message.c_str());
}

void ExportTest::saysWhenRowsAreMissing()
{
    FakeEvents events(*m_server, FakeEvents::some(300));
    events.onPage = [&](int page) -> std::optional<http::ServerResponse> {
        if (page != 0)
            return {};
        http::ServerResponse response; // a server that forgets what it has
        response.body = R"({"columns":["uuid","event","timestamp","created_at","distinct_id","person_id","elements_chain","properties"],"results":[]})";
        return response;
    };

    const auto report = driver()->exportRows(request());

    QVERIFY(report.has_value());
    QVERIFY(!report->isComplete);
    QVERIFY2(report->verdict.starts_with("0 rows are in the file, PostHog counts 300. 2026-01-01: 0 of 300."), report->verdict.c_str());
}

void ExportTest::saysWhenItCannotCount()
{
    FakeEvents events(*m_server, FakeEvents::some(300));
    events.mayCount = false;

    const auto report = driver()->exportRows(request());

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QCOMPARE(report->rows, 300);
    QVERIFY(!report->counted);
    QVERIFY(!report->isComplete);
    QVERIFY(report->verdict.find("could not count") != std::string::npos);
}

void ExportTest::keepsTheFileOfAnotherExport()
{
    FakeEvents events(*m_server, FakeEvents::some(500));
    std::stop_source stop;
    events.onPage = [&](int page) -> std::optional<http::ServerResponse> {
        if (page == 3)
            stop.request_stop();
        return {};
    };
    QVERIFY(!driver()->exportRows(request(), {}, stop.get_token()).has_value());
    const QByteArray before = read(file("events.jsonl.part"));
    auto other = request();
    other.to = "2026-01-15";

    const auto refused = driver()->exportRows(other);

    QVERIFY(!refused.has_value());
    QCOMPARE(refused.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY(refused.error().message.find("belongs to another export") != std::string::npos);
    QCOMPARE(read(file("events.jsonl.part")), before);

    other.anew = true;
    const auto report = driver()->exportRows(other);
    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QVERIFY(!report->resumed);
    QVERIFY(report->isComplete);
}

void ExportTest::repairsBytesThatAreNoUtf8()
{
    FakeEvents events(*m_server, FakeEvents::some(1));
    events.onPage = [&](int page) -> std::optional<http::ServerResponse> {
        if (page != 0)
            return {};
        http::ServerResponse response;
        response.body = R"({"columns":["uuid","event","timestamp","created_at","distinct_id","person_id","elements_chain","properties"],"results":[)"
                        "[\"00000000-0000-4000-8000-0000000000aa\",\"caf\xe9 \xed\xa0\x80\",\"2026-01-01T00:00:01Z\",\"2026-01-01T00:00:01Z\",\"u\",null,\"\",\"{}\"]]}";
        return response;
    };

    const auto report = driver()->exportRows(request());

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QCOMPARE(report->repaired, 1);
    QVERIFY(read(report->file).contains("\"caf\xEF\xBF\xBD \xEF\xBF\xBD"));
}

void ExportTest::takesCellsOfTwentyMegabytes()
{
    auto all = FakeEvents::some(3);
    all[1].properties = ph::Json{{"blob", std::string(20'000'000, 'x') + "\"end"}}.dump();
    FakeEvents events(*m_server, all);

    const auto report = driver()->exportRows(request());

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QVERIFY(report->isComplete);
    const auto line = read(report->file).split('\n').at(1);
    QCOMPARE(ph::Json::parse(line.toStdString()).at("properties").at("blob").get<std::string>().size(), std::size_t(20'000'004));
}

void ExportTest::writesAFileWithoutRows()
{
    FakeEvents events(*m_server, {});

    const auto report = driver()->exportRows(request(posthog::ExportFormat::Csv));

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QVERIFY(report->isComplete);
    QCOMPARE(read(report->file), QByteArray("uuid,event,timestamp,created_at,distinct_id,person_id,elements_chain,properties\r\n"));
}

/// /dev/full stands for the disk: whatever is written there is refused with "no space left".
void ExportTest::leavesAStateOnAFullDisk()
{
    FakeEvents events(*m_server, FakeEvents::some(500));
    QVERIFY(QFile::link("/dev/full", m_folder->filePath("events.jsonl.uuids")));

    const auto full = driver()->exportRows(request());

    QVERIFY(!full.has_value());
    QVERIFY2(full.error().message.find("no space left on the disk") != std::string::npos, full.error().message.c_str());
    QVERIFY(QFile::remove(m_folder->filePath("events.jsonl.uuids")));

    const auto report = driver()->exportRows(request());

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QCOMPARE(uuidsIn(report->file), uuidsOf(events.events()));
}

void ExportTest::keepsOthersOut()
{
    FakeEvents events(*m_server, FakeEvents::some(500));
    ph::Error second;
    events.onPage = [&](int page) -> std::optional<http::ServerResponse> {
        if (page == 1)
            std::this_thread::sleep_for(300ms);
        return {};
    };
    bool tried = false;
    const auto report = driver()->exportRows(request(), [&](const posthog::ExportProgress &progress) {
        if (progress.doing == "counting" || std::exchange(tried, true))
            return;
        const auto other = driver()->exportRows(request());
        second = other ? ph::Error{} : other.error();
    });

    QVERIFY(report.has_value());
    QVERIFY2(second.message.find("Another program is writing") != std::string::npos, second.message.c_str());
}

void ExportTest::readsPersonsAndQueries()
{
    std::vector<std::string> statements;
    m_server->handle("POST", "query/", [&](const http::ServerRequest &request, std::stop_token) {
        const ph::Json query = ph::Json::parse(request.body).at("query");
        const std::string hogql = query.at("query");
        statements.push_back(hogql);
        http::ServerResponse response;
        const bool second = query.at("values").contains("hoglet_key_0");
        if (hogql.find("AS different") != std::string::npos)
            response.body = R"({"columns":["rows","different"],"results":[[60003,60003]]})";
        else if (hogql.ends_with("LIMIT 1"))
            response.body = R"({"columns":["event","n"],"types":[["event","String"],["n","UInt64"]],"results":[["a",1]]})";
        else if (second)
            response.body = R"({"columns":["event","n"],"types":[["event","String"],["n","UInt64"]],"results":[["c",18446744073709551615]]})";
        else
            response.body = R"({"columns":["event","n"],"types":[["event","String"],["n","UInt64"]],"results":[["a",9007199254740993],["b",-2]]})";
        return response;
    });
    posthog::ExportRequest asked;
    asked.kind = posthog::ExportKind::Query;
    asked.format = posthog::ExportFormat::Csv;
    asked.file = file("counts.csv");
    asked.hogql = "SELECT event, count() AS n FROM events WHERE distinct_id = {who} GROUP BY event -- all of them\n;";
    asked.values = {{"who", "me"}};
    asked.pageRows = 2;

    const auto report = driver()->exportRows(asked);

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QCOMPARE(read(report->file), QByteArray("event,n\r\na,9007199254740993\r\nb,-2\r\nc,18446744073709551615\r\n"));
    QVERIFY(!report->isComplete); // of 60,003
    QVERIFY(std::any_of(statements.begin(), statements.end(), [](const std::string &text) {
        return text.find("-- all of them\n\n) AS hoglet_rows WHERE (event > {hoglet_key_0} OR (event = {hoglet_key_0} AND n > {hoglet_key_1}))") != std::string::npos;
    }));
}

void ExportTest::refusesAQueryItCannotReadInParts()
{
    m_server->handle("POST", "query/", [&](const http::ServerRequest &request, std::stop_token) {
        http::ServerResponse response;
        response.body = request.body.find("AS different") != std::string::npos ? R"({"columns":["rows","different"],"results":[[60003,17]]})"
                                                                               : R"({"columns":["event"],"types":[["event","String"]],"results":[["a"]]})";
        return response;
    });
    posthog::ExportRequest asked;
    asked.kind = posthog::ExportKind::Query;
    asked.file = file("events.jsonl");
    asked.hogql = "SELECT event FROM events";

    const auto report = driver()->exportRows(asked);

    QVERIFY(!report.has_value());
    QVERIFY2(report.error().message.starts_with("This query has 60,003 rows and PostHog gives 50,000 at once."), report.error().message.c_str());
}

void ExportTest::sendsNamesOnlyAsValues()
{
    FakeEvents events(*m_server, FakeEvents::some(5));
    auto asked = request();
    asked.events = {"it's {now()} `x` -- \\", "}"};

    QVERIFY(driver()->exportRows(asked).has_value());

    for (const ph::Json &body : m_server->queries()) {
        const std::string hogql = body.at("query").at("query");
        QVERIFY2(hogql.find("it's") == std::string::npos && hogql.find("{now()") == std::string::npos, hogql.c_str());
    }
    asked.events.clear();
    asked.where = "1 = 1) OR (1 = 1";
    const auto refused = driver()->exportRows(asked);
    QVERIFY(!refused.has_value());
    QCOMPARE(refused.error().code, ph::ErrorCode::InvalidInput);
}

void ExportTest::refusesWhatIsNoTime()
{
    auto asked = request();
    asked.from = "yesterday";
    const auto unread = driver()->exportRows(asked);
    QVERIFY(!unread.has_value());
    QVERIFY2(unread.error().message.starts_with("\"yesterday\" is no time"), unread.error().message.c_str());

    asked.from = "2026-03-01";
    const auto backwards = driver()->exportRows(asked);
    QVERIFY(!backwards.has_value());
    QVERIFY(m_server->requests().empty());
}

void ExportTest::fetchesPostHogsFilesWithoutTheKey()
{
    FakeEvents events(*m_server, FakeEvents::some(2'000, 20min)); // more than two weeks
    const auto all = events.events();
    // Where PostHog's files lie: another server, which hands out the events of one interval and half.
    std::map<std::string, std::string> files;
    std::vector<http::ServerRequest> fetched;
    http::Server bucket({}, [&](const http::ServerRequest &request, std::stop_token) {
        fetched.push_back(request);
        http::ServerResponse response;
        const bool isBusy = fetched.size() == 2; // once, for a moment
        response.status = isBusy ? 503 : 200;
        response.body = isBusy ? "<Error><Code>SlowDown</Code></Error>" : files[request.queryValue("file")];
        return response;
    });
    QVERIFY(bucket.start().has_value());
    std::vector<ph::Json> jobs;
    const std::string path = "/api/environments/1/file_download_batch_exports/";
    m_server->handle("POST", path, [&](const http::ServerRequest &request, std::stop_token) {
        const ph::Json body = ph::Json::parse(request.body);
        const std::string id = "job" + std::to_string(jobs.size());
        jobs.push_back(body);
        for (const auto &event : all) {
            if (event.time < *ph::parseIsoTime(body.at("data_interval_start").get<std::string>()) || event.time >= *ph::parseIsoTime(body.at("data_interval_end").get<std::string>()))
                continue;
            files[id + "-" + std::to_string(event.time.time_since_epoch().count() / 86'400'000'000 % 2)]
                += ph::Json{{"uuid", event.uuid}, {"event", event.event}, {"timestamp", ph::isoTimeMicros(event.time)}, {"properties", ph::Json::parse(event.properties)}, {"team_id", 1}}.dump() + "\n";
        }
        m_server->answer("GET", path + id + "/", ph::Json{{"status", "Completed"}, {"files", {{{"id", 0}}, {{"id", 1}}}}});
        for (const int part : {0, 1}) {
            http::ServerResponse redirect;
            redirect.status = 302;
            redirect.headers.emplace_back("Location", "http://127.0.0.1:" + std::to_string(bucket.port()) + "/x?file=" + id + "-" + std::to_string(part));
            m_server->answer("GET", path + id + "/download/" + std::to_string(part) + "/", redirect);
        }
        http::ServerResponse response;
        response.status = 202;
        response.body = ph::Json{{"id", id}}.dump();
        return response;
    });
    auto asked = request();
    asked.asFiles = true;

    const auto report = driver()->exportRows(asked);

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QVERIFY2(report->isComplete, report->verdict.c_str());
    QCOMPARE(report->rows, 2000);
    QCOMPARE(jobs.size(), std::size_t(5)); // of a week at most
    QCOMPARE(fetched.size(), std::size_t(11));
    for (const http::ServerRequest &request : fetched)
        QVERIFY(request.header("authorization").empty());
    auto uuids = uuidsIn(report->file);
    auto expected = uuidsOf(all);
    std::sort(uuids.begin(), uuids.end());
    std::sort(expected.begin(), expected.end());
    QCOMPARE(uuids, expected);
    const auto row = ph::Json::parse(read(report->file).split('\n').at(0).toStdString());
    QCOMPARE(row.at("properties").at("$browser").get<std::string>(), std::string("Firefox"));
    QVERIFY(row.at("person_id").is_null());
}

void ExportTest::readsByQueriesWhereThereAreNoFiles()
{
    FakeEvents events(*m_server, FakeEvents::some(200));
    auto asked = request();
    asked.asFiles = true;
    const auto refused = driver()->exportRows(asked);
    QVERIFY(!refused.has_value());
    QVERIFY2(refused.error().message.starts_with("This project has no file download"), refused.error().message.c_str());

    asked.asFiles.reset();
    const auto report = driver()->exportRows(asked);
    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QVERIFY(report->isComplete);
}

QTEST_GUILESS_MAIN(ExportTest)
#include "export_test.moc"

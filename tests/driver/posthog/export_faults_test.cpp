#include "driver/posthog/driver.h"

#include "driver/http/client.h"
#include "tests/support/fake_events.h"
#include "tests/support/manual_clock.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace std::chrono_literals;

/// What may befall an export from outside while it runs: nothing is lost, and what cannot go on can be gone on with.
class ExportFaultsTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_server = std::make_unique<FakePostHog>();
        m_folder = std::make_unique<QTemporaryDir>();
    }
    void weathersAStormOfRefusals();
    void keepsItsPlaceWhenTheKeyIsRefused_data();
    void keepsItsPlaceWhenTheKeyIsRefused();
    void takesDatesFarAheadAndLongAgo();
    void doesNotGoByThisMachinesClock_data();
    void doesNotGoByThisMachinesClock();

private:
    std::unique_ptr<posthog::Driver> driver(ph::Clock &clock = ph::systemClock())
    {
        posthog::DriverOptions options;
        options.retry.first = 1ms;
        options.clock = &clock;
        return posthog::makeDriver(m_client, m_server->credentials(), options);
    }
    posthog::ExportRequest request(const char *name = "events.jsonl") const
    {
        auto request = posthog::eventsExport(m_folder->filePath(name).toStdString(), "2026-01-01", "2026-02-01");
        request.pageRows = 50;
        return request;
    }
    QByteArray read(const char *name) const
    {
        QFile file(m_folder->filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot be read");
    }

    std::unique_ptr<FakePostHog> m_server;
    std::unique_ptr<QTemporaryDir> m_folder;
    http::Client m_client;
};

/// Four of five requests are refused, with and without a time to come back; the clock is the test's own.
void ExportFaultsTest::weathersAStormOfRefusals()
{
    FakeEvents events(*m_server, FakeEvents::some(600));
    ManualClock clock;
    int refused = 0;
    events.onStatement = [&](int statement) -> std::optional<http::ServerResponse> {
        if (statement % 5 == 4)
            return {};
        ++refused;
        auto response = FakeEvents::throttled(37);
        if (statement % 2)
            response.headers.clear();
        return response;
    };
    const auto start = clock.now();

    const auto report = driver(clock)->exportRows(request());

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QCOMPARE(report->rows, 600);
    QVERIFY2(report->isComplete, report->verdict.c_str());
    QVERIFY(refused > 50);
    QVERIFY(clock.now() - start >= 37s * (refused / 2)); // each time that it was told, it waited
}

void ExportFaultsTest::keepsItsPlaceWhenTheKeyIsRefused_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("detail");
    QTest::addColumn<QString>("message");
    QTest::newRow("revoked, or of another region") << 401 << "Personal API key found in request Authorization header is invalid."
                                                   << "does not accept the personal API key. It may be mistyped, revoked, or made in another region (us or eu).";
    QTest::newRow("a scope was taken away") << 403 << "API key missing required scope 'query:read'" << "The personal API key lacks the scope query:read";
}

void ExportFaultsTest::keepsItsPlaceWhenTheKeyIsRefused()
{
    QFETCH(int, status);
    QFETCH(QString, detail);
    QFETCH(QString, message);
    FakeEvents events(*m_server, FakeEvents::some(600));
    const auto whole = driver()->exportRows(request("whole.jsonl"));
    QVERIFY(whole.has_value());
    events.pages = 0;
    events.onPage = [&](int page) { return page >= 5 ? std::optional(FakePostHog::error(status, "authentication_error", "permission_denied", detail.toStdString())) : std::nullopt; };

    const auto refused = driver()->exportRows(request());

    QVERIFY(!refused.has_value());
    QCOMPARE(refused.error().code, ph::ErrorCode::Unauthorized);
    QVERIFY2(QString::fromStdString(refused.error().message).contains(message), refused.error().message.c_str());
    QCOMPARE(events.pages, 6); // not asked again and again
    QVERIFY(QFile::exists(m_folder->filePath("events.jsonl.checkpoint")));
    events.onPage = {};
    const auto report = driver()->exportRows(request());
    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QVERIFY(report->resumed);
    QCOMPARE(report->sha256, whole->sha256);
}

void ExportFaultsTest::takesDatesFarAheadAndLongAgo()
{
    auto all = FakeEvents::some(20);
    for (const char *time : {"2031-06-01T12:00:00Z", "2031-06-01T12:00:00Z", "2099-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z"}) {
        auto event = all.front();
        event.time = *ph::parseIsoTime(time);
        event.uuid = FakeEvents::uuid(0xabcdef00u, static_cast<unsigned>(all.size()));
        all.push_back(event);
    }
    std::sort(all.begin(), all.end());
    FakeEvents events(*m_server, all);
    auto asked = request();
    asked.from = "1970-01-01";
    asked.to = "2100-01-01";

    const auto report = driver()->exportRows(asked);

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QCOMPARE(report->rows, 24);
    QVERIFY(report->isComplete);
    QVERIFY2(events.pages < 20, qPrintable(QString::number(events.pages))); // a century of empty days is not walked
    const auto days = ph::Json::parse(read("events.jsonl.manifest.json").toStdString()).at("days");
    QVERIFY2(days.at("2031-06-01") == 2 && days.at("2099-12-31") == 1 && days.at("1970-01-01") == 1, days.dump().c_str());
}

void ExportFaultsTest::doesNotGoByThisMachinesClock_data()
{
    QTest::addColumn<QString>("here");
    QTest::newRow("years behind") << "1999-01-01T00:00:00Z";
    QTest::newRow("years ahead") << "2040-01-01T00:00:00Z";
}

/// What comes late is told by PostHog's clock.
void ExportFaultsTest::doesNotGoByThisMachinesClock()
{
    QFETCH(QString, here);
    FakeEvents events(*m_server, FakeEvents::some(400));
    const auto before = events.events();
    events.now = "2026-01-10T00:00:00Z";
    events.beforePage = [&](int page, std::vector<FakeEvents::Event> &all) {
        if (page != 4)
            return;
        all.push_back({before[0].time, FakeEvents::uuid(0xffffff00u, 1), *ph::parseIsoTime("2026-01-10T00:00:05Z"), "late", "{}"});
        std::sort(all.begin(), all.end());
    };
    ManualClock clock(*ph::parseIsoTime(here.toStdString()));

    const auto report = driver(clock)->exportRows(request());

    QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
    QCOMPARE(report->rows, 401);
    QCOMPARE(report->late, 1);
    QVERIFY(report->isComplete);
}

QTEST_GUILESS_MAIN(ExportFaultsTest)
#include "export_faults_test.moc"

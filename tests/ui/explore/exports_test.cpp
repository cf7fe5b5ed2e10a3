#include "ui/explore/exports_page.h"

#include "tests/support/sample_project.h"
#include "tests/support/test_workbench.h"
#include "ui/explore/export_form.h"

#include <QPushButton>
#include <QTemporaryDir>
#include <QFile>
#include <QTest>

using namespace ui;

namespace {

/// Writes 100 rows a step until there are 1,000 or it is stopped; goes on where it was.
struct SlowExport {
    std::atomic<int> rows = 0;
    std::atomic<int> calls = 0;
    std::atomic<bool> isHeld = false;
    std::optional<ph::Error> error;
    std::optional<posthog::Wait> wait;

    ph::Result<posthog::ExportReport> operator()(const posthog::ExportRequest &, const std::function<void(const posthog::ExportProgress &)> &onProgress, std::stop_token stop)
    {
        ++calls;
        if (error)
            return ph::fail(*error);
        while (rows < 1'000) {
            if (stop.stop_requested())
                return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
            if (isHeld && rows >= 300) {
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
                continue;
            }
            rows += 100;
            posthog::ExportProgress progress;
            progress.rows = rows;
            progress.bytes = rows * 84;
            progress.expectedRows = 1'000;
            progress.rowsPerSecond = 61'000;
            progress.wait = wait;
            onProgress(progress);
        }
        posthog::ExportReport report;
        report.rows = 1'000;
        report.bytes = 84'000;
        report.isComplete = true;
        report.verdict = "All 1,000 rows that PostHog counts are in the file.";
        return report;
    }
};

struct Fixture {
    QTemporaryDir folder;
    std::shared_ptr<test::SampleDriver> driver = test::sampleProject();
    std::shared_ptr<SlowExport> slow = std::make_shared<SlowExport>();
    test::TestWorkbench workbench{driver};

    Fixture()
    {
        driver->onExport = [slow = slow](const auto &request, const auto &onProgress, std::stop_token stop) { return (*slow)(request, onProgress, stop); };
    }
    posthog::ExportRequest request() const { return posthog::eventsExport((folder.path() + "/events.jsonl").toStdString(), "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"); }
};

/// Keeps which requests were handed to it.
struct FakeParquet : ParquetExport {
    bool isThere = true;
    mutable std::atomic<int> calls = 0;

    ph::Result<> mayExport() const override
    {
        return isThere ? ph::Result<>() : ph::fail(ph::ErrorCode::NotFound, "The program that writes Parquet is missing.");
    }
    ph::Result<posthog::ExportReport> exportRows(posthog::Driver &driver, const posthog::ExportRequest &request,
                                                 const std::function<void(const posthog::ExportProgress &)> &onProgress, std::stop_token stop) const override
    {
        ++calls;
        auto rows = request;
        rows.format = posthog::ExportFormat::Jsonl;
        return driver.exportRows(rows, onProgress, stop);
    }
};

} // namespace

class ExportsTest : public QObject
{
    Q_OBJECT

private slots:
    void anExportRunsInTheBackgroundAndSaysWhetherItIsComplete()
    {
        Fixture f;
        Exports exports(f.workbench, {});
        ExportsPage page(f.workbench, exports);

        const int id = exports.start("Events of January", f.request());

        QCOMPARE(exports.find(id)->state, ExportJob::State::Running);
        QCOMPARE(f.workbench.tasks, QStringList{"Export: Events of January"});
        QTRY_COMPARE(exports.find(id)->state, ExportJob::State::Done);
        QVERIFY(page.textOf(id).contains("All 1,000 rows that PostHog counts are in the file."));
        QVERIFY(page.button(id, "Show in folder"));
        QVERIFY(!page.button(id, "Resume"));
        QCOMPARE(exports.unfinished(), 0);
    }

    void oneThatWaitsSaysForWhatAndUntilWhen()
    {
        Fixture f;
        f.slow->isHeld = true;
        const QDateTime until(QDate::currentDate(), QTime(23, 59, 58));
        f.slow->wait = {"PostHog's limit", ph::Time(std::chrono::milliseconds(until.toMSecsSinceEpoch()))};
        Exports exports(f.workbench, {});
        ExportsPage page(f.workbench, exports);

        const int id = exports.start("Events", f.request());

        QTRY_VERIFY2(page.textOf(id).contains("waits for PostHog's limit until 23:59:58"), qPrintable(page.textOf(id)));
        QVERIFY(!page.textOf(id).contains("rows/s"));
        QVERIFY(page.textOf(id).contains("300 of 1,000 rows"));
    }

    void aStoppedOneGoesOnWithTheSameRequest()
    {
        Fixture f;
        f.slow->isHeld = true;
        Exports exports(f.workbench, {});
        ExportsPage page(f.workbench, exports);
        const int id = exports.start("Events", f.request());
        QTRY_COMPARE(exports.find(id)->progress.rows, std::int64_t(300));
        QCOMPARE(percentOf(*exports.find(id)), 30);

        page.button(id, "Stop")->click();
        QTRY_COMPARE(exports.find(id)->state, ExportJob::State::Stopped);
        QCOMPARE(exports.unfinished(), 1);
        QVERIFY(page.textOf(id).contains("300 of 1,000 rows"));
        f.slow->isHeld = false;
        page.button(id, "Resume")->click();

        QTRY_COMPARE(exports.find(id)->state, ExportJob::State::Done);
        QCOMPARE(f.slow->calls.load(), 2);
        QCOMPARE(exports.jobs().size(), std::size_t(1));
    }

    void oneThatLostItsProgramGoesOn()
    {
        Fixture f;
        f.slow->isHeld = true;
        auto request = f.request();
        request.format = posthog::ExportFormat::Csv;
        request.where = "event = {name}";
        request.values = {{"name", "it's"}};
        {
            Exports exports(f.workbench, f.folder.filePath("exports.json"));
            const int id = exports.start("Events", request);
            QTRY_COMPARE(exports.find(id)->progress.rows, std::int64_t(300));
        }
        f.slow->isHeld = false;

        Exports again(f.workbench, f.folder.filePath("exports.json"));

        QCOMPARE(again.jobs().size(), std::size_t(1));
        const int id = again.jobs()[0].id;
        QCOMPARE(again.jobs()[0].state, ExportJob::State::Stopped);
        QCOMPARE(again.jobs()[0].text, "Hoglet was closed while it ran.");
        QVERIFY(again.jobs()[0].request.values == request.values && again.jobs()[0].request.where == request.where);
        QVERIFY(again.jobs()[0].request.format == request.format && again.jobs()[0].request.from == request.from && again.jobs()[0].request.to == request.to);
        again.resume(id);
        QTRY_COMPARE(again.find(id)->state, ExportJob::State::Done);
    }

    void parquetIsWrittenByWhoCan()
    {
        Fixture f;
        const auto parquet = std::make_shared<FakeParquet>();
        Exports exports(f.workbench, f.folder.filePath("exports.json"), parquet);
        ExportsPage page(f.workbench, exports);
        page.restore({{"hogql", "SELECT event FROM events"}, {"title", "Names"}});
        page.form()->setFormat(posthog::ExportFormat::Parquet);
        QVERIFY(page.form()->file().endsWith("/names.parquet"));
        QCOMPARE(page.form()->problem(), QString());
        page.form()->setFile(f.folder.filePath("names.parquet"));

        page.start();

        QTRY_COMPARE(exports.jobs()[0].state, ExportJob::State::Done);
        QCOMPARE(parquet->calls.load(), 1);
        QTRY_VERIFY(QFile::exists(f.folder.filePath("exports.json"))); // It is written on another thread.
        Exports again(f.workbench, f.folder.filePath("exports.json"), parquet);
        QVERIFY(again.jobs()[0].request.format == posthog::ExportFormat::Parquet);
    }

    void parquetWithoutItsProgramIsSaidWhenItIsChosen()
    {
        Fixture f;
        const auto parquet = std::make_shared<FakeParquet>();
        parquet->isThere = false;
        Exports exports(f.workbench, {}, parquet);
        ExportsPage page(f.workbench, exports);
        page.restore({{"object", "persons"}});
        QCOMPARE(page.form()->problem(), QString());

        page.form()->setFormat(posthog::ExportFormat::Parquet);

        QCOMPARE(page.form()->problem(), "The program that writes Parquet is missing.");
        page.start();
        QVERIFY(page.isFormShown() && exports.jobs().empty());
        page.form()->setFormat(posthog::ExportFormat::Csv);
        QCOMPARE(page.form()->problem(), QString());
    }

    void anErrorIsSaidAndTheExportStays()
    {
        Fixture f;
        f.slow->error = ph::Error{ph::ErrorCode::Internal, "The disk is full: 0 bytes are free."};
        Exports exports(f.workbench, {});
        ExportsPage page(f.workbench, exports);

        const int id = exports.start("Events", f.request());

        QTRY_COMPARE(exports.find(id)->state, ExportJob::State::Failed);
        QVERIFY(page.textOf(id).contains("The disk is full"));
        f.slow->error.reset();
        page.button(id, "Resume")->click();
        QTRY_COMPARE(exports.find(id)->state, ExportJob::State::Done);
    }

    void anExportOfAnotherProjectIsNotMixedIn()
    {
        Fixture f;
        f.slow->isHeld = true;
        Exports exports(f.workbench, {});
        const int id = exports.start("Events", f.request());
        exports.stop(id);
        QTRY_COMPARE(exports.find(id)->state, ExportJob::State::Stopped);
        auto other = test::sampleProject();
        other->hostName = "https://eu.posthog.com";
        f.workbench.setDriver(other);

        exports.resume(id);

        QCOMPARE(exports.find(id)->state, ExportJob::State::Failed);
        QVERIFY(exports.find(id)->text.contains("another project (http://127.0.0.1:8123 1)"));
        QCOMPARE(f.slow->calls.load(), 1);
        f.workbench.setDriver(nullptr);
        exports.resume(id);
        QVERIFY(exports.find(id)->text.startsWith("No project"));
    }

    void theFormSaysWhatIsWrong_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("says");
        QTest::newRow("no day") << "yesterday" << "2026-01-31" << "/tmp/a.jsonl" << "first day";
        QTest::newRow("no such day") << "2026-01-01" << "2026-02-31" << "/tmp/a.jsonl" << "last day is written";
        QTest::newRow("backwards") << "2026-01-31" << "2026-01-01" << "/tmp/a.jsonl" << "before the first";
        QTest::newRow("no file") << "2026-01-01" << "2026-01-31" << " " << "Name the file";
        QTest::newRow("a folder") << "2026-01-01" << "2026-01-31" << "/tmp" << "Name the file";
        QTest::newRow("no folder") << "2026-01-01" << "2026-01-31" << "/nowhere/at/all.jsonl" << "/nowhere/at does not exist";
    }
    void theFormSaysWhatIsWrong()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, file);
        QFETCH(QString, says);
        ExportForm form;
        form.setFrom(from);
        form.setTo(to);
        form.setFile(file);

        QVERIFY(!form.request());

        QVERIFY2(form.problem().contains(says), qPrintable(form.problem()));
        form.setFrom("2026-01-01");
        form.setTo("2026-01-31");
        form.setFile("/tmp/a.jsonl");
        const auto request = form.request();
        QVERIFY(request);
        QCOMPARE(request->from, std::string("2026-01-01T00:00:00Z"));
        QCOMPARE(request->to, std::string("2026-02-01T00:00:00Z")); // the last day is part of it
        QCOMPARE(form.problem(), QString());
    }

    void aPageOpensItsFormFilledIn()
    {
        Fixture f;
        Exports exports(f.workbench, {});
        ExportsPage page(f.workbench, exports);
        QVERIFY(!page.isFormShown());

        page.restore({{"object", "persons"}, {"where", "properties.plan = {plan}"}, {"values", QJsonObject{{"plan", "pro"}}}});

        QVERIFY(page.isFormShown());
        page.form()->setFormat(posthog::ExportFormat::Csv);
        QVERIFY(page.form()->file().endsWith("/persons.csv"));
        page.form()->setFile(f.folder.filePath("p.csv"));
        const auto request = page.form()->request();
        QVERIFY(request);
        QVERIFY(request->kind == posthog::ExportKind::Persons && request->format == posthog::ExportFormat::Csv);
        QCOMPARE(request->where, std::string("properties.plan = {plan}"));
        QVERIFY(request->values == ph::Json({{"plan", "pro"}}));
        page.restore({{"hogql", "SELECT event FROM events"}, {"title", "All names"}, {"values", QJsonObject{{"n", 1}}}});
        page.form()->setFile(f.folder.filePath("q.jsonl"));
        QVERIFY(page.form()->request()->kind == posthog::ExportKind::Query);
        page.start();
        QVERIFY(!page.isFormShown());
        QCOMPARE(exports.jobs()[0].title, "All names");
        QTRY_COMPARE(exports.jobs()[0].state, ExportJob::State::Done);
    }
};

QTEST_MAIN(ExportsTest)
#include "exports_test.moc"

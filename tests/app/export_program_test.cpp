#include "tests/support/fake_events.h"

#include <QCryptographicHash>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

/// hoglet-agent export, as a program: killed, stopped, with a full disk, and what it tells.
class ExportProgramTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_server = std::make_unique<FakePostHog>();
        m_events = std::make_unique<FakeEvents>(*m_server, FakeEvents::some(3'000));
    }
    void goesOnAfterBeingKilled();
    void endsInOrderOnCtrlC();
    void saysThatTheDiskIsFull();
    void saysWhatItWaitsFor();
    void endsByWhatItFound();
    void writesQueries();
    void describesAParquetFile();
    void saysThatParquetNeedsItsProgram();
    void tellsWhatIsWrongWithTheCommand_data();
    void tellsWhatIsWrongWithTheCommand();

private:
    std::unique_ptr<QProcess> start(const QStringList &arguments, const QString &program = HOGLET_AGENT)
    {
        auto process = std::make_unique<QProcess>();
        auto environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"})
            environment.insert(name, m_folder->path());
        environment.insert("POSTHOG_API_URL", QString::fromStdString(m_server->url()));
        environment.insert("POSTHOG_PERSONAL_API_KEY", QString::fromStdString(FakePostHog::key));
        environment.insert("POSTHOG_PROJECT_ID", "1");
        process->setProcessEnvironment(environment);
        process->start(program, arguments);
        return process;
    }
    QStringList exportTo(const char *file) const
    {
        return {"export", "events", "--from", "2026-01-01", "--to", "2026-02-01", "--out", m_folder->filePath(file), "--page-rows", "50"};
    }
    QByteArray hashOf(const char *file) const
    {
        QFile content(m_folder->filePath(file));
        return content.open(QIODevice::ReadOnly) ? QCryptographicHash::hash(content.readAll(), QCryptographicHash::Sha256).toHex() : QByteArray();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<FakePostHog> m_server;
    std::unique_ptr<FakeEvents> m_events;
};

/// 80 times (200 with HOGLET_LONG) at a random moment; whenever an export gets to its end in between, its file is the one of an export that was left alone.
void ExportProgramTest::goesOnAfterBeingKilled()
{
    QElapsedTimer timer;
    timer.start();
    const auto whole = start(exportTo("whole.csv"));
    QVERIFY(whole->waitForFinished(60'000));
    QCOMPARE(whole->exitCode(), 0);
    const auto duration = static_cast<unsigned>(timer.elapsed());
    const QByteArray expected = hashOf("whole.csv");
    std::minstd_rand random(static_cast<unsigned>(QDateTime::currentMSecsSinceEpoch()));
    const int kills = qEnvironmentVariableIsSet("HOGLET_LONG") ? 200 : 80;
    int killed = 0;
    int finished = 0;
    int resumedIn = 0; // that many pieces were the longest export in
    for (int pieces = 1; killed < kills; ++pieces) {
        const auto process = start(exportTo("killed.csv"));
        if (!process->waitForFinished(static_cast<int>(random() % duration))) {
            process->kill();
            QVERIFY(process->waitForFinished(10'000));
        }
        if (process->exitStatus() == QProcess::CrashExit) {
            ++killed;
            continue;
        }
        QVERIFY2(process->exitCode() == 0, process->readAllStandardError().constData());
        QCOMPARE(hashOf("killed.csv"), expected);
        ++finished;
        resumedIn = std::max(resumedIn, pieces);
        pieces = 0;
        QVERIFY(QFile::remove(m_folder->filePath("killed.csv")));
    }
    const auto last = start(exportTo("killed.csv"));
    QVERIFY(last->waitForFinished(60'000));
    QVERIFY2(last->exitCode() == 0, last->readAllStandardError().constData());
    QCOMPARE(hashOf("killed.csv"), expected);
    qInfo("killed %d times, %d exports finished in between, one in %d pieces", killed, finished, resumedIn);
}

void ExportProgramTest::endsInOrderOnCtrlC()
{
    m_events->onPage = [](int page) -> std::optional<http::ServerResponse> {
        if (page > 5)
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
        return {};
    };
    const auto process = start(exportTo("events.jsonl"));
    QTRY_VERIFY_WITH_TIMEOUT(m_events->pages > 6, 10'000);

    ::kill(static_cast<pid_t>(process->processId()), SIGINT);

    QVERIFY(process->waitForFinished(5'000));
    QCOMPARE(process->exitStatus(), QProcess::NormalExit);
    QCOMPARE(process->exitCode(), 130);
    QVERIFY(process->readAllStandardError().contains("The same command goes on with it."));
    QVERIFY(QFile::exists(m_folder->filePath("events.jsonl.checkpoint")));
    m_events->onPage = {};
    const auto again = start(exportTo("events.jsonl"));
    QVERIFY(again->waitForFinished(30'000));
    QCOMPARE(again->exitCode(), 0);
}

void ExportProgramTest::saysThatTheDiskIsFull()
{
    // The kernel ends a file at 200 KB with EFBIG, as a full disk does with ENOSPC.
    QString command = "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\"";
    const auto process = start(QStringList{"-c", command, HOGLET_AGENT} + exportTo("events.jsonl"), "bash");
    QVERIFY(process->waitForFinished(30'000));
    const QByteArray said = process->readAllStandardError();
    QCOMPARE(process->exitCode(), 1);
    QVERIFY2(said.contains("Cannot write") && said.contains("the file may not grow any more"), said.constData());

    const auto again = start(exportTo("events.jsonl"));
    QVERIFY(again->waitForFinished(30'000));
    QCOMPARE(again->exitCode(), 0);
    const auto whole = start(exportTo("whole.jsonl"));
    QVERIFY(whole->waitForFinished(30'000));
    QCOMPARE(hashOf("events.jsonl"), hashOf("whole.jsonl"));
}

void ExportProgramTest::saysWhatItWaitsFor()
{
    m_events->onPage = [](int page) { return page == 3 ? std::optional(FakeEvents::throttled(3)) : std::nullopt; };

    const auto process = start(exportTo("events.jsonl"));

    QVERIFY(process->waitForFinished(60'000));
    QCOMPARE(process->exitCode(), 0);
    const auto said = process->readAllStandardError();
    const QRegularExpression line("2026-01-01, waits for PostHog's limit until ([0-9-]+ )?\\d\\d:\\d\\d:\\d\\d UTC  150 of 3000 rows");
    QVERIFY2(line.match(said).hasMatch(), said.constData());
}

void ExportProgramTest::endsByWhatItFound()
{
    m_events->mayCount = false;
    const auto uncounted = start(exportTo("events.jsonl"));
    QVERIFY(uncounted->waitForFinished(30'000));
    QCOMPARE(uncounted->exitCode(), 3);
    QVERIFY(uncounted->readAllStandardError().contains("could not count"));

    m_server->handle("POST", "query/", [](const http::ServerRequest &, std::stop_token) {
        return FakePostHog::error(403, "authentication_error", "permission_denied", "API key missing required scope 'query:read'");
    });
    const auto refused = start(exportTo("other.jsonl"));
    QVERIFY(refused->waitForFinished(30'000));
    QCOMPARE(refused->exitCode(), 4);
    QVERIFY(refused->readAllStandardError().contains("lacks the scope query:read"));
}

void ExportProgramTest::writesQueries()
{
    m_server->answerQuery({"event", "n"}, ph::Json::parse(R"([["event","String"],["n","UInt64"]])"), ph::Json::parse(R"([["=a,b",18446744073709551615],[null,1]])"));
    m_server->handle("POST", "query/", [](const http::ServerRequest &request, std::stop_token) {
        http::ServerResponse response;
        response.body = R"({"columns":["event","n"],"types":[["event","String"],["n","UInt64"]],"results":[["=a,b",18446744073709551615],[null,)"
            + std::string(request.body.find(R"("values":{"days":30,"plan":"pro","text":"5"})") != std::string::npos ? "1" : "0") + "]]}";
        return response;
    });
    QFile statement(m_folder->filePath("q.hogql"));
    QVERIFY(statement.open(QIODevice::WriteOnly));
    statement.write("SELECT event, n FROM x WHERE a = {plan}");
    statement.close();
    const auto outOf = [&](const QStringList &arguments) {
        const auto process = start(arguments + QStringList{"--value", "plan=pro", "--value", "days=30", "--value", "text=\"5\""});
        process->waitForFinished(30'000);
        return process->readAllStandardOutput();
    };

    QCOMPARE(outOf({"query", statement.fileName(), "--format", "csv"}), QByteArray("event,n\r\n\"'=a,b\",18446744073709551615\r\n,1\r\n"));
    QCOMPARE(outOf({"query", "SELECT 1", "--format=csv", "--raw-cells"}), QByteArray("event,n\r\n\"=a,b\",18446744073709551615\r\n,1\r\n"));
    QCOMPARE(outOf({"query", "SELECT 1", "--format", "jsonl"}), QByteArray("{\"event\":\"=a,b\",\"n\":18446744073709551615}\n{\"event\":null,\"n\":1}\n"));
    QVERIFY(outOf({"query", "SELECT 1", "--format", "markdown"}).startsWith("| event"));
    QVERIFY(outOf({"query", "SELECT 1"}).startsWith("event"));
    QCOMPARE(m_server->queries().at(0).at("query").at("query").get<std::string>(), std::string("SELECT event, n FROM x WHERE a = {plan}"));
}

void ExportProgramTest::describesAParquetFile()
{
    const auto process = start(exportTo("events.parquet"));
    QVERIFY(process->waitForFinished(60'000));
    QVERIFY2(process->exitCode() == 0, process->readAllStandardError().constData());

    const QByteArray sum = hashOf("events.parquet");
    QFile written(m_folder->filePath("events.parquet.sha256"));
    QVERIFY(written.open(QIODevice::ReadOnly));
    QCOMPARE(written.readAll(), sum + "  events.parquet\n");
    QFile manifest(m_folder->filePath("events.parquet.manifest.json"));
    QVERIFY(manifest.open(QIODevice::ReadOnly));
    const auto said = QJsonDocument::fromJson(manifest.readAll()).object();
    QCOMPARE(said["sha256"].toString().toLatin1(), sum);
    QCOMPARE(said["file"].toString(), QString("events.parquet"));
    QCOMPARE(said["bytes"].toInteger(), QFileInfo(m_folder->filePath("events.parquet")).size());
    QCOMPARE(said["rows"].toInteger(), 3'000);
    QCOMPARE(QDir(m_folder->path()).entryList({"events.parquet*"}, QDir::Files).size(), 3);
}

void ExportProgramTest::saysThatParquetNeedsItsProgram()
{
    const QString alone = m_folder->filePath("hoglet-agent");
    QVERIFY(QFile::copy(HOGLET_AGENT, alone));

    const auto process = start(exportTo("events.parquet"), alone);

    QVERIFY(process->waitForFinished(60'000));
    QCOMPARE(process->exitCode(), 1);
    const auto said = QString::fromUtf8(process->readAllStandardError());
    QVERIFY2(said.contains("Parquet is written by hoglet-project, which is not there (" + m_folder->filePath("hoglet-project") + ")"), qPrintable(said));
    QVERIFY(QDir(m_folder->path()).entryList({"events.parquet*"}, QDir::Files).isEmpty()); // nor were the rows asked for
}

void ExportProgramTest::tellsWhatIsWrongWithTheCommand_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("error");
    QTest::newRow("nothing to export") << QStringList{"export"} << "export takes what to write: events, persons or query.";
    QTest::newRow("no file") << QStringList{"export", "events", "--from", "2026-01-01", "--to", "2026-01-02"} << "export needs --out FILE.";
    QTest::newRow("no times") << QStringList{"export", "events", "--out", "x"} << "needs --from and --to";
    QTest::newRow("a format that is none") << QStringList{"query", "SELECT 1", "--format", "xml"} << "there is no format “xml”";
    QTest::newRow("parquet without a file") << QStringList{"query", "SELECT 1", "--format", "parquet"} << "needs --out FILE";
    QTest::newRow("a value without a name") << QStringList{"query", "SELECT 1", "--value", "x"} << "--value takes NAME=VALUE";
    QTest::newRow("pages of nothing") << QStringList{"export", "persons", "--out", "x", "--page-rows", "0"} << "--page-rows takes a number";
    QTest::newRow("nothing to import") << QStringList{"import"} << "import takes files";
}

void ExportProgramTest::tellsWhatIsWrongWithTheCommand()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, error);
    const auto process = start(arguments);
    QVERIFY(process->waitForFinished(20'000));
    const auto said = QString::fromUtf8(process->readAllStandardError());
    QVERIFY2(said.contains(error), qPrintable(said));
    QCOMPARE(process->exitCode(), 2);
}

QTEST_GUILESS_MAIN(ExportProgramTest)
#include "export_program_test.moc"

#include <QDate>
#include <QDir>
#include <QJsonDocument>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace {

struct Ended {
    int code = -1;
    QByteArray out;
    QByteArray errors;
};

} // namespace

/// From a project into a file, from the file into a folder, and the same questions there: programs only.
class ImportedProjectTest : public QObject
{
    Q_OBJECT

private slots:
    void aWeekThatWasExportedAnswersAsTheProjectDid();
    void aFolderThatIsServedIsFound();
    void aFolderWithoutAProjectIsRefused();
    void noFileOfTheFolderOneIsInIsReadUnasked();

private:
    QProcessEnvironment environment() const
    {
        auto environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"})
            environment.insert(name, m_home.path());
        for (const char *name : {"POSTHOG_API_URL", "POSTHOG_PERSONAL_API_KEY", "POSTHOG_PROJECT_ID"})
            environment.remove(name);
        return environment;
    }
    Ended run(const QStringList &arguments, const QProcessEnvironment &environment) const
    {
        QProcess process;
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(m_home.path());
        process.start(HOGLET_AGENT, arguments);
        if (!process.waitForFinished(240'000))
            return {};
        return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    }
    Ended run(const QStringList &arguments) const { return run(arguments, environment()); }
    QString store() const { return m_home.filePath("week"); }

    QTemporaryDir m_home;
};

void ImportedProjectTest::aWeekThatWasExportedAnswersAsTheProjectDid()
{
    const auto today = QDateTime::currentDateTimeUtc().date(); // the demo ends today
    const auto from = today.addDays(-14).toString(Qt::ISODate);
    const auto to = today.addDays(-7).toString(Qt::ISODate);
    const auto within = " WHERE timestamp >= toDateTime('" + from + " 00:00:00') AND timestamp < toDateTime('" + to + " 00:00:00') ";
    const QStringList questions{
        "SELECT event, count() AS n, uniq(distinct_id) AS ids, uniq(person_id) AS people FROM events" + within + "GROUP BY event ORDER BY event",
        "SELECT properties.$browser AS browser, toDate(timestamp) AS day, count() AS n FROM events" + within + "GROUP BY browser, day ORDER BY browser, day",
        "SELECT sum(toFloat(properties.amount_usd)) AS paid, uniq(properties.$session_id) AS sessions FROM events" + within};
    QList<QByteArray> expected;
    for (const auto &question : questions) {
        const auto answer = run({"query", "--project", "demo", question, "--format", "json"});
        QVERIFY2(answer.code == 0, answer.errors.constData());
        expected << answer.out;
    }
    QVERIFY(QJsonDocument::fromJson(expected[0]).isArray() || QJsonDocument::fromJson(expected[0]).isObject());
    QVERIFY(expected[0].contains("$pageview"));

    const auto exported = run({"export", "events", "--project", "demo", "--from", from, "--to", to, "--out", "week.parquet"});
    QVERIFY2(exported.code == 0, exported.errors.constData());
    const auto read = run({"workflow", "export-verification", "--project", "demo", "--param", "manifest=week.parquet.manifest.json", "--out", "report"});
    QVERIFY2(read.code == 0, read.errors.constData());
    QFile report(m_home.filePath("report/report.md"));
    QVERIFY(report.open(QIODevice::ReadOnly));
    auto text = report.readAll();
    const auto verdict = "is the file that was exported, and holds every row of the project from " + from + " to ";
    QVERIFY2(text.replace("\\", "").contains(verdict.toUtf8()), text.constData());
    const auto imported = run({"import", "week.parquet", "--store", store()});
    QVERIFY2(imported.code == 0, imported.errors.constData());

    for (qsizetype i = 0; i < questions.size(); ++i) {
        const auto answer = run({"query", "--project", store(), questions[i], "--format", "json"});
        QVERIFY2(answer.code == 0, answer.errors.constData());
        QCOMPARE(answer.out, expected[i]);
    }
    const auto relative = run({"query", "--project", "week", questions[0], "--format", "json"});
    QCOMPARE(relative.out, expected[0]);
    const auto who = run({"whoami", "--project", store()});
    QVERIFY2(who.code == 0 && !who.out.contains("demo data"), who.out.constData());
}

void ImportedProjectTest::aFolderThatIsServedIsFound()
{
    QVERIFY(QDir(store()).exists());
    QProcess server;
    server.setProcessEnvironment(environment());
    server.start(HOGLET_PROJECT, {"--store", store(), "--print-env", "--end-with-stdin"});
    QByteArray said;
    QTRY_VERIFY_WITH_TIMEOUT((said += server.readAllStandardOutput()).contains("POSTHOG_API_URL="), 60'000);

    const auto who = run({"whoami", "--project", store(), "--format", "json"}); // another one could not open the store

    QVERIFY2(who.code == 0, who.errors.constData());
    const auto line = said.mid(said.indexOf("POSTHOG_API_URL=") + 16);
    QVERIFY2(who.out.contains(line.left(line.indexOf('\n'))), who.out.constData());
    server.closeWriteChannel();
    QVERIFY(server.waitForFinished(30'000));
}

void ImportedProjectTest::aFolderWithoutAProjectIsRefused()
{
    for (const char *name : {"nowhere", "."}) {
        const auto answer = run({"query", "--project", name, "SELECT 1"});
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.errors.contains("is neither demo nor the folder of a local project; hoglet-agent import"), answer.errors.constData());
    }
    QVERIFY(!QDir(m_home.filePath("nowhere")).exists());
}

/// A repository may hold anybody's .env; --env-file is how one says that it is one's own.
void ImportedProjectTest::noFileOfTheFolderOneIsInIsReadUnasked()
{
    QFile file(m_home.filePath(".env"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("POSTHOG_API_URL=http://127.0.0.1:9\nPOSTHOG_PERSONAL_API_KEY=phx_of_somebody\nPOSTHOG_PROJECT_ID=1\n");
    file.close();
    auto half = environment();
    half.insert("POSTHOG_PROJECT_ID", "1");

    const auto unasked = run({"whoami"}, half);
    const auto asked = run({"whoami", "--env-file", ".env"}, half);

    QVERIFY2(unasked.errors.contains("Not set in the environment: POSTHOG_API_URL, POSTHOG_PERSONAL_API_KEY."), unasked.errors.constData());
    QVERIFY2(asked.code != 0 && asked.errors.contains("127.0.0.1"), asked.errors.constData());
    QVERIFY(!asked.errors.contains("phx_of_somebody"));
}

QTEST_GUILESS_MAIN(ImportedProjectTest)
#include "imported_project_test.moc"

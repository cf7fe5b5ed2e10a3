#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

namespace {

/// hoglet with folders of its own, on a project that nobody serves.
class Program : public QProcess
{
public:
    Program(const QTemporaryDir &home, const QStringList &arguments, bool withDisplay = true)
    {
        auto environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"})
            environment.insert(name, home.path());
        environment.insert("POSTHOG_API_URL", "http://127.0.0.1:9");
        environment.insert("POSTHOG_PERSONAL_API_KEY", "phx_secretsecretsecret");
        environment.insert("POSTHOG_PROJECT_ID", "1");
        environment.remove("DISPLAY");
        environment.remove("WAYLAND_DISPLAY");
        environment.remove("DBUS_SESSION_BUS_ADDRESS");
        if (withDisplay)
            environment.insert("QT_QPA_PLATFORM", "offscreen");
        else
            environment.remove("QT_QPA_PLATFORM");
        setProcessEnvironment(environment);
        start(HOGLET, arguments);
        waitForStarted();
    }
    ~Program() override
    {
        kill();
        waitForFinished();
    }
    bool isPainted()
    {
        while (!said.contains("first-paint")) {
            if (!waitForReadyRead(20'000))
                return false;
            said += readAllStandardOutput();
        }
        return true;
    }

    QByteArray said;
};

QJsonArray documentsIn(const QTemporaryDir &home)
{
    QFile file(home.path() + "/hoglet/window/documents.json");
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object()["tabs"].toObject()["documents"].toArray();
}

int count(const QTemporaryDir &home, const QString &kind)
{
    int found = 0;
    for (const auto &document : documentsIn(home))
        found += document.toObject()["kind"].toString() == kind;
    return found;
}

} // namespace

class HogletProgramTest : public QObject
{
    Q_OBJECT

private slots:
    void helpAndVersionNeedNoDisplay()
    {
        QTemporaryDir home;
        Program help(home, {"--help"}, false);
        QVERIFY(help.waitForFinished(10'000));
        QCOMPARE(help.exitCode(), 0);
        QVERIFY(help.readAllStandardOutput().contains("--new-query"));

        Program version(home, {"--version"}, false);
        QVERIFY(version.waitForFinished(10'000));
        QCOMPARE(version.exitCode(), 0);
        QVERIFY(version.readAllStandardOutput().startsWith("hoglet 0."));
    }
    void anUnknownOptionIsNamed()
    {
        QTemporaryDir home;
        Program program(home, {"--nonsense"}, false);

        QVERIFY(program.waitForFinished(10'000));
        QCOMPARE(program.exitCode(), 2);
        QVERIFY(program.readAllStandardError().contains("--nonsense"));
    }
    void whatIsOpenOutlivesAKilledProgram()
    {
        QTemporaryDir home;
        {
            Program program(home, {"--new-query", "--say-first-paint"});
            QVERIFY(program.isPainted());
            QTRY_COMPARE_WITH_TIMEOUT(count(home, "hogql"), 1, 5000);
            ::kill(pid_t(program.processId()), SIGKILL);
            QVERIFY(program.waitForFinished());
        }

        Program again(home, {"--say-first-paint"});

        QVERIFY(again.isPainted());
        QTest::qWait(1500);
        QCOMPARE(count(home, "hogql"), 1);
        QCOMPARE(count(home, "home"), 1);
    }
    void aSecondStartHandsOverAndLeaves()
    {
        QTemporaryDir home;
        Program first(home, {"--say-first-paint"});
        QVERIFY(first.isPainted());

        Program second(home, {"--new-query"});

        QVERIFY(second.waitForFinished(10'000));
        QCOMPARE(second.exitCode(), 0);
        QCOMPARE(first.state(), QProcess::Running);
        QTRY_COMPARE_WITH_TIMEOUT(count(home, "hogql"), 1, 5000);
    }
    void theKeyStandsNowhereOnDisk()
    {
        QTemporaryDir home;
        Program program(home, {"--say-first-paint"});
        QVERIFY(program.isPainted());
        QTest::qWait(2000);
        program.terminate();
        program.waitForFinished(5000);

        QProcess grep;
        grep.start("grep", {"-rl", "phx_secretsecretsecret", home.path()});
        QVERIFY(grep.waitForFinished());
        QCOMPARE(grep.readAllStandardOutput(), QByteArray());
    }
};

QTEST_GUILESS_MAIN(HogletProgramTest)
#include "hoglet_program_test.moc"

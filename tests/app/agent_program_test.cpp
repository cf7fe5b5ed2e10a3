#include "agent/journal/reader.h"
#include "tests/support/compare_json.h"

#include <QDirIterator>
#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace {

/// hoglet-agent with folders of its own and no project.
class Program : public QProcess
{
public:
    explicit Program(const QTemporaryDir &home, const QStringList &arguments)
    {
        auto environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"})
            environment.insert(name, home.path());
        environment.insert("POSTHOG_API_URL", "http://127.0.0.1:9"); // nobody listens there
        environment.insert("POSTHOG_PERSONAL_API_KEY", "phx_secretsecretsecret");
        environment.insert("POSTHOG_PROJECT_ID", "1");
        setProcessEnvironment(environment);
        start(HOGLET_AGENT, arguments);
        waitForStarted();
    }
    void send(const ph::Json &message) { write(QByteArray::fromStdString(message.dump()) + '\n'); }
    /// The next message with that id; null when none comes.
    ph::Json answer(const ph::Json &id)
    {
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 20'000) {
            while (canReadLine()) {
                const auto line = readLine();
                said += line;
                const auto message = ph::Json::parse(line.toStdString());
                if (message.contains("id") && message["id"] == id && !message.contains("method"))
                    return message;
            }
            waitForReadyRead(100);
        }
        return nullptr;
    }
    ph::Json call(int id, const char *method, const ph::Json &params)
    {
        send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
        return answer(id);
    }

    QByteArray said;
};

ph::Json promptOf(const std::string &session, const std::string &text)
{
    return {{"sessionId", session}, {"prompt", {{{"type", "text"}, {"text", text}}}}};
}

} // namespace

class AgentProgramTest : public QObject
{
    Q_OBJECT

private slots:
    void speaksAcpAndNothingElseOnStdout()
    {
        QTemporaryDir home;
        Program program(home, {"acp"});
        QVERIFY(program.call(0, "initialize", {{"protocolVersion", 1}}).contains("result"));
        const auto opened = program.call(1, "session/new", {{"cwd", "/"}, {"mcpServers", ph::Json::array()}});
        const std::string session = opened["result"]["sessionId"];
        const auto ended = program.call(2, "session/prompt", promptOf(session, "SELECT 1"));
        COMPARE_JSON(ended["result"]["stopReason"], "end_turn");
        QVERIFY(program.said.contains("\"status\":\"failed\"")); // nobody listens at that address, and the tool says so
        program.closeWriteChannel();
        QVERIFY(program.waitForFinished(5000));
        QCOMPARE(program.exitCode(), 0);
        program.said += program.readAllStandardOutput();
        for (const QByteArray &line : program.said.split('\n'))
            QVERIFY2(line.isEmpty() || ph::Json::parse(line.toStdString(), nullptr, false).is_object(), line.constData());

        const auto entries = journal::readRun((home.path() + "/hoglet").toStdString(), session);
        QVERIFY(entries);
        QVERIFY(entries->size() >= 8);
        QVERIFY(QString::fromStdString(entries->front().line).contains("initialize"));
        QVERIFY(QString::fromStdString(entries->back().line).contains("end_turn"));
    }

    void leavesNoKeyBehind()
    {
        QTemporaryDir home;
        {
            Program program(home, {"acp"});
            program.call(0, "initialize", {{"protocolVersion", 1}});
            const auto opened = program.call(1, "session/new", {{"cwd", "/"}, {"mcpServers", ph::Json::array()}});
            program.call(2, "session/prompt", promptOf(opened["result"]["sessionId"], "SELECT 'phx_secretsecretsecret'"));
            program.closeWriteChannel();
            program.waitForFinished(5000);
            QVERIFY(!program.readAllStandardError().contains("secretsecret"));
        }
        int files = 0;
        for (QDirIterator it(home.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); it.hasNext(); ++files) {
            QFile file(it.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(!file.readAll().contains("secretsecret"), qPrintable(file.fileName()));
        }
        QVERIFY(files > 0);
    }

    void goesOnAfterItWasKilled()
    {
        QTemporaryDir home;
        std::string session;
        {
            Program program(home, {"acp"});
            program.call(0, "initialize", {{"protocolVersion", 1}});
            session = program.call(1, "session/new", {{"cwd", "/"}, {"mcpServers", ph::Json::array()}})["result"]["sessionId"];
            program.call(2, "session/prompt", promptOf(session, "SELECT 1"));
            program.kill();
            program.waitForFinished();
        }
        Program program(home, {"acp"});
        program.call(0, "initialize", {{"protocolVersion", 1}});
        QVERIFY(program.call(1, "session/load", {{"sessionId", session}, {"cwd", "/"}, {"mcpServers", ph::Json::array()}}).contains("result"));
        QVERIFY(program.said.contains("user_message_chunk"));
        QVERIFY(program.said.contains("SELECT 1"));
        const auto list = program.call(2, "session/list", ph::Json::object());
        COMPARE_JSON(list["result"]["sessions"][0]["sessionId"], session);
        program.closeWriteChannel();
        QVERIFY(program.waitForFinished(5000));
    }

    void endsWhenItsClientLeaves()
    {
        QTemporaryDir home;
        Program program(home, {"acp"});
        program.call(0, "initialize", {{"protocolVersion", 1}});
        program.closeReadChannel(QProcess::StandardOutput);
        program.closeWriteChannel();
        QVERIFY(program.waitForFinished(5000));
        QCOMPARE(program.exitStatus(), QProcess::NormalExit);
        QCOMPARE(program.exitCode(), 0);
    }

    void answersTheCommandLine_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("out");
        QTest::addColumn<QString>("error");
        QTest::newRow("help") << QStringList{"--help"} << 0 << "hoglet-agent query" << "";
        QTest::newRow("version") << QStringList{"--version"} << 0 << "hoglet-agent 0." << "";
        QTest::newRow("nothing") << QStringList{} << 2 << "" << "a command is missing.";
        QTest::newRow("an unknown command") << QStringList{"dance"} << 2 << "" << "there is no command “dance”.";
        QTest::newRow("an unknown option") << QStringList{"objects", "--xml"} << 2 << "" << "“--xml” is not understood here.";
        QTest::newRow("query without a statement") << QStringList{"query"} << 2 << "" << "query takes a HogQL statement in quotes, a file with one, or - for stdin.";
        QTest::newRow("fields without an object") << QStringList{"fields"} << 2 << "" << "fields takes an event";
        QTest::newRow("a project that is not there") << QStringList{"query", "SELECT 1"} << 1 << "" << "hoglet-agent: ";
        QTest::newRow("an env file that is not there") << QStringList{"--env-file", "/nonexistent", "whoami"} << 2 << "" << "/nonexistent";
    }
    void answersTheCommandLine()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QString, out);
        QFETCH(QString, error);
        QTemporaryDir home;
        Program program(home, arguments);
        QVERIFY(program.waitForFinished(20'000));
        QCOMPARE(program.exitCode(), code);
        const auto stdoutText = QString::fromUtf8(program.readAllStandardOutput());
        QCOMPARE(stdoutText.isEmpty(), out.isEmpty());
        QVERIFY2(stdoutText.contains(out), qPrintable(stdoutText));
        const auto stderrText = QString::fromUtf8(program.readAllStandardError());
        QVERIFY2(stderrText.contains(error), qPrintable(stderrText));
        QVERIFY(!stderrText.contains("secretsecret"));
    }
};

QTEST_GUILESS_MAIN(AgentProgramTest)
#include "agent_program_test.moc"

#include "app/local_project_process.h"
#include "driver/base/atomic_file.h"
#include "driver/http/client.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/stat.h>
#include <thread>

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

const QString program = HOGLET_PROJECT;
constexpr int longWait = 120'000; // A store is made on a busy machine, with sanitizers.

} // namespace

/// hoglet-project as a user starts it, and as our own programs do.
class ProjectProgramTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();

    void printsThreeLinesOnceItAnswers();
    void saysWhereItIsServedInAPrivateFile();
    void endsCleanlyOnASignal_data();
    void endsCleanlyOnASignal();
    void endsWithItsInput();
    void leavesAStoreThatIsServedAlready();
    void startsAgainAfterAKill();
    void leavesADamagedStoreAsItIs();
    void makesADamagedStoreAnewWhenTold();
    void saysThatThePortIsTaken();
    void refusesWrongArguments_data();
    void refusesWrongArguments();

    void findsTheProcessThatServes();
    void startsAProcessAndEndsIt();
    void startsOneProcessForTwoWhoAsk();
    void isCancelled();
    void saysWhenTheStoreIsDamaged();
    void saysWhenTheProgramIsMissing();

private:
    struct End {
        void operator()(QProcess *process) const
        {
            process->terminate();
            process->waitForFinished(longWait);
            delete process;
        }
    };
    using Process = std::unique_ptr<QProcess, End>; // ends with its scope

    Process start(const QStringList &arguments = {"--print-env"});
    /// Starts and waits for the four lines.
    Process served();
    static int end(QProcess &process);
    int runToEnd(const QStringList &arguments, QString &errors);
    app::LocalProjectOptions options() const;
    std::string store() const { return (m_dir->path() + "/data/demo.duckdb").toStdString(); }
    int statusOf(const std::string &url, const std::string &key);

    QTemporaryDir m_made; // a store made once, copied for each test
    std::unique_ptr<QTemporaryDir> m_dir;
    http::Client m_client;
};

void ProjectProgramTest::initTestCase()
{
    qputenv("HOME", m_made.path().toUtf8());
    qputenv("XDG_STATE_HOME", m_made.path().toUtf8() + "/state");
    m_dir = std::make_unique<QTemporaryDir>();
    QProcess process;
    process.start(program, {"dump", "--csv", m_made.path() + "/csv", "--data", m_made.path()});
    QVERIFY(process.waitForFinished(longWait));
    QCOMPARE(process.exitCode(), 0);
    QVERIFY(QFile::exists(m_made.path() + "/demo.duckdb"));
    QVERIFY(QFile(m_made.path() + "/csv/events.csv").size() > 100'000'000);
}

void ProjectProgramTest::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    fs::create_directory((m_dir->path() + "/data").toStdString());
    fs::create_directory((m_dir->path() + "/run").toStdString());
    qputenv("XDG_RUNTIME_DIR", m_dir->path().toUtf8() + "/run");
    fs::copy_file((m_made.path() + "/demo.duckdb").toStdString(), store());
}

ProjectProgramTest::Process ProjectProgramTest::start(const QStringList &arguments)
{
    Process process(new QProcess);
    process->start(program, arguments + QStringList{"--data", m_dir->path() + "/data"});
    process->waitForStarted();
    return process;
}

ProjectProgramTest::Process ProjectProgramTest::served()
{
    auto process = start();
    QElapsedTimer timer;
    timer.start();
    while (process->state() == QProcess::Running && timer.elapsed() < longWait && !process->canReadLine())
        process->waitForReadyRead(1000);
    return process;
}

int ProjectProgramTest::end(QProcess &process)
{
    process.terminate();
    return process.waitForFinished(longWait) && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
}

int ProjectProgramTest::runToEnd(const QStringList &arguments, QString &errors)
{
    const auto process = start(arguments);
    if (!process->waitForFinished(longWait))
        return -1;
    errors = QString::fromUtf8(process->readAllStandardError());
    return process->exitStatus() == QProcess::NormalExit ? process->exitCode() : -1;
}

app::LocalProjectOptions ProjectProgramTest::options() const
{
    app::LocalProjectOptions out;
    out.choice.folder = (m_dir->path() + "/data").toStdString();
    out.program = program.toStdString();
    return out;
}

int ProjectProgramTest::statusOf(const std::string &url, const std::string &key)
{
    const auto response = m_client.send({"GET", url + "/api/projects/1/", {{"Authorization", "Bearer " + key}}});
    return response ? response->status : 0;
}

void ProjectProgramTest::printsThreeLinesOnceItAnswers()
{
    const auto process = served();

    const QList<QByteArray> lines = process->readAllStandardOutput().split('\n');
    QCOMPARE(lines.size(), 4);
    QVERIFY(lines[0].startsWith("POSTHOG_API_URL=http://127.0.0.1:"));
    QVERIFY(lines[1].startsWith("POSTHOG_PERSONAL_API_KEY=phx_local_"));
    QCOMPARE(lines[2], QByteArray("POSTHOG_PROJECT_ID=1"));
    QCOMPARE(lines[3], QByteArray());
    const std::string url = lines[0].mid(16).toStdString();
    const std::string key = lines[1].mid(25).toStdString();
    QCOMPARE(statusOf(url, key), 200);
    QCOMPARE(statusOf(url, key + "x"), 401);
    http::Request query{"POST",
                        url + "/api/projects/1/query/",
                        {{"Authorization", "Bearer " + key}, {"Content-Type", "application/json"}},
                        R"({"query": {"kind": "HogQLQuery", "query": "SELECT count() > 150000 FROM events"}})"};
    const auto answer = m_client.send(query);
    QVERIFY(answer);
    const ph::Json body = ph::Json::parse(answer->body);
    QVERIFY2(body.contains("results") && (body["results"][0][0] == true || body["results"][0][0] == 1), answer->body.c_str());

    QCOMPARE(end(*process), 0);
    QCOMPARE(process->readAllStandardOutput(), QByteArray());
}

void ProjectProgramTest::saysWhereItIsServedInAPrivateFile()
{
    const auto process = served();

    const auto address = localproject::readAddress(store());
    QVERIFY(address);
    QCOMPARE(address->pid, process->processId());
    QCOMPARE(address->store, store());
    QCOMPARE(statusOf(address->url, address->key), 200);
    const fs::path file = localproject::addressPathOf(store());
    struct stat info = {};
    QCOMPARE(::stat(file.c_str(), &info), 0);
    QCOMPARE(info.st_mode & 0777u, 0600u);
    QVERIFY(file.string().starts_with((m_dir->path() + "/run/hoglet/project-").toStdString()));

    QCOMPARE(end(*process), 0);
    QVERIFY(!fs::exists(file));
}

void ProjectProgramTest::endsCleanlyOnASignal_data()
{
    QTest::addColumn<int>("signal");
    QTest::addColumn<bool>("early"); // while the store is made

    QTest::newRow("SIGTERM") << SIGTERM << false;
    QTest::newRow("SIGINT") << SIGINT << false;
    QTest::newRow("SIGTERM while it starts") << SIGTERM << true;
}

void ProjectProgramTest::endsCleanlyOnASignal()
{
    QFETCH(int, signal);
    QFETCH(bool, early);
    if (early)
        fs::remove(store());
    const auto process = early ? start() : served();
    process->setReadChannel(QProcess::StandardError);
    while (early && !process->canReadLine()) // "Making the demo project …"
        QVERIFY(process->waitForReadyRead(longWait));

    ::kill(static_cast<pid_t>(process->processId()), signal);

    QVERIFY(process->waitForFinished(longWait));
    QCOMPARE(process->exitStatus(), QProcess::NormalExit);
    QCOMPARE(process->exitCode(), 0);
    QCOMPARE(fs::exists(store()), !early); // Half a store is none.
}

void ProjectProgramTest::endsWithItsInput()
{
    const auto process = start({"--print-env", "--end-with-stdin"});
    while (!process->canReadLine())
        QVERIFY(process->waitForReadyRead(longWait));

    process->closeWriteChannel();

    QVERIFY(process->waitForFinished(longWait));
    QCOMPARE(process->exitCode(), 0);
}

void ProjectProgramTest::leavesAStoreThatIsServedAlready()
{
    const auto first = served();
    const auto address = localproject::readAddress(store());
    QVERIFY(address);

    QString errors;
    QCOMPARE(runToEnd({"--print-env"}, errors), 4);
    QVERIFY2(errors.contains("is served already, by process " + QString::number(first->processId()) + " at "
                             + QString::fromStdString(address->url)),
             qPrintable(errors));
    QCOMPARE(runToEnd({"dump", "--csv", m_dir->path() + "/csv"}, errors), 4);

    QCOMPARE(statusOf(address->url, address->key), 200); // The first goes on, and can still be found.
    QVERIFY(localproject::readAddress(store()) == address);
}

void ProjectProgramTest::startsAgainAfterAKill()
{
    const auto first = served();
    first->kill();
    QVERIFY(first->waitForFinished(longWait));
    QVERIFY(fs::exists(localproject::addressPathOf(store())));
    QVERIFY(!localproject::readAddress(store())); // It is seen to be of a process that is gone.

    const auto second = served();

    const auto address = localproject::readAddress(store());
    QVERIFY(address);
    QCOMPARE(address->pid, second->processId());
    QCOMPARE(statusOf(address->url, address->key), 200);
}

void ProjectProgramTest::leavesADamagedStoreAsItIs()
{
    const std::string damaged = "no database at all" + std::string(10'000, 'x');
    QVERIFY(ph::writeFileAtomically(store(), damaged));

    QString errors;
    QCOMPARE(runToEnd({"--print-env"}, errors), 3);

    QVERIFY2(errors.contains(QString::fromStdString(store())) && errors.contains("--rebuild"), qPrintable(errors));
    QVERIFY(*ph::readFile(store()) == damaged);
    QVERIFY(!fs::exists(localproject::addressPathOf(store())));
}

void ProjectProgramTest::makesADamagedStoreAnewWhenTold()
{
    QVERIFY(ph::writeFileAtomically(store(), "no database at all"));

    const auto process = start({"--print-env", "--rebuild"});
    while (process->state() == QProcess::Running && !process->canReadLine())
        process->waitForReadyRead(1000);

    const auto address = localproject::readAddress(store());
    QVERIFY(address);
    QCOMPARE(statusOf(address->url, address->key), 200);
    QCOMPARE(*ph::readFile(store() + ".old"), std::string("no database at all"));
}

void ProjectProgramTest::saysThatThePortIsTaken()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));

    QString errors;
    QCOMPARE(runToEnd({"--print-env", "--port", QString::number(other.serverPort())}, errors), 1);

    QVERIFY2(errors.contains("Port " + QString::number(other.serverPort())
                             + " on 127.0.0.1 is taken by another program. Choose another with --port"),
             qPrintable(errors));
}

void ProjectProgramTest::refusesWrongArguments_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("message");

    QTest::newRow("unknown") << QStringList{"--nonsense=1"} << "--nonsense is not known.";
    QTest::newRow("no option") << QStringList{"serve"} << "\"serve\" is not understood.";
    QTest::newRow("port") << QStringList{"--port", "70000"} << "--port takes a number from 0 to 65535.";
    QTest::newRow("seed") << QStringList{"--seed=-1"} << "--seed takes a whole number.";
    QTest::newRow("half a dump") << QStringList{"dump"} << "dump and --csv DIR go together.";
    QTest::newRow("csv without dump") << QStringList{"--csv", "x"} << "dump and --csv DIR go together.";
}

void ProjectProgramTest::refusesWrongArguments()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, message);

    QString errors;
    QCOMPARE(runToEnd(arguments, errors), 2);
    QVERIFY2(errors.contains(message), qPrintable(errors));
}

void ProjectProgramTest::findsTheProcessThatServes()
{
    const auto process = served();
    {
        const auto project = app::LocalProject::findOrStart(m_client, options());

        QVERIFY2(project, project ? "" : project.error().message.c_str());
        QVERIFY(!project->isOurs());
        QCOMPARE(statusOf(project->credentials().host, project->credentials().key), 200);
    }
    QVERIFY(process->state() == QProcess::Running); // Who finds it does not end it.
}

void ProjectProgramTest::startsAProcessAndEndsIt()
{
    fs::remove(store());
    std::vector<std::string> said;
    std::int64_t pid = 0;
    {
        const auto project
            = app::LocalProject::findOrStart(m_client, options(), [&](const std::string &text) { said.push_back(text); });
        QVERIFY2(project, project ? "" : project.error().message.c_str());
        QVERIFY(project->isOurs());
        QCOMPARE(statusOf(project->credentials().host, project->credentials().key), 200);
        QCOMPARE(project->credentials().projectId, std::string("1"));
        pid = localproject::readAddress(store())->pid;
    }

    QVERIFY(::kill(static_cast<pid_t>(pid), 0) != 0);
    QVERIFY(!localproject::readAddress(store()));
    QVERIFY(!said.empty());
    QVERIFY(said[0].starts_with("Making the demo project"));
}

void ProjectProgramTest::startsOneProcessForTwoWhoAsk()
{
    std::optional<ph::Result<app::LocalProject>> first;
    std::thread other([&] { first = app::LocalProject::findOrStart(m_client, options()); });

    const auto second = app::LocalProject::findOrStart(m_client, options());
    other.join();

    QVERIFY2(*first, *first ? "" : first->error().message.c_str());
    QVERIFY2(second, second ? "" : second.error().message.c_str());
    QVERIFY(first->value().isOurs() != second->isOurs());
    QCOMPARE(first->value().credentials().host, second->credentials().host);
    QCOMPARE(first->value().credentials().key, second->credentials().key);
}

void ProjectProgramTest::isCancelled()
{
    fs::remove(store());
    std::stop_source stop;
    QElapsedTimer timer;

    const auto project = app::LocalProject::findOrStart(
        m_client, options(),
        [&](const std::string &) {
            timer.start();
            stop.request_stop();
        },
        stop.get_token());

    QVERIFY(!project);
    QCOMPARE(project.error().code, ph::ErrorCode::Cancelled);
    QVERIFY2(timer.elapsed() < 2000, std::to_string(timer.elapsed()).c_str());
    QVERIFY(!fs::exists(store()));
}

void ProjectProgramTest::saysWhenTheStoreIsDamaged()
{
    QVERIFY(ph::writeFileAtomically(store(), "no database at all"));

    const auto project = app::LocalProject::findOrStart(m_client, options());

    QVERIFY(!project);
    QCOMPARE(project.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY2(project.error().message.find(store()) != std::string::npos, project.error().message.c_str());
}

void ProjectProgramTest::saysWhenTheProgramIsMissing()
{
    auto without = options();
    without.program = "/nowhere/hoglet-project";

    const auto project = app::LocalProject::findOrStart(m_client, without);

    QVERIFY(!project);
    QCOMPARE(project.error().code, ph::ErrorCode::NotFound);
    QVERIFY(project.error().message.starts_with("/nowhere/hoglet-project is missing."));
}

QTEST_GUILESS_MAIN(ProjectProgramTest)
#include "project_program_test.moc"

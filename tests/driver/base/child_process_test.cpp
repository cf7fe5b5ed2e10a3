#include "driver/base/child_process.h"
#include "tests/support/process.h"

#include <QCoreApplication>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

ph::ChildOptions shell(const std::string &script)
{
    ph::ChildOptions options;
    options.argv = {"sh", "-c", script};
    options.environment = ph::childEnvironment();
    return options;
}

std::string readAll(int fd)
{
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(fd, buffer, sizeof buffer)) > 0;)
        text.append(buffer, std::size_t(got));
    return text;
}

std::string readLine(int fd)
{
    std::string text;
    for (char c = 0; ::read(fd, &c, 1) == 1 && c != '\n';)
        text += c;
    return text;
}

ph::ChildOptions onTerminal(const std::string &script, ph::TerminalSize size = {})
{
    auto options = shell(script);
    options.terminal = size;
    return options;
}

bool endsWithin(pid_t pid, std::chrono::milliseconds timeout)
{
    for (const auto deadline = std::chrono::steady_clock::now() + timeout; std::chrono::steady_clock::now() < deadline;) {
        if (!support::isRunning(pid))
            return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

} // namespace

class ChildProcessTest : public QObject
{
    Q_OBJECT

private slots:
    void runsAProgramWithItsStreams()
    {
        auto child = ph::ChildProcess::start(shell("read line; echo \"got $line\"; echo trouble >&2; exit 3"));

        QVERIFY(child);
        QCOMPARE(::write((*child)->input(), "hello\n", 6), ssize_t(6));
        (*child)->closeInput();
        QCOMPARE(readAll((*child)->output()), std::string("got hello\n"));
        QCOMPARE(readAll((*child)->errors()), std::string("trouble\n"));
        QVERIFY((*child)->wait() == (ph::ChildExit{3, {}}));
    }

    void mergesErrorsInTheirOrder()
    {
        auto options = shell("echo one; echo two >&2; echo three");
        options.mergesErrors = true;
        options.hasInput = false;

        auto child = ph::ChildProcess::start(options);

        QVERIFY(child);
        QCOMPARE(readAll((*child)->output()), std::string("one\ntwo\nthree\n"));
        QCOMPARE((*child)->errors(), -1);
    }

    void tellsTheSignalThatEndedIt()
    {
        auto child = ph::ChildProcess::start(shell("kill -SEGV $$"));

        QVERIFY(child);
        QVERIFY((*child)->wait() == (ph::ChildExit{{}, SIGSEGV}));
    }

    void runsAProgramOnATerminalOfItsOwn()
    {
        auto child = ph::ChildProcess::start(onTerminal("[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && stty size && stty -echo && echo ready && read line </dev/tty && "
                                                        "echo got $line; ps -o sid= -p $$ | tr -d ' '; exit 4",
                                                        {100, 30}));
        QVERIFY(child);
        const int terminal = (*child)->output();
        QCOMPARE((*child)->input(), -1);
        QCOMPARE((*child)->errors(), -1);
        QCOMPARE(readLine(terminal), std::string("30 100\r"));
        QCOMPARE(readLine(terminal), std::string("ready\r"));

        QCOMPARE(::write(terminal, "hello\n", 6), ssize_t(6));

        QCOMPARE(readAll(terminal), "got hello\r\n" + std::to_string((*child)->pid()) + "\r\n"); // the leader of its session
        QVERIFY((*child)->wait() == (ph::ChildExit{4, {}}));
    }

    void aTerminalCanBeWithoutInput()
    {
        auto options = onTerminal("read line && echo got; [ -t 1 ] && echo shown; echo trouble >&2");
        options.hasInput = false;

        auto child = ph::ChildProcess::start(options);

        QVERIFY(child);
        QCOMPARE(readAll((*child)->output()), std::string("shown\r\ntrouble\r\n"));
    }

    void tellsAProgramThatItsTerminalHasAnotherSize()
    {
        auto child = ph::ChildProcess::start(onTerminal("trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.05; done"));
        QVERIFY(child);
        QCOMPARE(readLine((*child)->output()), std::string("ready\r"));

        QVERIFY((*child)->resize({42, 7}));

        QCOMPARE(readLine((*child)->output()), std::string("7 42\r"));
        QVERIFY(!(*ph::ChildProcess::start(shell("true")))->resize({42, 7}));
    }

    void endsAllThatRunsOnATerminal()
    {
        // Job control puts what it starts into groups of its own.
        auto child = ph::ChildProcess::start(onTerminal("set -m; sh -c 'trap \"\" HUP TERM; echo $$; while :; do sleep 1; done' & wait"));
        QVERIFY(child);
        const auto grandchild = pid_t(std::stol(readLine((*child)->output())));
        QVERIFY(support::isRunning(grandchild));

        child->reset();

        QVERIFY(endsWithin(grandchild, 1s));
    }

    void saysWhatIsMissing()
    {
        ph::ChildOptions options;
        options.argv = {"no-such-program-anywhere"};
        options.environment = ph::childEnvironment();
        const auto child = ph::ChildProcess::start(options);
        auto elsewhere = shell("true");
        elsewhere.directory = "/no/such/folder";
        const auto nowhere = ph::ChildProcess::start(elsewhere);

        QVERIFY(!child);
        QCOMPARE(child.error().code, ph::ErrorCode::NotFound);
        QVERIFY(child.error().message.find("no-such-program-anywhere") != std::string::npos);
        QVERIFY(!nowhere);
        QVERIFY(nowhere.error().message.find("/no/such/folder") != std::string::npos);
    }

    void waitsNoLongerThanAsked()
    {
        auto child = ph::ChildProcess::start(shell("sleep 30"));
        QVERIFY(child);
        QVERIFY(!(*child)->wait({}, 20ms));

        std::stop_source source;
        std::jthread stopper([&source] {
            std::this_thread::sleep_for(30ms);
            source.request_stop();
        });
        QVERIFY(!(*child)->wait(source.get_token()));
    }

    void endsTheWholeGroup()
    {
        auto child = ph::ChildProcess::start(shell("sleep 300 & echo $!; sleep 300"));
        QVERIFY(child);
        const auto grandchild = pid_t(std::stol(readLine((*child)->output())));

        (*child)->terminate();

        QVERIFY(!support::isRunning(grandchild));
        QVERIFY(((*child)->wait() == ph::ChildExit{{}, SIGTERM}));
    }

    void endsOneThatHasLeftTheGroup()
    {
        auto child = ph::ChildProcess::start(shell("setsid sh -c 'echo $$; exec sleep 300' & wait"));
        QVERIFY(child);
        const auto daemon = pid_t(std::stol(readLine((*child)->output())));

        child->reset();

        QVERIFY(endsWithin(daemon, 1s));
    }

    void endsOneThatIgnoresTheRequest()
    {
        auto child = ph::ChildProcess::start(shell("trap '' TERM; echo ready; while :; do sleep 1; done"));
        QVERIFY(child);
        QCOMPARE(readLine((*child)->output()), std::string("ready"));

        (*child)->terminate(100ms);

        QVERIFY(((*child)->wait() == ph::ChildExit{{}, SIGKILL}));
    }

    void endsWithAProgramThatIsKilled_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::newRow("with pipes") << QByteArray("--host");
        QTest::newRow("with a terminal") << QByteArray("--host-terminal");
    }
    void endsWithAProgramThatIsKilled()
    {
        QFETCH(QByteArray, host);
        int report[2];
        QCOMPARE(::pipe2(report, 0), 0);
        const auto program = ::fork();
        if (program == 0) {
            ::dup2(report[1], STDOUT_FILENO);
            ::execl("/proc/self/exe", "child_process_test", host.constData(), nullptr);
            ::_exit(1);
        }
        ::close(report[1]);
        const auto daemon = pid_t(std::stol(readLine(report[0])));
        ::close(report[0]);
        QVERIFY(support::isRunning(daemon));

        ::kill(program, SIGKILL);
        ::waitpid(program, nullptr, 0);

        QVERIFY(endsWithin(daemon, 5s));
    }

    void keepsKeysToItself()
    {
        ::setenv("ANTHROPIC_API_KEY", "sk-ant-canary", 1);
        ::setenv("POSTHOG_PERSONAL_API_KEY", "phx_canary", 1);
        auto options = shell("env");
        options.environment = ph::childEnvironment({{"GREETING", "hello"}});

        auto child = ph::ChildProcess::start(options);

        QVERIFY(child);
        const auto text = readAll((*child)->output());
        QVERIFY(text.find("canary") == std::string::npos);
        QVERIFY(text.find("GREETING=hello\n") != std::string::npos);
        QVERIFY(text.find("PATH=") != std::string::npos);
    }

    void inheritsNoOpenFile()
    {
        const int secret = ::open("/dev/null", O_RDONLY); // without close-on-exec
        auto child = ph::ChildProcess::start(shell("[ -e /proc/$$/fd/" + std::to_string(secret) + " ] && echo open || echo closed"));

        QVERIFY(secret > 2 && child);
        QCOMPARE(readAll((*child)->output()), std::string("closed\n"));
        ::close(secret);
    }

    void looksForNoProgramInTheFolderItStandsIn()
    {
        QTemporaryDir folder;
        const auto file = std::filesystem::path(folder.path().toStdString()) / "trap";
        std::ofstream(file) << "#!/bin/sh\necho caught\n";
        std::filesystem::permissions(file, std::filesystem::perms::owner_all);

        QVERIFY(!ph::findProgram("trap", {"PATH=:."}));
        QCOMPARE(ph::findProgram("trap", {"PATH=/nowhere:" + folder.path().toStdString()}), std::optional(file));
    }
};

/// The program that endsWithAProgramThatIsKilled() kills: it tells the id of a process that has left its child's group.
static int host(bool onATerminal)
{
    auto options = shell("setsid sh -c 'trap \"\" HUP; echo $$; exec sleep 300' & wait");
    if (onATerminal)
        options.terminal = ph::TerminalSize{};
    const auto child = ph::ChildProcess::start(options);
    if (!child)
        return 1;
    const auto line = readLine((*child)->output()) + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0)
        return 1;
    ::pause();
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && std::string_view(argv[1]).starts_with("--host"))
        return host(std::string_view(argv[1]) == "--host-terminal");
    QCoreApplication app(argc, argv);
    ChildProcessTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "child_process_test.moc"

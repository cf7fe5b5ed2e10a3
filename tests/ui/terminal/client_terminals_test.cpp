#include "tests/support/process.h"
#include "ui/terminal/client_terminals.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>

using namespace std::chrono_literals;

namespace {

const acp::SessionId here{"session-1"};
const acp::SessionId there{"session-2"};

acp::CreateTerminalRequest shell(const std::string &line)
{
    acp::CreateTerminalRequest request;
    request.sessionId = here;
    request.command = "sh";
    request.args = {"-c", line};
    return request;
}

} // namespace

class ClientTerminalsTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_told = 0;
        m_terminals = std::make_unique<ui::ClientTerminals>([this] { ++m_told; });
        m_terminals->openSession(here, path());
        m_terminals->openSession(there, path());
    }
    void cleanup()
    {
        m_terminals.reset();
        m_folder.reset();
    }

    void runsACommand_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QStringList>("args");
        QTest::addColumn<QString>("output");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("a program with arguments") << "printf" << QStringList{"%s|", "a b", "$HOME", "*"} << "a b|$HOME|*|" << 0;
        QTest::newRow("a program alone") << "true" << QStringList() << "" << 0;
        QTest::newRow("a line for a shell") << "echo one && echo two | tr o 0; exit 3" << QStringList() << "one\ntw0\n" << 3;
        QTest::newRow("both streams, in order") << "sh" << QStringList{"-c", "echo out; echo err >&2; echo out"} << "out\nerr\nout\n" << 0;
        QTest::newRow("colours are left out") << "sh" << QStringList{"-c", R"(printf '\033[31mred\033[0m\n')"} << "red\n" << 0;
        QTest::newRow("nobody types") << "sh" << QStringList{"-c", "read line || echo nobody"} << "nobody\n" << 0;
        QTest::newRow("nobody turns pages") << "sh" << QStringList{"-c", "echo $PAGER $GIT_PAGER"} << "cat cat\n" << 0;
    }
    void runsACommand()
    {
        QFETCH(QString, command);
        QFETCH(QStringList, args);
        QFETCH(QString, output);
        QFETCH(int, exitCode);
        acp::CreateTerminalRequest request;
        request.sessionId = here;
        request.command = command.toStdString();
        for (const auto &arg : args)
            request.args.push_back(arg.toStdString());

        const auto terminal = create(request);

        QVERIFY((waitFor(terminal) == acp::TerminalExitStatus{exitCode, {}}));
        const auto said = m_terminals->output(terminal);
        QVERIFY(said.has_value());
        QCOMPARE(said->output, output.toStdString());
        QVERIFY(!said->truncated);
        QVERIFY((said->exitStatus == acp::TerminalExitStatus{exitCode, {}}));
    }

    void aFileWithSpacesIsRunAsItIs()
    {
        const auto program = path() / "my tool";
        std::ofstream(program) << "#!/bin/sh\necho mine\n";
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);
        acp::CreateTerminalRequest request;
        request.sessionId = here;
        request.command = program.string();

        const auto terminal = create(request);

        QVERIFY(waitFor(terminal).has_value());
        QCOMPARE(m_terminals->output(terminal)->output, std::string("mine\n"));
    }

    void runsInTheFolderAndWithTheEnvironment()
    {
        auto request = shell("pwd; echo $GREETING $PAGER; [ -n \"$PATH\" ] && echo path; echo key=$ANTHROPIC_API_KEY");
        request.env = {{"GREETING", "hello"}, {"PAGER", "less"}};
        qputenv("ANTHROPIC_API_KEY", "sk-canary");

        const auto inSession = create(request);
        request.cwd = "/";
        const auto elsewhere = create(request);

        waitFor(inSession);
        waitFor(elsewhere);
        QCOMPARE(m_terminals->output(inSession)->output, path().string() + "\nhello less\npath\nkey=\n");
        QCOMPARE(m_terminals->output(elsewhere)->output, std::string("/\nhello less\npath\nkey=\n"));
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<int>("code");
        QTest::newRow("a session that is not there") << "session" << acp::code::notFound;
        QTest::newRow("a relative folder") << "relative" << acp::code::invalidParams;
        QTest::newRow("a folder that is not there") << "missing" << acp::code::invalidParams;
        QTest::newRow("a file as folder") << "file" << acp::code::invalidParams;
        QTest::newRow("a program that is not there") << "program" << acp::code::invalidParams;
        QTest::newRow("no program") << "nothing" << acp::code::invalidParams;
        QTest::newRow("a variable without a name") << "unnamed" << acp::code::invalidParams;
        QTest::newRow("a variable with =") << "equals" << acp::code::invalidParams;
        QTest::newRow("our mark") << "mark" << acp::code::invalidParams;
        QTest::newRow("a NUL") << "nul" << acp::code::invalidParams;
    }
    void refuses()
    {
        QFETCH(QString, what);
        QFETCH(int, code);
        auto request = shell("echo never > ran");
        if (what == "session")
            request.sessionId = {"session-3"};
        else if (what == "relative")
            request.cwd = "src";
        else if (what == "missing")
            request.cwd = "/no/such/folder";
        else if (what == "file")
            request.cwd = "/etc/passwd";
        else if (what == "program")
            request.command = "no-such-program";
        else if (what == "nothing")
            request.command.clear();
        else if (what == "unnamed")
            request.env = {{"", "x"}};
        else if (what == "equals")
            request.env = {{"A=B", "x"}};
        else if (what == "mark")
            request.env = {{"HOGLET_CHILD", "x"}};
        else
            request.args[1] += std::string("\0x", 2);

        const auto created = m_terminals->create(request);

        QVERIFY(!created);
        QCOMPARE(created.error().code, code);
        QVERIFY(!created.error().message.empty());
        QVERIFY(!std::filesystem::exists(path() / "ran"));
    }

    void aTerminalIsThereForItsSessionAlone()
    {
        auto terminal = create(shell("sleep 300"));
        auto foreign = terminal;
        foreign.sessionId = there;
        auto unknown = terminal;
        unknown.terminalId = "no-such-terminal";

        for (const auto &[request, code] : {std::pair(foreign, acp::code::invalidParams), std::pair(unknown, acp::code::notFound)}) {
            QCOMPARE(m_terminals->output(request).error().code, code);
            QCOMPARE(m_terminals->waitForExit(request, {})().error().code, code);
            QCOMPARE(m_terminals->kill(request).error().code, code);
            QCOMPARE(m_terminals->release(request).error().code, code);
        }
        QVERIFY(m_terminals->output(terminal).has_value());
    }

    void keepsTheEndOfALongOutput()
    {
        auto request = shell("i=0; while [ $i -lt 200 ]; do printf 'ü%03d\\n' $i; i=$((i+1)); done");
        request.outputByteLimit = 17; // three lines of six bytes each, but for half of a letter

        const auto terminal = create(request);

        waitFor(terminal);
        const auto output = m_terminals->output(terminal);
        QVERIFY(output->truncated);
        QCOMPARE(output->output, std::string("197\nü198\nü199\n"));
    }

    void aKilledOneKeepsItsOutputAndItsId()
    {
        const auto terminal = create(shell("echo before; exec sleep 300"));
        QTRY_VERIFY_WITH_TIMEOUT(m_terminals->output(terminal)->output == "before\n", 30'000);
        QVERIFY(!m_terminals->output(terminal)->exitStatus);

        QVERIFY(m_terminals->kill(terminal).has_value());

        QVERIFY((waitFor(terminal) == acp::TerminalExitStatus{{}, "SIGTERM"}));
        QCOMPARE(m_terminals->output(terminal)->output, std::string("before\n"));
        QVERIFY((m_terminals->output(terminal)->exitStatus == acp::TerminalExitStatus{{}, "SIGTERM"}));
        QVERIFY(m_terminals->kill(terminal).has_value()); // again: nothing happens
        QVERIFY(m_terminals->release(terminal).has_value());
    }

    void killingEndsWhatItStarted()
    {
        const auto terminal = create(shell("trap '' HUP; setsid sh -c 'echo $$; exec sleep 300' & wait"));
        QTRY_VERIFY_WITH_TIMEOUT(m_terminals->output(terminal)->output.ends_with("\n"), 30'000);
        const auto daemon = pid_t(std::stol(m_terminals->output(terminal)->output));
        QVERIFY(support::isRunning(daemon));

        m_terminals->kill(terminal);

        QVERIFY(waitFor(terminal).has_value());
        QVERIFY(!support::isRunning(daemon));
    }

    void aReleaseEndsTheCommandAndAnswersWhoWaits()
    {
        const auto terminal = create(shell("echo $$; exec sleep 300"));
        QTRY_VERIFY_WITH_TIMEOUT(m_terminals->output(terminal)->output.ends_with("\n"), 30'000);
        const auto process = pid_t(std::stol(m_terminals->output(terminal)->output));
        const auto wait = m_terminals->waitForExit(terminal, {});
        std::optional<acp::Reply<acp::TerminalExitStatus>> answer;
        std::thread waiter([&] { answer = wait(); });

        QVERIFY(m_terminals->release(terminal).has_value());
        waiter.join();

        QVERIFY((*answer)->signal == "SIGKILL" && !(*answer)->exitCode);
        QTRY_VERIFY_WITH_TIMEOUT(!support::isRunning(process), 30'000);
        QCOMPARE(m_terminals->output(terminal).error().code, acp::code::notFound);
        QCOMPARE(m_terminals->release(terminal).error().code, acp::code::notFound);
    }

    void whoWaitsCanBeStopped()
    {
        const auto terminal = create(shell("sleep 300"));
        std::stop_source source;
        const auto wait = m_terminals->waitForExit(terminal, source.get_token());
        std::thread stopper([&] {
            std::this_thread::sleep_for(50ms);
            source.request_stop();
        });

        const auto answer = wait();

        stopper.join();
        QCOMPARE(answer.error().code, acp::code::cancelled);
    }

    void aSessionThatIsClosedTakesItsTerminalsWithIt()
    {
        const auto terminal = create(shell("echo $$; exec sleep 300"));
        auto other = shell("exec sleep 300");
        other.sessionId = there;
        const auto kept = create(other);
        QTRY_VERIFY_WITH_TIMEOUT(m_terminals->output(terminal)->output.ends_with("\n"), 30'000);
        const auto process = pid_t(std::stol(m_terminals->output(terminal)->output));

        m_terminals->closeSession(here);

        QTRY_VERIFY_WITH_TIMEOUT(!support::isRunning(process), 30'000);
        QCOMPARE(m_terminals->output(terminal).error().code, acp::code::notFound);
        QCOMPARE(m_terminals->create(shell("true")).error().code, acp::code::notFound);
        QVERIFY(m_terminals->output(kept).has_value());
    }

    void allEndWithTheObject()
    {
        const auto terminal = create(shell("trap '' TERM HUP; echo $$; while :; do sleep 1; done"));
        QTRY_VERIFY_WITH_TIMEOUT(m_terminals->output(terminal)->output.ends_with("\n"), 30'000);
        const auto process = pid_t(std::stol(m_terminals->output(terminal)->output));

        m_terminals.reset();

        QVERIFY(!support::isRunning(process));
    }

    void thereCannotBeAnyNumber()
    {
        std::optional<acp::RpcError> refused;
        int made = 0;
        for (; made < 200 && !refused; ++made) {
            if (const auto terminal = m_terminals->create(shell("true")); !terminal)
                refused = terminal.error();
        }

        QVERIFY(refused);
        QVERIFY(refused->message.find("Release one") != std::string::npos);
        m_terminals->closeSession(here);
        m_terminals->openSession(here, path());
        QVERIFY(m_terminals->create(shell("true")).has_value());
    }

    void tellsTheNewsInOrderUntilTheEnd()
    {
        const auto terminal = create(shell("printf '\\033[31mred\\033[0m\\n'; sleep 0.05; echo done; exit 4"));
        QTRY_VERIFY_WITH_TIMEOUT(m_told > 0, 30'000);

        std::string shown;
        std::string title;
        std::optional<acp::TerminalExitStatus> exit;
        QTRY_VERIFY_WITH_TIMEOUT((takeNews(terminal.terminalId, shown, title, exit), exit.has_value()), 30'000);

        QCOMPARE(shown, std::string("\x1b[31mred\x1b[0m\r\ndone\r\n")); // as it was written
        QCOMPARE(title, std::string("printf '\\033[31mred\\033[0m\\n'; sleep 0.05; echo done; exit 4"));
        QVERIFY((exit == acp::TerminalExitStatus{4, {}}));
        QVERIFY(m_terminals->takeNews().empty());
    }

    void newsComeAfterAReleaseToo()
    {
        const auto terminal = create(shell("echo shown; exec sleep 300"));
        QTRY_VERIFY_WITH_TIMEOUT(m_terminals->output(terminal)->output == "shown\n", 30'000);

        m_terminals->release(terminal);

        std::string shown;
        std::string title;
        std::optional<acp::TerminalExitStatus> exit;
        QTRY_VERIFY_WITH_TIMEOUT((takeNews(terminal.terminalId, shown, title, exit), exit.has_value()), 30'000);
        QCOMPARE(shown, std::string("shown\r\n"));
        QVERIFY((exit == acp::TerminalExitStatus{{}, "SIGKILL"}));
    }

    void outputThatNobodyTakesIsBounded()
    {
        auto request = shell("yes 0123456789abcdef | head -c 20000000; echo; echo last");
        request.outputByteLimit = 100;
        const auto terminal = create(request);
        waitFor(terminal);

        std::string shown;
        bool startsOver = false;
        for (const auto &news : m_terminals->takeNews()) {
            shown += news.output;
            startsOver = startsOver || news.startsOver;
        }

        QVERIFY(startsOver);
        QVERIFY(shown.size() <= 512 * 1024);
        QVERIFY(std::count(shown.begin(), shown.end(), '\n') <= 3100);
        QVERIFY(shown.starts_with("0123456789abcdef\r\n"));
        QVERIFY(shown.ends_with("last\r\n"));
    }

private:
    std::filesystem::path path() const { return std::filesystem::canonical(m_folder->path().toStdString()); }

    acp::TerminalRequest create(const acp::CreateTerminalRequest &request)
    {
        const auto created = m_terminals->create(request);
        return created ? acp::TerminalRequest{request.sessionId, created->terminalId} : acp::TerminalRequest{request.sessionId, created.error().message};
    }
    std::optional<acp::TerminalExitStatus> waitFor(const acp::TerminalRequest &terminal)
    {
        const auto exit = m_terminals->waitForExit(terminal, {})();
        return exit ? std::optional(*exit) : std::nullopt;
    }
    void takeNews(const std::string &terminal, std::string &shown, std::string &title, std::optional<acp::TerminalExitStatus> &exit)
    {
        for (const auto &news : m_terminals->takeNews()) {
            if (news.terminalId != terminal)
                continue;
            shown += news.output;
            if (!news.title.empty())
                title = news.title;
            if (news.exit)
                exit = news.exit;
        }
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::atomic<int> m_told = 0;
    std::unique_ptr<ui::ClientTerminals> m_terminals;
};

QTEST_APPLESS_MAIN(ClientTerminalsTest)
#include "client_terminals_test.moc"

#include "tests/support/process.h"
#include "ui/terminal/pty_process.h"

#include <QTest>

#include <csignal>

using namespace std::chrono_literals;

namespace {

/// What a process told, from its own thread.
class Heard
{
public:
    ui::PtyProcess::Listener listener()
    {
        return {[this](std::string_view bytes) {
                    const std::lock_guard lock(m_mutex);
                    m_output += bytes;
                },
                [this](const ph::ChildExit &exit) {
                    const std::lock_guard lock(m_mutex);
                    m_exit = exit;
                    ++m_ends;
                    m_atEnd = m_output;
                }};
    }
    std::string output() const
    {
        const std::lock_guard lock(m_mutex);
        return m_output;
    }
    std::string atEnd() const
    {
        const std::lock_guard lock(m_mutex);
        return m_atEnd;
    }
    std::optional<ph::ChildExit> exit() const
    {
        const std::lock_guard lock(m_mutex);
        return m_exit;
    }
    int ends() const
    {
        const std::lock_guard lock(m_mutex);
        return m_ends;
    }

private:
    mutable std::mutex m_mutex; // Guards what follows.
    std::string m_output;
    std::string m_atEnd;
    std::optional<ph::ChildExit> m_exit;
    int m_ends = 0;
};

ph::ChildOptions shell(const std::string &script)
{
    ph::ChildOptions options;
    options.argv = {"sh", "-c", script};
    options.environment = ph::childEnvironment({{"TERM", "xterm"}});
    options.terminal = ph::TerminalSize{90, 20};
    return options;
}

} // namespace

class PtyProcessTest : public QObject
{
    Q_OBJECT

private slots:
    void tellsAllThatWasWrittenBeforeTheEnd()
    {
        Heard heard;
        const auto process = ui::PtyProcess::start(shell("i=0; while [ $i -lt 3000 ]; do echo line $i of many; i=$((i+1)); done; exit 7"), heard.listener());
        QVERIFY(process);

        QTRY_VERIFY_WITH_TIMEOUT(heard.exit(), 30'000);

        QVERIFY(heard.exit() == (ph::ChildExit{7, {}}));
        QVERIFY(heard.atEnd().ends_with("line 2999 of many\r\n"));
        const auto output = heard.output();
        QCOMPARE(std::count(output.begin(), output.end(), '\n'), 3000);
        QCOMPARE(heard.ends(), 1);
    }

    void tellsTheSignal()
    {
        Heard heard;
        const auto process = ui::PtyProcess::start(shell("kill -ABRT $$"), heard.listener());

        QVERIFY(process);
        QTRY_VERIFY_WITH_TIMEOUT(heard.exit() == (ph::ChildExit{{}, SIGABRT}), 30'000);
    }

    void typesAndResizes()
    {
        Heard heard;
        const auto process = ui::PtyProcess::start(shell("trap 'stty size' WINCH; stty size; while ! read line; do :; done; echo \"got $line\""), heard.listener());
        QVERIFY(process);
        QTRY_VERIFY_WITH_TIMEOUT(heard.output().starts_with("20 90\r\n"), 30'000);

        (*process)->resize({33, 11});
        QTRY_VERIFY_WITH_TIMEOUT(heard.output().find("11 33") != std::string::npos, 30'000);
        (*process)->write("hello\r");

        QTRY_VERIFY_WITH_TIMEOUT(heard.output().find("got hello\r\n") != std::string::npos, 30'000);
    }

    void aProgramThatReadsNothingHoldsNobodyUp()
    {
        Heard heard;
        const auto process = ui::PtyProcess::start(shell("stty raw -echo; echo ready; sleep 300"), heard.listener());
        QVERIFY(process);
        QTRY_VERIFY_WITH_TIMEOUT(heard.output().find("ready") != std::string::npos, 30'000);

        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 100; ++i)
            (*process)->write(std::string(100'000, 'x'));

        QVERIFY(timer.elapsed() < 5'000);
    }

    void endsWhenAsked()
    {
        Heard heard;
        const auto process = ui::PtyProcess::start(shell("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.02; done"), heard.listener());
        QVERIFY(process);
        QTRY_VERIFY_WITH_TIMEOUT(heard.output() == "ready\r\n", 30'000);

        (*process)->end();

        QTRY_VERIFY_WITH_TIMEOUT(heard.exit() == (ph::ChildExit{3, {}}), 30'000);
        QVERIFY(heard.atEnd().ends_with("bye\r\n"));
    }

    void endsOneThatIgnoresTheRequest()
    {
        Heard heard;
        const auto process = ui::PtyProcess::start(shell("trap '' TERM HUP; echo ready; while :; do sleep 1; done"), heard.listener());
        QVERIFY(process);
        QTRY_VERIFY_WITH_TIMEOUT(heard.output() == "ready\r\n", 30'000);

        (*process)->end();

        QTRY_VERIFY_WITH_TIMEOUT(heard.exit() == (ph::ChildExit{{}, SIGKILL}), 30'000);
    }

    void endsWithAllItStarted()
    {
        Heard heard;
        auto process = ui::PtyProcess::start(shell("trap '' HUP; setsid sh -c 'echo $$; exec sleep 300' & wait"), heard.listener());
        QVERIFY(process);
        QTRY_VERIFY_WITH_TIMEOUT(heard.output().ends_with("\r\n"), 30'000);
        const auto daemon = pid_t(std::stol(heard.output()));
        QVERIFY(support::isRunning(daemon));

        process->reset();

        QVERIFY(!support::isRunning(daemon));
        QCOMPARE(heard.ends(), 0); // Nothing is told any more.
    }

    void theEndIsTheProgramsNotThatOfWhatItLeftRunning()
    {
        Heard heard;
        const auto process = ui::PtyProcess::start(shell("trap '' HUP; (sleep 0.3; echo later; sleep 300) & echo now"), heard.listener());
        QVERIFY(process);

        QTRY_VERIFY_WITH_TIMEOUT(heard.exit() == (ph::ChildExit{0, {}}), 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(heard.output().find("later") != std::string::npos, 30'000);
    }

    void saysWhatIsMissing()
    {
        auto options = shell("true");
        options.argv = {"no-such-program"};

        const auto process = ui::PtyProcess::start(options, Heard().listener());

        QVERIFY(!process);
        QVERIFY(process.error().message.find("no-such-program") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(PtyProcessTest)
#include "pty_process_test.moc"

#include "agent/tools/bash.h"
#include "tests/support/compare_json.h"
#include "tests/support/fake_editor.h"
#include "tests/support/tool_folder.h"

#include <QElapsedTimer>
#include <QTest>

#include <csignal>
#include <thread>

using namespace std::chrono_literals;
using support::ToolContext;
using support::ToolFolder;

namespace {

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

#define VERIFY_HAS(text, part) QVERIFY2(has(text, part), std::string(text).substr(0, 2'000).c_str())

/// Waits until the file holds a process id, and returns it.
pid_t pidIn(const std::filesystem::path &file)
{
    for (int i = 0; i < 500; ++i) {
        if (const auto text = ToolFolder::read(file); text.ends_with('\n'))
            return std::stoi(text);
        std::this_thread::sleep_for(10ms);
    }
    return 0;
}

bool isGone(pid_t pid)
{
    for (int i = 0; i < 300; ++i) {
        std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
        std::string line;
        if (!std::getline(stat, line) || line.find(") Z ") != std::string::npos)
            return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

} // namespace

class BashTest : public QObject
{
    Q_OBJECT

private slots:
    void runsACommandInTheWorkingFolder()
    {
        ToolFolder folder;
        ToolContext context(folder.setting());
        const auto output = run(context, "pwd; echo err >&2; echo done");
        QVERIFY(!output.failed);
        QCOMPARE(output.text, folder.work.string() + "\nerr\ndone\n");
        COMPARE_JSON(output.raw, {{"exitCode", 0}, {"signal", nullptr}, {"timedOut", false}});
        QCOMPARE(output.content.at(0).content->text, std::optional<std::string>("```console\n" + output.text + "```"));
    }

    void saysHowACommandEnded_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("text");
        QTest::newRow("with a code") << "echo no; exit 3" << "no\nExit code 3.";
        QTest::newRow("by a signal") << "kill -9 $$" << "Ended by SIGKILL.";
        QTest::newRow("not known") << "no-such-program-here 2>/dev/null" << "Exit code 127.";
    }
    void saysHowACommandEnded()
    {
        QFETCH(QString, line);
        QFETCH(QString, text);
        ToolFolder folder;
        ToolContext context(folder.setting());
        const auto output = run(context, line.toStdString());
        QVERIFY(output.failed);
        QCOMPARE(QString::fromStdString(output.text), text);
    }

    void keepsTheBeginningAndTheEndOfAFlood()
    {
        ToolFolder folder;
        ToolContext context(folder.setting());
        const auto output = run(context, "echo first; head -c 10000000 /dev/zero | tr '\\0' 'x'; echo; echo last");
        QVERIFY(output.text.size() < 32'000);
        QVERIFY(output.text.starts_with("first\nxxx"));
        QVERIFY(output.text.ends_with("xxx\nlast\n"));
        VERIFY_HAS(output.text, " bytes are left out here …");
    }

    void endsACommandThatFloodsForEver()
    {
        ToolFolder folder;
        ToolContext context(folder.setting());
        QElapsedTimer time;
        time.start();
        const auto output = run(context, "yes", {{"timeout", 300}});
        QVERIFY(output.failed && time.elapsed() < 5'000);
        VERIFY_HAS(output.text, "It did not end within 300 ms and was ended.");
        QVERIFY(output.text.size() < 32'000);
    }

    void givesTheModelTextWithoutTerminalCodes()
    {
        ToolFolder folder;
        ToolContext context(folder.setting());
        QCOMPARE(run(context, R"(printf '\033[31mred\033[0m \033]8;;http://evil\033\\link\033]8;;\033\\ \xff 10%%\r20%%\n')").text, std::string("20%\n"));
        QCOMPARE(run(context, R"(printf '\033[1;31mred\033[0m \033]0;title\007bad\xff\n')").text, std::string("red bad\xef\xbf\xbd\n"));
    }

    void keepsOurKeysFromCommands()
    {
        ToolFolder folder;
        ToolContext context(folder.setting());
        qputenv("POSTHOG_PERSONAL_API_KEY", "phx_canary");
        qputenv("ANTHROPIC_API_KEY", "sk-ant-canary");
        const auto output = run(context, "env; cat /proc/self/environ");
        qunsetenv("POSTHOG_PERSONAL_API_KEY");
        qunsetenv("ANTHROPIC_API_KEY");
        QVERIFY(!has(output.text, "canary"));
        VERIFY_HAS(output.text, "PAGER=cat");
    }

    void endsWhatIgnoresTheAskingWithinTwoSeconds()
    {
        ToolFolder folder;
        ToolContext context(folder.setting());
        std::stop_source stop;
        std::thread canceller([&] {
            pidIn(folder.work / "pid");
            stop.request_stop();
        });
        QElapsedTimer time;
        const ph::Json input{{"command", "trap '' TERM INT HUP; echo $$ > pid; while true; do sleep 0.05; done"}};
        time.start();
        const auto output = context.call(*m_tools[0], input, stop.get_token());
        canceller.join();

        QVERIFY(!output && output.error().code == ph::ErrorCode::Cancelled);
        QVERIFY2(time.elapsed() < 4'000, qPrintable(QString::number(time.elapsed())));
        QVERIFY(isGone(pidIn(folder.work / "pid")));
    }

    void endsWhatForksAwayWithTheCommand()
    {
        ToolFolder folder;
        ToolContext context(folder.setting());
        const auto output = run(context, "setsid bash -c 'echo $$ > pid; exec sleep 300' & sleep 0.3; echo started");
        QVERIFY(!output.failed);
        VERIFY_HAS(output.text, "started\nWhat it had left running was ended; use `run_in_background`");
        QVERIFY(isGone(pidIn(folder.work / "pid")));
        // Without the pipe in its hands it is ended all the same.
        run(context, "setsid bash -c 'echo $$ > pid2; exec sleep 300' > /dev/null 2>&1 & sleep 0.3");
        QVERIFY(isGone(pidIn(folder.work / "pid2")));
    }

    void goesOnInTheBackgroundUntilItIsEnded()
    {
        ToolFolder folder;
        ToolContext context(folder.setting());
        const auto started = run(context, "echo $$ > pid; echo one; while [ ! -e go ]; do sleep 0.02; done; echo two; sleep 300", {{"run_in_background", true}});
        COMPARE_JSON(started.raw, {{"bashId", "bash_1"}});
        const auto pid = pidIn(folder.work / "pid");
        const auto read = [&] { return context.call(*m_tools[1], {{"bash_id", "bash_1"}})->text; };
        std::string all;
        for (int i = 0; i < 300 && !has(all, "two"); ++i) {
            all += read();
            if (has(all, "one"))
                ToolFolder::write(folder.work / "go", "");
            std::this_thread::sleep_for(10ms);
        }
        QCOMPARE(QString::fromStdString(all).count("one"), 1); // Each part is told once.
        QCOMPARE(read(), std::string("Nothing new.\nIt is running."));

        QCOMPARE(context.call(*m_tools[2], {{"shell_id", "bash_1"}})->text, std::string("Ended bash_1."));
        QVERIFY(isGone(pid));
        QVERIFY(context.call(*m_tools[2], {{"shell_id", "bash_1"}})->failed);
        QVERIFY(context.call(*m_tools[1], {{"bash_id", "bash_1"}})->failed);
    }

    void endsTheBackgroundWithTheSession()
    {
        ToolFolder folder;
        pid_t pid = 0;
        {
            ToolContext context(folder.setting());
            run(context, "echo $$ > pid; sleep 300", {{"run_in_background", true}});
            pid = pidIn(folder.work / "pid");
        }
        QVERIFY(isGone(pid));
    }

    void asksTheSandboxInPlanMode()
    {
        ToolFolder folder;
        ToolContext without(folder.setting());
        without.currentMode = permissions::Mode::Plan;
        const auto refused = run(without, "touch made");
        QVERIFY(refused.failed && !std::filesystem::exists(folder.work / "made"));
        VERIFY_HAS(refused.text, "Plan mode runs no commands here");

        auto setting = folder.setting();
        setting.sandbox = [](const std::string &line, const std::filesystem::path &) -> ph::Result<std::vector<std::string>> {
            return std::vector<std::string>{"env", "BOXED=yes", "bash", "-c", line};
        };
        ToolContext with(setting);
        with.currentMode = permissions::Mode::Plan;
        QCOMPARE(run(with, "echo $BOXED").text, std::string("yes\n"));
    }

    void usesTheClientsTerminalAndReleasesIt()
    {
        ToolFolder folder;
        support::FakeEditor editor;
        editor.output = "from the editor\n";
        {
            ToolContext context(withTerminals(folder, editor));
            editor.exitWith({2, {}});
            const auto output = run(context, "make");
            QVERIFY(output.failed);
            QCOMPARE(output.text, std::string("from the editor\nExit code 2."));
            COMPARE_JSON(output.content, ph::Json::array({{{"type", "terminal"}, {"terminalId", "term-1"}}}));
            COMPARE_JSON(*context.updates.at(0).content, ph::Json::array({{{"type", "terminal"}, {"terminalId", "term-1"}}}));
            COMPARE_JSON(editor.created.at(0).args, ph::Json::array({"-c", "make"}));
            QCOMPARE(editor.created.at(0).cwd, std::optional(folder.work.string()));
        }
        QCOMPARE(editor.released, std::vector<std::string>{"term-1"});
    }

    void releasesTheTerminalOfACancelEvenWhenTheClientDoesNotAnswer()
    {
        ToolFolder folder;
        support::FakeEditor editor;
        editor.isDeaf = true;
        ToolContext context(withTerminals(folder, editor));
        std::stop_source stop;
        std::thread canceller([&] {
            std::this_thread::sleep_for(50ms);
            stop.request_stop();
        });
        QElapsedTimer time;
        time.start();
        const auto output = context.call(*m_tools[0], {{"command", "sleep 300"}}, stop.get_token());
        canceller.join();
        QVERIFY(!output && output.error().code == ph::ErrorCode::Cancelled);
        QVERIFY2(time.elapsed() < 4'000, qPrintable(QString::number(time.elapsed())));
        QCOMPARE(editor.killed, std::vector<std::string>{"term-1"});
        QCOMPARE(editor.released, std::vector<std::string>{"term-1"});
    }

    void readsAndWritesTheEditorsBuffers()
    {
        ToolFolder folder;
        support::FakeEditor editor;
        folder.write(folder.work / "a.txt", "on disk");
        const auto path = (folder.work / "a.txt").string();
        editor.buffers[path] = "not saved yet";
        auto setting = folder.setting();
        setting.client = &editor;
        setting.offers.fs = {true, true};
        tools::Workspace workspace(setting);

        const auto content = workspace.files().read(path, {});
        QCOMPARE(content->bytes, std::string("not saved yet"));
        editor.buffers[path] = "typed on";
        QVERIFY(!workspace.files().write(path, "ours", content->state, {}));
        QCOMPARE(editor.buffers[path], std::string("typed on"));
        QVERIFY(workspace.files().write(path, "ours", workspace.files().read(path, {})->state, {}).has_value());
        QCOMPARE(editor.buffers[path], std::string("ours"));
        // The editor's files are the session's only within its folders.
        editor.buffers["/etc/passwd"] = "root";
        QVERIFY(!workspace.files().read("/etc/passwd", {}));
    }

    void findsThePullRequestOfACommand()
    {
        using tools::pullRequestOf;
        QCOMPARE(pullRequestOf("cd x && gh  pr   create --draft", "see https://github.com/o/r-1/pull/12\n"), std::optional<std::string>("https://github.com/o/r-1/pull/12"));
        QCOMPARE(pullRequestOf("gh pr view", "https://github.com/o/r/pull/7"), std::optional<std::string>());
        QCOMPARE(pullRequestOf("gh pr create", "https://github.com/o/pull/7 https://github.com/o/r/pull/x"), std::optional<std::string>());
        QCOMPARE(pullRequestOf("weigh pr create", "https://github.com/o/r/pull/7"), std::optional<std::string>());
    }

private:
    static tools::WorkspaceSetting withTerminals(const ToolFolder &folder, support::FakeEditor &editor)
    {
        auto setting = folder.setting();
        setting.client = &editor;
        setting.offers.terminal = true;
        return setting;
    }
    tools::Output run(ToolContext &context, const std::string &line, ph::Json input = ph::Json::object())
    {
        input["command"] = line;
        const auto output = context.call(*m_tools[0], input);
        return output ? *output : tools::Output{true, output.error().message, {}, {}, {}, {}, {}, false};
    }

    std::vector<std::shared_ptr<tools::Tool>> m_tools = tools::makeBashTools();
};

QTEST_APPLESS_MAIN(BashTest)
#include "bash_test.moc"

#include "agent/external/agent_process.h"
#include "tests/support/process.h"

#include <QStandardPaths>
#include <QTest>

#include <csignal>
#include <thread>

using namespace std::chrono_literals;

namespace {

external::AgentCommand fakeAgent(std::vector<std::string> options = {})
{
    external::AgentCommand command{"python3", {HOGLET_FAKE_AGENT}, {}};
    command.arguments.insert(command.arguments.end(), options.begin(), options.end());
    return command;
}

const std::string hello = R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":1}})";

} // namespace

class AgentProcessTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable("python3").isEmpty())
            QSKIP("The agent of these tests is a Python program, and there is no python3 here.");
    }

    void carriesLinesBothWays()
    {
        const auto agent = external::AgentProcess::start(fakeAgent());

        QVERIFY(agent);
        (*agent)->send(hello);
        const auto reply = (*agent)->receive();
        QVERIFY(reply && reply->find("\"protocolVersion\": 1") != std::string::npos);
    }

    void keepsWhatTheAgentWritesToStderr()
    {
        const auto agent = external::AgentProcess::start(fakeAgent());
        QVERIFY(agent);
        (*agent)->send(hello);
        QVERIFY((*agent)->receive());

        QTRY_VERIFY((*agent)->errors().starts_with("starting with "));
        QVERIFY((*agent)->errors().find("phx_0123456789") == std::string::npos);
    }

    void saysWhyItEnded()
    {
        const auto agent = external::AgentProcess::start(fakeAgent({"die-on-init"}));
        QVERIFY(agent);
        (*agent)->send(hello);

        QVERIFY(!(*agent)->receive());
        const auto ending = (*agent)->ending();
        QVERIFY2(ending.starts_with("python3 ended with code 7: no such model\n\nstarting with "), ending.c_str());
        QVERIFY2(ending.ends_with("\nno such model"), ending.c_str());
    }

    void hasNothingToSayOfAnAgentThatWeClosed()
    {
        const auto agent = external::AgentProcess::start(fakeAgent());
        QVERIFY(agent);
        (*agent)->close();

        QCOMPARE((*agent)->ending(), std::string());
    }

    void saysTheSignalThatEndedIt()
    {
        const auto agent = external::AgentProcess::start(fakeAgent());
        QVERIFY(agent);
        ::kill((*agent)->pid(), SIGKILL);

        QVERIFY(!(*agent)->receive());
        QVERIFY((*agent)->ending().starts_with("python3 was ended by Killed"));
    }

    void tellsWhatToInstallWhenThereIsNoSuchProgram()
    {
        const auto agent = external::AgentProcess::start({"no-such-agent", {}, {}});

        QVERIFY(!agent);
        QCOMPARE(agent.error().code, ph::ErrorCode::NotFound);
        QVERIFY(agent.error().message.find("no-such-agent") != std::string::npos);
    }

    void endsAStubbornAgentAndItsChildren()
    {
        auto agent = external::AgentProcess::start(fakeAgent({"stubborn", "children"}));
        QVERIFY(agent);
        (*agent)->send(hello);
        QVERIFY((*agent)->receive());
        QTRY_VERIFY((*agent)->errors().find("child ") != std::string::npos);
        const auto errors = (*agent)->errors();
        const auto child = pid_t(std::stol(errors.substr(errors.find("child ") + 6)));
        const auto pid = (*agent)->pid();
        QVERIFY(support::isRunning(child));

        agent->reset();

        QVERIFY(!support::isRunning(pid));
        QVERIFY(!support::isRunning(child));
    }

    void canBeEndedWhileSomebodyListensAndSends()
    {
        const auto agent = external::AgentProcess::start(fakeAgent({"silent"}));
        QVERIFY(agent);
        std::jthread listener([&agent] {
            while ((*agent)->receive()) { }
        });
        std::jthread sender([&agent](const std::stop_token &stop) {
            while (!stop.stop_requested())
                (*agent)->send(hello);
        });

        (*agent)->end();
        (*agent)->end();

        QVERIFY(!support::isRunning((*agent)->pid()));
        QCOMPARE((*agent)->receive(), std::optional<std::string>());
    }

    void givesTheAgentItsOwnKeysAndNoneOfOurs()
    {
        ::setenv("POSTHOG_PERSONAL_API_KEY", "phx_canary", 1);
        auto command = fakeAgent({"echo-env", "POSTHOG_PERSONAL_API_KEY"});
        const auto without = external::AgentProcess::start(command);
        command.arguments.back() = "OPENAI_API_KEY";
        command.environment = {{"OPENAI_API_KEY", "sk-for-codex"}};
        const auto with = external::AgentProcess::start(command);
        QVERIFY(without && with);

        const std::string prompt = R"({"jsonrpc":"2.0","id":1,"method":"session/prompt","params":{"sessionId":"s-1","prompt":[{"type":"text","text":"?"}]}})";
        (*without)->send(prompt);
        (*with)->send(prompt);

        QVERIFY((*without)->receive()->find("absent") != std::string::npos);
        QVERIFY((*with)->receive()->find("sk-for-codex") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(AgentProcessTest)
#include "agent_process_test.moc"

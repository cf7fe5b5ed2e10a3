#include "agent/mcp/servers.h"

#include <QElapsedTimer>
#include <QStandardPaths>
#include <QTest>

using namespace std::chrono_literals;
using Phase = mcp::Servers::State::Phase;

namespace {

mcp::ServerConfig python(const std::string &name, std::vector<std::string> options = {})
{
    mcp::ServerConfig config;
    config.name = name;
    config.command = "python3";
    config.arguments = {HOGLET_FAKE_MCP_SERVER, "stdio"};
    config.arguments.insert(config.arguments.end(), options.begin(), options.end());
    return config;
}

} // namespace

class ServersTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable("python3").isEmpty())
            QSKIP("The server of these tests is a Python program, and there is no python3 here.");
    }

    void startsAllAndTellsWhichFailed()
    {
        mcp::ServerConfig missing;
        missing.name = "missing";
        missing.command = "no-such-server";
        mcp::Servers servers({python("good"), missing}, {"1.0", "/", 20s, 20s});

        const auto states = servers.states(20s, {});

        QVERIFY(states[0].phase == Phase::Ready);
        QCOMPARE(states[0].tools.size(), std::size_t(7));
        QCOMPARE(states[0].prompts.size(), std::size_t(1));
        QVERIFY(states[1].phase == Phase::Failed);
        QVERIFY(states[1].problem.find("no-such-server") != std::string::npos);
    }

    void doesNotWaitLongerThanAsked()
    {
        QElapsedTimer timer;
        timer.start();
        mcp::Servers servers({python("slow")}, {"1.0", "/", 20s, 20s});
        const auto states = servers.states(1ms, {});

        QVERIFY(states[0].phase == Phase::Starting || states[0].phase == Phase::Ready);
        QVERIFY(timer.elapsed() < 5'000);
    }

    void startsAServerAgainThatHasDied()
    {
        mcp::Servers servers({python("mortal")}, {"1.0", "/", 20s, 20s});
        QVERIFY(servers.states(20s, {})[0].phase == Phase::Ready);
        QVERIFY(!servers.callTool("mortal", "die", ph::Json::object(), {}, {}));

        const auto result = servers.callTool("mortal", "echo", {{"a", "again"}}, {}, {});

        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QVERIFY(result->content[0]["text"].get<std::string>().find("again") != std::string::npos);
    }

    void asksAgainWhenTheToolsHaveChanged()
    {
        mcp::Servers servers({python("growing")}, {"1.0", "/", 20s, 20s});
        QCOMPARE(servers.states(20s, {})[0].tools.size(), std::size_t(7));
        QVERIFY(servers.callTool("growing", "grow", ph::Json::object(), {}, {}));

        QTRY_COMPARE_WITH_TIMEOUT(servers.states(1s, {})[0].tools.size(), std::size_t(8), 5'000);
    }

    void tellsThatThereIsNoSuchServer()
    {
        mcp::Servers servers({}, {"1.0"});

        QCOMPARE(servers.callTool("x", "y", {}, {}, {}).error().code, ph::ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(ServersTest)
#include "servers_test.moc"

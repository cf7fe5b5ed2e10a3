#include "agent/external/connection_check.h"

#include <QElapsedTimer>
#include <QStandardPaths>
#include <QTest>

#include <thread>

using namespace std::chrono_literals;

namespace {

ph::Result<external::AgentReport> check(std::vector<std::string> options, std::stop_token stop = {}, std::chrono::milliseconds timeout = 20s)
{
    external::AgentCommand command{"python3", {HOGLET_FAKE_AGENT}, {}};
    command.arguments.insert(command.arguments.end(), options.begin(), options.end());
    return external::checkConnection(command, {"hoglet-test", "1", {}}, std::move(stop), timeout);
}

} // namespace

class ConnectionCheckTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable("python3").isEmpty())
            QSKIP("The agent of these tests is a Python program, and there is no python3 here.");
    }

    void tellsVersionCapabilitiesAndThatSomebodyIsLoggedIn()
    {
        const auto report = check({"noise"});

        QVERIFY2(report, report ? "" : report.error().message.c_str());
        QCOMPARE(report->name, std::string("Fake"));
        QCOMPARE(report->version, std::string("1.2.3"));
        QCOMPARE(report->protocolVersion, 1);
        QVERIFY(report->capabilities.at("loadSession") == true);
        QCOMPARE(report->authMethods.size(), std::size_t(1));
        QVERIFY(report->auth == external::AgentReport::Auth::LoggedIn);
        QCOMPARE(report->configOptions.size(), std::size_t(1));
    }

    void tellsThatNobodyIsLoggedIn()
    {
        const auto report = check({"logged-out"});

        QVERIFY(report);
        QVERIFY(report->auth == external::AgentReport::Auth::LoggedOut);
        QCOMPARE(report->authDetail, std::string("Please log in"));
    }

    void refusesAnotherVersion()
    {
        const auto report = check({"version-2"});

        QVERIFY(!report);
        QCOMPARE(report.error().code, ph::ErrorCode::InvalidInput);
        QVERIFY(report.error().message.find("version 2") != std::string::npos);
    }

    void saysWhyAnAgentEnded()
    {
        const auto report = check({"die-on-init"});

        QVERIFY(!report);
        QCOMPARE(report.error().message, std::string("python3 ended with code 7: no such model"));
    }

    void waitsNoLongerThanAskedForOneThatSaysNothing()
    {
        QElapsedTimer timer;
        timer.start();
        const auto report = check({"silent"}, {}, 300ms);

        QVERIFY(!report);
        QCOMPARE(report.error().code, ph::ErrorCode::Network);
        QVERIFY(timer.elapsed() < 15'000);
    }

    void endsAtOnceWhenItIsStopped()
    {
        std::stop_source source;
        std::jthread stopper([&source] {
            std::this_thread::sleep_for(200ms);
            source.request_stop();
        });
        const auto report = check({"silent"}, source.get_token());

        QVERIFY(!report);
        QCOMPARE(report.error().code, ph::ErrorCode::Cancelled);
    }
};

QTEST_GUILESS_MAIN(ConnectionCheckTest)
#include "connection_check_test.moc"

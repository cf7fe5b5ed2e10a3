#include "agent/mcp/client.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <thread>

using namespace std::chrono_literals;

namespace {

/// A fake server of one of the three kinds.
class FakeServer
{
public:
    explicit FakeServer(const QString &kind, const QStringList &options = {})
    {
        config.name = "fake";
        if (kind == "stdio") {
            config.command = "python3";
            config.arguments = {HOGLET_FAKE_MCP_SERVER, "stdio"};
            for (const auto &option : options)
                config.arguments.push_back(option.toStdString());
            config.environment = {{"SERVER_KEY", "its own"}};
            return;
        }
        m_process.start("python3", QStringList{HOGLET_FAKE_MCP_SERVER, kind} + options);
        m_process.waitForReadyRead(20'000);
        const auto port = m_process.readLine().trimmed().toStdString();
        config.kind = kind == "http" ? mcp::ServerConfig::Kind::Http : mcp::ServerConfig::Kind::Sse;
        config.url = "http://127.0.0.1:" + port + "/" + kind.toStdString();
        config.headers = {{"Authorization", "Bearer open"}};
    }
    ~FakeServer()
    {
        m_process.closeWriteChannel();
        if (m_process.state() != QProcess::NotRunning && !m_process.waitForFinished(3'000))
            m_process.kill();
        m_process.waitForFinished(3'000);
    }

    mcp::ServerConfig config;

private:
    QProcess m_process;
};

ph::Result<std::unique_ptr<mcp::Client>> connectTo(const FakeServer &server, mcp::ClientSetting setting = {"1.0", "/", 20s, 20s})
{
    return mcp::Client::connect(server.config, setting, {});
}

} // namespace

class ClientTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable("python3").isEmpty())
            QSKIP("The server of these tests is a Python program, and there is no python3 here.");
    }

    void usesAServerOfEachKind_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char *kind : {"stdio", "http", "sse"})
            QTest::newRow(kind) << kind;
    }
    void usesAServerOfEachKind()
    {
        QFETCH(QString, kind);
        const FakeServer server(kind);
        const auto client = connectTo(server);
        QVERIFY2(client, client ? "" : client.error().message.c_str());

        const auto tools = (*client)->listTools({});
        QVERIFY2(tools, tools ? "" : tools.error().message.c_str());
        QCOMPARE(tools->size(), std::size_t(7)); // three pages
        QCOMPARE((*tools)[0].name, std::string("echo"));
        QCOMPARE((*tools)[0].title, std::string("Echo"));
        QVERIFY((*tools)[0].readOnly && !(*tools)[1].readOnly);

        const auto said = (*client)->callTool("echo", {{"a", "ä"}}, {}, {});
        QVERIFY2(said, said ? "" : said.error().message.c_str());
        QVERIFY(said->content[0]["text"].get<std::string>().find("\\u00e4") != std::string::npos);
        const auto failed = (*client)->callTool("fail", ph::Json::object(), {}, {});
        QVERIFY(failed && failed->isError);
        const auto prompts = (*client)->listPrompts({});
        QVERIFY(prompts && prompts->size() == 1 && prompts->front().arguments == std::vector<std::string>{"file"});
        QCOMPARE(*(*client)->getPrompt("review", {{"file", "a.cpp"}}, {}), std::string("Review a.cpp"));
    }

    void tellsProgressAndOfNewTools_data() { usesAServerOfEachKind_data(); }
    void tellsProgressAndOfNewTools()
    {
        QFETCH(QString, kind);
        const FakeServer server(kind);
        const auto client = connectTo(server);
        QVERIFY(client);
        std::stop_source source;
        std::string heard;
        const auto slow = (*client)->callTool("slow", ph::Json::object(),
                                              [&](const std::string &words) {
                                                  heard = words;
                                                  source.request_stop();
                                              },
                                              source.get_token());
        QVERIFY(!slow);
        QCOMPARE(slow.error().code, ph::ErrorCode::Cancelled);
        QCOMPARE(heard, std::string("half way"));

        QVERIFY((*client)->callTool("grow", ph::Json::object(), {}, {}));
        bool isChanged = false; // Asking takes the news, so what was heard once is kept.
        QTRY_VERIFY_WITH_TIMEOUT(isChanged = isChanged || (*client)->takeToolsChanged(), 5'000);
        QCOMPARE((*client)->listTools({})->back().name, std::string("grown"));
    }

    void givesAServerItsOwnKeysAndNoneOfOurs()
    {
        ::setenv("POSTHOG_PERSONAL_API_KEY", "phx_canary", 1);
        const FakeServer server("stdio");
        const auto client = connectTo(server);
        QVERIFY(client);

        const auto said = ph::Json::parse((*client)->callTool("echo", ph::Json::object(), {}, {})->content[0]["text"].get<std::string>());
        QCOMPARE(said["key"].get<std::string>(), std::string("its own"));
        QCOMPARE(said["posthog"].get<std::string>(), std::string("absent"));
    }

    void saysWhyAServerHasGone()
    {
        const FakeServer server("stdio");
        const auto client = connectTo(server);
        QVERIFY(client);

        const auto result = (*client)->callTool("die", ph::Json::object(), {}, {});

        QVERIFY(!result);
        QCOMPARE(result.error().code, ph::ErrorCode::Network);
        QCOMPARE(result.error().message, std::string("fake ended with code 3: out of memory"));
        QVERIFY(!(*client)->isAlive());
    }

    void waitsNoLongerThanItsTime_data() { usesAServerOfEachKind_data(); }
    void waitsNoLongerThanItsTime()
    {
        QFETCH(QString, kind);
        const FakeServer server(kind, {"silent"});
        const auto client = connectTo(server, {"1.0", "/", 20s, 300ms});
        QVERIFY(client);

        const auto result = (*client)->callTool("echo", ph::Json::object(), {}, {});

        QCOMPARE(result.error().code, ph::ErrorCode::Network);
        QVERIFY(result.error().message.find("did not answer") != std::string::npos);
    }

    void stopsWaitingForASilentServer_data() { usesAServerOfEachKind_data(); }
    void stopsWaitingForASilentServer()
    {
        QFETCH(QString, kind);
        const FakeServer server(kind, {"silent"});
        const auto client = connectTo(server);
        QVERIFY(client);
        std::stop_source source;
        std::jthread stopper([&] {
            std::this_thread::sleep_for(100ms);
            source.request_stop();
        });
        QElapsedTimer timer;
        timer.start();

        const auto result = (*client)->callTool("echo", ph::Json::object(), {}, source.get_token());

        QCOMPARE(result.error().code, ph::ErrorCode::Cancelled);
        QVERIFY(timer.elapsed() < 5'000);
    }

    void refusesAVersionThatItDoesNotKnow()
    {
        const FakeServer server("stdio", {"old"});
        const auto client = connectTo(server);

        QVERIFY(!client);
        QCOMPARE(client.error().code, ph::ErrorCode::InvalidInput);
        QVERIFY(client.error().message.find("1999-01-01") != std::string::npos);
    }

    void saysThatAccessIsRefused()
    {
        FakeServer server("http");
        server.config.headers = {{"Authorization", "Bearer wrong"}};
        const auto client = connectTo(server);

        QVERIFY(!client);
        QCOMPARE(client.error().code, ph::ErrorCode::Unauthorized);
        QVERIFY(client.error().message.find("wrong") == std::string::npos);
    }

    void sendsItsHeadersNowhereElse()
    {
        const FakeServer server("sse", {"foreign"});
        std::stop_source source;
        std::jthread stopper([&] {
            std::this_thread::sleep_for(500ms);
            source.request_stop();
        });

        const auto client = mcp::Client::connect(server.config, {"1.0", "/", 20s, 20s}, source.get_token());

        QVERIFY(!client); // The address it names is of another origin: there is none to post to.
    }

    void tellsOfAProgramThatIsMissing()
    {
        mcp::ServerConfig config;
        config.name = "gone";
        config.command = "no-such-server";
        const auto client = mcp::Client::connect(config, {"1.0"}, {});

        QCOMPARE(client.error().code, ph::ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(ClientTest)
#include "client_test.moc"

#include "agent/mcp/server_config.h"

#include <QTest>

class ServerConfigTest : public QObject
{
    Q_OBJECT

private slots:
    void readsServersOfEveryKind()
    {
        const auto servers = mcp::serversOf(ph::Json::array({
            {{"name", "files"}, {"command", "/usr/bin/files"}, {"args", {"--root", "/srv"}}, {"env", {{{"name", "KEY"}, {"value", "v"}}}}},
            {{"type", "http"}, {"name", "web"}, {"url", "https://mcp.example/"}, {"headers", {{{"name", "Authorization"}, {"value", "Bearer x"}}}}},
            {{"type", "sse"}, {"name", "old"}, {"url", "http://127.0.0.1:1/sse"}, {"headers", ph::Json::array()}},
        }));

        QVERIFY(servers);
        QCOMPARE(servers->size(), std::size_t(3));
        QVERIFY(((*servers)[0] == mcp::ServerConfig{"files", mcp::ServerConfig::Kind::Stdio, "/usr/bin/files", {"--root", "/srv"}, {{"KEY", "v"}}, "", {}}));
        QVERIFY(((*servers)[1] == mcp::ServerConfig{"web", mcp::ServerConfig::Kind::Http, "", {}, {}, "https://mcp.example/", {{"Authorization", "Bearer x"}}}));
        QVERIFY((*servers)[2].kind == mcp::ServerConfig::Kind::Sse);
    }

    void takesNothingForNoServers()
    {
        QVERIFY(mcp::serversOf(nullptr)->empty());
        QVERIFY(mcp::serversOf(ph::Json::array())->empty());
    }

    void saysWhatIsWrongAndWhere_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("message");
        QTest::newRow("no list") << R"({"a": 1})" << "mcpServers: expected a list.";
        QTest::newRow("no object") << R"([1])" << "mcpServers[0]: expected an object.";
        QTest::newRow("no name") << R"([{"command": "x"}])" << "mcpServers[0].name: expected";
        QTest::newRow("a name that cannot stand in a tool's") << R"([{"name": "a__b", "command": "x"}])" << "mcpServers[0].name: expected";
        QTest::newRow("no command") << R"([{"name": "a"}])" << "mcpServers[0].command: missing.";
        QTest::newRow("arguments of another type") << R"([{"name": "a", "command": "x", "args": "y"}])" << "mcpServers[0].args: expected a list of texts.";
        QTest::newRow("environment as an object") << R"([{"name": "a", "command": "x", "env": {"A": "b"}}])" << "mcpServers[0].env: expected a list of {name, value}.";
        QTest::newRow("an unknown kind") << R"([{"type": "carrier-pigeon", "name": "a"}])" << "mcpServers[0].type: “carrier-pigeon” is unknown.";
        QTest::newRow("no web address") << "[{\"type\": \"http\", \"name\": \"a\", \"url\": \"file:///etc/passwd\"}]" << "mcpServers[0].url: expected";
        QTest::newRow("twice") << R"([{"name": "a", "command": "x"}, {"name": "a", "command": "y"}])" << "mcpServers[1].name: there is another “a”.";
    }
    void saysWhatIsWrongAndWhere()
    {
        QFETCH(QString, json);
        QFETCH(QString, message);
        const auto servers = mcp::serversOf(ph::Json::parse(json.toStdString()));

        QVERIFY(!servers);
        QCOMPARE(servers.error().code, ph::ErrorCode::InvalidInput);
        QVERIFY2(QString::fromStdString(servers.error().message).startsWith(message), servers.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(ServerConfigTest)
#include "server_config_test.moc"

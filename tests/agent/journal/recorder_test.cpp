#include "agent/acp/transport.h"
#include "agent/journal/reader.h"
#include "agent/journal/recorder.h"
#include "driver/base/time.h"
#include "tests/support/compare_json.h"

#include <QTemporaryDir>
#include <QTest>

using acp::Direction;

namespace {

std::string request(const ph::Json &id, const std::string &method, const ph::Json &params)
{
    return ph::Json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}}.dump();
}
std::string reply(const ph::Json &id, const ph::Json &result) { return ph::Json{{"jsonrpc", "2.0"}, {"id", id}, {"result", result}}.dump(); }
std::string update(const std::string &session, const std::string &text)
{
    return ph::Json{{"jsonrpc", "2.0"},
                    {"method", "session/update"},
                    {"params",
                     {{"sessionId", session},
                      {"update", {{"sessionUpdate", "agent_message_chunk"}, {"content", {{"type", "text"}, {"text", text}}}}}}}}
        .dump();
}

} // namespace

class RecorderTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_writer = std::make_unique<journal::Writer>(path());
        m_recorder = std::make_unique<journal::Recorder>(*m_writer);
    }

    void keepsEveryLineOfASessionInItsOrder()
    {
        const std::vector<std::string> lines = openSession("s-1");
        const std::vector<std::pair<Direction, std::string>> turn{
            {Direction::Received, request(2, "session/prompt", {{"sessionId", "s-1"}, {"prompt", ph::Json::array()}})},
            {Direction::Sent, update("s-1", "Hal")},
            {Direction::Sent, update("s-1", "lo\n")},
            {Direction::Sent, request(2, "session/request_permission", {{"sessionId", "s-1"}})},
            {Direction::Received, reply(2, {{"outcome", {{"outcome", "cancelled"}}}})},
            {Direction::Received, R"({"jsonrpc":"2.0","method":"session/cancel","params":{"sessionId":"s-1"}})"},
            {Direction::Received, R"({"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":2}})"},
            {Direction::Sent, reply(2, {{"stopReason", "end_turn"}})},
        };
        for (const auto &[direction, line] : turn)
            m_recorder->onLine(direction, line);

        auto expected = lines;
        for (const auto &[direction, line] : turn)
            expected.push_back(line);
        QCOMPARE(stored("s-1"), expected);
    }

    void writesTheReferencesForm()
    {
        openSession("s-1");

        QFile file(QString::fromStdString(journal::logPath(path(), "s-1").string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray first = file.readLine();
        const QRegularExpression form(R"(^\{"type":"notification","timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","notification":\{"id":0,.*\}\}\n$)");
        QVERIFY2(form.match(QString::fromUtf8(first)).hasMatch(), first.constData());
        QCOMPARE(file.permissions() & QFileDevice::Permissions(0x7077), QFileDevice::Permissions(0x6000) & QFileDevice::Permissions(0x7077));
        const QFileInfo folder(QFileInfo(file).dir().path());
        QCOMPARE(folder.permissions() & QFileDevice::Permissions(0x0077), QFileDevice::Permissions());
    }

    void keepsWhatPassedBeforeTheSessionAtItsHead()
    {
        const auto first = openSession("s-1");
        m_recorder->onLine(Direction::Received, request(5, "session/new", {{"cwd", "/b"}}));
        m_recorder->onLine(Direction::Received, request(6, "session/new", {{"cwd", "/c"}}));
        m_recorder->onLine(Direction::Sent, reply(6, {{"sessionId", "s-3"}}));
        m_recorder->onLine(Direction::Sent, reply(5, {{"sessionId", "s-2"}}));

        QCOMPARE(stored("s-1"), first);
        QCOMPARE(stored("s-3"), (std::vector{request(6, "session/new", {{"cwd", "/c"}}), reply(6, {{"sessionId", "s-3"}})}));
        QCOMPARE(stored("s-2"), (std::vector{request(5, "session/new", {{"cwd", "/b"}}), reply(5, {{"sessionId", "s-2"}})}));
    }

    void forgetsASessionThatWasRefused()
    {
        m_recorder->onLine(Direction::Received, request(1, "session/new", {{"cwd", "relative"}}));
        m_recorder->onLine(Direction::Sent, R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"x"}})");
        const auto lines = openSession("s-1");

        QCOMPARE(stored("s-1"), lines);
    }

    void keepsNoHistoryTwice()
    {
        openSession("s-1");
        m_recorder->onLine(Direction::Sent, update("s-1", "once"));
        const auto before = stored("s-1");
        for (int i = 0; i < 10; ++i) {
            m_recorder->onLine(Direction::Received, request(10 + i, i % 2 ? "session/load" : "session/resume", {{"sessionId", "s-1"}, {"cwd", "/a"}}));
            m_recorder->onLine(Direction::Sent, update("s-1", "once"));
            m_recorder->onLine(Direction::Sent, reply(10 + i, nullptr));
        }
        QCOMPARE(stored("s-1"), before);

        m_recorder->onLine(Direction::Sent, update("s-1", "twice"));
        QCOMPARE(stored("s-1").size(), before.size() + 1);
    }

    void keepsNothingOfNoSessionAndOfADeletedOne()
    {
        const auto lines = openSession("s-1");
        m_recorder->onLine(Direction::Received, request(3, "session/list", ph::Json::object()));
        m_recorder->onLine(Direction::Sent, reply(3, {{"sessions", ph::Json::array()}}));
        m_recorder->onLine(Direction::Received, "npm warn exec");
        m_recorder->onLine(Direction::Received, "[1,2]");
        m_recorder->onLine(Direction::Received, request(4, "session/prompt", {{"sessionId", "../../etc"}}));
        QCOMPARE(stored("s-1"), lines);

        m_recorder->onLine(Direction::Received, request(5, "session/prompt", {{"sessionId", "s-1"}}));
        m_recorder->onLine(Direction::Received, request(6, "session/delete", {{"sessionId", "s-1"}}));
        QVERIFY(journal::removeRun(path(), "s-1"));
        m_recorder->onLine(Direction::Sent, update("s-1", "late"));
        m_recorder->onLine(Direction::Sent, reply(5, {{"stopReason", "cancelled"}}));
        QVERIFY(journal::listRuns(path()).empty());
    }

    void keepsNoSecret()
    {
        openSession("s-1");
        m_recorder->onLine(Direction::Sent, update("s-1", "the key\nphx_abcdefghijklmnop and Bearer abcdefghijkl\n-----BEGIN PRIVATE KEY-----\nMIIE"));

        QFile file(QString::fromStdString(journal::logPath(path(), "s-1").string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        for (const char *secret : {"abcdefgh", "MIIE"})
            QVERIFY2(!text.contains(secret), secret);
        const auto line = ph::Json::parse(stored("s-1").back());
        COMPARE_JSON(line["params"]["update"]["content"]["text"], "the key\n«redacted» and Bearer «redacted»\n«redacted»");
    }

    void keepsNoSecretThatAnEscapeHides_data()
    {
        QTest::addColumn<QByteArray>("text"); // as it stands in the line
        QTest::newRow("a letter") << QByteArray("\\u0070hx_abcdefghijkl");
        QTest::newRow("a colon") << QByteArray("https\\u003a//me:abcdefgh@host");
        QTest::newRow("slashes") << QByteArray("https:\\/\\/me:abcdefgh@host");
        QTest::newRow("a tab") << QByteArray("Bearer\\tabcdefghijkl");
        QTest::newRow("after a newline") << QByteArray("x\\nphx_abcdefghijkl");
        QTest::newRow("after a quote") << QByteArray("\\\"phx_abcdefghijkl\\\"");
        QTest::newRow("after an escaped b") << QByteArray("\\bearer x bearer abcdefghijkl");
    }
    void keepsNoSecretThatAnEscapeHides()
    {
        QFETCH(QByteArray, text);
        openSession("s-1");
        m_recorder->onLine(Direction::Sent, "{\"method\":\"session/update\",\"params\":{\"sessionId\":\"s-1\",\"text\":\"" + text.toStdString() + "\"}}");

        const auto line = stored("s-1").back();
        QVERIFY2(line.find("abcdefgh") == std::string::npos && line.find("«redacted»") != std::string::npos, line.c_str());
    }

    void keepsLinesByteForByte_data()
    {
        QTest::addColumn<QByteArray>("line");
        for (const char *line : {R"( { "method" : "session/update" , "params" : { "sessionId" : "s-1" , "n" : 1.0 } } )",
                                 R"({"params":{"sessionId":"s-1"},"method":"session/update","method":"session/update"})",
                                 R"({"method":"session/update","params":{"sessionId":"s-1","n":123456789012345678901234567890}})",
                                 "{\"method\":\"session/update\",\"params\":{\"sessionId\":\"s-1\",\"t\":\"\\u00e9 \\/ be basic\"}}",
                                 R"({"method":"session/update","params":{"sessionId":"elsewhere","sessionId":"s-1"}})"})
            QTest::newRow(line) << QByteArray(line);
    }
    void keepsLinesByteForByte()
    {
        QFETCH(QByteArray, line);
        openSession("s-1");
        m_recorder->onLine(Direction::Sent, line.toStdString());

        QFile file(QString::fromStdString(journal::logPath(path(), "s-1").string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().endsWith(",\"notification\":" + line + "}\n"));
    }

    void keepsNothingThatNestsDeeperThanAMessageMay()
    {
        const auto lines = openSession("s-1");
        m_recorder->onLine(Direction::Sent, R"({"method":"session/update","params":{"sessionId":"s-1","n":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}}");

        QCOMPARE(stored("s-1"), lines);
    }

    void writesTheTimeAtWhichALinePassed()
    {
        const auto before = ph::isoNow();
        openSession("s-1");
        QTest::qSleep(20);
        const auto between = ph::isoNow();
        m_recorder->onLine(Direction::Sent, update("s-1", "later"));
        const auto entries = journal::readRun(path(), "s-1").value();

        QVERIFY(before <= entries.front().timestamp && entries.front().timestamp < between);
        QVERIFY(between <= entries.back().timestamp && entries.back().timestamp <= ph::isoNow());
    }

    void isTheTapOfATransport()
    {
        auto [agent, client] = acp::makePipe();
        auto tap = acp::tapped(std::move(agent), [this](Direction direction, const std::string &line) { m_recorder->onLine(direction, line); });
        const auto newSession = request(1, "session/new", {{"cwd", "/a"}});
        client->send(newSession);
        tap->receive();
        tap->send(reply(1, {{"sessionId", "s-1"}}));

        QCOMPARE(stored("s-1"), (std::vector{newSession, reply(1, {{"sessionId", "s-1"}})}));
    }

    void keepsAllSessionsOfATasksRunInItsLog()
    {
        journal::Recorder recorder(*m_writer, "run-1");
        const std::vector<std::pair<Direction, std::string>> lines{
            {Direction::Received, request(0, "initialize", {{"protocolVersion", 1}})},
            {Direction::Sent, reply(0, {{"protocolVersion", 1}})},
            {Direction::Received, request(1, "session/new", {{"cwd", "/a"}})},
            {Direction::Sent, R"({"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Log in."}})"},
            {Direction::Received, request(3, "session/new", {{"cwd", "/a"}})},
            {Direction::Sent, update("no folder/of that name", "Early")},
            {Direction::Sent, reply(3, {{"sessionId", "no folder/of that name"}})},
            {Direction::Sent, update("no folder/of that name", "Hallo")},
            {Direction::Received, request(2, "session/new", {{"cwd", "/b"}})},
            {Direction::Sent, reply(2, {{"sessionId", "s-2"}})},
            {Direction::Sent, update("s-2", "Again")},
        };

        std::vector<std::string> expected;
        for (const auto &[direction, line] : lines) {
            recorder.onLine(direction, line);
            expected.push_back(line);
        }

        QCOMPARE(stored("run-1"), expected);
        QVERIFY(stored("s-2").empty());
    }

private:
    std::filesystem::path path() const { return m_folder->path().toStdString(); }

    std::vector<std::string> openSession(const std::string &id)
    {
        const std::vector<std::pair<Direction, std::string>> lines{
            {Direction::Received, request(0, "initialize", {{"protocolVersion", 1}})},
            {Direction::Sent, reply(0, {{"protocolVersion", 1}})},
            {Direction::Received, request("new", "session/new", {{"cwd", "/a"}})},
            {Direction::Sent, reply("new", {{"sessionId", id}})},
        };
        std::vector<std::string> texts;
        for (const auto &[direction, line] : lines) {
            m_recorder->onLine(direction, line);
            texts.push_back(line);
        }
        return texts;
    }
    std::vector<std::string> stored(const std::string &run) const
    {
        std::vector<std::string> lines;
        const auto entries = journal::readRun(path(), run);
        if (entries) {
            for (const auto &entry : *entries)
                lines.push_back(entry.line);
        }
        return lines;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<journal::Writer> m_writer;
    std::unique_ptr<journal::Recorder> m_recorder;
};

QTEST_APPLESS_MAIN(RecorderTest)
#include "recorder_test.moc"

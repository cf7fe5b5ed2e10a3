#include "ui/inspector/message_text.h"

#include "ui/inspector/message_head.h"
#include "ui/inspector/wire_export.h"

#include <QtTest>

using ui::MessageKind;

class MessageTextTest : public QObject
{
    Q_OBJECT

private slots:
    void readsTheHeadOfALine_data()
    {
        QTest::addColumn<std::string>("line");
        QTest::addColumn<int>("kind");
        QTest::addColumn<std::string>("method");
        QTest::addColumn<std::string>("id");
        QTest::addColumn<std::string>("session");
        const auto row = [](const char *name, std::string line, MessageKind kind, std::string method, std::string id, std::string session) {
            QTest::newRow(name) << line << int(kind) << method << id << session;
        };
        row("request", R"({"jsonrpc":"2.0","id":7,"method":"session/prompt","params":{"sessionId":"s"}})", MessageKind::Request, "session/prompt", "7", "s");
        row("id that is a text", R"({"id":"7","method":"logout"})", MessageKind::Request, "logout", "\"7\"", "");
        row("notification", R"({"method":"session/update","params":{"sessionId":"s"}})", MessageKind::Notification, "session/update", "", "s");
        row("response", R"({"id":1,"result":{"sessionId":"new"}})", MessageKind::Response, "", "1", "new");
        row("null result", R"({"id":1,"result":null})", MessageKind::Response, "", "1", "");
        row("error", R"({"id":null,"error":{"code":1,"message":"x"}})", MessageKind::Error, "", "null", "");
        row("banner", "npm warn", MessageKind::Invalid, "", "", "");
        row("number", "42", MessageKind::Invalid, "", "", "");
        row("empty", "", MessageKind::Invalid, "", "", "");
        row("method of another type", R"({"id":1,"method":3})", MessageKind::Invalid, "", "", "");
        row("deep", std::string(5000, '['), MessageKind::Invalid, "", "", "");
    }

    void readsTheHeadOfALine()
    {
        QFETCH(std::string, line);
        const auto head = ui::headOf(line);

        QTEST(int(head.kind), "kind");
        QTEST(head.method, "method");
        QTEST(head.id, "id");
        QTEST(head.session, "session");
    }

    void saysInALineWhatAMessageIsAbout()
    {
        QCOMPARE(ui::summaryOf(R"({"method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"Two\nlines"}}}})"),
                 QString("agent_message_chunk · Two lines"));
        QCOMPARE(ui::summaryOf(R"({"id":1,"error":{"code":-32601,"message":"No such method"}})"), QString("-32601 · No such method"));
        QCOMPARE(ui::summaryOf(R"({"id":1,"result":{}})"), QString());
        QCOMPARE(ui::summaryOf("\x1b[31mnpm warn\x1b[0m"), QString("npm warn"));
        QVERIFY(ui::summaryOf("{\"params\":{\"message\":\"" + std::string(100'000, 'x') + "\"}}").size() < 500);
    }

    void replacesSecretsByLookAndByName()
    {
        const auto redacted = [](const std::string &line) { return QString::fromStdString(ui::redactedMessage(line)); };

        QCOMPARE(redacted(R"({"b":"uses\nphx_abcdefghijkl","a":1})"), QString(R"({"b":"uses\n«redacted»","a":1})"));
        QCOMPARE(redacted(R"({"env":[{"name":"GITHUB_TOKEN","value":"hunter2"},{"name":"HOME","value":"/root"}]})"),
                 QString(R"({"env":[{"name":"GITHUB_TOKEN","value":"«redacted»"},{"name":"HOME","value":"/root"}]})"));
        QCOMPARE(redacted(R"({"apiKey":"hunter2","maxTokens":5,"tokens":{"used":3}})"), QString(R"({"apiKey":"«redacted»","maxTokens":5,"tokens":{"used":3}})"));
        QCOMPARE(redacted("Authorization: Bearer abcdefghijklmnop"), QString("Authorization: Bearer «redacted»"));
        QCOMPARE(redacted("{\"z\": 1.50,  \"a\":\"\\u00e9\"}"), QString("{\"z\": 1.50,  \"a\":\"\\u00e9\"}")); // nothing secret: byte for byte
    }

    void laysAMessageOutInTheOrderOfTheWire()
    {
        const auto message = ui::readableMessage(R"({"z":1.50,"a":{"list":[1,{"k":"v, {not} [this]"}],"none":{},"no":[ ]},"e":"\u00e9"})");

        QCOMPARE(message.shown, QString(R"({
  "z": 1.50,
  "a": {
    "list": [
      1,
      {
        "k": "v, {not} [this]"
      }
    ],
    "none": {},
    "no": []
  },
  "e": "\u00e9"
})"));
        QCOMPARE(message.whole, message.shown);
        QVERIFY(!message.isCut);
    }

    void findsThePlacesOfAMessage()
    {
        const auto message = ui::readableMessage(R"({"id":1,"params":{"prompt":[{"text":"a"},{"a/b":2}]}})",
                                                 {"/params/prompt/1/a~1b", "/params/prompt/0/type", "/nothing/here", ""});

        const auto lines = message.shown.split('\n');
        QCOMPARE(lines[message.lines[0]].trimmed(), QString("\"a/b\": 2"));
        QCOMPARE(message.lines[1], 4); // The block that has no type.
        QCOMPARE(message.lines[2], 0);
        QCOMPARE(message.lines[3], 0);
    }

    void cutsWhatIsTooLongToBeReadButNotWhatIsCopied()
    {
        const auto line = "{\"data\":\"" + std::string(50'000, 'A') + "\",\"after\":1}";
        const auto message = ui::readableMessage(line);

        QVERIFY(message.isCut);
        QVERIFY(message.shown.size() < 3'000);
        QVERIFY(message.shown.contains("more characters"));
        QVERIFY(message.shown.contains("\"after\": 1"));
        QVERIFY(message.whole.contains(QString(50'000, 'A')));
    }

    void showsALineThatIsNoJsonAsItIs()
    {
        QCOMPARE(ui::readableMessage("npm warn \xE2\x80\xAE deprecated", {""}).shown, QString("npm warn [U+202E] deprecated"));
        QCOMPARE(ui::readableMessage("{\"a\":").shown, QString("{\"a\":"));
    }

    void writesALineAsAnEntryWithItsDirection()
    {
        using namespace std::chrono_literals;
        const std::chrono::system_clock::time_point time{1767225600s + 123456us};

        QCOMPARE(ui::exportedLine({1, time, acp::Direction::Sent, R"({"jsonrpc":"2.0","method":"x"})"}),
                 std::string(R"({"type":"notification","timestamp":"2026-01-01T00:00:00.123456Z","direction":"sent","notification":{"jsonrpc":"2.0","method":"x"}})"));
        QCOMPARE(ui::exportedLine({1, {}, acp::Direction::Received, "say\thi to sk-abcdefghijklmnopqrst"}),
                 std::string(R"({"type":"text","direction":"received","text":"say\thi to «redacted»"})"));
    }

    void writesAFileWholeOrNotAtAll()
    {
        QTemporaryDir folder;
        const auto path = folder.filePath("lines.ndjson");
        std::vector<ui::WireLinePtr> lines;
        for (const char *text : {R"({"id":1,"method":"a"})", "noise"})
            lines.push_back(std::make_shared<ui::WireLine>(ui::WireLine{1, {}, acp::Direction::Sent, text}));

        QVERIFY(ui::exportLines(path, lines, {}));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto written = file.readAll();
        QCOMPARE(written, QByteArray("{\"type\":\"notification\",\"direction\":\"sent\",\"notification\":{\"id\":1,\"method\":\"a\"}}\n"
                                     "{\"type\":\"text\",\"direction\":\"sent\",\"text\":\"noise\"}\n"));

        std::stop_source stop;
        stop.request_stop();
        lines.pop_back();
        QCOMPARE(ui::exportLines(path, lines, stop.get_token()).error().code, ph::ErrorCode::Cancelled);
        QFile again(path);
        QVERIFY(again.open(QIODevice::ReadOnly));
        QCOMPARE(again.readAll(), written);

        const auto refused = ui::exportLines(folder.filePath("no/such/folder.ndjson"), lines, {});
        QVERIFY(!refused);
        QVERIFY(refused.error().message.find("no/such/folder.ndjson") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(MessageTextTest)
#include "message_text_test.moc"

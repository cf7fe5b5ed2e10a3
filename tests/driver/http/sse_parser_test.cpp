#include "driver/http/sse_parser.h"

#include "driver/base/json_fields.h"

#include <QTest>

#include <fstream>
#include <map>

using http::ServerEvent;
using http::SseParser;
using Events = std::vector<ServerEvent>;

namespace {

QString shown(const Events &events)
{
    QString text;
    for (const ServerEvent &event : events)
        text += QString("[%1|%2|%3]").arg(event.type.c_str(), event.data.c_str(), event.lastId.c_str());
    return text;
}

Events readInPieces(std::string_view text, const std::vector<std::size_t> &cuts)
{
    SseParser parser;
    Events events;
    std::size_t at = 0;
    for (std::size_t i = 0; i <= cuts.size(); ++i) {
        const std::size_t end = i < cuts.size() ? cuts[i] : text.size();
        const auto more = parser.feed(text.substr(at, end - at));
        if (!more)
            qFatal("%s", more.error().message.c_str());
        events.insert(events.end(), more->begin(), more->end());
        at = end;
    }
    return events;
}

Events readWhole(std::string_view text) { return readInPieces(text, {}); }

} // namespace

class SseParserTest : public QObject
{
    Q_OBJECT

private slots:
    void readsEvents_data();
    void readsEvents();
    void readsTheSameHoweverItIsCut_data() { readsEvents_data(); }
    void readsTheSameHoweverItIsCut();
    void keepsTheLastIdWithoutAnEvent();
    void readsTheRetryPause_data();
    void readsTheRetryPause();
    void refusesAnEventThatIsTooLong_data();
    void refusesAnEventThatIsTooLong();
    void readsWhatTheReferenceReads();
};

void SseParserTest::readsEvents_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("events");
    const auto row
        = [](const char *name, std::string text, const char *events) { QTest::newRow(name) << QByteArray::fromStdString(text) << QString(events); };
    row("nothing", "", "");
    row("one", "data: a\n\n", "[message|a|]");
    row("without a blank", "data:a\n\n", "[message|a|]");
    row("of two blanks one belongs to the data", "data:  a\n\n", "[message| a|]");
    row("several lines", "data: a\ndata\ndata: b\n\n", "[message|a\n\nb|]");
    row("an empty data line is data", "data\n\n", "[message||]");
    row("CRLF", "event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n", "[x|a|][message|b|]");
    row("CR", "event: x\rdata: a\r\rdata: b\r\r", "[x|a|][message|b|]");
    row("all three ends", "data: a\r\ndata: b\rdata: c\n\r\n", "[message|a\nb\nc|]");
    row("a byte order mark",
        "\xEF\xBB\xBF"
        "data: a\n\n",
        "[message|a|]");
    row("a second mark is none",
        "\xEF\xBB\xBF\xEF\xBB\xBF"
        "data: a\n\ndata: b\n\n",
        "[message|b|]");
    row("a mark later on is none",
        "data: a\n\n\xEF\xBB\xBF"
        "data: b\n\n",
        "[message|a|]");
    row("comments", ": keepalive\n\n:\ndata: a\n: in between\n\n", "[message|a|]");
    row("a type without data is no event", "event: x\n\ndata: a\n\n", "[message|a|]");
    row("the last type counts", "event: x\nevent: y\ndata: a\n\n", "[y|a|]");
    row("the id stays", "id: 5\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", "[message|a|5][message|b|5][message|c|]");
    row("an id without data counts for the next event", "id: 9\n\ndata: a\n\n", "[message|a|9]");
    row("an id with NUL is passed over", std::string("id: 5\nid: 6\0\ndata: a\n\n", 22), "[message|a|5]");
    row("unknown fields", "foo: bar\ndata: a\nDATA: b\n data: c\ndata : d\n\n", "[message|a|]");
    row("a colon in the value", "data: {\"a\":1}\n\n", "[message|{\"a\":1}|]");
    row("what is cut off is no event", "data: a\n\ndata: b\n", "[message|a|]");
    row("no UTF-8",
        "data: a\xFF"
        "b\xE2\x82\n\n",
        "[message|a\uFFFD"
        "b\uFFFD\uFFFD|]");
    row("letters of several bytes", "event: \xC3\xA9\ndata: \xF0\x9F\x98\x80\n\n", "[\u00E9|\U0001F600|]");
}

void SseParserTest::readsEvents()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, events);

    QCOMPARE(shown(readWhole(text.toStdString())), events);
}

void SseParserTest::readsTheSameHoweverItIsCut()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, events);
    const std::string bytes = text.toStdString();

    std::vector<std::size_t> everywhere;
    for (std::size_t first = 0; first <= bytes.size(); ++first) {
        everywhere.push_back(first);
        for (std::size_t second = first; second <= bytes.size(); ++second)
            QCOMPARE(shown(readInPieces(bytes, {first, second})), events);
    }
    QCOMPARE(shown(readInPieces(bytes, everywhere)), events);
}

void SseParserTest::keepsTheLastIdWithoutAnEvent()
{
    SseParser parser;
    QVERIFY(parser.feed("id: 7\n")->empty());
    QCOMPARE(parser.lastId(), std::string("7"));
}

void SseParserTest::readsTheRetryPause_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<int>("pause"); // -1: none
    QTest::newRow("a number") << QByteArray("1500") << 1500;
    QTest::newRow("zero") << QByteArray("0") << 0;
    QTest::newRow("a sign") << QByteArray("-5") << -1;
    QTest::newRow("a unit") << QByteArray("5s") << -1;
    QTest::newRow("a second blank") << QByteArray(" 5") << -1;
    QTest::newRow("nothing") << QByteArray() << -1;
    QTest::newRow("too large") << QByteArray("99999999999999999999999") << -1;
}

void SseParserTest::readsTheRetryPause()
{
    QFETCH(QByteArray, value);
    QFETCH(int, pause);
    SseParser parser;

    QVERIFY(parser.feed("retry: " + value.toStdString() + "\n").has_value());

    QCOMPARE(parser.retry() ? static_cast<int>(parser.retry()->count()) : -1, pause);
}

void SseParserTest::refusesAnEventThatIsTooLong_data()
{
    QTest::addColumn<QByteArray>("begin");
    QTest::newRow("one line") << QByteArray("data: ");
    QTest::newRow("a comment") << QByteArray(": ");
    QTest::newRow("many lines") << QByteArray("data: 1\ndata: 2\ndata: 3\ndata: ");
}

void SseParserTest::refusesAnEventThatIsTooLong()
{
    QFETCH(QByteArray, begin);
    SseParser parser(100);
    QVERIFY(parser.feed("data: a\n\n").has_value());
    QVERIFY(parser.feed(begin.toStdString()).has_value());

    const auto events = parser.feed(std::string(99, 'x'));

    QVERIFY(!events);
    QCOMPARE(events.error(), (ph::Error{ph::ErrorCode::Network, "The server sent an event that is longer than 100 bytes."}));
}

/// HOGLET_REFERENCE_VECTORS names a folder with recorded cases of the TypeScript agent. It reads more loosely in some places and more
/// strictly in others; where the standard says otherwise, ours follows the standard.
void SseParserTest::readsWhatTheReferenceReads()
{
    const QByteArray folder = qgetenv("HOGLET_REFERENCE_VECTORS");
    if (folder.isEmpty())
        QSKIP("HOGLET_REFERENCE_VECTORS is not set.");
    std::ifstream file(folder.toStdString() + "/server/sse-parser.json");
    const ph::Json cases = ph::Json::parse(file);

    const std::map<std::string, QString> onPurpose{
        {"data: {\"a\":1}", ""}, // The end of the stream cuts an event off; the reference takes the line.
        {"data: {\"a\":\ndata: 1}\n\n", "[message|{\"a\":\n1}|]"}, // Lines are joined; the reference reads each line alone.
        {"data: {bad\n\n", "[message|{bad|]"}, // Data need not be JSON.
        {"data:{\"a\":1}\n\n", "[message|{\"a\":1}|]"}, // The blank is optional.
        {"event: x\ndata: {\"a\":1}\n\n", "[x|{\"a\":1}|]"}, // The reference has no types.
    };
    for (const ph::Json &each : cases) {
        const std::string chunk = each["chunk"];
        QString expected;
        for (const ph::Json &event : each["events"])
            expected += QString("[message|%1|%2]").arg(event["data"].dump().c_str(), event.value("id", "").c_str());
        if (const auto other = onPurpose.find(chunk); other != onPurpose.end())
            expected = other->second;
        QCOMPARE(shown(readWhole(chunk)), expected);
    }
    QVERIFY(cases.size() >= 9);
}

QTEST_APPLESS_MAIN(SseParserTest)
#include "sse_parser_test.moc"

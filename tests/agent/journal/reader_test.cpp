#include "agent/journal/reader.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

namespace {

std::string stored(const std::string &timestamp, const std::string &line)
{
    return "{\"type\":\"notification\",\"timestamp\":\"" + timestamp + "\",\"notification\":" + line + "}";
}

} // namespace

class ReaderTest : public QObject
{
    Q_OBJECT

private slots:
    void readsWhatTheWriterWrites()
    {
        const std::string line = R"({"z":1,"a":{"text":"ünï ⏎ \n"}})";

        QVERIFY(journal::entriesOf(stored("2026-01-31T12:00:00.123Z", line) + "\n") == (std::vector<journal::Entry>{{"2026-01-31T12:00:00.123Z", line}}));
    }

    void passesOverWhatIsNoEntry_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("blank lines") << QByteArray("\n\r\n  \n");
        QTest::newRow("a torn end") << QByteArray::fromStdString(stored("t", R"({"a":{}})")).chopped(1);
        QTest::newRow("a torn end that looks closed") << QByteArray(R"({"type":"notification","timestamp":"t","notification":{"a":{"b":1}})");
        QTest::newRow("a marker of another program") << QByteArray(R"({"type":"seed_boundary"})");
        QTest::newRow("a note of lost lines") << QByteArray(R"({"type":"lost","timestamp":"t","count":3})");
        QTest::newRow("a notification that is no object") << QByteArray(R"({"type":"notification","timestamp":"t","notification":5})");
        QTest::newRow("no JSON") << QByteArray("hello");
        QTest::newRow("another JSON") << QByteArray("[1]\n42\nnull\n\"x\"");
        QTest::newRow("NUL bytes") << QByteArray(300, '\0');
    }
    void passesOverWhatIsNoEntry()
    {
        QFETCH(QByteArray, text);
        const auto good = stored("t", R"({"a":1})");

        QVERIFY(journal::entriesOf(text.toStdString()).empty());
        QCOMPARE(journal::entriesOf(good + "\n" + text.toStdString() + "\n" + good).size(), std::size_t(2));
    }

    void readsTheFormsOfOtherWriters()
    {
        const auto entries = journal::entriesOf("{\"type\":\"notification\",\"timestamp\":\"t\",\"event_id\":\"749c2a17-1\",\"notification\":{\"a\":1}}\r\n"
                                                "{ \"notification\": {\"b\": 2}, \"type\": \"notification\" }\n");

        QVERIFY(entries == (std::vector<journal::Entry>{{"t", R"({"a":1})"}, {"", R"({"b":2})"}}));
    }

    void readsTheLongestPrefixOfALogThatWasCutAnywhere()
    {
        std::string text;
        std::vector<std::size_t> ends;
        for (int i = 0; i < 5; ++i) {
            text += stored("t", "{\"n\":" + std::to_string(i) + ",\"t\":\"ä{}[]\\\"\\\\\"}") + "\n";
            ends.push_back(text.size() - 1);
        }
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            const auto whole = std::size_t(std::count_if(ends.begin(), ends.end(), [cut](std::size_t end) { return end <= cut; }));
            QCOMPARE(journal::entriesOf(std::string_view(text).substr(0, cut)).size(), whole);
        }
    }

    void listsRunsByTheirLastLine()
    {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        const auto write = [&](const std::string &run, const std::vector<std::string> &lines) {
            std::filesystem::create_directories(path / "sessions" / run);
            std::ofstream file(journal::logPath(path, run));
            for (const auto &line : lines)
                file << line << '\n';
        };
        const std::string prompt = R"({"id":1,"method":"session/prompt","params":{"prompt":[{"type":"text","text":"Where do people leave the checkout, and which browser do they use?\nmore"}]}})";
        write("older", {stored("2026-01-01T00:00:00.000Z", R"({"id":0,"method":"session/new","params":{"cwd":"/home/a"}})"), stored("2026-01-01T00:00:01.000Z", prompt)});
        write("newer", {stored("2026-01-02T00:00:00.000Z", prompt),
                        stored("2026-01-02T00:00:01.000Z", R"({"method":"session/update","params":{"update":{"sessionUpdate":"session_info_update","title":"Checkout"}}})"),
                        "{\"type\":\"notif"});
        std::filesystem::create_directories(path / "sessions" / "empty folder");

        const std::vector<journal::RunInfo> expected{
            {"newer", "Checkout", "", "2026-01-02T00:00:00.000Z", "2026-01-02T00:00:01.000Z", 2},
            {"older", "Where do people leave the checkout, and which browser do the…", "/home/a", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.000Z", 2},
        };
        const auto runs = journal::listRuns(path);
        QCOMPARE(runs.size(), expected.size());
        for (std::size_t i = 0; i < runs.size(); ++i)
            QVERIFY2(runs[i] == expected[i], runs[i].title.c_str());
    }

    void listsNothingWhereNothingIs() { QVERIFY(journal::listRuns("/nonexistent").empty()); }

    void refusesIdsThatAreNoFolder_data()
    {
        QTest::addColumn<QString>("id");
        for (const char *id : {"", ".", "..", "../x", "a/b", ".hidden", "a b", "a\\b", "ä", "a\n"})
            QTest::newRow(id) << id;
        QTest::newRow("too long") << QString(129, 'a');
    }
    void refusesIdsThatAreNoFolder()
    {
        QFETCH(QString, id);
        QVERIFY(!journal::isRunId(id.toStdString()));
        QVERIFY(journal::readRun("/tmp", id.toStdString()).error().code == ph::ErrorCode::NotFound);
        QVERIFY(!journal::removeRun("/tmp", id.toStdString()));
    }
};

QTEST_APPLESS_MAIN(ReaderTest)
#include "reader_test.moc"

#include "app/arguments.h"
#include "app/table_text.h"

#include <QTest>

namespace {

app::Arguments argumentsOf(std::vector<std::string> words)
{
    std::vector<char *> argv{const_cast<char *>("program")};
    for (auto &word : words)
        argv.push_back(word.data());
    return {int(argv.size()), argv.data()};
}

} // namespace

class ArgumentsTest : public QObject
{
    Q_OBJECT

private slots:
    void takesOptionsFromAnywhere()
    {
        auto arguments = argumentsOf({"--project=demo", "query", "--csv", "--env-file", "a b", "SELECT 1"});
        QVERIFY(arguments.flag("--csv"));
        QVERIFY(!arguments.flag("--csv"));
        QCOMPARE(arguments.option("--project")->value(), std::string("demo"));
        QCOMPARE(arguments.option("--env-file")->value(), std::string("a b"));
        QVERIFY(!arguments.option("--out")->has_value());
        QCOMPARE(arguments.word().value(), std::string("query"));
        QCOMPARE(arguments.word().value(), std::string("SELECT 1"));
        QVERIFY(!arguments.word());
        QVERIFY(arguments.done());
    }
    void takesWhatFollowsTwoDashesAsItIs()
    {
        auto arguments = argumentsOf({"query", "--", "-1"});
        QCOMPARE(arguments.word().value(), std::string("query"));
        QCOMPARE(arguments.word().value(), std::string("-1"));
        QVERIFY(arguments.done());
    }
    void namesWhatNobodyTook()
    {
        QCOMPARE(argumentsOf({"--jsn"}).done().error().message, std::string("“--jsn” is not understood here."));
        QCOMPARE(argumentsOf({"--project"}).option("--project").error().message, std::string("--project takes a value."));
    }

    void writesTables()
    {
        posthog::Table table;
        table.columns = {{"event", "String"}, {"n", "UInt64"}};
        table.rows = {{std::string("sign,\"up\""), 1200}, {std::string("a\n\x1b[31mb"), nullptr}, {std::string("世界"), 3}};

        QCOMPARE(QString::fromStdString(app::toCsv(table)), QString::fromUtf8("event,n\r\n\"sign,\"\"up\"\"\",1200\r\n\"a\n\x1b[31mb\",\r\n世界,3\r\n"));
        QCOMPARE(QString::fromStdString(app::toColumns(table)), QString::fromUtf8("event      n\nsign,\"up\"  1200\na⏎·[31mb   null\n世界            3\n"));
    }
};

QTEST_APPLESS_MAIN(ArgumentsTest)
#include "arguments_test.moc"

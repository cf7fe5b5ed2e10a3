#include "app/arguments.h"
#include "app/project_connection.h"
#include "app/table_text.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

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

    void readsAnEnvFileWhereTheEnvironmentHasNothing()
    {
        QTemporaryDir folder;
        const auto path = folder.filePath(".env").toStdString();
        std::ofstream(path) << "# a comment\nexport POSTHOG_API_URL=\"https://eu.posthog.com\"\r\nPOSTHOG_PROJECT_ID = 7 \nLD_PRELOAD=/evil\nPOSTHOG_PERSONAL_API_KEY='phx_x'\nnonsense\n";
        qputenv("POSTHOG_PROJECT_ID", "1");
        qunsetenv("POSTHOG_API_URL");
        qunsetenv("POSTHOG_PERSONAL_API_KEY");
        qunsetenv("LD_PRELOAD");
        QVERIFY(app::readEnvFile(path));

        QCOMPARE(qgetenv("POSTHOG_API_URL"), QByteArray("https://eu.posthog.com"));
        QCOMPARE(qgetenv("POSTHOG_PROJECT_ID"), QByteArray("1"));
        QCOMPARE(qgetenv("POSTHOG_PERSONAL_API_KEY"), QByteArray("phx_x"));
        QVERIFY(!qEnvironmentVariableIsSet("LD_PRELOAD"));
        QVERIFY(app::readEnvFile("/nonexistent/.env").error().code == ph::ErrorCode::NotFound);
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

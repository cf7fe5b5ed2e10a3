#include "ui/query/copy_formats.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

namespace {

posthog::Table sample()
{
    posthog::Table table;
    table.columns = {{"name", "String"}, {"count()", "UInt64"}, {"count()", "UInt64"}};
    table.rows = {{"plain", 12, -3}, {"a,\"b\"\nc", nullptr, 1.5}, {"=1+1", true, "-5"}, {"x|y\tz", ph::Json::array({1, "q"}), ""}};
    return table;
}

const std::vector<std::uint32_t> all{0, 1, 2, 3};
const std::vector<int> columns{0, 1, 2};

std::string format(const posthog::Table &table, std::vector<std::uint32_t> rows, std::vector<int> shown, CopyFormat copyFormat)
{
    return formatRows(table, rows, shown, copyFormat);
}

} // namespace

class CopyFormatsTest : public QObject
{
    Q_OBJECT

private slots:
    void csvQuotesAsSpreadsheetsRead()
    {
        QCOMPARE(format(sample(), all, columns, CopyFormat::Csv),
                 std::string("name,count(),count()\r\n"
                             "plain,12,-3\r\n"
                             "\"a,\"\"b\"\"\nc\",,1.5\r\n"
                             "'=1+1,true,'-5\r\n"
                             "x|y\tz,\"[1,\"\"q\"\"]\",\r\n"));
    }

    void formulasAreDisarmedButNumbersAreNot_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx"})
            QTest::newRow(text) << QString(text);
    }
    void formulasAreDisarmedButNumbersAreNot()
    {
        QFETCH(QString, text);
        posthog::Table table;
        table.columns = {{"v", "String"}};
        table.rows = {{text.toStdString()}, {-1}};

        const std::string csv = format(table, {0, 1}, {0}, CopyFormat::Csv);

        QVERIFY2(csv.starts_with("v\r\n'") || csv.starts_with("v\r\n\"'"), csv.c_str());
        QVERIFY2(csv.ends_with("\r\n-1\r\n"), csv.c_str());
    }

    void tsvQuotesTabsAndLines()
    {
        QCOMPARE(format(sample(), {3, 0}, {1, 0}, CopyFormat::Tsv),
                 std::string("count()\tname\n\"[1,\"\"q\"\"]\"\t\"x|y\tz\"\n12\tplain\n"));
    }

    void jsonKeepsTypesAndEveryColumn()
    {
        const auto json = ph::Json::parse(format(sample(), all, columns, CopyFormat::Json));

        QCOMPARE(json.size(), std::size_t(4));
        QVERIFY(json[0] == ph::Json({{"name", "plain"}, {"count()", 12}, {"count() 2", -3}}));
        QVERIFY(json[1]["count()"].is_null());
        QVERIFY(json[3]["count()"] == ph::Json::array({1, "q"}));
    }

    void markdownEscapesAndAligns()
    {
        QCOMPARE(format(sample(), {1, 3}, columns, CopyFormat::Markdown),
                 std::string("| name | count() | count() |\n| --- | ---: | ---: |\n"
                             "| a,\"b\"<br>c |  | 1.5 |\n| x\\|y\tz | \\[1,\"q\"] |  |\n"));
    }

    void aFileHoldsEveryRow()
    {
        const QTemporaryDir folder;
        posthog::Table table;
        table.columns = {{"n", "UInt64"}, {"text", "String"}};
        std::vector<std::uint32_t> rows;
        for (std::uint32_t i = 0; i < 120'000; ++i) {
            table.rows.push_back({i, "some text that fills the block"});
            rows.push_back(i);
        }
        int heard = 0;

        const auto written
            = writeRows(folder.filePath("out.csv"), table, rows, std::vector<int>{0, 1}, CopyFormat::Csv, [&](qint64) { ++heard; }, {});

        QVERIFY(written);
        QCOMPARE(*written, 120'000);
        QVERIFY(heard > 1);
        QFile file(folder.filePath("out.csv"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count("\r\n"), 120'001);
    }

    void aCancelledFileIsNotThere()
    {
        const QTemporaryDir folder;
        posthog::Table table;
        table.columns = {{"text", "String"}};
        const std::vector<std::uint32_t> rows(30'000, 0);
        table.rows = {{std::string(100, 'x')}};
        std::stop_source stop;
        stop.request_stop();

        const auto written = writeRows(folder.filePath("out.csv"), table, rows, std::vector<int>{0}, CopyFormat::Csv, {}, stop.get_token());

        QVERIFY(!written);
        QCOMPARE(written.error().code, ph::ErrorCode::Cancelled);
        QVERIFY(!QFile::exists(folder.filePath("out.csv")));
    }

    void aFolderThatIsNotThereIsSaid()
    {
        const auto written = writeRows("/nowhere/at/all.csv", sample(), all, columns, CopyFormat::Csv, {}, {});

        QVERIFY(!written);
        QVERIFY(written.error().message.find("/nowhere/at/all.csv") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(CopyFormatsTest)
#include "copy_formats_test.moc"

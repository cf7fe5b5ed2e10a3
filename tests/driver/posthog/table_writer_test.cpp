#include "driver/posthog/table_writer.h"

#include "driver/base/json_fields.h"
#include "driver/posthog/json_text.h"

#include <QTest>

using namespace posthog;

class TableWriterTest : public QObject
{
    Q_OBJECT

private slots:
    void writesCsv_data();
    void writesCsv();
    void givesBackEveryText();
    void givesBackLongTextsWithWhatNeedsQuotesAtEveryPlace();
    void refusesATextThatEndsInAnEscape();
    void writesJsonl();

private:
    /// One cell through the CSV writer and back.
    static void writeAndRead(const std::string &text, std::string &out)
    {
        std::string token;
        appendQuoted(text, token);
        readBack(token, out);
    }
    static void readBack(const std::string &token, std::string &out)
    {
        std::string csv = written(*makeCsvWriter(true), {{"c", "String"}}, {token}).substr(3);
        csv.resize(csv.size() - 2);
        if (csv.starts_with('"')) {
            for (std::size_t i = 1; i + 1 < csv.size(); ++i) {
                out += csv[i];
                i += csv[i] == '"';
            }
        } else {
            QVERIFY2(csv.find_first_of(",\"\r\n") == std::string::npos, csv.c_str());
            out = csv;
        }
        const std::size_t at = out.find_first_not_of('\'');
        if (out.starts_with('\'') && at != std::string::npos && std::string("=+-@|\t\r").find(out[at]) != std::string::npos)
            out.erase(0, 1);
    }
    static std::string written(TableWriter &writer, const std::vector<Column> &columns, const std::vector<std::string_view> &cells)
    {
        std::string out;
        writer.begin(columns, out);
        if (const auto done = writer.row(cells, out); !done)
            return done.error().message;
        return out;
    }
};

void TableWriterTest::writesCsv_data()
{
    QTest::addColumn<QByteArray>("cell");
    QTest::addColumn<QByteArray>("safe");
    QTest::addColumn<QByteArray>("raw");
    const auto row = [](const char *name, const char *cell, const char *safe, const char *raw = nullptr) {
        QTest::newRow(name) << QByteArray(cell) << QByteArray(safe) << QByteArray(raw ? raw : safe);
    };
    row("text", R"("abc")", "abc");
    row("empty text", R"("")", "\"\"");
    row("null", "null", "");
    row("a comma", R"("a,b")", "\"a,b\"");
    row("quotes", R"("say \"hi\"")", "\"say \"\"hi\"\"\"");
    row("a line break", R"("a\r\nb")", "\"a\r\nb\"");
    row("a number", "-12.5", "-12.5");
    row("64 bits", "18446744073709551615", "18446744073709551615");
    row("truth", "true", "true");
    row("a list", R"([1,"a"])", "\"[1,\"\"a\"\"]\"");
    row("a formula", R"("=1+1")", "'=1+1", "=1+1");
    row("a quoted formula", R"("=cmd|' /C calc'!A0,\"")", "\"'=cmd|' /C calc'!A0,\"\"\"", "\"=cmd|' /C calc'!A0,\"\"\"");
    row("plus", R"("+49 30")", "'+49 30", "+49 30");
    row("minus", R"("-x")", "'-x", "-x");
    row("at", R"j("@SUM(1)")j", "'@SUM(1)", "@SUM(1)");
    row("bar", R"("|x")", "'|x", "|x");
    row("tab", R"("\tx")", "'\tx", "\tx");
    row("return", R"("\r=x")", "\"'\r=x\"", "\"\r=x\"");
    row("a quote before a formula", R"("'=1")", "''=1", "'=1");
    row("only a quote", R"("'")", "'");
    row("an apostrophe", R"("'tis")", "'tis");
    row("equals inside", R"("a=b")", "a=b");
}

void TableWriterTest::writesCsv()
{
    QFETCH(QByteArray, cell);
    QFETCH(QByteArray, safe);
    QFETCH(QByteArray, raw);
    const std::vector<Column> columns{{"n", "Int64"}, {"c", "String"}};
    const std::string text = cell.toStdString();

    QCOMPARE(QByteArray::fromStdString(written(*makeCsvWriter(true), columns, {"1", text})), "n,c\r\n1," + safe + "\r\n");
    QCOMPARE(QByteArray::fromStdString(written(*makeCsvWriter(false), columns, {"1", text})), "n,c\r\n1," + raw + "\r\n");
}

/// Whatever a text is made of, reading the cell as RFC 4180 says and taking the guard away gives it back.
void TableWriterTest::givesBackEveryText()
{
    const char pieces[] = {'\'', '=', '"', ',', '\n', '\r', '\t', '|', 'a', '-'};
    for (int number = 0; number < 10'000; ++number) {
        std::string text;
        for (int rest = number, i = 0; i < 4; ++i, rest /= 10)
            text += pieces[rest % 10];
        std::string out;
        writeAndRead(text, out);
        QCOMPARE(out, text);
    }
}

/// JSON within the text, as properties are, long enough for the ways that take many bytes at once.
void TableWriterTest::givesBackLongTextsWithWhatNeedsQuotesAtEveryPlace()
{
    const std::string specials[] = {"\"", ",", "\n", "\r", "\\", "\\\"", "\\\\", "\"\"", "\t", "\x01", "\u00e9", "\"\\", "/"};
    for (const std::string first : {"", "{", "a"}) {
        for (std::size_t length = 0; length < 70; ++length) {
            for (std::size_t at = 0; at <= length; ++at) {
                for (const std::string &special : specials) {
                    std::string text = first + std::string(length, 'x');
                    text.insert(first.size() + at, special);
                    text += length % 3 ? "" : "\":1}"; // one more behind it
                    std::string out;
                    readBack(ph::Json(text).dump(), out);
                    if (out != text)
                        QCOMPARE(out, text);
                }
            }
        }
    }
}

void TableWriterTest::refusesATextThatEndsInAnEscape()
{
    for (const std::size_t length : {0, 5, 15, 16, 17, 31, 32, 33}) {
        const std::string cell = "\"" + std::string(length, 'x') + "\\\"";
        QVERIFY(written(*makeCsvWriter(false), {{"c", "String"}}, {cell}).starts_with("PostHog sent a text"));
    }
}

void TableWriterTest::writesJsonl()
{
    const std::vector<Column> columns{{"uuid", "UUID"}, {"a \"b\"", "String"}, {"n", "UInt64"}, {"properties", "String"}};
    const auto writer = makeJsonlWriter();

    QCOMPARE(written(*writer, columns, {"\"u\"", "\"x\\n\"", "18446744073709551615", R"("{\"k\":\n 1,\"t\":\"a\\nb\"}")"}),
             std::string(R"({"uuid":"u","a \"b\"":"x\n","n":18446744073709551615,"properties":{"k":  1,"t":"a\nb"}})") + "\n");
    QCOMPARE(written(*writer, columns, {"\"u\"", "null", "[1,2]", R"("{broken")"}),
             std::string(R"({"uuid":"u","a \"b\"":null,"n":[1,2],"properties":"{broken"})") + "\n");
}

QTEST_APPLESS_MAIN(TableWriterTest)
#include "table_writer_test.moc"

#include "driver/posthog/query_page.h"

#include "driver/posthog/json_text.h"

#include <QTest>

#include <random>

using namespace posthog;

class QueryPageTest : public QObject
{
    Q_OBJECT

private slots:
    void readsCellsAsTheyWereSent();
    void readsWhateverTheOrder();
    void readsAnswersThatWerePutOff();
    void refusesWhatIsBroken_data();
    void refusesWhatIsBroken();
    void refusesEveryBeginningOfAnAnswer();
    void survivesEveryByteThatIsWrong();
    void unescapes_data();
    void unescapes();
    void repairsUtf8();

private:
    QueryPageReader m_reader;
};

void QueryPageTest::readsCellsAsTheyWereSent()
{
    const auto page = m_reader.read(R"({"columns":["a","n","f","t","z","l","o"],"types":[["a","String"],["n","UInt64"]],
        "results":[["x\n\"y\"" , 18446744073709551615 ,1.50e3,true,null,[1, "]"],{"k" : 1}],["",-9223372036854775808,0,false,null,[],{}]],
        "hasMore":true,"error":null})", "h");

    QVERIFY2(page.has_value(), page ? "" : page.error().message.c_str());
    QCOMPARE(page->rows(), std::size_t(2));
    QVERIFY(page->hasMore);
    QCOMPARE(page->columns.at(1).type, std::string("UInt64"));
    const std::vector<std::string_view> first(page->cells.begin(), page->cells.begin() + 7);
    QCOMPARE(first, (std::vector<std::string_view>{R"("x\n\"y\"")", "18446744073709551615", "1.50e3", "true", "null", R"([1, "]"])", R"({"k" : 1})"}));
    QCOMPARE(page->cell(1, 1), std::string_view("-9223372036854775808"));
    QCOMPARE(page->cell(1, 0), std::string_view("\"\""));
}

void QueryPageTest::readsWhateverTheOrder()
{
    const auto page = m_reader.read(R"({"timings":[{"k":"./x","t":1}],"results":[[1],[2]],"hogql":"SELECT","types":["Int64"],"columns":["n"]})", "h");

    QVERIFY2(page.has_value(), page ? "" : page.error().message.c_str());
    QCOMPARE(page->rows(), std::size_t(2));
    QCOMPARE(page->columns.at(0), (Column{"n", "Int64"}));
}

void QueryPageTest::readsAnswersThatWerePutOff()
{
    const auto page = m_reader.read(R"({"query_status":{"complete":true,"results":{"columns":["n"],"results":[[7]]}}})", "h");

    QVERIFY2(page.has_value(), page ? "" : page.error().message.c_str());
    QCOMPARE(page->cell(0, 0), std::string_view("7"));
}

void QueryPageTest::refusesWhatIsBroken_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("code");
    const auto row = [](const char *name, const char *text, ph::ErrorCode code) { QTest::newRow(name) << QByteArray(text) << static_cast<int>(code); };
    row("nothing", "", ph::ErrorCode::Network);
    row("a page", "<html>", ph::ErrorCode::Network);
    row("a list", "[]", ph::ErrorCode::Network);
    row("an error", R"({"results":[],"error":"Too slow"})", ph::ErrorCode::InvalidInput);
    row("no results", R"({"columns":["a"]})", ph::ErrorCode::Internal);
    row("no columns", R"({"results":[[1]]})", ph::ErrorCode::Internal);
    row("too few cells", R"({"columns":["a","b"],"results":[[1,2],[1]]})", ph::ErrorCode::Internal);
    row("too many cells", R"({"columns":["a"],"results":[[1],[1,2]]})", ph::ErrorCode::Internal);
    row("a word", R"({"columns":["a"],"results":[[nul]]})", ph::ErrorCode::Network);
    row("a number that is none", R"({"columns":["a"],"results":[[12x]]})", ph::ErrorCode::Network);
    row("a line break in a text", "{\"columns\":[\"a\"],\"results\":[[\"x\ny\"]]}", ph::ErrorCode::Network);
}

void QueryPageTest::refusesWhatIsBroken()
{
    QFETCH(QByteArray, text);
    QFETCH(int, code);

    const auto page = m_reader.read(text.toStdString(), "h");

    QVERIFY(!page.has_value());
    QCOMPARE(static_cast<int>(page.error().code), code);
}

void QueryPageTest::refusesEveryBeginningOfAnAnswer()
{
    const std::string whole = R"({"error":null,"columns":["a","b"],"types":[["a","String"],["b","Int64"]],"results":[["x\\",1],["é",[2,"]"]],["",{"k":3}]],"hasMore":false})";
    QVERIFY(m_reader.read(whole, "h").has_value());

    for (std::size_t length = 0; length < whole.size(); ++length)
        QVERIFY2(!m_reader.read(whole.substr(0, length), "h").has_value(), qPrintable(QString::number(length)));
}

/// Bytes of an answer exchanged at random: it is refused, or each of its cells is JSON.
void QueryPageTest::survivesEveryByteThatIsWrong()
{
    const std::string whole = R"({"error":null,"columns":["a","b"],"types":[["a","String"],["b","Int64"]],"results":[["x\\",1.5e3],["é",[2,"]"]],["",{"k":-3}]],"hasMore":false})";
    const std::string_view bytes = "{}[]\",:\\0e-.tnu \n\xff\xc3";
    std::minstd_rand random(3);
    int accepted = 0;
    for (int i = 0; i < 30'000; ++i) {
        std::string text = whole;
        for (auto changes = 1 + random() % 3; changes > 0; --changes)
            text[random() % text.size()] = bytes[random() % bytes.size()];
        const auto page = m_reader.read(text, "h");
        if (!page)
            continue;
        ++accepted;
        for (const std::string_view cell : page->cells) {
            const bool mayHoldAnything = cell.starts_with('[') || cell.starts_with('{') || cell.starts_with('"');
            QVERIFY2(mayHoldAnything || ph::Json::accept(cell), std::string(cell).c_str());
        }
    }
    QVERIFY(accepted > 100);
}

void QueryPageTest::unescapes_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isOne");
    QTest::newRow("plain") << QByteArray(R"("abc")") << QByteArray("abc") << true;
    QTest::newRow("all escapes") << QByteArray(R"("\"\\\/\b\f\n\r\t")") << QByteArray("\"\\/\b\f\n\r\t") << true;
    QTest::newRow("code points") << QByteArray(R"("\u0041\u00e9\u20ac\ud83d\ude00")") << QByteArray("Aé€😀") << true;
    QTest::newRow("nul") << QByteArray(R"("a\u0000b")") << QByteArray("a\0b", 3) << true;
    QTest::newRow("lone surrogates") << QByteArray(R"("\ud83dx\udc00")") << QByteArray("\xEF\xBF\xBDx\xEF\xBF\xBD") << true;
    QTest::newRow("two high ones") << QByteArray(R"("\ud83d\ud83d\ude00")") << QByteArray("\xEF\xBF\xBD😀") << true;
    QTest::newRow("no escape") << QByteArray(R"("a\q")") << QByteArray("a") << false;
    QTest::newRow("cut off") << QByteArray(R"("a\u12")") << QByteArray("a") << false;
    QTest::newRow("a lone backslash") << QByteArray("\"a\\\"") << QByteArray("a") << false;
}

void QueryPageTest::unescapes()
{
    QFETCH(QByteArray, token);
    QFETCH(QByteArray, text);
    QFETCH(bool, isOne);
    std::string out;

    QCOMPARE(appendUnescaped(token.toStdString(), out), isOne);

    QCOMPARE(QByteArray::fromStdString(out), text);
}

void QueryPageTest::repairsUtf8()
{
    const auto page = m_reader.read("{\"columns\":[\"a\"],\"results\":[[\"\xff\"]]}", "h");
    QVERIFY(page.has_value());
    QVERIFY(page->repaired);
}

QTEST_APPLESS_MAIN(QueryPageTest)
#include "query_page_test.moc"

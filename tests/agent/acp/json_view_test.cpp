#include "agent/acp/json_view.h"
#include "tests/support/compare_json.h"
#include "tests/support/random_json.h"

#include <QTest>

using acp::LineParser;

namespace {

/// What a line comes to, as text: read by a LineParser, and read by ph::Json::parse() alone.
std::string read(LineParser &parser, const std::string &line)
{
    const auto view = parser.read(line);
    if (!view)
        return view.error() == LineParser::Problem::NotJson ? "no JSON" : "too deep";
    return view->tree().dump();
}
std::string readAsTree(const std::string &line)
{
    const auto tree = ph::Json::parse(line, nullptr, false);
    return tree.is_discarded() ? "no JSON" : tree.dump();
}

} // namespace

class JsonViewTest : public QObject
{
    Q_OBJECT

private slots:
    void readsWhatATreeReads_data()
    {
        QTest::addColumn<QByteArray>("line");
        const std::initializer_list<QByteArray> lines{
            "", " ", "{}", "[]", " {} ", "\t{}\r", "{}\r\n", "null", "true", "false", "nul", "nulll", "\"\"", "\"a\"", "\"a", "'a'", "{", "}", "[", "]", "[1", "[1,]",
            "[,1]", "{\"a\":1,}", "{\"a\"}", "{\"a\":}", "{a:1}", "{1:2}", "[] []", "{}x", "{}\f", "{}\v", QByteArray("{}\0", 3), QByteArray("\"a\0b\"", 5),
            "0", "-0", "-0.0", "0.0", "1", "-1", "01", "-01", "+1", "1.", ".5", "-", "--1", "1e5", "1E+5", "1e-5", "1e", "1e+", "1.5e3", "1 2", "0x10", "NaN", "Infinity",
            "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "-9223372036854775808",
            "-9223372036854775809", "123456789012345678901234567890", "1e308", "1e309", "-1e309", "1e-308", "5e-324", "1e-400", "0.1", "3.141592653589793",
            "2.2250738585072014e-308", "1.7976931348623157e308", "0.30000000000000004", "100000000000000000000.5", "1e999", "0e999",
            "\"\\n\\t\\r\\b\\f\\\\\\/\\\"\"", "\"\\a\"", "\"\\u0041\"", "\"\\u004\"", "\"\\u00e9\"", "\"\\u0000\"", "\"\\ud83c\\udf89\"", "\"\\ud800\"", "\"\\udc00\"",
            "\"\\ud800x\"", "\"\\ud800\\n\"", "\"\\ud800\\u0041\"", "\"\\udbff\\udfff\"", "\"\\uD83C\\uDF89\"", "\"\x1f\"", "\"\x7f\"", "\"\t\"", "\"é\"", "\"🎉\"", "\"\xff\"",
            "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xf4\x8f\xbf\xbf\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"", "\xef\xbb\xbf{}", "\xef\xbb\xbf", "\xef\xbb{}", "{\"\xff\":1}",
            "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1},\"a\":{\"c\":2}}", "{\"\":0}", "{\"a\\u0062\":1}", "{\"a\":[{\"b\":[[]]}]}", "/* a */{}", "// a\n{}", "[1 2]", "{\"a\" 1}",
            "{\"a\"::1}", "tru", "truefalse", "[true,false,null]", "[truex]", "{\"jsonrpc\":\"2.0\",\"method\":\"a\"}"};
        int number = 0;
        for (const auto &line : lines)
            QTest::addRow("%d: %s", number++, line.constData()) << line;
    }
    void readsWhatATreeReads()
    {
        QFETCH(QByteArray, line);
        LineParser parser;

        QCOMPARE(read(parser, line.toStdString()), readAsTree(line.toStdString()));
    }

    void readsRandomAndDamagedLinesAsATreeDoes()
    {
        support::RandomJson random(11);
        LineParser parser;
        int whole = 0;
        for (int i = 0; i < 20'000; ++i) {
            auto line = random.value(4).dump();
            if (i % 2)
                random.damage(line);
            const auto expected = readAsTree(line);
            if (read(parser, line) != expected)
                QFAIL(("read otherwise: " + line).c_str());
            whole += expected != "no JSON";
        }
        QVERIFY(whole > 10'000 && whole < 19'000);
    }

    void answersAsATreeDoes()
    {
        LineParser parser;
        const auto view = parser.read(R"({"object":{"a":1},"list":[1,"two",null],"text":"a\nb","number":1.5,"yes":true,"none":null,"twice":1,"twice":"last"})").value();

        for (const char *key : {"object", "list", "text", "number", "yes", "none", "twice"}) {
            const auto tree = view.tree();
            const acp::TreeView expected(tree.at(key));
            const auto found = view.find(key);
            QVERIFY(found);
            QCOMPARE(found->isObject(), expected.isObject());
            QCOMPARE(found->isList(), expected.isList());
            QCOMPARE(found->isText(), expected.isText());
            QCOMPARE(found->isNull(), expected.isNull());
            QCOMPARE(found->typeName(), expected.typeName());
            QCOMPARE(std::string(found->text()), std::string(expected.text()));
            QCOMPARE(found->items().size(), expected.items().size());
        }
        QCOMPARE(std::string(view.find("twice")->text()), std::string("last"));
        COMPARE_JSON(view.find("list")->items()[1].tree(), "two");
        QVERIFY(!view.find("nothing"));
        QVERIFY(!view.find("text")->find("a"));
        QVERIFY(view.find("text")->items().empty());
        COMPARE_JSON(acp::JsonView::emptyObject().tree(), ph::Json::object());
        COMPARE_JSON(acp::JsonView::null().tree(), nullptr);
    }

    void refusesWhatIsNestedTooDeep_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("outcome"); // "read" or what is wrong
        const auto nested = [](int levels, const QByteArray &inner) { return QByteArray(levels, '[') + inner + QByteArray(levels, ']'); };
        for (const int levels : {126, 127, 128}) {
            QTest::addRow("%d", levels) << nested(levels, "") << "read";
            QTest::addRow("%d around a number", levels) << nested(levels, "1") << "read";
            QTest::addRow("%d around an empty object", levels) << nested(levels - 1, "{}") << "read";
        }
        for (const int levels : {129, 130, 1025, 100'000}) {
            QTest::addRow("%d", levels) << nested(levels, "") << "too deep";
            QTest::addRow("%d around a number", levels) << nested(levels, "1") << "too deep";
        }
        QTest::addRow("open") << QByteArray(200, '[') << "too deep";
        QTest::addRow("in a text") << ("\"" + QByteArray(500, '[') + "\"") << "read";
    }
    void refusesWhatIsNestedTooDeep()
    {
        QFETCH(QByteArray, line);
        QFETCH(QString, outcome);
        LineParser parser;
        for (int again = 0; again < 2; ++again) {
            const auto text = read(parser, line.toStdString());
            QCOMPARE(QString::fromStdString(text == "no JSON" || text == "too deep" ? text : "read"), outcome);
        }
    }

    void readsShortLinesAfterALongOne()
    {
        LineParser parser;
        const std::string text(5'000'000, 'x');

        QCOMPARE(parser.read("\"" + text + "\"").value().text().size(), text.size());
        COMPARE_JSON(parser.read(R"({"a":[1]})").value().tree(), {{"a", {1}}});
        QVERIFY(!parser.read("{"));
        COMPARE_JSON(parser.read("[123456789012345678901234567890]").value().tree(), ph::Json::parse("[123456789012345678901234567890]"));
        COMPARE_JSON(parser.read("[1]").value().tree(), ph::Json::array({1}));
    }
};

QTEST_APPLESS_MAIN(JsonViewTest)
#include "json_view_test.moc"

#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"

#include "cases.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <random>

using namespace hogql;

/// The editor's "Format": whole statements with their comments.
class HogqlFormatTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void keepsCommentsWhereTheyBelong_data();
    void keepsCommentsWhereTheyBelong();
    void losesNoCommentWhereverItStands();
    void givesTheSameASecondTime();
    void formatsDeepQueriesInTime();
    void saysWhyATextCannotBeRead();

private:
    std::vector<std::string> m_queries;
};

void HogqlFormatTest::initTestCase()
{
    for (const HogqlCase &item : readHogqlCases(HOGQL_CASES "/select.txt"))
        m_queries.push_back(item.query);
    const QString folder = qEnvironmentVariable("HOGLET_HOGQL_CORPUS");
    QFile corpus(QDir(folder).filePath("corpus.json"));
    if (!folder.isEmpty() && corpus.open(QIODevice::ReadOnly)) {
        const auto read = nlohmann::json::parse(corpus.readAll().toStdString());
        for (const auto &item : read.at("queries")) {
            if (item.at("kind") == "select" && item.at("parse_ok"))
                m_queries.push_back(item.at("query"));
        }
    }
}

void HogqlFormatTest::keepsCommentsWhereTheyBelong_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("formatted");
    QTest::newRow("above the query") << "-- paying users\n\nselect a from t" << "-- paying users\nSELECT a\nFROM t";
    QTest::newRow("behind a column") << "select a, -- first\n  b -- second\nfrom t where c" << "SELECT\n    a, -- first\n    b -- second\nFROM t\nWHERE c";
    QTest::newRow("between conditions") << "select a from t where b\n-- not c\nand d" << "SELECT a\nFROM t\nWHERE b\n    -- not c\n    AND d";
    QTest::newRow("before a clause") << "select a from t\n/* only\n   some */\nlimit 3" << "SELECT a\nFROM t\n/* only\n   some */\nLIMIT 3";
    QTest::newRow("at the end") << "select a from t -- all\n-- of it\n" << "SELECT a\nFROM t -- all\n-- of it";
    QTest::newRow("within a line") << "select /* x */ a from t" << "/* x */\nSELECT a\nFROM t";
    QTest::newRow("in a sub-select") << "select a from (\n-- inner\nselect b from u) where c" << "SELECT a\nFROM (\n    -- inner\n    SELECT b\n    FROM u\n)\nWHERE c";
    QTest::newRow("other marks") << "select a // one\n, b # two\nfrom t" << "SELECT\n    a, // one\n    b # two\nFROM t";
    QTest::newRow("none") << "select a,b from t" << "SELECT a, b\nFROM t";
    QTest::newRow("long call")
        << "select multiIf(event = '$pageview', 'a page was seen', event = '$autocapture', 'something was clicked', 'something else') as kind from events"
        << "SELECT multiIf(\n    event = '$pageview',\n    'a page was seen',\n    event = '$autocapture',\n    'something was clicked',\n"
           "    'something else'\n) AS kind\nFROM events";
    QTest::newRow("long or")
        << "select a from t where b and (event = 'first long name' or event = 'second long name' or event = 'third long name of an event')"
        << "SELECT a\nFROM t\nWHERE b\n    AND (event = 'first long name'\n        OR event = 'second long name'\n        OR event = 'third long name of an event')";
}

void HogqlFormatTest::keepsCommentsWhereTheyBelong()
{
    QFETCH(QString, text);
    QFETCH(QString, formatted);

    const auto found = formatText(text.toStdString());

    QVERIFY(found.has_value());
    QCOMPARE(QString::fromStdString(*found), formatted);
}

void HogqlFormatTest::losesNoCommentWhereverItStands()
{
    std::mt19937 random(7);
    for (const std::string &query : m_queries) {
        std::string text;
        int put = 0;
        for (const Token &token : tokenize(query)) {
            const bool inCode = token.kind == TokenKind::Word || token.kind == TokenKind::Number || token.kind == TokenKind::String
                || (token.kind == TokenKind::Operator && token.text != ".");
            if (inCode && random() % 6 == 0 && query.find('<') == std::string::npos && query.find("f'") == std::string::npos) {
                const int kind = int(random() % 4);
                text += kind == 0 ? "\n-- c\n" : kind == 1 ? " /* c */ " : kind == 2 ? " -- c\n" : "\n/* c\n   c */";
                ++put;
            }
            text += query.substr(token.span.start, token.span.end - token.span.start);
        }
        const auto before = parseSelect(query), after = parseSelect(text);
        if (!before || !after || !equal(**before, **after))
            continue; // it split what belongs together, such as -1

        const auto formatted = formatText(text);

        QVERIFY2(formatted.has_value(), text.c_str());
        const auto again = parseSelect(*formatted);
        QVERIFY2(again && equal(**again, **before), formatted->c_str());
        int kept = 0, had = 0;
        for (const Token &token : tokenize(*formatted))
            kept += token.kind == TokenKind::Comment;
        for (const Token &token : tokenize(text))
            had += token.kind == TokenKind::Comment;
        QVERIFY2(kept == had && had >= put, (text + "\n=====\n" + *formatted).c_str());
    }
}

void HogqlFormatTest::givesTheSameASecondTime()
{
    for (const std::string &query : m_queries) {
        const auto once = formatText(query);
        QVERIFY2(once.has_value(), query.c_str());
        const auto twice = formatText(*once);
        QVERIFY2(twice.has_value(), once->c_str());
        QCOMPARE(QString::fromStdString(*twice), QString::fromStdString(*once));
        for (const Token &token : tokenize(*once))
            QVERIFY2(token.kind != TokenKind::Whitespace || token.text.find(" \n") == std::string::npos, once->c_str());
    }
}

void HogqlFormatTest::formatsDeepQueriesInTime()
{
    std::string selects = "select 1", calls = "a";
    for (int i = 0; i < 60; ++i) {
        selects = "select a, (" + selects + "), b from (select 1 as a, 2 as b)";
        calls = "concat(" + calls + ", 'some text that makes the line long enough')";
    }
    QElapsedTimer timer;
    timer.start();

    QVERIFY(formatText(selects).has_value());
    QVERIFY(formatText("select " + calls + " from t").has_value());

    QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
}

void HogqlFormatTest::saysWhyATextCannotBeRead()
{
    const auto found = formatText("select a from -- where");
    QVERIFY(!found);
    QCOMPARE(QString::fromStdString(found.error().message), QString("Expected a table after FROM, found the end of the query."));
}

QTEST_APPLESS_MAIN(HogqlFormatTest)
#include "format_test.moc"

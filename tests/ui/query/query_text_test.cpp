#include "ui/query/query_text.h"

#include "driver/hogql/parser.h"

#include <QTest>

using namespace ui;

class QueryTextTest : public QObject
{
    Q_OBJECT

private slots:
    void bytesAndPositionsAgreeBeyondAscii()
    {
        const QString text = QString::fromUtf8("a€😀b");
        const TextPositions positions(text);

        QCOMPARE(positions.byte(0), std::size_t(0));
        QCOMPARE(positions.byte(1), std::size_t(1)); // €: 3 bytes
        QCOMPARE(positions.byte(2), std::size_t(4)); // 😀: 4 bytes, 2 units
        QCOMPARE(positions.byte(4), std::size_t(8));
        QCOMPARE(positions.byte(5), std::size_t(9));
        QCOMPARE(positions.position(8), 4);
        QCOMPARE(positions.position(9), 5);
        QCOMPARE(positions.position(999), 5);
    }

    void statementsEndAtSemicolonsOutsideOfStrings()
    {
        const std::string text = "SELECT ';' -- a; b\n;\n\n-- two\nSELECT 2;;  ";

        const auto statements = statementsOf(text);

        QCOMPARE(statements.size(), std::size_t(2));
        QCOMPARE(text.substr(statements[0].start, statements[0].end - statements[0].start), std::string("SELECT ';' -- a; b"));
        QCOMPARE(text.substr(statements[1].start, statements[1].end - statements[1].start), std::string("-- two\nSELECT 2"));
    }

    void theStatementAtTheCursorRuns_data()
    {
        QTest::addColumn<int>("cursor");
        QTest::addColumn<QString>("statement");
        QTest::newRow("start") << 0 << "SELECT 1";
        QTest::newRow("within") << 4 << "SELECT 1";
        QTest::newRow("behind the semicolon") << 9 << "SELECT 1";
        QTest::newRow("second") << 12 << "SELECT 2";
        QTest::newRow("end") << 18 << "SELECT 2";
    }
    void theStatementAtTheCursorRuns()
    {
        QFETCH(int, cursor);
        QFETCH(QString, statement);
        const std::string text = "SELECT 1;\nSELECT 2";

        const auto span = statementAt(text, std::size_t(cursor));

        QCOMPARE(QString::fromStdString(text.substr(span.start, span.end - span.start)), statement);
    }

    void aLimitGoesToTheWholeResult()
    {
        QCOMPARE(withLimit("SELECT 1 ; ", 50'000), std::string("SELECT 1\nLIMIT 50000"));
        QCOMPARE(withLimit("SELECT 1 -- all", 50'000), std::string("SELECT 1 -- all\nLIMIT 50000"));
        const std::string united = withLimit("SELECT 1 UNION ALL SELECT 2", 50'000);
        QCOMPARE(united, std::string("SELECT * FROM (\nSELECT 1 UNION ALL SELECT 2\n)\nLIMIT 50000"));
        QVERIFY(hogql::parseSelect(united));
    }

    void aQueryNamesItself()
    {
        QCOMPARE(titleOf("-- Errors by release\nSELECT 1"), "Errors by release");
        QCOMPARE(titleOf("\n/* Weekly */ SELECT 1"), "Weekly");
        QCOMPARE(titleOf("select count() from sessions"), "sessions");
        QCOMPARE(titleOf("SELECT 1"), "");
        QCOMPARE(titleOf(""), "");
    }

    void placesInMessagesAreFound()
    {
        QCOMPARE(positionInMessage("Syntax error at line 3, column 14: oops"), (std::pair{3, 14}));
        QCOMPARE(positionInMessage("Line 2 col 5"), (std::pair{2, 5}));
        QCOMPARE(positionInMessage("no place"), (std::pair{0, 0}));
    }
};

QTEST_APPLESS_MAIN(QueryTextTest)
#include "query_text_test.moc"

#include "driver/base/json_depth.h"

#include <QTest>

class JsonDepthTest : public QObject
{
    Q_OBJECT

private slots:
    void countsBracketsOutsideOfTexts_data();
    void countsBracketsOutsideOfTexts();
};

void JsonDepthTest::countsBracketsOutsideOfTexts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("depth");
    QTest::newRow("nothing") << QByteArray() << 0;
    QTest::newRow("a number") << QByteArray("1") << 0;
    QTest::newRow("beside each other") << QByteArray("[{},{},[]]") << 2;
    QTest::newRow("in a text") << QByteArray(R"(["[[[\"{{{"])") << 1;
    QTest::newRow("behind a text that ends in a backslash") << QByteArray(R"({"\\":[1]})") << 2;
    QTest::newRow("not closed") << QByteArray("[[[") << 3;
}

void JsonDepthTest::countsBracketsOutsideOfTexts()
{
    QFETCH(QByteArray, text);
    QFETCH(int, depth);

    QVERIFY(!ph::isNestedDeeper(text.toStdString(), depth));
    QCOMPARE(ph::isNestedDeeper(text.toStdString(), depth - 1), depth > 0);
}

QTEST_APPLESS_MAIN(JsonDepthTest)
#include "json_depth_test.moc"

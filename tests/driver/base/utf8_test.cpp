#include "driver/base/utf8.h"

#include <QTest>

class Utf8Test : public QObject
{
    Q_OBJECT

private slots:
    void knowsUtf8_data();
    void knowsUtf8();
    void replacesWhatIsNone();
};

void Utf8Test::knowsUtf8_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("valid");

    QTest::newRow("ascii") << QByteArray("abc") << true;
    QTest::newRow("two bytes") << QByteArray("\xC3\xA9") << true;
    QTest::newRow("four bytes") << QByteArray("\xF0\x9F\x98\x80") << true;
    QTest::newRow("last code point") << QByteArray("\xF4\x8F\xBF\xBF") << true;
    QTest::newRow("past the last") << QByteArray("\xF4\x90\x80\x80") << false;
    QTest::newRow("overlong") << QByteArray("\xC0\xAF") << false;
    QTest::newRow("overlong of three") << QByteArray("\xE0\x80\xAF") << false;
    QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << false;
    QTest::newRow("lone continuation") << QByteArray("\x80") << false;
    QTest::newRow("cut") << QByteArray("\xE2\x82") << false;
    QTest::newRow("never a byte") << QByteArray("\xFF") << false;
}

void Utf8Test::knowsUtf8()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, valid);

    QCOMPARE(ph::isUtf8(bytes.toStdString()), valid);
}

void Utf8Test::replacesWhatIsNone()
{
    std::string text = "ok é€😀";
    QVERIFY(!ph::repairUtf8(text));
    QCOMPARE(text, std::string("ok é€😀"));
    text = "a\xff"
           "b\xc3";
    QVERIFY(ph::repairUtf8(text));
    QCOMPARE(text,
             std::string("a\xEF\xBF\xBD"
                         "b\xEF\xBF\xBD"));
}

QTEST_APPLESS_MAIN(Utf8Test)
#include "utf8_test.moc"

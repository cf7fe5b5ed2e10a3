#include "ui/terminal/plain_output.h"

#include <QTest>

class PlainOutputTest : public QObject
{
    Q_OBJECT

private slots:
    void keepsWhatIsText_data()
    {
        QTest::addColumn<QByteArray>("written");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("text") << QByteArray("hello\nworld\n") << QByteArray("hello\nworld\n");
        QTest::newRow("line ends of a terminal") << QByteArray("one\r\ntwo\r\r\n") << QByteArray("one\ntwo\n");
        QTest::newRow("colours") << QByteArray("\x1b[1;31mred\x1b[0m \x1b[38;2;1;2;3mrgb\x1b[m") << QByteArray("red rgb");
        QTest::newRow("title, link, clipboard") << QByteArray("a\x1b]0;title\x07" "b\x1b]8;;http://x\x1b\\c\x1b]52;c;aGk=\x07" "d") << QByteArray("abcd");
        QTest::newRow("progress") << QByteArray("10%\r50%\r\n") << QByteArray("10%\r50%\n");
        QTest::newRow("bell and backspace") << QByteArray("a\x07" "b\x08" "c\td") << QByteArray("abc\td");
        QTest::newRow("letters") << QByteArray("gr\xC3\xBC\xC3\x9F \xE6\xBC\xA2 \xF0\x9F\x98\x80") << QByteArray("gr\xC3\xBC\xC3\x9F \xE6\xBC\xA2 \xF0\x9F\x98\x80");
        QTest::newRow("no letters") << QByteArray("a\xFFz") << QByteArray("a\xEF\xBF\xBDz");
        QTest::newRow("a sequence that never ends") << QByteArray("a\x1b]0;title") << QByteArray("a");
    }
    void keepsWhatIsText()
    {
        QFETCH(QByteArray, written);
        QFETCH(QByteArray, text);

        for (const int size : {1, 2, 1000}) {
            ui::PlainOutput output(1000);
            for (int at = 0; at < written.size(); at += size)
                output.feed(written.mid(at, size).toStdString());
            QCOMPARE(output.tail().text, text.toStdString());
            QVERIFY(!output.tail().isCut);
        }
    }

    void keepsTheEndFromACharacterOn()
    {
        ui::PlainOutput output(10);

        output.feed("\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2"); // four of three bytes

        QCOMPARE(output.tail().text, std::string("\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2"));
        QVERIFY(output.tail().isCut);
        for (int i = 0; i < 10'000; ++i)
            output.feed("line " + std::to_string(i) + "\n");
        QCOMPARE(output.tail().text, std::string("line 9999\n"));
    }

    void aCharacterThatIsOnlyBegunWaits()
    {
        ui::PlainOutput output(100);
        output.feed("a\xE6\xBC");
        QCOMPARE(output.tail().text, std::string("a"));

        output.feed("\xA2");

        QCOMPARE(output.tail().text, std::string("a\xE6\xBC\xA2"));
    }

    void aLimitOfNothingKeepsNothing()
    {
        ui::PlainOutput output(0);
        QVERIFY(!output.tail().isCut);

        output.feed("a");

        QCOMPARE(output.tail().text, std::string());
        QVERIFY(output.tail().isCut);
    }
};

QTEST_APPLESS_MAIN(PlainOutputTest)
#include "plain_output_test.moc"

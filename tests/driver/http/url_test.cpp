#include "driver/http/url.h"

#include <QTest>

class UrlTest : public QObject
{
    Q_OBJECT

private slots:
    void decodesWhatItEncodes();
    void refusesBrokenEscapes_data();
    void refusesBrokenEscapes();
    void readsQueriesInOrder();
};

void UrlTest::decodesWhatItEncodes()
{
    const std::string text = "a b/c?d=é%+&\"😀";

    QCOMPARE(http::percentEncode(text), std::string("a%20b%2Fc%3Fd%3D%C3%A9%25%2B%26%22%F0%9F%98%80"));
    QCOMPARE(*http::percentDecode(http::percentEncode(text)), text);
    QCOMPARE(*http::percentDecode("a+b"), std::string("a+b"));
}

void UrlTest::refusesBrokenEscapes_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"%", "%2", "a%2", "%zz", "%%41", "%00", "%ff", "%C3", "%ED%A0%80"})
        QTest::newRow(text) << text;
}

void UrlTest::refusesBrokenEscapes()
{
    QFETCH(QString, text);

    QVERIFY(!http::percentDecode(text.toStdString()));
    QVERIFY(!http::parseQuery("a=" + text.toStdString()));
}

void UrlTest::readsQueriesInOrder()
{
    using Pairs = std::vector<std::pair<std::string, std::string>>;

    QCOMPARE(*http::parseQuery("b=x+y&a=%26&&c&a=2=3"), (Pairs{{"b", "x y"}, {"a", "&"}, {"c", ""}, {"a", "2=3"}}));
    QCOMPARE(*http::parseQuery(""), Pairs());
}

QTEST_APPLESS_MAIN(UrlTest)
#include "url_test.moc"

#include "driver/http/public_address.h"

#include <QTest>

using namespace std::chrono_literals;

class PublicAddressTest : public QObject
{
    Q_OBJECT

private slots:
    void tellsTheInternetFromEverythingElse_data()
    {
        QTest::addColumn<bool>("isPublic");
        for (const char *address : {"93.184.216.34", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "223.255.255.255",
                                    "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450::1", "::ffff:8.8.8.8", "2002:808:808::1"})
            QTest::newRow(address) << true;
        for (const char *address : {"127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
                                    "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
                                    "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd00::1", "ff02::1", "2001:db8::1", "2001::1", "64:ff9b::7f00:1",
                                    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::1", "2002:a00:1::", "3fff::1", "localhost", "", "127.1"})
            QTest::newRow(address) << false;
    }
    void tellsTheInternetFromEverythingElse()
    {
        QFETCH(bool, isPublic);
        QCOMPARE(http::isPublicAddress(QTest::currentDataTag()), isPublic);
    }

    void refusesNamesAndSpellingsOfThisMachine_data()
    {
        QTest::addColumn<QByteArray>("host");
        for (const char *host : {"localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "::1", "0"})
            QTest::newRow(host) << QByteArray(host);
    }
    void refusesNamesAndSpellingsOfThisMachine()
    {
        QFETCH(QByteArray, host);
        const auto refused = http::publicAddressOf(host.toStdString(), std::chrono::steady_clock::now() + 10s, {});
        QVERIFY2(!refused && refused.error().code == ph::ErrorCode::Unauthorized, refused ? refused->c_str() : refused.error().message.c_str());
    }

    void resolvesANumericAddressToItself() { QCOMPARE(*http::publicAddressOf("93.184.216.34", std::chrono::steady_clock::now() + 10s, {}), std::string("93.184.216.34")); }

    void stopsWhenItIsAsked()
    {
        std::stop_source stop;
        stop.request_stop();
        const auto result = http::publicAddressOf("host.invalid", std::chrono::steady_clock::now() + 10s, stop.get_token());
        QVERIFY(!result && (result.error().code == ph::ErrorCode::Cancelled || result.error().code == ph::ErrorCode::Network));
    }
};

QTEST_APPLESS_MAIN(PublicAddressTest)
#include "public_address_test.moc"

#include "driver/posthog/driver.h"

#include <QTest>

class HostTest : public QObject
{
    Q_OBJECT

private slots:
    void normalises_data();
    void normalises();
    void refuses_data();
    void refuses();
};

void HostTest::normalises_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("normal");
    QTest::newRow("plain") << "https://us.posthog.com"
                           << "https://us.posthog.com";
    QTest::newRow("slash") << "https://eu.posthog.com/"
                           << "https://eu.posthog.com";
    QTest::newRow("capture host") << "https://us.i.posthog.com"
                                  << "https://us.posthog.com";
    QTest::newRow("capture host with a project") << "https://eu.i.posthog.com/project/12/insights?x=1#a"
                                                 << "https://eu.posthog.com";
    QTest::newRow("assets host") << "https://us-assets.i.posthog.com"
                                 << "https://us.posthog.com";
    QTest::newRow("old name") << "https://app.posthog.com/project/12"
                              << "https://us.posthog.com";
    QTest::newRow("no scheme") << "us.posthog.com"
                               << "https://us.posthog.com";
    QTest::newRow("spaces and capitals") << "  HTTPS://US.PostHog.com/ \n"
                                         << "https://us.posthog.com";
    QTest::newRow("self-hosted with a port") << "https://posthog.example.com:8443/login"
                                             << "https://posthog.example.com:8443";
    QTest::newRow("default port") << "https://us.posthog.com:443"
                                  << "https://us.posthog.com";
    QTest::newRow("loopback") << "http://localhost:8000/"
                              << "http://localhost:8000";
    QTest::newRow("loopback without a scheme") << "127.0.0.1:8000"
                                               << "http://127.0.0.1:8000";
    QTest::newRow("loopback IPv6") << "http://[::1]:8000"
                                   << "http://[::1]:8000";
}

void HostTest::normalises()
{
    QFETCH(QString, host);
    QFETCH(QString, normal);
    const auto result = posthog::normaliseHost(host.toStdString());
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QCOMPARE(QString::fromStdString(*result), normal);
}

void HostTest::refuses_data()
{
    QTest::addColumn<QString>("host");
    for (const char *host :
         {"", "/", "https://", "ftp://us.posthog.com", "http://us.posthog.com", "http://example.com:80",
          "http://127.0.0.1.example.com", "http://localhost.example.com", "https://user:secret@us.posthog.com",
          "https://us.posthog.com@evil.example", "https://a b\u00e9", "https://us.posthog.com:99999", "https://us.posthog.com:x",
          "https://[::1", "https://a:b:c", "javascript://x", "https://.posthog.com", "http://127.0.0.1@evil.example/"})
        QTest::newRow(host) << QString::fromUtf8(host);
}

void HostTest::refuses()
{
    QFETCH(QString, host);
    const auto result = posthog::normaliseHost(host.toStdString());
    QVERIFY2(!result.has_value(), result ? result->c_str() : "");
    QCOMPARE(result.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY(!QString::fromStdString(result.error().message).contains("secret"));
}

QTEST_APPLESS_MAIN(HostTest)
#include "host_test.moc"

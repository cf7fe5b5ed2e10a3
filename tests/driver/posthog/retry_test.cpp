#include "driver/posthog/retry.h"

#include "driver/http/client.h"

#include <QTest>

using namespace posthog;
using namespace std::chrono_literals;

class RetryTest : public QObject
{
    Q_OBJECT

private slots:
    void pausesLongerEachTime();
    void readsRetryAfter_data();
    void readsRetryAfter();
    void knowsWhatPasses();
};

void RetryTest::pausesLongerEachTime()
{
    const RetryPolicy policy;
    QCOMPARE(pauseBefore(0, policy, 0.5), 200ms);
    QCOMPARE(pauseBefore(1, policy, 0.5), 400ms);
    QCOMPARE(pauseBefore(20, policy, 0.5), 5'000ms);
    QCOMPARE(pauseBefore(0, policy, 0), 160ms);
    QCOMPARE(pauseBefore(0, policy, 1), 240ms);
}

void RetryTest::readsRetryAfter_data()
{
    QTest::addColumn<QString>("header");
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("seconds"); // -1: none
    QTest::newRow("seconds") << "37" << "" << 37;
    QTest::newRow("zero") << "0" << "" << 0;
    QTest::newRow("a date") << "Thu, 01 Jan 2026 00:01:30 GMT" << "" << 90;
    QTest::newRow("a date that has passed") << "Wed, 31 Dec 2025 23:00:00 GMT" << "" << 0;
    QTest::newRow("a date that is none") << "Thu, 32 Foo 2026 00:01:30 GMT" << "" << -1;
    QTest::newRow("negative") << "-4" << "" << -1;
    QTest::newRow("endless") << "99999999999" << "" << -1;
    QTest::newRow("in words") << "" << R"({"detail":"Request was throttled. Expected available in 12 seconds."})" << 12;
    QTest::newRow("nothing") << "" << "{}" << -1;
}

void RetryTest::readsRetryAfter()
{
    QFETCH(QString, header);
    QFETCH(QString, body);
    QFETCH(int, seconds);
    http::Response response;
    response.status = 429;
    response.body = body.toStdString();
    if (!header.isEmpty())
        response.headers.emplace_back("retry-after", header.toStdString());

    const auto wait = retryAfter(response, std::chrono::sys_days(std::chrono::year(2026) / 1 / 1));

    QCOMPARE(wait ? static_cast<int>(wait->count()) : -1, seconds);
}

void RetryTest::knowsWhatPasses()
{
    for (const int status : {429, 500, 502, 503, 504, 529})
        QVERIFY(isPassing(status));
    for (const int status : {200, 202, 400, 401, 403, 404, 501})
        QVERIFY(!isPassing(status));
}

QTEST_APPLESS_MAIN(RetryTest)
#include "retry_test.moc"

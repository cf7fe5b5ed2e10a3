#include "driver/base/ids.h"

#include <QTest>
#include <QUuid>

#include <set>

class IdsTest : public QObject
{
    Q_OBJECT

private slots:
    void makesWellFormedUuids();
    void risesWithinTheProcess();
    void carriesTheTime();
    void neverRepeatsAKey();
};

void IdsTest::makesWellFormedUuids()
{
    for (const auto &[text, version] : {std::pair{ph::uuid4(), 4}, std::pair{ph::uuid7(), 7}}) {
        const QUuid uuid(QString::fromStdString(text));
        QCOMPARE(uuid.toString(QUuid::WithoutBraces).toStdString(), text);
        QCOMPARE(uuid.variant(), QUuid::DCE);
        QCOMPARE(text[14], static_cast<char>('0' + version));
    }
}

void IdsTest::risesWithinTheProcess()
{
    std::string last = ph::uuid7();
    for (int i = 0; i < 20'000; ++i) {
        const std::string next = ph::uuid7();
        QVERIFY2(next > last, (last + " then " + next).c_str());
        last = next;
    }
}

void IdsTest::carriesTheTime()
{
    const std::string uuid = ph::uuid7(std::chrono::system_clock::time_point(std::chrono::milliseconds(0x0123456789ab)));

    QCOMPARE(uuid.substr(0, 15), std::string("01234567-89ab-7"));
}

void IdsTest::neverRepeatsAKey()
{
    std::set<std::string> keys;
    for (int i = 0; i < 1000; ++i)
        keys.insert(ph::randomHex(16));

    QCOMPARE(keys.size(), std::size_t(1000));
    QCOMPARE(keys.begin()->size(), std::size_t(32));
}

QTEST_APPLESS_MAIN(IdsTest)
#include "ids_test.moc"

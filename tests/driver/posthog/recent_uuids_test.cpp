#include <string> // First: moc cannot read <compare> before it.

#include "driver/posthog/recent_uuids.h"

#include <QTest>

using namespace posthog;

class RecentUuidsTest : public QObject
{
    Q_OBJECT

private slots:
    void readsAUuidInEitherCaseAndWithItsQuotes();
    void readsEveryDigitAtEveryPlaceAndNothingElse();
    void remembersTheLastOnes();
};

void RecentUuidsTest::readsAUuidInEitherCaseAndWithItsQuotes()
{
    const Uuid expected{0x018f0a1b2c3d4e5f, 0x89abcdef01234567};

    QVERIFY(uuidOf("018f0a1b-2c3d-4e5f-89ab-cdef01234567") == expected);
    QVERIFY(uuidOf("018F0A1B-2C3D-4E5F-89AB-CDEF01234567") == expected);
    QVERIFY(uuidOf("\"018f0a1b-2c3d-4e5f-89ab-cdef01234567\"") == expected);
    for (const char *other : {"", "\"\"", "018f0a1b2c3d4e5f89abcdef01234567", "018f0a1b-2c3d-4e5f-89ab-cdef0123456", "018f0a1b-2c3d-4e5f-89ab_cdef01234567"})
        QVERIFY2(!uuidOf(other), other);
}

void RecentUuidsTest::readsEveryDigitAtEveryPlaceAndNothingElse()
{
    const std::string zeros = "00000000-0000-0000-0000-000000000000";
    int place = 0;
    for (std::size_t at = 0; at < zeros.size(); ++at) {
        if (zeros[at] == '-')
            continue;
        for (int c = 0; c < 256; ++c) {
            std::string text = zeros;
            text[at] = static_cast<char>(c);
            const std::string digits = "0123456789abcdef";
            const std::size_t value = digits.find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
            Uuid expected;
            if (value != std::string::npos)
                (place < 16 ? expected.high : expected.low) = std::uint64_t(value) << (60 - place % 16 * 4);

            QVERIFY2(uuidOf(text) == (value == std::string::npos ? std::nullopt : std::optional(expected)), text.c_str());
        }
        ++place;
    }
}

void RecentUuidsTest::remembersTheLastOnes()
{
    RecentUuids recent;
    for (std::uint64_t i = 0; i < 3 * RecentUuids::generation; ++i) {
        recent.expect({i, i});
        QVERIFY(recent.add({i, i}));
    }

    QVERIFY(!recent.add({3 * RecentUuids::generation - 1, 3 * RecentUuids::generation - 1}));
    QVERIFY(!recent.add({2 * RecentUuids::generation, 2 * RecentUuids::generation}));
    QVERIFY(recent.add({0, 0})); // long ago
    QVERIFY(!recent.add({0, 0}));
}

QTEST_APPLESS_MAIN(RecentUuidsTest)
#include "recent_uuids_test.moc"

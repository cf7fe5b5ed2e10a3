#include "ui/query/cell_text.h"

#include <QTest>

using namespace ui;
using posthog::ColumnKind;

class CellTextTest : public QObject
{
    Q_OBJECT

private slots:
    void numbersCarrySeparators_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("text");
        QTest::newRow("small") << "7" << "7";
        QTest::newRow("three digits") << "999" << "999";
        QTest::newRow("four digits") << "1000" << "1,000";
        QTest::newRow("negative, three digits") << "-100" << "-100";
        QTest::newRow("negative") << "-1234567" << "-1,234,567";
        QTest::newRow("largest unsigned") << "18446744073709551615" << "18,446,744,073,709,551,615";
        QTest::newRow("fraction") << "1234.5" << "1,234.5";
        QTest::newRow("no trailing zeroes") << "3.0" << "3";
        QTest::newRow("six digits") << "0.33333333333" << "0.333333";
        QTest::newRow("tiny") << "1e-9" << "1e-09";
        QTest::newRow("huge") << "1e300" << "1e+300";
    }
    void numbersCarrySeparators()
    {
        QFETCH(QString, json);
        QFETCH(QString, text);

        QCOMPARE(cellText(ph::Json::parse(json.toStdString()), ColumnKind::Float), text);
    }

    void nothingIsNotEmpty()
    {
        QCOMPARE(cellStyle(nullptr, ColumnKind::Text), CellStyle::Null);
        QCOMPARE(cellStyle("", ColumnKind::Text), CellStyle::Empty);
        QCOMPARE(cellText(nullptr, ColumnKind::Text), "null");
        QCOMPARE(cellText("", ColumnKind::Text), "");
        QCOMPARE(cellValue(nullptr), "");
    }

    void momentsLoseWhatTheHeaderSays()
    {
        QCOMPARE(cellText("2026-11-03T09:41:00.000000+01:00", ColumnKind::DateTime), "2026-11-03 09:41:00");
        QCOMPARE(cellText("2026-11-03T09:41:00.250000+01:00", ColumnKind::DateTime), "2026-11-03 09:41:00.25");
        QCOMPARE(cellText("not a time", ColumnKind::DateTime), "not a time");
    }

    void idsAreShortenedInTheMiddle()
    {
        QCOMPARE(cellText("018f0000-7a2c-7000-8000-0123456789ab", ColumnKind::Uuid), "018f0000…89ab");
        QCOMPARE(cellValue("018f0000-7a2c-7000-8000-0123456789ab"), "018f0000-7a2c-7000-8000-0123456789ab");
    }

    void longAndBrokenTextsStayOnOneLine()
    {
        QCOMPARE(cellText("a\nb\tc", ColumnKind::Text), "a↵b↵c");
        QCOMPARE(cellText(std::string(5000, 'x'), ColumnKind::Text).size(), maximumCellLength);
        QCOMPARE(cellText(ph::Json::array({1, nullptr, "x"}), ColumnKind::Array), "[1,null,\"x\"]");
        QCOMPARE(cellText(ph::Json::array({"bad \xff utf-8"}), ColumnKind::Array).left(6), "[\"bad ");
    }

    void zonesComeFromTheType()
    {
        QCOMPARE(zoneOf("DateTime64(6, 'Europe/Berlin')"), "Europe/Berlin");
        QCOMPARE(zoneOf("DateTime"), "");
    }

    void countsAgreeWithTheirNoun()
    {
        QCOMPARE(counted(1, "row", "rows"), "1 row");
        QCOMPARE(counted(0, "row", "rows"), "0 rows");
        QCOMPARE(counted(1182, "row", "rows"), "1,182 rows");
        QCOMPARE(durationText(12), "12 ms");
        QCOMPARE(durationText(1400), "1.4 s");
        QCOMPARE(durationText(125'000), "2 min 05 s");
    }
};

QTEST_APPLESS_MAIN(CellTextTest)
#include "cell_text_test.moc"

#include "ui/conversation/diff_text.h"

#include <QTest>

namespace {

std::string numbered(int count)
{
    std::string text;
    for (int i = 1; i <= count; ++i)
        text += "line " + std::to_string(i) + "\n";
    return text;
}

std::string replaced(std::string text, const std::string &what, const std::string &by) { return text.replace(text.find(what), what.size(), by); }

} // namespace

class DiffTextTest : public QObject
{
    Q_OBJECT

private slots:
    void showsWhatGoesAndWhatComes()
    {
        QCOMPARE(ui::diffText("one\ntwo\nthree\n", "one\n2\nthree\nfour\n"), QString("  one\n- two\n+ 2\n  three\n+ four"));
    }

    void showsTheChangesOfALongFileAndLeavesTheRestOut()
    {
        const auto before = numbered(100);
        const auto after = replaced(replaced(before, "line 10\n", "ten\n"), "line 90\n", "");

        QCOMPARE(ui::diffText(before, after),
                 QString::fromUtf8("… 6 unchanged lines\n  line 7\n  line 8\n  line 9\n- line 10\n+ ten\n  line 11\n  line 12\n  line 13\n… 73 unchanged lines\n"
                                   "  line 87\n  line 88\n  line 89\n- line 90\n  line 91\n  line 92\n  line 93\n… 7 unchanged lines"));
    }

    void showsANewFileWhole() { QCOMPARE(ui::diffText("", "a\n\nb"), QString("+ a\n+ \n+ b")); }

    void isEmptyWhereNothingChanges() { QCOMPARE(ui::diffText("a\nb\n", "a\nb\n"), QString()); }

    void showsALineThatLosesItsEnd() { QCOMPARE(ui::diffText("a\n", "a"), QString("- a\n+ a")); }

    void aLoneReturnCannotHideALine() { QCOMPARE(ui::diffText("", "a\rrm -rf ~\n"), QString("+ a\n+ rm -rf ~")); }

    void showsCharactersThatHide() { QCOMPARE(ui::diffText("", "a\u202Eb\n"), QString("+ a[U+202E]b")); }

    void comparesNoMoreThanItCanAndShowsAllOfIt()
    {
        const auto before = numbered(5000);
        const auto after = replaced(replaced(before, "line 2\n", "two\n"), "line 4999\n", "last\n");

        const auto diff = ui::diffText(before, after);

        QCOMPARE(diff.count("- "), 4998);
        QCOMPARE(diff.count("+ "), 4998);
        QVERIFY(diff.startsWith("  line 1\n- line 2\n") && diff.endsWith("\n+ last\n  line 5000"));
    }
};

QTEST_APPLESS_MAIN(DiffTextTest)
#include "diff_text_test.moc"

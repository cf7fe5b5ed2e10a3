#include "ui/terminal/terminal_colors.h"
#include "ui/terminal/terminal_screen.h"

#include <QTest>

namespace {

using Kind = ui::TerminalColor::Kind;

ui::TerminalScreen screenOf(const std::string &written, ph::TerminalSize size = {20, 4}, int scrollback = 100)
{
    ui::TerminalScreen screen(size, scrollback);
    screen.feed(written);
    return screen;
}

} // namespace

class TerminalScreenTest : public QObject
{
    Q_OBJECT

private slots:
    void showsWhatIsWritten_data()
    {
        QTest::addColumn<QByteArray>("written");
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << QByteArray() << QString();
        QTest::newRow("lines") << QByteArray("one\r\ntwo\r\n") << "one\ntwo";
        QTest::newRow("written over") << QByteArray("10%\r50%\r100%") << "100%";
        QTest::newRow("wrapped at the width") << QByteArray("aaaaaaaaaabbbbbbbbbbccc\r\nd") << "aaaaaaaaaabbbbbbbbbbccc\nd";
        QTest::newRow("wide letters") << QByteArray("\xE6\xBC\xA2\xE5\xAD\x97!") << QString::fromUtf8("\xE6\xBC\xA2\xE5\xAD\x97!");
        QTest::newRow("a mark on its letter") << QByteArray("e\xCC\x81!") << QString::fromUtf8("e\xCC\x81!");
        QTest::newRow("cleared") << QByteArray("old\r\nold\x1b[2J\x1b[Hnew") << "new";
        QTest::newRow("cleared to the end of the line") << QByteArray("hello\x1b[3D\x1b[K") << "he";
        QTest::newRow("placed") << QByteArray("\x1b[2;3Hx") << "\n  x";
        QTest::newRow("scrolled away") << QByteArray("1\r\n2\r\n3\r\n4\r\n5\r\n6") << "1\n2\n3\n4\n5\n6";
        QTest::newRow("another screen, left again") << QByteArray("before\r\n\x1b[?1049hmenu\x1b[?1049lafter") << "before\nafter";
        QTest::newRow("title and clipboard") << QByteArray("\x1b]0;title\x07\x1b]52;c;aGk=\x07shown") << "shown";
        QTest::newRow("a link") << QByteArray("\x1b]8;;http://evil\x1b\\text\x1b]8;;\x1b\\") << "text";
        QTest::newRow("turned around") << QByteArray("a\xE2\x80\xAEz") << "az";
        QTest::newRow("marks on nothing") << QByteArray("\xCC\x81" "a\r\n\xCC\x81" "b") << "a\nb";
        QTest::newRow("too many marks") << QByteArray("e\xCC\x81\xCC\x82\xCC\x83\xCC\x84\xCC\x85\xCC\x86!") << QString::fromUtf8("e\xCC\x81\xCC\x82\xCC\x83!");
        QTest::newRow("control characters as letters") << QByteArray("a\xC2\x9B" "31mb") << "a31mb";
        QTest::newRow("too many arguments") << "a\x1b[" + QByteArray(200, ';') + "Hb\x1b[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1mc" << "abc";
        QTest::newRow("too large arguments") << QByteArray("a\x1b[999999999999999999999Cb") << "ab";
        QTest::newRow("a string without an end") << "a\x1b]0;" + QByteArray(100'000, 'x') + "\x18" "b" << "ab";
        QTest::newRow("no letters") << QByteArray("a\xFF\xFE") << QString::fromUtf8("a\xEF\xBF\xBD\xEF\xBF\xBD");
    }
    void showsWhatIsWritten()
    {
        QFETCH(QByteArray, written);
        QFETCH(QString, text);

        QCOMPARE(screenOf(written.toStdString()).text(), text);

        ui::TerminalScreen inPieces({20, 4}, 100);
        for (const char byte : written)
            inPieces.feed({&byte, 1});
        QCOMPARE(inPieces.text(), text);
    }

    void aLineIsMadeOfRuns()
    {
        const auto line = screenOf("ab\x1b[1;3;4;9;31;44mcd\x1b[m\x1b[38;5;208me\x1b[48;2;1;2;3m\xE6\xBC\xA2\x1b[0;7mr").line(0);

        ui::TerminalStyle loud;
        loud.foreground = {Kind::Indexed, 1};
        loud.background = {Kind::Indexed, 4};
        loud.bold = loud.italic = loud.underline = loud.strike = true;
        ui::TerminalStyle orange;
        orange.foreground = {Kind::Indexed, 208};
        auto onBlue = orange;
        onBlue.background = {Kind::Rgb, 0x010203};
        ui::TerminalStyle reversed;
        reversed.reverse = true;
        QCOMPARE(line.runs.size(), std::size_t(5));
        QVERIFY((line.runs[0] == ui::TerminalRun{0, 2, "ab", {}}));
        QVERIFY((line.runs[1] == ui::TerminalRun{2, 2, "cd", loud}));
        QVERIFY((line.runs[2] == ui::TerminalRun{4, 1, "e", orange}));
        QVERIFY((line.runs[3] == ui::TerminalRun{5, 2, QString::fromUtf8("\xE6\xBC\xA2"), onBlue}));
        QVERIFY((line.runs[4] == ui::TerminalRun{7, 1, "r", reversed}));
        QVERIFY(!line.isFull);
    }

    void repeatsACharacterButNeverWithoutEnd_data()
    {
        QTest::addColumn<QByteArray>("written");
        QTest::addColumn<QString>("text");
        QTest::newRow("as programs do") << QByteArray("-\x1b[9b|") << "----------|";
        QTest::newRow("up to the width") << QByteArray("-\x1b[99999b") << "--------------------";
        QTest::newRow("of nothing") << QByteArray("\x1b[9bb") << "b";
        QTest::newRow("of what has no width") << QByteArray("\xCC\x81\x1b[3bz") << "z";
        QTest::newRow("after a sequence that was broken off") << QByteArray("\x1b[10\x1b[48;2back") << "ack";
        QTest::newRow("of a command's letter") << QByteArray("\x1b" "c\x1b[5bz") << "z";
    }
    void repeatsACharacterButNeverWithoutEnd()
    {
        QFETCH(QByteArray, written);
        QFETCH(QString, text);

        QCOMPARE(screenOf(written.toStdString()).text(), text);
    }

    void keepsNoMoreThanAskedFor()
    {
        ui::TerminalScreen screen({10, 3}, 5);
        for (int i = 0; i < 100; ++i)
            screen.feed(std::to_string(i) + "\r\n");

        QCOMPARE(screen.firstRow(), 5);
        QCOMPARE(screen.lineCount(), 8);
        QCOMPARE(screen.text(), QString("93\n94\n95\n96\n97\n98\n99"));
    }

    void manyLongLinesTakeBoundedMemory()
    {
        ui::TerminalScreen screen({1000, 3}, 1'000'000);
        const std::string line(999, 'x');
        for (int i = 0; i < 2'500; ++i)
            screen.feed(line + "\r\n");

        QVERIFY(screen.firstRow() <= 2'000);
    }

    void staysAsItIsWhenItIsFinished()
    {
        auto screen = screenOf("1\r\n2\r\n3\r\n4\r\n\x1b[31m5");
        const auto text = screen.text();
        const auto last = screen.line(4);

        screen.finish();
        screen.feed("more");

        QCOMPARE(screen.text(), text);
        QVERIFY(screen.line(4) == last);
        QCOMPARE(screen.lineCount(), 5);
        QVERIFY(!screen.cursor().isVisible);
        QVERIFY(screen.takeReplies().empty());
    }

    void resizingKeepsTheText()
    {
        auto screen = screenOf("one\r\ntwo\r\nthree", {20, 4});

        screen.resize({30, 10});
        QCOMPARE(screen.text(), QString("one\ntwo\nthree"));
        screen.resize({10, 2});
        QCOMPARE(screen.text(), QString("one\ntwo\nthree"));
    }

    void tellsWhereTheCursorIs()
    {
        auto screen = screenOf("1\r\n2\r\n3\r\n4\r\n56");
        QVERIFY((screen.cursor() == ui::TerminalScreen::Cursor{4, 2, true}));

        screen.feed("\x1b[?25l");

        QVERIFY(!screen.cursor().isVisible);
    }

    void answersWhatAProgramAsks()
    {
        auto screen = screenOf("ab\x1b[6n");

        QCOMPARE(screen.takeReplies(), std::string("\x1b[1;3R"));
        QCOMPARE(screen.takeReplies(), std::string());
        // Titles are not told: what a program sets must not come back as if it was typed.
        screen.feed("\x1b]0;rm -rf ~\x07\x1b[21t\x1b]52;c;?\x07");
        QCOMPARE(screen.takeReplies(), std::string());
    }

    void speaksTheTerminalsLanguageOfKeys()
    {
        ui::TerminalScreen screen;
        screen.typeText(QString::fromUtf8("a\xC3\xBC"));
        QCOMPARE(screen.takeReplies(), std::string("a\xC3\xBC"));
        QVERIFY(screen.pressKey(Qt::Key_Return, {}));
        QCOMPARE(screen.takeReplies(), std::string("\r"));
        QVERIFY(screen.pressKey(Qt::Key_Up, {}));
        QCOMPARE(screen.takeReplies(), std::string("\x1b[A"));
        QVERIFY(screen.pressKey(Qt::Key_Backtab, Qt::ShiftModifier));
        QCOMPARE(screen.takeReplies(), std::string("\x1b[Z"));
        screen.pressControl('c', false);
        QCOMPARE(screen.takeReplies(), std::string("\x03"));
        screen.typeText("b", true);
        QCOMPARE(screen.takeReplies(), std::string("\x1b" "b"));
        QVERIFY(!screen.pressKey(Qt::Key_Shift, {}));
    }

    void aPasteCannotEndItself()
    {
        ui::TerminalScreen screen;
        screen.feed("\x1b[?2004h");

        screen.paste("one\ntwo\x1b[201~\x03rm\r");

        QCOMPARE(screen.takeReplies(), std::string("\x1b[200~one\rtwo[201~rm\x1b[201~"));
    }

    void copiesALineThatTheWidthBrokeAsOne()
    {
        const auto screen = screenOf("https://example.com/a/long/path?code=1\r\nnext", {10, 6});

        QCOMPARE(ui::textBetween(screen, 0, 8, 4, 2), QString("example.com/a/long/path?code=1\nne"));
        QCOMPARE(ui::textBetween(screen, 0, 0, 0, 5), QString("https"));
    }

    void noColourHidesText_data()
    {
        QTest::addColumn<bool>("isDark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }
    void noColourHidesText()
    {
        QFETCH(bool, isDark);
        const auto &colors = isDark ? ui::Theme::darkColors() : ui::Theme::lightColors();
        const auto ground = ui::terminalGround(colors);
        for (std::uint32_t front = 0; front < 256; ++front) {
            for (const std::uint32_t back : {0u, 3u, 7u, 15u, 16u, 100u, 231u, 256u}) {
                ui::TerminalStyle style;
                style.foreground = {Kind::Indexed, front};
                if (back < 256)
                    style.background = {Kind::Indexed, back};
                const auto look = ui::paintOf(style, colors, ground);
                QVERIFY(ui::contrastBetween(look.text, look.background.isValid() ? look.background : ground) >= 3);
            }
        }
        ui::TerminalStyle invisible;
        invisible.foreground = invisible.background = {Kind::Rgb, 0x808080};
        QVERIFY(ui::paintOf(invisible, colors, ground).text != QColor(0x80, 0x80, 0x80));
    }

    void plainColoursAreReadOnBothThemes()
    {
        for (const auto *colors : {&ui::Theme::darkColors(), &ui::Theme::lightColors()}) {
            const auto ground = ui::terminalGround(*colors);
            for (std::uint32_t index = 1; index < 7; ++index) {
                ui::TerminalStyle style;
                style.foreground = {Kind::Indexed, index};
                QVERIFY(ui::contrastBetween(ui::paintOf(style, *colors, ground).text, ground) >= 4.5);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TerminalScreenTest)
#include "terminal_screen_test.moc"

#include "tests/support/picture.h"
#include "ui/terminal/shown_terminal.h"
#include "ui/terminal/terminal_colors.h"
#include "ui/terminal/terminal_dialog.h"
#include "ui/terminal/terminal_view.h"
#include "ui/terminal/terminal_window.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QTest>

namespace {

std::shared_ptr<ui::TerminalScreen> screenOf(const std::string &written, ph::TerminalSize size = {60, 8})
{
    auto screen = std::make_shared<ui::TerminalScreen>(size);
    screen->feed(written);
    return screen;
}

std::string colourful()
{
    std::string text = "\x1b[1m$ cargo test\x1b[0m\r\n";
    for (int i = 30; i < 38; ++i)
        text += "\x1b[" + std::to_string(i) + "mcolour\x1b[0m \x1b[" + std::to_string(i + 60) + "mbright\x1b[0m ";
    text += "\r\n\x1b[42;30m PASS \x1b[0m \x1b[41;97m FAIL \x1b[0m \x1b[7mreversed\x1b[0m \x1b[4munderlined\x1b[0m \x1b[9mstruck\x1b[0m \x1b[3mslanted\x1b[0m\r\n";
    text += "\xE2\x94\x8C\xE2\x94\x80\xE2\x94\x80\xE2\x94\x90 \xE6\xBC\xA2\xE5\xAD\x97 \xF0\x9F\x98\x80 end\r\n\xE2\x94\x94\xE2\x94\x80\xE2\x94\x80\xE2\x94\x98 \x1b[38;5;15mwhite\x1b[38;5;16mblack\x1b[0m";
    return text;
}

ph::ChildOptions shell(const std::string &script)
{
    ph::ChildOptions options;
    options.argv = {"sh", "-c", script};
    options.environment = ph::childEnvironment();
    return options;
}

} // namespace

class TerminalViewTest : public QObject
{
    Q_OBJECT

private slots:
    void looksAsTheThemeSays_data()
    {
        QTest::addColumn<int>("choice");
        QTest::newRow("dark") << int(ui::ThemeChoice::Dark);
        QTest::newRow("light") << int(ui::ThemeChoice::Light);
    }
    void looksAsTheThemeSays()
    {
        QFETCH(int, choice);
        ui::Theme::apply(*qApp, ui::ThemeChoice(choice));
        ui::TerminalView view;
        view.setScreen(screenOf(colourful(), {130, 8}));
        view.resize(view.sizeFor({130, 8}));
        view.show();

        const auto picture = view.grab().toImage();

        const auto &colors = ui::Theme::colors();
        QCOMPARE(picture.pixelColor(picture.width() / 2, picture.height() - 4), ui::terminalGround(colors));
        QVERIFY(shows(picture, ui::paintOf(styleWith(1), colors, ui::terminalGround(colors)).text));
        QVERIFY(shows(picture, ui::paintOf(styleWith(2), colors, ui::terminalGround(colors)).text));
        if (const auto folder = qEnvironmentVariable("HOGLET_TEST_PICTURES"); !folder.isEmpty()) {
            const test::Pictures pictures(folder, ui::ThemeChoice(choice));
            view.setInput(true);
            view.setFocus();
            pictures.settle(view);
            pictures.save(view, "terminal-view");
        }
    }

    void followsTheEndUntilItIsScrolled()
    {
        auto screen = screenOf("");
        ui::TerminalView view;
        view.setScreen(screen);
        view.resize(view.sizeFor({60, 8}));
        view.show();
        auto *bar = view.verticalScrollBar();
        write(*screen, 0, 50);
        view.refresh();
        QCOMPARE(bar->value(), bar->maximum());
        QVERIFY(bar->maximum() > 30);

        bar->setValue(3);
        write(*screen, 50, 60);
        view.refresh();
        QCOMPARE(bar->value(), 3);

        bar->setValue(bar->maximum());
        write(*screen, 60, 70);
        view.refresh();
        QCOMPARE(bar->value(), bar->maximum());
    }

    void selectsAndCopies()
    {
        ui::TerminalView view;
        view.setScreen(screenOf("first line\r\nsecond line\r\n"));
        view.resize(view.sizeFor({60, 8}));
        view.show();
        QTest::keyClick(&view, Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(view.selectedText(), QString("first line\nsecond line"));
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), QString("first line\nsecond line"));

        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, {10, 10});
        QCOMPARE(view.selectedText(), QString());
        QTest::mouseDClick(view.viewport(), Qt::LeftButton, {}, {14, 14});
        QCOMPARE(view.selectedText(), QString("first"));
    }

    void sendsKeysToTheProgramOnlyWithInput()
    {
        auto screen = screenOf("");
        ui::TerminalView view;
        view.setScreen(screen);
        view.show();
        QTest::keyClicks(&view, "no");
        QCOMPARE(screen->takeReplies(), std::string());

        view.setInput(true);
        QTest::keyClicks(&view, "ls");
        QTest::keyClick(&view, Qt::Key_Tab);
        QTest::keyClick(&view, Qt::Key_Return);
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        QTest::keyClick(&view, Qt::Key_Escape);
        QTest::keyClick(&view, Qt::Key_Left);

        QCOMPARE(screen->takeReplies(), std::string("ls\t\r\x03\x1b\x1b[D"));
        QGuiApplication::clipboard()->setText("pasted\n");
        QTest::keyClick(&view, Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(screen->takeReplies(), std::string("pasted\r"));
    }

    void canBeReadByThoseWhoDoNotSeeIt()
    {
        ui::TerminalView view;
        QCOMPARE(view.accessibleName(), QString("Terminal"));
        QVERIFY(view.focusPolicy() & Qt::TabFocus);
    }

    void aDialogRunsAProgramThatAsks()
    {
        ui::TerminalDialog dialog("Log in", shell("printf 'name? '; read name; echo hello $name; stty size; exit 0"), nullptr);
        dialog.resize(800, 500);
        dialog.show();
        QTRY_VERIFY_WITH_TIMEOUT(dialog.view().screen()->text().startsWith("name?"), 30'000);

        QTest::keyClicks(&dialog.view(), "Ada");
        QTest::keyClick(&dialog.view(), Qt::Key_Return);

        QTRY_COMPARE_WITH_TIMEOUT(dialog.result(), int(QDialog::Accepted), 30'000);
        QVERIFY(dialog.exit() == (ph::ChildExit{0, {}}));
        QVERIFY(!dialog.isVisible());
        const auto size = dialog.view().fittingSize();
        const auto text = dialog.view().screen()->text();
        QVERIFY2(text.startsWith("name? Ada\nhello Ada\n" + QString("%1 %2").arg(size.rows).arg(size.columns)), qPrintable(text));
    }

    void aDialogStaysWhenTheProgramFails()
    {
        ui::TerminalDialog dialog("Log in", shell("echo not allowed; exit 2"), nullptr);
        dialog.show();

        QTRY_VERIFY_WITH_TIMEOUT(dialog.exit().has_value(), 30'000);

        QVERIFY(dialog.isVisible());
        QCOMPARE(dialog.view().screen()->text(), QString("not allowed"));
        QVERIFY(!dialog.view().hasInput());
        QVERIFY(says(dialog, "exit code 2"));
    }

    void aDialogSaysWhatCannotBeStarted()
    {
        ui::TerminalDialog dialog("Log in", {{"no-such-agent", "login"}, {}, ph::childEnvironment()}, nullptr);

        QVERIFY(!dialog.exit());
        QVERIFY(says(dialog, "no-such-agent"));
    }

    void leavingADialogEndsTheProgram()
    {
        QTimer::singleShot(0, qApp, [] {
            auto *dialog = qobject_cast<ui::TerminalDialog *>(QApplication::activeModalWidget());
            QVERIFY(dialog);
            dialog->findChild<QPushButton *>()->click();
        });

        QVERIFY(!ui::TerminalDialog::run("Log in", shell("sleep 300"), nullptr));
        QCOMPARE(ui::TerminalDialog::run("Log in", shell("exit 0"), nullptr), std::optional(0));
    }

    void aWindowShowsWhatAnAgentsTerminalHas()
    {
        auto terminal = std::make_shared<ui::ShownTerminal>();
        terminal->screen = screenOf("one\r\n");
        terminal->revision = 1;
        auto *window = new ui::TerminalWindow(terminal, "make test", nullptr);
        window->show();
        QCOMPARE(window->view().screen()->text(), QString("one"));
        QVERIFY(says(*window, "running"));
        QVERIFY(!window->view().hasInput());

        terminal->screen->feed("two\r\n");
        terminal->exit = acp::TerminalExitStatus{1, {}};
        ++terminal->revision;
        window->refresh();

        QCOMPARE(window->view().screen()->text(), QString("one\ntwo"));
        QVERIFY(says(*window, "exit code 1"));
        delete window;
    }

private:
    static ui::TerminalStyle styleWith(std::uint32_t index)
    {
        ui::TerminalStyle style;
        style.foreground = {ui::TerminalColor::Kind::Indexed, index};
        return style;
    }
    static bool shows(const QImage &picture, const QColor &color)
    {
        for (int y = 0; y < picture.height(); ++y) {
            for (int x = 0; x < picture.width(); ++x) {
                if (picture.pixelColor(x, y).rgb() == color.rgb())
                    return true;
            }
        }
        return false;
    }
    static bool says(const QWidget &widget, const QString &text)
    {
        const auto labels = widget.findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) { return label->text().contains(text); });
    }
    static void write(ui::TerminalScreen &screen, int from, int to)
    {
        for (int i = from; i < to; ++i)
            screen.feed("line " + std::to_string(i) + "\r\n");
    }
};

QTEST_MAIN(TerminalViewTest)
#include "terminal_view_test.moc"

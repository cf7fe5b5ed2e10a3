#include "ui/shell/style_sheet.h"
#include "ui/shell/theme.h"

#include <QApplication>
#include <QDir>
#include <QListView>
#include <QPushButton>
#include <QtTest>

#include <cmath>

namespace {

double luminance(const QColor &color)
{
    const auto linear = [](double v) { return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

} // namespace

class ThemeTest : public QObject
{
    Q_OBJECT

private slots:
    void textCanBeReadOnEverySurface_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }
    void textCanBeReadOnEverySurface()
    {
        QFETCH(bool, dark);
        const auto &c = dark ? ui::Theme::darkColors() : ui::Theme::lightColors();

        for (const auto &surface : {c.window, c.surface, c.raised, c.hover}) {
            for (const auto &text : {c.text, c.muted})
                QVERIFY2(contrast(text, surface) >= 4.5,
                         qPrintable(QString("%1 on %2: %3").arg(text.name(), surface.name()).arg(contrast(text, surface))));
        }
        for (const auto &surface : {c.window, c.surface, c.raised}) {
            for (const auto &text : {c.accent, c.good, c.warning, c.bad, c.info, c.codeKeyword, c.codeFunction, c.codeString, c.codeNumber,
                                     c.codeComment})
                QVERIFY2(contrast(text, surface) >= 4.5,
                         qPrintable(QString("%1 on %2: %3").arg(text.name(), surface.name()).arg(contrast(text, surface))));
        }
        QVERIFY(contrast(c.onAccent, c.accent) >= 4.5);
        for (const auto &series : c.series)
            QVERIFY2(contrast(series, c.surface) >= 3, qPrintable(series.name()));
    }
    void aStyleSheetHasNoNameLeftOpen()
    {
        const auto sheet = ui::styleSheet(ui::Theme::darkColors(), 1);

        QVERIFY(!sheet.contains('@'));
        QVERIFY(!sheet.contains(": ;"));
        QVERIFY(sheet.contains("font-size: 20px"));
        QVERIFY(ui::styleSheet(ui::Theme::darkColors(), 1.5).contains("font-size: 30px"));
    }
    void everyIconDrawsSomethingInTheColourAskedFor()
    {
        const auto names = QDir(":/icons").entryList({"*.svg"});
        QVERIFY(names.size() > 40);
        for (const auto &file : names) {
            if (file == "hoglet.svg")
                continue;
            const auto image = ui::Theme::icon(file.chopped(4), Qt::red).pixmap(24, 24).toImage();
            bool red = false;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x)
                    red = red || (image.pixelColor(x, y).alpha() > 128 && image.pixelColor(x, y).red() > 200);
            }
            QVERIFY2(red, qPrintable(file));
        }
    }
    void aBareListShowsTheFocus()
    {
        ui::Theme::apply(*qApp, ui::ThemeChoice::Dark);
        QWidget window;
        auto *list = new QListView(&window);
        list->setProperty("role", "bare");
        list->setGeometry(0, 0, 100, 100);
        auto *other = new QPushButton(&window);
        other->setGeometry(120, 0, 60, 30);
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        const auto edge = [&] { return window.grab().toImage().pixelColor(0, 50); };

        other->setFocus();
        QVERIFY(edge() != ui::Theme::colors().accent);
        list->setFocus();
        QCOMPARE(edge(), ui::Theme::colors().accent);
    }
    void aChangeOfThemeIsTold()
    {
        QSignalSpy changed(&ui::Theme::notifier(), &ui::ThemeNotifier::changed);

        ui::Theme::apply(*qApp, ui::ThemeChoice::Light);
        const auto lightWindow = qApp->palette().color(QPalette::Window);
        ui::Theme::apply(*qApp, ui::ThemeChoice::Dark);

        QCOMPARE(changed.size(), 2);
        QVERIFY(lightWindow.lightness() > 200);
        QVERIFY(qApp->palette().color(QPalette::Window).lightness() < 60);
        QVERIFY(ui::Theme::colors().isDark);
    }
};

QTEST_MAIN(ThemeTest)
#include "theme_test.moc"

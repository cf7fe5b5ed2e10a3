#pragma once

#include "ui/shell/theme.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QTest>
#include <QWidget>

#include <cstdio>
#include <functional>

namespace test {

/// Pictures of widgets for people to look at.
class Pictures
{
public:
    Pictures(const QString &folder, ui::ThemeChoice theme)
        : m_folder(folder)
        , m_suffix(theme == ui::ThemeChoice::Dark ? "dark" : "light")
    {
        QDir().mkpath(folder);
    }

    void settle(QWidget &widget, QSize size = {}) const
    {
        if (size.isValid())
            widget.resize(size);
        widget.show();
        QTest::qWait(450);
    }

    template <typename Condition>
    void waitFor(Condition condition) const
    {
        QElapsedTimer timer;
        timer.start();
        while (!condition() && timer.elapsed() < 5000)
            QTest::qWait(10);
    }

    void save(QWidget &widget, const QString &name) const { widget.grab().save(m_folder + "/" + name + "-" + m_suffix + ".png"); }

private:
    QString m_folder;
    QString m_suffix;
};

/// What a program of pictures does: `what` in both themes, into the folder that is its one argument.
inline int paint(int argc, char **argv, const std::function<void(const Pictures &)> &what)
{
    QApplication application(argc, argv);
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    for (const auto theme : {ui::ThemeChoice::Dark, ui::ThemeChoice::Light}) {
        ui::Theme::apply(application, theme);
        what(Pictures(argv[1], theme));
    }
    return 0;
}

} // namespace test

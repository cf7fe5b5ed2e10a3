#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QString>

class QApplication;

namespace ui {

/// One palette and one style sheet a theme. Dark and light differ only in the colours below.
struct Colors {
    QColor window;      // the deepest surface: rail, behind everything
    QColor surface;     // pages
    QColor raised;      // cards, inputs, headers
    QColor hover;
    QColor border;
    QColor text;
    QColor muted;       // secondary text, still >= 4.5:1 on surface
    QColor accent;      // one accent, for the primary action and selection
    QColor onAccent;
    QColor good;
    QColor warning;
    QColor bad;
    QColor info;
    QColor series[8];   // charts; distinguishable for colour-blind readers
    QColor codeKeyword, codeFunction, codeString, codeNumber, codeComment;
    bool isDark = true;
};

enum class ThemeChoice { System, Dark, Light };

namespace space { // the spacing scale, in logical pixels
inline constexpr int xs = 4, s = 8, m = 12, l = 16, xl = 24;
}

class Theme
{
public:
    /// Applies the choice to the application at once; System follows the desktop's colour scheme while it runs.
    static void apply(QApplication &application, ThemeChoice choice);
    static ThemeChoice choice();
    static const Colors &colors();
    static QFont textFont(double scale = 1);
    static QFont codeFont();
    /// An icon of resources/icons in the theme's text colour (or `color`), sharp at any scale.
    static QIcon icon(const QString &name, const QColor &color = {});
};

} // namespace ui

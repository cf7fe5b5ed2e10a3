#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
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

/// Says when colours or fonts have changed, for what paints itself.
class ThemeNotifier : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

signals:
    void changed();
};

/// The application's one theme. Main thread only.
///
/// Widgets get their look from one style sheet, by type and by two dynamic properties:
/// `QPushButton` "variant": "primary" (filled with the accent), "plain" (no border), "danger" ·
/// `QLabel` "role": "title", "heading", "muted", "small", "code", "error" ·
/// `QFrame` "role": "card" (raised, rounded), "panel" (one step above the page), "line" (a one-pixel rule) ·
/// lists, trees, tables and `QPlainTextEdit` "role": "bare" (part of what is around them: a frame shows with the focus alone) ·
/// `QToolButton` is borderless by itself; `QWidget` "role": "page" paints the page's surface.
class Theme
{
public:
    /// Applies the choice to the application at once; System follows the desktop's colour scheme while it runs.
    static void apply(QApplication &application, ThemeChoice choice);
    static ThemeChoice choice();
    static const Colors &colors();

    /// The two sets of colours, whichever is in use.
    static const Colors &darkColors();
    static const Colors &lightColors();

    /// 1 is the normal size; what the user chose in the settings. Kept within 0.8 and 2.
    static void setFontScale(double scale);
    static double fontScale();
    static QFont textFont(double scale = 1);
    static QFont codeFont();

    /// An icon of resources/icons in the theme's text colour (or `color`), sharp at any scale. Without a colour it follows a
    /// change of theme by itself.
    static QIcon icon(const QString &name, const QColor &color = {});

    static ThemeNotifier &notifier();
};

/// Sets one of the style properties above and has the widget look again.
void setStyleProperty(QWidget *widget, const char *name, const QString &value);

} // namespace ui

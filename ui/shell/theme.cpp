#include "ui/shell/theme.h"

#include "ui/shell/color_scheme.h"
#include "ui/shell/icon_engine.h"
#include "ui/shell/style_sheet.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QPointer>
#include <QStyle>
#include <QStyleFactory>
#include <QWidget>

#include <algorithm>
#include <cmath>

namespace ui {
namespace {

struct State {
    ThemeChoice choice = ThemeChoice::System;
    bool isDark = true;
    double fontScale = 1;
    QPointer<ColorScheme> system;
};

State &state()
{
    static State instance;
    return instance;
}

Colors makeDark()
{
    Colors c;
    c.window = "#0f1016";
    c.surface = "#15161e";
    c.raised = "#1c1e28";
    c.hover = "#272a37";
    c.border = "#2e3140";
    c.text = "#e9eaf0";
    c.muted = "#9aa0b2";
    c.accent = "#ff7a3d";
    c.onAccent = "#1d0c02";
    c.good = "#4cc38a";
    c.warning = "#f0b429";
    c.bad = "#ff7b72";
    c.info = "#6cb2ff";
    const char *series[] = {"#ff7a3d", "#5aa9f7", "#4cc38a", "#d6a5f5", "#f2c94c", "#67d5dd", "#f08bb4", "#b2b9cc"};
    std::copy(std::begin(series), std::end(series), c.series);
    c.codeKeyword = "#c6a0f6";
    c.codeFunction = "#7cb7ff";
    c.codeString = "#9fd59a";
    c.codeNumber = "#f5b078";
    c.codeComment = "#8b91a5";
    c.isDark = true;
    return c;
}

Colors makeLight()
{
    Colors c;
    c.window = "#eff0f3";
    c.surface = "#fbfbfc";
    c.raised = "#f4f5f7";
    c.hover = "#e6e8ed";
    c.border = "#d5d8df";
    c.text = "#1a1c23";
    c.muted = "#5c6270";
    c.accent = "#bf3f06";
    c.onAccent = "#ffffff";
    c.good = "#176f43";
    c.warning = "#8a5a00";
    c.bad = "#b42318";
    c.info = "#1f5fbf";
    const char *series[] = {"#cc4a10", "#2367c4", "#1f8a57", "#8447c0", "#a87400", "#0f7f8c", "#bf3f7c", "#606a80"};
    std::copy(std::begin(series), std::end(series), c.series);
    c.codeKeyword = "#7a3fb8";
    c.codeFunction = "#1f5fbf";
    c.codeString = "#23713a";
    c.codeNumber = "#9c4a00";
    c.codeComment = "#666c7a";
    c.isDark = false;
    return c;
}

/// The first family that is installed, else what the system calls its own.
QFont firstInstalled(std::initializer_list<const char *> families, QFontDatabase::SystemFont fallback)
{
    for (const char *family : families) {
        if (QFontDatabase::hasFamily(family))
            return QFont(family);
    }
    return QFontDatabase::systemFont(fallback);
}

QPalette paletteOf(const Colors &c)
{
    QPalette p;
    p.setColor(QPalette::Window, c.surface);
    p.setColor(QPalette::WindowText, c.text);
    p.setColor(QPalette::Base, c.isDark ? c.window : c.surface);
    p.setColor(QPalette::AlternateBase, c.raised);
    p.setColor(QPalette::Text, c.text);
    p.setColor(QPalette::PlaceholderText, c.muted);
    p.setColor(QPalette::Button, c.raised);
    p.setColor(QPalette::ButtonText, c.text);
    p.setColor(QPalette::BrightText, c.bad);
    p.setColor(QPalette::ToolTipBase, c.raised);
    p.setColor(QPalette::ToolTipText, c.text);
    p.setColor(QPalette::Highlight, c.accent);
    p.setColor(QPalette::HighlightedText, c.onAccent);
    p.setColor(QPalette::Link, c.isDark ? c.info : c.accent);
    p.setColor(QPalette::LinkVisited, c.isDark ? c.info : c.accent);
    p.setColor(QPalette::Mid, c.border);
    p.setColor(QPalette::Dark, c.border);
    p.setColor(QPalette::Light, c.hover);
    p.setColor(QPalette::Shadow, c.window);
    for (const auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, c.muted);
    return p;
}

void refresh(QApplication &application)
{
    const Colors &c = Theme::colors();
    application.setPalette(paletteOf(c));
    application.setFont(Theme::textFont());
    application.setStyleSheet(styleSheet(c, state().fontScale));
    emit Theme::notifier().changed();
}

} // namespace

void Theme::apply(QApplication &application, ThemeChoice choice)
{
    State &s = state();
    if (!s.system) { // Made before our palette replaces the one that it falls back to.
        s.system = new ColorScheme(&application);
        QObject::connect(s.system, &ColorScheme::changed, &application, [&application] {
            if (state().choice == ThemeChoice::System)
                apply(application, ThemeChoice::System);
        });
        application.setStyle(QStyleFactory::create("Fusion"));
    }
    s.choice = choice;
    s.isDark = choice == ThemeChoice::System ? s.system->isDark() : choice == ThemeChoice::Dark;
    refresh(application);
}

ThemeChoice Theme::choice() { return state().choice; }

const Colors &Theme::colors() { return state().isDark ? darkColors() : lightColors(); }

const Colors &Theme::darkColors()
{
    static const Colors colors = makeDark();
    return colors;
}

const Colors &Theme::lightColors()
{
    static const Colors colors = makeLight();
    return colors;
}

void Theme::setFontScale(double scale)
{
    state().fontScale = std::clamp(scale, 0.8, 2.0);
    if (auto *application = qobject_cast<QApplication *>(QCoreApplication::instance()); application && state().system)
        refresh(*application);
}

double Theme::fontScale() { return state().fontScale; }

QFont Theme::textFont(double scale)
{
    static const QFont base = firstInstalled({"Inter"}, QFontDatabase::GeneralFont);
    QFont font = base;
    font.setPixelSize(int(std::lround(13 * scale * state().fontScale)));
    return font;
}

QFont Theme::codeFont()
{
    static const QFont base = firstInstalled({"JetBrains Mono", "Cascadia Mono", "DejaVu Sans Mono"}, QFontDatabase::FixedFont);
    QFont font = base;
    font.setStyleHint(QFont::Monospace);
    font.setPixelSize(int(std::lround(12.5 * state().fontScale)));
    return font;
}

QIcon Theme::icon(const QString &name, const QColor &color) { return QIcon(new StrokeIconEngine(name, color)); }

ThemeNotifier &Theme::notifier()
{
    static ThemeNotifier instance;
    return instance;
}

void setStyleProperty(QWidget *widget, const char *name, const QString &value)
{
    if (widget->property(name).toString() == value)
        return;
    widget->setProperty(name, value);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

} // namespace ui

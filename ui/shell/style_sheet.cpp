#include "ui/shell/style_sheet.h"

#include <QHash>

#include <cmath>

namespace ui {
namespace {

// @name stands for a colour, #n for a font size of n pixels at scale 1.
constexpr auto sheet = R"(

QMainWindow, QDialog, QWidget[role="window"] { background: @window; }
QWidget[role="page"] { background: @surface; }
QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: 4px 8px; }

QPushButton, QToolButton, QCheckBox, QRadioButton, QComboBox, QTabBar, QSlider, QGroupBox { outline: none; } /* the ring is the border */
QLabel { background: transparent; }
QLabel[role="title"] { font-size: #20; font-weight: 600; }
QLabel[role="heading"] { font-size: #14; font-weight: 600; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="small"] { color: @muted; font-size: #12; }
QLabel[role="error"] { color: @bad; }

QFrame[role="card"] { background: @raised; border: 1px solid @border; border-radius: 8px; }
QFrame[role="panel"] { background: @surface; border: 1px solid @border; border-radius: 8px; }
QFrame[role="line"] { background: @border; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="vline"] { background: @border; border: none; max-width: 1px; min-width: 1px; }

QPushButton { background: @raised; border: 1px solid @border; border-radius: 6px; padding: 5px 12px; min-height: 18px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @border; }
QPushButton:focus { border: 1px solid @accent; }
QPushButton:disabled { color: @muted; background: @surface; }
QPushButton[variant="primary"] { background: @accent; color: @onAccent; border: 1px solid @accent; font-weight: 600; }
QPushButton[variant="primary"]:hover { background: @accentHover; }
QPushButton[variant="primary"] QLabel { color: @onAccent; font-weight: 600; }
QPushButton[variant="primary"]:focus { border: 1px solid @text; }
QPushButton[variant="primary"]:disabled { background: @hover; color: @muted; border: 1px solid @hover; }
QPushButton[variant="danger"] { color: @bad; }
QPushButton[variant="danger"]:focus { border: 1px solid @bad; }
QPushButton[variant="plain"] { background: transparent; border: 1px solid transparent; }
QPushButton[variant="plain"]:hover { background: @hover; }
QPushButton[variant="plain"]:focus { border: 1px solid @accent; }
QPushButton::menu-indicator { image: none; width: 0; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px; }
QToolButton:hover { background: @hover; }
QToolButton:pressed, QToolButton:checked { background: @hover; }
QToolButton:focus { border: 1px solid @accent; }
QToolButton:disabled { color: @muted; }
QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QDateEdit, QDateTimeEdit, QComboBox {
    background: @input; border: 1px solid @border; border-radius: 6px; padding: 4px 8px;
    selection-background-color: @selection; selection-color: @text; }
QLineEdit, QSpinBox, QDoubleSpinBox, QDateEdit, QDateTimeEdit, QComboBox { min-height: 20px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateEdit:focus, QComboBox:focus
    { border: 1px solid @accent; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QPlainTextEdit:disabled { color: @muted; background: @surface; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url(@chevron); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: @raised; border: 1px solid @border; outline: none; padding: 4px;
    selection-background-color: @selection; selection-color: @text; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; border: none; }

QCheckBox, QRadioButton { spacing: 8px; padding: 2px; border: 1px solid transparent; border-radius: 4px; }
QCheckBox:focus, QRadioButton:focus { border: 1px solid @accent; }
QCheckBox::indicator { width: 15px; height: 15px; border: 1px solid @muted; border-radius: 4px; background: @input; }
QCheckBox::indicator:checked { background: @accent; border: 1px solid @accent; image: url(@tick); }
QRadioButton::indicator { width: 13px; height: 13px; border: 1px solid @muted; border-radius: 7px; background: @input; }
QRadioButton::indicator:checked { width: 5px; height: 5px; background: @onAccent; border: 5px solid @accent; border-radius: 7px; }

QAbstractItemView { background: @surface; alternate-background-color: @surface; border: 1px solid @border; border-radius: 8px;
    outline: none; selection-background-color: @selection; selection-color: @text; gridline-color: @border; }
QAbstractItemView:focus { border: 1px solid @accent; }
QAbstractItemView::item { padding: 4px 8px; border: none; }
QAbstractItemView::item:hover { background: @hover; }
QAbstractItemView::item:selected { background: @selection; color: @text; }
QAbstractItemView[role="bare"], QPlainTextEdit[role="bare"] { background: transparent; border: 1px solid transparent; border-radius: 4px; }
QAbstractItemView[role="bare"]:focus, QPlainTextEdit[role="bare"]:focus { border: 1px solid @accent; }
QTreeView::branch { background: transparent; }
QHeaderView { background: @raised; border: none; border-radius: 0; }
QHeaderView::section { background: @raised; color: @muted; border: none; border-bottom: 1px solid @border; padding: 6px 8px;
    font-weight: 500; }
QTableCornerButton::section { background: @raised; border: none; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[role="plain"] { background: transparent; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: @scroll; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; border: none; width: 0; height: 0; }

QSplitter::handle { background: @border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QTabBar { background: transparent; border: none; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: @muted; padding: 7px 10px 7px 12px; border: none; border-right: 1px solid @border;
    border-top: 2px solid transparent; min-width: 64px; max-width: 240px; }
QTabBar::tab:hover { background: @raised; color: @text; }
QTabBar::tab:selected { background: @surface; color: @text; border-top: 2px solid @accent; }
QTabBar:focus { outline: none; }
QTabBar::tab:selected:focus { background: @hover; }
QTabBar QToolButton { background: @window; border: none; border-radius: 0; }

QMenu { background: @raised; border: 1px solid @border; border-radius: 8px; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: @hover; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { height: 1px; background: @border; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }

QProgressBar { background: @hover; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; text-align: center; color: transparent; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }

QGroupBox { border: 1px solid @border; border-radius: 8px; margin-top: 18px; padding: 12px; }
QGroupBox::title { subcontrol-origin: margin; left: 4px; color: @muted; }
QSlider::groove:horizontal { background: @hover; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: @accent; width: 14px; margin: -5px 0; border-radius: 7px; }

#rail { background: @window; border-right: 1px solid @border; }
#rail QToolButton { color: @muted; padding: 6px 2px; border-radius: 8px; font-size: #11; }
#rail QToolButton:hover { background: @raised; color: @text; }
#rail QToolButton:checked { background: @hover; color: @text; }
#rail QToolButton:focus { border: 1px solid @accent; }
#statusLine { background: @window; border-top: 1px solid @border; }
#statusLine QLabel, #statusLine QToolButton { color: @muted; font-size: #12; }
#statusLine QToolButton { padding: 1px 6px; border-radius: 4px; }
#statusLine QToolButton:hover { color: @text; }
#statusLine QLabel[role="chip"] { color: @text; background: @hover; border-radius: 4px; padding: 1px 8px; font-weight: 600; }
#statusLine QLabel[role="demoChip"] { color: @onAccent; background: @accent; border-radius: 4px; padding: 1px 8px; font-weight: 600; }
#tabRow { background: @window; border-bottom: 1px solid @border; }
#tabRow QToolButton[role="tabClose"] { padding: 1px; border-radius: 4px; }
#agentPanel { background: @surface; }

QFrame[banner="error"] { background: @badTint; border: 1px solid @bad; border-radius: 8px; }
QFrame[banner="warning"] { background: @warningTint; border: 1px solid @warning; border-radius: 8px; }
QFrame[banner="info"] { background: @infoTint; border: 1px solid @info; border-radius: 8px; }
QFrame[role="toast"] { background: @hover; border: 1px solid @border; border-radius: 8px; }
QFrame[role="popup"] { background: @raised; border: 1px solid @border; border-radius: 10px; }
QFrame[role="popup"] QLineEdit { background: transparent; border: none; font-size: #15; padding: 6px 4px; }
QFrame[role="popup"] QListView { background: transparent; border: none; }
QFrame[role="question"] { background: @raised; border: 2px solid @accent; border-radius: 10px; }
QFrame[role="chip"] { background: @hover; border: 1px solid @border; border-radius: 9px; }
QFrame[role="chip"] QLabel { font-size: #12; }
QFrame[role="chip"] QToolButton { padding: 0; border-radius: 8px; }
QFrame[role="composer"] { background: @input; border: 1px solid @border; border-radius: 10px; }
QFrame[role="composer"][active="true"] { border: 1px solid @accent; }
QFrame[role="composer"] QPlainTextEdit { background: transparent; border: none; padding: 0; }
QToolButton[role="floating"] { background: @raised; border: 1px solid @border; padding: 3px 10px; border-radius: 12px; }
QToolButton[role="floating"]:hover { background: @hover; }
QPushButton[role="quickCard"] { text-align: left; padding: 12px; border-radius: 8px; }
QFrame[role="row"]:hover, QPushButton[role="row"]:hover { background: @hover; }
QPushButton[role="row"] { background: transparent; border: 1px solid transparent; text-align: left; padding: 7px 8px; border-radius: 6px; }
QPushButton[role="row"]:focus { border: 1px solid @accent; }
)";

QColor mixed(const QColor &a, const QColor &b, double share)
{
    return QColor::fromRgbF(float(a.redF() * (1 - share) + b.redF() * share), float(a.greenF() * (1 - share) + b.greenF() * share),
                            float(a.blueF() * (1 - share) + b.blueF() * share));
}

bool isNameCharacter(QChar c) { return c.isLetter(); }

} // namespace

QString styleSheet(const Colors &c, double fontScale)
{
    const QString tone = c.isDark ? "dark" : "light";
    const QHash<QString, QString> values{
        {"window", c.window.name()}, {"surface", c.surface.name()}, {"raised", c.raised.name()}, {"hover", c.hover.name()},
        {"border", c.border.name()}, {"text", c.text.name()}, {"muted", c.muted.name()}, {"accent", c.accent.name()},
        {"onAccent", c.onAccent.name()}, {"bad", c.bad.name()}, {"warning", c.warning.name()}, {"info", c.info.name()},
        {"input", (c.isDark ? c.window : c.surface).name()},
        {"accentHover", mixed(c.accent, c.isDark ? Qt::white : Qt::black, 0.12).name()},
        {"selection", mixed(c.surface, c.accent, c.isDark ? 0.24 : 0.16).name()},
        {"scroll", mixed(c.surface, c.muted, 0.4).name()},
        {"badTint", mixed(c.surface, c.bad, 0.12).name()},
        {"warningTint", mixed(c.surface, c.warning, 0.12).name()},
        {"infoTint", mixed(c.surface, c.info, 0.12).name()},
        {"chevron", ":/themes/chevron-" + tone + ".svg"},
        {"tick", ":/themes/tick-" + tone + ".svg"},
    };
    const QString source = QString::fromUtf8(sheet);
    QString result;
    result.reserve(source.size() + 2000);
    for (qsizetype i = 0; i < source.size(); ++i) {
        const QChar at = source[i];
        if (at == '@') {
            qsizetype end = i + 1;
            while (end < source.size() && isNameCharacter(source[end]))
                ++end;
            result += values.value(source.mid(i + 1, end - i - 1));
            i = end - 1;
        } else if (at == '#' && i + 1 < source.size() && source[i + 1].isDigit()) {
            qsizetype end = i + 1;
            while (end < source.size() && source[end].isDigit())
                ++end;
            result += QString("%1px").arg(std::lround(source.mid(i + 1, end - i - 1).toInt() * fontScale));
            i = end - 1;
        } else {
            result += at;
        }
    }
    return result;
}

} // namespace ui

#pragma once

#include <QAction>
#include <QObject>

#include <functional>
#include <vector>

namespace ui {

/// All actions of the window by id: what the palette lists, and the one owner of shortcuts.
class ActionRegistry : public QObject
{
    Q_OBJECT

public:
    /// Shortcuts work wherever the focus is inside `window`.
    explicit ActionRegistry(QWidget *window);

    /// Registers an action; the same id again replaces what it does. `shortcut` is one or more key sequences as text, separated
    /// by "; ". A shortcut that another action has already is left out, and said on the log.
    QAction *add(const QString &id, const QString &text, const QString &shortcut, std::function<void()> run);

    QAction *find(const QString &id) const;
    const std::vector<QAction *> &all() const { return m_actions; }

    /// The id an action was registered under; empty for a foreign one.
    static QString idOf(const QAction *action);

private:
    QWidget *m_window;
    std::vector<QAction *> m_actions;
};

} // namespace ui

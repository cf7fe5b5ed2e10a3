#include "ui/shell/action_registry.h"

#include <QLoggingCategory>
#include <QWidget>

namespace ui {
namespace {

Q_LOGGING_CATEGORY(logActions, "hoglet.actions", QtWarningMsg)

} // namespace

ActionRegistry::ActionRegistry(QWidget *window)
    : QObject(window)
    , m_window(window)
{
}

QAction *ActionRegistry::add(const QString &id, const QString &text, const QString &shortcut, std::function<void()> run)
{
    QAction *action = find(id);
    if (!action) {
        action = new QAction(this);
        action->setObjectName(id);
        m_actions.push_back(action);
        m_window->addAction(action);
    } else {
        action->disconnect(this);
    }
    action->setText(text);
    QList<QKeySequence> keys;
    for (const auto &part : shortcut.split("; ", Qt::SkipEmptyParts)) {
        const QKeySequence key(part);
        const auto owner = std::find_if(m_actions.begin(), m_actions.end(),
                                        [&](const QAction *other) { return other != action && other->shortcuts().contains(key); });
        if (owner == m_actions.end())
            keys << key;
        else
            qCWarning(logActions) << part << "of" << id << "belongs to" << (*owner)->objectName() << "already";
    }
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WindowShortcut);
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    return action;
}

QAction *ActionRegistry::find(const QString &id) const
{
    const auto found = std::find_if(m_actions.begin(), m_actions.end(), [&](const QAction *action) { return action->objectName() == id; });
    return found == m_actions.end() ? nullptr : *found;
}

QString ActionRegistry::idOf(const QAction *action)
{
    return qobject_cast<ActionRegistry *>(action->parent()) ? action->objectName() : QString();
}

} // namespace ui

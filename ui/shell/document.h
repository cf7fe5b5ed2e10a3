#pragma once

#include <QAction>
#include <QIcon>
#include <QJsonObject>
#include <QWidget>

namespace ui {

/// What is opened in a tab. The shell knows nothing else about pages.
///
/// A document saves itself through state(): the shell asks for it every second and before exit, keeps what changed on disk, and
/// gives it back to a new document of the same kind after a restart.
class Document : public QWidget
{
    Q_OBJECT

public:
    using QWidget::QWidget;

    /// Stable name of the kind, under which the shell's factory makes it again: "hogql", "explore", "workflow", "session", "home".
    virtual QString kind() const = 0;
    virtual QString title() const = 0;     // short, for the tab
    virtual QString iconName() const = 0;  // a name of resources/icons

    virtual QJsonObject state() const { return {}; }
    virtual void restore(const QJsonObject &) { }

    /// What the agent may see of this document: {"title", "kind", "text"}; empty for nothing.
    virtual QJsonObject agentContext() const { return {}; }

    /// Actions for the palette and the menu while this document is in front.
    virtual QList<QAction *> documentActions() const { return {}; }

    /// Asked before the tab closes; a document whose work would be lost says no after it has asked the user.
    virtual bool mayClose() { return true; }

signals:
    void titleChanged();
    void stateChanged(); // something worth saving happened; the shell debounces
};

} // namespace ui

#pragma once

#include "driver/base/result.h"

#include <QJsonObject>
#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <stop_token>

class QAction;

namespace posthog {
class Driver;
}

namespace ui {

class Document;

/// A background task in the status line: title, progress, cancel. Ends when the last handle goes.
class Task
{
public:
    virtual ~Task() = default;
    virtual std::stop_token stop() const = 0;              // requested when the user cancels
    virtual void setProgress(int percent, const QString &text) = 0; // any thread; percent -1: unknown
};

/// What pages may ask of the window. Main thread only, but for what says otherwise.
class Workbench : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// The project's driver; null until one is connected. The pointer stays valid as long as a holder keeps it, so that a page's
    /// worker may outlive a change of project.
    virtual std::shared_ptr<posthog::Driver> driver() const = 0;

    /// Opens (or brings to front) a document. `state` is what Document::restore() gets:
    /// "hogql" {"text", "run": bool, "title", "values"} · "explore" {"object", "where", "values", "search", "select"} ·
    /// "workflow" {"workflow": id, "parameters", "runId"} · "session" {"runId"} · "home" {} ·
    /// "exports" {"object": events or persons, "where", "values"} or {"hogql", "values", "title"}: asks for the file, then exports all rows.
    virtual Document *open(const QString &kind, const QJsonObject &state) = 0;

    /// Puts text (and a context chip) into the agent panel's composer and shows the panel.
    virtual void askAgent(const QString &text, const QJsonObject &context = {}) = 0;

    virtual std::shared_ptr<Task> startTask(const QString &title) = 0;

    /// Registers a palette action: id "hogql.run", text "Run query", shortcut as QKeySequence text or empty.
    virtual QAction *addAction(const QString &id, const QString &text, const QString &shortcut, std::function<void()> run) = 0;

    /// The document in front; null when nothing is open.
    virtual Document *currentDocument() const { return nullptr; }

    /// A short note at the bottom of the window that goes by itself ("Copied 12 rows").
    virtual void toast(const QString &text) = 0;

signals:
    void driverChanged();
    void themeChanged();
    void currentDocumentChanged(ui::Document *document); // null: nothing is open
};

} // namespace ui

#pragma once

#include "agent/acp/types.h"
#include "agent/workflow/definition.h"
#include "driver/base/result.h"
#include "ui/conversation/question.h"

#include <QDateTime>
#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace ui {

/// One workflow run: an agent session, live or read from its log. The agent panel shows the same session as a conversation.
/// Main thread only.
class WorkflowRun : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual QString runId() const = 0;
    virtual bool isRunning() const = 0;

    /// What waits for the user, oldest first. It is answered on the run's page; the agent panel points there. Answered, or asked by
    /// nobody any more, it leaves the list. A run whose program ended while it asked has its question still: the answer goes on.
    virtual const std::vector<std::shared_ptr<Question>> &questions() const = 0;
    virtual void answer(quint64 question, const std::string &optionId) = 0;
    virtual void answerForm(quint64 question, const ph::Json &content) = 0;
    virtual void dismiss(quint64 question) = 0;

    /// Asks the turn to stop; `finished` follows with "cancelled".
    virtual void cancel() = 0;

    /// Whether the run was cut off (its program ended, it was stopped) and goOn() takes it up where it was.
    virtual bool canGoOn() const { return false; }
    virtual void goOn() { }

    /// Brings the session to front in the agent panel.
    virtual void showConversation() = 0;

signals:
    /// In the order of the wire. A reopened run sends what its log holds once the event loop runs again.
    void updated(const acp::SessionUpdate &update);
    void questionsChanged();
    /// `stopReason` as in acp::PromptResponse. `error` has a message when the turn failed instead.
    void finished(const QString &stopReason, const std::optional<ph::Error> &error);
};

/// A run as the list of workflows shows it.
struct RunSummary {
    QString runId;
    QString workflowId;
    QString title;
    QDateTime startedAt;
    QString state; // "running", "waiting", "done", "failed", "stopped"
};

/// What the workflow pages need of the agent: app wires it to the sessions.
class WorkflowRuns : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual const std::vector<workflow::Definition> &definitions() const = 0;
    virtual std::vector<RunSummary> recentRuns() const = 0; // newest first

    /// Starts a run. With `runId` it goes on in that run's session from step `fromStep` (empty: the first), and what the steps
    /// before found stays. The parent of the answer is the caller's to set.
    virtual std::unique_ptr<WorkflowRun> start(const QString &workflowId, const ph::Json &parameters, const QString &fromStep,
                                               const QString &runId) = 0;

    /// A run from its log; null when there is none by that id.
    virtual std::unique_ptr<WorkflowRun> reopen(const QString &runId) = 0;

signals:
    void definitionsChanged();
    void recentRunsChanged();
};

} // namespace ui

#pragma once

#include "ui/shell/document.h"
#include "ui/workflows/run_state.h"
#include "ui/workflows/workflow_runs.h"

#include <QTimer>

#include <memory>

class QPushButton;
class QScrollArea;
class QStackedWidget;

namespace ui {

class Banner;
class DecisionView;
class EmptyState;
class ParameterForm;
class ParameterPage;
class QuestionCard;
class RunHeader;
class StepListModel;
class StepRail;
class StepView;
class Workbench;

/// One workflow run: its steps at the left, the step one reads in the middle, the question that waits at the bottom. The agent
/// panel shows the same session as a conversation. A run is a document: it can be left, come back to, changed and run again.
class WorkflowRunPage : public Document
{
    Q_OBJECT

public:
    WorkflowRunPage(Workbench &workbench, WorkflowRuns &runs, QWidget *parent = nullptr);
    ~WorkflowRunPage() override;

    QString kind() const override { return QStringLiteral("workflow"); }
    QString title() const override;
    QString iconName() const override { return QStringLiteral("workflow"); }
    QJsonObject state() const override;
    /// {"workflow", "parameters", "runId", "step"}: with a runId the run is read from its log, else it starts.
    void restore(const QJsonObject &state) override;
    QJsonObject agentContext() const override;
    QList<QAction *> documentActions() const override { return m_actions; }

    const RunState &run() const { return m_state; }
    StepView *stepView() const { return m_view; }
    StepRail *rail() const { return m_rail; }
    QuestionCard *question() const { return m_question; }
    ParameterForm *parameters() const;
    QPushButton *stopButton() const;
    RunHeader *header() const { return m_header; }
    QString statusText() const;
    QString decisionText() const;
    bool isDecisionShown() const;
    bool areParametersShown() const;

    void stop();
    /// Takes up a run that was cut off where it was.
    void goOn();
    void rerun(const std::string &fromStep);
    void showParameters(bool shown);
    /// Runs from the first step with what the form holds; a mistake in it is said there.
    void runWithParameters();
    void selectStep(int index); // the step count selects the decision
    bool exportTo(const QString &path);

signals:
    void exported(const QString &path);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void attach(std::unique_ptr<WorkflowRun> run);
    void followRunning();
    void rerunFromHere();
    void onUpdate(const acp::SessionUpdate &update);
    void onFinished(const QString &stopReason, const std::optional<ph::Error> &error);
    void refresh();
    void showCurrent();
    void showQuestion();
    void chooseExport(const QString &ending);
    void ask(const QString &text);
    const workflow::Definition *definition() const;
    QString runId() const;

    Workbench &m_workbench;
    WorkflowRuns &m_runs;
    std::unique_ptr<WorkflowRun> m_run;
    RunState m_state;
    QString m_runId;
    bool m_follows = true; // the view goes along with the running step
    int m_selected = -1;
    QString m_wantedStep; // of a restored state, until that step is there

    RunHeader *m_header;
    Banner *m_banner;
    QWidget *m_bannerBox;
    StepListModel *m_steps;
    StepRail *m_rail;
    QStackedWidget *m_pages;
    QScrollArea *m_stepPage;
    StepView *m_view;
    DecisionView *m_decision;
    ParameterPage *m_parameterPage;
    EmptyState *m_empty;
    QuestionCard *m_question;
    QWidget *m_questionBox;
    QList<QAction *> m_actions;
    QTimer m_refresh; // many updates, one refresh
};

} // namespace ui

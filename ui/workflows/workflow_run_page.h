#pragma once

#include "ui/shell/document.h"
#include "ui/workflows/run_state.h"
#include "ui/workflows/workflow_runs.h"

#include <QElapsedTimer>
#include <QTimer>

#include <memory>

class QLabel;
class QProgressBar;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QTextBrowser;
class QToolButton;

namespace ui {

class Banner;
class EmptyState;
class ParameterForm;
class QuestionCard;
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
    ParameterForm *parameters() const { return m_form; }
    QPushButton *stopButton() const { return m_stop; }
    QString statusText() const;
    QString decisionText() const;
    bool isDecisionShown() const;
    bool areParametersShown() const;

    void stop();
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
    QWidget *makeHeader();
    QWidget *makeParameters();
    QWidget *makeDecision();
    void attach(std::unique_ptr<WorkflowRun> run);
    void onUpdate(const acp::SessionUpdate &update);
    void onFinished(const QString &stopReason, const std::optional<ph::Error> &error);
    void refresh();
    void refreshHeader();
    void showCurrent();
    QString decisionHtml() const;
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

    QLabel *m_title;
    QLabel *m_status;
    QProgressBar *m_progress;
    QPushButton *m_stop;
    QToolButton *m_again;
    QToolButton *m_export;
    Banner *m_banner;
    QWidget *m_bannerBox;
    StepListModel *m_steps;
    StepRail *m_rail;
    QStackedWidget *m_pages;
    QScrollArea *m_stepPage;
    StepView *m_view;
    QWidget *m_decisionPage;
    QTextBrowser *m_decision;
    QWidget *m_parameterPage;
    ParameterForm *m_form;
    EmptyState *m_empty;
    QuestionCard *m_question;
    QWidget *m_questionBox;
    QList<QAction *> m_actions;
    QElapsedTimer m_elapsed;
    qint64 m_lastMs = 0;
    QTimer m_tick;
    QTimer m_refresh; // many updates, one refresh
};

} // namespace ui

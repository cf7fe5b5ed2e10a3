#pragma once

#include "ui/conversation/agent_hub.h"
#include "ui/shell/main_window.h"
#include "ui/shell/session_store.h"
#include "ui/workflows/workflow_runs.h"

#include <filesystem>

namespace app {

/// The workflow pages' way to the agent: a run is one of the hub's sessions, live or read from its log.
class DesktopWorkflowRuns : public ui::WorkflowRuns
{
    Q_OBJECT

public:
    DesktopWorkflowRuns(ui::AgentHub &hub, ui::MainWindow &window, std::shared_ptr<ui::SessionStore> store, QObject *parent = nullptr);

    const std::vector<workflow::Definition> &definitions() const override { return m_definitions; }
    std::vector<ui::RunSummary> recentRuns() const override;
    std::unique_ptr<ui::WorkflowRun> start(const QString &workflowId, const ph::Json &parameters, const QString &fromStep,
                                           const QString &runId) override;
    std::unique_ptr<ui::WorkflowRun> reopen(const QString &runId) override;

    /// Reads the definitions and the past runs, in the background.
    void load(const std::filesystem::path &workflows);
    void loadPast();

signals:
    void pastLoaded(); // the runs of before are in recentRuns()

private:
    QString titleOf(const QString &workflowId) const;
    ui::AgentSession *wake(const QString &runId, const QString &workflowId);
    void adopt(ui::AgentSession *session, const QString &workflowId);

    ui::AgentHub &m_hub;
    ui::MainWindow &m_window;
    std::shared_ptr<ui::SessionStore> m_store;
    std::vector<workflow::Definition> m_definitions;
    std::vector<ui::PastSession> m_past;
    std::map<ui::AgentSession *, QString> m_live; // the workflow's id
};

} // namespace app

#pragma once

#include "app/desktop_agent.h"
#include "app/desktop_agents.h"
#include "app/desktop_models.h"
#include "app/desktop_options.h"
#include "app/desktop_project.h"
#include "app/desktop_sessions.h"
#include "app/desktop_workflow_runs.h"
#include "app/keychain.h"
#include "ui/conversation/agent_panel.h"
#include "ui/conversation/session_marks.h"
#include "ui/explore/exports.h"
#include "ui/explore/saved_filters.h"
#include "ui/shell/home_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/wire_log.h"

namespace app {

/// The desktop program: window, project, agent and pages, wired. Members end in the reverse order: first the window with its
/// pages, then the sessions, then the agent's threads, last the project that all of them use and the
/// keychain with its key.
class Desktop : public QObject
{
    Q_OBJECT

public:
    /// `windowFolder` keeps the window's state; settings and sessions are in the program's own folders. `demo`: which local project
    /// the demo is.
    Desktop(const ui::Settings &settings, const QString &settingsPath, const QString &windowFolder, const LocalProjectOptions &demo = {});
    ~Desktop() override;

    ui::MainWindow &window() { return *m_window; }
    ui::AgentHub &hub() { return *m_hub; }
    DesktopProject &project() { return m_project; }
    DesktopWorkflowRuns &runs() { return *m_runs; }
    ui::Exports &exports() { return *m_exports; }

    /// Connects and starts the agent; to be called once the window has been painted.
    void start();

    /// What a command line asks of a window that is there.
    void follow(const DesktopOptions &options);

private:
    void addDocuments();
    void addPlaces();
    void addActions();
    void openFolder();
    void fillHome();
    void followProject();
    void followBudget();
    void followAgent();
    void followSessions();
    ui::Document *makeSessionsPage(ui::Workbench &bench);
    void continueSession(const QString &runId, bool wasCutOff);
    void showQuestions(ui::AgentSession *session);
    void tellOfQuestions();
    void refreshAgentState();

    Keychain m_keychain;
    DesktopProject m_project;
    std::shared_ptr<AgentModels> m_models;
    DesktopModels m_modelSetup;
    DesktopAgent m_agent;
    ui::WireLogs m_wireLogs;
    DesktopAgents m_others;
    std::unique_ptr<ui::AgentHub> m_hub;
    std::shared_ptr<DesktopSessions> m_sessions;
    ui::SessionMarks m_marks;
    ui::HomeContent m_home;
    ui::SavedFilters m_filters;
    std::unique_ptr<ui::MainWindow> m_window;
    std::unique_ptr<ui::Exports> m_exports;
    std::unique_ptr<DesktopWorkflowRuns> m_runs;
    ui::AgentPanel *m_panel = nullptr;
    QTimer m_budgetTimer;
    bool m_isBudgetAsked = false;
};

} // namespace app

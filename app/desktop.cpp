#include "app/desktop.h"

#include "app/agent_options.h"
#include "app/folder_files.h"
#include "app/parquet_export.h"
#include "app/resources.h"
#include "driver/base/child_process.h"
#include "driver/base/log.h"
#include "driver/base/paths.h"
#include "ui/conversation/agent_head.h"
#include "ui/conversation/session_document.h"
#include "ui/conversation/sessions_page.h"
#include "ui/conversation/visible_text.h"
#include "ui/explore/explore_page.h"
#include "ui/explore/exports_page.h"
#include "ui/inspector/inspector_page.h"
#include "ui/query/query_page.h"
#include "ui/shell/background.h"
#include "ui/shell/budget_meter.h"
#include "ui/shell/document_tabs.h"
#include "ui/shell/rail.h"
#include "ui/shell/settings_page.h"
#include "ui/shell/tasks_page.h"
#include "ui/workflows/workflow_run_page.h"
#include "ui/workflows/workflows_page.h"

#include <QApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>

namespace app {
namespace {

constexpr size_t shownOnHome = 6;

QString idOf(const ui::AgentSession *session) { return QString::fromStdString(session->id().value); }

class ParquetByLocalProject : public ui::ParquetExport
{
public:
    ph::Result<> mayExport() const override { return mayExportParquet(); }
    ph::Result<posthog::ExportReport> exportRows(posthog::Driver &driver, const posthog::ExportRequest &request,
                                                 const std::function<void(const posthog::ExportProgress &)> &onProgress, std::stop_token stop) const override
    {
        return exportParquet(driver, request, onProgress, std::move(stop));
    }
};

} // namespace

Desktop::Desktop(const ui::Settings &settings, const QString &settingsPath, const QString &windowFolder, const LocalProjectOptions &demo)
    : m_project(settingsPath, settings, m_keychain, demo)
    , m_models(agentModels({}, &m_keychain, [host = settings.project.isDemo ? std::string() : settings.project.host.toStdString()] { return host; }))
    , m_modelSetup(m_models, m_keychain)
    , m_agent([this](std::stop_token stop) { return m_project.driver(std::move(stop)); }, m_models,
              [this](const std::optional<ph::Error> &problem) {
                  QMetaObject::invokeMethod(this, [this, problem] {
                      if (problem)
                          m_window->showBanner("journal", ui::Banner::Severity::Warning, QString::fromStdString(problem->message));
                      else
                          m_window->dismissBanner("journal");
                  });
              })
    , m_others(ph::configDir() / "agents.json", m_agent.writer(), m_keychain, ph::childEnvironment())
    , m_hub(std::make_unique<ui::AgentHub>([this]() -> ph::Result<std::unique_ptr<acp::Transport>> {
        auto transport = m_agent.start();
        if (!transport)
            return transport;
        return m_wireLogs.tap(tr("Hoglet"), *std::move(transport));
    }, windowFolder, QString::fromStdString(ph::homeDir().string())))
    , m_sessions(std::make_shared<DesktopSessions>(ph::dataDir()))
    , m_marks(windowFolder + "/sessions.json")
    , m_filters(QFileInfo(settingsPath).dir().filePath("filters.json"))
    , m_window(std::make_unique<ui::MainWindow>(windowFolder))
    , m_exports(std::make_unique<ui::Exports>(m_window->workbench(), windowFolder + "/exports.json", std::make_shared<ParquetByLocalProject>()))
    , m_runs(std::make_unique<DesktopWorkflowRuns>(*m_hub, *m_window, m_sessions))
{
    fillHome();
    addDocuments();
    addPlaces();
    addActions();
    m_panel = new ui::AgentPanel(*m_hub, m_window->workbench());
    connect(m_window.get(), &ui::MainWindow::agentPlaceChanged, &m_panel->head(), &ui::AgentHead::setInTab);
    connect(&m_panel->head(), &ui::AgentHead::placeChanged, m_window.get(), &ui::MainWindow::setAgentInTab);
    m_panel->setFileNames(std::make_shared<FolderFiles>());
    m_window->setAgentPanel(m_panel);
    connect(m_window.get(), &ui::MainWindow::agentAsked, m_panel, &ui::AgentPanel::ask);
    followProject();
    followBudget();
    followAgent();
    followSessions();
    const auto refreshHome = [this] {
        if (auto *home = qobject_cast<ui::HomePage *>(m_window->tabs().current()))
            home->refresh();
    };
    connect(m_runs.get(), &ui::WorkflowRuns::definitionsChanged, this, refreshHome);
    connect(m_runs.get(), &DesktopWorkflowRuns::pastLoaded, this, refreshHome);
    connect(m_hub.get(), &ui::AgentHub::questionsChanged, this, refreshHome);
    connect(m_hub.get(), &ui::AgentHub::finished, this, refreshHome);
}

Desktop::~Desktop()
{
    m_window->saveNow();
    m_window.reset(); // Its pages use the runs and the exports.
    m_exports.reset();
    m_runs.reset();
    m_hub.reset();
    m_agent.stop();
}

void Desktop::addDocuments()
{
    auto &kinds = m_window->documents();
    using ui::Workbench;
    kinds.add({"home", tr("Home"), "home", [this](Workbench &bench) { return new ui::HomePage(bench, m_home); }, {}, {}});
    kinds.add({"workflows", tr("Workflows"), "workflow", [this](Workbench &bench) { return new ui::WorkflowsPage(bench, *m_runs); }, {}, {}});
    kinds.add({"workflow", tr("Workflow"), "workflow", [this](Workbench &bench) { return new ui::WorkflowRunPage(bench, *m_runs); },
               ui::oneFor("runId"), "workflows"});
    kinds.add({"explore", tr("Explore"), "explore", [this](Workbench &bench) { return new ui::ExplorePage(bench, m_filters); }, ui::alwaysNew, {}});
    kinds.add({"hogql", tr("New query"), "hogql", [](Workbench &bench) { return new ui::QueryPage(bench); }, ui::alwaysNew, {}});
    kinds.add({"sessions", tr("Sessions"), "session", [this](Workbench &bench) { return makeSessionsPage(bench); }, {}, {}});
    kinds.add({"session", tr("Session"), "session", [this](Workbench &bench) { return new ui::SessionDocument(bench, m_sessions, [this](const QString &runId, bool wasCutOff) { continueSession(runId, wasCutOff); }); },
               ui::oneFor("runId"), "sessions"});
    kinds.add({"inspector", tr("Agent messages"), "inspector", [this](Workbench &bench) { return new ui::InspectorPage(bench, m_wireLogs, m_sessions); },
               ui::InspectorPage::identity, "sessions"});
    kinds.add({"exports", tr("Exports"), "export", [this](Workbench &bench) { return new ui::ExportsPage(bench, *m_exports); }, {}, "tasks"});
    kinds.add({"tasks", tr("Tasks"), "tasks", [this](Workbench &) { return new ui::TasksPage(m_window->tasks()); }, {}, {}});
    kinds.add({"settings", tr("Settings"), "settings",
               [this](Workbench &bench) {
                   return new ui::SettingsPage(bench, m_project, m_modelSetup, m_others, [this](ui::ThemeChoice theme, double fontScale) {
                       ui::Theme::setFontScale(fontScale);
                       ui::Theme::apply(*qApp, theme);
                       m_project.setLook(theme, fontScale);
                   });
               },
               {}, {}});
}

void Desktop::addPlaces()
{
    m_window->addPlace("home", tr("Home"), "home");
    m_window->addPlace("workflows", tr("Workflows"), "workflow");
    m_window->addPlace("explore", tr("Explore"), "explore");
    m_window->addPlace("hogql", tr("HogQL"), "hogql");
    m_window->addPlace("sessions", tr("Sessions"), "session");
    m_window->addPlace("tasks", tr("Tasks"), "tasks");
    m_window->addPlace("settings", tr("Settings"), "settings", true);
}

void Desktop::addActions()
{
    auto &bench = m_window->workbench();
    const auto add = [&bench](const char *id, const QString &text, const char *shortcut, const char *iconName, std::function<void()> run) {
        bench.addAction(id, text, shortcut, std::move(run))->setProperty("iconName", iconName);
    };
    add("exports.open", tr("Exports"), "", "export", [this] { m_window->workbench().open("exports", {}); });
    add("settings.open", tr("Open settings"), "Ctrl+,", "settings", [this] { m_window->workbench().open("settings", {}); });
    const auto setLook = [this](ui::ThemeChoice theme, double fontScale) {
        ui::Theme::setFontScale(fontScale);
        ui::Theme::apply(*qApp, theme);
        m_project.setLook(theme, ui::Theme::fontScale());
    };
    add("theme.dark", tr("Dark theme"), "", "settings", [setLook] { setLook(ui::ThemeChoice::Dark, ui::Theme::fontScale()); });
    add("theme.light", tr("Light theme"), "", "settings", [setLook] { setLook(ui::ThemeChoice::Light, ui::Theme::fontScale()); });
    add("theme.system", tr("Theme as the desktop's"), "", "settings", [setLook] { setLook(ui::ThemeChoice::System, ui::Theme::fontScale()); });
    add("text.larger", tr("Larger text"), "Ctrl++; Ctrl+=", "plus", [setLook] { setLook(ui::Theme::choice(), ui::Theme::fontScale() + 0.1); });
    add("text.smaller", tr("Smaller text"), "Ctrl+-", "minus", [setLook] { setLook(ui::Theme::choice(), ui::Theme::fontScale() - 0.1); });
    add("text.normal", tr("Text at its normal size"), "Ctrl+0", "refresh", [setLook] { setLook(ui::Theme::choice(), 1); });
    add("agent.newSession", tr("New agent session"), "Ctrl+Shift+N", "agent", [this] {
        m_hub->newSession();
        m_window->setAgentVisible(true);
    });
    add("agent.openFolder", tr("Work in a folder…"), "Ctrl+Shift+O", "agent", [this] { openFolder(); });
    add("agent.stop", tr("Stop the agent's turn"), "", "stop", [this] { m_hub->current()->stop(); });
    add("agent.restart", tr("Restart the agent"), "", "refresh", [this] { m_hub->current()->line().start(); });
    add("agent.inspect", tr("Inspect the agent's messages"), "", "inspector", [this] { m_window->workbench().open("inspector", {}); });
    add("agent.others", tr("Other agents…"), "", "agent", [this] { m_window->workbench().open("settings", {}); });
    add("project.connect", tr("Connect to the project again"), "", "plug", [this] { m_project.start(); });

    m_window->addQuickOpenSource([this] {
        std::vector<ui::Choice> choices;
        for (const auto &definition : m_runs->definitions())
            choices.push_back({QString::fromStdString(definition.title), QString::fromStdString(definition.description), tr("workflow"), "workflow",
                               [this, id = QString::fromStdString(definition.id)] { m_window->workbench().open("workflows", {{"workflow", id}}); }});
        for (auto *session : m_hub->sessions())
            choices.push_back({session->title(), {}, tr("session"), "session", [this, session = QPointer(session)] {
                                   if (session)
                                       m_hub->setCurrent(session);
                                   m_window->setAgentVisible(true);
                               }});
        for (const auto &run : m_runs->recentRuns())
            choices.push_back({run.title, {}, tr("run"), "workflow",
                               [this, id = run.runId] { m_window->workbench().open("workflow", {{"runId", id}}); }});
        return choices;
    });
}

/// A session works in one folder from its beginning to its end: another folder is a new session.
void Desktop::openFolder()
{
    const auto folder = QFileDialog::getExistingDirectory(m_window.get(), tr("Work in a folder"), m_hub->workFolder());
    if (folder.isEmpty())
        return;
    m_hub->setWorkFolder(folder);
    m_hub->newSession();
    m_window->setAgentVisible(true);
}

void Desktop::fillHome()
{
    const auto open = [this](const char *kind, QJsonObject state = {}) {
        return [this, kind, state] { m_window->workbench().open(kind, state); };
    };
    m_home.quickStarts = {
        {"workflow", tr("Start a workflow"), tr("Guided steps from a question to a decision"), open("workflows")},
        {"hogql", tr("New query"), tr("Ask the data in HogQL"), open("hogql")},
        {"explore", tr("Explore"), tr("Events, people, cohorts, flags, insights"), [this] { m_window->tabs().show("explore"); }},
        {"agent", tr("Ask the agent"), tr("In your own words"), [this] { m_window->setAgentVisible(true); }},
    };
    m_home.sections.push_back({tr("Waiting for you"), {}, [this, open](auto then) {
                                   std::vector<ui::HomeEntry> entries;
                                   for (auto *session : m_hub->sessions()) {
                                       for (const auto &question : session->questions())
                                           entries.push_back({question->isPermission() ? "shield" : "question", ui::visibleText(question->text()),
                                                              session->title(), [this, session = QPointer(session)] { showQuestions(session); }});
                                   }
                                   for (const auto &run : m_runs->recentRuns()) {
                                       if (run.state == "waiting" && !m_hub->find({run.runId.toStdString()}))
                                           entries.push_back({"question", run.title, tr("waits for an answer since Hoglet was closed"),
                                                              open("workflow", {{"workflow", run.workflowId}, {"runId", run.runId}})});
                                   }
                                   for (const auto &job : m_exports->jobs()) {
                                       if (job.state == ui::ExportJob::State::Stopped || job.state == ui::ExportJob::State::Failed)
                                           entries.push_back({"export", tr("Export: %1").arg(job.title), tr("cut off; goes on where it was"), open("exports")});
                                   }
                                   then(entries);
                               }});
    m_home.sections.push_back({tr("Workflows"), {}, [this](auto then) {
                                   std::vector<ui::HomeEntry> entries;
                                   for (const auto &definition : m_runs->definitions())
                                       entries.push_back({"workflow", QString::fromStdString(definition.title),
                                                          ui::personaTitle(definition.persona), [this, id = QString::fromStdString(definition.id)] {
                                                              m_window->workbench().open("workflows", {{"workflow", id}});
                                                          }});
                                   then(entries);
                               }});
    m_home.sections.push_back({tr("Recent sessions"), tr("What you ask the agent, and each workflow you run, is kept here."), [this](auto then) {
                                   ui::inBackground([store = m_sessions] { return store->list({}); })
                                       .then(m_window.get(), [this, then](const ph::Result<std::vector<ui::PastSession>> &sessions) {
                                           std::vector<ui::HomeEntry> entries;
                                           for (const auto &session : sessions ? *sessions : std::vector<ui::PastSession>{}) {
                                               if (entries.size() >= shownOnHome || session.title.empty())
                                                   continue;
                                               const auto kind = session.workflow.empty() ? "session" : "workflow";
                                               entries.push_back({kind, ui::visibleText(session.title).simplified(),
                                                                  ui::whenText(QString::fromStdString(session.updatedAt), QDateTime::currentDateTime()),
                                                                  [this, kind, id = QString::fromStdString(session.runId)] {
                                                                      m_window->workbench().open(kind, {{"runId", id}});
                                                                  }});
                                           }
                                           then(entries);
                                       });
                               }});
    m_home.sections.push_back({tr("Recent queries"), tr("No queries yet. Ctrl+T opens one."), [this](auto then) {
                                   std::vector<ui::HomeEntry> entries;
                                   for (const auto &query : m_window->tabs().recent("hogql")) {
                                       const auto state = query["state"].toObject();
                                       if (entries.size() >= shownOnHome || state["text"].toString().trimmed().isEmpty())
                                           continue;
                                       entries.push_back({"hogql", query["title"].toString(), state["text"].toString().simplified().left(60),
                                                          [this, state] { m_window->workbench().open("hogql", state); }});
                                   }
                                   then(entries);
                               }});
}

void Desktop::followProject()
{
    using Connection = ui::StatusLine::Connection;
    connect(&m_project, &DesktopProject::connecting, this, [this](const QString &text) {
        m_window->dismissBanner("project");
        m_window->statusLine().setConnection(Connection::Connecting, text);
    });
    connect(&m_project, &DesktopProject::connected, this, [this](const std::shared_ptr<posthog::Driver> &driver, const posthog::ProjectInfo &info) {
        m_window->statusLine().setProject(QString::fromStdString(info.name), QUrl(QString::fromStdString(driver->host())).host(), info.isDemo);
        m_window->statusLine().setConnection(Connection::Connected, tr("Connected"));
        m_window->dismissBanner("project");
        m_window->setDriver(driver);
    });
    connect(&m_project, &DesktopProject::failed, this, [this](const ph::Error &error) {
        m_window->statusLine().setConnection(Connection::Failed, tr("Not connected"));
        const bool isSetting = error.code == ph::ErrorCode::Unauthorized || error.code == ph::ErrorCode::InvalidInput
            || (error.code == ph::ErrorCode::NotFound && !m_project.choice().isDemo);
        m_window->showBanner("project", ui::Banner::Severity::Error, QString::fromStdString(error.message),
                             isSetting ? tr("Open settings") : tr("Retry"), [this, isSetting] {
                                 if (isSetting)
                                     m_window->workbench().open("settings", {});
                                 else
                                     m_project.start();
                             });
    });
    connect(&m_project, &DesktopProject::demoDamaged, this, [this](const QString &what) {
        ph::logError("project", what.toStdString());
        m_window->statusLine().setConnection(Connection::Failed, tr("Not connected"));
        m_window->showBanner("project", ui::Banner::Severity::Error,
                             tr("The data of the demo project is damaged and cannot be opened. Make the demo project anew? The damaged file is kept "
                                "beside the new one, with .old at its end; your sessions and queries stay."),
                             tr("Make it anew"), [this] { m_project.rebuildDemo(); });
    });
    connect(&m_project, &DesktopProject::lost, this, [this](const ph::Error &error) {
        m_window->statusLine().setConnection(Connection::Failed, tr("Connection lost"));
        m_window->showBanner("project", ui::Banner::Severity::Error,
                             tr("The project does not answer any more: %1").arg(QString::fromStdString(error.message)), tr("Connect again"),
                             [this] { m_project.start(); });
    });
    connect(&m_project, &DesktopProject::foundAgain, this, [this] {
        m_window->statusLine().setConnection(Connection::Connected, tr("Connected"));
        m_window->dismissBanner("project");
    });
    connect(&m_project, &DesktopProject::settingsProblem, this, [this](const ph::Error &error) {
        m_window->showBanner("settings", ui::Banner::Severity::Warning, QString::fromStdString(error.message));
    });
    connect(&m_window->statusLine(), &ui::StatusLine::connectionClicked, this, [this] { m_window->workbench().open("settings", {}); });
}

/// What is left of PostHog's limits is looked at while somebody may see it.
void Desktop::followBudget()
{
    m_budgetTimer.setInterval(5'000);
    const auto look = [this] {
        const auto driver = m_window->workbench().driver();
        if (m_isBudgetAsked || !driver || m_window->isMinimized())
            return;
        m_isBudgetAsked = true;
        ui::inBackground([driver] { return driver->budget(); }).then(this, [this](const std::vector<posthog::BudgetUse> &use) {
            m_isBudgetAsked = false;
            m_window->statusLine().budget().setUse(use);
        });
    };
    connect(&m_budgetTimer, &QTimer::timeout, this, look);
    connect(&m_project, &DesktopProject::connected, this, look);
    m_budgetTimer.start();
}

void Desktop::followAgent()
{
    connect(m_hub.get(), &ui::AgentHub::stateChanged, this, &Desktop::refreshAgentState);
    connect(m_hub.get(), &ui::AgentHub::sessionsChanged, this, &Desktop::refreshAgentState);
    connect(m_hub.get(), &ui::AgentHub::currentChanged, this, &Desktop::refreshAgentState);
    connect(m_hub.get(), &ui::AgentHub::questionsChanged, this, [this] {
        const int waiting = m_hub->waitingQuestions();
        m_window->rail().setBadge("home", waiting);
        if (waiting > 0)
            tellOfQuestions();
    });
    connect(m_hub.get(), &ui::AgentHub::finished, this, [this](ui::AgentSession *session, const QString &reason) {
        m_runs->loadPast();
        if (reason == "end_turn" && session->queue().empty() && (!m_window->isAgentVisible() || session != m_hub->current()))
            m_window->showToast(tr("Done: %1").arg(session->title()));
        if (!m_window->isActiveWindow())
            QApplication::alert(m_window.get());
    });
    refreshAgentState();
}

/// Other agents, and what the user says of sessions: read and named in one place, shown in several.
void Desktop::followSessions()
{
    const auto takeOthers = [this] {
        auto choices = m_others.choices();
        for (auto &choice : choices) {
            choice.launch = [this, name = choice.name, launch = choice.launch](const ui::AgentChoice::Launched &then) {
                launch([this, name, then](ph::Result<std::unique_ptr<acp::Transport>> transport) {
                    if (transport)
                        transport = m_wireLogs.tap(name, *std::move(transport));
                    then(std::move(transport));
                });
            };
        }
        m_hub->setOthers(std::move(choices));
    };
    connect(&m_others, &DesktopAgents::changed, this, takeOthers);
    connect(&m_others, &DesktopAgents::problem, this, [this](const ph::Error &error) {
        m_window->showBanner("agents", ui::Banner::Severity::Warning, QString::fromStdString(error.message));
    });
    takeOthers();

    const auto takeTitles = [this] {
        for (auto *session : m_hub->sessions())
            session->setGivenTitle(m_marks.of(idOf(session)).title);
    };
    connect(&m_marks, &ui::SessionMarks::changed, this, takeTitles);
    connect(m_hub.get(), &ui::AgentHub::sessionsChanged, this, takeTitles);
    connect(m_hub.get(), &ui::AgentHub::currentChanged, this, [this] { m_marks.setSeen(idOf(m_hub->current())); });
    connect(m_hub.get(), &ui::AgentHub::finished, this, [this](ui::AgentSession *session) {
        if (m_window->isAgentVisible() && session == m_hub->current())
            m_marks.setSeen(idOf(session));
    });
}

ui::Document *Desktop::makeSessionsPage(ui::Workbench &bench)
{
    return new ui::SessionsPage(bench, m_sessions, m_marks, [this](const QString &runId) {
        if (auto *session = m_hub->find({runId.toStdString()}))
            m_hub->remove(session);
    });
}

/// A session of the log goes on in the panel, with its agent. One that was cut off is taken up where it was: its agent asks anew what
/// nobody answered.
void Desktop::continueSession(const QString &runId, bool wasCutOff)
{
    ui::inBackground([store = m_sessions, id = runId.toStdString()] { return store->find(id); })
        .then(this, [this, runId, wasCutOff](const ph::Result<ui::PastSession> &past) {
            if (!past) {
                m_window->showToast(QString::fromStdString(past.error().message));
                return;
            }
            auto folder = QString::fromStdString(past->folder);
            if (!folder.isEmpty() && !QFileInfo(folder).isDir()) {
                m_window->showToast(tr("Its folder %1 is not there any more: it goes on in %2.").arg(ui::visibleText(past->folder), m_hub->workFolder()));
                folder.clear();
            }
            auto *session = m_hub->loadSession({runId.toStdString()}, QString::fromStdString(past->agent), folder);
            m_hub->setCurrent(session);
            if (wasCutOff && !session->isRunning() && session->queue().empty())
                session->send("Continue");
            m_window->setAgentVisible(true);
        });
}

/// To where the questions of a session are answered.
void Desktop::showQuestions(ui::AgentSession *session)
{
    if (session && session->questionPlace()) {
        session->questionPlace()->show();
        return;
    }
    if (session)
        m_hub->setCurrent(session);
    m_window->setAgentVisible(true);
}

/// What waits and is not on the screen is said.
void Desktop::tellOfQuestions()
{
    for (const auto *session : m_hub->sessions()) {
        if (session->questions().empty())
            continue;
        if (session->questionPlace() && !session->questionPlace()->isInFront())
            m_window->showToast(tr("A run waits for your answer: %1").arg(session->title()));
        else if (!session->questionPlace() && !m_window->isAgentVisible())
            m_window->showToast(tr("The agent waits for your answer (Ctrl+J)."));
    }
}

void Desktop::refreshAgentState()
{
    const auto *session = m_hub->current();
    const auto &line = session->line();
    switch (line.state()) {
    case ui::AgentLine::State::Idle:
    case ui::AgentLine::State::Starting:
        m_window->statusLine().setAgent(tr("Agent starting"));
        break;
    case ui::AgentLine::State::Ready: {
        const auto model = session->modelName().isEmpty() || !line.choice().servesAll ? line.agentName() : session->modelName();
        const auto mode = session->modeName();
        m_window->statusLine().setAgent(mode.isEmpty() ? model : model + QString::fromUtf8(" · ") + mode);
        break;
    }
    case ui::AgentLine::State::LoggedOut:
        m_window->statusLine().setAgent(tr("Agent: log in"));
        break;
    case ui::AgentLine::State::Gone:
        m_window->statusLine().setAgent(tr("Agent stopped"));
        break;
    }
}

void Desktop::start()
{
    m_runs->load(resourcesDir() / "workflows");
    m_project.start();
    m_hub->start();
}

void Desktop::follow(const DesktopOptions &options)
{
    if (options.newQuery)
        m_window->workbench().open("hogql", {});
    if (!options.workflow.isEmpty())
        m_window->workbench().open("workflows", {{"workflow", options.workflow}});
}

} // namespace app

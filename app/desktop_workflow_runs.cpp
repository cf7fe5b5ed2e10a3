#include "app/desktop_workflow_runs.h"

#include "app/desktop_run.h"
#include "driver/base/log.h"
#include "ui/shell/background.h"

namespace app {

DesktopWorkflowRuns::DesktopWorkflowRuns(ui::AgentHub &hub, ui::MainWindow &window, std::shared_ptr<ui::SessionStore> store, QObject *parent)
    : WorkflowRuns(parent)
    , m_hub(hub)
    , m_window(window)
    , m_store(std::move(store))
{
    connect(&hub, &ui::AgentHub::sessionsChanged, this, &ui::WorkflowRuns::recentRunsChanged);
    connect(&hub, &ui::AgentHub::questionsChanged, this, &ui::WorkflowRuns::recentRunsChanged);
}

void DesktopWorkflowRuns::load(const std::filesystem::path &workflows)
{
    ui::inBackground([workflows] {
        return workflow::loadDefinitions(workflows, [](const std::string &file, const ph::Error &error) {
            ph::logError("workflow", file + ": " + error.message);
        });
    }).then(this, [this](const std::vector<workflow::Definition> &definitions) {
        m_definitions = definitions;
        emit definitionsChanged();
    });
    loadPast();
}

void DesktopWorkflowRuns::loadPast()
{
    ui::inBackground([store = m_store] { return store->list({}); }).then(this, [this](const ph::Result<std::vector<ui::PastSession>> &sessions) {
        if (!sessions)
            return;
        m_past = *sessions;
        std::erase_if(m_past, [](const auto &session) { return session.workflow.empty(); });
        emit recentRunsChanged();
        emit pastLoaded();
    });
}

QString DesktopWorkflowRuns::titleOf(const QString &workflowId) const
{
    for (const auto &definition : m_definitions) {
        if (definition.id == workflowId.toStdString())
            return QString::fromStdString(definition.title);
    }
    return workflowId;
}

std::vector<ui::RunSummary> DesktopWorkflowRuns::recentRuns() const
{
    std::vector<ui::RunSummary> runs;
    for (const auto *session : m_hub.sessions()) {
        const auto found = m_live.find(const_cast<ui::AgentSession *>(session));
        if (found == m_live.end() || session->id().value.empty())
            continue;
        const auto state = !session->questions().empty() ? "waiting" : session->isRunning() ? "running" : "done";
        runs.push_back({QString::fromStdString(session->id().value), found->second, titleOf(found->second), session->turnStarted(), state});
    }
    std::reverse(runs.begin(), runs.end());
    for (const auto &past : m_past) {
        const auto id = QString::fromStdString(past.runId);
        if (std::any_of(runs.begin(), runs.end(), [&](const auto &run) { return run.runId == id; }))
            continue;
        const auto workflowId = QString::fromStdString(past.workflow);
        runs.push_back({id, workflowId, titleOf(workflowId), QDateTime::fromString(QString::fromStdString(past.updatedAt), Qt::ISODateWithMs), past.waits ? "waiting" : "done"});
    }
    return runs;
}

std::unique_ptr<ui::WorkflowRun> DesktopWorkflowRuns::start(const QString &workflowId, const ph::Json &parameters, const QString &fromStep,
                                                            const QString &runId)
{
    ui::AgentSession *session = nullptr;
    if (!runId.isEmpty()) {
        session = wake(runId, workflowId);
    } else if (m_hub.current()->conversation().items().empty() && m_hub.current()->queue().empty() && m_hub.current()->draft().isEmpty()) {
        session = m_hub.current(); // Nothing was said in it yet.
    } else {
        session = m_hub.newSession();
    }
    adopt(session, workflowId);
    ph::Json run{{"id", workflowId.toStdString()}, {"parameters", parameters}};
    if (!fromStep.isEmpty())
        run["fromStep"] = fromStep.toStdString();
    session->send(titleOf(workflowId), {}, ph::Json{{"hoglet", {{"workflow", std::move(run)}}}});
    return std::make_unique<DesktopRun>(m_hub, m_window, session, false);
}

std::unique_ptr<ui::WorkflowRun> DesktopWorkflowRuns::reopen(const QString &runId)
{
    if (auto *session = m_hub.find({runId.toStdString()}); session && m_live.contains(session))
        return std::make_unique<DesktopRun>(m_hub, m_window, session, true);
    const std::filesystem::path name = runId.toStdString();
    if (runId.isEmpty() || name.filename() != name)
        return nullptr;
    return std::make_unique<DesktopRun>(m_hub, m_window, m_store, runId, [this, runId](const QString &workflowId) { return wake(runId, workflowId); });
}

/// A run of a log, as a session of the hub.
ui::AgentSession *DesktopWorkflowRuns::wake(const QString &runId, const QString &workflowId)
{
    auto *session = m_hub.loadSession({runId.toStdString()});
    adopt(session, workflowId);
    m_hub.setCurrent(session);
    return session;
}

void DesktopWorkflowRuns::adopt(ui::AgentSession *session, const QString &workflowId)
{
    session->keepUpdates();
    if (m_live.contains(session))
        return;
    m_live[session] = workflowId;
    connect(session, &QObject::destroyed, this, [this, session] { m_live.erase(session); });
    const auto runIdOf = [](const ui::AgentSession *of) { return QString::fromStdString(of->id().value); };
    session->setQuestionPlace({tr("the run page"),
                               [this, session, runIdOf] {
                                   const auto *document = m_window.workbench().currentDocument();
                                   return document && document->kind() == "workflow" && document->state()["runId"].toString() == runIdOf(session);
                               },
                               [this, session, runIdOf] { m_window.workbench().open("workflow", {{"runId", runIdOf(session)}}); }});
}

} // namespace app

#include "app/desktop_workflow_runs.h"

#include "driver/base/log.h"
#include "ui/shell/background.h"

#include <QPointer>
#include <QTimer>

namespace app {
namespace {

using Questions = std::vector<std::shared_ptr<ui::Question>>;
const Questions none;

/// A session of the hub, seen as a run.
class LiveRun : public ui::WorkflowRun
{
public:
    LiveRun(ui::AgentHub &hub, ui::MainWindow &window, ui::AgentSession *session, bool tellsWhatWas)
        : m_hub(hub)
        , m_window(window)
        , m_session(session)
    {
        if (tellsWhatWas)
            QTimer::singleShot(0, this, [this] { tellAndFollow(); });
        else
            follow();
    }

    QString runId() const override { return m_session ? QString::fromStdString(m_session->id().value) : QString(); }
    bool isRunning() const override { return m_session && (m_session->isRunning() || !m_session->queue().empty()); }
    const Questions &questions() const override { return m_session ? m_session->questions() : none; }
    void answer(quint64 question, const std::string &optionId) override
    {
        if (m_session)
            m_session->answer(question, optionId);
    }
    void answerForm(quint64 question, const ph::Json &content) override
    {
        if (m_session)
            m_session->answerForm(question, content);
    }
    void dismiss(quint64 question) override
    {
        if (m_session)
            m_session->dismiss(question);
    }
    void cancel() override
    {
        if (m_session)
            m_session->stop();
    }
    void showConversation() override
    {
        if (m_session)
            m_hub.setCurrent(m_session);
        m_window.setAgentVisible(true);
    }

private:
    void tellAndFollow()
    {
        if (!m_session)
            return;
        for (const auto &update : m_session->keptUpdates())
            emit updated(update);
        emit questionsChanged();
        if (!isRunning())
            emit finished("end_turn", std::nullopt);
        follow();
    }
    void follow()
    {
        connect(m_session, &ui::AgentSession::updated, this, &ui::WorkflowRun::updated);
        connect(m_session, &ui::AgentSession::questionsChanged, this, &ui::WorkflowRun::questionsChanged);
        connect(m_session, &ui::AgentSession::turnEnded, this, [this](const QString &reason) {
            if (reason == "error") {
                std::string message = "The run failed.";
                for (const auto &item : m_session->conversation().items()) {
                    if (const auto *note = std::get_if<ui::Note>(&item.value); note && note->severity == "error")
                        message = note->title;
                }
                emit finished(reason, ph::Error{ph::ErrorCode::Internal, message});
            } else {
                emit finished(reason, std::nullopt);
            }
        });
    }

    ui::AgentHub &m_hub;
    ui::MainWindow &m_window;
    QPointer<ui::AgentSession> m_session;
};

/// A run that has ended, told from its log.
class PastRun : public ui::WorkflowRun
{
public:
    PastRun(ui::MainWindow &window, std::shared_ptr<ui::SessionStore> store, QString runId)
        : m_window(window)
        , m_runId(std::move(runId))
    {
        ui::inBackground([store = std::move(store), id = m_runId.toStdString()] { return store->lines(id, {}); })
            .then(this, [this](const ph::Result<std::vector<std::string>> &lines) { tell(lines); });
    }

    QString runId() const override { return m_runId; }
    bool isRunning() const override { return false; }
    const Questions &questions() const override { return none; }
    void answer(quint64, const std::string &) override { }
    void answerForm(quint64, const ph::Json &) override { }
    void dismiss(quint64) override { }
    void cancel() override { }
    void showConversation() override { m_window.workbench().open("session", {{"runId", m_runId}}); }

private:
    void tell(const ph::Result<std::vector<std::string>> &lines)
    {
        if (!lines) {
            emit finished("error", lines.error());
            return;
        }
        QString stopReason = "cancelled"; // of a run that the log leaves in the middle
        std::optional<ph::Error> error;
        for (const auto &line : *lines) {
            const auto message = ph::Json::parse(line, nullptr, false);
            if (!message.is_object())
                continue;
            if (message.value("method", "") == "session/update" && message.contains("params")) {
                if (const auto notification = ph::parse<acp::SessionNotification>(message["params"]))
                    emit updated(notification->update);
            } else if (message.contains("result") && message["result"].is_object() && message["result"].contains("stopReason")) {
                stopReason = QString::fromStdString(message["result"].value("stopReason", "end_turn"));
            }
        }
        emit finished(stopReason, error);
    }

    ui::MainWindow &m_window;
    QString m_runId;
};

} // namespace

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
        runs.push_back({id, workflowId, titleOf(workflowId), QDateTime::fromString(QString::fromStdString(past.updatedAt), Qt::ISODateWithMs), "done"});
    }
    return runs;
}

std::unique_ptr<ui::WorkflowRun> DesktopWorkflowRuns::start(const QString &workflowId, const ph::Json &parameters, const QString &fromStep,
                                                            const QString &runId)
{
    ui::AgentSession *session = nullptr;
    if (!runId.isEmpty()) {
        session = m_hub.loadSession({runId.toStdString()});
        m_hub.setCurrent(session);
    } else if (m_hub.current()->conversation().items().empty() && m_hub.current()->queue().empty() && m_hub.current()->draft().isEmpty()) {
        session = m_hub.current(); // Nothing was said in it yet.
    } else {
        session = m_hub.newSession();
    }
    session->keepUpdates();
    m_live[session] = workflowId;
    connect(session, &QObject::destroyed, this, [this, session] { m_live.erase(session); });

    ph::Json run{{"id", workflowId.toStdString()}, {"parameters", parameters}};
    if (!fromStep.isEmpty())
        run["fromStep"] = fromStep.toStdString();
    session->send(titleOf(workflowId), {}, ph::Json{{"hoglet", {{"workflow", std::move(run)}}}});
    return std::make_unique<LiveRun>(m_hub, m_window, session, false);
}

std::unique_ptr<ui::WorkflowRun> DesktopWorkflowRuns::reopen(const QString &runId)
{
    if (auto *session = m_hub.find({runId.toStdString()}); session && m_live.contains(session))
        return std::make_unique<LiveRun>(m_hub, m_window, session, true);
    const std::filesystem::path name = runId.toStdString();
    if (runId.isEmpty() || name.filename() != name)
        return nullptr;
    return std::make_unique<PastRun>(m_window, m_store, runId);
}

} // namespace app

#include "ui/conversation/agent_hub.h"

#include <QPointer>

#include <algorithm>

namespace ui {

AgentHub::AgentHub(Launcher launcher, QString dataFolder, QString workFolder, QObject *parent)
    : QObject(parent)
    , m_launcher(std::move(launcher))
    , m_workFolder(std::move(workFolder))
    , m_drafts(dataFolder + "/drafts.json")
{
    connect(&m_client, &AcpClient::ready, this, [this] {
        m_state = State::Ready;
        emit stateChanged();
        for (auto *session : m_sessions)
            open(session);
    });
    connect(&m_client, &AcpClient::agentGone, this, [this](const QString &reason) {
        m_state = State::Gone;
        m_goneReason = reason;
        m_early.clear();
        for (auto *session : m_sessions)
            session->agentLost(m_goneReason);
        emit stateChanged();
        emit questionsChanged();
    });
    connect(&m_client, &AcpClient::updated, this, [this](const acp::SessionNotification &notification) {
        if (auto *session = find(notification.sessionId))
            session->apply(notification.update);
        else
            m_early.push_back(notification);
    });
    connect(&m_client, &AcpClient::questionAsked, this, [this](const std::shared_ptr<Question> &question) {
        auto *session = find(question->sessionId());
        if (!session && m_sessions.size() == 1)
            session = m_current; // A form may leave its session out.
        if (!session) {
            question->cancel();
            return;
        }
        session->asked(question);
    });
    connect(&m_client, &AcpClient::questionWithdrawn, this, [this](quint64 question) {
        for (auto *session : m_sessions)
            session->withdrawn(question);
    });
    newSession();
    m_current->setDraft(m_drafts.load().state["draft"].toString());
    m_saving.setInterval(1000);
    connect(&m_saving, &QTimer::timeout, this, &AgentHub::saveDrafts);
    m_saving.start();
}

AgentHub::~AgentHub()
{
    saveDrafts();
    m_client.disconnectNow();
}

void AgentHub::start()
{
    m_state = State::Starting;
    m_goneReason.clear();
    emit stateChanged();
    auto transport = m_launcher();
    if (!transport) {
        m_state = State::Gone;
        m_goneReason = QString::fromStdString(transport.error().message);
        emit stateChanged();
        return;
    }
    m_client.connectTo(std::move(*transport));
}

QString AgentHub::agentName() const
{
    const auto &info = m_client.agent().agentInfo;
    if (!info)
        return tr("Agent");
    return QString::fromStdString(info->title.value_or(info->name));
}

AgentSession *AgentHub::newSession()
{
    auto *session = add();
    if (m_state == State::Ready)
        open(session);
    emit sessionsChanged();
    setCurrent(session);
    return session;
}

AgentSession *AgentHub::loadSession(const acp::SessionId &id)
{
    if (auto *known = find(id))
        return known;
    auto *session = add();
    session->expect(id);
    if (m_state == State::Ready)
        open(session);
    emit sessionsChanged();
    return session;
}

AgentSession *AgentHub::add()
{
    auto *session = new AgentSession(m_client, this);
    connect(session, &AgentSession::questionsChanged, this, &AgentHub::questionsChanged);
    connect(session, &AgentSession::turnEnded, this, [this, session](const QString &reason) { emit finished(session, reason); });
    connect(session, &AgentSession::stateChanged, this, &AgentHub::sessionsChanged);
    m_sessions.push_back(session);
    return session;
}

void AgentHub::open(AgentSession *session)
{
    if (session->isOpen())
        return;
    const auto &can = m_client.agent().agentCapabilities;
    const bool canLoad = can.is_object() && can.contains("loadSession") && can["loadSession"] == true;
    if (session->id().value.empty() || !canLoad) {
        openNew(session);
        return;
    }
    session->expect(session->id());
    acp::LoadSessionRequest request;
    request.sessionId = session->id();
    request.cwd = m_workFolder.toStdString();
    request.mcpServers = ph::Json::array();
    m_client.loadSession(request, [this, guard = QPointer(session)](const ph::Result<acp::LoadSessionResponse> &response) {
        if (!guard)
            return;
        if (response)
            guard->opened(guard->id(), response->modes, response->configOptions);
        else if (response.error().code == ph::ErrorCode::NotFound && !guard->conversation().items().empty())
            openNew(guard);
        else
            guard->failedToOpen(tr("The session could not be opened again: %1").arg(QString::fromStdString(response.error().message)));
    });
}

void AgentHub::openNew(AgentSession *session)
{
    const bool isKnown = !session->conversation().items().empty();
    acp::NewSessionRequest request;
    request.cwd = m_workFolder.toStdString();
    m_client.newSession(request, [this, guard = QPointer(session), isKnown](const ph::Result<acp::NewSessionResponse> &response) {
        if (!guard)
            return;
        if (!response) {
            guard->failedToOpen(tr("The agent could not start a session: %1").arg(QString::fromStdString(response.error().message)));
            return;
        }
        if (isKnown) {
            acp::SessionUpdate note;
            note.value = acp::Notice{"warning", tr("The agent was started anew.").toStdString(),
                                     tr("It does not remember what stands above.").toStdString()};
            guard->apply(note);
        }
        guard->opened(response->sessionId, response->modes, response->configOptions);
        auto early = std::exchange(m_early, {});
        for (auto &notification : early) {
            if (notification.sessionId == response->sessionId)
                guard->apply(notification.update);
            else
                m_early.push_back(std::move(notification));
        }
    });
}

void AgentHub::setCurrent(AgentSession *session)
{
    if (m_current == session)
        return;
    m_current = session;
    emit currentChanged();
}

void AgentHub::remove(AgentSession *session)
{
    session->stop();
    std::erase(m_sessions, session);
    if (m_sessions.empty())
        newSession();
    else if (m_current == session)
        setCurrent(m_sessions.back());
    session->deleteLater();
    emit sessionsChanged();
    emit questionsChanged();
}

int AgentHub::waitingQuestions() const
{
    int count = 0;
    for (const auto *session : m_sessions)
        count += int(session->questions().size());
    return count;
}

AgentSession *AgentHub::find(const acp::SessionId &id) const
{
    const auto found = std::find_if(m_sessions.begin(), m_sessions.end(),
                                    [&](const AgentSession *session) { return !id.value.empty() && session->id() == id; });
    return found == m_sessions.end() ? nullptr : *found;
}

void AgentHub::saveDrafts()
{
    // Sessions do not outlive the program as they are; what was typed does, in the session it opens with.
    QStringList drafts;
    for (const auto *session : m_sessions) {
        if (!session->draft().trimmed().isEmpty())
            drafts << session->draft();
    }
    m_drafts.save({{"draft", drafts.join("\n\n")}});
}

} // namespace ui

#include "ui/conversation/agent_line.h"

#include "ui/conversation/agent_session.h"
#include "ui/conversation/visible_text.h"

#include <QPointer>

#include <algorithm>

namespace ui {
namespace {

constexpr size_t mostRespawns = 3; // a minute
constexpr size_t mostEarly = 1000; // updates of sessions that nobody has opened

bool has(const ph::Json &json, const char *key) { return json.is_object() && json.contains(key); }

QString textAt(const ph::Json &json, const char *key)
{
    return has(json, key) && json[key].is_string() ? visibleText(json[key].get<std::string>()) : QString();
}

/// Methods that cannot be used here (of a type we do not know) are left out.
std::vector<AgentLine::LoginMethod> loginMethodsOf(const ph::Json &methods)
{
    std::vector<AgentLine::LoginMethod> found;
    if (!methods.is_array())
        return found;
    for (const auto &method : methods) {
        const auto type = textAt(method, "type");
        if (!has(method, "id") || !method["id"].is_string() || (!type.isEmpty() && type != "agent" && type != "terminal"))
            continue;
        AgentLine::LoginMethod login;
        login.id = QString::fromStdString(method["id"].get<std::string>());
        login.name = textAt(method, "name").isEmpty() ? visibleText(login.id.toStdString()) : textAt(method, "name");
        login.description = textAt(method, "description");
        login.isTerminal = type == "terminal";
        if (has(method, "args") && method["args"].is_array()) {
            for (const auto &argument : method["args"]) {
                if (argument.is_string())
                    login.arguments.push_back(argument.get<std::string>());
            }
        }
        if (has(method, "env") && method["env"].is_object()) {
            for (const auto &[name, value] : method["env"].items()) {
                if (value.is_string())
                    login.environment.emplace_back(name, value.template get<std::string>());
            }
        }
        found.push_back(std::move(login));
    }
    return found;
}

} // namespace

AgentLine::AgentLine(AgentChoice choice, QObject *parent)
    : QObject(parent)
    , m_choice(std::move(choice))
    , m_client(m_choice.offers, nullptr)
{
    connect(&m_client, &AcpClient::ready, this, &AgentLine::becomeReady);
    connect(&m_client, &AcpClient::agentGone, this, &AgentLine::becomeGone);
    connect(&m_client, &AcpClient::updated, this, &AgentLine::hear);
    connect(&m_client, &AcpClient::questionAsked, this, &AgentLine::route);
    connect(&m_client, &AcpClient::terminalNews, this, [this](const TerminalNews &news) {
        if (auto *session = find(news.sessionId))
            session->apply(news);
    });
    connect(&m_client, &AcpClient::questionWithdrawn, this, [this](quint64 question) {
        for (auto *session : m_sessions)
            session->withdrawn(question);
    });
    m_respawn.setSingleShot(true);
    connect(&m_respawn, &QTimer::timeout, this, &AgentLine::start);
}

AgentLine::~AgentLine() { m_client.disconnectNow(); }

void AgentLine::setState(State state)
{
    m_state = state;
    emit stateChanged();
}

void AgentLine::start()
{
    m_respawn.stop();
    m_goneReason.clear();
    m_lastWords.clear();
    m_isLoggingIn = false;
    m_early.clear();
    if (m_client.isConnected()) {
        m_client.disconnectNow();
        for (auto *session : m_sessions)
            session->agentLost(tr("The agent was started again."));
    }
    setState(State::Starting);
    const int launch = ++m_launch;
    m_choice.launch([guard = QPointer(this), launch](ph::Result<std::unique_ptr<acp::Transport>> transport) {
        if (guard && launch == guard->m_launch)
            guard->launched(std::move(transport));
    });
}

void AgentLine::launched(ph::Result<std::unique_ptr<acp::Transport>> transport)
{
    if (transport)
        m_client.connectTo(std::move(*transport));
    else
        becomeGone(QString::fromStdString(transport.error().message));
}

void AgentLine::becomeReady()
{
    m_logins = loginMethodsOf(m_client.agent().authMethods);
    setState(State::Ready);
    for (auto *session : m_sessions)
        open(session);
}

void AgentLine::becomeGone(const QString &reason)
{
    const bool wasThere = m_state == State::Ready;
    const auto cut = reason.indexOf("\n\n");
    m_goneReason = reason.left(cut < 0 ? reason.size() : cut);
    m_lastWords = cut < 0 ? QString() : reason.mid(cut + 2);
    m_early.clear();
    m_isLoggingIn = false;
    for (auto *session : m_sessions)
        session->agentLost(m_goneReason);

    // One that had worked is started again, and its session opened; one that goes again and again waits for the user.
    while (!m_respawns.empty() && m_respawns.front().hasExpired(60'000))
        m_respawns.pop_front();
    if (wasThere && !m_choice.servesAll && m_respawns.size() < mostRespawns) {
        m_respawn.start(int(500 << m_respawns.size()));
        m_respawns.emplace_back().start();
    }
    setState(State::Gone);
}

void AgentLine::needLogin(const QString &reason)
{
    m_loginReason = reason;
    m_isLoggingIn = false;
    setState(State::LoggedOut);
}

void AgentLine::logIn(const QString &method)
{
    m_isLoggingIn = true;
    emit stateChanged();
    m_client.authenticate(method.toStdString(), [this](const ph::Result<acp::Empty> &done) {
        if (!done) {
            needLogin(QString::fromStdString(done.error().message));
            return;
        }
        m_isLoggingIn = false;
        m_loginReason.clear();
        setState(State::Ready);
        for (auto *session : m_sessions)
            open(session);
    });
}

QString AgentLine::agentName() const
{
    const auto &info = m_client.agent().agentInfo;
    return info ? visibleText(info->title.value_or(info->name)) : m_choice.name;
}

void AgentLine::attach(AgentSession *session)
{
    m_sessions.push_back(session);
    if (m_state == State::Ready)
        open(session);
}

void AgentLine::detach(AgentSession *session)
{
    std::erase(m_sessions, session);
    m_client.endSession(session->id());
    m_client.closeSession(session->id());
}

AgentSession *AgentLine::find(const acp::SessionId &id) const
{
    const auto found = std::find_if(m_sessions.begin(), m_sessions.end(),
                                    [&](const AgentSession *session) { return !id.value.empty() && session->id() == id; });
    return found == m_sessions.end() ? nullptr : *found;
}

void AgentLine::hear(const acp::SessionNotification &notification)
{
    if (auto *session = find(notification.sessionId))
        session->apply(notification.update);
    else if (m_early.size() < mostEarly)
        m_early.push_back(notification);
}

void AgentLine::route(const std::shared_ptr<Question> &question)
{
    auto *session = find(question->sessionId());
    if (!session && question->sessionId().value.empty() && m_sessions.size() == 1)
        session = m_sessions.front(); // A form may leave its session out.
    if (session)
        session->asked(question);
    else
        question->cancel();
}

void AgentLine::open(AgentSession *session)
{
    if (session->isOpen())
        return;
    const auto &can = m_client.agent().agentCapabilities;
    const bool canLoad = has(can, "loadSession") && can["loadSession"] == true;
    if (session->id().value.empty() || !canLoad) {
        openNew(session);
        return;
    }
    session->expect(session->id());
    acp::LoadSessionRequest request;
    request.sessionId = session->id();
    request.cwd = session->folder().toStdString();
    request.mcpServers = ph::Json::array();
    m_client.loadSession(request, [this, guard = QPointer(session)](const ph::Result<acp::LoadSessionResponse> &response) {
        if (!guard)
            return;
        if (response)
            guard->opened(guard->id(), response->modes, response->configOptions);
        else if (response.error().code == ph::ErrorCode::Unauthorized)
            needLogin(QString::fromStdString(response.error().message));
        else if (response.error().code == ph::ErrorCode::NotFound && !guard->conversation().items().empty())
            openNew(guard);
        else
            guard->failedToOpen(tr("The session could not be opened again: %1").arg(QString::fromStdString(response.error().message)));
    });
}

void AgentLine::openNew(AgentSession *session)
{
    const bool isKnown = !session->conversation().items().empty();
    acp::NewSessionRequest request;
    request.cwd = session->folder().toStdString();
    request.meta = ph::Json{{"hoglet", {{"agent", m_choice.id.toStdString()}}}};
    m_client.newSession(request, [this, guard = QPointer(session), isKnown](const ph::Result<acp::NewSessionResponse> &response) {
        if (!guard)
            return;
        if (!response && response.error().code == ph::ErrorCode::Unauthorized) {
            needLogin(QString::fromStdString(response.error().message));
            return;
        }
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

} // namespace ui

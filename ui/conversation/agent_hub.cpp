#include "ui/conversation/agent_hub.h"

#include <algorithm>

namespace ui {

AgentHub::AgentHub(Launcher embedded, QString dataFolder, QString workFolder, QObject *parent)
    : QObject(parent)
    , m_workFolder(std::move(workFolder))
    , m_drafts(dataFolder + "/drafts.json")
    , m_embedded(new AgentLine({"hoglet", "Hoglet", [launcher = std::move(embedded)](const AgentChoice::Launched &then) { then(launcher()); }, {}, true}, this))
{
    connect(m_embedded, &AgentLine::stateChanged, this, &AgentHub::stateChanged);
    newSession();
    m_current->setDraft(m_drafts.load().state["draft"].toString());
    m_saving.setInterval(1000);
    connect(&m_saving, &QTimer::timeout, this, &AgentHub::saveDrafts);
    m_saving.start();
}

AgentHub::~AgentHub()
{
    saveDrafts();
    // Sessions first, since they know their lines.
    for (auto *session : std::exchange(m_sessions, {}))
        delete session;
}

void AgentHub::start() { m_embedded->start(); }

void AgentHub::setOthers(std::vector<AgentChoice> others)
{
    m_others = std::move(others);
    emit othersChanged();
}

AgentSession *AgentHub::newSession(const QString &agentId)
{
    auto *session = add(agentId, m_workFolder);
    session->line().attach(session);
    emit sessionsChanged();
    setCurrent(session);
    return session;
}

AgentSession *AgentHub::loadSession(const acp::SessionId &id, const QString &agentId, const QString &folder)
{
    if (auto *known = find(id))
        return known;
    auto *session = add(agentId, folder.isEmpty() ? m_workFolder : folder);
    session->expect(id);
    session->line().attach(session);
    emit sessionsChanged();
    return session;
}

/// The embedded agent for an id that is not known any more, too: it reads every log.
AgentLine *AgentHub::lineFor(const QString &agentId)
{
    const auto found = std::find_if(m_others.begin(), m_others.end(), [&](const AgentChoice &other) { return other.id == agentId; });
    if (found == m_others.end())
        return m_embedded;
    auto *line = new AgentLine(*found, this);
    connect(line, &AgentLine::stateChanged, this, &AgentHub::stateChanged);
    line->start();
    return line;
}

AgentSession *AgentHub::add(const QString &agentId, const QString &folder)
{
    auto *session = new AgentSession(*lineFor(agentId), folder, this);
    connect(session, &AgentSession::questionsChanged, this, &AgentHub::questionsChanged);
    connect(session, &AgentSession::turnEnded, this, [this, session](const QString &reason) { emit finished(session, reason); });
    connect(session, &AgentSession::stateChanged, this, &AgentHub::sessionsChanged);
    m_sessions.push_back(session);
    return session;
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
    auto &line = session->line();
    session->stop();
    std::erase(m_sessions, session);
    if (m_sessions.empty())
        newSession();
    else if (m_current == session)
        setCurrent(m_sessions.back());
    line.detach(session);
    session->deleteLater();
    if (&line != m_embedded)
        line.deleteLater(); // Its agent ends with it.
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

#include "app/desktop_run.h"

#include "app/desktop_sessions.h"
#include "ui/conversation/replay.h"
#include "ui/shell/background.h"

#include <QTimer>

#include <algorithm>

namespace app {
namespace {

const std::vector<std::shared_ptr<ui::Question>> none;

ph::Error lastErrorOf(const ui::AgentSession &session)
{
    std::string message = "The run failed.";
    for (const auto &item : session.conversation().items()) {
        if (const auto *note = std::get_if<ui::Note>(&item.value); note && note->severity == "error")
            message = note->title;
    }
    return {ph::ErrorCode::Internal, message};
}

} // namespace

DesktopRun::DesktopRun(ui::AgentHub &hub, ui::MainWindow &window, ui::AgentSession *session, bool tellsWhatWas)
    : m_hub(hub)
    , m_window(window)
    , m_session(session)
{
    if (tellsWhatWas)
        QTimer::singleShot(0, this, [this] { tellAndFollow(); });
    else
        follow();
}

DesktopRun::DesktopRun(ui::AgentHub &hub, ui::MainWindow &window, std::shared_ptr<ui::SessionStore> store, QString runId, Wake wake)
    : m_hub(hub)
    , m_window(window)
    , m_runId(std::move(runId))
    , m_wake(std::move(wake))
{
    ui::inBackground([store = std::move(store), id = m_runId.toStdString()] { return store->lines(id, {}); })
        .then(this, [this](const ph::Result<std::vector<std::string>> &lines) { tellLog(lines); });
}

QString DesktopRun::runId() const
{
    return m_session && !m_session->id().value.empty() ? QString::fromStdString(m_session->id().value) : m_runId;
}

bool DesktopRun::isRunning() const { return m_session && (m_session->isRunning() || !m_session->queue().empty()); }

const std::vector<std::shared_ptr<ui::Question>> &DesktopRun::questions() const
{
    if (!m_session)
        return m_waiting;
    return m_given ? none : m_session->questions(); // One that has its answer is asked no more.
}

void DesktopRun::answer(quint64 question, const std::string &optionId)
{
    if (m_session) {
        m_session->answer(question, optionId);
    } else if (!m_waiting.empty() && m_waiting.front()->id() == question) {
        m_given = Given{m_waiting.front(), optionId, {}};
        goOn();
    }
}

void DesktopRun::answerForm(quint64 question, const ph::Json &content)
{
    if (m_session) {
        m_session->answerForm(question, content);
    } else if (!m_waiting.empty() && m_waiting.front()->id() == question) {
        m_given = Given{m_waiting.front(), {}, content};
        goOn();
    }
}

void DesktopRun::dismiss(quint64 question)
{
    if (m_session) {
        m_session->dismiss(question);
    } else if (!m_waiting.empty() && m_waiting.front()->id() == question) {
        m_waiting.clear();
        emit questionsChanged();
        emit finished("cancelled", std::nullopt);
    }
}

void DesktopRun::cancel()
{
    if (m_session)
        m_session->stop();
}

bool DesktopRun::canGoOn() const { return m_isCutOff && !isRunning(); }

void DesktopRun::goOn()
{
    if (!canGoOn())
        return;
    m_isCutOff = false;
    m_waiting.clear();
    if (!m_session) {
        m_session = m_wake(m_workflowId);
        follow();
    }
    // The agent asks anew what it was not answered; what it found before stands in its log.
    m_session->send("Continue");
    emit questionsChanged();
}

void DesktopRun::showConversation()
{
    if (!m_session) {
        m_window.workbench().open("session", {{"runId", m_runId}});
        return;
    }
    m_hub.setCurrent(m_session);
    m_window.setAgentVisible(true);
}

void DesktopRun::tellAndFollow()
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

void DesktopRun::follow()
{
    connect(m_session, &ui::AgentSession::updated, this, &ui::WorkflowRun::updated);
    connect(m_session, &ui::AgentSession::questionsChanged, this, [this] {
        giveAnswer();
        emit questionsChanged();
    });
    connect(m_session, &ui::AgentSession::turnEnded, this, [this](const QString &reason) {
        m_given.reset();
        m_isCutOff = reason == "cancelled";
        emit finished(reason, reason == "error" ? std::optional(lastErrorOf(*m_session)) : std::nullopt);
    });
}

/// Whether `question` is the one of the log, so that the answer which was given to that one is an answer to this one.
bool DesktopRun::isAgain(const ui::Question &question) const
{
    const auto &before = *m_given->question;
    const auto sameOptions = std::equal(before.options().begin(), before.options().end(), question.options().begin(), question.options().end(),
                                        [](const auto &a, const auto &b) { return a.id == b.id && a.name == b.name; });
    return before.isPermission() == question.isPermission() && before.text() == question.text() && before.detail() == question.detail() && sameOptions;
}

void DesktopRun::giveAnswer()
{
    if (!m_given || m_session->questions().empty())
        return;
    const auto question = m_session->questions().front();
    const bool isAgain = this->isAgain(*question);
    const auto given = *std::exchange(m_given, std::nullopt);
    if (!isAgain)
        return; // Something else is asked now: the user's to answer.
    if (given.content)
        m_session->answerForm(question->id(), *given.content);
    else
        m_session->answer(question->id(), given.optionId);
}

void DesktopRun::tellLog(const ph::Result<std::vector<std::string>> &lines)
{
    if (!lines) {
        emit finished("error", lines.error());
        return;
    }
    m_workflowId = QString::fromStdString(workflowOf(*lines));
    QString stopReason = "cancelled"; // of a run that the log leaves in the middle
    for (const auto &line : *lines) {
        const auto message = messageIn(line);
        if (!message.is_object())
            continue;
        if (message.value("method", "") == "session/update" && message.contains("params")) {
            if (const auto notification = ph::parse<acp::SessionNotification>(message["params"]))
                emit updated(notification->update);
        } else if (message.contains("result") && message["result"].is_object() && message["result"].contains("stopReason")) {
            stopReason = QString::fromStdString(message["result"].value("stopReason", "end_turn"));
        }
    }
    const auto replayed = ui::replay(*lines);
    m_isCutOff = replayed.isCutOff || stopReason == "cancelled";
    if (!replayed.waiting) {
        emit finished(replayed.isCutOff ? QString("cancelled") : stopReason, std::nullopt);
        return;
    }
    m_waiting = {replayed.waiting};
    emit questionsChanged();
}

} // namespace app

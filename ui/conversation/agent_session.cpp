#include "ui/conversation/agent_session.h"

#include "ui/conversation/agent_line.h"
#include "ui/conversation/config_choices.h"
#include "ui/conversation/visible_text.h"

#include <algorithm>

namespace ui {

AgentSession::AgentSession(AgentLine &line, QString folder, QObject *parent)
    : QObject(parent)
    , m_line(line)
    , m_client(line.client())
    , m_folder(std::move(folder))
    , m_draftAttachments([this] { return takesPictures(); })
{
    m_changing.setSingleShot(true);
    m_changing.setInterval(30);
    connect(&m_changing, &QTimer::timeout, this, &AgentSession::changed);
}

void AgentSession::setGivenTitle(const QString &title)
{
    if (title == m_givenTitle)
        return;
    m_givenTitle = title;
    emit stateChanged();
}

QString AgentSession::title() const
{
    if (!m_givenTitle.isEmpty())
        return m_givenTitle;
    if (!m_conversation.title().empty())
        return visibleText(m_conversation.title()).simplified();
    for (const auto &item : m_conversation.items()) {
        if (const auto *message = std::get_if<Message>(&item.value); message && message->role == Message::Role::User && !message->text.empty())
            return visibleText(message->text).remove("**").remove('`').simplified().left(60);
    }
    return tr("New session");
}

QString AgentSession::modelName() const
{
    const auto *option = optionOf(m_conversation.configOptions(), "model");
    return option ? currentName(*option) : QString();
}

/// Where an agent has modes as a setting too, the setting is the one that counts.
std::vector<acp::Mode> AgentSession::modes() const
{
    const auto *option = optionOf(m_conversation.configOptions(), "mode");
    if (!option)
        return m_modes;
    std::vector<acp::Mode> modes;
    for (const auto &choice : choicesOf(*option)) {
        if (choice.value.is_string())
            modes.push_back({choice.value.get<std::string>(), choice.name.toStdString(), choice.description.toStdString()});
    }
    return modes;
}

std::string AgentSession::modeId() const
{
    const auto *option = optionOf(m_conversation.configOptions(), "mode");
    return option && option->currentValue.is_string() ? option->currentValue.get<std::string>() : m_conversation.mode();
}

QString AgentSession::modeName() const
{
    for (const auto &mode : modes()) {
        if (mode.id == modeId())
            return visibleText(mode.name);
    }
    return {};
}

void AgentSession::send(const QString &text, std::vector<acp::ContentBlock> attachments, std::optional<ph::Json> meta)
{
    if (!text.isEmpty()) {
        m_history.removeAll(text);
        m_history << text;
    }
    QueuedMessage message{text, std::move(attachments), std::move(meta)};
    if (isRunning() || !isOpen()) {
        m_queue.push_back(std::move(message));
        emit stateChanged();
        return;
    }
    begin(std::move(message));
}

void AgentSession::begin(QueuedMessage message)
{
    acp::PromptRequest request;
    request.sessionId = m_id;
    request.meta = message.meta;
    if (!message.text.isEmpty())
        request.prompt.push_back(acp::ContentBlock::ofText(message.text.toStdString()));
    for (auto &attachment : message.attachments)
        request.prompt.push_back(std::move(attachment));

    m_conversation.beginTurn(request.prompt);
    m_turnStarted = QDateTime::currentDateTime();
    m_stopping = false;
    const int turn = ++m_turn;
    m_client.prompt(request, [this, guard = QPointer(this), turn](const ph::Result<acp::PromptResponse> &response) {
        if (!guard || turn != m_turn || !isRunning())
            return;
        if (response)
            end(response->stopReason, {});
        else
            end("error", response.error().message);
    });
    emit stateChanged();
    touch();
}

void AgentSession::end(const std::string &stopReason, const std::string &error)
{
    m_conversation.endTurn(stopReason, error);
    m_stopping = false;
    if (!m_questions.empty()) {
        const auto open = std::exchange(m_questions, {});
        for (const auto &question : open)
            question->cancel();
        emit questionsChanged();
    }
    touch();
    const bool sendsNext = std::exchange(m_sendsNext, false) && isOpen();
    emit turnEnded(QString::fromStdString(stopReason));
    if (!m_queue.empty() && (sendsNext || stopReason == "end_turn")) {
        sendNext();
        return;
    }
    returnToDraft(std::exchange(m_queue, {})); // After a stop or a failure nothing is sent without the user.
    emit stateChanged();
}

void AgentSession::returnToDraft(std::deque<QueuedMessage> messages)
{
    if (messages.empty())
        return;
    QStringList texts;
    for (const auto &message : messages) {
        if (!message.text.isEmpty())
            texts << message.text;
        m_draftAttachments.add(message.attachments);
    }
    if (!m_draft.isEmpty())
        texts << m_draft;
    m_draft = texts.join("\n\n");
    emit draftChanged();
}

void AgentSession::stop()
{
    if (!isRunning() || m_stopping)
        return; // A second cancel of the same turn confuses agents.
    m_stopping = true;
    m_stoppingSince.start();
    m_client.cancel(m_id);
    emit stateChanged();
}

void AgentSession::removeQueued(size_t index)
{
    if (index >= m_queue.size())
        return;
    m_queue.erase(m_queue.begin() + qptrdiff(index));
    m_sendsNext = m_sendsNext && index > 0;
    emit stateChanged();
}

void AgentSession::sendNow(size_t index)
{
    if (index >= m_queue.size())
        return;
    const auto wanted = m_queue.begin() + qptrdiff(index);
    std::rotate(m_queue.begin(), wanted, wanted + 1);
    m_sendsNext = isRunning();
    stop();
    emit stateChanged();
}

void AgentSession::editQueued(size_t index)
{
    if (index >= m_queue.size())
        return;
    auto message = m_queue[index];
    removeQueued(index);
    returnToDraft({std::move(message)});
}

bool AgentSession::takesPictures() const { return !m_client.isReady() || m_client.takesPictures(); }

void AgentSession::answer(quint64 question, const std::string &optionId, const QString &words)
{
    const auto found = std::find_if(m_questions.begin(), m_questions.end(), [&](const auto &open) { return open->id() == question; });
    if (found == m_questions.end())
        return;
    const auto open = *found;
    const bool isAnswer = open->choose(optionId, words.toStdString());
    if (isAnswer)
        m_conversation.answered(question, open->answerName());
    drop(question);
    if (!words.isEmpty() && !(isAnswer && open->takesWords(optionId)))
        send(words);
}

void AgentSession::answerForm(quint64 question, const ph::Json &content)
{
    for (const auto &open : m_questions) {
        if (open->id() != question)
            continue;
        if (open->accept(content))
            m_conversation.answered(question, open->answerName());
        drop(question);
        return;
    }
}

void AgentSession::dismiss(quint64 question)
{
    for (const auto &open : m_questions) {
        if (open->id() != question)
            continue;
        if (open->dismiss()) {
            const auto name = open->answerName();
            if (name.empty())
                m_conversation.withdrawn(question);
            else
                m_conversation.answered(question, name);
        }
        drop(question);
        return;
    }
}

void AgentSession::drop(quint64 question)
{
    const auto before = m_questions.size();
    std::erase_if(m_questions, [&](const auto &open) { return open->id() == question; });
    if (m_questions.size() != before)
        emit questionsChanged();
    touch();
}

void AgentSession::setQuestionPlace(QuestionPlace place)
{
    m_questionPlace = std::move(place);
    emit questionsChanged();
}

void AgentSession::setMode(const std::string &mode)
{
    if (const auto *option = optionOf(m_conversation.configOptions(), "mode")) {
        setConfigOption(option->id, mode);
        return;
    }
    m_client.setMode(m_id, mode, [this, guard = QPointer(this), mode](const ph::Result<acp::Empty> &done) {
        if (!guard)
            return;
        if (done)
            m_conversation.setMode(mode);
        else
            m_conversation.note({"error", "The mode could not be changed.", done.error().message});
        touch();
        emit stateChanged();
    });
}

void AgentSession::setConfigOption(const std::string &id, const ph::Json &value)
{
    m_client.setConfigOption({m_id, id, value}, [this, guard = QPointer(this)](const ph::Result<acp::SetConfigOptionResponse> &done) {
        if (!guard)
            return;
        if (done)
            m_conversation.setConfigOptions(done->configOptions);
        else
            m_conversation.note({"error", "The setting could not be changed.", done.error().message});
        touch();
        emit stateChanged();
    });
}

void AgentSession::setDraft(const QString &draft) { m_draft = draft; }

void AgentSession::opened(const acp::SessionId &id, const std::optional<acp::Modes> &modes,
                          const std::optional<std::vector<acp::ConfigOption>> &options)
{
    m_id = id;
    m_isOpen = true;
    if (m_loading) {
        // An agent that tells nothing leaves us what we have.
        if (!m_loading->items().empty()) {
            m_conversation = *std::move(m_loading);
            m_updates = std::move(m_loadingUpdates);
        }
        m_loading.reset();
        m_loadingUpdates.clear();
        emit replaced();
        touch();
    }
    if (modes) {
        m_modes = modes->availableModes;
        m_conversation.setMode(modes->currentModeId);
    }
    if (options)
        m_conversation.setConfigOptions(*options);
    emit stateChanged();
    sendNext();
}

void AgentSession::sendNext()
{
    if (m_queue.empty() || isRunning())
        return;
    auto next = std::move(m_queue.front());
    m_queue.pop_front();
    begin(std::move(next));
}

void AgentSession::expect(const acp::SessionId &id)
{
    m_id = id;
    m_loading.emplace();
    m_loadingUpdates.clear();
}

void AgentSession::apply(const acp::SessionUpdate &update)
{
    if (m_loading) {
        m_loading->apply(update);
        if (m_keepsUpdates)
            m_loadingUpdates.push_back(update);
        return;
    }
    if (m_keepsUpdates)
        m_updates.push_back(update);
    const auto titleBefore = m_conversation.title();
    const auto modeBefore = m_conversation.mode();
    m_conversation.apply(update);
    emit updated(update);
    if (m_conversation.title() != titleBefore || m_conversation.mode() != modeBefore || std::holds_alternative<acp::ConfigOptionUpdate>(update.value))
        emit stateChanged();
    touch();
}

void AgentSession::apply(const TerminalNews &news)
{
    m_conversation.apply(news);
    touch();
}

void AgentSession::asked(const std::shared_ptr<Question> &question)
{
    if (const auto *call = m_conversation.toolCall(question->toolCallId()))
        question->complete(*call);
    m_questions.push_back(question);
    m_conversation.ask(question->id(), question->toolCallId(), question->text());
    emit questionsChanged();
    touch();
}

void AgentSession::withdrawn(quint64 question)
{
    m_conversation.withdrawn(question);
    drop(question);
}

void AgentSession::agentLost(const QString &reason)
{
    m_isOpen = false; // Its id stays: the next agent may know the session from its log.
    m_loading.reset();
    if (isRunning()) {
        ++m_turn;
        end("error", reason.isEmpty() ? tr("The agent ended.").toStdString() : reason.toStdString());
    }
    emit stateChanged();
}

void AgentSession::failedToOpen(const QString &reason)
{
    m_loading.reset();
    m_conversation.note({"error", reason.toStdString(), {}});
    touch();
    const bool wasToSend = !m_queue.empty();
    returnToDraft(std::exchange(m_queue, {}));
    if (wasToSend)
        emit turnEnded("error"); // of the turn that was to come
    emit stateChanged();
}

void AgentSession::touch()
{
    if (!m_changing.isActive())
        m_changing.start();
}

} // namespace ui

#pragma once

#include "ui/conversation/conversation.h"
#include "ui/conversation/draft_attachments.h"
#include "ui/conversation/question.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QStringList>
#include <QTimer>

#include <deque>
#include <functional>

namespace ui {

class AcpClient;
class AgentLine;

/// A message that waits until the running turn has ended.
struct QueuedMessage {
    QString text;
    std::vector<acp::ContentBlock> attachments;
    std::optional<ph::Json> meta;
};

/// A page that shows a session's questions and answers them. Elsewhere there is a line that leads to it.
struct QuestionPlace {
    QString name;                     // "the run page"
    std::function<bool()> isInFront;
    std::function<void()> show;
};

/// One session with the agent as the window keeps it: its conversation, what waits to be sent, what waits for an answer, the
/// draft. Everything on the main thread; AgentHub makes it, and its AgentLine opens and feeds it.
class AgentSession : public QObject
{
    Q_OBJECT

public:
    /// `folder`: the session's cwd, from its beginning to its end. `line` outlives the session.
    AgentSession(AgentLine &line, QString folder, QObject *parent);

    AgentLine &line() const { return m_line; }
    const QString &folder() const { return m_folder; }
    const acp::SessionId &id() const { return m_id; }
    QString title() const; // the user's, else what the agent called it, else the first words of the first message
    void setGivenTitle(const QString &title); // by the user; empty: none
    const Conversation &conversation() const { return m_conversation; }
    bool isOpen() const { return m_isOpen; } // the agent knows it
    bool isRunning() const { return m_conversation.isRunning(); }
    bool isStopping() const { return m_stopping; }
    const QDateTime &turnStarted() const { return m_turnStarted; }
    qint64 stoppingForMs() const { return m_stopping ? m_stoppingSince.elapsed() : 0; }
    std::vector<acp::Mode> modes() const;
    std::string modeId() const;
    QString modeName() const;  // as shown; empty where the agent has no modes
    QString modelName() const; // as shown; empty where it does not say

    /// Sends at once, or after the running turn.
    void send(const QString &text, std::vector<acp::ContentBlock> attachments = {}, std::optional<ph::Json> meta = {});
    /// Ends the turn. What was queued goes back to the draft.
    void stop();

    const std::deque<QueuedMessage> &queue() const { return m_queue; }
    void removeQueued(size_t index);
    /// Ends the running turn for a queued message, which is sent next. The others wait on.
    void sendNow(size_t index);
    /// Back to the draft, with what goes with it.
    void editQueued(size_t index);

    const std::vector<std::shared_ptr<Question>> &questions() const { return m_questions; }
    /// `words`: what the agent should do instead. Where it takes none with an answer, they are the next message.
    void answer(quint64 question, const std::string &optionId, const QString &words = {});
    void answerForm(quint64 question, const ph::Json &content);
    void dismiss(quint64 question);

    /// Absent: the agent panel asks.
    const std::optional<QuestionPlace> &questionPlace() const { return m_questionPlace; }
    void setQuestionPlace(QuestionPlace place);

    void setMode(const std::string &mode);
    void setConfigOption(const std::string &id, const ph::Json &value);

    QString draft() const { return m_draft; }
    void setDraft(const QString &draft);
    DraftAttachments &draftAttachments() { return m_draftAttachments; }
    bool takesPictures() const; // as far as is known of the agent
    const QStringList &history() const { return m_history; } // what the user sent, oldest first

    /// Keeps every update from now on, for pages that open later. For runs of workflows, which are short.
    void keepUpdates() { m_keepsUpdates = true; }
    const std::vector<acp::SessionUpdate> &keptUpdates() const { return m_updates; }

    // What its AgentLine tells.
    void expect(const acp::SessionId &id); // history follows as updates, then opened()
    void opened(const acp::SessionId &id, const std::optional<acp::Modes> &modes, const std::optional<std::vector<acp::ConfigOption>> &options);
    void apply(const acp::SessionUpdate &update);
    void apply(const TerminalNews &news);
    void asked(const std::shared_ptr<Question> &question);
    void withdrawn(quint64 question);
    void agentLost(const QString &reason);
    void failedToOpen(const QString &reason);

signals:
    void changed();           // the conversation, at most once in 30 ms
    void replaced();          // the conversation is another one: what was known of its items is void
    void updated(const acp::SessionUpdate &update); // each update as it came, for pages that show the same session otherwise
    void questionsChanged();
    void stateChanged();      // running, queue, mode, title, open
    void draftChanged();      // set from elsewhere than the composer
    void turnEnded(const QString &stopReason); // "error" when the prompt failed

private:
    void begin(QueuedMessage message);
    void sendNext();
    void returnToDraft(std::deque<QueuedMessage> messages);
    void end(const std::string &stopReason, const std::string &error);
    void drop(quint64 question);
    void touch();

    AgentLine &m_line;
    AcpClient &m_client; // the line's
    const QString m_folder;
    acp::SessionId m_id;
    QString m_givenTitle;
    bool m_isOpen = false;
    std::optional<Conversation> m_loading; // what a loaded session's agent tells of it
    bool m_keepsUpdates = false;
    std::vector<acp::SessionUpdate> m_updates;
    std::vector<acp::SessionUpdate> m_loadingUpdates; // of m_loading
    Conversation m_conversation;
    std::vector<acp::Mode> m_modes;
    std::deque<QueuedMessage> m_queue;
    std::vector<std::shared_ptr<Question>> m_questions;
    std::optional<QuestionPlace> m_questionPlace;
    QString m_draft;
    DraftAttachments m_draftAttachments;
    QStringList m_history;
    QDateTime m_turnStarted;
    QTimer m_changing;
    int m_turn = 0; // an answer of an older turn ends nothing
    bool m_stopping = false;
    QElapsedTimer m_stoppingSince;
    bool m_sendsNext = false; // the turn is ended for the first queued message
};

} // namespace ui

#pragma once

#include "ui/conversation/agent_hub.h"
#include "ui/shell/workbench.h"

#include <QFrame>
#include <QJsonArray>
#include <QPointer>

class QLabel;
class QProgressBar;
class QShortcut;

namespace ui {

class AgentHead;
class AgentStateCard;
class Banner;
class Composer;
class ContextChips;
class ConversationView;
class EmptyState;
class FileNames;
class PlanView;
class QuestionCard;
class QuestionPointer;
class QueueList;

/// The agent at the side of the window, or in a tab: which session, agent, model and mode; its plan; the conversation; the question
/// that waits; what the agent may see; and the composer. Its window title is the session's.
class AgentPanel : public QFrame
{
    Q_OBJECT

public:
    AgentPanel(AgentHub &hub, Workbench &workbench, QWidget *parent = nullptr);
    ~AgentPanel() override;

    /// Puts text into the composer and a chip beside the document's.
    void ask(const QString &text, const QJsonObject &context);

    /// What "@" completes in the composer: the files of the session's folder.
    void setFileNames(std::shared_ptr<FileNames> names);

    /// What goes with the next message: {"title", "kind", "text"} each.
    QJsonArray contexts() const;

    /// Answers the question that shows, as Alt+`number` does anywhere in the window. One that is asked on a page which is not in
    /// front is shown instead: nobody answers what they do not see.
    void answer(int number);

    ConversationView &view() { return *m_view; }
    Composer &composer() { return *m_composer; }
    QuestionCard &card() { return *m_card; }
    QuestionPointer &pointer() { return *m_pointer; }
    AgentHead &head() { return *m_head; }

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void showSession();
    void refreshConversation();
    void refreshState();
    void refreshQuestions();
    void logInWithTerminal(const AgentLine::LoginMethod &method);
    void showDraft();
    void tell(const QString &problem);
    void refreshWorking();
    void listenForAnswers();
    void send(const QString &text);
    void settle(const std::function<void()> &answer);

    AgentHub &m_hub;
    Workbench &m_workbench;
    QPointer<AgentSession> m_session;
    QList<QMetaObject::Connection> m_sessionLinks;
    QList<QPointer<QShortcut>> m_answers; // Alt+1 to Alt+9, of the window

    AgentHead *m_head;
    Banner *m_banner;      // of a turn that does not stop
    AgentStateCard *m_state;
    Banner *m_linkBanner;
    PlanView *m_plan;
    ConversationView *m_view;
    EmptyState *m_empty;
    QWidget *m_working;
    QLabel *m_workingText;
    QuestionCard *m_card;
    QuestionPointer *m_pointer;
    QueueList *m_queue;
    ContextChips *m_chips;
    Composer *m_composer;
    std::shared_ptr<FileNames> m_fileNames;
    QTimer m_clock;
};

} // namespace ui

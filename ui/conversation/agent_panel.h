#pragma once

#include "ui/conversation/agent_hub.h"
#include "ui/shell/workbench.h"

#include <QFrame>
#include <QJsonArray>
#include <QPointer>

class QHBoxLayout;
class QLabel;
class QProgressBar;
class QToolButton;
class QVBoxLayout;

namespace ui {

class Banner;
class Composer;
class ConversationView;
class EmptyState;
class PlanView;
class QuestionCard;

/// The agent at the side of the window: which session, agent, model and mode; its plan; the conversation; the question that
/// waits; what the agent may see; and the composer.
class AgentPanel : public QFrame
{
    Q_OBJECT

public:
    AgentPanel(AgentHub &hub, Workbench &workbench, QWidget *parent = nullptr);

    /// Puts text into the composer and a chip beside the document's.
    void ask(const QString &text, const QJsonObject &context);

    /// What goes with the next message: {"title", "kind", "text"} each.
    QJsonArray contexts() const;

    /// Answers the question that shows, as Alt+`number` does.
    void answer(int number);

    ConversationView &view() { return *m_view; }
    Composer &composer() { return *m_composer; }
    QuestionCard &card() { return *m_card; }

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void showSession();
    void refreshConversation();
    void refreshState();
    void refreshQuestions();
    void refreshChips();
    void refreshQueue();
    void refreshWorking();
    void send(const QString &text);
    void fillSessionMenu();
    void fillModeMenu();
    void fillModelMenu();
    void cycleMode();
    void addChip(const QString &title, const QString &iconName, const QString &toolTip, std::function<void()> remove);
    void settle(const std::function<void()> &answer);

    AgentHub &m_hub;
    Workbench &m_workbench;
    QPointer<AgentSession> m_session;
    QList<QMetaObject::Connection> m_sessionLinks;
    QPointer<Document> m_document;
    bool m_documentLeftOut = false;        // its chip was removed; until another document comes to front
    std::vector<QJsonObject> m_contexts;   // from askAgent

    QToolButton *m_sessionButton;
    QToolButton *m_modeButton;
    QToolButton *m_modelButton;
    QLabel *m_usage;
    Banner *m_banner;
    Banner *m_linkBanner;
    PlanView *m_plan;
    ConversationView *m_view;
    EmptyState *m_empty;
    QWidget *m_working;
    QLabel *m_workingText;
    QuestionCard *m_card;
    QWidget *m_queue;
    QVBoxLayout *m_queueRows;
    QWidget *m_chips;
    QHBoxLayout *m_chipRow;
    Composer *m_composer;
    QTimer m_clock;
};

} // namespace ui

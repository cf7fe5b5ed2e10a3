#pragma once

#include "ui/conversation/conversation.h"
#include "ui/shell/document.h"
#include "ui/shell/session_store.h"
#include "ui/shell/workbench.h"

#include <functional>
#include <memory>

class QLabel;
class QPushButton;
class QStackedWidget;

namespace ui {

class Banner;
class ConversationView;
class EmptyState;
struct PartAction;

/// A past session, read from its log. Kind "session", state {"runId", "title"}.
class SessionDocument : public Document
{
    Q_OBJECT

public:
    /// `goOn` takes the session up in the agent panel, one that was cut off where it was; empty: it is only read.
    using GoOn = std::function<void(const QString &runId, bool wasCutOff)>;
    SessionDocument(Workbench &workbench, std::shared_ptr<SessionStore> store, GoOn goOn = {}, QWidget *parent = nullptr);
    ~SessionDocument() override;

    QString kind() const override { return "session"; }
    QString title() const override;
    QString iconName() const override { return "session"; }
    QJsonObject state() const override;
    void restore(const QJsonObject &state) override;
    QJsonObject agentContext() const override;

    const Conversation &conversation() const { return m_conversation; }

private:
    void load();

    Workbench &m_workbench;
    std::shared_ptr<SessionStore> m_store;
    GoOn m_goOn;
    QString m_runId;
    QString m_title;
    Conversation m_conversation;
    std::stop_source m_stop;
    QLabel *m_heading;
    QLabel *m_note;
    QPushButton *m_continue;
    Banner *m_banner;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    ConversationView *m_view;
};

/// Opens a link after its host was shown, runs what a part offers. Shared by what shows conversations.
void runPartAction(Workbench &workbench, const PartAction &action);
void offerLink(Banner &banner, const QString &url);

} // namespace ui

#pragma once

#include "ui/conversation/agent_hub.h"
#include "ui/shell/main_window.h"
#include "ui/shell/session_store.h"
#include "ui/workflows/workflow_runs.h"

#include <QPointer>

#include <functional>
#include <memory>
#include <optional>

namespace app {

/// A workflow's run for its page: a session of the hub that is live, or one told from its log, which becomes live when it goes on.
class DesktopRun : public ui::WorkflowRun
{
    Q_OBJECT

public:
    /// A live one. `tellsWhatWas`: what it has said so far comes as updates first.
    DesktopRun(ui::AgentHub &hub, ui::MainWindow &window, ui::AgentSession *session, bool tellsWhatWas);

    /// One from its log. `wake` loads its session into the hub, when it is to go on.
    using Wake = std::function<ui::AgentSession *(const QString &workflowId)>;
    DesktopRun(ui::AgentHub &hub, ui::MainWindow &window, std::shared_ptr<ui::SessionStore> store, QString runId, Wake wake);

    QString runId() const override;
    bool isRunning() const override;
    const std::vector<std::shared_ptr<ui::Question>> &questions() const override;
    void answer(quint64 question, const std::string &optionId) override;
    void answerForm(quint64 question, const ph::Json &content) override;
    void dismiss(quint64 question) override;
    void cancel() override;
    bool canGoOn() const override;
    void goOn() override;
    void showConversation() override;

private:
    /// An answer given to a question of the log, until the agent asks it again.
    struct Given {
        std::shared_ptr<ui::Question> question;
        std::string optionId;
        std::optional<ph::Json> content; // of a form
    };

    void tellAndFollow();
    void follow();
    void tellLog(const ph::Result<std::vector<std::string>> &lines);
    void giveAnswer();
    bool isAgain(const ui::Question &question) const;

    ui::AgentHub &m_hub;
    ui::MainWindow &m_window;
    QPointer<ui::AgentSession> m_session;
    QString m_runId; // of a log
    QString m_workflowId;
    Wake m_wake;
    bool m_isCutOff = false; // its last turn did not come to its end
    std::vector<std::shared_ptr<ui::Question>> m_waiting; // the question that the log ends with
    std::optional<Given> m_given;
};

} // namespace app

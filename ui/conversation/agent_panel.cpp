#include "ui/conversation/agent_panel.h"

#include "ui/conversation/agent_head.h"
#include "ui/conversation/agent_state_card.h"
#include "ui/conversation/attachments.h"
#include "ui/conversation/composer.h"
#include "ui/conversation/composer_completion.h"
#include "ui/conversation/composer_edit.h"
#include "ui/conversation/context_chips.h"
#include "ui/conversation/conversation_view.h"
#include "ui/conversation/mentions.h"
#include "ui/conversation/plan_view.h"
#include "ui/conversation/question_card.h"
#include "ui/conversation/question_pointer.h"
#include "ui/conversation/queue_list.h"
#include "ui/conversation/session_document.h"
#include "ui/conversation/visible_text.h"
#include "ui/shell/banner.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"
#include "ui/terminal/terminal_dialog.h"

#include <QApplication>
#include <QDropEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QProgressBar>
#include <QShortcut>
#include <QMimeData>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr qint64 patienceMs = 5'000; // with an agent that was asked to stop

} // namespace

AgentPanel::AgentPanel(AgentHub &hub, Workbench &workbench, QWidget *parent)
    : QFrame(parent)
    , m_hub(hub)
    , m_workbench(workbench)
    , m_head(new AgentHead(hub, workbench))
    , m_banner(new Banner)
    , m_state(new AgentStateCard)
    , m_linkBanner(new Banner)
    , m_plan(new PlanView)
    , m_view(new ConversationView)
    , m_empty(new EmptyState)
    , m_working(new QWidget)
    , m_workingText(new QLabel)
    , m_card(new QuestionCard)
    , m_pointer(new QuestionPointer)
    , m_queue(new QueueList)
    , m_chips(new ContextChips(workbench))
    , m_composer(new Composer)
{
    setObjectName("agentPanel");
    setAccessibleName(tr("Agent"));
    setAcceptDrops(true);
    setFocusProxy(m_composer);

    auto *line = new QFrame;
    line->setProperty("role", "line");
    auto *middle = new QWidget;
    auto *stack = new QStackedLayout(middle);
    stack->setContentsMargins(0, 0, 0, 0);
    m_empty->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Ignored); // A question needs the room more.
    stack->addWidget(m_empty);
    stack->addWidget(m_view);

    auto *workingRow = new QHBoxLayout(m_working);
    workingRow->setContentsMargins(space::xs, 0, space::xs, 0);
    workingRow->setSpacing(space::s);
    auto *progress = new QProgressBar;
    progress->setRange(0, 0);
    progress->setFixedWidth(48);
    progress->setAccessibleName(tr("The agent is working"));
    m_workingText->setProperty("role", "small");
    workingRow->addWidget(progress);
    workingRow->addWidget(m_workingText, 1);
    m_working->hide();

    auto *upper = new QVBoxLayout;
    upper->setContentsMargins(space::m, space::xs, space::m, 0);
    upper->setSpacing(space::s);
    upper->addWidget(m_banner);
    upper->addWidget(m_state);
    upper->addWidget(m_plan);
    auto *lower = new QVBoxLayout;
    lower->setContentsMargins(space::m, space::xs, space::m, space::m);
    lower->setSpacing(space::s);
    lower->addWidget(m_linkBanner);
    lower->addWidget(m_working);
    lower->addWidget(m_card);
    lower->addWidget(m_pointer);
    lower->addWidget(m_queue);
    lower->addWidget(m_chips);
    lower->addWidget(m_composer);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_head);
    column->addWidget(line);
    column->addLayout(upper);
    column->addWidget(middle, 1);
    column->addLayout(lower);

    connect(m_head, &AgentHead::sessionAdded, m_composer, qOverload<>(&QWidget::setFocus));
    connect(m_composer, &Composer::sent, this, &AgentPanel::send);
    connect(m_composer, &Composer::stopped, this, [this] { m_session->stop(); });
    connect(m_composer, &Composer::textEdited, this, [this](const QString &text) { m_session->setDraft(text); });
    connect(m_composer, &Composer::modeCycled, m_head, &AgentHead::cycleMode);
    connect(m_card, &QuestionCard::chosen, this, [this](quint64 question, const std::string &option, const QString &words) {
        settle([&] { m_session->answer(question, option, words); });
    });
    connect(m_card, &QuestionCard::leftOver, m_composer, &Composer::insert);
    m_card->setTakesWords(true);
    connect(m_card, &QuestionCard::formAccepted, this, [this](quint64 question, const ph::Json &content) {
        settle([&] { m_session->answerForm(question, content); });
    });
    connect(m_card, &QuestionCard::dismissed, this, [this](quint64 question) {
        settle([&] { m_session->dismiss(question); });
    });
    connect(m_queue, &QueueList::sendNowAsked, this, [this](size_t index) { m_session->sendNow(index); });
    connect(m_queue, &QueueList::removeAsked, this, [this](size_t index) { m_session->removeQueued(index); });
    connect(m_queue, &QueueList::editAsked, this, [this](size_t index) {
        m_session->editQueued(index);
        m_composer->setFocus();
    });
    connect(m_state, &AgentStateCard::loginInTerminal, this, &AgentPanel::logInWithTerminal);
    connect(m_pointer, &QuestionPointer::clicked, this, [this] {
        if (m_session->questionPlace())
            m_session->questionPlace()->show();
    });
    connect(m_view, &ConversationView::actionTriggered, this, [this](const PartAction &action) { runPartAction(m_workbench, action); });
    connect(m_view, &ConversationView::linkClicked, this, [this](const QString &url) { offerLink(*m_linkBanner, url); });
    connect(&m_hub, &AgentHub::currentChanged, this, &AgentPanel::showSession);
    connect(&m_hub, &AgentHub::stateChanged, this, &AgentPanel::refreshState);
    connect(&m_hub, &AgentHub::sessionsChanged, this, &AgentPanel::refreshState);
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, &AgentPanel::refreshState);
    m_clock.setInterval(1000);
    connect(&m_clock, &QTimer::timeout, this, &AgentPanel::refreshWorking);
    showSession();
}

AgentPanel::~AgentPanel()
{
    for (const auto &shortcut : m_answers)
        delete shortcut;
}

void AgentPanel::ask(const QString &text, const QJsonObject &context)
{
    if (!context.isEmpty())
        m_chips->add(context);
    if (!text.isEmpty())
        m_composer->insert(text);
    m_composer->setFocus();
}

QJsonArray AgentPanel::contexts() const { return m_chips->contexts(); }

void AgentPanel::setFileNames(std::shared_ptr<FileNames> names)
{
    m_fileNames = std::move(names);
    m_composer->completion().setFiles(m_fileNames, m_session->folder());
}

bool AgentPanel::event(QEvent *event)
{
    if (event->type() == QEvent::ParentChange)
        listenForAnswers();
    // Files and pictures may be dropped anywhere on the panel.
    if (event->type() == QEvent::DragEnter || event->type() == QEvent::Drop) {
        auto *drop = static_cast<QDropEvent *>(event);
        if (m_composer->edit()->canInsertFromMimeData(drop->mimeData())) {
            if (event->type() == QEvent::Drop)
                m_composer->edit()->insertFromMimeData(drop->mimeData());
            drop->acceptProposedAction();
        }
        return true;
    }
    return QFrame::event(event);
}

/// The keys are the window's, so that they answer while the panel is hidden too.
void AgentPanel::listenForAnswers()
{
    for (const auto &shortcut : std::exchange(m_answers, {}))
        delete shortcut;
    for (int number = 1; number <= 9; ++number) {
        auto *shortcut = new QShortcut(QKeySequence(QString("Alt+%1").arg(number)), window());
        connect(shortcut, &QShortcut::activated, this, [this, number] { answer(number); });
        m_answers << shortcut;
    }
}

void AgentPanel::answer(int number)
{
    const auto &questions = m_session->questions();
    const auto &place = m_session->questionPlace();
    if (!place || questions.empty()) {
        m_card->chooseNumber(number);
    } else if (!place->isInFront()) {
        place->show();
    } else if (number >= 1 && size_t(number) <= questions.front()->options().size()) {
        const auto question = questions.front(); // Answered, it leaves the list.
        m_session->answer(question->id(), question->options()[size_t(number) - 1].id);
    }
}

/// The agent's own program, with what the method adds; when it has ended well the agent is started anew and finds the log-in.
void AgentPanel::logInWithTerminal(const AgentLine::LoginMethod &method)
{
    auto &line = m_session->line();
    ph::ChildOptions command;
    command.argv = line.choice().command;
    command.argv.insert(command.argv.end(), method.arguments.begin(), method.arguments.end());
    auto environment = line.choice().environment;
    environment.insert(environment.end(), method.environment.begin(), method.environment.end());
    command.environment = ph::childEnvironment(environment);
    auto *dialog = new TerminalDialog(tr("Log in to %1").arg(line.agentName()), std::move(command), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::finished, this, [dialog, line = QPointer(&line)] {
        if (line && dialog->exit() && dialog->exit()->code == 0)
            line->start();
    });
    dialog->open();
}

void AgentPanel::showSession()
{
    for (const auto &link : m_sessionLinks)
        disconnect(link);
    m_sessionLinks.clear();
    m_session = m_hub.current();
    m_head->setSession(m_session);
    m_sessionLinks = {
        connect(m_session, &AgentSession::changed, this, &AgentPanel::refreshConversation),
        connect(m_session, &AgentSession::replaced, this, [this] { m_view->setConversation(&m_session->conversation()); }),
        connect(m_session, &AgentSession::stateChanged, this, &AgentPanel::refreshState),
        connect(m_session, &AgentSession::questionsChanged, this, &AgentPanel::refreshQuestions),
        connect(m_session, &AgentSession::draftChanged, this, &AgentPanel::showDraft),
        connect(&m_session->draftAttachments(), &DraftAttachments::said, this, &AgentPanel::tell),
    };
    m_composer->setAttachments(&m_session->draftAttachments());
    m_composer->completion().setFiles(m_fileNames, m_session->folder());
    showDraft();
    m_view->setConversation(&m_session->conversation());
    refreshState();
    refreshQuestions();
    refreshConversation();
    m_chips->refresh();
}

void AgentPanel::refreshConversation()
{
    const auto &conversation = m_session->conversation();
    m_composer->completion().setCommands(conversation.commands());
    m_view->refresh();
    m_plan->setPlan(conversation.plan());
    auto *stack = static_cast<QStackedLayout *>(m_view->parentWidget()->layout());
    if (!conversation.items().empty())
        stack->setCurrentWidget(m_view);
    else
        stack->setCurrentWidget(m_empty);
    m_head->refreshTitle();
    setWindowTitle(m_session->title());
}

void AgentPanel::refreshState()
{
    if (!m_session)
        return;
    m_head->refresh();
    setWindowTitle(m_session->title());
    auto &line = m_session->line();
    const auto name = line.choice().servesAll ? tr("the agent") : line.choice().name;
    switch (line.state()) {
    case AgentLine::State::Idle:
    case AgentLine::State::Starting:
        m_empty->showLoading(tr("Starting %1").arg(name));
        break;
    case AgentLine::State::Ready:
        if (line.choice().servesAll)
            m_empty->show("agent", tr("Ask about your product"),
                          tr("The agent works with this project's data: it writes HogQL, runs it, and shows its work. It asks before it changes anything."));
        else
            m_empty->show("agent", tr("Ask %1").arg(line.agentName()), tr("It works in %1.").arg(m_session->folder()));
        break;
    case AgentLine::State::LoggedOut:
        m_empty->show("key", tr("What you write is kept"), {});
        break;
    case AgentLine::State::Gone:
        m_empty->show("plug", tr("What you write is kept"), {});
        break;
    }
    m_state->show(line);
    m_composer->setRunning(m_session->isRunning(), m_session->isStopping());
    m_composer->setHistory(m_session->history());
    m_queue->setQueue(m_session->queue(), m_session->isStopping());
    refreshWorking();
    if (m_session->isRunning())
        m_clock.start();
    else
        m_clock.stop();
}

void AgentPanel::refreshWorking()
{
    m_working->setVisible(m_session->isRunning());
    if (!m_session->isStopping())
        m_banner->dismiss();
    if (!m_session->isRunning())
        return;
    const auto seconds = m_session->turnStarted().secsTo(QDateTime::currentDateTime());
    const auto time = seconds < 60 ? tr("%1 s").arg(seconds) : tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
    m_workingText->setText(m_session->isStopping()          ? tr("Stopping…")
                               : !m_session->questions().empty() ? tr("Waits for your answer · %1").arg(time)
                                                                 : tr("Working · %1").arg(time));
    if (m_session->stoppingForMs() > patienceMs && m_session->line().state() == AgentLine::State::Ready && !m_banner->isVisible()) {
        m_banner->show(Banner::Severity::Warning, tr("The agent was asked to stop and does not answer."), tr("End it"),
                       [line = QPointer(&m_session->line())] {
                           if (line)
                               line->start();
                       });
    }
}

void AgentPanel::refreshQuestions()
{
    const auto &questions = m_session->questions();
    const auto &place = m_session->questionPlace();
    const bool isElsewhere = place && !questions.empty();
    if (isElsewhere)
        m_pointer->point(visibleText(questions.front()->text()), place->name);
    m_pointer->setVisible(isElsewhere);
    m_card->setQuestions(isElsewhere ? std::vector<std::shared_ptr<Question>>() : questions);
    refreshWorking();
}

void AgentPanel::settle(const std::function<void()> &answer)
{
    // A button that had the focus goes with its card: typing then goes on in the composer. An answer by Alt and a digit from
    // somewhere else leaves the focus there.
    const auto *focus = QApplication::focusWidget();
    const bool wasHere = focus && (focus == m_card || m_card->isAncestorOf(focus));
    answer();
    if (wasHere)
        m_composer->setFocus();
}

void AgentPanel::showDraft()
{
    // What the text names by @ goes along by itself.
    const auto named = mentionedFiles(m_session->draft(), m_session->folder(), {}).links;
    m_session->draftAttachments().leaveOut(named);
    m_composer->setText(m_session->draft());
}

void AgentPanel::tell(const QString &problem) { m_linkBanner->show(Banner::Severity::Warning, problem); }

void AgentPanel::send(const QString &text)
{
    auto &draft = m_session->draftAttachments();
    if (draft.hasPictures() && !m_session->takesPictures()) {
        m_composer->setText(text);
        tell(tr("The agent takes no pictures. Take them out, or choose a model that does."));
        return;
    }
    const auto mentioned = mentionedFiles(text, m_session->folder(), m_composer->completion().acceptedFiles());
    if (!mentioned.missing.isEmpty())
        tell(tr("%1: not there any more. The agent gets the name only.").arg(visibleText(mentioned.missing.join(", "))));
    auto attachments = m_chips->attachments();
    addAttachments(attachments, draft.take());
    addAttachments(attachments, mentioned.links);
    m_chips->clear();
    m_session->setDraft({});
    m_session->send(text, std::move(attachments));
    m_view->goToEnd();
    if (auto &line = m_session->line(); line.state() == AgentLine::State::Gone)
        line.start();
}

void AgentPanel::keyPressEvent(QKeyEvent *event)
{
    if (event->key() != Qt::Key_Escape) {
        QFrame::keyPressEvent(event);
        return;
    }
    // The topmost thing only: a message, then the question, then the running turn.
    if (m_linkBanner->isVisible())
        m_linkBanner->dismiss();
    else if (m_card->isVisible() && (m_card == QApplication::focusWidget() || m_card->isAncestorOf(QApplication::focusWidget())))
        settle([&] { m_session->dismiss(m_card->question()->id()); });
    else if (m_card->isVisible())
        m_card->setFocus(); // A second Esc there dismisses it; one slip of the finger must not answer.
    else if (m_pointer->isVisible() && !m_pointer->isAncestorOf(QApplication::focusWidget()))
        m_pointer->setFocus();
    else if (m_session->isRunning())
        m_session->stop();
    else
        QFrame::keyPressEvent(event);
}

} // namespace ui

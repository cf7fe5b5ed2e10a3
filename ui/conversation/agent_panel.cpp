#include "ui/conversation/agent_panel.h"

#include "ui/conversation/composer.h"
#include "ui/conversation/conversation_view.h"
#include "ui/conversation/plan_view.h"
#include "ui/conversation/question_card.h"
#include "ui/conversation/session_document.h"
#include "ui/conversation/visible_text.h"
#include "ui/shell/banner.h"
#include "ui/shell/document.h"
#include "ui/shell/elided_label.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QProgressBar>
#include <QShortcut>
#include <QStackedLayout>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr qsizetype longestContext = 20'000;

/// A mode's colour says how much it lets the agent do alone; the word beside it says the same.
QColor modeColor(const std::string &id)
{
    const auto &c = Theme::colors();
    const auto name = QString::fromStdString(id).toLower();
    if (name.contains("bypass") || name.contains("yolo") || name.contains("full"))
        return c.bad;
    if (name.contains("accept") || name.contains("auto"))
        return c.warning;
    if (name.contains("plan") || name.contains("read"))
        return c.info;
    return c.good;
}

QToolButton *headButton(const QString &iconName, const QString &name)
{
    auto *button = new QToolButton;
    button->setIcon(Theme::icon(iconName));
    button->setIconSize({16, 16});
    button->setToolTip(name);
    button->setAccessibleName(name);
    return button;
}

} // namespace

AgentPanel::AgentPanel(AgentHub &hub, Workbench &workbench, QWidget *parent)
    : QFrame(parent)
    , m_hub(hub)
    , m_workbench(workbench)
    , m_sessionButton(new QToolButton)
    , m_modeButton(new QToolButton)
    , m_modelButton(new QToolButton)
    , m_usage(new QLabel)
    , m_banner(new Banner)
    , m_linkBanner(new Banner)
    , m_plan(new PlanView)
    , m_view(new ConversationView)
    , m_empty(new EmptyState)
    , m_working(new QWidget)
    , m_workingText(new QLabel)
    , m_card(new QuestionCard)
    , m_queue(new QWidget)
    , m_queueRows(new QVBoxLayout(m_queue))
    , m_chips(new QWidget)
    , m_chipRow(new QHBoxLayout(m_chips))
    , m_composer(new Composer)
{
    setObjectName("agentPanel");
    setAccessibleName(tr("Agent"));
    setFocusProxy(m_composer);

    for (auto *button : {m_sessionButton, m_modeButton, m_modelButton}) {
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setPopupMode(QToolButton::InstantPopup);
        button->setMenu(new QMenu(button));
    }
    m_sessionButton->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_sessionButton->setIconSize({16, 16});
    m_modeButton->setIconSize({14, 14});
    m_modelButton->setIconSize({14, 14});
    m_modelButton->setIcon(Theme::icon("agent"));
    m_usage->setProperty("role", "small");
    auto *add = headButton("plus", tr("New session"));
    connect(add, &QToolButton::clicked, this, [this] {
        m_hub.newSession();
        m_composer->setFocus();
    });

    auto *head = new QHBoxLayout;
    head->setContentsMargins(space::s, space::s, space::s, 0);
    head->setSpacing(space::xs);
    head->addWidget(m_sessionButton, 1);
    head->addWidget(add);
    auto *second = new QHBoxLayout;
    second->setContentsMargins(space::s, 0, space::m, space::xs);
    second->setSpacing(space::xs);
    second->addWidget(m_modeButton);
    second->addWidget(m_modelButton);
    second->addStretch(1);
    second->addWidget(m_usage);
    auto *line = new QFrame;
    line->setProperty("role", "line");

    auto *middle = new QWidget;
    auto *stack = new QStackedLayout(middle);
    stack->setContentsMargins(0, 0, 0, 0);
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

    m_queueRows->setContentsMargins(0, 0, 0, 0);
    m_queueRows->setSpacing(space::xs);
    m_chipRow->setContentsMargins(0, 0, 0, 0);
    m_chipRow->setSpacing(space::xs);

    auto *upper = new QVBoxLayout;
    upper->setContentsMargins(space::m, space::xs, space::m, 0);
    upper->setSpacing(space::s);
    upper->addWidget(m_banner);
    upper->addWidget(m_plan);
    auto *lower = new QVBoxLayout;
    lower->setContentsMargins(space::m, space::xs, space::m, space::m);
    lower->setSpacing(space::s);
    lower->addWidget(m_linkBanner);
    lower->addWidget(m_working);
    lower->addWidget(m_card);
    lower->addWidget(m_queue);
    lower->addWidget(m_chips);
    lower->addWidget(m_composer);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addLayout(second);
    column->addWidget(line);
    column->addLayout(upper);
    column->addWidget(middle, 1);
    column->addLayout(lower);

    connect(m_sessionButton->menu(), &QMenu::aboutToShow, this, &AgentPanel::fillSessionMenu);
    connect(m_modeButton->menu(), &QMenu::aboutToShow, this, &AgentPanel::fillModeMenu);
    connect(m_modelButton->menu(), &QMenu::aboutToShow, this, &AgentPanel::fillModelMenu);
    connect(m_composer, &Composer::sent, this, &AgentPanel::send);
    connect(m_composer, &Composer::stopped, this, [this] { m_session->stop(); });
    connect(m_composer, &Composer::textEdited, this, [this](const QString &text) { m_session->setDraft(text); });
    connect(m_composer, &Composer::modeCycled, this, &AgentPanel::cycleMode);
    connect(m_card, &QuestionCard::chosen, this, [this](quint64 question, const std::string &option) {
        settle([&] { m_session->answer(question, option); });
    });
    connect(m_card, &QuestionCard::formAccepted, this, [this](quint64 question, const ph::Json &content) {
        settle([&] { m_session->answerForm(question, content); });
    });
    connect(m_card, &QuestionCard::dismissed, this, [this](quint64 question) {
        settle([&] { m_session->dismiss(question); });
    });
    connect(m_view, &ConversationView::actionTriggered, this, [this](const PartAction &action) { runPartAction(m_workbench, action); });
    connect(m_view, &ConversationView::linkClicked, this, [this](const QString &url) { offerLink(*m_linkBanner, url); });
    connect(&m_hub, &AgentHub::currentChanged, this, &AgentPanel::showSession);
    connect(&m_hub, &AgentHub::stateChanged, this, &AgentPanel::refreshState);
    connect(&m_hub, &AgentHub::sessionsChanged, this, &AgentPanel::refreshState);
    connect(&m_workbench, &Workbench::currentDocumentChanged, this, [this](Document *document) {
        if (m_document)
            disconnect(m_document, nullptr, this, nullptr);
        m_document = document;
        m_documentLeftOut = false;
        if (document) {
            connect(document, &Document::titleChanged, this, &AgentPanel::refreshChips);
            connect(document, &Document::stateChanged, this, &AgentPanel::refreshChips);
        }
        refreshChips();
    });
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, &AgentPanel::refreshState);
    for (int number = 1; number <= 9; ++number) {
        auto *shortcut = new QShortcut(QKeySequence(QString("Alt+%1").arg(number)), this);
        shortcut->setContext(Qt::WindowShortcut);
        connect(shortcut, &QShortcut::activated, this, [this, number] { answer(number); });
    }
    m_clock.setInterval(1000);
    connect(&m_clock, &QTimer::timeout, this, &AgentPanel::refreshWorking);
    m_document = workbench.currentDocument();
    showSession();
}

void AgentPanel::ask(const QString &text, const QJsonObject &context)
{
    if (!context.isEmpty()) {
        const bool known = std::find(m_contexts.begin(), m_contexts.end(), context) != m_contexts.end();
        if (!known)
            m_contexts.push_back(context);
        refreshChips();
    }
    if (!text.isEmpty())
        m_composer->insert(text);
    m_composer->setFocus();
}

QJsonArray AgentPanel::contexts() const
{
    QJsonArray result;
    if (m_document && !m_documentLeftOut) {
        const auto context = m_document->agentContext();
        if (!context.isEmpty())
            result << context;
    }
    for (const auto &context : m_contexts)
        result << context;
    return result;
}

void AgentPanel::answer(int number) { m_card->chooseNumber(number); }

void AgentPanel::showSession()
{
    for (const auto &link : m_sessionLinks)
        disconnect(link);
    m_sessionLinks.clear();
    m_session = m_hub.current();
    m_sessionLinks = {
        connect(m_session, &AgentSession::changed, this, &AgentPanel::refreshConversation),
        connect(m_session, &AgentSession::replaced, this, [this] { m_view->setConversation(&m_session->conversation()); }),
        connect(m_session, &AgentSession::stateChanged, this, &AgentPanel::refreshState),
        connect(m_session, &AgentSession::questionsChanged, this, &AgentPanel::refreshQuestions),
        connect(m_session, &AgentSession::draftChanged, this, [this] { m_composer->setText(m_session->draft()); }),
    };
    m_composer->setText(m_session->draft());
    m_view->setConversation(&m_session->conversation());
    refreshState();
    refreshQuestions();
    refreshConversation();
    refreshChips();
}

void AgentPanel::refreshConversation()
{
    const auto &conversation = m_session->conversation();
    m_view->refresh();
    m_plan->setPlan(conversation.plan());
    auto *stack = static_cast<QStackedLayout *>(m_view->parentWidget()->layout());
    if (!conversation.items().empty())
        stack->setCurrentWidget(m_view);
    else
        stack->setCurrentWidget(m_empty);
    if (const auto &usage = conversation.usage(); usage && usage->size > 0) {
        m_usage->setText(tr("%1 % of context").arg(int(usage->used / usage->size * 100)));
        m_usage->setToolTip(tr("%1 of %2 tokens").arg(QLocale().toString(qlonglong(usage->used)), QLocale().toString(qlonglong(usage->size))));
    } else {
        m_usage->clear();
    }
    m_sessionButton->setText(m_session->title().left(80));
}

void AgentPanel::refreshState()
{
    if (!m_session)
        return;
    const auto &c = Theme::colors();
    m_sessionButton->setText(m_session->title().left(80));
    m_sessionButton->setIcon(Theme::icon(m_session->isRunning() ? "clock" : "session", m_session->isRunning() ? c.accent : c.muted));
    m_sessionButton->setAccessibleName(tr("Session: %1").arg(m_session->title()));
    m_sessionButton->setToolTip(m_session->title().toHtmlEscaped());

    QString mode;
    for (const auto &known : m_session->modes()) {
        if (known.id == m_session->conversation().mode())
            mode = visibleText(known.name);
    }
    m_modeButton->setVisible(!mode.isEmpty());
    m_modeButton->setText(mode);
    m_modeButton->setIcon(Theme::icon("dot", modeColor(m_session->conversation().mode())));
    m_modeButton->setAccessibleName(tr("Mode: %1").arg(mode));
    m_modeButton->setToolTip(tr("Mode: how much the agent does without asking (Shift+Tab in the composer)"));

    const auto model = m_session->modelName();
    m_modelButton->setText(model.isEmpty() ? m_hub.agentName() : visibleText(model));
    m_modelButton->setAccessibleName(tr("Model: %1").arg(m_modelButton->text()));
    m_modelButton->setToolTip(tr("Agent: %1").arg(m_hub.agentName()));

    switch (m_hub.state()) {
    case AgentHub::State::Starting:
        m_empty->showLoading(tr("Starting the agent"));
        m_banner->dismiss();
        break;
    case AgentHub::State::Ready:
        m_empty->show("agent", tr("Ask about your product"),
                      tr("The agent works with this project's data: it writes HogQL, runs it, and shows its work. It asks before it changes anything."));
        m_banner->dismiss();
        break;
    case AgentHub::State::Gone:
        m_empty->show("plug", tr("The agent is not running"), tr("What you write is kept."));
        m_banner->show(Banner::Severity::Error, m_hub.goneReason().isEmpty() ? tr("The agent has stopped.") : tr("The agent has stopped: %1").arg(visibleText(m_hub.goneReason())), tr("Restart"),
                       [this] { m_hub.start(); });
        break;
    }
    m_composer->setRunning(m_session->isRunning(), m_session->isStopping());
    m_composer->setHistory(m_session->history());
    refreshQueue();
    refreshWorking();
    if (m_session->isRunning())
        m_clock.start();
    else
        m_clock.stop();
}

void AgentPanel::refreshWorking()
{
    m_working->setVisible(m_session->isRunning());
    if (!m_session->isRunning())
        return;
    const auto seconds = m_session->turnStarted().secsTo(QDateTime::currentDateTime());
    const auto time = seconds < 60 ? tr("%1 s").arg(seconds) : tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
    m_workingText->setText(m_session->isStopping()          ? tr("Stopping…")
                               : !m_session->questions().empty() ? tr("Waits for your answer · %1").arg(time)
                                                                 : tr("Working · %1").arg(time));
    if (m_session->isStopping() && seconds > 0 && m_hub.state() == AgentHub::State::Ready)
        m_working->setToolTip(tr("The agent was asked to stop."));
}

void AgentPanel::refreshQuestions()
{
    const auto &questions = m_session->questions();
    m_card->setQuestion(questions.empty() ? nullptr : questions.front(), 1, int(questions.size()));
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

void AgentPanel::refreshQueue()
{
    while (auto *item = m_queueRows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const auto &queue = m_session->queue();
    m_queue->setVisible(!queue.empty());
    for (size_t i = 0; i < queue.size(); ++i) {
        auto *row = new QFrame;
        row->setProperty("role", "card");
        auto *line = new QHBoxLayout(row);
        line->setContentsMargins(space::m, space::xs, space::xs, space::xs);
        auto *text = new ElidedLabel;
        text->setProperty("role", "muted");
        text->setWholeText(tr("Next: %1").arg(queue[i].text.simplified()));
        auto *edit = headButton("edit", tr("Edit this message"));
        auto *remove = headButton("close", tr("Do not send this message"));
        connect(edit, &QToolButton::clicked, this, [this, i] {
            const auto message = m_session->queue()[i].text;
            m_session->removeQueued(i);
            m_composer->insert(message);
            m_composer->setFocus();
        }, Qt::QueuedConnection);
        connect(remove, &QToolButton::clicked, this, [this, i] { m_session->removeQueued(i); }, Qt::QueuedConnection);
        line->addWidget(text, 1);
        line->addWidget(edit);
        line->addWidget(remove);
        m_queueRows->addWidget(row);
    }
}

void AgentPanel::refreshChips()
{
    while (auto *item = m_chipRow->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    bool any = false;
    if (m_document && !m_documentLeftOut && !m_document->agentContext().isEmpty()) {
        addChip(m_document->title(), m_document->iconName(), tr("The agent gets to see this document"), [this] {
            m_documentLeftOut = true;
            refreshChips();
        });
        any = true;
    }
    for (size_t i = 0; i < m_contexts.size(); ++i) {
        addChip(m_contexts[i]["title"].toString(), "link", tr("Goes with your next message"), [this, i] {
            m_contexts.erase(m_contexts.begin() + qptrdiff(i));
            refreshChips();
        });
        any = true;
    }
    m_chipRow->addStretch(1);
    m_chips->setVisible(any);
}

void AgentPanel::addChip(const QString &title, const QString &iconName, const QString &toolTip, std::function<void()> remove)
{
    auto *chip = new QFrame;
    chip->setProperty("role", "chip");
    chip->setToolTip(toolTip);
    auto *row = new QHBoxLayout(chip);
    row->setContentsMargins(space::s, 2, space::xs, 2);
    row->setSpacing(space::xs);
    auto *icon = new QLabel;
    icon->setPixmap(Theme::icon(iconName, Theme::colors().muted).pixmap(QSize(13, 13), devicePixelRatioF()));
    auto *text = new QLabel(QFontMetrics(Theme::textFont()).elidedText(title, Qt::ElideRight, 160));
    text->setTextFormat(Qt::PlainText);
    auto *close = new QToolButton;
    close->setIcon(Theme::icon("close"));
    close->setIconSize({10, 10});
    close->setToolTip(tr("Do not show this to the agent"));
    close->setAccessibleName(tr("Do not show %1 to the agent").arg(title));
    connect(close, &QToolButton::clicked, this, std::move(remove), Qt::QueuedConnection);
    row->addWidget(icon);
    row->addWidget(text);
    row->addWidget(close);
    m_chipRow->addWidget(chip);
}

void AgentPanel::send(const QString &text)
{
    std::vector<acp::ContentBlock> attachments;
    for (const auto &value : contexts()) {
        const auto context = value.toObject();
        acp::ContentBlock block;
        block.type = "resource";
        block.resource = ph::Json{{"uri", ("hoglet://" + context["kind"].toString() + "/" + context["title"].toString()).toStdString()},
                                  {"mimeType", "text/plain"},
                                  {"text", context["text"].toString().left(longestContext).toStdString()}};
        attachments.push_back(std::move(block));
    }
    m_contexts.clear();
    refreshChips();
    m_session->setDraft({});
    m_session->send(text, std::move(attachments));
    m_view->goToEnd();
    if (m_hub.state() == AgentHub::State::Gone)
        m_hub.start();
}

void AgentPanel::fillSessionMenu()
{
    auto *menu = m_sessionButton->menu();
    menu->clear();
    for (auto *session : m_hub.sessions()) {
        const auto state = !session->questions().empty() ? tr("waits for you") : session->isRunning() ? tr("running") : QString();
        auto *action = menu->addAction(session->title().left(60).replace('&', "&&") + (state.isEmpty() ? QString() : "  ·  " + state),
                                       this, [this, session] { m_hub.setCurrent(session); });
        action->setCheckable(true);
        action->setChecked(session == m_hub.current());
    }
    menu->addSeparator();
    menu->addAction(Theme::icon("plus"), tr("New session"), this, [this] { m_hub.newSession(); });
    menu->addAction(Theme::icon("session"), tr("Past sessions"), this, [this] { m_workbench.open("sessions", {}); });
    menu->addAction(Theme::icon("refresh"), tr("Restart the agent"), this, [this] { m_hub.start(); });
}

void AgentPanel::fillModeMenu()
{
    auto *menu = m_modeButton->menu();
    menu->clear();
    menu->setToolTipsVisible(true);
    for (const auto &mode : m_session->modes()) {
        auto *action = menu->addAction(Theme::icon("dot", modeColor(mode.id)), visibleText(mode.name), this,
                                       [this, id = mode.id] { m_session->setMode(id); });
        action->setToolTip(visibleText(mode.description.value_or("")).toHtmlEscaped());
        action->setCheckable(true);
        action->setChecked(mode.id == m_session->conversation().mode());
    }
}

void AgentPanel::fillModelMenu()
{
    auto *menu = m_modelButton->menu();
    menu->clear();
    for (const auto &option : m_session->conversation().configOptions()) {
        if (option.category == "mode" || !option.options || !option.options->is_array())
            continue;
        menu->addSection(visibleText(option.name));
        for (const auto &choice : *option.options) {
            if (!choice.is_object() || !choice.contains("value"))
                continue;
            auto *action = menu->addAction(visibleText(choice.value("name", choice["value"].dump())), this,
                                           [this, id = option.id, value = choice["value"]] { m_session->setConfigOption(id, value); });
            action->setCheckable(true);
            action->setChecked(choice["value"] == option.currentValue);
        }
    }
    if (menu->isEmpty())
        menu->addAction(tr("This agent has no settings"))->setEnabled(false);
}

void AgentPanel::cycleMode()
{
    const auto &modes = m_session->modes();
    if (modes.size() < 2)
        return;
    size_t index = 0;
    for (size_t i = 0; i < modes.size(); ++i) {
        if (modes[i].id == m_session->conversation().mode())
            index = (i + 1) % modes.size();
    }
    m_session->setMode(modes[index].id);
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
    else if (m_session->isRunning())
        m_session->stop();
    else
        QFrame::keyPressEvent(event);
}

} // namespace ui

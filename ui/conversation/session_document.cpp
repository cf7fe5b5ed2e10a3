#include "ui/conversation/session_document.h"

#include "ui/conversation/conversation_view.h"
#include "ui/conversation/question.h"
#include "ui/conversation/replay.h"
#include "ui/conversation/visible_text.h"
#include "ui/shell/background.h"
#include "ui/shell/banner.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

namespace ui {

void runPartAction(Workbench &workbench, const PartAction &action)
{
    switch (action.kind) {
    case PartAction::Kind::OpenQuery:
        workbench.open("hogql", action.data);
        break;
    case PartAction::Kind::CopyText:
        QGuiApplication::clipboard()->setText(action.data["text"].toString());
        workbench.toast(QObject::tr("Copied"));
        break;
    case PartAction::Kind::OpenTerminal: // The view does that.
        break;
    case PartAction::Kind::AskAbout: {
        QString quote = "> " + action.data["text"].toString().left(1500).trimmed();
        quote.replace('\n', "\n> ");
        workbench.askAgent(quote + "\n\n");
        break;
    }
    }
}

void offerLink(Banner &banner, const QString &link)
{
    const QUrl url(link, QUrl::StrictMode);
    const bool mayOpen = url.isValid() && (url.scheme() == "https" || url.scheme() == "http") && !url.host().isEmpty();
    if (!mayOpen) {
        banner.show(Banner::Severity::Info, QObject::tr("This link is not opened: %1").arg(visibleText(link)), QObject::tr("Copy"),
                    [link] { QGuiApplication::clipboard()->setText(link); });
        return;
    }
    // The host in its plain form: letters of other scripts that look alike show as punycode.
    const auto host = QString::fromLatin1(QUrl::toAce(url.host()));
    banner.show(Banner::Severity::Info, QObject::tr("Open %1 in the browser?\n%2").arg(host, visibleText(url.toString(QUrl::FullyEncoded))),
                QObject::tr("Open"), [url] { QDesktopServices::openUrl(url); });
}

SessionDocument::SessionDocument(Workbench &workbench, std::shared_ptr<SessionStore> store, GoOn goOn, QWidget *parent)
    : Document(parent)
    , m_workbench(workbench)
    , m_store(std::move(store))
    , m_goOn(std::move(goOn))
    , m_heading(new QLabel)
    , m_note(new QLabel(tr("Read from the session's log.")))
    , m_continue(new QPushButton(tr("Continue in the panel")))
    , m_banner(new Banner)
    , m_stack(new QStackedWidget)
    , m_empty(new EmptyState)
    , m_view(new ConversationView)
{
    m_heading->setProperty("role", "title");
    m_heading->setTextFormat(Qt::PlainText);
    m_note->setProperty("role", "small");
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_view);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::l, space::xl, 0);
    column->setSpacing(space::xs);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::m);
    head->addWidget(m_heading, 1);
    auto *inspect = new QToolButton;
    inspect->setIcon(Theme::icon("inspector"));
    inspect->setToolTip(tr("Inspect its messages"));
    inspect->setAccessibleName(tr("Inspect the messages of this session"));
    connect(inspect, &QToolButton::clicked, this, [this] { m_workbench.open("inspector", {{"runId", m_runId}, {"title", m_title}}); });
    head->addWidget(inspect);
    head->addWidget(m_continue);
    column->addLayout(head);
    column->addWidget(m_note);
    column->addWidget(m_banner);
    column->addWidget(m_stack, 1);
    setFocusProxy(m_view);
    m_continue->setToolTip(tr("Open it with its agent, in its folder, and write on"));
    m_continue->setObjectName("continue");
    m_continue->setAccessibleName(tr("Continue this session in the panel"));
    m_continue->hide();
    connect(m_continue, &QPushButton::clicked, this, [this] { m_goOn(m_runId, false); });
    m_view->setSideMargin(0); // The page has its own.

    connect(m_view, &ConversationView::actionTriggered, this, [this](const PartAction &action) { runPartAction(m_workbench, action); });
    connect(m_view, &ConversationView::linkClicked, this, [this](const QString &url) { offerLink(*m_banner, url); });
    connect(m_empty, &EmptyState::actionTriggered, this, &SessionDocument::load);
}

SessionDocument::~SessionDocument() { m_stop.request_stop(); }

QString SessionDocument::title() const { return m_title.isEmpty() ? tr("Session") : m_title; }
QJsonObject SessionDocument::state() const { return {{"runId", m_runId}, {"title", m_title}}; }

void SessionDocument::restore(const QJsonObject &state)
{
    m_runId = state["runId"].toString();
    m_title = state["title"].toString();
    m_heading->setText(title());
    load();
}

QJsonObject SessionDocument::agentContext() const
{
    QString text;
    for (const auto &item : m_conversation.items()) {
        if (const auto *message = std::get_if<Message>(&item.value); message && message->role != Message::Role::Thought)
            text += (message->role == Message::Role::User ? "User: " : "Agent: ") + QString::fromStdString(message->text) + "\n\n";
    }
    return text.isEmpty() ? QJsonObject() : QJsonObject{{"title", title()}, {"kind", kind()}, {"text", text.left(20'000)}};
}

void SessionDocument::load()
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    m_empty->showLoading(tr("Reading the session"));
    m_stack->setCurrentWidget(m_empty);
    m_continue->hide();
    inBackground([store = m_store, runId = m_runId.toStdString(), stop = m_stop.get_token()]() -> ph::Result<Replayed> {
        const auto lines = store->lines(runId, stop);
        if (!lines)
            return ph::fail(lines.error());
        return replay(*lines);
    }).then(this, [this](const ph::Result<Replayed> &read) {
        if (!read) {
            if (read.error().code != ph::ErrorCode::Cancelled)
                m_empty->show("error", tr("The session could not be read"), QString::fromStdString(read.error().message), tr("Try again"));
            return;
        }
        m_conversation = read->conversation;
        if (!m_conversation.title().empty())
            m_title = visibleText(m_conversation.title()).simplified();
        m_heading->setText(title());
        emit titleChanged();
        if (m_conversation.items().empty()) {
            m_empty->show("session", tr("Nothing was said in this session"), {});
            return;
        }
        m_view->setConversation(&m_conversation);
        m_stack->setCurrentWidget(m_view);
        m_continue->setVisible(bool(m_goOn));
        if (read->isCutOff && m_goOn)
            m_banner->show(Banner::Severity::Info,
                           read->waiting ? tr("It waits for an answer since Hoglet was closed: %1").arg(visibleText(read->waiting->text()))
                                         : tr("Hoglet was closed before this turn ended."),
                           tr("Continue"), [this] { m_goOn(m_runId, true); });
    });
}

} // namespace ui

#include "ui/conversation/agent_state_card.h"

#include "ui/conversation/visible_text.h"
#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr int shownLines = 6;

QLabel *textLabel(const QString &text, const char *role)
{
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setProperty("role", role);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QHBoxLayout *heading(const QWidget &parent, const QString &iconName, const QColor &color, const QString &text)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(space::s);
    auto *icon = new QLabel;
    icon->setPixmap(Theme::icon(iconName, color).pixmap(QSize(18, 18), parent.devicePixelRatioF()));
    icon->setAlignment(Qt::AlignTop);
    row->addWidget(icon);
    row->addWidget(textLabel(text, "heading"), 1);
    return row;
}

} // namespace

AgentStateCard::AgentStateCard(QWidget *parent)
    : QFrame(parent)
    , m_column(new QVBoxLayout(this))
{
    setProperty("role", "card");
    m_column->setContentsMargins(0, 0, 0, 0);
    hide();
}

void AgentStateCard::show(AgentLine &line)
{
    const bool shows = line.state() == AgentLine::State::Gone || line.state() == AgentLine::State::LoggedOut;
    if (shows)
        build(line);
    setVisible(shows);
}

void AgentStateCard::build(AgentLine &line)
{
    if (m_body) // Whose button may have brought us here.
        m_body->deleteLater();
    m_body = new QWidget;
    auto *column = new QVBoxLayout(m_body);
    column->setContentsMargins(space::m, space::m, space::m, space::m);
    column->setSpacing(space::s);
    if (line.state() == AgentLine::State::Gone)
        buildGone(line, *column);
    else
        buildLogin(line, *column);
    m_column->addWidget(m_body);
}

void AgentStateCard::buildGone(AgentLine &line, QVBoxLayout &column)
{
    const auto title = line.isComingBack() ? tr("%1 has stopped and is being started again").arg(line.agentName())
                                           : tr("%1 is not running").arg(line.agentName());
    setAccessibleName(title);
    column.addLayout(heading(*this, "plug", Theme::colors().bad, title));
    column.addWidget(textLabel(line.goneReason().isEmpty() ? tr("It left without a word.") : visibleText(line.goneReason()), "muted"));
    if (!line.lastWords().isEmpty()) {
        auto *words = new QPlainTextEdit(visibleText(line.lastWords()));
        words->setReadOnly(true);
        words->setTabChangesFocus(true);
        words->setFont(Theme::codeFont());
        words->setWordWrapMode(QTextOption::WrapAnywhere);
        words->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        words->setAccessibleName(tr("What it wrote before it stopped"));
        const int lines = std::min(int(line.lastWords().count('\n')) + 2, shownLines); // one more, for what wraps
        words->setFixedHeight(lines * QFontMetrics(words->font()).lineSpacing() + 24);
        words->moveCursor(QTextCursor::End);
        column.addWidget(words);
    }
    auto *again = new QPushButton(tr("Start it again"));
    again->setProperty("variant", "primary");
    again->setVisible(!line.isComingBack());
    connect(again, &QPushButton::clicked, &line, &AgentLine::start, Qt::QueuedConnection);
    auto *row = new QHBoxLayout;
    row->addWidget(again);
    row->addStretch(1);
    column.addLayout(row);
}

void AgentStateCard::buildLogin(AgentLine &line, QVBoxLayout &column)
{
    const auto title = tr("%1 wants you to log in").arg(line.agentName());
    setAccessibleName(title);
    column.addLayout(heading(*this, "key", Theme::colors().accent, title));
    if (!line.loginReason().isEmpty())
        column.addWidget(textLabel(visibleText(line.loginReason()), "muted"));
    if (line.isLoggingIn()) {
        auto *row = new QHBoxLayout;
        row->setSpacing(space::s);
        auto *progress = new QProgressBar;
        progress->setRange(0, 0);
        progress->setFixedWidth(48);
        auto *cancel = new QPushButton(tr("Cancel"));
        connect(cancel, &QPushButton::clicked, &line, &AgentLine::start, Qt::QueuedConnection); // There is no other way out of a log-in.
        row->addWidget(progress);
        row->addWidget(textLabel(tr("Waiting for the log-in. It may have opened your browser."), "small"), 1);
        row->addWidget(cancel);
        column.addLayout(row);
        return;
    }
    bool isFirst = true;
    for (const auto &method : line.loginMethods()) {
        auto *button = new QPushButton(QString(method.name).replace('&', "&&"));
        if (std::exchange(isFirst, false))
            button->setProperty("variant", "primary");
        connect(button, &QPushButton::clicked, this, [this, method, &line] {
            if (method.isTerminal)
                emit loginInTerminal(method);
            else
                line.logIn(method.id);
        }, Qt::QueuedConnection);
        column.addWidget(button);
        if (!method.description.isEmpty())
            column.addWidget(textLabel(method.description, "small"));
    }
    if (line.loginMethods().empty())
        column.addWidget(textLabel(tr("It offers no way to do that from here. Log in with its own program in a terminal, then start it again."), "small"));
    auto *again = new QPushButton(tr("I have logged in: try again"));
    connect(again, &QPushButton::clicked, &line, &AgentLine::start, Qt::QueuedConnection);
    column.addWidget(again);
}

} // namespace ui

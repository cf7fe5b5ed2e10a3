#include "ui/conversation/agent_head.h"

#include "ui/conversation/config_choices.h"
#include "ui/conversation/visible_text.h"
#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QToolButton>

namespace ui {
namespace {

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

AgentHead::AgentHead(AgentHub &hub, Workbench &workbench, QWidget *parent)
    : QWidget(parent)
    , m_hub(hub)
    , m_workbench(workbench)
    , m_sessionButton(new QToolButton)
    , m_place(headButton("external", {}))
    , m_modeButton(new QToolButton)
    , m_modelButton(new QToolButton)
    , m_usage(new QLabel)
{
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
    auto *with = headButton("chevron-down", tr("New session with another agent"));
    with->setPopupMode(QToolButton::InstantPopup);
    with->setMenu(new QMenu(with));
    connect(with->menu(), &QMenu::aboutToShow, this, [this, menu = with->menu()] {
        menu->clear();
        addAgentsTo(*menu, tr("Hoglet"), "%1");
        menu->addSeparator();
        menu->addAction(tr("Other agents…"), this, [this] { m_workbench.open("settings", {}); });
    });
    connect(add, &QToolButton::clicked, this, [this] {
        m_hub.newSession();
        emit sessionAdded();
    });
    connect(m_place, &QToolButton::clicked, this, [this] { emit placeChanged(!m_isInTab); });

    auto *first = new QHBoxLayout;
    first->setContentsMargins(space::s, space::s, space::s, 0);
    first->setSpacing(space::xs);
    first->addWidget(m_sessionButton, 1);
    first->addWidget(add);
    first->addWidget(with);
    first->addWidget(m_place);
    auto *second = new QHBoxLayout;
    second->setContentsMargins(space::s, 0, space::m, space::xs);
    second->setSpacing(space::xs);
    second->addWidget(m_modeButton);
    second->addWidget(m_modelButton);
    second->addStretch(1);
    second->addWidget(m_usage);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(first);
    column->addLayout(second);

    connect(m_sessionButton->menu(), &QMenu::aboutToShow, this, &AgentHead::fillSessionMenu);
    connect(m_modeButton->menu(), &QMenu::aboutToShow, this, &AgentHead::fillModeMenu);
    connect(m_modelButton->menu(), &QMenu::aboutToShow, this, &AgentHead::fillModelMenu);
    setInTab(false);
}

void AgentHead::setSession(AgentSession *session) { m_session = session; }

void AgentHead::setInTab(bool isInTab)
{
    m_isInTab = isInTab;
    m_place->setIcon(Theme::icon(isInTab ? "panel" : "external"));
    m_place->setToolTip(isInTab ? tr("Back to the side of the window") : tr("Open as a tab"));
    m_place->setAccessibleName(isInTab ? tr("Agent: back to the side of the window") : tr("Agent: open as a tab"));
}

void AgentHead::refreshTitle()
{
    m_sessionButton->setText(m_session->title().left(80));
    if (const auto &usage = m_session->conversation().usage(); usage && usage->size > 0) {
        m_usage->setText(tr("%1 % of context").arg(int(usage->used / usage->size * 100)));
        m_usage->setToolTip(tr("%1 of %2 tokens").arg(QLocale().toString(qlonglong(usage->used)), QLocale().toString(qlonglong(usage->size))));
    } else {
        m_usage->clear();
    }
}

void AgentHead::refresh()
{
    const auto &c = Theme::colors();
    refreshTitle();
    m_sessionButton->setIcon(Theme::icon(m_session->isRunning() ? "clock" : "session", m_session->isRunning() ? c.accent : c.muted));
    m_sessionButton->setAccessibleName(tr("Session: %1").arg(m_session->title()));
    m_sessionButton->setToolTip(m_session->title().toHtmlEscaped());

    const auto mode = m_session->modeName();
    m_modeButton->setVisible(!mode.isEmpty());
    m_modeButton->setText(mode);
    m_modeButton->setIcon(Theme::icon("dot", modeColor(m_session->modeId())));
    m_modeButton->setAccessibleName(tr("Mode: %1").arg(mode));
    m_modeButton->setToolTip(tr("Mode: how much the agent does without asking (Shift+Tab in the composer)"));

    const auto model = m_session->modelName();
    const auto agent = m_session->line().agentName();
    const bool isOther = !m_session->line().choice().servesAll; // The embedded agent is nothing to tell apart.
    m_modelButton->setText(model.isEmpty() ? agent : isOther ? tr("%1 · %2").arg(agent, model) : model);
    m_modelButton->setAccessibleName(tr("Agent and model: %1").arg(m_modelButton->text()));
    m_modelButton->setToolTip(tr("Agent: %1\nFolder: %2").arg(agent, m_session->folder()).toHtmlEscaped().replace('\n', "<br>"));
}

void AgentHead::fillSessionMenu()
{
    auto *menu = m_sessionButton->menu();
    menu->clear();
    for (auto *session : m_hub.sessions()) {
        const auto state = !session->questions().empty() ? tr("waits for you") : session->isRunning() ? tr("running") : QString();
        QStringList words{session->title().left(60)};
        if (!session->line().choice().servesAll)
            words << session->line().choice().name;
        if (!state.isEmpty())
            words << state;
        auto *action = menu->addAction(words.join("  ·  ").replace('&', "&&"), this, [this, session = QPointer(session)] {
            if (session)
                m_hub.setCurrent(session);
        });
        action->setCheckable(true);
        action->setChecked(session == m_hub.current());
    }
    menu->addSeparator();
    addAgentsTo(*menu, tr("New session"), tr("New session with %1"));
    menu->addSeparator();
    menu->addAction(Theme::icon("session"), tr("All sessions"), this, [this] { m_workbench.open("sessions", {}); });
    menu->addAction(Theme::icon("inspector"), tr("Inspect its messages"), this, [this] {
        m_workbench.open("inspector", m_session->id().value.empty() ? QJsonObject() : QJsonObject{{"runId", QString::fromStdString(m_session->id().value)}, {"title", m_session->title()}});
    });
    menu->addAction(Theme::icon("refresh"), tr("Restart the agent"), this, [this] { m_session->line().start(); });
    menu->addAction(Theme::icon("close"), tr("Close this session"), this, [this] { m_hub.remove(m_session); });
}

void AgentHead::addAgentsTo(QMenu &menu, const QString &plain, const QString &with)
{
    const auto begin = [this](const QString &agent) {
        return [this, agent] {
            m_hub.newSession(agent);
            emit sessionAdded();
        };
    };
    menu.addAction(Theme::icon("plus"), plain, this, begin({}));
    for (const auto &other : m_hub.others())
        menu.addAction(Theme::icon("plus"), with.arg(QString(other.name).replace('&', "&&")), this, begin(other.id));
}

void AgentHead::fillModeMenu()
{
    auto *menu = m_modeButton->menu();
    menu->clear();
    menu->setToolTipsVisible(true);
    for (const auto &mode : m_session->modes()) {
        auto *action = menu->addAction(Theme::icon("dot", modeColor(mode.id)), visibleText(mode.name), this,
                                       [this, id = mode.id] { m_session->setMode(id); });
        action->setToolTip(visibleText(mode.description.value_or("")).toHtmlEscaped());
        action->setCheckable(true);
        action->setChecked(mode.id == m_session->modeId());
    }
}

void AgentHead::fillModelMenu()
{
    auto *menu = m_modelButton->menu();
    menu->clear();
    for (const auto &option : m_session->conversation().configOptions()) {
        const auto choices = choicesOf(option);
        if (option.category == "mode" || choices.empty())
            continue;
        menu->addSection(visibleText(option.name));
        QString group;
        for (const auto &choice : choices) {
            if (choice.group != group)
                menu->addSection(group = choice.group);
            auto *action = menu->addAction(QString(choice.name).replace('&', "&&"), this,
                                           [this, id = option.id, value = choice.value] { m_session->setConfigOption(id, value); });
            action->setToolTip(choice.description.toHtmlEscaped());
            action->setCheckable(true);
            action->setChecked(choice.value == option.currentValue);
        }
    }
    if (menu->isEmpty())
        menu->addAction(tr("This agent has no settings"))->setEnabled(false);
}

void AgentHead::cycleMode()
{
    const auto modes = m_session->modes();
    if (modes.size() < 2)
        return;
    size_t index = 0;
    for (size_t i = 0; i < modes.size(); ++i) {
        if (modes[i].id == m_session->modeId())
            index = (i + 1) % modes.size();
    }
    m_session->setMode(modes[index].id);
}

} // namespace ui

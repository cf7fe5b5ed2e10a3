#include "ui/inspector/inspector_page.h"
#include "ui/inspector/wire_list.h"
#include "ui/shell/theme.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>

/// The page's head and actions.
namespace ui {

QLayout *InspectorPage::buildHead()
{
    m_heading->setProperty("role", "title");
    m_heading->setTextFormat(Qt::PlainText);
    m_connections->setAccessibleName(tr("Connection"));
    m_connections->setToolTip(tr("The agent's connection that is shown"));
    m_connections->setMinimumContentsLength(16);
    m_connections->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_clear->setIcon(Theme::icon("trash"));
    m_clear->setToolTip(tr("Forget the lines so far"));
    m_export->setIcon(Theme::icon("export"));
    m_export->setToolTip(tr("Write the lines to a file; secrets are replaced"));
    auto *menu = new QMenu(m_export);
    menu->addAction(tr("The lines that are shown…"), this, [this] { askForFile(true); });
    menu->addAction(tr("All lines…"), this, [this] { askForFile(false); });
    m_export->setMenu(menu);
    auto *row = new QHBoxLayout;
    row->setSpacing(space::s);
    row->addWidget(m_heading);
    row->addWidget(m_connections);
    row->addStretch(1);
    row->addWidget(m_pause);
    row->addWidget(m_clear);
    row->addWidget(m_export);
    connect(m_connections, &QComboBox::activated, this, [this] {
        m_connection = m_connections->currentData().toString();
        showConnection();
        emit stateChanged();
    });
    connect(m_pause, &QPushButton::clicked, this, [this] { setPaused(!m_isPaused); });
    connect(m_clear, &QPushButton::clicked, this, &InspectorPage::clear);
    return row;
}

QLayout *InspectorPage::buildFilters()
{
    using Kinds = WireFilter::Kinds;
    m_text->setPlaceholderText(tr("Filter by method or content"));
    m_text->setAccessibleName(tr("Filter by method or content"));
    m_text->setClearButtonEnabled(true);
    m_kinds->setAccessibleName(tr("Kind"));
    for (const auto &[text, kinds] : {std::pair{tr("All kinds"), Kinds::All}, {tr("Requests"), Kinds::Requests}, {tr("Replies"), Kinds::Replies},
                                      {tr("Notifications"), Kinds::Notifications}, {tr("Errors"), Kinds::Errors}})
        m_kinds->addItem(text, int(kinds));
    m_directions->setAccessibleName(tr("Direction"));
    m_directions->addItem(tr("Both ways"), -1);
    m_directions->addItem(tr("To the agent"), int(acp::Direction::Sent));
    m_directions->addItem(tr("From the agent"), int(acp::Direction::Received));
    m_sessions->setAccessibleName(tr("Session"));
    m_problemsOnly->setToolTip(tr("Errors, and what does not fit the protocol's schema"));
    fillSessions();
    auto *row = new QHBoxLayout;
    row->setSpacing(space::s);
    row->addWidget(m_text, 1);
    for (auto *box : {m_kinds, m_directions, m_sessions}) {
        row->addWidget(box);
        connect(box, &QComboBox::activated, this, &InspectorPage::applyFilter);
    }
    row->addWidget(m_problemsOnly);
    connect(m_text, &QLineEdit::textChanged, &m_filtering, qOverload<>(&QTimer::start));
    connect(m_text, &QLineEdit::returnPressed, this, [this] {
        m_list->setFocus();
        if (!m_list->currentIndex().isValid() && m_model.rowCount() > 0)
            m_list->show(m_model.numberAt(0));
    });
    connect(m_problemsOnly, &QCheckBox::toggled, this, &InspectorPage::applyFilter);
    return row;
}

void InspectorPage::addActions()
{
    const auto add = [this](const QString &text, const char *icon, const QKeySequence &shortcut, auto run) {
        auto *action = new QAction(Theme::icon(icon), text, this);
        action->setProperty("iconName", icon);
        action->setShortcut(shortcut);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, run);
        addAction(action);
        m_actions << action;
    };
    add(tr("Inspector: find"), "search", QKeySequence::Find, [this] {
        m_text->setFocus();
        m_text->selectAll();
    });
    add(tr("Inspector: pause or go on"), "pause", {}, [this] { setPaused(!m_isPaused); });
    add(tr("Inspector: go to the request or reply"), "link", {}, [this] { goToPartner(); });
    add(tr("Inspector: problems only"), "warning", {}, [this] { m_problemsOnly->toggle(); });
    add(tr("Inspector: export the lines that are shown"), "export", {}, [this] { askForFile(true); });
    add(tr("Inspector: clear"), "trash", {}, [this] { clear(); });
}

} // namespace ui

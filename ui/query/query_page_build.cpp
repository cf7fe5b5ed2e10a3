// What a query's page is made of: its actions, and the widgets around the editor and the result.
#include "ui/query/query_page.h"

#include "ui/query/find_bar.h"
#include "ui/query/history_panel.h"
#include "ui/query/hogql_editor.h"
#include "ui/query/saved_panel.h"
#include "ui/query/schema_panel.h"
#include "ui/query/value_bar.h"
#include "ui/shell/theme.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>

namespace ui {

void QueryPage::makeActions()
{
    const auto add = [&](const QString &text, const QString &keys, const QString &icon, auto run) {
        auto *action = new QAction(Theme::icon(icon), text, this);
        if (!keys.isEmpty())
            action->setShortcut(QKeySequence(keys));
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, run);
        addAction(action);
        m_actions << action;
        return action;
    };
    m_runAction = add(tr("Run query"), QStringLiteral("Ctrl+Return"), QStringLiteral("play"), [this] { run(); });
    m_runAction->setShortcuts({QKeySequence(QStringLiteral("Ctrl+Return")), QKeySequence(QStringLiteral("Ctrl+Enter"))});
    add(tr("Cancel the running query"), {}, QStringLiteral("stop"), [this] { cancel(); });
    add(tr("Format query"), QStringLiteral("Ctrl+Shift+F"), QStringLiteral("edit"), [this] { m_editor->format(); });
    add(tr("Comment lines in or out"), QStringLiteral("Ctrl+/"), QStringLiteral("minus"), [this] { m_editor->toggleComment(); });
    add(tr("Find in the query"), QStringLiteral("Ctrl+F"), QStringLiteral("search"), [this] { m_find->open(); });
    add(tr("Replace in the query"), QStringLiteral("Ctrl+H"), QStringLiteral("search"), [this] { m_find->open(true); });
    add(tr("Put right what is wrong here"), {}, QStringLiteral("check"), [this] { m_editor->offerFixes(); });
    add(tr("Go to the definition"), {}, QStringLiteral("link"), [this] { m_editor->goToDefinition(); });
    add(tr("Save this query"), QStringLiteral("Ctrl+S"), QStringLiteral("star"), [this] { save(); });
    add(tr("Rename this query"), QStringLiteral("F2"), QStringLiteral("edit"), [this] {
        m_title->setFocus();
        m_title->selectAll();
    });
    add(tr("Export all rows of this query"), {}, QStringLiteral("export"), [this] { exportAll(); });
    add(tr("Show rows"), {}, QStringLiteral("table"), [this] { m_results->setMode(ResultView::Mode::Grid); });
    add(tr("Show the chart"), {}, QStringLiteral("chart"), [this] { m_results->setMode(ResultView::Mode::Chart); });
    add(tr("Show rows and chart"), {}, QStringLiteral("panel"), [this] { m_results->setMode(ResultView::Mode::Both); });
}

QWidget *QueryPage::makeHeader()
{
    auto *header = new QWidget;
    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(space::m, space::s, space::s, space::s);
    row->setSpacing(space::s);

    m_title->setAccessibleName(tr("Title of this query"));
    m_title->setToolTip(tr("Click to name this query"));
    m_title->setStyleSheet(QStringLiteral("QLineEdit { background: transparent; border: 1px solid transparent; font-size: %1px; font-weight: 600; padding: 2px 4px; }")
                               .arg(int(18 * Theme::fontScale())));
    m_title->setMinimumWidth(160);
    m_title->setFocusPolicy(Qt::ClickFocus); // F2 brings the keyboard here; Tab belongs to the query
    connect(m_title, &QLineEdit::returnPressed, this, [this] { m_editor->setFocus(); });
    connect(m_title, &QLineEdit::editingFinished, this, [this] {
        m_shownTitle.clear(); // an emptied title goes back to the text's own
        showTitle();
    });
    connect(m_title, &QLineEdit::textEdited, this, [this](const QString &text) {
        m_ownTitle = text.trimmed();
        emit titleChanged();
        emit stateChanged();
    });
    row->addWidget(m_title, 1);

    auto *format = new QPushButton(tr("Format"));
    format->setProperty("variant", "plain");
    format->setToolTip(tr("Format the query (Ctrl+Shift+F)"));
    connect(format, &QPushButton::clicked, this, [this] { m_editor->format(); });
    m_sideButton = new QToolButton;
    m_sideButton->setIcon(Theme::icon(QStringLiteral("panel")));
    m_sideButton->setCheckable(true);
    m_sideButton->setChecked(true);
    m_sideButton->setToolTip(tr("Schema and history at the side"));
    m_sideButton->setAccessibleName(m_sideButton->toolTip());
    connect(m_sideButton, &QToolButton::toggled, this, [this](bool shown) {
        m_side->setVisible(shown);
        emit stateChanged();
    });
    m_run->setProperty("variant", "primary");
    m_run->setText(tr("Run"));
    m_run->setToolTip(tr("Run the selection, or the statement at the cursor (Ctrl+Enter)"));
    m_run->setAccessibleName(tr("Run query"));
    m_run->setMinimumWidth(92);
    connect(m_run, &QPushButton::clicked, this, [this] { isRunning() ? cancel() : run(); });
    row->addWidget(format);
    row->addWidget(m_run);
    row->addWidget(m_sideButton);
    return header;
}

QWidget *QueryPage::makeEditorPane()
{
    auto *pane = new QWidget;
    auto *column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_problem->setProperty("role", "row");
    m_problem->setToolTip(tr("Go to the place"));
    m_fix->setProperty("variant", "plain");
    connect(m_fix, &QPushButton::clicked, this, [this] {
        if (!m_editor->problems().empty() && m_editor->problems().front().fix)
            m_editor->applyFix(*m_editor->problems().front().fix);
    });
    auto *problemRow = new QHBoxLayout(m_problemBar);
    problemRow->setContentsMargins(0, 2, space::s, 2);
    problemRow->setSpacing(space::s);
    problemRow->addWidget(m_problem, 1);
    problemRow->addWidget(m_fix);
    m_problemBar->hide();
    connect(m_problem, &QPushButton::clicked, this, [this] {
        if (!m_editor->problems().empty())
            m_editor->goTo(m_editor->problems().front().start);
    });
    column->addWidget(m_find);
    column->addWidget(m_editor, 1);
    column->addWidget(m_values);
    column->addWidget(m_problemBar);
    pane->setMinimumHeight(110);
    return pane;
}

QWidget *QueryPage::makeSide()
{
    m_side = new QWidget;
    m_sideTabs = new QTabBar;
    m_sideTabs->addTab(tr("Schema"));
    m_sideTabs->addTab(tr("History"));
    m_sideTabs->addTab(tr("Saved"));
    m_sideTabs->setAccessibleName(tr("At the side"));
    m_sideTabs->setDrawBase(false);
    m_sideTabs->setExpanding(false);
    m_sideTabs->setUsesScrollButtons(false);
    m_sideTabs->setStyleSheet(QStringLiteral("QTabBar, QTabBar::tab, QTabBar::tab:selected { background: transparent; border-right: none; padding-left: 10px; padding-right: 10px; min-width: 0; }"));
    m_sidePages = new QStackedWidget;
    m_sidePages->addWidget(m_schema);
    m_sidePages->addWidget(m_historyPanel);
    m_sidePages->addWidget(m_savedPanel);
    connect(m_sideTabs, &QTabBar::currentChanged, m_sidePages, &QStackedWidget::setCurrentIndex);
    auto *column = new QVBoxLayout(m_side);
    column->setContentsMargins(space::s, 0, space::s, space::s);
    column->setSpacing(space::s);
    column->addWidget(m_sideTabs);
    column->addWidget(m_sidePages, 1);
    m_side->setMinimumWidth(200);
    return m_side;
}

} // namespace ui

#include "ui/shell/main_window.h"

#include "ui/shell/document_tabs.h"
#include "ui/shell/panel_document.h"
#include "ui/shell/rail.h"
#include "ui/shell/task_list.h"
#include "ui/shell/theme.h"
#include "ui/shell/toast.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {

/// What pages see of the window.
class MainWindow::Bench : public Workbench
{
public:
    explicit Bench(MainWindow &window)
        : m_window(window)
    {
        connect(&Theme::notifier(), &ThemeNotifier::changed, this, &Workbench::themeChanged);
    }
    std::shared_ptr<posthog::Driver> driver() const override { return m_window.m_driver; }
    Document *open(const QString &kind, const QJsonObject &state) override
    {
        auto *document = m_window.m_tabs->open(kind, state);
        if (!document)
            toast(tr("\"%1\" cannot be opened in this version.").arg(kind));
        return document;
    }
    void askAgent(const QString &text, const QJsonObject &context) override
    {
        m_window.setAgentVisible(true);
        emit m_window.agentAsked(text, context);
    }
    std::shared_ptr<Task> startTask(const QString &title) override { return m_window.m_tasks.start(title); }
    QAction *addAction(const QString &id, const QString &text, const QString &shortcut, std::function<void()> run) override
    {
        return m_window.m_actions.add(id, text, shortcut, std::move(run));
    }
    Document *currentDocument() const override { return m_window.m_tabs->current(); }
    void toast(const QString &text) override { m_window.m_toast->say(text); }

private:
    MainWindow &m_window;
};

MainWindow::MainWindow(const QString &dataFolder, QWidget *parent)
    : QMainWindow(parent)
    , m_actions(this)
    , m_store(dataFolder + "/window/documents.json")
    , m_bench(std::make_unique<Bench>(*this))
    , m_rail(new Rail)
    , m_tabs(new DocumentTabs(m_registry, *m_bench))
    , m_bannerColumn(new QVBoxLayout)
    , m_splitter(new QSplitter(Qt::Horizontal))
    , m_status(new StatusLine(m_tasks))
    , m_palette(new CommandPalette(this))
    , m_toast(new Toast(this))
{
    setWindowTitle(tr("Hoglet"));
    setWindowIcon(QIcon(":/icons/hoglet.svg"));
    setMinimumSize(720, 480);
    resize(1440, 900);

    m_bannerColumn->setContentsMargins(0, 0, 0, 0);
    m_bannerColumn->setSpacing(0);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(1);
    m_splitter->addWidget(m_tabs);
    m_tabs->setMinimumWidth(320);

    auto *centre = new QWidget;
    auto *centreColumn = new QVBoxLayout(centre);
    centreColumn->setContentsMargins(0, 0, 0, 0);
    centreColumn->setSpacing(0);
    centreColumn->addLayout(m_bannerColumn);
    centreColumn->addWidget(m_splitter, 1);

    auto *row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_rail);
    row->addWidget(centre, 1);

    auto *whole = new QWidget;
    whole->setProperty("role", "window");
    whole->setAttribute(Qt::WA_StyledBackground);
    auto *column = new QVBoxLayout(whole);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(row, 1);
    column->addWidget(m_status);
    setCentralWidget(whole);

    connect(m_rail, &Rail::chosen, m_tabs, &DocumentTabs::show);
    connect(m_tabs, &DocumentTabs::currentChanged, this, [this](Document *document) {
        const auto *kind = document ? m_registry.find(document->kind()) : nullptr;
        m_rail->setCurrent(!document ? QString() : kind && !kind->place.isEmpty() ? kind->place : document->kind());
        refreshTitle();
        emit m_bench->currentDocumentChanged(document);
    });
    connect(m_tabs, &DocumentTabs::changed, this, &MainWindow::refreshTitle);
    connect(m_status, &StatusLine::tasksClicked, this, &MainWindow::showTasks);
    connect(m_status, &StatusLine::agentClicked, this, [this] { setAgentVisible(!isAgentVisible()); });

    m_saving.setInterval(1000);
    connect(&m_saving, &QTimer::timeout, this, [this] { m_store.save(save()); });
    addActions();
}

MainWindow::~MainWindow()
{
    m_saving.stop();
    delete m_agentPanel; // Pages and panel may still use the bench while they go.
    delete m_tabs;
}

Workbench &MainWindow::workbench() { return *m_bench; }

void MainWindow::addActions()
{
    const auto add = [this](const char *id, const QString &text, const char *shortcut, const char *iconName, std::function<void()> run) {
        m_actions.add(id, text, shortcut, std::move(run))->setProperty("iconName", iconName);
    };
    add("query.new", tr("New HogQL query"), "Ctrl+T", "hogql", [this] { m_bench->open("hogql", {}); });
    add("window.palette", tr("Command palette"), "Ctrl+K; Ctrl+Shift+P", "search", [this] { openPalette(); });
    add("window.quickOpen", tr("Quick open"), "Ctrl+P", "search", [this] { openQuickOpen(); });
    add("agent.toggle", tr("Show or hide the agent"), "Ctrl+J", "agent", [this] { setAgentVisible(!isAgentVisible()); });
    add("agent.place", tr("Agent as a tab, or at the side"), "Ctrl+Shift+J", "panel", [this] { setAgentInTab(!isAgentInTab()); });
    add("tab.close", tr("Close tab"), "Ctrl+W", "close", [this] { m_tabs->closeCurrent(); });
    add("tab.reopen", tr("Reopen closed tab"), "Ctrl+Shift+T", "refresh", [this] { m_tabs->reopenClosed(); });
    add("tab.next", tr("Next tab"), "Ctrl+Tab; Ctrl+PgDown", "chevron-right", [this] { m_tabs->next(1); });
    add("tab.previous", tr("Previous tab"), "Ctrl+Shift+Tab; Ctrl+PgUp", "chevron-left", [this] { m_tabs->next(-1); });
    add("window.nextRegion", tr("Go to the next part of the window"), "F6", "panel", [this] { focusRegion(1); });
    add("window.previousRegion", tr("Go to the previous part of the window"), "Shift+F6", "panel", [this] { focusRegion(-1); });
    add("window.tasks", tr("Background tasks"), "", "tasks", [this] { showTasks(); });
    add("window.quit", tr("Quit"), "Ctrl+Q", "close", [this] { close(); });
}

void MainWindow::refreshTitle()
{
    const auto *document = m_tabs->current();
    setWindowTitle(document ? tr("%1 — Hoglet").arg(document->title()) : tr("Hoglet"));
}

void MainWindow::addPlace(const QString &kind, const QString &label, const QString &iconName, bool atBottom)
{
    const int number = m_rail->count() + 1;
    const auto shortcut = number <= 6 && !atBottom ? QString("Ctrl+%1").arg(number) : QString();
    m_rail->addEntry(kind, label, iconName, shortcut, atBottom);
    m_actions.add("place." + kind, tr("Go to %1").arg(label), shortcut, [this, kind] { m_tabs->show(kind); })->setProperty("iconName", iconName);
}

void MainWindow::setAgentPanel(QWidget *panel)
{
    delete m_agentPanel;
    m_agentPanel = panel;
    panel->setMinimumWidth(300);
    m_registry.add({"agent", tr("Agent"), "agent",
                    [this](Workbench &) {
                        auto *document = new PanelDocument("agent", "agent", *m_agentPanel, [this] { putAgentAtTheSide(); });
                        emit agentPlaceChanged(true);
                        return document;
                    },
                    {},
                    {}});
    putAgentAtTheSide();
}

void MainWindow::putAgentAtTheSide()
{
    m_splitter->addWidget(m_agentPanel);
    m_agentPanel->show();
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setStretchFactor(1, 0);
    m_splitter->setSizes({std::max(400, width() - 76 - 400), 400});
    emit agentPlaceChanged(false);
}

bool MainWindow::isAgentInTab() const { return m_agentPanel && m_agentPanel->parentWidget() != m_splitter; }

void MainWindow::setAgentInTab(bool inTab)
{
    if (!m_agentPanel || inTab == isAgentInTab())
        return;
    if (inTab)
        m_tabs->open("agent", {});
    else
        m_tabs->close("agent");
    m_agentPanel->setFocus(Qt::ShortcutFocusReason);
}

void MainWindow::setAgentVisible(bool visible)
{
    if (!m_agentPanel)
        return;
    if (isAgentInTab()) {
        if (visible)
            m_tabs->show("agent");
        else if (isAgentVisible())
            m_tabs->showBefore();
        return;
    }
    const bool hadFocus = m_agentPanel->isAncestorOf(QApplication::focusWidget());
    m_agentPanel->setVisible(visible);
    if (visible)
        m_agentPanel->setFocus(Qt::ShortcutFocusReason);
    else if (hadFocus && m_tabs->current())
        m_tabs->current()->setFocus(Qt::ShortcutFocusReason);
}

bool MainWindow::isAgentVisible() const
{
    if (isAgentInTab())
        return m_tabs->current() && m_tabs->current()->kind() == "agent";
    return m_agentPanel && !m_agentPanel->isHidden();
}

void MainWindow::addQuickOpenSource(std::function<std::vector<Choice>()> source) { m_quickOpen.push_back(std::move(source)); }

void MainWindow::setDriver(std::shared_ptr<posthog::Driver> driver)
{
    m_driver = std::move(driver);
    emit m_bench->driverChanged();
}

void MainWindow::showBanner(const QString &topic, Banner::Severity severity, const QString &text, const QString &action,
                            std::function<void()> run)
{
    auto *&banner = m_banners[topic];
    if (!banner) {
        banner = new Banner;
        auto *frame = new QWidget; // Its margin goes with it when the banner hides.
        auto *margin = new QVBoxLayout(frame);
        margin->setContentsMargins(space::m, space::s, space::m, 0);
        margin->addWidget(banner);
        m_bannerColumn->addWidget(frame);
        connect(banner, &Banner::dismissed, frame, &QWidget::hide);
    }
    banner->parentWidget()->show();
    banner->show(severity, text, action, std::move(run));
}

void MainWindow::dismissBanner(const QString &topic)
{
    if (const auto found = m_banners.find(topic); found != m_banners.end())
        found->second->dismiss();
}

QString MainWindow::bannerText(const QString &topic) const
{
    const auto found = m_banners.find(topic);
    return found == m_banners.end() ? QString() : found->second->text();
}

void MainWindow::showToast(const QString &text) { m_toast->say(text); }
QString MainWindow::toastText() const { return m_toast->text(); }

void MainWindow::restoreDocuments()
{
    const auto loaded = m_store.load();
    const auto window = loaded.state["window"].toObject();
    restoreGeometry(QByteArray::fromBase64(window["geometry"].toString().toLatin1()));
    if (window.contains("splitter"))
        m_splitter->restoreState(QByteArray::fromBase64(window["splitter"].toString().toLatin1()));
    if (m_agentPanel)
        m_agentPanel->setVisible(window["agentVisible"].toBool(true));
    m_tabs->restore(loaded.state["tabs"].toObject());
    m_tabs->makeNow("agent");
    if (m_tabs->count() == 0)
        m_tabs->show("home");
    if (!loaded.setAside.isEmpty())
        showBanner("documents", Banner::Severity::Warning,
                   tr("The list of open documents could not be read. Nothing was deleted: the file is kept as %1.").arg(loaded.setAside));
    m_restored = true;
    m_saving.start();
}

QJsonObject MainWindow::save() const
{
    return {{"version", 1},
            {"tabs", m_tabs->save()},
            {"window", QJsonObject{{"geometry", QString::fromLatin1(saveGeometry().toBase64())},
                                   {"splitter", QString::fromLatin1(m_splitter->saveState().toBase64())},
                                   {"agentVisible", isAgentInTab() || isAgentVisible()}}}};
}

void MainWindow::saveNow()
{
    if (!m_restored) // Nothing may replace what has not been read yet.
        return;
    m_store.save(save());
    m_store.flush();
}

void MainWindow::openPalette()
{
    std::vector<Choice> choices;
    const auto add = [&](QAction *action, const QString &where) {
        if (!action->isEnabled() || !action->isVisible() || action == m_actions.find("window.palette"))
            return;
        choices.push_back({action->text().remove('&'), where, action->shortcut().toString(QKeySequence::NativeText),
                           action->property("iconName").toString(),
                           [guarded = QPointer(action)] {
                               if (guarded)
                                   guarded->trigger();
                           }});
    };
    if (auto *document = m_tabs->current()) {
        for (auto *action : document->documentActions())
            add(action, document->title());
    }
    for (auto *action : m_actions.all())
        add(action, {});
    m_palette->open(tr("What do you want to do?"), std::move(choices));
}

void MainWindow::openQuickOpen()
{
    std::vector<Choice> choices;
    for (const auto &tab : m_tabs->list())
        choices.push_back({tab.title, {}, tr("open"), tab.iconName, [this, id = tab.id] { m_tabs->bringToFront(id); }});
    for (const auto &source : m_quickOpen) {
        for (auto &choice : source())
            choices.push_back(std::move(choice));
    }
    m_palette->open(tr("Open a document, session or workflow"), std::move(choices));
}

void MainWindow::focusRegion(int step)
{
    const auto *focus = QApplication::focusWidget();
    int region = 1; // rail, document, agent
    if (focus && m_rail->isAncestorOf(focus))
        region = 0;
    else if (focus && m_agentPanel && !isAgentInTab() && (m_agentPanel == focus || m_agentPanel->isAncestorOf(focus)))
        region = 2;
    const int count = isAgentVisible() && !isAgentInTab() ? 3 : 2;
    switch ((region + step + count) % count) {
    case 0:
        m_rail->focusCurrent();
        break;
    case 1: {
        QWidget *target = m_tabs->current() ? static_cast<QWidget *>(m_tabs->current()) : m_tabs;
        // A page that does not say where its focus goes gets it on its first control.
        if (!target->focusProxy() && target->focusPolicy() == Qt::NoFocus) {
            for (auto *next = target->nextInFocusChain(); next && next != target; next = next->nextInFocusChain()) {
                if (target->isAncestorOf(next) && next->isVisible() && next->isEnabled() && (next->focusPolicy() & Qt::TabFocus)) {
                    target = next;
                    break;
                }
            }
        }
        target->setFocus(Qt::ShortcutFocusReason);
        break;
    }
    case 2:
        m_agentPanel->setFocus(Qt::ShortcutFocusReason);
        break;
    }
}

void MainWindow::showTasks()
{
    if (m_tasksPopup) {
        m_tasksPopup->deleteLater();
        m_tasksPopup = nullptr;
        return;
    }
    m_tasksPopup = new QFrame(this);
    m_tasksPopup->setProperty("role", "popup");
    m_tasksPopup->setAccessibleName(tr("Background tasks"));
    auto *column = new QVBoxLayout(m_tasksPopup);
    column->setContentsMargins(space::l, space::m, space::l, space::m);
    column->setSpacing(space::m);
    auto *head = new QHBoxLayout;
    auto *title = new QLabel(tr("Background tasks"));
    title->setProperty("role", "heading");
    auto *close = new QToolButton;
    close->setIcon(Theme::icon("close"));
    close->setIconSize({14, 14});
    close->setAccessibleName(tr("Close the list of background tasks"));
    connect(close, &QToolButton::clicked, this, &MainWindow::showTasks);
    head->addWidget(title, 1);
    head->addWidget(close);
    column->addLayout(head);
    column->addWidget(new TaskList(m_tasks, true));
    m_tasksPopup->setFixedSize(380, 280);
    placeTasks();
    m_tasksPopup->show();
    m_tasksPopup->raise();
    close->setFocus();
}

void MainWindow::placeTasks()
{
    if (m_tasksPopup)
        m_tasksPopup->move(width() - m_tasksPopup->width() - space::s, height() - m_status->height() - m_tasksPopup->height() - space::s);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    saveNow();
    emit aboutToClose();
    m_tasks.cancelAll();
    QMainWindow::closeEvent(event);
}

void MainWindow::keyPressEvent(QKeyEvent *event)
{
    // Comes here only when nothing that has the focus wanted it: the topmost thing first, and only that.
    if (event->key() == Qt::Key_Escape && m_tasksPopup) {
        showTasks();
        m_status->tasksButton()->setFocus();
        return;
    }
    // Enter presses a button as Space does; Qt has it so in dialogs only.
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        if (auto *button = qobject_cast<QAbstractButton *>(QApplication::focusWidget()); button && event->modifiers() == Qt::NoModifier) {
            button->click();
            return;
        }
    }
    QMainWindow::keyPressEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    placeTasks();
}

} // namespace ui

#include "tests/support/window_fakes.h"
#include "tests/support/window_notes.h"
#include "ui/conversation/agent_panel.h"
#include "ui/conversation/conversation_view.h"
#include "ui/conversation/session_document.h"
#include "ui/conversation/sessions_page.h"
#include "ui/shell/document_tabs.h"
#include "ui/shell/home_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/rail.h"
#include "ui/shell/settings_page.h"
#include "ui/shell/tasks_page.h"

#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QAbstractItemView>
#include <QComboBox>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QJsonDocument>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>

namespace {

QStringList titles(const ui::MainWindow &window)
{
    QStringList result;
    for (const auto &tab : const_cast<ui::MainWindow &>(window).tabs().list())
        result << tab.title;
    return result;
}

} // namespace

class MainWindowTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { ui::Theme::apply(*qApp, ui::ThemeChoice::Dark); }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void whatIsOpenComesBackAsItWas()
    {
        {
            ui::MainWindow window(m_folder->path());
            addKinds(window);
            window.restoreDocuments();
            window.workbench().open("hogql", {{"text", "SELECT 1"}});
            window.workbench().open("hogql", {{"text", "SELECT 2"}});
            static_cast<NoteDocument *>(window.tabs().current())->edit()->setText("SELECT 3"); // Tells nobody.
            window.tabs().next(-1);
            window.saveNow();
        }
        int made = 0;
        ui::MainWindow window(m_folder->path());
        addKinds(window, &made);

        window.restoreDocuments();

        QCOMPARE(titles(window), (QStringList{"home", "SELECT 1", "SELECT 2"}));
        QCOMPARE(window.tabs().current()->title(), QString("SELECT 1"));
        QCOMPARE(made, 1); // The others when they come to front.
        window.tabs().next(1);
        QCOMPARE(window.tabs().current()->title(), QString("SELECT 3"));
    }
    void theStateIsOnDiskASecondLaterWithoutAnyExit()
    {
        ui::MainWindow window(m_folder->path());
        addKinds(window);
        window.restoreDocuments();
        window.workbench().open("hogql", {{"text", "SELECT unsaved"}});

        QFile file(m_folder->path() + "/window/documents.json");
        QTRY_VERIFY_WITH_TIMEOUT(file.exists() && [&] {
            QFile read(file.fileName());
            return read.open(QIODevice::ReadOnly) && read.readAll().contains("SELECT unsaved");
        }(), 2500);
        QCOMPARE(QFileInfo(file).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }
    void aFileThatDoesNotReadIsSetAsideAndSaid()
    {
        QDir(m_folder->path()).mkpath("window");
        QFile file(m_folder->path() + "/window/documents.json");
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"tabs\": {\"documents\": [ {\"kind\": \"hog");
        file.close();
        ui::MainWindow window(m_folder->path());
        addKinds(window);

        window.restoreDocuments();

        QCOMPARE(titles(window), QStringList{"home"});
        QVERIFY(window.bannerText("documents").contains("Nothing was deleted"));
        const auto kept = QDir(m_folder->path() + "/window").entryList({"*.unreadable-*"});
        QCOMPARE(kept.size(), 1);
        QFile aside(m_folder->path() + "/window/" + kept.first());
        QVERIFY(aside.open(QIODevice::ReadOnly));
        QVERIFY(aside.readAll().endsWith("\"hog"));
    }
    void aKindThatIsNotKnownIsKept()
    {
        QDir(m_folder->path()).mkpath("window");
        QFile file(m_folder->path() + "/window/documents.json");
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({"tabs":{"documents":[{"kind":"future","title":"From tomorrow","icon":"file","state":{"x":1}}],"current":0}})");
        file.close();
        ui::MainWindow window(m_folder->path());
        addKinds(window);

        window.restoreDocuments();
        const auto saved = window.tabs().save()["documents"].toArray().first().toObject();

        QCOMPARE(saved["kind"].toString(), QString("future"));
        QCOMPARE(saved["state"].toObject(), (QJsonObject{{"x", 1}}));
    }
    void tabsCloseAndComeBack()
    {
        ui::MainWindow window(m_folder->path());
        addKinds(window);
        window.restoreDocuments();
        window.workbench().open("hogql", {{"text", "SELECT 1"}});

        window.tabs().closeCurrent();
        QCOMPARE(titles(window), QStringList{"home"});
        QVERIFY(window.tabs().reopenClosed());
        QCOMPARE(titles(window), (QStringList{"home", "SELECT 1"}));
        static_cast<NoteDocument *>(window.tabs().current())->mayBeClosed = false;
        window.tabs().closeCurrent();
        QCOMPARE(window.tabs().count(), 2);
        window.tabs().next(1);
        window.tabs().closeCurrent();
        static_cast<NoteDocument *>(window.tabs().current())->mayBeClosed = true;
        window.tabs().closeCurrent();
        QCOMPARE(window.tabs().count(), 0);
        QCOMPARE(window.tabs().current(), nullptr);
        window.workbench().open("home", {});
        QCOMPARE(titles(window), QStringList{"home"});
    }
    void openingWhatIsOpenBringsItToFront()
    {
        ui::MainWindow window(m_folder->path());
        addKinds(window);
        window.restoreDocuments();
        auto *first = window.workbench().open("explore", {});
        window.workbench().open("hogql", {});
        window.workbench().open("hogql", {});

        QCOMPARE(window.workbench().open("explore", {}), first);
        QCOMPARE(window.tabs().count(), 4);
        QCOMPARE(window.workbench().open("nonsense", {}), nullptr);
        QVERIFY(window.toastText().contains("nonsense"));
    }
    void actionsAreRegisteredOnceAndFoundInThePalette()
    {
        ui::MainWindow window(m_folder->path());
        addKinds(window);
        window.restoreDocuments();
        QVERIFY(isShown(window));
        int runs = 0;
        auto *action = window.workbench().addAction("test.run", "Frobnicate the widget", "Ctrl+Alt+F", [&] { ++runs; });
        QCOMPARE(window.workbench().addAction("test.run", "Frobnicate all widgets", "Ctrl+Alt+F", [&] { runs += 10; }), action);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(".*belongs to.*"));
        auto *clash = window.workbench().addAction("test.clash", "Clash", "Ctrl+Alt+F", [] {});
        QVERIFY(clash->shortcuts().isEmpty());

        QTest::keyClick(&window, Qt::Key_F, Qt::ControlModifier | Qt::AltModifier);
        QCOMPARE(runs, 10);
        QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
        QVERIFY(window.palette().isOpen());
        QTest::keyClicks(QApplication::focusWidget(), "frob wid");
        QCOMPARE(window.palette().model().rowCount(), 1);
        QCOMPARE(window.palette().model().index(0).data(ui::ChoiceModel::HintRole).toString(), QString("Ctrl+Alt+F"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QCOMPARE(runs, 20);
        QVERIFY(!window.palette().isOpen());
    }
    void thePaletteGivesTheFocusBackAndEscapeClosesNothingElse()
    {
        ui::MainWindow window(m_folder->path());
        addKinds(window);
        window.restoreDocuments();
        QVERIFY(isShown(window));
        auto *document = static_cast<NoteDocument *>(window.tabs().current());
        document->edit()->setFocus();
        window.statusLine().tasksButton()->click();
        auto *popupFocus = QApplication::focusWidget();

        window.openQuickOpen();
        QVERIFY(window.palette().isOpen());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);

        QVERIFY(!window.palette().isOpen());
        QCOMPARE(QApplication::focusWidget(), popupFocus);
        QVERIFY(popupFocus->isVisible()); // The list of tasks is still there.
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QTRY_VERIFY(QApplication::focusWidget() == window.statusLine().tasksButton());
    }
    void theKeyboardGoesEverywhere()
    {
        FakeAgent agent;
        ui::AgentHub hub([&]() -> ph::Result<std::unique_ptr<acp::Transport>> { return agent.connect(); }, m_folder->path(), m_folder->path());
        ui::MainWindow window(m_folder->path());
        addKinds(window);
        auto *panel = new ui::AgentPanel(hub, window.workbench());
        window.setAgentPanel(panel);
        window.restoreDocuments();
        QVERIFY(isShown(window));
        const char *kinds[] = {"home", "workflows", "explore", "hogql", "sessions", "tasks"};
        for (int i = 0; i < 6; ++i) {
            QTest::keyClick(&window, Qt::Key(Qt::Key_1 + i), Qt::ControlModifier);
            QCOMPARE(window.tabs().current()->kind(), QString(kinds[i]));
            QVERIFY(window.tabs().current()->isAncestorOf(QApplication::focusWidget()));
        }

        QTest::keyClick(&window, Qt::Key_F6);
        QVERIFY(panel->isAncestorOf(QApplication::focusWidget()));
        QTest::keyClick(&window, Qt::Key_F6);
        QVERIFY(window.rail().isAncestorOf(QApplication::focusWidget()));
        QTest::keyClick(&window, Qt::Key_F6);
        QVERIFY(window.tabs().current()->isAncestorOf(QApplication::focusWidget()));
        QTest::keyClick(&window, Qt::Key_F6, Qt::ShiftModifier);
        QVERIFY(window.rail().isAncestorOf(QApplication::focusWidget()));

        window.rail().focusCurrent();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Up);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QCOMPARE(window.tabs().current()->kind(), QString("sessions"));

        QTest::keyClick(&window, Qt::Key_J, Qt::ControlModifier);
        QVERIFY(!window.isAgentVisible());
        QTest::keyClick(&window, Qt::Key_J, Qt::ControlModifier);
        QVERIFY(window.isAgentVisible());
        QVERIFY(panel->isAncestorOf(QApplication::focusWidget()));
        const int before = window.tabs().count();
        QTest::keyClick(&window, Qt::Key_T, Qt::ControlModifier);
        QCOMPARE(window.tabs().count(), before + 1);
        QTest::keyClick(&window, Qt::Key_W, Qt::ControlModifier);
        QCOMPARE(window.tabs().count(), before);
    }
    void everyControlHasANameToBeReadAloud()
    {
        FakeAgent agent;
        FakeConnection connection;
        FakeModels models;
        FakeAgents others;
        ui::SessionMarks marks(m_folder->path() + "/sessions.json");
        auto store = std::make_shared<FakeSessionStore>();
        store->sessions = {{"run-1", "Title", "2026-01-01T00:00:00Z", "", false}};
        ui::HomeContent home;
        home.quickStarts = {{"hogql", "New query", "Ask", [] {}}};
        home.sections = {{"Recent", "None", [](auto then) { then({{"file", "Entry", "now", [] {}}}); }}};
        ui::AgentHub hub([&]() -> ph::Result<std::unique_ptr<acp::Transport>> { return agent.connect(); }, m_folder->path(), m_folder->path());
        ui::MainWindow window(m_folder->path());
        addKinds(window);
        window.documents().add({"home", "Home", "home", [&](ui::Workbench &bench) { return new ui::HomePage(bench, home); }, {}, {}});
        window.documents().add({"sessions", "Sessions", "session", [&](ui::Workbench &bench) { return new ui::SessionsPage(bench, store, marks, [](const QString &) {}); }, {}, {}});
        window.documents().add({"session", "Session", "session", [&](ui::Workbench &bench) { return new ui::SessionDocument(bench, store); }, {}, {}});
        window.documents().add({"tasks", "Tasks", "tasks", [&](ui::Workbench &) { return new ui::TasksPage(window.tasks()); }, {}, {}});
        window.documents().add({"settings", "Settings", "settings", [&](ui::Workbench &bench) { return new ui::SettingsPage(bench, connection, models, others, [](auto, auto) {}); }, {}, {}});
        window.setAgentPanel(new ui::AgentPanel(hub, window.workbench()));
        window.showBanner("x", ui::Banner::Severity::Error, "Broken", "Retry", [] {});
        window.restoreDocuments();
        QVERIFY(isShown(window));
        auto task = window.workbench().startTask("Export");
        window.statusLine().tasksButton()->click();
        window.openPalette();
        for (const char *kind : {"sessions", "session", "tasks", "settings"})
            window.workbench().open(kind, {});
        QTest::qWait(150);

        QStringList nameless;
        for (auto *widget : window.findChildren<QWidget *>()) {
            const bool isControl = qobject_cast<QAbstractButton *>(widget) || qobject_cast<QLineEdit *>(widget)
                || qobject_cast<QPlainTextEdit *>(widget) || qobject_cast<QComboBox *>(widget) || qobject_cast<QAbstractItemView *>(widget)
                || qobject_cast<QProgressBar *>(widget) || qobject_cast<QAbstractSpinBox *>(widget) || qobject_cast<ui::ConversationView *>(widget);
            auto *button = qobject_cast<QAbstractButton *>(widget);
            const bool insideAnother = widget->objectName().startsWith("qt_") || QByteArray(widget->metaObject()->className()).startsWith("QComboBoxPrivate")
                || widget->parentWidget()->inherits("QComboBoxPrivateContainer") || qobject_cast<QComboBox *>(widget->parentWidget()) || qobject_cast<QLineEdit *>(widget->parentWidget())
                || (widget->parentWidget() && widget->parentWidget()->inherits("QTabBar") && widget->property("role").isNull());
            if (isControl && !insideAnother && widget->accessibleName().isEmpty() && !(button && !button->text().isEmpty() && button->isVisible()))
                if (!button || button->isVisibleTo(&window) || !button->text().isEmpty() || !button->icon().isNull())
                    nameless << QString("%1 in %2").arg(widget->metaObject()->className(), widget->parentWidget()->metaObject()->className());
        }

        nameless.removeAll("QPushButton in ui::Banner"); // has no action and does not show
        nameless.removeAll("QPushButton in ui::EmptyState");
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join('\n')));
    }
    void theListOfThePaletteIsASoundModel()
    {
        ui::ChoiceModel choices;
        QAbstractItemModelTester choicesTester(&choices);
        choices.setChoices({{"Open settings", {}, {}, {}, {}}, {"New query", {}, {}, {}, {}}, {"Reopen closed tab", {}, {}, {}, {}}});
        choices.setPattern("op");
        QCOMPARE(choices.index(0).data().toString(), QString("Open settings"));
        QCOMPARE(choices.rowCount(), 2);
        choices.setPattern("zzz");
        QCOMPARE(choices.rowCount(), 0);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_MAIN(MainWindowTest)
#include "main_window_test.moc"

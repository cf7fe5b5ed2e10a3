// Renders the window in both themes into a folder, for eyes: $HOGLET_SCREENS, or screens/ beside the test.
#include "tests/support/window_fakes.h"
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
#include "ui/shell/theme.h"

#include <QApplication>
#include <QDir>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QToolButton>
#include <QPushButton>
#include <QScrollArea>
#include <QtTest>

namespace {

constexpr auto answer = R"(I looked at the sign-up funnel of the **last 30 days**, by browser.

## What fell
- `signed_up` after `$pageview` fell from 31 % to *24 %* on Tuesday
- the fall is on **Safari 17** alone: 9 % (n = 412) against 29 % (n = 3,180)
  1. desktop and mobile alike
  2. other steps did not change

```sql
SELECT properties.$browser AS browser, count() AS people
FROM events -- one row a visit
WHERE event = '$pageview' AND timestamp >= now() - INTERVAL 30 DAY
GROUP BY browser
ORDER BY people DESC
LIMIT 10
```

| Browser | Visitors | Signed up | Rate |
|---|---:|---:|---:|
| Chrome 118 | 12,408 | 3,722 | 30.0 % |
| Safari 17 | 412 | 37 | 9.0 % |
| Firefox 119 | 1,877 | 531 | 28.3 % |

> The form posts to an address that Safari blocks as a tracker.

See [the release notes](https://docs.example.com/releases/4711) for what changed.)";

acp::ToolCall queryCall(const std::string &id, const std::string &title, const std::string &status)
{
    acp::ToolCall call;
    call.toolCallId = {id};
    call.title = title;
    call.kind = "search";
    call.status = status;
    call.rawInput = ph::Json{{"hogql", "SELECT event, count() AS n\nFROM events\nWHERE timestamp >= now() - INTERVAL 7 DAY\nGROUP BY event"}};
    if (status == "completed") {
        ph::Json rows = ph::Json::array();
        for (int i = 0; i < 42; ++i)
            rows.push_back({"event_" + std::to_string(i), 12'000 - i * 131});
        call.rawOutput = ph::Json{{"columns", {{{"name", "event"}, {"type", "String"}}, {{"name", "n"}, {"type", "UInt64"}}}}, {"rows", rows}};
    }
    return call;
}

void ask(FakeAgent::Turn &turn, const std::string &title, const ph::Json &input, std::vector<acp::ToolCallContent> content = {})
{
    acp::RequestPermissionRequest request;
    request.sessionId = turn.request.sessionId;
    request.toolCall.toolCallId = {"call-" + title};
    request.toolCall.title = title;
    request.toolCall.rawInput = input;
    if (!content.empty())
        request.toolCall.content = std::move(content);
    request.options = {{"once", "Allow once", "allow_once", ph::Json{{"hoglet", {{"recommended", true}}}}},
                       {"always", "Always allow in this session", "allow_always", {}},
                       {"no", "Reject", "reject_once", {}}};
    turn.client.requestPermission(request, turn.stop);
}

/// A file of some length that posts a form to an address.
std::string form(const std::string &address)
{
    std::string text = "import { post } from './http';\n\n";
    for (int i = 0; i < 40; ++i)
        text += "export const field" + std::to_string(i) + " = { name: 'field" + std::to_string(i) + "', required: true };\n";
    return text + "\nexport async function send(values: Values) {\n    const answer = await post('" + address + "', values);\n    return answer.ok;\n}\n";
}

std::string storyTurn(FakeAgent::Turn &turn)
{
    acp::Plan plan;
    plan.entries = {{"Read the events of the funnel", "high", "completed", {}},
                    {"Compare browsers", "medium", "completed", {}},
                    {"Find the release that changed the form and say what it did to Safari", "medium", "in_progress", {}},
                    {"Write it up", "low", "pending", {}}};
    turn.send(plan);
    acp::AgentThoughtChunk thought;
    thought.content = acp::ContentBlock::ofText("The fall is sudden, so it is a release and not a trend. Compare by browser first.");
    turn.send(thought);
    turn.send(queryCall("call-1", "Count events of the last 7 days", "completed"));
    turn.send(queryCall("call-2", "Sign-ups by browser and by the version of the browser, last 30 days", "failed"));
    turn.say(answer);
    turn.send(queryCall("call-3", "Compare the two releases", "in_progress"));
    acp::UsageUpdate usage;
    usage.used = 48'000;
    usage.size = 200'000;
    turn.send(usage);

    ask(turn, "Create the cohort \"Safari 17, did not sign up\"?",
        {{"kind", "cohorts"}, {"body", {{"name", "Safari 17, did not sign up"}, {"filters", {{"browser", "Safari"}}}}}});
    ask(turn, "Edit `web/signup/form.ts`", {{"file_path", "web/signup/form.ts"}},
        {acp::ToolCallContent::ofDiff("/home/ada/driftboard/web/signup/form.ts", form("https://t.driftboard.example/signup"), form("/api/signup"))});
    ask(turn, "Run the tests of the form", {{"command", "cd web && npm test -- --filter signup && git log --oneline -5"}});
    return "end_turn";
}

} // namespace

class ScreensTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const auto asked = qEnvironmentVariable("HOGLET_SCREENS");
        m_folder = asked.isEmpty() ? QCoreApplication::applicationDirPath() + "/screens" : asked;
        QVERIFY(QDir().mkpath(m_folder));
    }
    void window_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }
    void window()
    {
        QFETCH(bool, dark);
        m_dark = dark;
        ui::Theme::apply(*qApp, dark ? ui::ThemeChoice::Dark : ui::ThemeChoice::Light);
        QTemporaryDir data;
        FakeAgent agent;
        agent.onPrompt = storyTurn;
        FakeAgent loggedOut;
        loggedOut.isLoggedOut = true;
        loggedOut.authMethods = ph::Json::parse(R"([{"id": "browser", "name": "Log in with Anthropic", "description": "Opens your browser."},
            {"id": "tty", "name": "Log in in a terminal", "type": "terminal"}])");
        FakeConnection connection;
        FakeModels models;
        FakeAgents others;
        ui::SessionMarks marks(data.path() + "/sessions.json");
        auto store = std::make_shared<FakeSessionStore>();
        const auto now = QDateTime::currentDateTimeUtc();
        store->sessions = {{"run-1", "Find the drop-off in the sign-up funnel", now.toString(Qt::ISODateWithMs).toStdString(), "funnel-drop-off", true, "", "Hoglet", ""},
                           {"run-2", "Why did errors rise after release 4711?", now.addDays(-1).toString(Qt::ISODateWithMs).toStdString(), "", false, "codex", "Codex", "/home/ana/src/driftboard"},
                           {"run-3", "Which features keep people in their second week, compared with those who left after the first day", now.addDays(-9).toString(Qt::ISODateWithMs).toStdString(), "", false, "", "Hoglet", ""}};
        marks.setPinned("run-3", true);
        store->logs["run-2"] = {R"({"jsonrpc":"2.0","id":1,"method":"session/prompt","params":{"sessionId":"s","prompt":[{"type":"text","text":"Why did errors rise after release 4711?"}]}})",
                                R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"They rose in **one** place: the export dialog."}}}})",
                                R"({"jsonrpc":"2.0","id":1,"result":{"stopReason":"cancelled"}})"};
        ui::AgentHub hub([&]() -> ph::Result<std::unique_ptr<acp::Transport>> { return agent.connect(); }, data.path(), data.path());
        ui::HomeContent home;
        home.quickStarts = {{"workflow", "Start a workflow", "Guided steps from a question to a decision", [] {}},
                            {"hogql", "New query", "Ask the data in HogQL", [] {}},
                            {"explore", "Explore", "Events, people, cohorts, flags, insights", [] {}},
                            {"agent", "Ask the agent", "In your own words", [] {}}};
        home.sections = {{"Waiting for you", {}, [](auto then) { then({{"shield", "Permission: create the cohort \"Safari 17\"", "now", [] {}}}); }},
                         {"Recent sessions", "No sessions yet.", [](auto then) {
                              then({{"session", "Find the drop-off in the sign-up funnel", "Today 14:05", [] {}},
                                    {"session", "Why did errors rise after release 4711?", "Yesterday 09:12", [] {}}});
                          }},
                         {"Recent queries", "No queries yet. Ctrl+T opens one.", [](auto then) { then({}); }}};

        ui::MainWindow window(data.path());
        window.documents().add({"home", "Home", "home", [&](ui::Workbench &bench) { return new ui::HomePage(bench, home); }, {}, {}});
        window.documents().add({"sessions", "Sessions", "session", [&](ui::Workbench &bench) { return new ui::SessionsPage(bench, store, marks, [](const QString &) {}); }, {}, {}});
        window.documents().add({"session", "Session", "session", [&](ui::Workbench &bench) { return new ui::SessionDocument(bench, store); }, ui::oneFor("runId"), "sessions"});
        window.documents().add({"tasks", "Tasks", "tasks", [&](ui::Workbench &) { return new ui::TasksPage(window.tasks()); }, {}, {}});
        window.documents().add({"settings", "Settings", "settings", [&](ui::Workbench &bench) { return new ui::SettingsPage(bench, connection, models, others, [](auto, auto) {}); }, {}, {}});
        window.addPlace("home", "Home", "home");
        window.addPlace("workflow", "Workflows", "workflow");
        window.addPlace("explore", "Explore", "explore");
        window.addPlace("hogql", "HogQL", "hogql");
        window.addPlace("sessions", "Sessions", "session");
        window.addPlace("tasks", "Tasks", "tasks");
        window.addPlace("settings", "Settings", "settings", true);
        auto *panel = new ui::AgentPanel(hub, window.workbench());
        window.setAgentPanel(panel);
        window.statusLine().setProject("Driftboard", "127.0.0.1", true);
        window.statusLine().setConnection(ui::StatusLine::Connection::Connecting, "Connecting…");
        window.restoreDocuments();
        window.show();
        keep(window, "1-start");

        hub.start();
        QTRY_COMPARE(hub.embedded().state(), ui::AgentHub::State::Ready);
        QTRY_VERIFY(hub.current()->isOpen());
        window.statusLine().setConnection(ui::StatusLine::Connection::Connected, "Connected");
        window.statusLine().setAgent("Guided · Ask first");
        keep(window, "2-ready");

        hub.current()->send("Can you check why the **sign-up funnel** fell this week?");
        QTRY_VERIFY(!hub.current()->questions().empty());
        hub.current()->send("And compare it with last month");
        window.rail().setBadge("sessions", 1);
        QTest::qWait(60);
        panel->ask("Look at Safari first", {{"title", "Funnel: sign-up"}, {"kind", "workflow"}, {"text", "x"}});
        keep(window, "3-question");
        for (const char *name : {"3a-edit", "3b-command"}) {
            const auto before = hub.current()->questions().front();
            panel->answer(3);
            QTRY_VERIFY(!hub.current()->questions().empty() && hub.current()->questions().front() != before);
            keep(window, name);
        }
        panel->answer(3);
        QTRY_VERIFY(!hub.current()->isRunning() || hub.current()->queue().empty());
        hub.current()->stop();
        QTRY_VERIFY(!hub.current()->isRunning());
        panel->view().setItemOpen(hub.current()->conversation().items()[2].id, true);
        panel->view().verticalScrollBar()->setValue(0);
        keep(window, "4-tool-open");
        panel->view().verticalScrollBar()->setValue(560);
        keep(window, "5-markdown");
        window.openPalette();
        keep(window, "6-palette");
        window.palette().closePalette();

        window.workbench().open("sessions", {});
        QTest::qWait(80);
        keep(window, "7-sessions");
        window.workbench().open("session", {{"runId", "run-2"}});
        QTest::qWait(80);
        keep(window, "8-session");
        window.workbench().open("settings", {});
        keep(window, "9-settings");
        auto *scroll = window.tabs().current()->findChild<QScrollArea *>();
        scroll->verticalScrollBar()->setValue(scroll->verticalScrollBar()->maximum());
        for (auto *button : window.tabs().current()->findChildren<QPushButton *>()) {
            if (button->accessibleName() == "Test the connection to Claude")
                button->click();
        }
        QTest::qWait(60);
        scroll->verticalScrollBar()->setValue(scroll->verticalScrollBar()->maximum());
        keep(window, "9a-other-agents");
        hub.setOthers({{"codex", "Codex", [](const ui::AgentChoice::Launched &then) {
                            then(ph::fail(ph::ErrorCode::Network, "codex-acp ended with code 1: no such model\n\nstarting codex-acp 2.6.0\nreading "
                                                                  "~/.codex/config.toml\nerror: model \"gpt-9\" is not available for this account\nno such model"));
                        }},
                       {"claude", "Claude", [&](const ui::AgentChoice::Launched &then) { then(loggedOut.connect()); }}});
        auto *crashed = hub.newSession("codex");
        QTRY_COMPARE(crashed->line().state(), ui::AgentLine::State::Gone);
        keep(window, "9b-crash");
        auto *waiting = hub.newSession("claude");
        QTRY_COMPARE(waiting->line().state(), ui::AgentLine::State::LoggedOut);
        keep(window, "9c-login");
        hub.setCurrent(hub.sessions().front());
        auto task = window.workbench().startTask("Export 1,204,332 events");
        task->setProgress(42, "506,000 of 1,204,332 rows");
        auto other = window.workbench().startTask("Import driftboard.parquet");
        window.workbench().open("tasks", {});
        QTest::qWait(200);
        window.statusLine().tasksButton()->click();
        keep(window, "A-tasks");
        window.statusLine().tasksButton()->click();

        agent.stop();
        QTRY_COMPARE(hub.embedded().state(), ui::AgentHub::State::Gone);
        window.showBanner("project", ui::Banner::Severity::Error, "The project server does not answer on 127.0.0.1:41873.", "Retry", [] {});
        window.workbench().toast("Copied 12 rows");
        window.resize(1000, 640);
        keep(window, "B-small-and-broken");
    }

private:
    void keep(QWidget &widget, const QString &name)
    {
        QTest::qWait(60);
        const auto picture = widget.grab();
        QVERIFY(!picture.isNull());
        QVERIFY(picture.save(QString("%1/%2-%3.png").arg(m_folder, name, m_dark ? "dark" : "light")));
    }

    QString m_folder;
    bool m_dark = true;
};

QTEST_MAIN(ScreensTest)
#include "screens_test.moc"

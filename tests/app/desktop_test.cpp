// The whole window on a real local project, with a real agent. The program is its own helper: with --until-a-question it runs a workflow
// until something is asked and then waits to be killed.
#include "app/desktop.h"
#include "driver/base/paths.h"
#include "ui/conversation/question_card.h"
#include "ui/conversation/question_pointer.h"
#include "ui/explore/detail_pane.h"
#include "ui/explore/explore_page.h"
#include "ui/explore/export_form.h"
#include "ui/explore/exports_page.h"
#include "ui/explore/list_header.h"
#include "ui/explore/object_list.h"
#include "ui/explore/related_view.h"
#include "ui/explore/rows_model.h"
#include "ui/shell/document_tabs.h"
#include "ui/workflows/run_header.h"
#include "ui/workflows/step_rail.h"
#include "ui/workflows/workflow_run_page.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QLabel>
#include <QListView>
#include <QProcess>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <cstdio>

namespace {

constexpr int longWait = 120'000; // a demo project is made, on a busy machine, with sanitizers

/// Every folder of the program under `home`.
void setHome(const QString &home)
{
    for (const char *name : {"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"})
        qputenv(name, home.toUtf8());
    for (const char *name : {"POSTHOG_API_URL", "POSTHOG_PERSONAL_API_KEY", "POSTHOG_PROJECT_ID", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN",
                             "ANTHROPIC_BASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "LLM_GATEWAY_URL"}) // whose services would be asked
        qunsetenv(name);
}

app::LocalProjectOptions demoIn(const QString &home)
{
    app::LocalProjectOptions demo;
    demo.choice.folder = (home + "/projects").toStdString();
    demo.choice.anchor = "2026-01-31T12:00:00Z";
    demo.program = HOGLET_PROJECT;
    return demo;
}

std::unique_ptr<app::Desktop> makeDesktop(const QString &home)
{
    auto desktop = std::make_unique<app::Desktop>(ui::Settings{}, home + "/settings.json", home, demoIn(home));
    desktop->window().restoreDocuments();
    desktop->window().show();
    desktop->start();
    return desktop;
}

ui::WorkflowRunPage *runPageOf(app::Desktop &desktop) { return qobject_cast<ui::WorkflowRunPage *>(desktop.window().tabs().current()); }

int runUntilAQuestion(const QString &home)
{
    auto desktop = makeDesktop(home);
    QTimer watch;
    bool isStarted = false, isSaid = false;
    QObject::connect(&watch, &QTimer::timeout, [&] {
        if (!isStarted && !desktop->runs().definitions().empty()) {
            isStarted = true;
            desktop->window().workbench().open("workflow", {{"workflow", "funnel-drop-off"}, {"parameters", QJsonObject()}});
        }
        const auto *page = runPageOf(*desktop);
        if (isStarted && !isSaid && page && page->question()->question() && !page->state()["runId"].toString().isEmpty()) {
            isSaid = true;
            desktop->window().saveNow(); // as it does by itself every second
            std::printf("question %d\n", page->run().done());
            std::fflush(stdout);
        }
    });
    watch.start(20);
    return QApplication::exec();
}

} // namespace

class DesktopTest : public QObject
{
    Q_OBJECT

private slots:
    void aDamagedDemoIsMadeAnewWhenTheUserSaysSo();
    void aRunsQuestionIsAnsweredInOnePlace();
    void aQuestionOutlivesAKilledProgram();
    void aListIsExportedWhole();
    void everyEntityIsListedWithWhatBelongsToIt();
};

void DesktopTest::aDamagedDemoIsMadeAnewWhenTheUserSaysSo()
{
    QTemporaryDir home;
    setHome(home.path());
    const auto store = QString::fromStdString(localproject::storePathOf(demoIn(home.path()).choice).string());
    QVERIFY(QDir().mkpath(home.path() + "/projects"));
    const QByteArray damaged = "no database at all" + QByteArray(10'000, 'x');
    QFile file(store);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(damaged) == damaged.size());
    file.close();

    auto desktop = makeDesktop(home.path());

    QTRY_VERIFY_WITH_TIMEOUT(desktop->window().bannerText("project").contains("Make the demo project anew?"), longWait);
    QVERIFY(!desktop->window().bannerText("project").contains("--rebuild")); // which is for a terminal
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), damaged); // until one says so
    file.close();
    QVERIFY(!desktop->window().workbench().driver());
    if (const auto folder = qEnvironmentVariable("HOGLET_SCREENS"); !folder.isEmpty()) {
        QTest::qWait(300);
        QVERIFY(desktop->window().grab().save(folder + "/damaged-demo.png"));
    }

    for (auto *button : desktop->window().findChildren<QPushButton *>()) {
        if (button->text() == "Make it anew")
            button->click();
    }

    QTRY_VERIFY_WITH_TIMEOUT(desktop->window().workbench().driver(), longWait);
    QCOMPARE(desktop->window().bannerText("project"), QString());
    QFile kept(store + ".old");
    QVERIFY(kept.open(QIODevice::ReadOnly));
    QCOMPARE(kept.readAll(), damaged);
}

void DesktopTest::aRunsQuestionIsAnsweredInOnePlace()
{
    QTemporaryDir home;
    setHome(home.path());
    auto desktop = makeDesktop(home.path());
    QTRY_VERIFY(!desktop->runs().definitions().empty());
    auto &window = desktop->window();
    window.workbench().open("workflow", {{"workflow", "funnel-drop-off"}, {"parameters", QJsonObject()}});
    auto *page = runPageOf(*desktop);
    QVERIFY(page);
    auto *panel = window.findChild<ui::AgentPanel *>();

    QTRY_VERIFY_WITH_TIMEOUT(page->question()->isVisible(), longWait);

    // The panel has a line that leads there, and no card of its own.
    QVERIFY(!panel->card().isVisible());
    QVERIFY(panel->pointer().isVisible());
    QCOMPARE(panel->pointer().button()->text(), "Answer in the run page");
    window.workbench().open("home", {});
    panel->answer(1); // Nobody answers what they do not see: it shows the page.
    QCOMPARE(window.tabs().current(), page);
    QVERIFY(page->question()->isVisible());
    window.workbench().open("home", {});
    panel->pointer().button()->click();
    QCOMPARE(window.tabs().current(), page);

    // Both settle at the same moment, by a key from anywhere in the window.
    const auto asked = page->question()->question();
    panel->answer(1);
    QVERIFY(!asked->isOpen());
    QVERIFY(page->question()->question() != asked);
    QVERIFY(!panel->pointer().isVisible() || page->question()->question());
    page->stop();
    QTRY_VERIFY_WITH_TIMEOUT(page->run().phase != ui::RunPhase::Running && page->run().phase != ui::RunPhase::Waiting, longWait);
}

void DesktopTest::aQuestionOutlivesAKilledProgram()
{
    QTemporaryDir home;
    setHome(home.path());
    QProcess first;
    first.start(QCoreApplication::applicationFilePath(), {"--until-a-question", home.path()});
    QVERIFY(first.waitForStarted());
    QByteArray said;
    while (!said.contains("question ")) {
        QVERIFY(first.waitForReadyRead(longWait));
        said += first.readAllStandardOutput();
    }
    const int doneBefore = said.mid(said.indexOf("question ") + 9).trimmed().toInt();
    QVERIFY(doneBefore > 0);
    ::kill(pid_t(first.processId()), SIGKILL);
    QVERIFY(first.waitForFinished());

    auto desktop = makeDesktop(home.path());

    auto *page = runPageOf(*desktop);
    QVERIFY(page);
    QTRY_VERIFY_WITH_TIMEOUT(page->question()->isVisible(), longWait);
    QVERIFY2(page->statusText().startsWith("Waits for your answer"), qPrintable(page->statusText()));
    QCOMPARE(page->run().done(), doneBefore);
    QTRY_VERIFY_WITH_TIMEOUT(!desktop->runs().recentRuns().empty(), longWait);
    QCOMPARE(desktop->runs().recentRuns().front().state, "waiting");
    if (const auto folder = qEnvironmentVariable("HOGLET_SCREENS"); !folder.isEmpty()) {
        QTest::qWait(300);
        QVERIFY(desktop->window().grab().save(folder + "/question-after-a-kill.png"));
    }
    const auto asked = page->question()->question();
    const auto runId = page->state()["runId"].toString();

    // The answer goes on from that step: the same is not asked again, and nothing before it is counted again.
    page->question()->chooseNumber(2);
    QTRY_VERIFY_WITH_TIMEOUT(page->run().phase == ui::RunPhase::Running || page->run().done() > doneBefore, longWait);
    int questions = 0;
    while (page->run().phase != ui::RunPhase::Done && page->run().phase != ui::RunPhase::Failed && questions < 20) {
        QTRY_VERIFY_WITH_TIMEOUT(page->question()->isVisible() || page->run().phase == ui::RunPhase::Done || page->run().phase == ui::RunPhase::Failed, longWait);
        if (!page->question()->isVisible())
            continue;
        ++questions;
        QVERIFY2(page->question()->question()->text() != asked->text(), "the answer that was given was lost");
        page->question()->chooseNumber(int(page->question()->question()->options().size())); // the last one creates nothing
        QTest::qWait(20);
    }

    QCOMPARE(page->run().phase, ui::RunPhase::Done);
    QVERIFY(page->run().hasReport);
    QCOMPARE(page->state()["runId"].toString(), runId); // one run, one log
    for (const auto &step : page->run().steps)
        QVERIFY2(!step.isOld, step.id.c_str());
}

void DesktopTest::aListIsExportedWhole()
{
    QTemporaryDir home;
    setHome(home.path());
    auto desktop = makeDesktop(home.path());
    auto &window = desktop->window();
    QTRY_VERIFY_WITH_TIMEOUT(window.workbench().driver(), longWait);
    window.workbench().open("explore", {{"object", "events"}, {"where", "event = {name}"}, {"values", QJsonObject{{"name", "signed_up"}}}});
    auto *explore = qobject_cast<ui::ExplorePage *>(window.tabs().current());
    QTRY_VERIFY_WITH_TIMEOUT(!explore->isLoading() && explore->rows()->rowCount() > 0, longWait);

    explore->header()->exportButton()->click();
    auto *page = qobject_cast<ui::ExportsPage *>(window.tabs().current());
    QVERIFY(page && page->isFormShown());
    page->form()->setFrom("2026-01-01");
    page->form()->setTo("2026-01-31");
    page->form()->setFile(home.filePath("sign-ups.jsonl"));
    page->start();
    const int id = desktop->exports().jobs().front().id;
    QTRY_VERIFY_WITH_TIMEOUT(desktop->exports().find(id)->state != ui::ExportJob::State::Running, longWait);

    const auto &job = *desktop->exports().find(id);
    QVERIFY2(job.state == ui::ExportJob::State::Done && job.isComplete, qPrintable(job.text));
    QFile file(home.filePath("sign-ups.jsonl"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto lines = file.readAll().trimmed().split('\n');
    QCOMPARE(std::int64_t(lines.size()), job.progress.rows);
    for (const auto &line : lines)
        QVERIFY2(line.contains("\"signed_up\""), line.constData());
    if (const auto folder = qEnvironmentVariable("HOGLET_SCREENS"); !folder.isEmpty()) {
        page->showForm({{"object", "persons"}, {"where", "properties.plan = 'pro'"}});
        QTest::qWait(200);
        QVERIFY(window.grab().save(folder + "/exports.png"));
    }
}

void DesktopTest::everyEntityIsListedWithWhatBelongsToIt()
{
    QTemporaryDir home;
    setHome(home.path());
    auto desktop = makeDesktop(home.path());
    auto &window = desktop->window();
    QTRY_VERIFY_WITH_TIMEOUT(window.workbench().driver(), longWait);
    window.resize(1440, 900);
    window.setAgentVisible(false);
    window.workbench().open("explore", {{"object", "persons"}});
    auto *page = qobject_cast<ui::ExplorePage *>(window.tabs().current());
    QVERIFY(page);
    QTRY_VERIFY_WITH_TIMEOUT(page->objects()->view()->model()->rowCount() >= 6, longWait);

    QStringList problems;
    const auto objects = window.workbench().driver()->listObjects();
    QVERIFY(objects);
    for (const auto &info : *objects) {
        const auto object = QString::fromStdString(info.name);
        page->go({{"object", object}});
        QTRY_VERIFY_WITH_TIMEOUT(!page->isLoading(), longWait);
        if (page->rows()->rowCount() == 0) {
            problems << object + " has no rows";
            continue;
        }
        page->showItem(0);
        if (ui::itemTitle(info.name, page->rows()->item(0)).isEmpty() || ui::itemId(info.name, page->rows()->item(0)).empty())
            problems << object + " has no name or id: " + QString::fromStdString(page->rows()->item(0).dump()).left(300);
        page->detail()->showTab(1);
        QTRY_VERIFY_WITH_TIMEOUT(!page->detail()->related()->isLoading(), longWait);
        for (const auto *label : page->detail()->related()->findChildren<QLabel *>()) {
            if (label->property("role") == "error" && label->isVisible())
                problems << object + ": " + label->text();
        }
        const auto relations = page->detail()->relations();
        if (const auto folder = qEnvironmentVariable("HOGLET_SCREENS"); !folder.isEmpty()) {
            QTest::qWait(150);
            QVERIFY(window.grab().save(folder + "/entity-" + object + ".png"));
        }
        for (const auto &relation : relations) { // each way leads somewhere
            if (relation.kind == "hogql") {
                const auto table = window.workbench().driver()->query(relation.state["text"].toString().toStdString());
                if (!table)
                    problems << object + ", " + relation.title + ": " + QString::fromStdString(table.error().message);
            } else if (relation.kind == "explore") {
                posthog::RowsRequest request;
                request.object = relation.state["object"].toString().toStdString();
                request.search = relation.state["search"].toString().toStdString();
                request.where = relation.state["where"].toString().toStdString();
                request.values = ph::Json::parse(QJsonDocument(relation.state["values"].toObject()).toJson().toStdString());
                if (const auto rows = window.workbench().driver()->getRows(request); !rows)
                    problems << object + ", " + relation.title + ": " + QString::fromStdString(rows.error().message);
            }
        }
    }
    QVERIFY2(problems.isEmpty(), qPrintable(problems.join('\n')));
}

int main(int argc, char **argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    QApplication::setApplicationName("hoglet");
    ui::Theme::apply(application, ui::ThemeChoice::Dark);
    if (argc == 3 && QByteArray(argv[1]) == "--until-a-question")
        return runUntilAQuestion(QString::fromLocal8Bit(argv[2]));
    DesktopTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "desktop_test.moc"

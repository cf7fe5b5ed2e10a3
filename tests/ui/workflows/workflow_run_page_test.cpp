#include "ui/workflows/workflow_run_page.h"

#include "tests/support/fake_runs.h"
#include "tests/support/test_workbench.h"
#include "ui/charts/chart_view.h"
#include "ui/conversation/question_card.h"
#include "ui/query/result_grid.h"
#include "ui/workflows/parameter_form.h"
#include "ui/workflows/run_header.h"
#include "ui/workflows/step_rail.h"
#include "ui/workflows/step_view.h"

#include <QDir>
#include <QFile>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

namespace {

/// A page whose run the test plays.
struct Fixture {
    test::TestWorkbench workbench{test::sampleProject()};
    test::FakeRuns runs;
    WorkflowRunPage page{workbench, runs};

    explicit Fixture(const QJsonObject &state = {{"workflow", "funnel-drop-off"}, {"parameters", QJsonObject{{"window", 14}}}})
    {
        page.resize(1000, 700);
        page.show();
        page.restore(state);
    }
    test::FakeRun &run() { return *runs.last; }

    void toTheFunnel()
    {
        run().plan({{"schema", "completed"}, {"funnel", "in_progress"}, {"loss", "pending"}, {"breakdown", "pending"}, {"time", "pending"}});
        run().call("funnel", "call-funnel", test::funnelOutcome().hogql);
    }
    void funnelDone()
    {
        toTheFunnel();
        run().table("call-funnel", test::funnelTable());
        run().outcome(test::funnelOutcome());
        run().plan({{"schema", "completed"}, {"funnel", "completed"}, {"loss", "in_progress"}, {"breakdown", "pending"}, {"time", "pending"}});
        settle();
    }
    void toTheEnd()
    {
        funnelDone();
        run().plan({{"schema", "completed"}, {"funnel", "completed"}, {"loss", "completed"}, {"breakdown", "completed"}, {"time", "completed"}});
        run().report("Work on the way to <sign-up>.\n\nThen test it.", {"Small n on Firefox."});
        run().end("end_turn");
        settle();
    }
    static void settle() { QTest::qWait(60); }
    StepState railState(int row) const { return StepState(page.rail()->model()->index(row, 0).data(StepListModel::StateRole).toInt()); }
};

} // namespace

class WorkflowRunPageTest : public QObject
{
    Q_OBJECT

private slots:
    void startsWithItsParameters()
    {
        Fixture f;

        QCOMPARE(f.runs.started.size(), std::size_t(1));
        QCOMPARE(f.runs.started[0].workflowId, "funnel-drop-off");
        QVERIFY(f.runs.started[0].parameters == ph::Json({{"window", 14}}));
        QCOMPARE(f.page.title(), "Find the drop-off in a funnel");
        QCOMPARE(f.page.rail()->model()->rowCount(), 5);
        QVERIFY(f.page.statusText().startsWith("Running · 0 of 5"));
        QVERIFY(f.page.stopButton()->isVisible());
    }

    void followsTheRunningStep()
    {
        Fixture f;

        f.toTheFunnel();
        f.settle();

        QCOMPARE(f.railState(0), StepState::Done);
        QCOMPARE(f.railState(1), StepState::Running);
        QCOMPARE(f.page.rail()->currentIndex().row(), 1);
        QCOMPARE(f.page.stepView()->statusText(), QString::fromUtf8("Running HogQL…"));
    }

    void aDoneStepSaysWhatWasFound()
    {
        Fixture f;
        f.funnelDone();
        f.page.selectStep(1);

        StepView *view = f.page.stepView();
        QCOMPARE(view->findingText(), QString::fromStdString(test::funnelOutcome().finding));
        QVERIFY(view->decisionText().startsWith("Work on the way"));
        QCOMPARE(view->warnings().size(), 1);
        QCOMPARE(view->nextActions().size(), 2);
        QVERIFY(!view->chart()->scene().marks.empty());
        QCOMPARE(view->grid()->model()->rowCount(), 5);
        QVERIFY(view->hogql().contains("windowFunnel"));
        QVERIFY(f.page.rail()->model()->index(1, 0).data(StepListModel::FindingRole).toString().contains("402 of 18,204"));
    }

    void aChosenStepStaysWhileTheRunGoesOn()
    {
        Fixture f;
        f.funnelDone();
        f.page.selectStep(1);

        f.run().plan({{"schema", "completed"}, {"funnel", "completed"}, {"loss", "completed"}, {"breakdown", "in_progress"}, {"time", "pending"}});
        f.settle();
        QCOMPARE(f.page.rail()->currentIndex().row(), 1);

        f.page.selectStep(3); // back at the front
        f.run().plan({{"schema", "completed"}, {"funnel", "completed"}, {"loss", "completed"}, {"breakdown", "completed"}, {"time", "in_progress"}});
        f.settle();
        QCOMPARE(f.page.rail()->currentIndex().row(), 4);
    }

    void aQuestionIsAskedAndAnswered()
    {
        Fixture f;
        f.toTheFunnel();

        f.run().ask("Which property?", {"$browser", "plan"});
        f.settle();
        QVERIFY(f.page.question()->isVisible());
        QVERIFY(f.page.statusText().startsWith("Waits for your answer"));
        f.page.question()->chooseNumber(2);

        QCOMPARE(f.run().answers.size(), std::size_t(1));
        QCOMPARE(f.run().answers[0].value_or(""), std::string("plan"));
        f.settle();
        QVERIFY(!f.page.question()->isVisible());
        QVERIFY(f.page.statusText().startsWith("Running"));
    }

    void aQuestionAnsweredElsewhereGoes()
    {
        Fixture f;
        f.toTheFunnel();
        f.run().ask("Which property?", {"$browser"});
        f.settle();

        f.run().answer(f.run().questions().front()->id(), "$browser"); // as the agent panel does

        f.settle();
        QVERIFY(!f.page.question()->isVisible());
    }

    void aQuestionOfALogWaitsAndItsAnswerSetsTheRunGoing()
    {
        Fixture f({{"workflow", "funnel-drop-off"}, {"runId", "run-7"}});
        f.run().rest();
        f.run().isCutOff = true;
        f.toTheFunnel();
        f.run().ask("Which property?", {"$browser", "plan"});
        f.settle();

        QVERIFY(f.page.question()->isVisible());
        QVERIFY(f.page.statusText().startsWith("Waits for your answer"));
        QVERIFY(!f.page.stopButton()->isVisible()); // nothing runs
        QVERIFY(!f.page.header()->goOnButton()->isVisible()); // the answer does that
        f.run().goOn(); // as its answer does

        f.settle();
        QVERIFY(!f.page.question()->isVisible());
        QVERIFY(f.page.statusText().startsWith("Running"));
        QVERIFY(f.page.stopButton()->isVisible());
    }

    void aRunThatWasCutOffCanBeContinued()
    {
        Fixture f({{"workflow", "funnel-drop-off"}, {"runId", "run-7"}});
        f.run().rest();
        f.toTheFunnel();
        f.run().end("cancelled");
        f.settle();
        QVERIFY(!f.page.header()->goOnButton()->isVisible()); // one that cannot

        f.run().isCutOff = true;
        f.run().end("cancelled");
        f.settle();
        QVERIFY(f.page.header()->goOnButton()->isVisible());
        f.page.header()->goOnButton()->click();

        QVERIFY(f.page.statusText().startsWith("Running"));
        QVERIFY(!f.page.header()->goOnButton()->isVisible());
    }

    void aFailedStepCanBeRunAgain()
    {
        Fixture f;
        f.toTheFunnel();
        f.run().fail("call-funnel", "Unable to resolve field: plann.");
        f.run().end("end_turn");
        f.settle();
        QCOMPARE(f.railState(1), StepState::Failed);
        QVERIFY(f.page.statusText().startsWith("Failed"));

        emit f.page.stepView()->rerunRequested("funnel");

        QCOMPARE(f.runs.started.size(), std::size_t(2));
        QCOMPARE(f.runs.started[1].fromStep, "funnel");
        QCOMPARE(f.runs.started[1].runId, "run-1"); // the same session
        f.settle();
        QCOMPARE(f.railState(1), StepState::Waiting);
        QCOMPARE(f.railState(0), StepState::Done);
    }

    void stopStopsAndKeepsWhatIsFound()
    {
        Fixture f;
        f.funnelDone();

        QTest::keyClick(f.page.rail(), Qt::Key_Escape);
        QCOMPARE(f.run().cancels, 1);
        f.run().end("cancelled");
        f.settle();

        QVERIFY(f.page.statusText().startsWith("Stopped · 2 of 5"));
        QVERIFY(!f.page.stopButton()->isVisible());
        f.page.selectStep(1);
        QVERIFY(!f.page.stepView()->findingText().isEmpty());
    }

    void theDecisionEndsTheRun()
    {
        Fixture f;

        f.toTheEnd();

        QVERIFY(f.page.isDecisionShown());
        QVERIFY(f.page.decisionText().contains("Work on the way to <sign-up>.")); // plain text, whatever stands in it
        QVERIFY(f.page.decisionText().contains("Small n on Firefox."));
        QVERIFY(f.page.decisionText().contains("402 of 18,204"));
        QCOMPARE(f.page.rail()->model()->rowCount(), 6);
        QVERIFY(f.page.statusText().startsWith("Done · 5 steps"));
    }

    void aTurnThatFailsSaysWhy()
    {
        Fixture f;
        f.toTheFunnel();

        f.run().end("", ph::Error{ph::ErrorCode::Network, "The host could not be reached."});
        f.settle();

        QVERIFY(f.page.statusText().startsWith("Failed"));
        QCOMPARE(f.page.run().error, std::string("The host could not be reached."));
        QCOMPARE(f.railState(1), StepState::Failed);
    }

    void parametersCanBeChanged()
    {
        Fixture f;
        f.toTheEnd();

        f.page.showParameters(true);
        QVERIFY(f.page.areParametersShown());
        QCOMPARE(f.page.parameters()->text("window"), "14");
        f.page.parameters()->setText("window", "x");
        f.page.runWithParameters();
        QCOMPARE(f.runs.started.size(), std::size_t(1)); // not with a mistake
        f.page.parameters()->setText("window", "7");
        f.page.runWithParameters();

        QCOMPARE(f.runs.started.size(), std::size_t(2));
        QVERIFY(f.runs.started[1].parameters["window"] == 7);
        QVERIFY(!f.page.areParametersShown());
        f.settle();
        QCOMPARE(f.page.state()["parameters"].toObject()["window"].toInt(), 7);
    }

    void hogqlOpensInItsPage()
    {
        Fixture f;
        f.funnelDone();
        f.page.selectStep(1);

        emit f.page.stepView()->openHogqlRequested(f.page.stepView()->hogql(), "Count the funnel");

        QCOMPARE(f.workbench.opened.size(), std::size_t(1));
        QCOMPARE(f.workbench.opened[0].first, "hogql");
        QVERIFY(f.workbench.opened[0].second["text"].toString().contains("windowFunnel"));
        QCOMPARE(f.workbench.opened[0].second["values"].toObject()["from"].toString(), "2026-10-21"); // it can be run there as it is
    }

    void theNextActionGoesToTheAgent()
    {
        Fixture f;
        f.funnelDone();
        f.page.selectStep(1);

        f.page.stepView()->nextActions().first()->click();

        QCOMPARE(f.workbench.asked.size(), std::size_t(1));
        QVERIFY(f.workbench.asked[0].first.startsWith("Watch five replays"));
        QVERIFY(f.workbench.asked[0].second["text"].toString().contains("windowFunnel"));
    }

    void aRunIsReadFromItsLog()
    {
        Fixture f({{"workflow", "funnel-drop-off"}, {"runId", "run-9"}, {"step", "funnel"}});
        QVERIFY(f.runs.started.empty());

        f.toTheEnd();

        QCOMPARE(f.page.state()["runId"].toString(), "run-9");
        QCOMPARE(f.page.rail()->currentIndex().row(), 1); // the step one was at
    }

    void aRunThatIsGoneSaysSo()
    {
        Fixture f({{"workflow", "funnel-drop-off"}, {"runId", "gone"}});

        bool offered = false;
        for (const QPushButton *button : f.page.findChildren<QPushButton *>())
            offered = offered || (button->isVisible() && button->text() == "Start again");
        QVERIFY(!offered || f.runs.started.empty()); // nothing starts by itself
    }

    void updatesThatAreNotItsOwnAreNoHarm()
    {
        Fixture f;
        f.run().send(acp::AgentThoughtChunk{});
        f.run().send(acp::UsageUpdate{});
        f.run().send(acp::ToolCallUpdate{});
        f.settle();

        QCOMPARE(f.page.rail()->model()->rowCount(), 5);
    }

    void theReportIsWrittenWithItsPictures()
    {
        Fixture f;
        f.toTheEnd();
        const QTemporaryDir folder;
        const auto read = [&](const QString &name) {
            QFile file(folder.filePath(name));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };

        QVERIFY(f.page.exportTo(folder.filePath("funnel.md")));
        QVERIFY(f.page.exportTo(folder.filePath("funnel.html")));
        QVERIFY(f.page.exportTo(folder.filePath("funnel.pdf")));
        QVERIFY(f.page.exportTo(folder.filePath("funnel.json")));

        QVERIFY(read("funnel.md").contains("402 of 18,204"));
        QVERIFY(read("funnel.md").contains("funnel-charts/funnel.svg"));
        QVERIFY(read("funnel-charts/funnel.svg").contains("<svg"));
        const QByteArray html = read("funnel.html");
        QVERIFY(html.contains("<svg"));
        QVERIFY(html.contains("&lt;sign-up&gt;"));
        QVERIFY(!html.contains("<sign-up>"));
        QVERIFY(!html.contains("<script"));
        QVERIFY(read("funnel.pdf").startsWith("%PDF"));
        QVERIFY(read("funnel.pdf").size() > 10'000);
        QVERIFY(ph::Json::accept(read("funnel.json").toStdString()));
        QVERIFY(!f.page.exportTo(folder.filePath("funnel.docx")));
        QVERIFY(!f.page.exportTo("/nowhere/funnel.html"));
    }

    void theAgentSeesTheStepOnTheScreen()
    {
        Fixture f;
        f.funnelDone();
        f.page.selectStep(1);

        const QString text = f.page.agentContext()["text"].toString();

        QVERIFY(text.contains("402 of 18,204"));
        QVERIFY(text.contains("windowFunnel"));
        QVERIFY(text.contains("| Visited the home page | 18204 |"));
    }

    void keyboardAlone()
    {
        Fixture f;
        f.funnelDone();
        QVERIFY(QTest::qWaitForWindowActive(&f.page));
        f.page.setFocus();
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget *>(f.page.rail()));

        QTest::keyClick(f.page.rail(), Qt::Key_Home);
        QCOMPARE(f.page.rail()->currentIndex().row(), 0);
        QTest::keyClick(f.page.rail(), Qt::Key_Down);
        QCOMPARE(f.page.rail()->currentIndex().row(), 1);
        QVERIFY(!f.page.stepView()->findingText().isEmpty());
        f.run().ask("Which property?", {"$browser", "plan"});
        f.settle();
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget *>(f.page.rail())); // a card takes no focus
        f.page.question()->setFocus();
        QTest::keyClick(f.page.question(), Qt::Key_1);

        QCOMPARE(f.run().answers.at(0).value_or(""), std::string("$browser"));
    }
};

QTEST_MAIN(WorkflowRunPageTest)
#include "workflow_run_page_test.moc"

#include "ui/workflows/run_state.h"

#include "tests/support/fake_runs.h"

#include <QTest>

using namespace ui;

namespace {

/// A run whose updates go straight into a state.
struct Played {
    RunState state;
    test::FakeRun run{"r"};

    Played()
    {
        QObject::connect(&run, &WorkflowRun::updated, [this](const acp::SessionUpdate &update) { apply(state, update); });
    }
};

std::vector<StepState> states(const RunState &run)
{
    std::vector<StepState> all;
    for (const StepRun &step : run.steps)
        all.push_back(step.state);
    return all;
}

workflow::Outcome outcomeOf(const std::string &step, const std::string &finding)
{
    workflow::Outcome outcome;
    outcome.step = step;
    outcome.finding = finding;
    return outcome;
}

} // namespace

class RunStateTest : public QObject
{
    Q_OBJECT

private slots:
    void aPlanGivesTheSteps()
    {
        Played played;

        played.run.plan({{"schema", "completed"}, {"funnel", "in_progress"}, {"loss", "pending"}});

        QCOMPARE(states(played.state), (std::vector{StepState::Done, StepState::Running, StepState::Waiting}));
        QCOMPARE(played.state.steps[1].title, std::string("Count the funnel"));
        QCOMPARE(played.state.phase, RunPhase::Running);
        QCOMPARE(played.state.current(), 1);
        QCOMPARE(played.state.done(), 1);
    }

    void aPlanWithoutStepsIsTheAgentsOwn()
    {
        RunState state;
        acp::Plan plan;
        plan.entries.push_back({"Look around", "high", "pending", std::nullopt});

        QVERIFY(!apply(state, {plan}));
        QVERIFY(state.steps.empty());
    }

    void aCallBringsItsHogqlAndItsTable()
    {
        Played played;
        played.run.plan({{"funnel", "in_progress"}});

        played.run.call("funnel", "c1", "SELECT 1", {{"from", "2026-10-21"}});
        played.run.table("c1", test::funnelTable());

        const StepRun &step = played.state.steps[0];
        QCOMPARE(step.hogql, std::string("SELECT 1"));
        QVERIFY(step.values == ph::Json({{"from", "2026-10-21"}}));
        QVERIFY(step.table);
        QVERIFY(*step.table == test::funnelTable());
        QCOMPARE(step.activity, std::string("Running HogQL"));
        QCOMPARE(played.state.workflowId, std::string("funnel-drop-off"));
    }

    void anOutcomeFinishesItsStep()
    {
        Played played;
        played.run.plan({{"funnel", "in_progress"}});

        played.run.outcome(test::funnelOutcome());

        const StepRun &step = played.state.steps[0];
        QCOMPARE(step.state, StepState::Done);
        QVERIFY(step.outcome == test::funnelOutcome());
        QCOMPARE(step.question, test::funnelOutcome().question);
        QCOMPARE(step.hogql, test::funnelOutcome().hogql);
        QVERIFY(step.activity.empty());
    }

    void aFailedCallSaysWhy()
    {
        Played played;
        played.run.plan({{"funnel", "in_progress"}});
        played.run.call("funnel", "c1", "SELECT 1");

        played.run.fail("c1", "Unknown table eventz.");
        played.run.plan({{"funnel", "completed"}}); // a plan has no word for failed

        QCOMPARE(played.state.steps[0].state, StepState::Failed);
        QCOMPARE(played.state.steps[0].error, std::string("Unknown table eventz."));
    }

    void theWorkflowsOwnStatusHoldsOverThePlans()
    {
        Played played;
        acp::Plan plan;
        plan.entries.push_back({"Funnel (left out)", "medium", "completed", ph::Json{{"hoglet", {{"step", "funnel"}, {"status", "failed"}}}}});
        plan.entries.push_back({"Paths (not needed)", "medium", "completed", ph::Json{{"hoglet", {{"step", "paths"}, {"status", "skipped"}}}}});

        played.run.send(plan);
        played.run.outcome(outcomeOf("funnel", "Left out."));

        QCOMPARE(states(played.state), (std::vector{StepState::Failed, StepState::Skipped}));
    }

    void besideItsOwnQueryAStepRunsOthers()
    {
        Played played;
        played.run.plan({{"funnel", "in_progress"}});
        played.run.call("funnel", "c1", "SELECT own");
        played.run.table("c1", test::funnelTable());
        acp::ToolCall other;
        other.toolCallId = {"c2"};
        other.title = "Total";
        other.rawInput = ph::Json{{"hogql", "SELECT total"}};
        other.meta = ph::Json{{"hoglet", {{"step", "funnel"}, {"query", "funnel/total"}}}};

        played.run.send(other);
        played.run.table("c2", test::dailyTable());

        QCOMPARE(played.state.steps[0].hogql, std::string("SELECT own"));
        QVERIFY(*played.state.steps[0].table == test::funnelTable());
    }

    void aTableThatTheStepWorkedOutIsDrawn()
    {
        Played played;
        played.run.plan({{"funnel", "in_progress"}});
        played.run.call("funnel", "c1", "SELECT own");
        played.run.table("c1", test::dailyTable());
        auto outcome = test::funnelOutcome();
        outcome.table = test::funnelTable();

        played.run.outcome(outcome);

        QVERIFY(*played.state.steps[0].table == test::funnelTable());
    }

    void aRunThatCannotBeginFails()
    {
        Played played;
        acp::AgentMessageChunk chunk;
        chunk.content = acp::ContentBlock::ofText("x");
        chunk.meta = ph::Json{{"hoglet", {{"workflow", "w"}, {"error", "There is no event nope."}}}};

        played.run.send(chunk);
        finish(played.state, "end_turn", std::nullopt);

        QCOMPARE(played.state.phase, RunPhase::Failed);
        QCOMPARE(played.state.error, std::string("There is no event nope."));
    }

    void theReportIsTheDecision()
    {
        Played played;

        played.run.report("Do **this**.", {"Small n."});

        QVERIFY(played.state.hasReport);
        QCOMPARE(played.state.decision, std::string("Do **this**."));
        QCOMPARE(played.state.caveats, std::vector<std::string>{"Small n."});
    }

    void endsSayHow_data()
    {
        QTest::addColumn<QString>("stopReason");
        QTest::addColumn<QString>("error");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("phase");
        QTest::addColumn<int>("step");
        QTest::newRow("done") << "end_turn" << "" << 0 << int(RunPhase::Done) << int(StepState::Waiting);
        QTest::newRow("stopped") << "cancelled" << "" << 0 << int(RunPhase::Stopped) << int(StepState::Waiting);
        QTest::newRow("stopped as an error") << "" << "Stopped." << int(ph::ErrorCode::Cancelled) << int(RunPhase::Stopped) << int(StepState::Waiting);
        QTest::newRow("failed") << "" << "The host is away." << int(ph::ErrorCode::Network) << int(RunPhase::Failed) << int(StepState::Failed);
    }
    void endsSayHow()
    {
        QFETCH(QString, stopReason);
        QFETCH(QString, error);
        QFETCH(int, code);
        QFETCH(int, phase);
        QFETCH(int, step);
        Played played;
        played.run.plan({{"funnel", "in_progress"}});

        finish(played.state, stopReason.toStdString(),
               error.isEmpty() ? std::optional<ph::Error>() : ph::Error{ph::ErrorCode(code), error.toStdString()});

        QCOMPARE(int(played.state.phase), phase);
        QCOMPARE(int(played.state.steps[0].state), step);
    }

    void aRunWithAFailedStepFailed()
    {
        Played played;
        played.run.plan({{"funnel", "in_progress"}});
        played.run.call("funnel", "c1", "x");
        played.run.fail("c1", "No.");

        finish(played.state, "end_turn", std::nullopt);

        QCOMPARE(played.state.phase, RunPhase::Failed);
    }

    void aRerunKeepsTheOldUntilTheNewIsThere()
    {
        Played played;
        played.run.plan({{"schema", "completed"}, {"funnel", "completed"}, {"loss", "completed"}});
        for (const char *step : {"schema", "funnel", "loss"})
            played.run.outcome(outcomeOf(step, "old"));
        played.run.report("old decision", {});
        finish(played.state, "end_turn", std::nullopt);

        restart(played.state, "funnel", ph::Json{{"window", 7}});

        QCOMPARE(states(played.state), (std::vector{StepState::Done, StepState::Waiting, StepState::Waiting}));
        QVERIFY(!played.state.steps[0].isOld);
        QVERIFY(played.state.steps[1].isOld);
        QCOMPARE(played.state.steps[2].outcome->finding, std::string("old"));
        QVERIFY(played.state.decision.empty());
        QCOMPARE(played.state.done(), 1);

        played.run.plan({{"schema", "completed"}, {"funnel", "in_progress"}, {"loss", "pending"}});
        played.run.outcome(outcomeOf("funnel", "new"));
        played.run.plan({{"schema", "completed"}, {"funnel", "completed"}, {"loss", "in_progress"}});

        QCOMPARE(states(played.state), (std::vector{StepState::Done, StepState::Done, StepState::Running}));
        QVERIFY(!played.state.steps[1].isOld);
        QCOMPARE(played.state.steps[1].outcome->finding, std::string("new"));
        QVERIFY(played.state.steps[2].isOld);
        QCOMPARE(reportOf(played.state, "p", "t").sections.size(), std::size_t(2)); // what is old is no part of the new report
    }

    void malformedMetaChangesNoStep_data()
    {
        QTest::addColumn<QString>("meta");
        for (const char *meta : {R"({"hoglet": 3})", R"({"hoglet": {"outcome": []}})", R"({"hoglet": {"outcome": {"step": 5}}})",
                                 R"({"hoglet": {"outcome": {"step": "nope"}}})", R"([])"})
            QTest::newRow(meta) << meta;
    }
    void malformedMetaChangesNoStep()
    {
        QFETCH(QString, meta);
        Played played;
        played.run.plan({{"funnel", "in_progress"}});
        acp::AgentMessageChunk chunk;
        chunk.content = acp::ContentBlock::ofText("x");
        chunk.meta = ph::Json::parse(meta.toStdString());

        apply(played.state, {chunk});

        QCOMPARE(played.state.steps.size(), std::size_t(1));
        QCOMPARE(played.state.steps[0].state, StepState::Running);
        QVERIFY(!played.state.steps[0].outcome);
    }

    void badCaveatsAreNoCrash()
    {
        RunState state;
        acp::AgentMessageChunk chunk;
        chunk.content = acp::ContentBlock::ofText("Do it.");
        chunk.meta = ph::Json::parse(R"({"hoglet": {"report": {"caveats": 7}}})");

        QVERIFY(apply(state, {chunk}));
        QCOMPARE(state.decision, std::string("Do it."));
        QVERIFY(state.caveats.empty());
    }
};

QTEST_GUILESS_MAIN(RunStateTest)
#include "run_state_test.moc"

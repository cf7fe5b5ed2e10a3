// Paints the workflow pages in their states to PNG files, to be looked at: workflow_pictures FOLDER.
#include "tests/support/fake_runs.h"
#include "tests/support/picture.h"
#include "tests/support/test_workbench.h"
#include "ui/workflows/fold.h"
#include "ui/workflows/step_view.h"
#include "ui/workflows/workflow_run_page.h"
#include "ui/workflows/workflows_page.h"

#include <QApplication>

int main(int argc, char **argv)
{
    return test::paint(argc, argv, [](const test::Pictures &pictures) {
        test::TestWorkbench workbench(test::sampleProject());
        test::FakeRuns runs;
        const QDateTime when(QDate(2026, 11, 20), QTime(9, 12), Qt::UTC);
        runs.recent = {{"run-7", "funnel-drop-off", "Find the drop-off in a funnel", when, "waiting"}, {"run-6", "ab-read-out", "Read out an A/B test", when.addDays(-1), "done"},
                       {"run-5", "release-impact", "What did the release change?", when.addDays(-2), "failed"}};

        ui::WorkflowsPage list(workbench, runs);
        pictures.settle(list, {1060, 800});
        pictures.save(list, "workflows");
        list.choose("funnel-drop-off");
        pictures.settle(list);
        pictures.save(list, "workflows-form");

        ui::WorkflowRunPage page(workbench, runs);
        page.restore({{"workflow", "funnel-drop-off"}, {"parameters", QJsonObject{{"goal", "upgraded_plan"}}}});
        page.setFocus();
        pictures.settle(page, {1060, 800});
        pictures.save(page, "run-start");
        test::FakeRun &run = *runs.last;
        run.plan({{"schema", "completed"}, {"funnel", "in_progress"}, {"loss", "pending"}, {"breakdown", "pending"}, {"time", "pending"}});
        workflow::Outcome schema;
        schema.step = "schema";
        schema.finding = "All five events exist; 1.2 million of them in 30 days, none missing a day.";
        schema.decision = "Go on.";
        run.outcome(schema);
        run.call("funnel", "call-funnel", test::funnelOutcome().hogql);
        pictures.settle(page);
        pictures.save(page, "run-running");
        run.table("call-funnel", test::funnelTable());
        run.outcome(test::funnelOutcome());
        run.plan({{"schema", "completed"}, {"funnel", "completed"}, {"loss", "completed"}, {"breakdown", "in_progress"}, {"time", "pending"}});
        page.selectStep(1);
        pictures.settle(page);
        pictures.save(page, "run-step");
        run.ask("Which property should the step be broken down by?", {"$browser", "$device_type", "plan", "$geoip_country_name"});
        pictures.settle(page);
        pictures.save(page, "run-question");
        page.stepView()->hogqlFold()->setOpen(true);
        pictures.settle(*page.stepView());
        pictures.save(*page.stepView(), "run-step-whole");
        run.call("breakdown", "call-b", "SELECT x");
        run.fail("call-b", "Unable to resolve field: $device_typ. Did you mean $device_type?");
        run.end("end_turn");
        page.selectStep(3);
        pictures.settle(page);
        pictures.save(page, "run-failed");
        page.rerun("breakdown");
        test::FakeRun &again = *runs.last;
        again.report("Work on the way from the home page to sign-up. 12,084 of 18,204 persons (66.4%) leave there within 14 days; every other step loses fewer.\n\n"
                     "On Mobile Safari only 12% go on (n = 4,120), against 41% on Chrome (n = 9,880). Watch the five replays, then test a shorter form.",
                     {"The last 14 days cannot have finished yet.", "Persons who used two browsers before they signed up count twice."});
        again.end("end_turn");
        pictures.settle(page);
        pictures.save(page, "run-decision");
        page.showParameters(true);
        pictures.settle(page);
        pictures.save(page, "run-parameters");
    });
}

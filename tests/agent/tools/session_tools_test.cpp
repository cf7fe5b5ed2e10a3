#include "agent/tools/session_tools.h"
#include "tests/support/compare_json.h"
#include "tests/support/tool_context.h"

#include <QTest>

namespace {

const std::string plan = "# The plan\n\nRename the function, then run every test.";

} // namespace

class SessionToolsTest : public QObject
{
    Q_OBJECT

private slots:
    void showsTodosAsThePlan()
    {
        support::ToolContext context;
        const auto tool = tools::makeTodoWrite();
        const auto output = context.call(*tool, {{"todos", {{{"content", "A"}, {"status", "completed"}, {"activeForm", "a"}}, {{"content", "B"}, {"status", "in_progress"}}}}});
        QCOMPARE(output->text, std::string("1 of 2 done."));
        COMPARE_JSON(context.plans.at(0),
                     {{"entries", {{{"content", "A"}, {"priority", "medium"}, {"status", "completed"}}, {{"content", "B"}, {"priority", "medium"}, {"status", "in_progress"}}}}});
        QVERIFY(context.call(*tool, {{"todos", {{{"content", "A"}, {"status", "maybe"}}}}})->failed);
        QVERIFY(context.call(*tool, {{"todos", "A"}})->failed);
        QCOMPARE(context.plans.size(), std::size_t(1));
    }

    void handsATaskToAnotherAgent()
    {
        support::ToolContext context;
        const auto tool = tools::makeTask();
        QCOMPARE(context.call(*tool, {{"description", "Find it"}, {"prompt", "go"}, {"subagent_type", "explore"}})->text, std::string("Found it."));
        QCOMPARE(context.tasks.at(0).prompt, std::string("go"));
        QCOMPARE(context.tasks.at(0).type, std::string("explore"));
        QVERIFY(context.call(*tool, {{"description", "Find it"}})->failed);
        context.report = ph::fail(ph::ErrorCode::Internal, "The agent gave up.");
        QCOMPARE(context.call(*tool, {{"prompt", "go"}})->text, std::string("The agent gave up."));
        context.report = ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        QVERIFY(!context.call(*tool, {{"prompt", "go"}}));
    }

    void knowsAPlanThatIsReady_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isReady");
        QTest::newRow("with heading") << QString::fromStdString(plan) << true;
        QTest::newRow("without heading") << QString(60, 'x') << false;
        QTest::newRow("short") << "# Plan\n\nDo it." << false;
        QTest::newRow("blanks do not count") << "# Plan" + QString(60, ' ') << false;
        QTest::newRow("no heading: no blank") << "#Plan\n" + QString(60, 'x') << false;
        QTest::newRow("no heading: empty") << "# \n" + QString(60, 'x') << false;
        QTest::newRow("heading below") << QString(60, 'x') + "\n## Steps\n" << true;
    }
    void knowsAPlanThatIsReady()
    {
        QFETCH(QString, text);
        QFETCH(bool, isReady);
        QCOMPARE(tools::isReadyPlan(text.toStdString()), isReady);
    }

    void leavesPlanModeWhenTheUserApproves()
    {
        support::ToolContext context;
        const auto enter = tools::makeEnterPlanMode();
        const auto exit = tools::makeExitPlanMode();
        QVERIFY(context.call(*exit, {{"plan", plan}})->failed);
        QVERIFY(!context.call(*enter, ph::Json::object())->failed);
        QCOMPARE(context.currentMode, permissions::Mode::Plan);

        QVERIFY(context.call(*exit, {{"plan", "soon"}})->failed);
        QCOMPARE(context.shownPlan, std::string());
        context.verdict = tools::ModeControl::PlanVerdict{{}, "Smaller steps."};
        QCOMPARE(context.call(*exit, {{"plan", plan}})->text, std::string("The user wants to go on planning. They say: Smaller steps."));
        context.verdict = tools::ModeControl::PlanVerdict{permissions::Mode::AcceptEdits, ""};
        context.said = plan + " Said.";
        const auto output = context.call(*exit, ph::Json::object());
        QVERIFY(!output->failed);
        QCOMPARE(context.shownPlan, plan + " Said.");
        QCOMPARE(output->title, std::string("Exited Plan Mode"));
    }

    void asksSeveralQuestionsTogether()
    {
        support::ToolContext context;
        context.answers = std::vector<tools::Answer>{{{"option_1"}, ""}, {{"option_0", "option_1"}, "and speed"}};
        const auto tool = tools::makeAskUserQuestion();
        const auto output = context.call(*tool, {{"questions",
                                                  {{{"question", "Which?"}, {"header", "Way"}, {"options", {{{"label", "A"}}, {{"label", "B"}, {"description", "b"}}}}},
                                                   {{"question", "What?"}, {"multiSelect", true}, {"options", {"X", "Y"}}}}}});
        QCOMPARE(context.asked.size(), std::size_t(2));
        QCOMPARE(context.asked[0].options[1].description, std::string("b"));
        QVERIFY(context.asked[1].takesSeveral);
        COMPARE_JSON(output->raw, {{"answers", {{"Which?", "B"}, {"What?", "X, Y, and speed"}}}});
        QCOMPARE(output->text, std::string("Which?\nB\nWhat?\nX, Y, and speed\n"));
    }

    void takesASingleQuestionToo()
    {
        support::ToolContext context;
        context.answers = std::vector<tools::Answer>{{{}, "neither"}};
        const auto tool = tools::makeAskUserQuestion();
        QCOMPARE(context.call(*tool, {{"question", "Q?"}, {"options", {"X", "Y"}}})->text, std::string("Q?\nneither\n"));
        for (const auto &bad : {ph::Json::object(), ph::Json{{"questions", ph::Json::array()}}, ph::Json{{"questions", {1}}}, ph::Json{{"question", "Q?"}}})
            QVERIFY2(context.call(*tool, bad)->failed, bad.dump().c_str());
    }
};

QTEST_APPLESS_MAIN(SessionToolsTest)
#include "session_tools_test.moc"

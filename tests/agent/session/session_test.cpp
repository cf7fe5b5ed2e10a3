#include "agent/session/history.h"
#include "tests/support/agent_fixture.h"
#include "tests/support/compare_json.h"
#include "tests/support/scripted_tool.h"

#include <QTest>

#include <atomic>
#include <fstream>
#include <latch>
#include <set>

using namespace std::chrono_literals;
using support::AgentFixture;
using support::callOf;
using support::outputOf;
using support::ScriptedTool;

namespace {

using Group = permissions::Group;

void write(const std::filesystem::path &file, const std::string &text) { std::ofstream(file) << text; }

/// What a model got and what a session that is loaded again would give it, in a form that can be compared.
ph::Json formOf(const std::vector<model::Message> &history)
{
    ph::Json form = ph::Json::array();
    for (const auto &message : history) {
        ph::Json calls = ph::Json::array();
        for (const auto &call : message.calls)
            calls.push_back({call.id.value, call.name, call.title, call.input});
        ph::Json answers = ph::Json::array();
        for (const auto &answer : message.answers)
            answers.push_back({answer.id.value, answer.failed, answer.text, answer.interrupted, answer.images.size()});
        ph::Json thoughts = ph::Json::array();
        for (const auto &thought : message.thoughts)
            thoughts.push_back({thought.text, thought.signature, thought.redacted, thought.model, thought.textBefore});
        form.push_back({int(message.role), message.text, calls, answers, thoughts});
    }
    return form;
}

const ph::Json &optionOf(const ph::Json &options, const std::string &id)
{
    static const ph::Json none;
    for (const auto &option : options) {
        if (option["id"] == id)
            return option;
    }
    return none;
}

} // namespace

class SessionTest : public QObject
{
    Q_OBJECT

private slots:
    void keepsThoughtsWithTheirProofAcrossARestart()
    {
        AgentFixture fixture;
        fixture.model->then([](const model::Request &, model::Listener &listener, std::stop_token) {
            listener.onText("Let me see. ");
            listener.onThought("Two ");
            listener.onThought("ways.");
            const model::Thought thought{"Two ways.", "sig-1", "", "scripted", 12};
            listener.onThoughtEnd(thought);
            const model::Thought hidden{"", "", "opaque", "scripted", 12};
            listener.onThoughtEnd(hidden);
            listener.onCallBegin({"1"}, "posthog_objects");
            return model::Reply{{callOf("1", "posthog_objects")}, "end_turn", {thought, hidden}, {}, false};
        });
        const auto session = fixture.newSession();
        fixture.prompt(session, "go");

        const auto seen = fixture.model->requests().back().history;
        QVERIFY((seen[1].thoughts == std::vector<model::Thought>{{"Two ways.", "sig-1", "", "scripted", 12}, {"", "", "opaque", "scripted", 12}}));
        auto stored = agent::historyFrom(fixture.journalOf(session));
        stored.pop_back(); // "Done.", which came after that request
        COMPARE_JSON(formOf(stored), formOf(seen));
    }

    void showsACallWhileTheModelWritesIt()
    {
        AgentFixture fixture;
        fixture.model->then([](const model::Request &, model::Listener &listener, std::stop_token) {
            listener.onCallBegin({"1"}, "posthog_query");
            return model::Reply{{callOf("1", "posthog_query", {{"hogql", "SELECT 1"}})}, "end_turn"};
        });
        const auto session = fixture.newSession();
        fixture.prompt(session, "go");

        const auto updates = fixture.client.updatesOf(session);
        COMPARE_JSON(updates[0]["sessionUpdate"], "tool_call");
        COMPARE_JSON(updates[0]["title"], "HogQL query");
        COMPARE_JSON(updates[0]["rawInput"], ph::Json::object());
        COMPARE_JSON(updates[1]["sessionUpdate"], "tool_call_update");
        COMPARE_JSON(updates[1]["title"], "HogQL: SELECT 1");
        COMPARE_JSON(updates[1]["rawInput"], {{"hogql", "SELECT 1"}});
        COMPARE_JSON(updates[1]["_meta"], {{"claudeCode", {{"toolName", "posthog_query"}}}});
    }

    void endsTheCardOfACallThatWasCutOff()
    {
        AgentFixture fixture;
        fixture.model->then([](const model::Request &, model::Listener &listener, std::stop_token) -> ph::Result<model::Reply> {
            listener.onText("Now ");
            listener.onCallBegin({"1"}, "posthog_query");
            return ph::fail(ph::ErrorCode::Network, "The stream was cut.");
        });
        const auto session = fixture.newSession();
        const auto reply = fixture.prompt(session, "go");
        fixture.prompt(session, "again");

        QCOMPARE(reply.error().message, std::string("The stream was cut."));
        COMPARE_JSON(fixture.client.updatesOf(session)[2]["status"], "failed");
        QCOMPARE(fixture.driver->queries.load(), 0);
        const auto seen = fixture.model->requests().back().history;
        QCOMPARE(seen[2].answers.at(0).text, std::string("Interrupted."));
        auto stored = agent::historyFrom(fixture.journalOf(session));
        stored.pop_back();
        COMPARE_JSON(formOf(stored), formOf(seen));
    }

    void runsCallsThatOnlyLookBesideEachOther()
    {
        std::latch all(3); // Nobody passes before all three have come.
        const auto look = std::make_shared<ScriptedTool>(
            "Look", Group::Read,
            [&](const acp::ToolCallId &id, const ph::Json &, tools::Context &, std::stop_token) -> ph::Result<tools::Output> {
                all.arrive_and_wait();
                return outputOf("saw " + id.value);
            },
            true);
        AgentFixture fixture(false, {}, [&](agent::Options &options) { options.parts.tools.push_back(look); });
        fixture.model->thenCalls("", {callOf("1", "Look"), callOf("2", "Look"), callOf("3", "Look")});
        const auto session = fixture.newSession();
        fixture.prompt(session, "go");

        const auto told = fixture.model->requests().back().history.back();
        std::vector<std::string> answers;
        for (const auto &answer : told.answers)
            answers.push_back(answer.text);
        QCOMPARE(answers, (std::vector<std::string>{"saw 1", "saw 2", "saw 3"}));
    }

    void tellsTheModelWhyTheUserSaidNo()
    {
        AgentFixture fixture;
        fixture.client.onPermission = [](const acp::RequestPermissionRequest &, std::stop_token) {
            return acp::RequestPermissionResponse{{"selected", "reject"}, ph::Json{{"customInput", "Use the staging project."}}};
        };
        fixture.model->thenCalls("", {callOf("1", "posthog_create", {{"kind", "cohorts"}, {"body", {{"name", "x"}}}})});
        const auto session = fixture.newSession();
        fixture.prompt(session, "go");

        QCOMPARE(fixture.model->requests().back().history.back().answers.at(0).text,
                 std::string("User refused permission to run tool with feedback: Use the staging project."));
        QCOMPARE(fixture.driver->creations.load(), 0);
    }

    void keepsWhatIsAllowedForEverForTheRepository()
    {
        QTemporaryDir folder;
        QTemporaryDir repository;
        std::atomic<int> runs = 0;
        const auto shell = std::make_shared<ScriptedTool>("Bash", Group::Bash, [&](const auto &, const auto &, auto &, auto) -> ph::Result<tools::Output> {
            ++runs;
            return outputOf("ok");
        });
        for (int start = 0; start < 2; ++start) {
            AgentFixture fixture(false, folder.path().toStdString(), [&](agent::Options &options) { options.parts.tools.push_back(shell); });
            fixture.client.onPermission = [](const acp::RequestPermissionRequest &, std::stop_token) {
                return acp::RequestPermissionResponse{{"selected", "allow_always"}, {}};
            };
            fixture.model->thenCalls("", {callOf("1", "Bash", {{"command", "npm test"}})});
            fixture.model->thenCalls("", {callOf("2", "Bash", {{"command", "npm test && curl evil"}})});
            const auto session = fixture.newSession(repository.path().toStdString());
            fixture.prompt(session, "go");

            // The compound line is asked for each time, the simple one only the first.
            QCOMPARE(fixture.client.permissions().size(), std::size_t(start == 0 ? 2 : 1));
        }
        QCOMPARE(runs.load(), 2); // For the compound line "always" is not offered, and what is not offered is no answer.
    }

    void asksBeforeAFoldersInstructionsAreRead_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<bool>("reads");
        QTest::addColumn<int>("askedAgain"); // in another session
        QTest::newRow("yes") << "trust" << true << 0;
        QTest::newRow("once") << "once" << true << 1;
        QTest::newRow("no") << "no" << false << 1;
    }
    void asksBeforeAFoldersInstructionsAreRead()
    {
        QFETCH(QString, answer);
        QFETCH(bool, reads);
        QFETCH(int, askedAgain);
        QTemporaryDir repository;
        const std::filesystem::path folder = repository.path().toStdString();
        write(folder / "AGENTS.md", "Use tabs.");
        AgentFixture fixture(false, {}, [&](agent::Options &options) {
            options.parts.trusted = std::make_shared<agent::TrustedFolders>(folder / "trusted.json");
        });
        fixture.client.onPermission = [&](const acp::RequestPermissionRequest &, std::stop_token) {
            return acp::RequestPermissionResponse{{"selected", answer.toStdString()}, {}};
        };
        const auto session = fixture.newSession(folder.string());
        fixture.prompt(session, "go");
        fixture.prompt(session, "again");

        QCOMPARE(fixture.client.permissions().size(), std::size_t(1));
        QCOMPARE(fixture.model->requests().front().system.find("Use tabs.") != std::string::npos, reads);
        fixture.prompt(fixture.newSession(folder.string()), "elsewhere");
        QCOMPARE(fixture.client.permissions().size(), std::size_t(1 + askedAgain));
    }

    void asksForNoTrustWhereThereIsNothingToRead()
    {
        QTemporaryDir folder;
        AgentFixture fixture(false, {}, [&](agent::Options &options) {
            options.parts.trusted = std::make_shared<agent::TrustedFolders>(std::filesystem::path(folder.path().toStdString()) / "trusted.json");
        });
        fixture.prompt(fixture.newSession(folder.path().toStdString()), "go");

        QVERIFY(fixture.client.permissions().empty());
    }

    void sumsUpAConversationThatFillsTheWindow()
    {
        AgentFixture fixture(false, {}, [](agent::Options &options) { options.parts.prompts.compaction = "Sum it up."; });
        fixture.model->known.contextWindow = 1'000;
        fixture.model->then([](const model::Request &, model::Listener &, std::stop_token) {
            model::Reply reply{{callOf("1", "posthog_objects")}, "end_turn"};
            reply.usage.input = 900;
            return reply;
        });
        fixture.model->then([](const model::Request &request, model::Listener &listener, std::stop_token) {
            listener.onText(request.mayCallTools ? "wrong" : "We counted.");
            model::Reply reply;
            reply.usage.output = 20;
            return reply;
        });
        const auto session = fixture.newSession();
        const auto reply = fixture.prompt(session, "Count the events");

        QCOMPARE(reply->stopReason, std::string("end_turn"));
        const auto requests = fixture.model->requests();
        QCOMPARE(requests.size(), std::size_t(3));
        QVERIFY(requests[1].history.back().text.ends_with("Sum it up."));
        QCOMPARE(requests[2].history.size(), std::size_t(1));
        QVERIFY(requests[2].history[0].text.find("We counted.") != std::string::npos);
        QVERIFY(requests[2].history[0].text.find("Count the events") != std::string::npos);
        QCOMPARE(fixture.client.textOf(session), std::string("Done.")); // The summary is not said.
        const auto boundary = fixture.client.notified("_posthog/compact_boundary");
        QCOMPARE(boundary.size(), std::size_t(1));
        COMPARE_JSON(boundary[0]["trigger"], "auto");
        COMPARE_JSON(boundary[0]["preTokens"], 900);
        COMPARE_JSON(boundary[0]["contextSize"], 1000);
        auto stored = agent::historyFrom(fixture.journalOf(session));
        stored.pop_back();
        COMPARE_JSON(formOf(stored), formOf(requests[2].history));
    }

    void sumsUpWhenTheServiceTakesNoMore()
    {
        AgentFixture fixture;
        fixture.model->then([](const model::Request &, model::Listener &, std::stop_token) {
            model::Reply full;
            full.windowIsFull = true;
            return full;
        });
        fixture.model->thenSays("The summary.");
        const auto session = fixture.newSession();

        QCOMPARE(fixture.prompt(session, "go")->stopReason, std::string("end_turn"));
        QCOMPARE(fixture.client.notified("_posthog/compact_boundary").size(), std::size_t(1));
        QCOMPARE(fixture.client.textOf(session), std::string("Done."));
    }

    void sumsUpWhenItIsAskedTo()
    {
        AgentFixture fixture;
        const auto session = fixture.newSession();
        fixture.prompt(session, "hello");
        fixture.model->thenSays("We said hello.");

        QCOMPARE(fixture.prompt(session, "/compact")->stopReason, std::string("end_turn"));
        fixture.prompt(session, "and now?");

        COMPARE_JSON(fixture.client.notified("_posthog/compact_boundary").at(0)["trigger"], "manual");
        const auto history = fixture.model->requests().back().history;
        QCOMPARE(history.size(), std::size_t(2));
        QVERIFY(history[0].text.find("We said hello.") != std::string::npos);
    }

    void tellsOfItWhereTheClientOffersToHear()
    {
        AgentFixture fixture;
        acp::InitializeRequest hello;
        hello.clientCapabilities = ph::Json{{"session", {{"compaction", ph::Json::object()}}}};
        QVERIFY(fixture.clientSide->initialize(hello));
        const auto session = fixture.newSession();
        fixture.prompt(session, "hello");
        fixture.model->thenSays("We said hello.");
        fixture.prompt(session, "/compact");
        fixture.model->then([](const model::Request &, model::Listener &, std::stop_token) -> model::Reply {
            model::Reply full;
            full.windowIsFull = true;
            return full;
        });
        fixture.model->then([](const model::Request &, model::Listener &, std::stop_token) -> model::Reply {
            model::Reply full;
            full.windowIsFull = true;
            return full;
        });
        fixture.prompt(session, "/compact");

        QStringList heard;
        std::set<std::string> ids;
        for (const auto &notification : fixture.client.updates()) {
            if (const auto *compaction = std::get_if<acp::CompactionUpdate>(&notification.update.value)) {
                heard << QString::fromStdString(compaction->status);
                ids.insert(compaction->compactionId);
            }
        }
        QCOMPARE(heard, (QStringList{"in_progress", "completed", "in_progress", "failed"}));
        QCOMPARE(ids.size(), std::size_t(2));
    }

    void tellsHowFullTheWindowIsAndWhatItCost()
    {
        AgentFixture fixture;
        fixture.model->known.contextWindow = 200'000;
        fixture.model->then([](const model::Request &, model::Listener &, std::stop_token) {
            model::Reply reply{{callOf("1", "posthog_objects")}, "end_turn"};
            reply.usage = {100, 20, 30, 5, 0.5};
            return reply;
        });
        fixture.model->then([](const model::Request &, model::Listener &, std::stop_token) {
            model::Reply reply;
            reply.usage = {10, 150, 0, 7, 0.25};
            return reply;
        });
        const auto session = fixture.newSession();
        fixture.prompt(session, "go");

        std::vector<ph::Json> usages;
        for (const auto &update : fixture.client.updatesOf(session)) {
            if (update["sessionUpdate"] == "usage_update")
                usages.push_back(update);
        }
        QCOMPARE(usages.size(), std::size_t(2));
        COMPARE_JSON(usages[0], {{"sessionUpdate", "usage_update"}, {"used", 155.0}, {"size", 200000.0}, {"cost", {{"amount", 0.5}, {"currency", "USD"}}}});
        COMPARE_JSON(usages[1]["used"], 167.0);
        COMPARE_JSON(usages[1]["cost"]["amount"], 0.75);
        COMPARE_JSON(fixture.client.notified("_posthog/turn_complete").at(0), {{"sessionId", session.value}, {"stopReason", "end_turn"}});
    }

    void offersTheEffortsOfTheModelThatIsChosen()
    {
        AgentFixture fixture(false, {}, {});
        fixture.other->known.efforts = {"low", "high"};
        const auto session = fixture.newSession();

        auto options = fixture.setOption(session, "model", "other");
        QVERIFY(options);
        COMPARE_JSON(optionOf(ph::Json(options->configOptions), "effort")["currentValue"], "default");
        QVERIFY(fixture.setOption(session, "effort", "high"));
        QVERIFY(!fixture.setOption(session, "effort", "enormous"));
        fixture.prompt(session, "go");
        QCOMPARE(fixture.other->requests().back().effort, std::string("high"));

        options = fixture.setOption(session, "model", "scripted");
        QVERIFY(optionOf(ph::Json(options->configOptions), "effort").is_null());
    }

    void runsASubAgentBeneathTheCallThatStartedIt()
    {
        const auto task = std::make_shared<ScriptedTool>("Task", Group::Agent, [](const auto &id, const auto &, tools::Context &context, std::stop_token stop) {
            const auto report = context.subAgents().run({"Look", "Find the events", "Explore"}, id, stop);
            return report ? ph::Result<tools::Output>(outputOf(*report)) : ph::fail(report.error());
        });
        const auto look = std::make_shared<ScriptedTool>(
            "Look", Group::Read, [](const auto &, const auto &, auto &, auto) -> ph::Result<tools::Output> { return outputOf("seen"); }, true);
        AgentFixture fixture(false, {}, [&](agent::Options &options) {
            options.parts.tools.push_back(task);
            options.parts.tools.push_back(look);
        });
        fixture.model->thenCalls("I ask somebody.", {callOf("parent", "Task")});
        fixture.model->thenCalls("Looking.", {callOf("child", "Look")}); // the sub-agent
        fixture.model->thenSays("There are three.");
        const auto session = fixture.newSession();
        fixture.prompt(session, "go");

        const auto requests = fixture.model->requests();
        QCOMPARE(requests[1].history.at(0).text, std::string("Find the events"));
        for (const auto &tool : requests[1].tools)
            QVERIFY(tool.name != "Task" && tool.name != "posthog_create" && tool.name != "ask_user");
        QCOMPARE(requests.back().history.back().answers.at(0).text, std::string("There are three."));
        QCOMPARE(fixture.client.textOf(session), std::string("I ask somebody.Done.")); // What it says is the call's output alone.
        int beneath = 0;
        for (const auto &update : fixture.client.updatesOf(session)) {
            if (update.value("toolCallId", "") == "child") {
                ++beneath;
                COMPARE_JSON(update["_meta"]["claudeCode"]["parentToolCallId"], "parent");
            }
        }
        QVERIFY(beneath >= 2);
        auto stored = agent::historyFrom(fixture.journalOf(session));
        stored.pop_back();
        COMPARE_JSON(formOf(stored), formOf(requests.back().history));
    }

    void endsASubAgentWithItsTurn()
    {
        std::atomic<bool> isThere = false;
        const auto task = std::make_shared<ScriptedTool>("Task", Group::Agent, [](const auto &id, const auto &, tools::Context &context, std::stop_token stop) {
            const auto report = context.subAgents().run({"Look", "Think", ""}, id, stop);
            return report ? ph::Result<tools::Output>(outputOf(*report)) : ph::fail(report.error());
        });
        AgentFixture fixture(false, {}, [&](agent::Options &options) { options.parts.tools.push_back(task); });
        fixture.model->thenCalls("", {callOf("parent", "Task")});
        fixture.model->then([&](const model::Request &, model::Listener &, std::stop_token stop) -> ph::Result<model::Reply> {
            isThere = true;
            while (!stop.stop_requested())
                std::this_thread::sleep_for(1ms);
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        });
        const auto session = fixture.newSession();
        std::promise<ph::Result<acp::PromptResponse>> answer;
        fixture.clientSide->prompt(AgentFixture::promptOf(session, "go"), [&](auto reply) { answer.set_value(std::move(reply)); });
        QVERIFY(fixture.client.waitFor([&] { return isThere.load(); }));
        fixture.clientSide->cancel(session);

        QCOMPARE(answer.get_future().get()->stopReason, std::string("cancelled"));
    }

    void leavesPlanModeAsTheUserChooses_data()
    {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("feedback");
        QTest::newRow("accept edits") << "acceptEdits" << "acceptEdits" << "";
        QTest::newRow("ask") << "default" << "default" << "";
        QTest::newRow("no") << "reject_with_feedback" << "plan" << "Smaller.";
        QTest::newRow("an option that was not offered") << "yolo" << "plan" << "";
    }
    void leavesPlanModeAsTheUserChooses()
    {
        QFETCH(QString, option);
        QFETCH(QString, mode);
        QFETCH(QString, feedback);
        std::string heard;
        const auto leave = std::make_shared<ScriptedTool>("Leave", Group::SwitchMode, [&](const auto &id, const auto &, tools::Context &context, std::stop_token stop) {
            const auto verdict = context.modes().leavePlan(id, "# Plan\n1. Do it", stop);
            if (verdict)
                heard = verdict->feedback;
            return ph::Result<tools::Output>(outputOf("ok"));
        });
        AgentFixture fixture(false, {}, [&](agent::Options &options) { options.parts.tools.push_back(leave); });
        fixture.client.onPermission = [&](const acp::RequestPermissionRequest &, std::stop_token) {
            return acp::RequestPermissionResponse{{"selected", option.toStdString()}, ph::Json{{"customInput", feedback.toStdString()}}};
        };
        fixture.model->thenCalls("", {callOf("1", "Leave")});
        const auto session = fixture.newSession();
        QVERIFY(fixture.setOption(session, "mode", "plan"));
        fixture.prompt(session, "go");

        const auto requests = fixture.client.permissions();
        QCOMPARE(requests.size(), std::size_t(1));
        QCOMPARE(*requests[0].toolCall.kind, std::string("switch_mode"));
        QCOMPARE(*(*requests[0].toolCall.content)[0].content->text, std::string("# Plan\n1. Do it"));
        QCOMPARE(heard, feedback.toStdString());
        const auto options = fixture.setOption(session, "model", "scripted")->configOptions;
        COMPARE_JSON(optionOf(ph::Json(options), "mode")["currentValue"], mode.toStdString());
    }

    void opensASessionAsItsClientAsks()
    {
        AgentFixture fixture;
        acp::NewSessionRequest request;
        request.cwd = "/home/ana";
        request.additionalDirectories = {"/srv/shared"};
        request.meta = ph::Json{{"permissionMode", "acceptEdits"}, {"model", "other"}, {"systemPrompt", {{"append", "Speak like a pirate."}}}, {"taskRunId", "run-1"}};
        const auto reply = fixture.clientSide->newSession(request);
        QVERIFY(reply);
        fixture.prompt(reply->sessionId, "go");

        QCOMPARE(reply->modes->currentModeId, std::string("acceptEdits"));
        const auto asked = fixture.other->requests().at(0);
        QVERIFY(asked.system.find("Speak like a pirate.") != std::string::npos);
        QVERIFY(asked.system.find("/srv/shared") != std::string::npos);
        COMPARE_JSON(fixture.client.notified("_posthog/sdk_session").at(0), {{"taskRunId", "run-1"}, {"sessionId", reply->sessionId.value}, {"adapter", "hoglet"}});
    }
};

QTEST_GUILESS_MAIN(SessionTest)
#include "session_test.moc"

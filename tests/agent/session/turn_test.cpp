#include "agent/session/history.h"
#include "tests/support/agent_fixture.h"
#include "tests/support/compare_json.h"

#include <QTest>

#include <future>

using namespace std::chrono_literals;
using support::AgentFixture;
using support::callOf;

namespace {

/// How a call looked at each of its updates: "pending", "in_progress", "completed".
std::vector<std::string> statesOf(const std::vector<ph::Json> &updates, const std::string &call)
{
    std::vector<std::string> states;
    for (const auto &update : updates) {
        if (update.value("toolCallId", "") == call && update.contains("status"))
            states.push_back(update["status"]);
    }
    return states;
}

const ph::Json question{{"question", "Which step?"},
                        {"header", "Step"},
                        {"step", "loss"},
                        {"options", {{{"id", "a"}, {"label", "Sign up"}, {"description", "largest"}}, {{"id", "b"}, {"label", "Invite"}}}},
                        {"recommended", "b"}};
const ph::Json cohort{{"kind", "cohorts"}, {"body", {{"name", "Dropped"}}}};

} // namespace

class TurnTest : public QObject
{
    Q_OBJECT

private slots:
    void streamsTextAndEnds()
    {
        AgentFixture fixture;
        fixture.model->then([](const model::Request &, model::Listener &listener, std::stop_token) {
            listener.onThought("hm");
            listener.onText("Hal");
            listener.onText("lo", {{"hoglet", {{"x", 1}}}});
            listener.onPlan({{{"Look", "high", "completed", {}}}, {}});
            listener.onTitle("A greeting");
            return model::Reply{};
        });
        const auto session = fixture.newSession();
        const auto reply = fixture.prompt(session, "hi");

        QCOMPARE(reply->stopReason, std::string("end_turn"));
        const auto updates = fixture.client.updatesOf(session);
        QCOMPARE(updates.size(), std::size_t(5));
        COMPARE_JSON(updates[0]["sessionUpdate"], "agent_thought_chunk");
        COMPARE_JSON(updates[1]["content"], {{"type", "text"}, {"text", "Hal"}});
        COMPARE_JSON(updates[2]["messageId"], updates[1]["messageId"]);
        COMPARE_JSON(updates[2]["_meta"], {{"hoglet", {{"x", 1}}}});
        COMPARE_JSON(updates[3], {{"sessionUpdate", "plan"}, {"entries", {{{"content", "Look"}, {"priority", "high"}, {"status", "completed"}}}}});
        COMPARE_JSON(updates[4]["title"], "A greeting");
    }

    void showsACallFromItsRequestToItsResult()
    {
        AgentFixture fixture;
        fixture.model->thenCalls("Looking.", {callOf("call-1", "posthog_query", {{"hogql", "SELECT event, count() FROM events"}, {"values", {{"n", 1}}}})});
        const auto session = fixture.newSession();
        fixture.prompt(session, "count");

        const auto updates = fixture.client.updatesOf(session);
        COMPARE_JSON(updates[1], {{"sessionUpdate", "tool_call"},
                                  {"toolCallId", "call-1"},
                                  {"title", "HogQL: SELECT event, count() FROM events"},
                                  {"name", "posthog_query"},
                                  {"kind", "search"},
                                  {"status", "pending"},
                                  {"_meta", {{"claudeCode", {{"toolName", "posthog_query"}}}}},
                                  {"rawInput", {{"hogql", "SELECT event, count() FROM events"}, {"values", {{"n", 1}}}}}});
        COMPARE_JSON(updates[2], {{"sessionUpdate", "tool_call_update"}, {"toolCallId", "call-1"}, {"status", "in_progress"}});
        COMPARE_JSON(updates[3]["status"], "completed");
        COMPARE_JSON(updates[3]["rawOutput"]["rows"], ph::Json::parse(R"([["signed_up",12],["$pageview",3]])"));
        const std::string text = updates[3]["content"][0]["content"]["text"];
        QCOMPARE(QString::fromStdString(text), QString("2 rows × 2 columns.\n\n| event | count\\(\\) |\n| --- | --- |\n| signed\\_up | 12 |\n| \\$pageview | 3 |\n"));
        QCOMPARE(fixture.client.textOf(session), std::string("Looking.Done."));
    }

    void tellsTheModelWhatItsCallsGave()
    {
        AgentFixture fixture;
        fixture.model->thenCalls("Looking.", {callOf("1", "posthog_fields", {{"object", "nope"}}), callOf("2", "no_such_tool"), callOf("3", "posthog_query")});
        const auto session = fixture.newSession();
        fixture.prompt(session, "go");

        const auto history = fixture.model->requests().back().history;
        QCOMPARE(history.size(), std::size_t(3));
        QCOMPARE(history[0].text, std::string("go"));
        QCOMPARE(history[1].text, std::string("Looking."));
        QCOMPARE(history[1].calls.size(), std::size_t(3));
        std::vector<std::string> answers;
        for (const auto &answer : history[2].answers) {
            QVERIFY(answer.failed);
            answers.push_back(answer.text);
        }
        QCOMPARE(answers[0], std::string("There is no object nope."));
        QVERIFY(answers[1].starts_with("There is no tool no_such_tool. The tools are: posthog_query, ") && answers[1].ends_with(", ask_user."));
        QCOMPARE(answers[2], std::string("posthog_query needs `hogql`, a text."));
    }

    void tellsTheModelThatItsInputWasNoJson()
    {
        AgentFixture fixture;
        auto call = callOf("1", "posthog_query");
        call.problem = "The input of posthog_query is no JSON object.";
        fixture.model->thenCalls("", {call});
        const auto session = fixture.newSession();
        fixture.prompt(session, "go");

        const auto answer = fixture.model->requests().back().history.back().answers.at(0);
        QVERIFY(answer.failed);
        QCOMPARE(answer.text, std::string("The input of posthog_query is no JSON object."));
        COMPARE_JSON(fixture.client.updatesOf(session)[1]["status"], "failed");
    }

    void asksBeforeSomethingIsChanged_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("choice");
        QTest::addColumn<int>("asked");
        QTest::addColumn<int>("created"); // of two calls
        QTest::newRow("allowed once, each time") << "default" << "allow" << 2 << 2;
        QTest::newRow("allowed for the session") << "default" << "allow_always" << 1 << 2;
        QTest::newRow("declined") << "default" << "reject" << 2 << 0;
        QTest::newRow("an option that was not offered") << "default" << "anything" << 2 << 0;
        QTest::newRow("accept edits is about files") << "acceptEdits" << "allow" << 2 << 2;
        QTest::newRow("plan refuses") << "plan" << "allow" << 0 << 0;
        QTest::newRow("bypass does not ask") << "bypassPermissions" << "allow" << 0 << 2;
    }
    void asksBeforeSomethingIsChanged()
    {
        QFETCH(QString, mode);
        QFETCH(QString, choice);
        QFETCH(int, asked);
        QFETCH(int, created);
        qputenv("IS_SANDBOX", "1"); // Root may not choose to bypass otherwise.
        AgentFixture fixture;
        fixture.client.onPermission = [&](const acp::RequestPermissionRequest &, std::stop_token) {
            return acp::RequestPermissionResponse{{"selected", choice.toStdString()}, {}};
        };
        fixture.model->thenCalls("", {callOf("1", "posthog_create", cohort)});
        fixture.model->thenCalls("", {callOf("2", "posthog_create", cohort)});
        const auto session = fixture.newSession();
        std::promise<void> set;
        fixture.clientSide->setMode({session, mode.toStdString()}, [&](const auto &) { set.set_value(); });
        set.get_future().wait();
        const auto reply = fixture.prompt(session, "go");

        QCOMPARE(reply->stopReason, std::string("end_turn"));
        QCOMPARE(int(fixture.client.permissions().size()), asked);
        QCOMPARE(fixture.driver->creations.load(), created);
        QCOMPARE(statesOf(fixture.client.updatesOf(session), "2").back(), std::string(created ? "completed" : "failed"));
    }

    void showsWhatIsToBeAllowed()
    {
        AgentFixture fixture;
        fixture.model->thenCalls("", {callOf("call-1", "posthog_create", cohort)});
        const auto session = fixture.newSession();
        fixture.prompt(session, "go");

        const auto request = fixture.client.permissions().front();
        auto shown = cohort;
        shown["toolName"] = "posthog_create";
        QVERIFY(request.sessionId == session);
        COMPARE_JSON(request.toolCall, {{"toolCallId", "call-1"}, {"title", "Create in cohorts: Dropped"}, {"kind", "other"}, {"status", "pending"}, {"rawInput", shown}});
        std::vector<std::string> kinds;
        for (const auto &option : request.options)
            kinds.push_back(option.kind);
        QCOMPARE(kinds, (std::vector<std::string>{"allow_once", "allow_always", "reject_once"}));
    }

    void asksAQuestionAsAForm()
    {
        AgentFixture fixture(true);
        fixture.model->thenCalls("", {callOf("call-1", "ask_user", question)});
        const auto session = fixture.newSession();
        fixture.prompt(session, "go");

        const auto form = fixture.client.forms().front();
        COMPARE_JSON(form, {{"mode", "form"},
                            {"message", "Which step?"},
                            {"sessionId", session.value},
                            {"toolCallId", "call-1"},
                            {"_meta", {{"hoglet", {{"step", "loss"}, {"recommended", "b"}}}}},
                            {"requestedSchema",
                             {{"type", "object"},
                              {"properties",
                               {{"answer",
                                 {{"type", "string"},
                                  {"title", "Step"},
                                  {"default", "b"},
                                  {"oneOf", {{{"const", "a"}, {"title", "Sign up"}, {"description", "largest"}}, {{"const", "b"}, {"title", "Invite"}}}}}}}},
                              {"required", ph::Json::array({"answer"})}}}});
        COMPARE_JSON(fixture.client.updatesOf(session)[2]["rawOutput"], {{"answer", "b"}});
        QVERIFY(fixture.client.permissions().empty());
    }

    void asksAQuestionAsOptionsWhereThereAreNoForms()
    {
        AgentFixture fixture;
        fixture.client.onPermission = [](const acp::RequestPermissionRequest &, std::stop_token) { return acp::RequestPermissionResponse{{"selected", "a"}, {}}; };
        fixture.model->thenCalls("", {callOf("call-1", "ask_user", question)});
        const auto session = fixture.newSession();
        fixture.prompt(session, "go");

        const auto request = fixture.client.permissions().front();
        COMPARE_JSON((*request.meta)["twigToolKind"], "question");
        QCOMPARE(*request.toolCall.title, std::string("Which step?"));
        COMPARE_JSON(request.options, {{{"optionId", "a"}, {"name", "Sign up"}, {"kind", "allow_once"}, {"_meta", {{"description", "largest"}}}},
                                       {{"optionId", "b"}, {"name", "Invite"}, {"kind", "allow_once"}, {"_meta", {{"hoglet", {{"recommended", true}}}}}}});
        COMPARE_JSON(fixture.client.updatesOf(session)[2]["rawOutput"], {{"answer", "a"}});
    }

    void takesOptionsWhenAFormFails()
    {
        AgentFixture fixture(true);
        fixture.client.onForm = [](const acp::ElicitationRequest &, std::stop_token) { return acp::refuse(-32603, "no forms after all"); };
        fixture.model->thenCalls("", {callOf("call-1", "ask_user", question)});
        const auto session = fixture.newSession();
        fixture.prompt(session, "go");

        COMPARE_JSON(fixture.client.updatesOf(session)[2]["rawOutput"], {{"answer", "a"}});
    }

    void endsTheTurnWhenAQuestionIsDismissed()
    {
        AgentFixture fixture(true);
        fixture.client.onForm = [](const acp::ElicitationRequest &, std::stop_token) { return acp::ElicitationResponse{"cancel", {}}; };
        fixture.model->thenCalls("", {callOf("1", "ask_user", question), callOf("2", "posthog_query", {{"hogql", "SELECT 1"}})});
        const auto session = fixture.newSession();
        const auto reply = fixture.prompt(session, "go");

        QCOMPARE(reply->stopReason, std::string("cancelled"));
        QCOMPARE(fixture.driver->queries.load(), 0);
        QCOMPARE(statesOf(fixture.client.updatesOf(session), "2"), (std::vector<std::string>{"pending", "failed"}));
    }

    void cancelsInMidStep_data()
    {
        QTest::addColumn<QString>("where");
        for (const char *where : {"model", "query", "permission", "options", "form"})
            QTest::newRow(where) << where;
    }
    void cancelsInMidStep()
    {
        QFETCH(QString, where);
        AgentFixture fixture(where == "form");
        std::atomic<bool> isThere = false;
        fixture.driver->onQuery = [&](const std::string &hogql, const ph::Json &values, std::stop_token stop) {
            isThere = true;
            return support::FakeDriver::untilStopped(hogql, values, stop);
        };
        fixture.client.onPermission = [&](const acp::RequestPermissionRequest &request, std::stop_token stop) {
            isThere = true;
            return support::FakeClient::neverAnswers(request, stop);
        };
        fixture.client.onForm = [&](const acp::ElicitationRequest &, std::stop_token stop) {
            isThere = true;
            while (!stop.stop_requested())
                std::this_thread::sleep_for(1ms);
            return acp::ElicitationResponse{};
        };
        if (where == "model") {
            fixture.model->then([&](const model::Request &, model::Listener &, std::stop_token stop) -> ph::Result<model::Reply> {
                isThere = true;
                while (!stop.stop_requested())
                    std::this_thread::sleep_for(1ms);
                return ph::fail(ph::ErrorCode::Network, "aborted"); // an abort that comes out as an error is a cancel all the same
            });
        } else {
            const auto query = callOf("1", "posthog_query", {{"hogql", "SELECT 1"}});
            const auto first = where == "query" ? query : where == "permission" ? callOf("1", "posthog_create", cohort) : callOf("1", "ask_user", question);
            fixture.model->thenCalls("", {first, callOf("2", "posthog_query", {{"hogql", "SELECT 2"}}), callOf("3", "posthog_create", cohort)});
        }
        const auto session = fixture.newSession();
        std::promise<ph::Result<acp::PromptResponse>> answer;
        fixture.clientSide->prompt(AgentFixture::promptOf(session, "go"), [&](auto reply) { answer.set_value(std::move(reply)); });
        QVERIFY(fixture.client.waitFor([&] { return isThere.load(); }));
        const auto start = std::chrono::steady_clock::now();
        fixture.clientSide->cancel(session);
        fixture.clientSide->cancel(session);
        auto future = answer.get_future();
        QVERIFY(future.wait_for(2s) == std::future_status::ready);
        const auto reply = future.get();

        QVERIFY2(reply, reply ? "" : reply.error().message.c_str());
        QCOMPARE(reply->stopReason, std::string("cancelled"));
        qInfo("answered after %d ms", int((std::chrono::steady_clock::now() - start) / 1ms));
        if (where != "model") {
            for (const char *call : {"1", "2", "3"})
                QCOMPARE(statesOf(fixture.client.updatesOf(session), call).back(), std::string("failed"));
        }
        QCOMPARE(fixture.driver->creations.load(), 0);
        QVERIFY(fixture.driver->queries <= 1);
        QCOMPARE(fixture.prompt(session, "again")->stopReason, std::string("end_turn"));
    }

    void failsWithTheModelsError()
    {
        AgentFixture fixture;
        fixture.model->then([](const model::Request &, model::Listener &listener, std::stop_token) -> ph::Result<model::Reply> {
            listener.onText("Half a");
            return ph::fail(ph::ErrorCode::Network, "The model cannot be reached.");
        });
        const auto session = fixture.newSession();
        const auto reply = fixture.prompt(session, "go");

        QCOMPARE(reply.error().message, std::string("The model cannot be reached."));
        QCOMPARE(fixture.prompt(session, "again")->stopReason, std::string("end_turn"));
        QCOMPARE(fixture.model->requests().back().history[1].text, std::string("Half a"));
    }

    void stopsAModelThatNeverEnds()
    {
        AgentFixture fixture;
        int step = 0;
        fixture.model->otherwise = [&](const model::Request &, model::Listener &, std::stop_token) {
            return model::Reply{{callOf(std::to_string(step++), "posthog_objects")}, "end_turn"};
        };
        const auto session = fixture.newSession();

        QCOMPARE(fixture.prompt(session, "go")->stopReason, std::string("max_turn_requests"));
        QCOMPARE(step, 200);
    }

    void forgetsARefusedPrompt()
    {
        AgentFixture fixture;
        fixture.model->then([](const model::Request &, model::Listener &listener, std::stop_token) {
            listener.onText("No.");
            return model::Reply{{}, "refusal"};
        });
        const auto session = fixture.newSession();
        QCOMPARE(fixture.prompt(session, "bad")->stopReason, std::string("refusal"));
        fixture.prompt(session, "good");

        const auto history = fixture.model->requests().back().history;
        QCOMPARE(history.size(), std::size_t(1));
        QCOMPARE(history[0].text, std::string("good"));
        const auto stored = agent::historyFrom(fixture.journalOf(session));
        QCOMPARE(stored.front().text, std::string("good"));
    }
};

QTEST_GUILESS_MAIN(TurnTest)
#include "turn_test.moc"

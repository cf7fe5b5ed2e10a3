#include "agent/model/language_model.h"
#include "agent/session/history.h"
#include "agent/tools/agent_tools.h"
#include "tests/support/agent_fixture.h"
#include "tests/support/compare_json.h"
#include "tests/support/manual_clock.h"
#include "tests/support/model_server.h"
#include "tests/support/tool_folder.h"

#include <QTest>

#include <random>

using namespace std::chrono_literals;
using support::AgentFixture;
using support::ModelServer;
using support::ToolFolder;

namespace {

/// The embedded agent with a language model that is asked over HTTP and with all its tools, in a folder of its own. Waiting for a
/// service takes no time.
struct Agent {
    explicit Agent(bool isChat = false)
        : fixture(false, {}, [this, isChat](agent::Options &options) { prepare(options, isChat); })
        , session(fixture.newSession(folder.work.string()))
    {
    }

    ph::Result<acp::PromptResponse> prompt(const std::string &text = "go") { return fixture.prompt(session, text); }

    /// The results that the model was told of in its last request, as {id: text}.
    std::map<std::string, std::string> told() const
    {
        std::map<std::string, std::string> results;
        const auto body = server.lastRequest().body;
        for (const auto &message : body["messages"]) {
            const auto blocks = message["content"].is_array() ? message["content"] : ph::Json::array();
            for (const auto &block : blocks) {
                if (block["type"] != "tool_result")
                    continue;
                const auto &content = block["content"];
                results[block["tool_use_id"]] = content.is_string() ? content.get<std::string>() : content.at(0).value("text", "");
            }
        }
        return results;
    }

    ph::Json lastUpdateOf(const std::string &call) const
    {
        ph::Json last;
        for (const auto &update : fixture.client.updatesOf(session)) {
            if (update.value("toolCallId", "") == call)
                last = update;
        }
        return last;
    }

    void answerPermissions(const std::string &option, const std::string &words = {})
    {
        fixture.client.onPermission = [option, words](const acp::RequestPermissionRequest &, std::stop_token) {
            acp::RequestPermissionResponse response{{"selected", option}, {}};
            if (!words.empty())
                response.meta = ph::Json{{"customInput", words}};
            return response;
        };
    }

    ModelServer server;
    http::Client client;
    ManualClock clock;
    ToolFolder folder;
    AgentFixture fixture;
    acp::SessionId session;

private:
    void prepare(agent::Options &options, bool isChat)
    {
        model::LanguageModel choice;
        choice.id = "test/m";
        choice.facts.id = "m";
        choice.facts.name = "M";
        choice.facts.info = {200'000, 32'000, true, {}};
        choice.service.name = "The service";
        choice.service.baseUrl = isChat ? server.openAiUrl() : server.url();
        const model::Network network{client, clock, {}};
        const auto model = isChat ? model::makeChatModel(network, choice) : model::makeMessagesModel(network, choice);
        options.parts.models = [model] { return agent::Models{model}; };
        options.parts.prompts.system = "You are a test.";
        options.parts.prompts.compaction = "Sum it up.";
        options.parts.tools = tools::makeAgentTools({{}, client, {}, {}});
    }
};

} // namespace

class WholeTurnTest : public QObject
{
    Q_OBJECT

private slots:
    void editsAFileThatTheUserAgreesTo_data()
    {
        QTest::addColumn<bool>("isChat");
        QTest::addColumn<bool>("isSplit");
        QTest::newRow("messages") << false << false;
        QTest::newRow("messages, byte by byte") << false << true;
        QTest::newRow("chat completions") << true << false;
        QTest::newRow("chat completions, byte by byte") << true << true;
    }
    void editsAFileThatTheUserAgreesTo()
    {
        QFETCH(bool, isChat);
        QFETCH(bool, isSplit);
        Agent agent(isChat);
        if (isSplit)
            agent.server.splitEveryByte();
        const auto file = agent.folder.work / "greeting.txt";
        ToolFolder::write(file, "hello\nworld\n");
        agent.server.thenTools({{"Read", {{"file_path", file.string()}}, "r1"}}, "Let me look.");
        agent.server.thenTools({{"Edit", {{"file_path", file.string()}, {"old_string", "world"}, {"new_string", "there"}}, "e1"}});
        agent.server.thenText("Done.");

        const auto reply = agent.prompt("Greet somebody else");

        QVERIFY2(reply, reply ? "" : reply.error().message.c_str());
        QCOMPARE(reply->stopReason, std::string("end_turn"));
        QCOMPARE(ToolFolder::read(file), std::string("hello\nthere\n"));
        const auto asked = agent.fixture.client.permissions();
        QCOMPARE(asked.size(), std::size_t(1)); // Reading is not asked for.
        QCOMPARE(*asked[0].toolCall.kind, std::string("edit"));
        const auto diff = (*asked[0].toolCall.content)[0];
        QCOMPARE(diff.type, std::string("diff"));
        QCOMPARE(*diff.path, file.string());
        QVERIFY(diff.newText->find("there") != std::string::npos);
        QCOMPARE(agent.fixture.client.textOf(agent.session), std::string("Let me look.Done."));
    }

    void leavesAFileAloneThatTheUserDoesNotAgreeTo()
    {
        Agent agent;
        agent.answerPermissions("reject", "Not this one.");
        const auto file = agent.folder.work / "new.txt";
        agent.server.thenTools({{"Write", {{"file_path", file.string()}, {"content", "x"}}, "w1"}});
        agent.server.thenText("Then not.");

        QCOMPARE(agent.prompt()->stopReason, std::string("end_turn"));

        QVERIFY(!std::filesystem::exists(file));
        QCOMPARE(agent.told()["w1"], std::string("User refused permission to run tool with feedback: Not this one."));
    }

    void runsACommandAndShowsItsOutput()
    {
        Agent agent;
        agent.answerPermissions("allow");
        agent.server.thenTools({{"Bash", {{"command", "printf 'one\\ntwo\\n'; exit 3"}}, "b1"}});
        agent.server.thenText("It failed.");

        QCOMPARE(agent.prompt()->stopReason, std::string("end_turn"));

        COMPARE_JSON(agent.lastUpdateOf("b1")["status"], "failed");
        QVERIFY(agent.told()["b1"].find("one\ntwo") != std::string::npos);
        QVERIFY(agent.told()["b1"].find("3") != std::string::npos);
        QVERIFY((*agent.fixture.client.permissions().at(0).toolCall.rawInput)["command"] == "printf 'one\\ntwo\\n'; exit 3");
    }

    void looksAtSeveralThingsInOneStep()
    {
        Agent agent;
        ToolFolder::write(agent.folder.work / "a.txt", "alpha\n");
        ToolFolder::write(agent.folder.work / "b.txt", "beta\n");
        agent.server.thenTools({{"Read", {{"file_path", (agent.folder.work / "a.txt").string()}}, "1"},
                                {"Grep", {{"pattern", "beta"}, {"output_mode", "content"}}, "2"},
                                {"Glob", {{"pattern", "*.txt"}}, "3"}});
        agent.server.thenText("Seen.");

        QCOMPARE(agent.prompt()->stopReason, std::string("end_turn"));

        auto told = agent.told();
        QVERIFY(told["1"].find("alpha") != std::string::npos);
        QVERIFY(told["2"].find("beta") != std::string::npos);
        QVERIFY(told["3"].find("a.txt") != std::string::npos && told["3"].find("b.txt") != std::string::npos);
        QVERIFY(agent.fixture.client.permissions().empty());
    }

    void tellsTheModelWhatItsGarbageWas()
    {
        Agent agent;
        support::ToolUse broken{"Read", {}, "g1", "{\"file_path\": "};
        agent.server.thenTools({broken, {"NoSuchTool", {{"a", 1}}, "g2"}, {"Read", ph::Json::object(), "g3"}});
        agent.server.thenText("Sorry.");

        QCOMPARE(agent.prompt()->stopReason, std::string("end_turn"));

        auto told = agent.told();
        QCOMPARE(told.size(), std::size_t(3));
        QVERIFY(told["g2"].find("There is no tool NoSuchTool") != std::string::npos);
        for (const char *call : {"g1", "g2", "g3"})
            COMPARE_JSON(agent.lastUpdateOf(call)["status"], "failed");
    }

    void waitsOutAServiceThatIsBusyAndRunsNothingTwice()
    {
        Agent agent;
        agent.answerPermissions("allow");
        agent.server.thenError(529, "overloaded_error");
        agent.server.thenError(429, "rate_limit_error", "3");
        agent.server.thenTools({{"Bash", {{"command", "echo x >> count"}}, "b1"}});
        agent.server.thenError(500);
        agent.server.thenText("Done.");

        QCOMPARE(agent.prompt()->stopReason, std::string("end_turn"));
        QCOMPARE(ToolFolder::read(agent.folder.work / "count"), std::string("x\n"));
    }

    void keepsWhatWasSaidWhenTheStreamBreaks()
    {
        Agent agent;
        agent.server.thenCut("Half of an answer");
        const auto broken = agent.prompt();
        agent.server.thenText("Whole.");
        const auto reply = agent.prompt("again");

        QVERIFY(!broken);
        QCOMPARE(reply->stopReason, std::string("end_turn"));
        const auto shown = agent.fixture.client.textOf(agent.session);
        QVERIFY(shown.ends_with("Whole.") && std::string("Half of an answer").starts_with(shown.substr(0, shown.size() - 6)));
        // What the user saw, the model knows of.
        const auto known = agent.server.lastRequest().body["messages"].dump();
        QVERIFY2(shown == "Whole." || known.find(shown.substr(0, shown.size() - 6)) != std::string::npos, known.c_str());
    }

    void plansWithoutChangingAnythingAndGoesOnAsAgreed()
    {
        Agent agent;
        const auto file = agent.folder.work / "made.txt";
        const std::string plan = "# The plan\n\n1. Write the file made.txt with a word in it.\n";
        QVERIFY(agent.fixture.setOption(agent.session, "mode", "plan"));
        agent.answerPermissions("acceptEdits");
        agent.server.thenTools({{"Write", {{"file_path", file.string()}, {"content", "early"}}, "w1"}});
        agent.server.thenTools({{"ExitPlanMode", {{"plan", plan}}, "p1"}});
        agent.server.then([&](const support::ModelRequest &) {
            support::ModelAnswer answer;
            if (!std::filesystem::exists(file))
                answer.calls = {{"Write", {{"file_path", file.string()}, {"content", "word"}}, "w2"}};
            else
                answer.text = "It was written in plan mode.";
            return answer;
        });
        agent.server.thenText("Done.");

        QCOMPARE(agent.prompt("Make the file")->stopReason, std::string("end_turn"));

        COMPARE_JSON(agent.lastUpdateOf("w1")["status"], "failed");
        QVERIFY2(agent.lastUpdateOf("w2")["status"] == "completed", agent.lastUpdateOf("w2").dump().c_str());
        QCOMPARE(ToolFolder::read(file), std::string("word"));
        const auto asked = agent.fixture.client.permissions();
        QCOMPARE(asked.size(), std::size_t(1)); // the plan; edits are accepted from then on
        QCOMPARE(*asked[0].toolCall.kind, std::string("switch_mode"));
        QCOMPARE(*(*asked[0].toolCall.content)[0].content->text, plan);
    }

    void handsAPartOfTheWorkToASubAgent()
    {
        Agent agent;
        ToolFolder::write(agent.folder.work / "notes.txt", "the answer is 42\n");
        agent.server.thenTools({{"Task", {{"description", "Find the answer"}, {"prompt", "What is the answer?"}, {"subagent_type", "Explore"}}, "t1"}});
        agent.server.thenTools({{"Grep", {{"pattern", "answer"}, {"output_mode", "content"}}, "s1"}});
        agent.server.thenText("The answer is 42.");
        agent.server.thenText("It is 42.");

        QCOMPARE(agent.prompt()->stopReason, std::string("end_turn"));

        QVERIFY(agent.told()["t1"].find("The answer is 42.") != std::string::npos);
        COMPARE_JSON(agent.lastUpdateOf("s1")["_meta"]["claudeCode"]["parentToolCallId"], "t1");
        QCOMPARE(agent.fixture.client.textOf(agent.session), std::string("It is 42."));
    }

    void reachesNothingOutsideOfItsFolder()
    {
        Agent agent;
        std::filesystem::create_directory_symlink(agent.folder.outside, agent.folder.work / "link");
        agent.answerPermissions("reject");
        agent.server.thenTools({{"Write", {{"file_path", (agent.folder.work / "link" / "x").string()}, {"content", "x"}}, "1"},
                                {"Write", {{"file_path", "/etc/hoglet-test"}, {"content", "x"}}, "2"},
                                {"Read", {{"file_path", "/proc/self/environ"}}, "3"}});
        agent.server.thenText("No.");
        QVERIFY(agent.fixture.setOption(agent.session, "mode", "acceptEdits"));

        QCOMPARE(agent.prompt()->stopReason, std::string("end_turn"));

        QVERIFY(!std::filesystem::exists(agent.folder.outside / "x"));
        QVERIFY(!std::filesystem::exists("/etc/hoglet-test"));
        for (const char *call : {"1", "2", "3"})
            COMPARE_JSON(agent.lastUpdateOf(call)["status"], "failed");
    }

    void answersACancelAtAnyMoment()
    {
        const int rounds = qEnvironmentVariableIsSet("HOGLET_LONG") ? 1'000 : 60;
        Agent agent;
        std::mt19937 random(7);
        agent.fixture.client.onPermission = [](const acp::RequestPermissionRequest &, std::stop_token stop) {
            for (int i = 0; i < 30 && !stop.stop_requested(); ++i)
                std::this_thread::sleep_for(1ms);
            return acp::RequestPermissionResponse{{"selected", "allow"}, {}};
        };
        for (int round = 0; round < rounds; ++round) {
            agent.server.thenTools({{"Bash", {{"command", "sleep 0.02; echo " + std::to_string(round)}}, "b" + std::to_string(round)}}, "Now");
            agent.server.thenTools({{"Glob", {{"pattern", "*"}}, "g" + std::to_string(round)}});
            agent.server.thenStall("Hm");
            std::promise<ph::Result<acp::PromptResponse>> answer;
            auto future = answer.get_future();
            agent.fixture.clientSide->prompt(AgentFixture::promptOf(agent.session, "go"), [&](auto reply) { answer.set_value(std::move(reply)); });
            std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution(0, 120)(random)));
            agent.fixture.clientSide->cancel(agent.session);

            QVERIFY2(future.wait_for(20s) == std::future_status::ready, qPrintable(QString("round %1").arg(round)));
            const auto reply = future.get();
            QVERIFY2(reply, reply ? "" : reply.error().message.c_str());
            QCOMPARE(reply->stopReason, std::string("cancelled"));
            agent.server.forget();
        }
        agent.server.thenText("Still here.");
        QCOMPARE(agent.prompt("are you there?")->stopReason, std::string("end_turn"));
    }
};

QTEST_GUILESS_MAIN(WholeTurnTest)
#include "whole_turn_test.moc"

#include "agent/session/history.h"
#include "tests/support/agent_fixture.h"
#include "tests/support/compare_json.h"
#include "tests/support/text_peer.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <future>
#include <random>

#include <unistd.h>

using namespace std::chrono_literals;
using support::AgentFixture;
using support::callOf;

namespace {

ph::Json asJson(const std::vector<model::Message> &history)
{
    ph::Json json = ph::Json::array();
    for (const auto &message : history) {
        ph::Json calls = ph::Json::array();
        for (const auto &call : message.calls)
            calls.push_back({call.id.value, call.name, call.input, call.title, call.meta.value_or(nullptr)});
        ph::Json answers = ph::Json::array();
        for (const auto &answer : message.answers)
            answers.push_back({answer.id.value, answer.failed, answer.text, answer.output});
        json.push_back({int(message.role), message.text, message.blocks, message.meta, calls, answers});
    }
    return json;
}

/// Waits for the answer of a call that comes by a function.
template <typename T, typename Call>
ph::Result<T> wait(const Call &call)
{
    std::promise<ph::Result<T>> promise;
    call([&promise](ph::Result<T> answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
}

std::string line(const ph::Json &id, const std::string &method, const ph::Json &params)
{
    return ph::Json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}}.dump();
}

const std::string hello = line(0, "initialize", {{"protocolVersion", 1}});

/// Raw lines to an agent, on whatever transport.
class RawAgent
{
public:
    explicit RawAgent(bool overStdio, std::shared_ptr<support::ScriptedModel> model = std::make_shared<support::ScriptedModel>())
    {
        std::unique_ptr<acp::Transport> agentEnd;
        std::unique_ptr<acp::Transport> clientEnd;
        if (overStdio) {
            int there[2];
            int back[2];
            if (::pipe(there) != 0 || ::pipe(back) != 0)
                qFatal("no pipe");
            m_fds = {there[0], there[1], back[0], back[1]};
            agentEnd = acp::makeStdio(there[0], back[1]);
            clientEnd = acp::makeStdio(back[0], there[1]);
        } else {
            std::tie(agentEnd, clientEnd) = acp::makePipe();
        }
        agent::Options options;
        options.version = "1.2.3";
        options.parts.gate.dataFolder = m_data.path().toStdString();
        options.parts.models = [model = std::move(model)] { return agent::Models{model}; };
        options.parts.tools = tools::makePosthogTools([this](std::stop_token) -> ph::Result<std::shared_ptr<posthog::Driver>> { return m_driver; });
        options.parts.tools.push_back(tools::makeAskUser());
        service = std::make_unique<agent::Service>(std::move(agentEnd), std::move(options));
        peer = std::make_unique<support::TextPeer>(std::move(clientEnd));
    }
    ~RawAgent()
    {
        service.reset();
        peer.reset();
        for (const int fd : m_fds)
            ::close(fd);
    }

    std::unique_ptr<agent::Service> service;
    std::unique_ptr<support::TextPeer> peer;

private:
    std::shared_ptr<support::FakeDriver> m_driver = std::make_shared<support::FakeDriver>();
    std::vector<int> m_fds;
    QTemporaryDir m_data;
};

} // namespace

class AcpAgentTest : public QObject
{
    Q_OBJECT

private slots:
    void saysWhatItCan()
    {
        AgentFixture fixture;

        const auto &hello = **fixture.initialized;
        QCOMPARE(hello.protocolVersion, 1);
        COMPARE_JSON(*hello.agentInfo, {{"name", "hoglet-agent"}, {"title", "Hoglet"}, {"version", "1.2.3"}});
        COMPARE_JSON(hello.agentCapabilities["loadSession"], true);
        for (const char *key : {"list", "close", "resume", "delete"})
            QVERIFY2(hello.agentCapabilities["sessionCapabilities"][key].is_object(), key);
        COMPARE_JSON(hello.authMethods, ph::Json::array());
    }

    void answersVersionOneWhateverIsOffered()
    {
        for (const int offered : {0, 1, 2, 999}) {
            RawAgent agent(false);
            agent.peer->send(line(0, "initialize", {{"protocolVersion", offered}}));
            COMPARE_JSON(agent.peer->next()["result"]["protocolVersion"], 1);
        }
    }

    void wantsInitializeFirst()
    {
        RawAgent agent(false);
        agent.peer->send(line(1, "session/new", {{"cwd", "/"}, {"mcpServers", ph::Json::array()}}));
        COMPARE_JSON(agent.peer->next()["error"]["code"], -32600);
        agent.peer->send(hello);
        QVERIFY(agent.peer->next().contains("result"));
        agent.peer->send(line(2, "session/new", {{"cwd", "/"}, {"mcpServers", ph::Json::array()}}));
        QVERIFY(agent.peer->next().contains("result"));
    }

    void answersErrorsWithTheirCode_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QByteArray>("params");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *method, const QByteArray &params, int code, const char *message) {
            QTest::addRow("%s %s", method, params.constData()) << method << params << code << message;
        };
        row("session/new", "{}", -32602, "cwd: missing");
        row("session/new", R"({"cwd":"/a"})", -32602, "mcpServers: missing");
        row("session/new", R"({"cwd":5,"mcpServers":[]})", -32602, "cwd: expected a string, got number");
        row("session/new", R"({"cwd":"relative","mcpServers":[]})", -32602, "cwd: expected an absolute path.");
        row("session/new", R"({"cwd":"/a","mcpServers":"x"})", -32602, "mcpServers: expected a list.");
        row("session/prompt", R"({"prompt":[]})", -32602, "sessionId: missing");
        row("session/prompt", R"({"sessionId":"none","prompt":[]})", -32002, "There is no session “none”.");
        row("session/prompt", R"({"sessionId":"S","prompt":[{"type":"text"}]})", -32602, "prompt[0].text: missing");
        row("session/prompt", R"({"sessionId":"S","prompt":[{"type":"resource_link","uri":"about:a"}]})", -32602, "prompt[0].name: missing");
        row("session/prompt", R"({"sessionId":"S","prompt":[{"type":"resource"}]})", -32602, "prompt[0].resource: missing");
        row("session/prompt", R"({"sessionId":"S","prompt":[{"type":"image","data":"","mimeType":"image/png"}]})", -32602, "prompt[0]: this agent takes no image.");
        row("session/prompt", R"({"sessionId":"S","prompt":[{"type":"hologram"}]})", -32602, "prompt[0].type: “hologram” is unknown.");
        row("session/set_mode", R"({"sessionId":"S","modeId":"chaos"})", -32602, "modeId: there is no mode “chaos”.");
        row("session/set_mode", R"({"sessionId":"none","modeId":"plan"})", -32002, "There is no session “none”.");
        row("session/set_config_option", R"({"sessionId":"S","configId":"volume","value":"x"})", -32602, "configId: there is no option “volume”.");
        row("session/set_config_option", R"({"sessionId":"S","configId":"model","value":"gpt"})", -32602, "value: there is no model “gpt”.");
        row("session/set_config_option", R"({"sessionId":"S","configId":"mode","value":true})", -32602, "value: expected a string.");
        row("session/load", R"({"sessionId":"none","cwd":"/a","mcpServers":[]})", -32002, "There is no session “none”.");
        row("session/load", R"({"sessionId":"../../etc","cwd":"/a","mcpServers":[]})", -32002, "There is no session “../../etc”.");
        row("session/load", R"({"sessionId":"none","cwd":"a","mcpServers":[]})", -32602, "cwd: expected an absolute path.");
        row("session/resume", R"({"sessionId":"none","cwd":"/a"})", -32002, "There is no session “none”.");
        row("session/close", R"({"sessionId":"none"})", -32002, "There is no session “none”.");
        row("authenticate", R"({"methodId":"x"})", -32602, "methodId: there is no way to log in called “x”; none is needed.");
        row("logout", "{}", -32601, "Unknown method: logout");
        row("session/fork", "{}", -32601, "Unknown method: session/fork");
        row("_posthog/no_such_method", "{}", -32601, "Unknown method: _posthog/no_such_method");
    }
    void answersErrorsWithTheirCode()
    {
        QFETCH(QString, method);
        QFETCH(QByteArray, params);
        QFETCH(int, code);
        QFETCH(QString, message);
        RawAgent agent(false);
        agent.peer->send(hello);
        agent.peer->next();
        agent.peer->send(line(1, "session/new", {{"cwd", "/"}, {"mcpServers", ph::Json::array()}}));
        const std::string session = agent.peer->next()["result"]["sessionId"];
        params.replace("\"S\"", "\"" + QByteArray::fromStdString(session) + "\"");
        agent.peer->send(line("x", method.toStdString(), ph::Json::parse(params.toStdString())));

        const auto answer = agent.peer->nextWith("id", "x");
        COMPARE_JSON(answer["error"]["code"], code);
        QCOMPARE(QString::fromStdString(answer["error"]["message"]), message);
    }

    void namesItsCommandsAfterTheSessionIsThere()
    {
        RawAgent agent(false);
        agent.peer->send(hello);
        agent.peer->next();
        agent.peer->send(line(1, "session/new", {{"cwd", "/"}, {"mcpServers", ph::Json::array()}}));
        const auto answer = agent.peer->next();
        const auto update = agent.peer->next();

        COMPARE_JSON(update["params"]["sessionId"], answer["result"]["sessionId"]);
        COMPARE_JSON(update["params"]["update"]["sessionUpdate"], "available_commands_update");
    }

    void keepsModeAndOptionsInStep()
    {
        AgentFixture fixture;
        const auto session = fixture.newSession();
        const auto changed = wait<acp::SetConfigOptionResponse>(
            [&](auto then) { fixture.clientSide->setConfigOption({session, "mode", "plan"}, std::move(then)); });
        QCOMPARE(changed->configOptions.size(), std::size_t(2));
        COMPARE_JSON(changed->configOptions[0].currentValue, "plan");
        QVERIFY(wait<acp::Empty>([&](auto then) { fixture.clientSide->setMode({session, "acceptEdits"}, std::move(then)); }));
        QVERIFY(wait<acp::Empty>([&](auto then) { fixture.clientSide->setMode({session, "acceptEdits"}, std::move(then)); }));

        std::vector<std::string> told;
        for (const auto &update : fixture.client.updatesOf(session))
            told.push_back(update.contains("currentModeId") ? update["currentModeId"] : update["configOptions"][0]["currentValue"]);
        QCOMPARE(told, (std::vector<std::string>{"plan", "plan", "acceptEdits", "acceptEdits"}));
    }

    void asksTheModelThatIsChosen()
    {
        AgentFixture fixture;
        const auto session = fixture.newSession();
        const auto changed = wait<acp::SetConfigOptionResponse>(
            [&](auto then) { fixture.clientSide->setConfigOption({session, "model", "other"}, std::move(then)); });
        COMPARE_JSON(changed->configOptions[1].currentValue, "other");
        fixture.prompt(session, "hi");

        QCOMPARE(fixture.other->requests().size(), std::size_t(1));
        QCOMPARE(fixture.model->requests().size(), std::size_t(0));
    }

    void runsOnePromptAtATimeInASession()
    {
        AgentFixture fixture;
        fixture.model->thenThinksUntilStopped();
        const auto session = fixture.newSession();
        std::promise<ph::Result<acp::PromptResponse>> first;
        fixture.clientSide->prompt(AgentFixture::promptOf(session, "one"), [&](auto reply) { first.set_value(std::move(reply)); });
        // A turn that is cancelled before it asks leaves the model's script for the next one.
        QVERIFY(fixture.client.waitFor([&] { return fixture.model->requests().size() == 1; }));
        const auto second = fixture.prompt(session, "two");
        fixture.clientSide->cancel(session);

        QCOMPARE(second.error().message, std::string("A prompt is running in this session. Cancel it or wait for its end."));
        QCOMPARE(first.get_future().get()->stopReason, std::string("cancelled"));
        QCOMPARE(fixture.prompt(session, "three")->stopReason, std::string("end_turn"));
        std::vector<std::string> prompts;
        const auto requests = fixture.model->requests();
        for (const auto &message : requests.back().history)
            prompts.push_back(message.text);
        QCOMPARE(prompts, (std::vector<std::string>{"one", "three"}));
        COMPARE_JSON(asJson(agent::historyFrom(fixture.journalOf(session))).size(), 3); // the third prompt's answer too
    }

    void runsSeveralSessionsAtOnce()
    {
        AgentFixture fixture;
        std::vector<acp::SessionId> sessions;
        std::vector<std::future<ph::Result<acp::PromptResponse>>> answers;
        for (int i = 0; i < 5; ++i) {
            fixture.model->thenThinksUntilStopped();
            sessions.push_back(fixture.newSession());
            auto promise = std::make_shared<std::promise<ph::Result<acp::PromptResponse>>>();
            answers.push_back(promise->get_future());
            fixture.clientSide->prompt(AgentFixture::promptOf(sessions.back(), "wait"), [promise](auto reply) { promise->set_value(std::move(reply)); });
        }
        QVERIFY(fixture.client.waitFor([&] { return fixture.model->requests().size() == 5; }));
        QCOMPARE(fixture.prompt(fixture.newSession(), "quick")->stopReason, std::string("end_turn"));
        fixture.clientSide->cancel(sessions[3]);
        QCOMPARE(answers[3].get()->stopReason, std::string("cancelled"));
        for (const int i : {0, 1, 2, 4}) {
            QVERIFY(answers[std::size_t(i)].wait_for(0ms) == std::future_status::timeout);
            fixture.clientSide->cancel(sessions[std::size_t(i)]);
            QCOMPARE(answers[std::size_t(i)].get()->stopReason, std::string("cancelled"));
        }
    }

    void endsTheTurnOfASessionThatIsClosed()
    {
        AgentFixture fixture;
        fixture.model->thenThinksUntilStopped();
        const auto session = fixture.newSession();
        std::promise<ph::Result<acp::PromptResponse>> answer;
        fixture.clientSide->prompt(AgentFixture::promptOf(session, "wait"), [&](auto reply) { answer.set_value(std::move(reply)); });
        QVERIFY(wait<acp::Empty>([&](auto then) { fixture.clientSide->closeSession({session}, std::move(then)); }));

        QCOMPARE(answer.get_future().get()->stopReason, std::string("cancelled"));
        QCOMPARE(fixture.prompt(session, "again").error().code, ph::ErrorCode::NotFound);
    }

    void endsWithTheClient()
    {
        AgentFixture fixture;
        std::atomic<bool> stopped = false;
        std::atomic<bool> begun = false;
        fixture.driver->onQuery = [&](const std::string &hogql, const ph::Json &values, std::stop_token stop) {
            begun = true;
            auto result = support::FakeDriver::untilStopped(hogql, values, stop);
            stopped = true;
            return result;
        };
        fixture.model->thenCalls("", {callOf("1", "posthog_query", {{"hogql", "SELECT 1"}})});
        const auto session = fixture.newSession();
        std::promise<ph::Result<acp::PromptResponse>> answer;
        fixture.clientSide->prompt(AgentFixture::promptOf(session, "go"), [&](auto reply) { answer.set_value(std::move(reply)); });
        QVERIFY(fixture.client.waitFor([&] { return begun.load(); }));
        fixture.clientSide->close();
        fixture.service->waitUntilClosed();

        QVERIFY(stopped);
        QCOMPARE(answer.get_future().get().error().code, ph::ErrorCode::Cancelled);
    }

    void goesOnFromTheJournalAsIfNothingHadBeen()
    {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        acp::SessionId session;
        std::vector<ph::Json> seen;
        ph::Json history;
        const auto script = [](support::ScriptedModel &model) {
            auto create = callOf("c3", "posthog_create", {{"kind", "cohorts"}, {"body", {{"name", "x"}}}});
            create.title = "Create the cohort";
            create.meta = ph::Json{{"hoglet", {{"step", "act"}}}};
            model.thenCalls("Looking. ", {callOf("c1", "posthog_query", {{"hogql", "SELECT 1"}}), callOf("c2", "posthog_fields", {{"object", "nope"}})});
            model.thenCalls("", {create});
            model.thenCalls("", {callOf("c4", "posthog_objects")});
            model.thenSays("That is it.");
        };
        {
            AgentFixture fixture(false, path);
            script(*fixture.model);
            session = fixture.newSession();
            acp::PromptRequest request{session, {acp::ContentBlock::ofText("go"), acp::ContentBlock::ofText("on")}, ph::Json{{"hoglet", {{"workflow", "funnel"}}}}};
            acp::ContentBlock link;
            link.type = "resource_link";
            link.name = "a.txt";
            link.uri = "file:///a.txt";
            request.prompt.push_back(link);
            QVERIFY(fixture.clientSide->prompt(request));
            fixture.model->thenThinksUntilStopped();
            std::promise<void> cancelled;
            fixture.clientSide->prompt(AgentFixture::promptOf(session, "cancelled"), [&](const auto &) { cancelled.set_value(); });
            fixture.clientSide->cancel(session);
            cancelled.get_future().wait();
            QVERIFY(wait<acp::Empty>([&](auto then) { fixture.clientSide->setMode({session, "plan"}, std::move(then)); }));
            wait<acp::SetConfigOptionResponse>([&](auto then) { fixture.clientSide->setConfigOption({session, "model", "other"}, std::move(then)); });
            fixture.prompt(session, "last");
            history = asJson(fixture.other->requests().back().history);
            seen = fixture.client.updatesOf(session, {"available_commands_update", "current_mode_update", "config_option_update"});
        }
        const auto bytes = std::filesystem::file_size(journal::logPath(path, session.value));
        AgentFixture fixture(false, path);
        for (int i = 0; i < 10; ++i) {
            fixture.client.forget();
            const auto loaded = fixture.clientSide->loadSession({session, "/home/ana", ph::Json::array(), {}, {}});
            QVERIFY(loaded);
            QCOMPARE(loaded->modes->currentModeId, std::string("plan"));
            COMPARE_JSON((*loaded->configOptions)[1].currentValue, "other");
            auto replayed = fixture.client.updatesOf(session);
            std::vector<std::string> prompts;
            std::erase_if(replayed, [&](const ph::Json &update) {
                if (update["sessionUpdate"] != "user_message_chunk")
                    return false;
                prompts.push_back(update["messageId"].get<std::string>() + " " + update["content"].value("text", update["content"].value("name", "")));
                return true;
            });
            QCOMPARE(prompts, (std::vector<std::string>{"prompt-1 go", "prompt-1 on", "prompt-1 a.txt", "prompt-2 cancelled", "prompt-3 last"}));
            COMPARE_JSON(replayed, seen);
        }
        QCOMPARE(std::filesystem::file_size(journal::logPath(path, session.value)), bytes);

        QVERIFY(fixture.prompt(session, "after"));
        auto restored = asJson(fixture.other->requests().back().history);
        restored.erase(restored.size() - 1); // "after"
        restored.erase(restored.size() - 1); // what was said to "last"
        COMPARE_JSON(restored, history);
    }

    void resumesWithoutReplay()
    {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        acp::SessionId session;
        {
            AgentFixture fixture(false, path);
            session = fixture.newSession();
            fixture.prompt(session, "one");
        }
        AgentFixture fixture(false, path);
        QVERIFY(wait<acp::ResumeSessionResponse>([&](auto then) { fixture.clientSide->resumeSession({session, "/home/ana", {}, {}, {}}, std::move(then)); }));
        QVERIFY(fixture.client.updatesOf(session).empty());
        fixture.prompt(session, "two");
        QCOMPARE(fixture.model->requests().back().history.size(), std::size_t(3));
    }

    void listsAndDeletesSessions()
    {
        AgentFixture fixture;
        const auto list = [&](const acp::ListSessionsRequest &request) {
            return *wait<acp::ListSessionsResponse>([&](auto then) { fixture.clientSide->listSessions(request, std::move(then)); });
        };
        QVERIFY(list({}).sessions.empty());
        std::vector<std::string> ids;
        for (int i = 0; i < 230; ++i)
            ids.push_back(fixture.newSession().value);
        std::vector<std::string> listed;
        std::optional<std::string> cursor;
        int pages = 0;
        do {
            const auto page = list({{}, cursor});
            for (const auto &info : page.sessions) {
                listed.push_back(info.sessionId.value);
                QCOMPARE(info.cwd, std::string("/home/ana"));
            }
            cursor = page.nextCursor;
            ++pages;
        } while (cursor && pages < 10);
        QCOMPARE(pages, 3);
        std::sort(listed.begin(), listed.end());
        QCOMPARE(listed, ids);
        QVERIFY(list({"/elsewhere", {}}).sessions.empty());

        for (int again = 0; again < 2; ++again)
            QVERIFY(wait<acp::Empty>([&](auto then) { fixture.clientSide->deleteSession({{ids[0]}}, std::move(then)); }));
        const auto left = list({});
        QVERIFY(std::none_of(left.sessions.begin(), left.sessions.end(), [&](const auto &info) { return info.sessionId.value == ids[0]; }));
        QVERIFY(!std::filesystem::exists(fixture.folder() / "sessions" / ids[0]));
    }

    void showsAnInterruptedConversationAsEnded()
    {
        const std::vector<std::string> lines{
            line(1, "session/prompt", {{"sessionId", "s"}, {"prompt", {{{"type", "text"}, {"text", "go"}}}}}),
            R"({"method":"session/update","params":{"update":{"sessionUpdate":"tool_call","toolCallId":"c","title":"T","name":"posthog_query","status":"pending","rawInput":{"a":1}}}})",
            R"({"method":"session/update","params":{"update":{"sessionUpdate":"tool_call_update","toolCallId":"c","status":"in_progress"}}})",
        };
        const auto updates = agent::replayFrom(lines);
        COMPARE_JSON(updates.back(), {{"sessionUpdate", "tool_call_update"}, {"toolCallId", "c"}, {"status", "failed"}});
        const auto history = agent::historyFrom(lines);
        QCOMPARE(history.size(), std::size_t(3));
        QCOMPARE(history[2].answers[0].text, std::string("Interrupted."));
        QVERIFY(history[2].answers[0].interrupted);
    }

    void aCallThatWasCancelledIsReadBackAsInterrupted()
    {
        const std::vector<std::string> lines{
            line(1, "session/prompt", {{"sessionId", "s"}, {"prompt", {{{"type", "text"}, {"text", "go"}}}}}),
            R"({"method":"session/update","params":{"update":{"sessionUpdate":"tool_call","toolCallId":"c","title":"T","name":"ask_user","status":"pending","rawInput":{"a":1}}}})",
            R"({"method":"session/update","params":{"update":{"sessionUpdate":"tool_call_update","toolCallId":"c","status":"failed","_meta":{"hoglet":{"interrupted":true}}}}})",
            R"({"id":1,"result":{"stopReason":"cancelled"}})",
        };

        const auto history = agent::historyFrom(lines);

        QCOMPARE(history.size(), std::size_t(3));
        QVERIFY(history[2].answers[0].failed);
        QVERIFY(history[2].answers[0].interrupted);
    }

    void readsTheLogsOfOtherAgents()
    {
        const std::vector<std::string> lines{
            line(1, "session/prompt", {{"sessionId", "s"}, {"prompt", {{{"type", "text"}, {"text", "go"}}}}}),
            R"({"method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"user_message_chunk","content":{"type":"text","text":"go"}}}})",
            R"({"method":"session/update","params":{"update":{"sessionUpdate":"agent_message","content":{"type":"text","text":"Hello"}}}})",
            R"({"method":"session/update","params":{"update":{"sessionUpdate":"hologram"}}})",
        };
        const auto updates = agent::replayFrom(lines);
        COMPARE_JSON(updates, {{{"sessionUpdate", "user_message_chunk"}, {"content", {{"type", "text"}, {"text", "go"}}}},
                               {{"sessionUpdate", "agent_message_chunk"}, {"content", {{"type", "text"}, {"text", "Hello"}}}},
                               ph::Json{{"sessionUpdate", "hologram"}}});
        const auto history = agent::historyFrom(lines);
        QCOMPARE(history.size(), std::size_t(2));
        QCOMPARE(history[1].text, std::string("Hello"));
    }

    void saysTheSameOnEveryTransport()
    {
        const auto transcript = [](bool overStdio) {
            auto model = std::make_shared<support::ScriptedModel>();
            model->thenCalls("Grüße\n🎉", {callOf("c1", "posthog_query", {{"hogql", "SELECT 1"}})});
            RawAgent agent(overStdio, model);
            agent.peer->send(hello);
            agent.peer->next();
            agent.peer->send(line("n", "session/new", {{"cwd", "/"}, {"mcpServers", ph::Json::array()}}));
            const std::string session = agent.peer->next()["result"]["sessionId"];
            agent.peer->send(line("p", "session/prompt", {{"sessionId", session}, {"prompt", {{{"type", "text"}, {"text", "x"}}}}}));
            agent.peer->nextWith("id", "p");
            agent.peer->send("{not json");
            agent.peer->next();
            QString text;
            for (const auto &said : agent.peer->lines())
                text += QString::fromStdString(said) + "\n";
            return text.replace(QRegularExpression("[0-9a-f]{8}-[0-9a-f-]{27}"), "ID");
        };
        const auto piped = transcript(false);

        QVERIFY(piped.count('\n') >= 9);
        QCOMPARE(transcript(true), piped);
    }

    /// Every prompt that is cancelled at any moment is answered exactly once, in time, with a stop reason.
    void answersEachOfManyCancelledPromptsOnce()
    {
        const int prompts = qEnvironmentVariableIsSet("HOGLET_LONG") ? 10'000 : 1'000;
        AgentFixture fixture(true);
        fixture.driver->onQuery = [](const std::string &, const ph::Json &, std::stop_token stop) -> ph::Result<posthog::Table> {
            for (int i = 0; i < 4 && !stop.stop_requested(); ++i)
                std::this_thread::sleep_for(200us);
            if (stop.stop_requested())
                return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
            return posthog::Table{};
        };
        fixture.client.onPermission = [](const acp::RequestPermissionRequest &request, std::stop_token stop) {
            for (int i = 0; i < 4 && !stop.stop_requested(); ++i)
                std::this_thread::sleep_for(200us);
            return acp::RequestPermissionResponse{{"selected", request.options.front().optionId}, {}};
        };
        fixture.model->otherwise = [](const model::Request &request, model::Listener &listener, std::stop_token) {
            listener.onText("Step.");
            std::size_t steps = 0; // since the last prompt
            while (steps < request.history.size() && request.history[request.history.size() - 1 - steps].role != model::Message::Role::User)
                ++steps;
            if (steps >= 4)
                return model::Reply{};
            return model::Reply{{callOf("", "posthog_query", {{"hogql", "SELECT 1"}}), callOf("", "posthog_create", {{"kind", "cohorts"}, {"body", ph::Json::object()}})}, "end_turn"};
        };
        constexpr int sessionCount = 4;
        std::vector<std::thread> threads;
        std::atomic<int> cancelled = 0;
        std::atomic<int> ended = 0;
        std::atomic<int> wrong = 0;
        std::atomic<int> late = 0;
        for (int s = 0; s < sessionCount; ++s) {
            threads.emplace_back([&, s] {
                std::mt19937 random(static_cast<unsigned>(s)); // NOLINT(cert-msc51-cpp): the same run each time
                auto session = fixture.newSession();
                for (int i = 0; i < prompts / sessionCount; ++i) {
                    if (i % 25 == 24)
                        session = fixture.newSession(); // a short history keeps the test quick
                    auto answers = std::make_shared<std::atomic<int>>(0);
                    auto promise = std::make_shared<std::promise<ph::Result<acp::PromptResponse>>>();
                    auto answer = promise->get_future();
                    fixture.clientSide->prompt(AgentFixture::promptOf(session, "go"), [answers, promise](auto reply) {
                        if (++*answers == 1)
                            promise->set_value(std::move(reply));
                    });
                    std::this_thread::sleep_for(std::chrono::microseconds(random() % 16000));
                    fixture.clientSide->cancel(session);
                    if (answer.wait_for(2s) != std::future_status::ready) {
                        ++late;
                        answer.wait();
                    }
                    const auto reply = answer.get();
                    if (reply && reply->stopReason == "cancelled")
                        ++cancelled;
                    else if (reply && reply->stopReason == "end_turn")
                        ++ended;
                    else
                        ++wrong;
                    wrong += *answers != 1;
                }
            });
        }
        for (auto &thread : threads)
            thread.join();

        qInfo("%d cancelled, %d had ended", cancelled.load(), ended.load());
        QCOMPARE(wrong.load(), 0);
        QCOMPARE(late.load(), 0);
        QCOMPARE(cancelled + ended, prompts);
        QVERIFY(cancelled > prompts / 4);
    }
};

QTEST_GUILESS_MAIN(AcpAgentTest)
#include "acp_agent_test.moc"

#include "agent/acp/client_side.h"
#include "agent/journal/reader.h"
#include "agent/session/agent.h"
#include "tests/support/compare_json.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_posthog.h"
#include "tests/support/model_server.h"
#include "tests/support/process.h"
#include "tests/support/scripted_model.h"
#include "tests/support/text_peer.h"

#include <QElapsedTimer>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace std::chrono_literals;
using ph::ErrorCode;

namespace {

const posthog::TaskId task{"0199-task"};
const posthog::TaskRunId run{"0199-run"};

ph::Json runJson(const std::string &id)
{
    return {{"id", id}, {"task", task.value}, {"environment", "local"}, {"status", "in_progress"}, {"output", nullptr}};
}

ph::Json taskJson(const ph::Json &latestRun) { return {{"id", task.value}, {"title", "t"}, {"description", "d"}, {"latest_run", latestRun}}; }

/// A project with a task and a run of it, and a folder to work in.
struct Project {
    Project()
    {
        folder = std::filesystem::canonical(m_temporary.path().toStdString());
        std::filesystem::create_directories(folder / "shop");
        server.answer("GET", "tasks/0199-task/runs/0199-run/", runJson("0199-run"));
        gateway.setModels({{"data", {{{"id", "claude-opus-5-5"}, {"owned_by", "anthropic"}}, {{"id", "gpt-6"}, {"owned_by", "openai"}}, {{"id", "gpt-6-small"}, {"owned_by", "openai"}}}}});
    }

    agent::PostHogConfig config()
    {
        return {server.url(), [this] { return key; }, FakePostHog::projectId, gateway.url()};
    }
    /// The embedded agent with a scripted model.
    agent::Options embedded() const
    {
        agent::Options options;
        options.dataDirectory = folder / "data";
        options.parts.models = [model = model] { return agent::Models{model}; };
        return options;
    }
    agent::RunOptions with(const std::string &adapter) const { return {shop(), adapter}; }
    agent::RunOptions withFake(const std::string &adapter, std::vector<std::string> options = {}) const
    {
        external::AgentCommand command{"python3", {HOGLET_FAKE_AGENT}, {}};
        command.arguments.insert(command.arguments.end(), options.begin(), options.end());
        return {shop(), adapter, command};
    }
    std::string shop() const { return (folder / "shop").string(); }

    std::vector<ph::Json> log(const std::string &id = run.value) const
    {
        std::vector<ph::Json> lines;
        if (const auto entries = journal::readRun(folder / "data", id)) {
            for (const auto &entry : *entries)
                lines.push_back(ph::Json::parse(entry.line));
        }
        return lines;
    }
    std::vector<std::string> loggedMethods() const
    {
        std::vector<std::string> methods;
        for (const auto &line : log())
            methods.push_back(line.contains("method") ? line["method"].get<std::string>() : line.contains("result") ? "result" : "error");
        return methods;
    }

    FakePostHog server;
    support::ModelServer gateway;
    std::shared_ptr<support::ScriptedModel> model = std::make_shared<support::ScriptedModel>();
    std::string key = FakePostHog::key;
    std::filesystem::path folder;

private:
    QTemporaryDir m_temporary;
};

/// A client on what run() returned.
struct Client {
    explicit Client(ph::Result<std::unique_ptr<acp::Transport>> transport)
    {
        if (!transport)
            qFatal("%s", transport.error().message.c_str());
        side = std::make_unique<acp::ClientSide>(*std::move(transport), handler);
        side->start();
    }

    acp::SessionId open(const std::string &cwd)
    {
        if (const auto hello = side->initialize({}); !hello)
            qFatal("%s", hello.error().message.c_str());
        const auto session = side->newSession({cwd, ph::Json::array(), {}, {}});
        return session ? session->sessionId : acp::SessionId{session.error().message};
    }
    ph::Result<acp::PromptResponse> prompt(const acp::SessionId &session, const std::string &text) { return side->prompt({session, {acp::ContentBlock::ofText(text)}, {}}); }
    /// Asks, and does not wait.
    void begin(const acp::SessionId &session, const std::string &text)
    {
        side->prompt({session, {acp::ContentBlock::ofText(text)}, {}}, [](const ph::Result<acp::PromptResponse> &) {});
    }

    support::FakeClient handler;
    std::unique_ptr<acp::ClientSide> side;
};

/// What a fake agent with echo-start says of how it was started.
ph::Json startOf(agent::Agent &agent, const agent::RunOptions &options)
{
    Client client(agent.run(task, run, options));
    const auto session = client.open(options.repositoryPath);
    client.prompt(session, "?");
    return ph::Json::parse(client.handler.textOf(session));
}

} // namespace

class SdkTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable("python3").isEmpty())
            QSKIP("The other agents of these tests are a Python program, and there is no python3 here.");
        ::setenv("ANTHROPIC_API_KEY", "sk-ant-the-users-own", 1);
        ::setenv("OPENAI_API_KEY", "sk-the-users-own", 1);
    }
    void init() { m_project = std::make_unique<Project>(); }

    void givesALineOnWhichNothingHasBeenSaid()
    {
        agent::Agent agent(m_project->config(), m_project->embedded());

        auto transport = agent.run(task, run, m_project->with("hoglet"));

        QVERIFY2(transport, transport ? "" : transport.error().message.c_str());
        support::TextPeer peer(*std::move(transport));
        QVERIFY(!peer.hasMore(50ms));
        QVERIFY(m_project->log().empty());
        peer.send(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":1}})");
        COMPARE_JSON(peer.next()["result"]["agentInfo"]["name"], "hoglet-agent");
    }

    void keepsTheWholeConversationInTheRunsLog()
    {
        agent::Agent agent(m_project->config(), m_project->embedded());
        Client client(agent.run(task, run, m_project->with("hoglet")));

        const auto session = client.open(m_project->shop());
        const auto answer = client.prompt(session, "go");

        QVERIFY(answer);
        QCOMPARE(session.value, run.value);
        QTRY_COMPARE(client.handler.notified("_posthog/sdk_session").size(), std::size_t(1));
        COMPARE_JSON(client.handler.notified("_posthog/sdk_session").at(0), {{"taskRunId", run.value}, {"sessionId", run.value}, {"adapter", "hoglet"}});
        const auto methods = m_project->loggedMethods();
        QCOMPARE((std::vector(methods.begin(), methods.begin() + 4)), (std::vector<std::string>{"initialize", "result", "session/new", "result"}));
        QVERIFY(std::find(methods.begin(), methods.end(), "session/prompt") != methods.end());
        COMPARE_JSON(m_project->log().back()["result"]["stopReason"], "end_turn");
    }

    void givesFurtherSessionsLogsOfTheirOwn()
    {
        agent::Agent agent(m_project->config(), m_project->embedded());
        Client client(agent.run(task, run, m_project->with("hoglet")));
        client.open(m_project->shop());

        const auto second = client.side->newSession({m_project->shop(), ph::Json::array(), {}, {}});

        QVERIFY(second);
        QVERIFY(second->sessionId.value != run.value);
        QVERIFY(!m_project->log(second->sessionId.value).empty());
    }

    void loadsARunAgainByItsId()
    {
        {
            agent::Agent agent(m_project->config(), m_project->embedded());
            Client client(agent.run(task, run, m_project->with("hoglet")));
            client.prompt(client.open(m_project->shop()), "Remember this");
        }
        agent::Agent agent(m_project->config(), m_project->embedded());
        Client client(agent.run(task, run, m_project->with("hoglet")));
        QVERIFY(client.side->initialize({}));

        acp::LoadSessionRequest request;
        request.sessionId = {run.value};
        request.cwd = m_project->shop();
        const auto loaded = client.side->loadSession(request);

        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        QCOMPARE(client.handler.textOf({run.value}), std::string("Done."));
        const auto prompts = client.handler.updatesOf({run.value});
        COMPARE_JSON(prompts.front()["content"]["text"], "Remember this");
    }

    void takesModelsFromTheGatewayWithTheKeyOfTheMoment()
    {
        auto options = m_project->embedded();
        options.parts.models = nullptr;
        m_project->gateway.thenText("From the gateway.");
        agent::Agent agent(m_project->config(), options);
        Client client(agent.run(task, run, m_project->with("hoglet")));
        QCOMPARE(m_project->gateway.lastRequest().path, std::string("/v1/models"));
        QCOMPARE(m_project->gateway.lastRequest().header("authorization"), "Bearer " + FakePostHog::key);
        const auto session = client.open(m_project->shop());

        m_project->key = "phx_anotherKey0123456789abcdef";
        const auto answer = client.prompt(session, "go");

        QVERIFY2(answer, answer ? "" : answer.error().message.c_str());
        QCOMPARE(client.handler.textOf(session), std::string("From the gateway."));
        QCOMPARE(m_project->gateway.lastRequest().path, std::string("/v1/messages"));
        COMPARE_JSON(m_project->gateway.lastRequest().body["model"], "claude-opus-5-5");
        QCOMPARE(m_project->gateway.lastRequest().header("authorization"), "Bearer " + m_project->key);
        QVERIFY(!m_project->gateway.lastRequest().body["tools"].empty());
    }

    void givesClaudeTheGatewayInItsEnvironmentAlone()
    {
        agent::Agent agent(m_project->config(), m_project->embedded());

        const auto start = startOf(agent, m_project->withFake("claude", {"echo-start"}));

        COMPARE_JSON(start["environment"]["ANTHROPIC_BASE_URL"], m_project->gateway.url());
        COMPARE_JSON(start["environment"]["ANTHROPIC_AUTH_TOKEN"], FakePostHog::key);
        for (const char *others : {"ANTHROPIC_API_KEY", "OPENAI_API_KEY", "POSTHOG_PERSONAL_API_KEY"})
            QVERIFY2(!start["environment"].contains(others), others);
        COMPARE_JSON(start["arguments"], ph::Json::array({"echo-start"}));
        COMPARE_JSON(start["folder"], m_project->shop());
    }

    void givesCodexTheGatewayWithItsKeyInTheEnvironmentAlone()
    {
        agent::Agent agent(m_project->config(), m_project->embedded());

        const auto start = startOf(agent, m_project->withFake("codex", {"echo-start"}));

        COMPARE_JSON(start["environment"]["OPENAI_BASE_URL"], m_project->gateway.url() + "/v1");
        COMPARE_JSON(start["environment"]["OPENAI_API_KEY"], FakePostHog::key);
        COMPARE_JSON(start["environment"]["POSTHOG_GATEWAY_API_KEY"], FakePostHog::key);
        const auto arguments = start["arguments"].dump();
        QVERIFY2(arguments.find(m_project->gateway.url() + "/v1") != std::string::npos, arguments.c_str());
        QVERIFY2(arguments.find(FakePostHog::key) == std::string::npos, arguments.c_str());
    }

    void takesTheGatewaysAddressWithItsVersionToo()
    {
        auto config = m_project->config();
        config.gatewayUrl += "/v1/";
        agent::Agent agent(config, m_project->embedded());

        const auto start = startOf(agent, m_project->withFake("claude", {"echo-start"}));

        COMPARE_JSON(start["environment"]["ANTHROPIC_BASE_URL"], m_project->gateway.url());
    }

    void leavesAgentsThatTakeNoAddressTheirOwnKeys()
    {
        auto config = m_project->config();
        config.gatewayUrl = "http://not.asked.for"; // would be refused
        agent::Agent agent(config, m_project->embedded());
        auto options = m_project->withFake("gemini", {"echo-start"});
        options.command->environment = {{"GEMINI_API_KEY", "its-own"}};

        const auto start = startOf(agent, options);

        COMPARE_JSON(start["environment"]["GEMINI_API_KEY"], "its-own");
        QVERIFY(start["environment"].dump().find(FakePostHog::key) == std::string::npos);
    }

    void offersCodexOnlyTheModelsThatItCanHave()
    {
        agent::Agent agent(m_project->config(), m_project->embedded());
        Client client(agent.run(task, run, m_project->withFake("codex", {"offer", "claude-opus-5-5,o9,gpt-6-small,gpt-6"})));
        QVERIFY(client.side->initialize({}));

        const auto session = client.side->newSession({m_project->shop(), ph::Json::array(), {}, {}});

        QVERIFY(session && session->configOptions);
        const ph::Json option = session->configOptions->at(0);
        COMPARE_JSON(option["options"], {{{"value", "gpt-6-small"}, {"name", "GPT-6-SMALL"}}, {{"value", "gpt-6"}, {"name", "GPT-6"}}});
        COMPARE_JSON(option["currentValue"], "gpt-6-small");
        COMPARE_JSON(client.handler.notified("_posthog/sdk_session").at(0), {{"taskRunId", run.value}, {"sessionId", "s-1"}, {"adapter", "codex"}});
    }

    void keepsAnotherAgentsConversationInTheRunsLog()
    {
        agent::Agent agent(m_project->config(), m_project->embedded());
        Client client(agent.run(task, run, m_project->withFake("codex")));

        client.prompt(client.open(m_project->shop()), "Hallo");

        QVERIFY(agent.cleanup());
        QCOMPARE(m_project->loggedMethods(), (std::vector<std::string>{"initialize", "result", "session/new", "_posthog/sdk_session", "result", "session/prompt", "session/update", "result"}));
    }

    void saysWhyAnAgentEnded()
    {
        agent::Agent agent(m_project->config(), m_project->embedded());
        Client client(agent.run(task, run, m_project->withFake("claude", {"die-on-init"})));
        QCOMPARE(agent.ending({"another"}), std::string());

        const auto hello = client.side->initialize({});

        QVERIFY(!hello);
        QTRY_COMPARE_WITH_TIMEOUT(agent.ending(run), std::string("python3 ended with code 7: no such model"), 20'000);
    }

    void saysWhatIsWrongBeforeAnythingIsStarted_data()
    {
        QTest::addColumn<QString>("adapter");
        QTest::addColumn<QString>("part");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("message"); // how it begins
        const auto row = [](const char *adapter, const char *part, ErrorCode code, const char *message) {
            QTest::addRow("%s, %s", adapter, part) << adapter << part << int(code) << message;
        };
        row("cursor", "", ErrorCode::InvalidInput, "There is no adapter “cursor”. Choose one of hoglet, claude, codex, gemini, opencode.");
        for (const char *adapter : {"hoglet", "codex"}) {
            row(adapter, "no folder", ErrorCode::InvalidInput, "repositoryPath: “/nowhere/at all” is no folder.");
            row(adapter, "relative folder", ErrorCode::InvalidInput, "repositoryPath: “shop” is no folder.");
            row(adapter, "no host", ErrorCode::InvalidInput, "That is no address of PostHog");
            row(adapter, "no project", ErrorCode::InvalidInput, "The id of the project is missing");
            row(adapter, "no key", ErrorCode::Unauthorized, "There is no personal API key.");
            row(adapter, "locked key", ErrorCode::Unauthorized, "The keychain is locked.");
            row(adapter, "refused key", ErrorCode::Unauthorized, "PostHog at ");
            row(adapter, "no such run", ErrorCode::NotFound, "There is no run “gone” of task “0199-task” in project 1 at ");
            row(adapter, "no id", ErrorCode::InvalidInput, "“../1” is no id of a task run");
            row(adapter, "self-hosted", ErrorCode::InvalidInput, "Where the LLM gateway of https://posthog.example.com is cannot be known. Give its address");
            row(adapter, "open line", ErrorCode::InvalidInput, "PostHogConfig::gatewayUrl: “http://gateway.example.com” is no https:// address");
            row(adapter, "no models", ErrorCode::InvalidInput, "The models of PostHog's gateway could not be listed: ");
        }
        row("codex", "no models of its", ErrorCode::NotFound, "The LLM gateway at ");
        row("codex", "no program", ErrorCode::NotFound, "There is no program");
    }
    void saysWhatIsWrongBeforeAnythingIsStarted()
    {
        QFETCH(QString, adapter);
        QFETCH(QString, part);
        QFETCH(int, code);
        QFETCH(QString, message);
        auto config = m_project->config();
        auto embedded = m_project->embedded();
        embedded.parts.models = nullptr;
        auto options = m_project->withFake(adapter.toStdString());
        auto id = run;
        if (part == "no folder")
            options.repositoryPath = "/nowhere/at all";
        else if (part == "relative folder")
            options.repositoryPath = "shop";
        else if (part == "no host")
            config.apiUrl = "https://";
        else if (part == "no project")
            config.projectId.clear();
        else if (part == "no key")
            config.getApiKey = nullptr;
        else if (part == "locked key")
            config.getApiKey = [] { return ph::fail(ErrorCode::Unauthorized, "The keychain is locked."); };
        else if (part == "refused key")
            config.getApiKey = [] { return "phx_another"; };
        else if (part == "no such run")
            id = {"gone"};
        else if (part == "no id")
            id = {"../1"};
        else if (part == "self-hosted")
            config.apiUrl = "https://posthog.example.com";
        else if (part == "open line")
            config.gatewayUrl = "http://gateway.example.com";
        else if (part == "no models")
            m_project->gateway.setModels(ph::Json::object());
        else if (part == "no models of its")
            m_project->gateway.setModels({{"data", {{{"id", "claude-opus-5-5"}, {"owned_by", "anthropic"}}}}});
        else if (part == "no program")
            options.command->program = "no-such-agent";
        if (part == "self-hosted")
            config.gatewayUrl.clear();
        agent::Agent agent(config, embedded);

        const auto transport = agent.run(task, id, options);

        QVERIFY(!transport);
        QVERIFY2(transport.error().message.starts_with(message.toStdString()), transport.error().message.c_str());
        QCOMPARE(int(transport.error().code), code);
    }

    void stopsWhilePostHogIsAsked()
    {
        m_project->server.handle("GET", "tasks/0199-task/runs/0199-run/", [](const http::ServerRequest &, std::stop_token stop) {
            while (!stop.stop_requested())
                std::this_thread::sleep_for(1ms);
            return http::ServerResponse();
        });
        agent::Agent agent(m_project->config(), m_project->embedded());
        std::stop_source stop;
        const std::jthread stopper([&stop] {
            std::this_thread::sleep_for(50ms);
            stop.request_stop();
        });

        const auto transport = agent.run(task, run, m_project->with("hoglet"), stop.get_token());

        QVERIFY(!transport);
        QCOMPARE(transport.error().code, ErrorCode::Cancelled);
    }

    void attachesAPullRequestToTheLatestRun()
    {
        m_project->server.answer("GET", "tasks/0199-task/", taskJson(runJson("0199-latest")));
        m_project->server.answer("PATCH", "tasks/0199-task/runs/0199-latest/", runJson("0199-latest"));
        agent::Agent agent(m_project->config(), m_project->embedded());

        const auto done = agent.attachPullRequestToTask(task, "https://github.com/acme/shop.js/pull/12");

        QVERIFY2(done, done ? "" : done.error().message.c_str());
        const auto request = m_project->server.requests().back();
        QCOMPARE(request.method, std::string("PATCH"));
        QCOMPARE(request.path, std::string("/api/projects/1/tasks/0199-task/runs/0199-latest/"));
        COMPARE_JSON(ph::Json::parse(request.body), {{"output", {{"pr_url", "https://github.com/acme/shop.js/pull/12"}}}});
    }

    void attachesAPullRequestToTheRunThatItWorkedOn()
    {
        m_project->server.answer("PATCH", "tasks/0199-task/runs/0199-run/", runJson("0199-run"));
        agent::Agent agent(m_project->config(), m_project->embedded());
        QVERIFY(agent.run(task, run, m_project->with("hoglet")));

        const auto done = agent.attachPullRequestToTask(task, "https://github.com/acme/shop/pull/7", "mend-sign-up");

        QVERIFY2(done, done ? "" : done.error().message.c_str());
        const auto request = m_project->server.requests().back();
        QCOMPARE(request.path, std::string("/api/projects/1/tasks/0199-task/runs/0199-run/"));
        COMPARE_JSON(ph::Json::parse(request.body), {{"branch", "mend-sign-up"}, {"output", {{"pr_url", "https://github.com/acme/shop/pull/7"}}}});
    }

    void refusesWhatIsNoPullRequestUnsent_data()
    {
        QTest::addColumn<QString>("url");
        for (const char *url : {"", "http://github.com/acme/shop/pull/1", "https://gitlab.com/acme/shop/pull/1", "https://github.com/acme/shop/pulls/1",
                                "https://github.com/acme/shop/pull/", "https://github.com/acme/shop/pull/0", "https://github.com/acme/shop/pull/1x",
                                "https://github.com/acme/shop/pull/1/files", "https://github.com/acme/pull/1", "https://github.com//shop/pull/1",
                                "https://github.com/acme/shop/pull/1\n", "https://github.com.example.com/acme/shop/pull/1",
                                "https://github.com@example.com/acme/shop/pull/1"})
            QTest::newRow(url) << url;
    }
    void refusesWhatIsNoPullRequestUnsent()
    {
        QFETCH(QString, url);
        agent::Agent agent(m_project->config(), m_project->embedded());

        const auto done = agent.attachPullRequestToTask(task, url.toStdString());

        QVERIFY(!done);
        QCOMPARE(done.error(), (ph::Error{ErrorCode::InvalidInput, "“" + url.toStdString() + "” is no pull request of GitHub; its address looks like https://github.com/OWNER/REPOSITORY/pull/12."}));
        QVERIFY(m_project->server.requests().empty());
    }

    void saysThatATaskWithoutARunTakesNoPullRequest()
    {
        m_project->server.answer("GET", "tasks/0199-task/", taskJson(nullptr));
        agent::Agent agent(m_project->config(), m_project->embedded());

        const auto neverRun = agent.attachPullRequestToTask(task, "https://github.com/acme/shop/pull/7");
        const auto noTask = agent.attachPullRequestToTask({"gone"}, "https://github.com/acme/shop/pull/7");

        QVERIFY(!neverRun && !noTask);
        QCOMPARE(neverRun.error().code, ErrorCode::NotFound);
        QVERIFY(neverRun.error().message.starts_with("The task “0199-task” was never run"));
        QCOMPARE(noTask.error().code, ErrorCode::NotFound);
    }

    void endsATurnInTheMiddle()
    {
        m_project->model->then([](const model::Request &, model::Listener &, std::stop_token stop) -> ph::Result<model::Reply> {
            while (!stop.stop_requested())
                std::this_thread::sleep_for(1ms);
            return ph::fail(ErrorCode::Cancelled, "Cancelled.");
        });
        agent::Agent agent(m_project->config(), m_project->embedded());
        Client client(agent.run(task, run, m_project->with("hoglet")));
        client.begin(client.open(m_project->shop()), "go");
        QTRY_COMPARE(m_project->model->requests().size(), std::size_t(1));

        QVERIFY(agent.cleanup());
        QVERIFY(agent.cleanup());

        COMPARE_JSON(m_project->log().back()["result"]["stopReason"], "cancelled");
        QVERIFY(!client.side->newSession({m_project->shop(), ph::Json::array(), {}, {}}));
    }

    void endsAnAgentThatStays()
    {
        agent::Agent agent(m_project->config(), m_project->embedded());
        Client client(agent.run(task, run, m_project->withFake("claude", {"echo-start", "stubborn"})));
        const auto session = client.open(m_project->shop());
        client.prompt(session, "?");
        const pid_t pid = ph::Json::parse(client.handler.textOf(session))["pid"];
        QVERIFY(support::isRunning(pid));
        client.begin(session, "and this?");

        QElapsedTimer timer;
        timer.start();
        QVERIFY(agent.cleanup());

        QVERIFY(!support::isRunning(pid));
        QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(agent.ending(run), std::string());
    }

    void endsAnAgentThatDoesNotRead()
    {
        agent::Agent agent(m_project->config(), m_project->embedded());
        auto transport = agent.run(task, run, m_project->withFake("claude", {"deaf"}));
        QVERIFY(transport);
        for (int i = 0; i < 100; ++i) // more than a pipe holds
            (*transport)->send(std::string(10'000, 'x'));

        QVERIFY(agent.cleanup());

        QCOMPARE((*transport)->receive(), std::optional<std::string>());
    }

    void endsTheAgentWhenItsClientHasLeft()
    {
        agent::Agent agent(m_project->config(), m_project->embedded());
        pid_t pid = 0;
        {
            Client client(agent.run(task, run, m_project->withFake("claude", {"echo-start"})));
            const auto session = client.open(m_project->shop());
            client.prompt(session, "?");
            pid = ph::Json::parse(client.handler.textOf(session))["pid"];
            QVERIFY(support::isRunning(pid));
        }
        QTRY_VERIFY_WITH_TIMEOUT(!support::isRunning(pid), 20'000);
    }

    void endsTheAgentThatHadTheRunBefore()
    {
        agent::Agent agent(m_project->config(), m_project->embedded());
        Client before(agent.run(task, run, m_project->with("hoglet")));
        before.open(m_project->shop());

        Client after(agent.run(task, run, m_project->with("hoglet")));

        QVERIFY(!before.side->newSession({m_project->shop(), ph::Json::array(), {}, {}}));
        QVERIFY(after.side->initialize({}));
    }

    void runsAgainAfterACleanup()
    {
        agent::Agent agent(m_project->config(), m_project->embedded());
        QVERIFY(agent.run(task, run, m_project->with("hoglet")));
        QVERIFY(agent.cleanup());

        Client client(agent.run(task, run, m_project->with("hoglet")));

        QVERIFY(client.side->initialize({}));
    }

    void saysThatTheJournalCouldNotBeWritten()
    {
        std::filesystem::create_directories(m_project->folder / "data");
        std::ofstream(m_project->folder / "data" / "sessions") << "in the way";
        agent::Agent agent(m_project->config(), m_project->embedded());
        Client client(agent.run(task, run, m_project->with("hoglet")));
        QVERIFY(client.prompt(client.open(m_project->shop()), "go"));

        const auto early = agent.cleanup();
        std::filesystem::remove(m_project->folder / "data" / "sessions");
        const auto late = agent.cleanup();

        QVERIFY(!early);
        QCOMPARE(early.error(), (ph::Error{ErrorCode::Internal, "The conversation cannot be saved: Not a directory."}));
        QVERIFY(late);
        QVERIFY(!m_project->log().empty());
    }

private:
    std::unique_ptr<Project> m_project;
};

QTEST_GUILESS_MAIN(SdkTest)
#include "sdk_test.moc"

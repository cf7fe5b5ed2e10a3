#include "agent/external/codex.h"

#include "driver/base/json_fields.h"

#include <QFile>
#include <QTest>

namespace {

using Lines = std::vector<std::string>;

std::string line(const char *text) { return ph::Json::parse(text).dump(); }

std::vector<ph::Json> parsed(const Lines &lines)
{
    std::vector<ph::Json> out;
    for (const auto &one : lines)
        out.push_back(ph::Json::parse(one));
    return out;
}

const char *newRequest = R"({"jsonrpc":"2.0","id":0,"method":"session/new","params":{"cwd":"/tmp","mcpServers":[]}})";
const char *newReply = R"({"jsonrpc":"2.0","id":0,"result":{"sessionId":"cx-1","configOptions":[
    {"id":"model","category":"model","type":"select","currentValue":"o9","options":[{"value":"o9"},{"value":"gpt-a"}]},
    {"id":"reasoning_effort","category":"thought_level","type":"select","currentValue":"high","options":[{"value":"low"},{"value":"high"}]},
    {"id":"grouped","category":"model","type":"select","currentValue":"o9","options":[{"group":"G","options":[{"value":"o9"},{"value":"gpt-a"}]},{"group":"H","options":[{"value":"o9"}]}]}]}})";
const char *prompt = R"({"jsonrpc":"2.0","id":3,"method":"session/prompt","params":{"sessionId":"cx-1","prompt":[]}})";

} // namespace

class CodexTest : public QObject
{
    Q_OBJECT

private slots:
    void tellsOfTheSessionBeforeItsAnswer()
    {
        const auto filter = external::makeCodexFilter({"run-1", {}, false});
        filter->toAgent(line(newRequest));

        const auto told = parsed(filter->toClient(line(newReply)));

        QCOMPARE(told.size(), std::size_t(2));
        QVERIFY((told[0].at("params") == ph::Json{{"taskRunId", "run-1"}, {"sessionId", "cx-1"}, {"adapter", "codex"}}));
        QVERIFY(told[1] == ph::Json::parse(newReply));
    }

    void tellsOfNoSessionWithoutARun()
    {
        const auto filter = external::makeCodexFilter({"", {}, false});
        filter->toAgent(line(newRequest));

        QVERIFY(filter->toClient(line(newReply)) == Lines{line(newReply)});
    }

    void offersTheAllowedModelsOnly()
    {
        const auto filter = external::makeCodexFilter({"", {"gpt-a"}, false});
        filter->toAgent(line(newRequest));

        const auto options = parsed(filter->toClient(line(newReply))).front().at("result").at("configOptions");

        QVERIFY(options[0].at("options") == ph::Json::parse(R"([{"value":"gpt-a"}])"));
        QCOMPARE(options[0].at("currentValue").get<std::string>(), std::string("gpt-a"));
        QVERIFY(options[2].at("options") == ph::Json::parse(R"([{"group":"G","options":[{"value":"gpt-a"}]},{"group":"H","options":[]}])"));
        QCOMPARE(options[2].at("currentValue").get<std::string>(), std::string("gpt-a"));
    }

    void setsTheEffortAgainBeforeEachPrompt()
    {
        const auto filter = external::makeCodexFilter({"", {}, false});
        filter->toAgent(line(newRequest));
        filter->toClient(line(newReply));
        filter->toAgent(line(R"({"jsonrpc":"2.0","id":2,"method":"session/set_config_option","params":{"sessionId":"cx-1","configId":"reasoning_effort","value":"low"}})"));

        const auto sent = parsed(filter->toAgent(line(prompt)));

        QCOMPARE(sent.size(), std::size_t(2));
        QVERIFY((sent[0].at("params") == ph::Json{{"sessionId", "cx-1"}, {"configId", "reasoning_effort"}, {"value", "low"}}));
        QVERIFY(sent[1] == ph::Json::parse(prompt));
        // Nobody but us hears the answer.
        QVERIFY(filter->toClient(ph::Json{{"jsonrpc", "2.0"}, {"id", sent[0].at("id")}, {"result", ph::Json::object()}}.dump()).empty());
    }

    void keepsTheEffortThatALoadedSessionTells()
    {
        const auto filter = external::makeCodexFilter({"", {}, false});
        filter->toAgent(line(R"({"jsonrpc":"2.0","id":1,"method":"session/load","params":{"sessionId":"cx-1","cwd":"/tmp"}})"));
        filter->toClient(line(R"({"jsonrpc":"2.0","id":1,"result":{"configOptions":[{"id":"reasoning_effort","type":"select","currentValue":"high"}]}})"));

        const auto sent = parsed(filter->toAgent(line(prompt)));

        QCOMPARE(sent.size(), std::size_t(2));
        QCOMPARE(sent[0].at("params").at("value").get<std::string>(), std::string("high"));
    }

    void holdsAReplayBackUntilItsAnswer()
    {
        const char *update = R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"cx-1","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"hi"}}}})";
        const char *load = R"({"jsonrpc":"2.0","id":1,"method":"session/load","params":{"sessionId":"cx-1","cwd":"/tmp"}})";
        const auto filter = external::makeCodexFilter({"", {}, false});
        const auto open = external::makeCodexFilter({"", {}, true});
        filter->toAgent(line(load));
        open->toAgent(line(load));

        QVERIFY(filter->toClient(line(update)).empty());
        QVERIFY(open->toClient(line(update)) == Lines{line(update)});
        filter->toClient(R"({"jsonrpc":"2.0","id":1,"result":{}})");
        QVERIFY(filter->toClient(line(update)) == Lines{line(update)});
    }

    void passesWhatIsNoJson()
    {
        const auto filter = external::makeCodexFilter({"run", {"x"}, false});

        QVERIFY(filter->toClient("not json line") == Lines{"not json line"});
        QVERIFY(filter->toAgent("[1,2]") == Lines{"[1,2]"});
        QVERIFY(filter->toClient("42") == Lines{"42"});
    }

    void pointsCodexAtTheGatewayWithoutAKeyInItsArguments()
    {
        const auto command = external::codexCommand({"codex-acp", {}, {}}, external::CodexGateway{"https://gateway.us.posthog.com/twig", "phx_1"}, "gpt-5.2-codex");

        QVERIFY((command.arguments == Lines{"-c", "features.remote_models=false", "-c", "model_provider=\"posthog\"", "-c",
                                            "model_providers.posthog.name=\"PostHog Gateway\"", "-c",
                                            "model_providers.posthog.base_url=\"https://gateway.us.posthog.com/twig/v1\"", "-c",
                                            "model_providers.posthog.wire_api=\"responses\"", "-c",
                                            "model_providers.posthog.env_key=\"POSTHOG_GATEWAY_API_KEY\"", "-c", "model=\"gpt-5.2-codex\""}));
        QVERIFY((command.environment == std::vector<std::pair<std::string, std::string>>{{"POSTHOG_GATEWAY_API_KEY", "phx_1"}}));
    }

    void agreesWithTheRecordedSessions()
    {
        const auto folder = qEnvironmentVariable("HOGLET_REFERENCE_VECTORS");
        QFile file(folder + "/codex/codex-transform.json");
        if (folder.isEmpty() || !file.open(QIODevice::ReadOnly))
            QSKIP("HOGLET_REFERENCE_VECTORS names no folder with recorded sessions.");

        for (const auto &recorded : ph::Json::parse(file.readAll().toStdString())) {
            const auto command = external::codexCommand({"codex-acp", {}, {}}, external::CodexGateway{"https://gateway.us.posthog.com/twig", "phx_1"}, "gpt-5.2-codex");
            QVERIFY(recorded.at("spawn").at("argv") == ph::Json(command.arguments));

            // Everything is sent to the agent as it was; only the id of our own request is another, and a first session's id may be 0.
            external::CodexSetting setting;
            setting.taskRunId = "run-1";
            if (recorded.at("allowedModelIds").is_array())
                setting.allowedModels = recorded.at("allowedModelIds").get<Lines>();
            const auto filter = external::makeCodexFilter(setting);
            std::vector<ph::Json> received;
            for (const auto &message : recorded.at("clientSends")) {
                for (const auto &one : parsed(filter->toAgent(message.dump())))
                    received.push_back(one);
            }
            const auto &expected = recorded.at("codexStdinReceives");
            QCOMPARE(received.size(), expected.size());
            for (std::size_t i = 0; i < received.size(); ++i) {
                auto one = received[i];
                auto other = expected[i];
                if (other.value("id", ph::Json()).is_string() && other["id"].get<std::string>().starts_with("reasoning_effort_")) {
                    one.erase("id");
                    other.erase("id");
                }
                QVERIFY2(one == other, (one.dump() + " is not " + other.dump()).c_str());
            }
        }
    }
};

QTEST_GUILESS_MAIN(CodexTest)
#include "codex_test.moc"

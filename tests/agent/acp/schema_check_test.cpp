#include "agent/acp/schema_check.h"

#include <QTest>

#include <fstream>
#include <sstream>

using acp::Finding;
using acp::Side;
using Kind = Finding::Kind;

Q_DECLARE_METATYPE(acp::Side)

namespace {

std::string shippedSchema()
{
    std::ifstream file(HOGLET_ACP_SCHEMA, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

const acp::SchemaCheck &schema()
{
    static const auto loaded = acp::SchemaCheck::load(shippedSchema());
    return loaded.value();
}

/// "problem params.prompt: missing", a line a finding.
QString textOf(const std::vector<Finding> &findings)
{
    QStringList lines;
    for (const auto &finding : findings) {
        const char *kind = finding.kind == Kind::Problem ? "problem" : finding.kind == Kind::Warning ? "warning" : finding.kind == Kind::Unknown ? "unknown" : "extension";
        lines << QString(kind) + ' ' + QString::fromStdString(acp::describe(finding));
    }
    return lines.join('\n');
}

std::string request(const std::string &method, const std::string &params)
{
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}";
}
std::string update(const std::string &text) { return R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":)" + text + "}}"; }
std::string reply(const std::string &result) { return R"({"jsonrpc":"2.0","id":"a","result":)" + result + "}"; }

} // namespace

class SchemaCheckTest : public QObject
{
    Q_OBJECT

private slots:
    void knowsEveryKeywordOfTheShippedSchema()
    {
        const auto loaded = acp::SchemaCheck::load(shippedSchema());

        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
    }

    void hasNothingToSayOfGoodMessages_data()
    {
        QTest::addColumn<std::string>("line");
        QTest::addColumn<Side>("sender");
        QTest::addColumn<std::string>("method");
        const auto client = [](const char *name, const std::string &line) { QTest::newRow(name) << line << Side::Client << std::string(); };
        const auto agent = [](const char *name, const std::string &line) { QTest::newRow(name) << line << Side::Agent << std::string(); };
        const auto answer = [](const char *name, Side sender, const char *method, const std::string &result) {
            QTest::newRow(name) << reply(result) << sender << std::string(method);
        };
        client("initialize", request("initialize", R"({"protocolVersion":1,"clientCapabilities":{"fs":{"readTextFile":true},"elicitation":{"form":{}}},"clientInfo":{"name":"x","version":"1"}})"));
        client("initialize, all left out", request("initialize", R"({"protocolVersion":1})"));
        client("new session", request("session/new", R"({"cwd":"/home/ana","mcpServers":[]})"));
        client("new session with servers",
               request("session/new", R"({"cwd":"/","mcpServers":[{"name":"a","command":"/bin/a","args":["-x"],"env":[{"name":"A","value":"b"}]},{"type":"http","name":"b","url":"https:b","headers":[]}]})"));
        client("a server that says stdio", request("session/new", R"({"cwd":"/","mcpServers":[{"type":"stdio","name":"a","command":"/bin/a","args":[],"env":[]}]})"));
        client("prompt", request("session/prompt",
                                 R"({"sessionId":"s","prompt":[{"type":"text","text":"hi"},{"type":"resource_link","uri":"file:/a","name":"a"},{"type":"resource","resource":{"uri":"file:/b","text":"b"}}],"_meta":{"hoglet":{}}})"));
        client("cancel", R"({"jsonrpc":"2.0","method":"session/cancel","params":{"sessionId":"s"}})");
        client("cancel request", R"({"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":7}})");
        agent("cancel request of the agent", R"({"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":"x"}})");
        client("set an option", request("session/set_config_option", R"({"sessionId":"s","configId":"model","value":"m"})"));
        client("set a switch", request("session/set_config_option", R"({"sessionId":"s","configId":"fast","type":"boolean","value":true})"));
        client("logout without params", R"({"jsonrpc":"2.0","id":3,"method":"logout"})");
        agent("message chunk", update(R"({"sessionUpdate":"agent_message_chunk","messageId":"m","content":{"type":"text","text":"hi"}})"));
        agent("tool call", update(R"({"sessionUpdate":"tool_call","toolCallId":"t","title":"T","kind":"search","status":"pending","rawInput":{"a":[1]},"locations":[{"path":"/a","line":3}],"content":[{"type":"diff","path":"/a","newText":"x"}]})"));
        agent("tool call update", update(R"({"sessionUpdate":"tool_call_update","toolCallId":"t","status":null,"content":null})"));
        agent("plan", update(R"({"sessionUpdate":"plan","entries":[{"content":"a","priority":"high","status":"pending"}]})"));
        agent("commands", update(R"({"sessionUpdate":"available_commands_update","availableCommands":[{"name":"a","description":"b","input":{"hint":"c"}}]})"));
        agent("options", update(R"({"sessionUpdate":"config_option_update","configOptions":[{"id":"model","name":"Model","category":"_mine","type":"select","currentValue":"a","options":[{"group":"g","name":"G","options":[{"value":"a","name":"A"}]}]}]})"));
        agent("unknown members", update(R"({"sessionUpdate":"usage_update","used":1,"size":2,"more":{"x":1}})"));
        agent("permission", request("session/request_permission", R"({"sessionId":"s","toolCall":{"toolCallId":"t"},"options":[{"optionId":"y","name":"Yes","kind":"allow_once"}]})"));
        agent("terminal", request("terminal/create", R"({"sessionId":"s","command":"ls"})"));
        agent("form", request("elicitation/create",
                              R"({"sessionId":"s","mode":"form","message":"m","requestedSchema":{"type":"object","properties":{"answer":{"type":"string","oneOf":[{"const":"a","title":"A"}]}},"required":["answer"]}})"));
        answer("initialized", Side::Agent, "initialize", R"({"protocolVersion":1,"agentCapabilities":{"loadSession":true},"authMethods":[{"id":"a","name":"A"}]})");
        answer("prompted", Side::Agent, "session/prompt", R"({"stopReason":"end_turn"})");
        answer("empty answer", Side::Agent, "session/set_mode", "{}");
        answer("permission given", Side::Client, "session/request_permission", R"({"outcome":{"outcome":"selected","optionId":"y"}})");
        answer("form filled in", Side::Client, "elicitation/create", R"({"action":"accept","content":{"answer":"a"}})");
        QTest::newRow("error") << std::string(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32123,"message":"No.","data":{"x":1}}})") << Side::Agent << std::string("session/prompt");
    }

    void hasNothingToSayOfGoodMessages()
    {
        QFETCH(std::string, line);
        QFETCH(Side, sender);
        QFETCH(std::string, method);

        QCOMPARE(textOf(schema().check(line, sender, method)), QString());
    }

    void namesThePlaceAndTheProblem_data()
    {
        QTest::addColumn<std::string>("line");
        QTest::addColumn<Side>("sender");
        QTest::addColumn<std::string>("method");
        QTest::addColumn<QString>("findings");
        const auto client = [](const char *name, const std::string &line, const char *findings) { QTest::newRow(name) << line << Side::Client << std::string() << QString(findings); };
        const auto agent = [](const char *name, const std::string &line, const char *findings) { QTest::newRow(name) << line << Side::Agent << std::string() << QString(findings); };
        const auto answer = [](const char *name, const char *method, const std::string &line, const char *findings) {
            QTest::newRow(name) << line << Side::Agent << std::string(method) << QString(findings);
        };
        client("no JSON", "npm warn deprecated", "problem no JSON");
        client("a number", "42", "problem no message: expected an object");
        client("a batch", "[{}]", "problem a batch: ACP sends one message a line");
        client("nothing known", R"({"jsonrpc":"2.0","id":1})", "problem no message: neither a method nor a result nor an error");
        client("no version", R"({"id":1,"method":"logout"})", "problem jsonrpc: missing");
        client("another version", R"({"jsonrpc":"1.0","id":1,"method":"logout"})", "problem jsonrpc: expected \"2.0\"");
        client("an id with a fraction", R"({"jsonrpc":"2.0","id":1.5,"method":"logout"})", "problem id: expected a whole number, a string or null");
        client("a null id", R"({"jsonrpc":"2.0","id":null,"method":"logout"})", "warning id: null: a reply cannot be told from others");
        client("a method that is no text", R"({"jsonrpc":"2.0","id":1,"method":7})", "problem method: expected a string");
        client("block without its kind", request("session/prompt", R"({"sessionId":"s","prompt":[{"text":"hi"}]})"), "problem params.prompt[0].type: missing");
        client("block of an unknown kind", request("session/prompt", R"({"sessionId":"s","prompt":[{"type":"video"}]})"), "problem params.prompt[0].type: unknown kind \"video\"");
        client("block without its text", request("session/prompt", R"({"sessionId":"s","prompt":[{"type":"text","text":"a"},{"type":"text"}]})"), "problem params.prompt[1].text: missing");
        client("two at once", request("session/prompt", R"({"sessionId":4})"), "problem params.prompt: missing\nproblem params.sessionId: expected a string, got number");
        client("servers left out", request("session/new", R"({"cwd":"/"})"), "problem params.mcpServers: missing");
        client("null servers", request("session/new", R"({"cwd":"/","mcpServers":null})"), "warning params.mcpServers: null, which counts as an empty list");
        client("a server without env", request("session/new", R"({"cwd":"/","mcpServers":[{"name":"a","command":"b","args":[]}]})"), "problem params.mcpServers[0].env: missing");
        client("params that are a list", request("session/new", "[]"), "problem params: expected an object, got a list");
        client("version out of range", request("initialize", R"({"protocolVersion":70000})"), "problem params.protocolVersion: 70000 is more than 65535");
        client("a malformed optional", request("initialize", R"({"protocolVersion":1,"clientInfo":"me"})"), "warning params.clientInfo: expected an object, got string");
        client("the agent's method", update(R"({"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"hi"}})"), "problem method: goes the other way: the client takes it");
        client("a request without id", R"({"jsonrpc":"2.0","method":"session/prompt","params":{}})", "problem id: missing: session/prompt is a request");
        client("a notification with id", request("session/cancel", R"({"sessionId":"s"})"), "problem id: not allowed: session/cancel is a notification");
        client("an extension", request("_posthog/resume", "7"), "extension method: an extension, whose content is not in the schema");
        client("an unknown method", request("session/frobnicate", "{}"), "unknown method: not a method of ACP 1");
        agent("an unknown update", update(R"({"sessionUpdate":"subagent_update","x":1})"), "unknown params.update.sessionUpdate: unknown kind \"subagent_update\"");
        agent("an update without its kind", update(R"({"content":{}})"), "problem params.update.sessionUpdate: missing");
        agent("modeId", update(R"({"sessionUpdate":"current_mode_update","modeId":"plan"})"), "problem params.update.currentModeId: missing");
        agent("an unknown status", update(R"({"sessionUpdate":"tool_call_update","toolCallId":"t","status":"cancelled"})"),
              R"(warning params.update.status: "cancelled" is none of "pending", "in_progress", "completed", "failed")");
        agent("content without its wrapping", update(R"({"sessionUpdate":"tool_call","toolCallId":"t","title":"T","content":[{"type":"text","text":"x"}]})"),
              R"(warning params.update.content[0].type: unknown kind "text")");
        agent("a line below 0", update(R"({"sessionUpdate":"tool_call_update","toolCallId":"t","locations":[{"path":"/a","line":-1}]})"),
              "warning params.update.locations[0].line: -1 is less than 0");
        agent("an option of an unknown kind", update(R"({"sessionUpdate":"config_option_update","configOptions":[{"id":"a","name":"A","type":"slider"}]})"),
              "unknown params.update.configOptions[0].type: unknown kind \"slider\"");
        agent("an option that does not fit its kind", update(R"({"sessionUpdate":"config_option_update","configOptions":[{"id":"a","name":"A","type":"boolean","currentValue":"yes"}]})"),
              "warning params.update.configOptions[0].currentValue: expected true or false, got string");
        agent("a choice without its name", update(R"({"sessionUpdate":"config_option_update","configOptions":[{"id":"a","name":"A","type":"select","currentValue":"x","options":[{"value":"x"}]}]})"),
              "warning params.update.configOptions[0].options[0].name: missing");
        agent("an empty title", update(R"({"sessionUpdate":"notice","severity":"info","title":""})"), "problem params.update.title: must not be empty");
        agent("an option of an unknown kind of permission", request("session/request_permission", R"({"sessionId":"s","toolCall":{"toolCallId":"t"},"options":[{"optionId":"y","name":"Yes","kind":"maybe"}]})"),
              R"(problem params.options[0].kind: "maybe" is none of "allow_once", "allow_always", "reject_once", "reject_always")");
        answer("an unknown stop reason", "session/prompt", reply(R"({"stopReason":"bored"})"),
               R"(problem result.stopReason: "bored" is none of "end_turn", "max_tokens", "max_turn_requests", "refusal", "cancelled")");
        answer("null for an empty answer", "session/set_mode", reply("null"), "warning result: null, where {} is meant");
        answer("null for an answer", "session/prompt", reply("null"), "problem result: expected an object, got null");
        answer("an answer to nothing known", "", reply("{}"), "unknown result: the request it answers is not known");
        answer("an answer to an extension", "_x/y", reply("7"), "extension result: the answer to an extension, whose content is not in the schema");
        answer("both", "session/prompt", R"({"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}})", "problem error: not allowed beside a result");
        answer("an error without id and code", "", R"({"jsonrpc":"2.0","error":{"message":"x"}})", "problem id: missing\nproblem error.code: missing");
        answer("an error with a code that is no number", "", R"({"jsonrpc":"2.0","id":1,"error":{"code":"ENOENT","message":"x"}})", "problem error.code: expected a whole number, got string");
    }

    void namesThePlaceAndTheProblem()
    {
        QFETCH(std::string, line);
        QFETCH(Side, sender);
        QFETCH(std::string, method);
        QFETCH(QString, findings);

        QCOMPARE(textOf(schema().check(line, sender, method)), findings);
    }

    void keepsTheJsonPointerOfAFinding()
    {
        const auto findings = schema().check(request("elicitation/create", R"({"sessionId":"s","mode":"form","message":"m","requestedSchema":{"properties":{"a/b~c":{"title":"no type"}}}})"), Side::Agent);

        QCOMPARE(findings.size(), std::size_t(1));
        QCOMPARE(findings[0].pointer, std::string("/params/requestedSchema/properties/a~1b~0c/type"));
        QCOMPARE(acp::describe(findings[0]), std::string("params.requestedSchema.properties.a/b~c.type: missing"));
    }

    void aLineThatIsNestedTooDeepIsNotRead()
    {
        const std::string line = request("_x", std::string(100'000, '[') + std::string(100'000, ']'));

        QCOMPARE(textOf(schema().check(line, Side::Client)), QString("problem nested more than 128 levels deep"));
    }

    void knowsWhoTakesAMethod()
    {
        QCOMPARE(schema().receiverOf("session/prompt"), std::optional(Side::Agent));
        QCOMPARE(schema().receiverOf("session/update"), std::optional(Side::Client));
        QCOMPARE(schema().receiverOf("$/cancel_request"), std::optional<Side>());
        QCOMPARE(schema().receiverOf("_x"), std::optional<Side>());
    }

    void refusesASchemaThatItCannotCheckBy()
    {
        const auto unknown = acp::SchemaCheck::load(R"({"$defs":{"A":{"properties":{"x":{"patternProperties":{}}}}}})");
        const auto dangling = acp::SchemaCheck::load("{\"$defs\":{\"A\":{\"$ref\":\"#/$defs/B\"}}}");

        QCOMPARE(unknown.error().message, std::string("The schema's A/properties/x/patternProperties is a keyword that is not known."));
        QCOMPARE(dangling.error().message, std::string("The schema's A/$ref refers to what is not defined."));
        QCOMPARE(acp::SchemaCheck::load("{").error().message, std::string("The schema is no JSON."));
        QCOMPARE(acp::SchemaCheck::load("{}").error().message, std::string("The schema has no definitions."));
    }
};

QTEST_APPLESS_MAIN(SchemaCheckTest)
#include "schema_check_test.moc"

#include "tests/support/compare_json.h"
#include "tests/support/model_fixture.h"

#include <QTest>

using namespace support;
using model::Message;
using model::Thought;

namespace {

const ph::Json marked{{"type", "ephemeral"}};

acp::ContentBlock pngOf(std::string data)
{
    acp::ContentBlock block;
    block.type = "image";
    block.mimeType = "image/png";
    block.data = std::move(data);
    return block;
}

Message stepOf(std::string text, std::vector<model::ToolRequest> calls, std::vector<Thought> thoughts = {})
{
    Message message;
    message.role = Message::Role::Assistant;
    message.text = std::move(text);
    message.calls = std::move(calls);
    message.thoughts = std::move(thoughts);
    return message;
}

model::ToolRequest callOf(std::string id, std::string name, ph::Json input)
{
    model::ToolRequest call;
    call.id = {std::move(id)};
    call.name = std::move(name);
    call.input = std::move(input);
    return call;
}

Message answersOf(std::vector<model::ToolAnswer> answers)
{
    Message message;
    message.role = Message::Role::Tool;
    message.answers = std::move(answers);
    return message;
}

} // namespace

class MessagesApiTest : public QObject
{
    Q_OBJECT

private slots:
    void saysWhatItHears_data();
    void saysWhatItHears();
    void sendsWhatTheApiWants();
    void sendsBackWhatWasDone();
    void sendsThoughtsInTheirPlaceAndToTheirModelOnly();
    void doesNotSendImagesToTheBlind();
    void asksToThink_data();
    void asksToThink();
    void mapsReasonsToStop_data();
    void mapsReasonsToStop();
    void tellsTheModelOfInputThatIsNoJson_data();
    void tellsTheModelOfInputThatIsNoJson();
    void takesAToolWithoutInput();
    void countsAndPrices();
    void passesOverWhatItDoesNotKnow();
    void readsAnAnswerThatWasNotStreamed();
    void endsThoughTheConnectionStaysOpen();
    void callsNoToolsWhenItMayNot();
};

void MessagesApiTest::saysWhatItHears_data()
{
    QTest::addColumn<bool>("splits");
    QTest::newRow("event by event") << false;
    QTest::newRow("byte by byte") << true;
}

void MessagesApiTest::saysWhatItHears()
{
    QFETCH(bool, splits);
    ModelFixture fixture;
    if (splits)
        fixture.server.splitEveryByte();
    ModelAnswer answer;
    answer.thought = "Where may it be – im Körbchen?";
    answer.signature = "sig+1==";
    answer.redactedThought = "b3BhcXVl";
    answer.text = "Let me look – übers Ganze. 😀";
    answer.calls = {{"Read", {{"path", "/tmp/a \"b\".txt"}}}, {"Grep", {{"pattern", "x\\y"}, {"n", 3}}}};
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY2(reply, reply ? "" : reply.error().message.c_str());
    QCOMPARE(fixture.heard.text, answer.text);
    QCOMPARE(fixture.heard.thought, answer.thought);
    const std::vector<Thought> thoughts{{answer.thought, "sig+1==", "", "test/m", 0}, {"", "", "b3BhcXVl", "test/m", 0}};
    QVERIFY(fixture.heard.thoughts == thoughts);
    QVERIFY(reply->thoughts == thoughts);
    QCOMPARE(fixture.heard.calls, (std::vector<std::string>{"toolu_1 Read", "toolu_2 Grep"}));
    QCOMPARE(reply->calls.size(), std::size_t(2));
    QCOMPARE(reply->calls[1].id.value, std::string("toolu_2"));
    for (std::size_t i = 0; i < 2; ++i) {
        COMPARE_JSON(reply->calls[i].input, answer.calls[i].input);
        COMPARE_JSON(ph::Json::parse(fixture.heard.inputs[reply->calls[i].id.value]), answer.calls[i].input);
        QCOMPARE(reply->calls[i].problem, std::string());
    }
    QVERIFY(fixture.heard.notices.empty());
}

void MessagesApiTest::sendsWhatTheApiWants()
{
    ModelFixture fixture;
    model::Request request;
    request.system = "You are helpful.";
    request.tools = {{"Read", "Reads", {{"type", "object"}}}, {"Write", "Writes", {{"type", "object"}}}};
    Message prompt;
    prompt.blocks = {acp::ContentBlock::ofText("What is on it?"), pngOf("QUJD")};
    request.history = {prompt};

    QVERIFY(fixture.ask(request));

    const auto sent = fixture.server.lastRequest();
    QCOMPARE(sent.path, std::string("/v1/messages"));
    QCOMPARE(sent.header("x-api-key"), fixture.key);
    QCOMPARE(sent.header("authorization"), std::string());
    QCOMPARE(sent.header("anthropic-version"), std::string("2023-06-01"));
    QCOMPARE(sent.header("content-type"), std::string("application/json"));
    COMPARE_JSON(
        sent.body,
        {{"model", "m"},
         {"stream", true},
         {"max_tokens", 32000},
         {"system", ph::Json::array({{{"type", "text"}, {"text", "You are helpful."}, {"cache_control", marked}}})},
         {"tools",
          ph::Json::array({{{"name", "Read"}, {"description", "Reads"}, {"input_schema", {{"type", "object"}}}},
                           {{"name", "Write"}, {"description", "Writes"}, {"input_schema", {{"type", "object"}}}, {"cache_control", marked}}})},
         {"messages",
          ph::Json::array({{{"role", "user"},
                            {"content",
                             ph::Json::array({{{"type", "text"}, {"text", "What is on it?"}},
                                              {{"type", "image"},
                                               {"source", {{"type", "base64"}, {"media_type", "image/png"}, {"data", "QUJD"}}},
                                               {"cache_control", marked}}})}}})}});
}

void MessagesApiTest::sendsBackWhatWasDone()
{
    ModelFixture fixture;
    model::ToolAnswer read{{"1"}, false, "A text", {}};
    read.images = {pngOf("QUJD")};
    const model::ToolAnswer failed{{"2"}, true, "There is no such file.", {}};
    const model::ToolAnswer silent{{"3"}, false, "", {}};
    model::Request request;
    request.history = {ModelFixture::userSays("Look"),
                       stepOf("I look.", {callOf("1", "Read", {{"path", "a"}}), callOf("2", "Read", {{"path", "b"}}), callOf("3", "Touch", nullptr)}),
                       answersOf({read, failed, silent}), ModelFixture::userSays("And?")};

    QVERIFY(fixture.ask(request));

    const auto messages = fixture.server.lastRequest().body["messages"];
    QCOMPARE(messages.size(), std::size_t(3));
    COMPARE_JSON(messages[0]["content"][0]["cache_control"], marked);
    COMPARE_JSON(messages[1],
                 {{"role", "assistant"},
                  {"content",
                   ph::Json::array({{{"type", "text"}, {"text", "I look."}},
                                    {{"type", "tool_use"}, {"id", "1"}, {"name", "Read"}, {"input", {{"path", "a"}}}},
                                    {{"type", "tool_use"}, {"id", "2"}, {"name", "Read"}, {"input", {{"path", "b"}}}},
                                    {{"type", "tool_use"}, {"id", "3"}, {"name", "Touch"}, {"input", ph::Json::object()}}})}});
    COMPARE_JSON(messages[2],
                 {{"role", "user"},
                  {"content",
                   ph::Json::array(
                       {{{"type", "tool_result"},
                         {"tool_use_id", "1"},
                         {"content",
                          ph::Json::array({{{"type", "text"}, {"text", "A text"}},
                                           {{"type", "image"}, {"source", {{"type", "base64"}, {"media_type", "image/png"}, {"data", "QUJD"}}}}})}},
                        {{"type", "tool_result"},
                         {"tool_use_id", "2"},
                         {"is_error", true},
                         {"content", ph::Json::array({{{"type", "text"}, {"text", "There is no such file."}}})}},
                        {{"type", "tool_result"}, {"tool_use_id", "3"}},
                        {{"type", "text"}, {"text", "And?"}, {"cache_control", marked}}})}});
}

void MessagesApiTest::sendsThoughtsInTheirPlaceAndToTheirModelOnly()
{
    ModelFixture fixture;
    const Thought first{"First", "s1", "", "test/m", 0};
    const Thought opaque{"", "", "b3BhcXVl", "test/m", 3};
    const Thought foreign{"Foreign", "s2", "", "other/m", 3};
    const Thought unsigned_{"Unsigned", "", "", "test/m", 3};
    const Thought beyond{"Beyond", "s3", "", "test/m", 1000};
    model::Request request;
    request.history = {ModelFixture::userSays("Go"), stepOf("ABCDEF", {callOf("1", "Read", {})}, {first, opaque, foreign, unsigned_, beyond}),
                       answersOf({{{"1"}, false, "x", {}}})};

    QVERIFY(fixture.ask(request));

    COMPARE_JSON(fixture.server.lastRequest().body["messages"][1]["content"],
                 ph::Json::array({{{"type", "thinking"}, {"thinking", "First"}, {"signature", "s1"}},
                                  {{"type", "text"}, {"text", "ABC"}},
                                  {{"type", "redacted_thinking"}, {"data", "b3BhcXVl"}},
                                  {{"type", "text"}, {"text", "DEF"}},
                                  {{"type", "thinking"}, {"thinking", "Beyond"}, {"signature", "s3"}},
                                  {{"type", "tool_use"}, {"id", "1"}, {"name", "Read"}, {"input", ph::Json::object()}}}));
}

void MessagesApiTest::doesNotSendImagesToTheBlind()
{
    ModelFixture fixture;
    fixture.choice.facts.info.takesImages = false;
    Message prompt;
    prompt.blocks = {pngOf("QUJD")};
    model::ToolAnswer answer{{"1"}, false, "A text", {}};
    answer.images = {pngOf("QUJD")};

    QVERIFY(fixture.ask(model::Request{{prompt, stepOf("", {callOf("1", "Read", {})}), answersOf({answer})}, {}}));

    const auto text = fixture.server.lastRequest().body.dump();
    QVERIFY(text.find("QUJD") == std::string::npos);
    QVERIFY(text.find("(Here is an image that you cannot see.)") != std::string::npos);
    QVERIFY(text.find("(There are images that you cannot see.)") != std::string::npos);
}

void MessagesApiTest::asksToThink_data()
{
    QTest::addColumn<int>("thinking");
    QTest::addColumn<QString>("effort");
    QTest::addColumn<QString>("expected"); // of {thinking, output_config, max_tokens}
    QTest::newRow("adaptive") << int(model::Thinking::Adaptive) << "high"
                              << R"({"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"high"},"max_tokens":32000})";
    QTest::newRow("adaptive, as it likes") << int(model::Thinking::Adaptive) << ""
                                           << R"({"thinking":{"type":"adaptive","display":"summarized"},"max_tokens":32000})";
    QTest::newRow("an effort that it does not know") << int(model::Thinking::Adaptive) << "xhigh"
                                                     << R"({"thinking":{"type":"adaptive","display":"summarized"},"max_tokens":64000})";
    QTest::newRow("by budget") << int(model::Thinking::Budget) << "medium"
                               << R"({"thinking":{"type":"enabled","budget_tokens":10000},"max_tokens":32000})";
    QTest::newRow("by budget, not asked") << int(model::Thinking::Budget) << ""
                                          << R"({"max_tokens":32000})";
    QTest::newRow("effort without thinking") << int(model::Thinking::None) << "low"
                                             << R"({"output_config":{"effort":"low"},"max_tokens":32000})";
}

void MessagesApiTest::asksToThink()
{
    QFETCH(int, thinking);
    QFETCH(QString, effort);
    QFETCH(QString, expected);
    ModelFixture fixture;
    fixture.choice.facts.thinking = static_cast<model::Thinking>(thinking);
    fixture.choice.facts.info.maximumOutput = 64'000;
    model::Request request{{ModelFixture::userSays("Think")}, {}};
    request.effort = effort.toStdString();

    QVERIFY(fixture.ask(request));

    auto body = fixture.server.lastRequest().body;
    for (const char *other : {"model", "stream", "messages"})
        body.erase(other);
    COMPARE_JSON(body, ph::Json::parse(expected.toStdString()));
}

void MessagesApiTest::mapsReasonsToStop_data()
{
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("expected");
    QTest::newRow("end_turn") << "end_turn"
                              << "end_turn";
    QTest::newRow("max_tokens") << "max_tokens"
                                << "max_tokens";
    QTest::newRow("window") << "model_context_window_exceeded"
                            << "max_tokens";
    QTest::newRow("refusal") << "refusal"
                             << "refusal";
    QTest::newRow("stop_sequence") << "stop_sequence"
                                   << "end_turn";
    QTest::newRow("one of later") << "brand_new"
                                  << "end_turn";
}

void MessagesApiTest::mapsReasonsToStop()
{
    QFETCH(QString, reason);
    QFETCH(QString, expected);
    ModelFixture fixture;
    ModelAnswer answer;
    answer.text = "Well";
    answer.stopReason = reason.toStdString();
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY(reply);
    QCOMPARE(reply->stopReason, expected.toStdString());
}

void MessagesApiTest::tellsTheModelOfInputThatIsNoJson_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QString>("reason"); // to stop
    QTest::addColumn<QString>("problem"); // begins so
    QTest::newRow("no JSON") << QByteArray("{\"path\": /a}") << "tool_use"
                             << "The input of Read is no JSON object (";
    QTest::newRow("a list") << QByteArray("[1]") << "tool_use"
                            << "The input of Read is no JSON object, so it was not run. You sent: [1]";
    QTest::newRow("too deep") << QByteArray(200, '[') << "tool_use"
                              << "The input of Read is no JSON object (it is nested too deep)";
    QTest::newRow("not whole") << QByteArray("{\"path\": \"/a") << "tool_use"
                               << "The input of Read is no JSON object (";
    QTest::newRow("cut off") << QByteArray("{\"path\": \"/a") << "max_tokens"
                             << "The input of Read was cut off at the limit of one answer";
}

void MessagesApiTest::tellsTheModelOfInputThatIsNoJson()
{
    QFETCH(QByteArray, input);
    QFETCH(QString, reason);
    QFETCH(QString, problem);
    ModelFixture fixture;
    ModelAnswer answer;
    answer.calls = {{"Read", {}, "", input.toStdString()}, {"Grep", {{"a", 1}}}};
    answer.stopReason = reason.toStdString();
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY(reply);
    QCOMPARE(reply->calls.size(), std::size_t(2));
    QVERIFY2(reply->calls[0].problem.starts_with(problem.toStdString()), reply->calls[0].problem.c_str());
    COMPARE_JSON(reply->calls[0].input, ph::Json::object());
    QCOMPARE(reply->calls[1].problem, std::string());
}

void MessagesApiTest::takesAToolWithoutInput()
{
    ModelFixture fixture;
    ModelAnswer answer;
    answer.calls = {{"Now", {}, "", " "}};
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY(reply);
    QCOMPARE(reply->calls.at(0).problem, std::string());
    COMPARE_JSON(reply->calls[0].input, ph::Json::object());
}

void MessagesApiTest::countsAndPrices()
{
    ModelFixture fixture;
    fixture.choice.facts.prices = model::Prices{{4, 0.2, 5, 20}};
    ModelAnswer answer;
    answer.text = "Yes";
    answer.inputTokens = 1000;
    answer.cachedRead = 50'000;
    answer.cachedWrite = 2000;
    answer.outputTokens = 300;
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY(reply);
    QVERIFY((reply->usage == model::Usage{1000, 50'000, 2000, 300, reply->usage.cost}));
    QCOMPARE(reply->usage.total(), std::int64_t(53'300));
    QVERIFY(std::abs(*reply->usage.cost - (0.004 + 0.01 + 0.01 + 0.006)) < 1e-9);
    QVERIFY(fixture.heard.usage == reply->usage);

    fixture.choice.facts.prices.reset();
    QVERIFY(!fixture.ask()->usage.cost);
}

void MessagesApiTest::passesOverWhatItDoesNotKnow()
{
    ModelFixture fixture;
    ModelAnswer answer;
    answer.raw = "event: hello\ndata: {\"type\":\"hello\"}\n\n"
                 "data: {\"type\":\"message_start\"}\n\n"
                 "data: "
                 "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"server_tool_use\",\"id\":\"x\",\"name\":\"web\","
                 "\"input\":{}}}\n\n"
                 "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{}\"}}\n\n"
                 "data: {\"type\":\"content_block_delta\",\"index\":7,\"delta\":{\"type\":\"citations_delta\"}}\n\n"
                 "data: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"text\",\"text\":\"Hi\"}}\n\n"
                 "data: [1,2]\n\ndata: 7\n\ndata: null\n\n"
                 "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":null}\n\n";
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY2(reply, reply ? "" : reply.error().message.c_str());
    QCOMPARE(fixture.heard.text, std::string("Hi"));
    QVERIFY(reply->calls.empty());
}

void MessagesApiTest::readsAnAnswerThatWasNotStreamed()
{
    ModelFixture fixture;
    ModelAnswer answer;
    answer.isStreamed = false;
    answer.thought = "Hm";
    answer.text = "I look.";
    answer.calls = {{"Read", {{"path", "a"}}}};
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY2(reply, reply ? "" : reply.error().message.c_str());
    QCOMPARE(fixture.heard.text, std::string("I look."));
    QCOMPARE(reply->thoughts.at(0).signature, answer.signature);
    COMPARE_JSON(reply->calls.at(0).input, {{"path", "a"}});
}

void MessagesApiTest::endsThoughTheConnectionStaysOpen()
{
    ModelFixture fixture;
    ModelAnswer answer;
    answer.text = "Hi";
    std::string all;
    for (const auto &event : messagesEvents(answer))
        all += event;
    answer.raw = all + ": waiting";
    answer.stallAfter = 1;
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY(reply);
    QCOMPARE(fixture.heard.text, std::string("Hi"));
}

void MessagesApiTest::callsNoToolsWhenItMayNot()
{
    ModelFixture fixture;
    model::Request request{{ModelFixture::userSays("Sum up")}, {{"Read", "Reads", ph::Json::object()}}};
    request.mayCallTools = false;

    QVERIFY(fixture.ask(request));

    COMPARE_JSON(fixture.server.lastRequest().body["tool_choice"], {{"type", "none"}});
}

QTEST_GUILESS_MAIN(MessagesApiTest)
#include "messages_api_test.moc"

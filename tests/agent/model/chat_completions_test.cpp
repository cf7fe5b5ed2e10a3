#include "tests/support/compare_json.h"
#include "tests/support/model_fixture.h"

#include <QTest>

#include <set>

using namespace support;
using model::Message;
using Api = ModelFixture::Api;

class ChatCompletionsTest : public QObject
{
    Q_OBJECT

private slots:
    void saysWhatItHears_data();
    void saysWhatItHears();
    void sendsWhatTheApiWants();
    void sendsBackWhatWasDone();
    void sendsImagesOfToolsBehindTheAnswers();
    void worksWithoutAKey();
    void limitsTheOutputWhenItIsSet();
    void readsWhatOtherServersSend_data();
    void readsWhatOtherServersSend();
    void mapsReasonsToStop_data();
    void mapsReasonsToStop();
    void countsAndPrices();
    void tellsTheModelOfInputThatIsNoJson();
};

void ChatCompletionsTest::saysWhatItHears_data()
{
    QTest::addColumn<bool>("splits");
    QTest::newRow("event by event") << false;
    QTest::newRow("byte by byte") << true;
}

void ChatCompletionsTest::saysWhatItHears()
{
    QFETCH(bool, splits);
    ModelFixture fixture(Api::Chat);
    if (splits)
        fixture.server.splitEveryByte();
    ModelAnswer answer;
    answer.thought = "Where may it be – im Körbchen?";
    answer.text = "Let me look – übers Ganze. 😀";
    answer.calls = {{"Read", {{"path", "/tmp/a \"b\".txt"}}}, {"Grep", {{"pattern", "x\\y"}, {"n", 3}}}};
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY2(reply, reply ? "" : reply.error().message.c_str());
    QCOMPARE(fixture.heard.text, answer.text);
    QCOMPARE(fixture.heard.thought, answer.thought);
    QVERIFY(reply->thoughts == (std::vector<model::Thought>{{answer.thought, "", "", "test/m", 0}}));
    QCOMPARE(fixture.heard.calls, (std::vector<std::string>{"toolu_1 Read", "toolu_2 Grep"}));
    for (std::size_t i = 0; i < 2; ++i) {
        COMPARE_JSON(reply->calls.at(i).input, answer.calls[i].input);
        COMPARE_JSON(ph::Json::parse(fixture.heard.inputs[reply->calls[i].id.value]), answer.calls[i].input);
    }
}

void ChatCompletionsTest::sendsWhatTheApiWants()
{
    ModelFixture fixture(Api::Chat);
    model::Request request;
    request.system = "You are helpful.";
    request.effort = "low";
    request.tools = {{"Read", "Reads", {{"type", "object"}}}};
    Message prompt;
    acp::ContentBlock image;
    image.type = "image";
    image.mimeType = "image/png";
    image.data = "QUJD";
    prompt.blocks = {acp::ContentBlock::ofText("What is on it?"), image};
    request.history = {ModelFixture::userSays("Hello"), prompt};

    QVERIFY(fixture.ask(request));

    const auto sent = fixture.server.lastRequest();
    QCOMPARE(sent.path, std::string("/v1/chat/completions"));
    QCOMPARE(sent.header("authorization"), "Bearer " + fixture.key);
    COMPARE_JSON(sent.body,
                 {{"model", "m"},
                  {"stream", true},
                  {"stream_options", {{"include_usage", true}}},
                  {"reasoning_effort", "low"},
                  {"tools",
                   ph::Json::array(
                       {{{"type", "function"}, {"function", {{"name", "Read"}, {"description", "Reads"}, {"parameters", {{"type", "object"}}}}}}})},
                  {"messages",
                   ph::Json::array({{{"role", "system"}, {"content", "You are helpful."}},
                                    {{"role", "user"}, {"content", "Hello"}},
                                    {{"role", "user"},
                                     {"content",
                                      ph::Json::array({{{"type", "text"}, {"text", "What is on it?"}},
                                                       {{"type", "image_url"}, {"image_url", {{"url", "data:image/png;base64,QUJD"}}}}})}}})}});
}

void ChatCompletionsTest::sendsBackWhatWasDone()
{
    ModelFixture fixture(Api::Chat);
    Message before;
    before.role = Message::Role::Assistant;
    before.text = "Done before.";
    before.thoughts = {{"Old", "", "", "test/m", 0}};
    Message step;
    step.role = Message::Role::Assistant;
    step.text = "I look.";
    step.thoughts = {{"New", "", "", "test/m", 0}, {"Foreign", "", "", "other/m", 0}, {"Signed", "s", "", "test/m", 0}};
    model::ToolRequest call;
    call.id = {"1"};
    call.name = "Read";
    call.input = {{"path", "a"}};
    step.calls = {call};
    Message answers;
    answers.role = Message::Role::Tool;
    answers.answers = {{{"1"}, true, "There is no such file.", {}}};

    QVERIFY(fixture.ask(model::Request{{ModelFixture::userSays("First"), before, ModelFixture::userSays("Look"), step, answers}, {}}));

    COMPARE_JSON(fixture.server.lastRequest().body["messages"],
                 ph::Json::array(
                     {{{"role", "user"}, {"content", "First"}},
                      {{"role", "assistant"}, {"content", "Done before."}},
                      {{"role", "user"}, {"content", "Look"}},
                      {{"role", "assistant"},
                       {"content", "I look."},
                       {"reasoning_content", "New"},
                       {"tool_calls",
                        ph::Json::array({{{"id", "1"}, {"type", "function"}, {"function", {{"name", "Read"}, {"arguments", "{\"path\":\"a\"}"}}}}})}},
                      {{"role", "tool"}, {"tool_call_id", "1"}, {"content", "Failed: There is no such file."}}}));
}

void ChatCompletionsTest::sendsImagesOfToolsBehindTheAnswers()
{
    ModelFixture fixture(Api::Chat);
    acp::ContentBlock image;
    image.type = "image";
    image.mimeType = "image/png";
    image.data = "QUJD";
    Message answers;
    answers.role = Message::Role::Tool;
    answers.answers = {{{"1"}, false, "A picture", {}}, {{"2"}, false, "x", {}}};
    answers.answers[0].images = {image};

    QVERIFY(fixture.ask(model::Request{{ModelFixture::userSays("Look"), answers}, {}}));

    const auto messages = fixture.server.lastRequest().body["messages"];
    QCOMPARE(messages.size(), std::size_t(4));
    COMPARE_JSON(messages[1]["content"], "A picture\n(Images follow.)");
    COMPARE_JSON(messages[2]["role"], "tool");
    COMPARE_JSON(messages[3]["role"], "user");
    COMPARE_JSON(messages[3]["content"][1]["image_url"]["url"], "data:image/png;base64,QUJD");
}

void ChatCompletionsTest::worksWithoutAKey()
{
    ModelFixture fixture(Api::Chat);
    fixture.key = "";

    QVERIFY(fixture.ask());

    QCOMPARE(fixture.server.lastRequest().header("authorization"), std::string());
}

void ChatCompletionsTest::limitsTheOutputWhenItIsSet()
{
    ModelFixture fixture(Api::Chat);
    QVERIFY(fixture.ask());
    QVERIFY(!fixture.server.lastRequest().body.contains("max_tokens"));

    fixture.choice.maximumOutput = 500;
    QVERIFY(fixture.ask());
    COMPARE_JSON(fixture.server.lastRequest().body["max_tokens"], 500);
}

void ChatCompletionsTest::readsWhatOtherServersSend_data()
{
    QTest::addColumn<QByteArray>("raw");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("calls"); // name and input of each
    const auto row = [](const char *name, const char *raw, const char *text, const char *calls) {
        QTest::newRow(name) << QByteArray(raw) << QString(text) << QString(calls);
    };
    row("no [DONE]", "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        "Hi", "");
    row("no reason to stop", "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\ndata: [DONE]\n\n", "Hi", "");
    row("a whole message in a stream", "data: {\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n", "Hi", "");
    row("a whole message",
        "{\"choices\":[{\"message\":{\"content\":\"Hi\",\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"Read\",\"arguments\":\"{\\\"n\\\":1}"
        "\"}}]},\"finish_reason\":\"tool_calls\"}]}",
        "Hi", "Read{\"n\":1}");
    row("content in parts", "data: {\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]},\"finish_reason\":\"stop\"}]}\n\n",
        "Hi", "");
    row("choices that are null",
        "data: {\"choices\":null,\"usage\":null}\n\ndata: "
        "{\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}],\"error\":null}\n\n",
        "Hi", "");
    row("calls that are not numbered",
        "data: "
        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"Read\",\"arguments\":\"{\\\"n\\\":1}\"}},{\"id\":\"b\","
        "\"function\":{\"name\":\"Grep\",\"arguments\":\"{}\"}}]},"
        "\"finish_reason\":\"tool_calls\"}]}\n\n",
        "", "Read{\"n\":1} Grep{}");
    row("calls that all have the number 0",
        "data: "
        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"Read\",\"arguments\":\"{\\\"n\\\"\"}}]}}]}\n\n"
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\":1}\"}}]}}]}\n\n"
        "data: "
        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"Grep\",\"arguments\":\"{}\"}}]},\"finish_"
        "reason\":\"tool_calls\"}]}\n\n",
        "", "Read{\"n\":1} Grep{}");
    row("calls that take turns",
        "data: "
        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"Read\"}},{\"index\":1,\"id\":\"b\","
        "\"function\":{\"name\":\"Grep\"}}]}}]}\n\n"
        "data: "
        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"{\\\"m\\\":\"}},{\"index\":0,\"function\":{"
        "\"arguments\":\"{\\\"n\\\":1}\"}}]}}]}\n\n"
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"2}\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n",
        "", "Read{\"n\":1} Grep{\"m\":2}");
    row("input as an object, no id",
        "data: "
        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"Read\",\"arguments\":{\"n\":1}}}]},\"finish_reason\":"
        "\"stop\"}]}\n\n",
        "", "Read{\"n\":1}");
    row("comments and CRLF",
        ": OPENROUTER PROCESSING\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\r\n\r\n", "Hi", "");
}

void ChatCompletionsTest::readsWhatOtherServersSend()
{
    QFETCH(QByteArray, raw);
    QFETCH(QString, text);
    QFETCH(QString, calls);
    ModelFixture fixture(Api::Chat);
    ModelAnswer answer;
    answer.raw = raw.toStdString();
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY2(reply, reply ? "" : reply.error().message.c_str());
    QCOMPARE(QString::fromStdString(fixture.heard.text), text);
    QString called;
    std::set<std::string> ids;
    for (const auto &call : reply->calls) {
        called += (called.isEmpty() ? "" : " ") + QString::fromStdString(call.name + call.input.dump() + call.problem);
        ids.insert(call.id.value);
    }
    QCOMPARE(called, calls);
    QCOMPARE(ids.size(), reply->calls.size());
    QVERIFY(!ids.contains(""));
}

void ChatCompletionsTest::mapsReasonsToStop_data()
{
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("expected");
    QTest::newRow("stop") << "stop"
                          << "end_turn";
    QTest::newRow("length") << "length"
                            << "max_tokens";
    QTest::newRow("content_filter") << "content_filter"
                                    << "refusal";
    QTest::newRow("one of later") << "brand_new"
                                  << "end_turn";
}

void ChatCompletionsTest::mapsReasonsToStop()
{
    QFETCH(QString, reason);
    QFETCH(QString, expected);
    ModelFixture fixture(Api::Chat);
    ModelAnswer answer;
    answer.text = "Well";
    answer.stopReason = reason.toStdString();
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY(reply);
    QCOMPARE(reply->stopReason, expected.toStdString());
}

void ChatCompletionsTest::countsAndPrices()
{
    ModelFixture fixture(Api::Chat);
    fixture.choice.facts.prices = model::Prices{{2, 0.5, 0, 10}};
    ModelAnswer answer;
    answer.text = "Yes";
    answer.inputTokens = 1000;
    answer.cachedRead = 500;
    answer.outputTokens = 300;
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY(reply);
    QVERIFY((reply->usage == model::Usage{1000, 500, 0, 300, reply->usage.cost}));
    QVERIFY(std::abs(*reply->usage.cost - (0.002 + 0.00025 + 0.003)) < 1e-9);
}

void ChatCompletionsTest::tellsTheModelOfInputThatIsNoJson()
{
    ModelFixture fixture(Api::Chat);
    fixture.server.thenTools({{"Read", {}, "", "{path: a}"}});

    const auto reply = fixture.ask();

    QVERIFY(reply);
    QVERIFY(reply->calls.at(0).problem.starts_with("The input of Read is no JSON object ("));
}

QTEST_GUILESS_MAIN(ChatCompletionsTest)
#include "chat_completions_test.moc"

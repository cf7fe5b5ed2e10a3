#include "agent/acp/connection.h"
#include "tests/support/compare_json.h"
#include "tests/support/text_peer.h"

#include <QTest>

#include <atomic>

using namespace std::chrono_literals;

namespace {


/// Handlers of every kind that a connection serves.
struct Peer {
    acp::Reply<acp::PromptResponse> quick(const acp::PromptRequest &request)
    {
        if (request.prompt.empty())
            return ph::fail(ph::ErrorCode::InvalidInput, "The prompt is empty.");
        if (request.sessionId.value == "unknown")
            return ph::fail(ph::ErrorCode::NotFound, "No such session.");
        if (request.sessionId.value == "throws")
            throw std::runtime_error("boom");
        if (request.sessionId.value == "throws an int")
            throw 7;
        return acp::PromptResponse{};
    }
    acp::Work<acp::PromptResponse> slow(const acp::PromptRequest &request, std::stop_token stop)
    {
        ++begun;
        if (request.sessionId.value == "throws at once")
            throw std::runtime_error("boom");
        return [this, request, stop]() -> acp::Reply<acp::PromptResponse> {
            if (request.sessionId.value == "throws")
                throw std::runtime_error("boom");
            while (!stop.stop_requested() && !released)
                std::this_thread::sleep_for(1ms);
            return acp::PromptResponse{stop.stop_requested() ? "cancelled" : "end_turn", {}};
        };
    }
    void update(const acp::SessionNotification &notification) { updates.push_back(notification); }

    std::atomic<int> begun = 0;
    std::atomic<bool> released = false;
    std::vector<acp::SessionNotification> updates;
};

std::string prompt(const std::string &method, const std::string &session, const ph::Json &id)
{
    return ph::Json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method},
                    {"params", {{"sessionId", session}, {"prompt", {{{"type", "text"}, {"text", "hi"}}}}}}}
        .dump();
}

} // namespace

class ConnectionTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { open(acp::Side::Agent); }
    void cleanup()
    {
        m_text.reset();
        m_connection.reset();
        m_peer.reset();
    }

    void answersWithTheValueOfTheHandler()
    {
        m_text->send(prompt("quick", "s", 1));

        COMPARE_JSON(m_text->next(), ph::Json{{"jsonrpc", "2.0"}, {"id", 1}, {"result", {{"stopReason", "end_turn"}}}});
    }

    void echoesAnIdWithItsType_data()
    {
        QTest::addColumn<QString>("id");
        for (const char *id : {"7", "0", "-5", "9007199254740991", "9223372036854775807", "18446744073709551615", "\"7\"", "\"\"", "\"ünï-🎉\"", "null",
                               "\"a\\u0000b\""})
            QTest::newRow(id) << id;
    }
    void echoesAnIdWithItsType()
    {
        QFETCH(QString, id);
        m_text->send("{\"jsonrpc\":\"2.0\",\"id\":" + id.toStdString() + ",\"method\":\"nope\"}");

        const auto answer = m_text->next();
        COMPARE_JSON(answer["id"], ph::Json::parse(id.toStdString()));
        COMPARE_JSON(answer["error"]["code"], ph::Json(-32601));
    }

    void answersWhatIsNoMessage_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("expected"); // "code id", or "" for no answer
        const auto row = [](const char *name, const QByteArray &line, const char *expected) { QTest::newRow(name) << line << expected; };

        row("no JSON", "{not json", "-32700 null");
        row("half an object", R"({"jsonrpc":"2.0","id":1)", "-32700 null");
        row("two objects", R"({"id":1}{"id":2})", "-32700 null");
        row("single quotes", "{'id':1}", "-32700 null");
        row("a trailing comma", R"({"jsonrpc":"2.0","id":1,"method":"nope",})", "-32700 null");
        row("a comment", R"({"id":1} // hi)", "-32700 null");
        row("NaN", R"({"jsonrpc":"2.0","id":1,"method":"nope","params":NaN})", "-32700 null");
        row("a bare word", "hello", "-32700 null");
        row("an npx banner", "npm warn exec The following package was not found", "-32700 null");
        row("bytes that are no UTF-8", QByteArray("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nope\",\"params\":{\"t\":\"\xff\xfe\xc3\x28\"}}"), "-32700 null");
        row("an overlong UTF-8 slash", QByteArray("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xc0\xaf\"}"), "-32700 null");
        row("a lone surrogate", R"({"jsonrpc":"2.0","id":1,"method":"\ud800"})", "-32700 null");
        row("a raw control character", QByteArray("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\x01\"}"), "-32700 null");
        row("a raw NUL", QByteArray("{\"id\":1,\0}", 9), "-32700 null");
        row("an unknown escape", R"({"id":1,"method":"\x41"})", "-32700 null");
        row("a leading zero", R"({"id":01,"method":"nope"})", "-32700 null");
        row("hexadecimal", R"({"id":0x1,"method":"nope"})", "-32700 null");
        row("129 nested lists", R"({"jsonrpc":"2.0","id":1,"method":"nope","params":)" + QByteArray(129, '[') + QByteArray(129, ']') + "}", "-32700 null");
        row("20,000 nested lists", R"({"jsonrpc":"2.0","id":1,"method":"nope","params":)" + QByteArray(20000, '[') + QByteArray(20000, ']') + "}", "-32700 null");
        row("20,000 open lists", QByteArray(20000, '['), "-32700 null");
        row("20,000 nested objects", QByteArray("{\"a\":").repeated(20000), "-32700 null");
        row("100 nested lists are read", R"({"jsonrpc":"2.0","id":1,"method":"nope","params":)" + QByteArray(100, '[') + QByteArray(100, ']') + "}", "-32601 1");
        row("brackets in a text are no depth", "{\"id\":1,\"method\":\"nope\",\"params\":{\"t\":\"" + QByteArray(5000, '[') + "\"}}", "-32601 1");
        row("an escaped quote before brackets", "{\"id\":1,\"method\":\"nope\",\"params\":{\"t\":\"\\\"" + QByteArray(500, '{') + "\"}}", "-32601 1");

        row("a batch", R"([{"jsonrpc":"2.0","id":901,"method":"nope"}])", "-32600 null");
        row("an empty batch", "[]", "-32600 null");
        row("a number", "42", "-32600 null");
        row("a text", "\"hello\"", "-32600 null");
        row("null", "null", "-32600 null");
        row("true", "true", "-32600 null");
        row("an empty object", "{}", "-32600 null");
        row("only a version", R"({"jsonrpc":"2.0"})", "-32600 null");
        row("an id that is a list", R"({"jsonrpc":"2.0","id":[1],"method":"nope"})", "-32600 null");
        row("an id that is an object", R"({"jsonrpc":"2.0","id":{},"method":"nope"})", "-32600 null");
        row("an id that is true", R"({"jsonrpc":"2.0","id":true,"method":"nope"})", "-32600 null");
        row("an id with a fraction", R"({"jsonrpc":"2.0","id":1.5,"method":"nope"})", "-32600 null");
        row("an id out of range", R"({"jsonrpc":"2.0","id":1e999,"method":"nope"})", "-32700 null");
        row("a method that is a number", R"({"jsonrpc":"2.0","id":902,"method":17})", "-32600 902");
        row("a method that is null", R"({"jsonrpc":"2.0","id":903,"method":null})", "-32600 903");
        row("a method that is a list, no id", R"({"jsonrpc":"2.0","method":[]})", "-32600 null");
        row("an unknown method", R"({"jsonrpc":"2.0","id":"x","method":"session/nope"})", "-32601 \"x\"");
        row("an empty method", R"({"jsonrpc":"2.0","id":1,"method":""})", "-32601 1");
        row("a method of another case", R"({"jsonrpc":"2.0","id":1,"method":"Quick"})", "-32601 1");
        row("no version", R"({"id":1,"method":"nope"})", "-32601 1");
        row("another version", R"({"jsonrpc":"1.0","id":1,"method":"nope"})", "-32601 1");
        row("unknown members", R"({"jsonrpc":"2.0","id":1,"method":"nope","extra":{"a":1}})", "-32601 1");
        row("keys twice: the last counts", R"({"jsonrpc":"2.0","id":1,"id":2,"method":"nope"})", "-32601 2");

        row("no params", R"({"jsonrpc":"2.0","id":1,"method":"quick"})", "-32602 1");
        row("params null", R"({"jsonrpc":"2.0","id":1,"method":"quick","params":null})", "-32602 1");
        row("params a list", R"({"jsonrpc":"2.0","id":1,"method":"quick","params":[1,2]})", "-32602 1");
        row("params a text", R"({"jsonrpc":"2.0","id":1,"method":"quick","params":"x"})", "-32602 1");
        row("params empty", R"({"jsonrpc":"2.0","id":1,"method":"quick","params":{}})", "-32602 1");
        row("a required key of another type", R"({"jsonrpc":"2.0","id":1,"method":"quick","params":{"sessionId":5,"prompt":[]}})", "-32602 1");
        row("a required key that is null", R"({"jsonrpc":"2.0","id":1,"method":"quick","params":{"sessionId":null,"prompt":[]}})", "-32602 1");
        row("a list that is an object", R"({"jsonrpc":"2.0","id":1,"method":"quick","params":{"sessionId":"s","prompt":{}}})", "-32602 1");
        row("a bad item of a required list", R"({"jsonrpc":"2.0","id":1,"method":"quick","params":{"sessionId":"s","prompt":[{"type":"text","text":"a"},{"text":"b"}]}})", "-32602 1");
        row("an item that is a number", R"({"jsonrpc":"2.0","id":1,"method":"quick","params":{"sessionId":"s","prompt":[5]}})", "-32602 1");
        row("bad params of a slow request", R"({"jsonrpc":"2.0","id":1,"method":"slow","params":{"sessionId":"s"}})", "-32602 1");

        row("an unknown notification", R"({"jsonrpc":"2.0","method":"nope","params":{}})", "");
        row("a protocol notification", R"({"jsonrpc":"2.0","method":"$/unknown"})", "");
        row("a cancel for nothing", R"({"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":"no-such"}})", "");
        row("a cancel without an id", R"({"jsonrpc":"2.0","method":"$/cancel_request","params":{}})", "");
        row("a cancel with params that are a list", R"({"jsonrpc":"2.0","method":"$/cancel_request","params":[1]})", "");
        row("a notification with bad params", R"({"jsonrpc":"2.0","method":"session/update","params":5})", "");
        row("a notification that does not read", R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{}}})", "");
        row("a reply to nothing", R"({"jsonrpc":"2.0","id":424242,"result":{}})", "");
        row("a reply with a text id", R"({"jsonrpc":"2.0","id":"mine","result":{}})", "");
        row("an error to nothing", R"({"jsonrpc":"2.0","id":424243,"error":{"code":-1,"message":"x"}})", "");
        row("a reply that says nothing", R"({"jsonrpc":"2.0","id":424244})", "");
        row("an error with a null id", R"({"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"x"}})", "");
        row("an error without an id", R"({"jsonrpc":"2.0","error":{"code":-1,"message":"x"}})", "");
        row("a blank line", "   ", "");
        row("a carriage return", "\r", "");
    }
    void answersWhatIsNoMessage()
    {
        QFETCH(QByteArray, line);
        QFETCH(QString, expected);

        m_text->send(line.toStdString());
        m_text->send(R"({"jsonrpc":"2.0","id":"after","method":"nope"})");

        QString answer;
        while (true) {
            const auto message = m_text->next();
            QVERIFY2(!message.is_null(), "the connection no longer answers");
            if (message["id"] == "after")
                break;
            QVERIFY2(answer.isEmpty(), "two answers");
            QVERIFY(message["error"]["message"].is_string());
            answer = QString::fromStdString(message["error"]["code"].dump() + " " + message["id"].dump());
        }
        QCOMPARE(answer, expected);
    }

    void passesOverLinesThatAreNoMessageOnTheClientSide()
    {
        open(acp::Side::Client);
        for (const char *line : {"npm warn exec", "{not json", "[]", "42", "{}", "null", R"({"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"x"}})"})
            m_text->send(line);
        m_text->send(R"({"jsonrpc":"2.0","id":1,"method":"nope"})");

        COMPARE_JSON(m_text->next()["id"], ph::Json(1));
        QVERIFY(!m_text->hasMore(50ms));
    }

    void namesTheKeyThatDoesNotRead_data()
    {
        QTest::addColumn<QString>("params");
        QTest::addColumn<QString>("message");
        QTest::newRow("missing") << R"({"prompt":[]})" << "sessionId: missing";
        QTest::newRow("type") << R"({"sessionId":5,"prompt":[]})" << "sessionId: expected a string, got number";
        QTest::newRow("list") << R"({"sessionId":"s","prompt":"x"})" << "prompt: expected a list, got string";
        QTest::newRow("item") << R"({"sessionId":"s","prompt":[{"type":"text"},{}]})" << "prompt[1].type: missing";
        QTest::newRow("item type") << R"({"sessionId":"s","prompt":[3]})" << "prompt[0]: expected an object, got number";
        QTest::newRow("not an object") << "[]" << ": expected an object, got array";
    }
    void namesTheKeyThatDoesNotRead()
    {
        QFETCH(QString, params);
        QFETCH(QString, message);
        m_text->send(R"({"jsonrpc":"2.0","id":1,"method":"quick","params":)" + params.toStdString() + "}");

        QCOMPARE(QString::fromStdString(m_text->next()["error"]["message"]), message);
    }

    void givesEachErrorItsCode_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("session");
        QTest::addColumn<int>("code");
        QTest::newRow("unknown session") << "quick" << "unknown" << -32002;
        QTest::newRow("an exception") << "quick" << "throws" << -32603;
        QTest::newRow("something else thrown") << "quick" << "throws an int" << -32603;
        QTest::newRow("an exception while beginning") << "slow" << "throws at once" << -32603;
        QTest::newRow("an exception while working") << "slow" << "throws" << -32603;
    }
    void givesEachErrorItsCode()
    {
        QFETCH(QString, method);
        QFETCH(QString, session);
        QFETCH(int, code);
        m_text->send(prompt(method.toStdString(), session.toStdString(), 1));

        COMPARE_JSON(m_text->next()["error"]["code"], ph::Json(code));
        QVERIFY(!m_text->hasMore(20ms));
    }

    void goesOnWithoutAMalformedOptionalField()
    {
        m_text->send(R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","_meta":7,"update":{"sessionUpdate":"tool_call",)"
                     R"("toolCallId":"c","title":"t","status":{"a":1},"kind":9,"content":[{"type":"content","content":{"type":"text","text":"x"}},)"
                     R"({"text":"bare"},5],"locations":[{"path":"/a","line":-1.5},{"line":3}]}}})");
        m_text->send(R"({"jsonrpc":"2.0","id":1,"method":"nope"})");
        m_text->next();

        acp::ToolCall expected;
        expected.toolCallId = {"c"};
        expected.title = "t";
        expected.content = {acp::ToolCallContent::ofText("x")};
        expected.locations = {acp::ToolCallLocation{"/a", {}}};
        QCOMPARE(m_peer->updates.size(), std::size_t(1));
        QVERIFY(std::get<acp::ToolCall>(m_peer->updates[0].update.value) == expected);
        QVERIFY(!m_peer->updates[0].meta);
    }

    void keepsAnUpdateOfAnUnknownKind()
    {
        m_text->send(R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"hologram","x":[1]}}})");
        m_text->send(R"({"jsonrpc":"2.0","id":1,"method":"nope"})");
        m_text->next();

        QCOMPARE(m_peer->updates.size(), std::size_t(1));
        QVERIFY(std::holds_alternative<acp::UnknownUpdate>(m_peer->updates[0].update.value));
        COMPARE_JSON(ph::Json(m_peer->updates[0].update), ph::Json{{"sessionUpdate", "hologram"}, {"x", {1}}});
    }

    void leavesTheLineOpenWhileARequestIsServed()
    {
        m_text->send(prompt("slow", "s", "long"));
        m_text->send(prompt("quick", "s", "short"));

        COMPARE_JSON(m_text->next()["id"], ph::Json("short"));
        m_peer->released = true;
        COMPARE_JSON(m_text->next()["id"], ph::Json("long"));
    }

    void stopsOnlyTheRequestThatIsCancelled()
    {
        m_text->send(prompt("slow", "s", "7"));
        m_text->send(prompt("slow", "s", 7));
        m_text->send(R"({"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":7}})");

        const auto answer = m_text->next();
        COMPARE_JSON(answer["id"], ph::Json(7));
        COMPARE_JSON(answer["result"]["stopReason"], ph::Json("cancelled"));
        QVERIFY(!m_text->hasMore(50ms));
        m_peer->released = true;
        COMPARE_JSON(m_text->next()["result"]["stopReason"], ph::Json("end_turn"));
    }

    void beginsARequestBeforeTheNextMessageIsTaken()
    {
        for (int i = 0; i < 200; ++i) {
            m_text->send(prompt("slow", "s", i));
            m_text->send(R"({"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":)" + std::to_string(i) + "}}");
        }
        for (int i = 0; i < 200; ++i)
            COMPARE_JSON(m_text->next()["result"]["stopReason"], ph::Json("cancelled"));
        QCOMPARE(m_peer->begun.load(), 200);
    }

    void answersFiveHundredRequestsInTheirOrder()
    {
        for (int i = 0; i < 500; ++i)
            m_text->send(prompt("quick", "s", i));
        for (int i = 0; i < 500; ++i)
            COMPARE_JSON(m_text->next()["id"], ph::Json(i));
    }

    void refusesMoreThanItCanServe()
    {
        for (int i = 0; i < 300; ++i)
            m_text->send(prompt("slow", "s", i));
        for (int i = 256; i < 300; ++i)
            COMPARE_JSON(m_text->next()["error"]["message"], ph::Json("Too many requests at once."));
        m_peer->released = true;
        for (int i = 0; i < 256; ++i)
            QVERIFY(m_text->next().contains("result"));
    }

    void countsItsOwnIdsApartFromThePeers()
    {
        std::optional<ph::Result<acp::PromptResponse>> answer;
        std::thread caller([&] { answer = m_connection->call<acp::PromptResponse>("theirs", ph::Json::object()); });
        const auto call = m_text->next();
        m_text->send(prompt("quick", "s", call["id"]));
        COMPARE_JSON(m_text->next()["id"], call["id"]);
        m_text->send(ph::Json{{"jsonrpc", "2.0"}, {"id", call["id"]}, {"result", {{"stopReason", "refusal"}}}}.dump());
        caller.join();

        QCOMPARE((*answer)->stopReason, std::string("refusal"));
    }

    void passesOnThePeersError_data()
    {
        QTest::addColumn<QString>("error");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *error, ph::ErrorCode code, const char *message) { QTest::newRow(error) << error << int(code) << message; };
        row(R"({"code":-32000,"message":"Log in first"})", ph::ErrorCode::Unauthorized, "Log in first");
        row(R"({"code":-32002,"message":"No session"})", ph::ErrorCode::NotFound, "No session");
        row(R"({"code":-32602,"message":"Invalid params","data":{"details":"cwd is missing"}})", ph::ErrorCode::InvalidInput, "Invalid params: cwd is missing");
        row(R"({"code":-32603,"message":"Internal","data":"disk full"})", ph::ErrorCode::Internal, "Internal: disk full");
        row(R"({"code":-32800,"message":"Gone"})", ph::ErrorCode::Cancelled, "Gone");
        row(R"({"code":"x","message":5})", ph::ErrorCode::Internal, "The other side answered with error -32603.");
        row(R"("no object")", ph::ErrorCode::Internal, "The other side answered with an error that does not read.");
    }
    void passesOnThePeersError()
    {
        QFETCH(QString, error);
        QFETCH(int, code);
        QFETCH(QString, message);
        std::optional<ph::Result<acp::PromptResponse>> answer;
        std::thread caller([&] { answer = m_connection->call<acp::PromptResponse>("theirs", ph::Json::object()); });
        m_text->send(R"({"jsonrpc":"2.0","id":)" + m_text->next()["id"].dump() + R"(,"error":)" + error.toStdString() + "}");
        caller.join();

        QCOMPARE(int(answer->error().code), code);
        QCOMPARE(QString::fromStdString(answer->error().message), message);
    }

    void failsWhatWaitsWhenThePeerCloses()
    {
        std::optional<ph::Result<acp::PromptResponse>> answer;
        std::thread caller([&] { answer = m_connection->call<acp::PromptResponse>("theirs", ph::Json::object()); });
        m_text->next();
        m_text->send(prompt("slow", "s", 1));
        while (m_peer->begun == 0)
            std::this_thread::sleep_for(1ms);
        m_text->close();
        caller.join();
        m_connection->waitUntilClosed();

        QVERIFY(answer->error().code == ph::ErrorCode::Cancelled);
        const auto late = m_connection->call<acp::PromptResponse>("theirs", ph::Json::object());
        QVERIFY(late.error().code == ph::ErrorCode::Cancelled);
    }

    void withdrawsACallThatIsStopped()
    {
        std::stop_source stop;
        std::optional<ph::Result<acp::PromptResponse>> answer;
        std::thread caller([&] { answer = m_connection->call<acp::PromptResponse>("theirs", ph::Json::object(), stop.get_token()); });
        const auto call = m_text->next();
        stop.request_stop();
        caller.join();

        QVERIFY(answer->error().code == ph::ErrorCode::Cancelled);
        COMPARE_JSON(m_text->next(), ph::Json{{"jsonrpc", "2.0"}, {"method", "$/cancel_request"}, {"params", {{"requestId", call["id"]}}}});
        m_text->send(ph::Json{{"jsonrpc", "2.0"}, {"id", call["id"]}, {"error", {{"code", -32800}, {"message", "late"}}}}.dump());
        m_text->send(R"({"jsonrpc":"2.0","id":1,"method":"nope"})");
        COMPARE_JSON(m_text->next()["id"], ph::Json(1));
    }

    void givesUpACallAfterItsTime()
    {
        const auto answer = m_connection->call<acp::PromptResponse>("theirs", ph::Json::object(), {}, 30ms);

        QVERIFY((answer.error() == ph::Error{ph::ErrorCode::Network, "No answer to theirs within 30 ms."}));
    }

    void hearsRepliesAndNotificationsInTheirOrder()
    {
        std::vector<std::string> heard;
        m_connection->callThen<ph::Json>("theirs", ph::Json::object(), [&](ph::Result<ph::Json>) {
            heard.push_back("reply after " + std::to_string(m_peer->updates.size()));
        });
        const auto id = m_text->next()["id"];
        const std::string update = R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"plan","entries":[]}}})";
        for (int i = 0; i < 100; ++i)
            m_text->send(update);
        m_text->send(ph::Json{{"jsonrpc", "2.0"}, {"id", id}, {"result", nullptr}}.dump());
        m_text->send(update);
        m_text->send(R"({"jsonrpc":"2.0","id":1,"method":"nope"})");
        m_text->next();

        QCOMPARE(heard, std::vector<std::string>{"reply after 100"});
        QCOMPARE(m_peer->updates.size(), std::size_t(101));
    }

    void endsWithAnErrorAfterALineThatIsTooLong()
    {
        m_text->send(std::string(acp::maximumLine + 1, 'x'));

        const auto answer = m_text->next();
        COMPARE_JSON(answer["id"], ph::Json());
        COMPARE_JSON(answer["error"]["message"], ph::Json("A message longer than 32 MiB came; the connection ends."));
        m_connection->waitUntilClosed();
    }

    void refusesToCallWithMoreThanALine()
    {
        const auto answer = m_connection->call<ph::Json>("theirs", ph::Json{{"t", std::string(acp::maximumLine, 'x')}});

        QVERIFY(answer.error().code == ph::ErrorCode::InvalidInput);
    }

    void readsModeIdUnderBothNames()
    {
        for (const char *key : {"currentModeId", "modeId"}) {
            const auto update = ph::parse<acp::SessionUpdate>({{"sessionUpdate", "current_mode_update"}, {key, "plan"}});
            QVERIFY(update);
            COMPARE_JSON(ph::Json(*update), ph::Json{{"sessionUpdate", "current_mode_update"}, {"currentModeId", "plan"}});
        }
    }

private:
    void open(acp::Side side)
    {
        cleanup();
        auto [mine, theirs] = acp::makePipe();
        m_peer = std::make_unique<Peer>();
        m_connection = std::make_unique<acp::Connection>(std::move(mine), side);
        m_connection->onRequest("quick", m_peer.get(), &Peer::quick);
        m_connection->onRequest("slow", m_peer.get(), &Peer::slow);
        m_connection->onNotification("session/update", m_peer.get(), &Peer::update);
        m_connection->start();
        m_text = std::make_unique<support::TextPeer>(std::move(theirs));
    }

    std::unique_ptr<Peer> m_peer;
    std::unique_ptr<acp::Connection> m_connection;
    std::unique_ptr<support::TextPeer> m_text;
};

QTEST_APPLESS_MAIN(ConnectionTest)
#include "connection_test.moc"

#include "tests/support/compare_json.h"
#include "tests/support/model_fixture.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace support;
using namespace std::chrono_literals;
using Api = ModelFixture::Api;

namespace {

/// A key that nothing but a header may show.
const std::string canary = "sk-canary-0123456789abcdef0123";

} // namespace

class StreamTest : public QObject
{
    Q_OBJECT

private slots:
    void asksAgainWhatPasses_data();
    void asksAgainWhatPasses();
    void waitsAsLongAsItIsTold_data();
    void waitsAsLongAsItIsTold();
    void doesNotWaitTooLong();
    void givesUpInTheEnd();
    void doesNotAskAgainWhatIsWrong_data();
    void doesNotAskAgainWhatIsWrong();
    void doesNotAskAgainOnceItWasHeard_data();
    void doesNotAskAgainOnceItWasHeard();
    void asksAgainWhenAnErrorComesFirst();
    void namesAServerThatIsNotThere();
    void endsWhenTheServerFallsSilent();
    void isCancelledAtOnce_data();
    void isCancelledAtOnce();
    void saysWhenTheWindowIsFull_data();
    void saysWhenTheWindowIsFull();
    void asksForTheKeyEachTime();
    void neverShowsTheKey_data();
    void neverShowsTheKey();
    void sendsNoKeyOnAnOpenLine_data();
    void sendsNoKeyOnAnOpenLine();
    void doesNotFollowRedirects();
    void readsNoAnswerWithoutEnd();
};

void StreamTest::asksAgainWhatPasses_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("notice");
    QTest::newRow("429") << 429 << "rate_limit_error"
                         << "The service takes no more requests for the moment (429): It went wrong. Trying again in 1 s.";
    QTest::newRow("500") << 500 << "api_error"
                         << "The service has a fault of its own (500): It went wrong. Trying again in 1 s.";
    QTest::newRow("502") << 502 << ""
                         << "The service has a fault of its own (502): It went wrong. Trying again in 1 s.";
    QTest::newRow("503") << 503 << ""
                         << "The service is overloaded (503): It went wrong. Trying again in 1 s.";
    QTest::newRow("504") << 504 << ""
                         << "The service has a fault of its own (504): It went wrong. Trying again in 1 s.";
    QTest::newRow("529") << 529 << "overloaded_error"
                         << "The service is overloaded (529): It went wrong. Trying again in 1 s.";
}

void StreamTest::asksAgainWhatPasses()
{
    QFETCH(int, status);
    QFETCH(QString, type);
    QFETCH(QString, notice);
    for (const Api api : {Api::Messages, Api::Chat}) {
        ModelFixture fixture(api);
        fixture.patience.retry.jitter = 0;
        fixture.server.thenError(status, type.toStdString());
        fixture.server.thenText("Here I am.");

        const auto reply = fixture.ask();

        QVERIFY2(reply, reply ? "" : reply.error().message.c_str());
        QCOMPARE(fixture.heard.text, std::string("Here I am."));
        QCOMPARE(fixture.heard.notices, std::vector<std::string>{notice.toStdString()});
        QCOMPARE(fixture.server.requests().size(), std::size_t(2));
        COMPARE_JSON(fixture.server.requests()[0].body, fixture.server.requests()[1].body);
    }
}

void StreamTest::waitsAsLongAsItIsTold_data()
{
    QTest::addColumn<QByteArray>("retryAfter");
    QTest::addColumn<int>("seconds");
    QTest::newRow("seconds") << QByteArray("7") << 7;
    QTest::newRow("a date") << QByteArray("Sat, 31 Jan 2026 00:01:00 GMT") << 60;
    QTest::newRow("now") << QByteArray("0") << 0;
}

void StreamTest::waitsAsLongAsItIsTold()
{
    QFETCH(QByteArray, retryAfter);
    QFETCH(int, seconds);
    ModelFixture fixture;
    const auto begun = fixture.clock.now();
    fixture.server.thenError(529, "overloaded_error", retryAfter.toStdString());

    QVERIFY(fixture.ask());

    QVERIFY(fixture.clock.now() - begun == std::chrono::seconds(seconds));
}

void StreamTest::doesNotWaitTooLong()
{
    ModelFixture fixture;
    const auto begun = fixture.clock.now();
    fixture.server.thenError(429, "rate_limit_error", "3600");

    const auto reply = fixture.ask();

    QVERIFY(!reply);
    QCOMPARE(reply.error().code, ph::ErrorCode::RateLimited);
    QVERIFY(fixture.clock.now() == begun);
    QCOMPARE(fixture.server.requests().size(), std::size_t(1));
}

void StreamTest::givesUpInTheEnd()
{
    ModelFixture fixture;
    fixture.patience.retry.jitter = 0;
    ModelAnswer overloaded;
    overloaded.status = 529;
    fixture.server.setOtherwise(overloaded);
    const auto begun = fixture.clock.now();

    const auto reply = fixture.ask();

    QVERIFY(!reply);
    QCOMPARE(reply.error(), (ph::Error{ph::ErrorCode::RateLimited, "The service is overloaded (529): It went wrong."}));
    QCOMPARE(fixture.server.requests().size(), std::size_t(7));
    QCOMPARE(fixture.heard.notices.size(), std::size_t(6));
    QVERIFY(fixture.clock.now() - begun == 500ms + 1s + 2s + 4s + 8s + 16s);
}

void StreamTest::doesNotAskAgainWhatIsWrong_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("message");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("error");
    const auto row = [](int status, const char *type, const char *message, ph::ErrorCode code, const char *error) {
        QTest::newRow(qPrintable(QString("%1 %2").arg(status).arg(type))) << status << type << message << int(code) << error;
    };
    row(400, "invalid_request_error", "messages: bad\nthings.", ph::ErrorCode::InvalidInput,
        "The service refuses the request (400): messages: bad things.");
    row(401, "authentication_error", "invalid x-api-key", ph::ErrorCode::Unauthorized,
        "The service does not accept the key (401): invalid x-api-key. Check it in the settings.");
    row(403, "permission_error", "No", ph::ErrorCode::Unauthorized, "The service does not accept the key (403): No. Check it in the settings.");
    row(402, "billing_error", "Pay", ph::ErrorCode::Unauthorized, "The account at The service has no credit left: Pay.");
    row(400, "", "Your credit balance is too low", ph::ErrorCode::Unauthorized,
        "The account at The service has no credit left: Your credit balance is too low.");
    row(404, "not_found_error", "model: m", ph::ErrorCode::NotFound, "The service does not know the model or the address (404): model: m.");
    row(429, "insufficient_quota", "You exceeded your quota", ph::ErrorCode::Unauthorized,
        "The account at The service has no credit left: You exceeded your quota.");
    row(422, "", "", ph::ErrorCode::InvalidInput, "The service refuses the request (422).");
}

void StreamTest::doesNotAskAgainWhatIsWrong()
{
    QFETCH(int, status);
    QFETCH(QString, type);
    QFETCH(QString, message);
    QFETCH(int, code);
    QFETCH(QString, error);
    ModelFixture fixture;
    ModelAnswer answer;
    answer.status = status;
    answer.errorType = type.toStdString();
    answer.errorMessage = message.toStdString();
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY(!reply);
    QCOMPARE(QString::fromStdString(reply.error().message), error);
    QCOMPARE(int(reply.error().code), code);
    QCOMPARE(fixture.server.requests().size(), std::size_t(1));
}

void StreamTest::doesNotAskAgainOnceItWasHeard_data()
{
    QTest::addColumn<int>("api");
    QTest::addColumn<QString>("fault");
    for (const char *fault : {"cut", "error"}) {
        QTest::newRow(qPrintable(QString("messages, %1").arg(fault))) << int(Api::Messages) << fault;
        QTest::newRow(qPrintable(QString("chat, %1").arg(fault))) << int(Api::Chat) << fault;
    }
}

void StreamTest::doesNotAskAgainOnceItWasHeard()
{
    QFETCH(int, api);
    QFETCH(QString, fault);
    for (const bool inCall : {false, true}) {
        ModelFixture fixture(static_cast<Api>(api));
        ModelAnswer answer;
        if (inCall)
            answer.calls = {{"Write", {{"path", "/a"}, {"text", "a long text that comes in pieces"}}}};
        else
            answer.text = "I begin to speak.";
        auto &place = fault == "cut" ? answer.cutAfter : answer.errorAfter;
        place = ModelAnswer::firstText; // or the first piece of the call
        answer.errorType = "overloaded_error";
        fixture.server.then(answer);

        const auto reply = fixture.ask();

        QVERIFY(!reply);
        QCOMPARE(reply.error().code, fault == "cut" ? ph::ErrorCode::Network : ph::ErrorCode::RateLimited);
        QVERIFY2(reply.error().message.ends_with("What it had said so far is kept; ask again to go on."), reply.error().message.c_str());
        QCOMPARE(fixture.server.requests().size(), std::size_t(1));
        QCOMPARE(fixture.heard.text.empty(), inCall);
        QCOMPARE(fixture.heard.calls.size(), std::size_t(inCall ? 1 : 0));
    }
}

void StreamTest::asksAgainWhenAnErrorComesFirst()
{
    for (const Api api : {Api::Messages, Api::Chat}) {
        ModelFixture fixture(api);
        ModelAnswer answer;
        answer.errorAfter = 1;
        answer.errorType = "overloaded_error";
        fixture.server.then(answer);
        answer = {};
        answer.cutAfter = 1;
        fixture.server.then(answer);
        fixture.server.thenText("Now");

        const auto reply = fixture.ask();

        QVERIFY2(reply, reply ? "" : reply.error().message.c_str());
        QCOMPARE(fixture.heard.text, std::string("Now"));
        QCOMPARE(fixture.heard.notices.size(), std::size_t(2));
    }
}

void StreamTest::namesAServerThatIsNotThere()
{
    ModelFixture fixture;
    fixture.choice.service.baseUrl = "http://127.0.0.1:1";

    const auto reply = fixture.ask();

    QVERIFY(!reply);
    QCOMPARE(
        reply.error(),
        (ph::Error{ph::ErrorCode::Network, "Nothing answers at 127.0.0.1:1 (connection refused). Check the address, and that the server runs."}));
    QCOMPARE(fixture.heard.notices.size(), std::size_t(2));
}

void StreamTest::endsWhenTheServerFallsSilent()
{
    ModelFixture fixture;
    fixture.patience.silence = 200ms;
    ModelAnswer answer;
    answer.stallAfter = 0;
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY(!reply);
    QCOMPARE(reply.error().code, ph::ErrorCode::Network);
    QCOMPARE(fixture.server.requests().size(), std::size_t(1)); // It would be silent again.
}

void StreamTest::isCancelledAtOnce_data()
{
    QTest::addColumn<QString>("where");
    for (const char *where : {"before", "waiting", "speaking", "pausing"})
        QTest::newRow(where) << where;
}

void StreamTest::isCancelledAtOnce()
{
    QFETCH(QString, where);
    ModelFixture fixture;
    std::stop_source stop;
    ModelAnswer answer;
    answer.text = "I begin to speak.";
    answer.stallAfter = where == "waiting" ? 0 : ModelAnswer::firstText;
    if (where == "pausing")
        fixture.server.thenError(529, "", "100");
    else
        fixture.server.then(answer);
    const model::Network network{fixture.client, ph::systemClock(), {}};
    const auto model = model::makeMessagesModel(network, fixture.choice);
    if (where == "before")
        stop.request_stop();
    std::atomic<std::chrono::steady_clock::time_point> stopped = std::chrono::steady_clock::now();
    std::jthread other([&] {
        if (where != "before")
            fixture.server.waitForRequests(1);
        std::this_thread::sleep_for(100ms);
        stopped = std::chrono::steady_clock::now();
        stop.request_stop();
    });

    const auto reply = model->ask(model::Request{{ModelFixture::userSays("Hello")}, {}}, fixture.heard, stop.get_token());

    QVERIFY(std::chrono::steady_clock::now() - stopped.load() < 500ms);
    QVERIFY(!reply);
    QCOMPARE(reply.error().code, ph::ErrorCode::Cancelled);
    QCOMPARE(fixture.heard.text.empty(), where != "speaking");
}

void StreamTest::saysWhenTheWindowIsFull_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("message");
    QTest::newRow("Anthropic") << 400 << "invalid_request_error"
                               << "prompt is too long: 213462 tokens > 200000 maximum";
    QTest::newRow("Anthropic, with the output") << 400 << "invalid_request_error"
                                                << "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000";
    QTest::newRow("Anthropic, bytes") << 413 << "request_too_large"
                                      << "Request exceeds the maximum size";
    QTest::newRow("OpenAI") << 400 << "context_length_exceeded"
                            << "Too much.";
    QTest::newRow("vLLM") << 400 << "BadRequestError"
                          << "This model's maximum context length is 8192 tokens.";
    QTest::newRow("llama.cpp") << 400 << "exceed_context_size_error"
                               << "the request exceeds the available context size";
}

void StreamTest::saysWhenTheWindowIsFull()
{
    QFETCH(int, status);
    QFETCH(QString, type);
    QFETCH(QString, message);
    ModelFixture fixture;
    ModelAnswer answer;
    answer.status = status;
    answer.errorType = type.toStdString();
    answer.errorMessage = message.toStdString();
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY(reply);
    QVERIFY(reply->windowIsFull);
    QCOMPARE(reply->stopReason, std::string("max_tokens"));
    QCOMPARE(fixture.server.requests().size(), std::size_t(1));
}

void StreamTest::asksForTheKeyEachTime()
{
    ModelFixture fixture;
    int asked = 0;
    fixture.choice.service.getKey = [&]() -> ph::Result<std::string> { return "key-number-" + std::to_string(++asked); };
    fixture.server.thenError(529);

    QVERIFY(fixture.ask());

    QCOMPARE(fixture.server.requests().at(0).header("x-api-key"), std::string("key-number-1"));
    QCOMPARE(fixture.server.requests().at(1).header("x-api-key"), std::string("key-number-2"));

    fixture.choice.service.getKey = []() -> ph::Result<std::string> { return ph::fail(ph::ErrorCode::Unauthorized, "The keychain is locked."); };
    QCOMPARE(fixture.ask().error().message, std::string("The keychain is locked."));
    fixture.choice.service.getKey = {};
    fixture.choice.service.needsKey = true;
    QCOMPARE(fixture.ask().error(),
             (ph::Error{ph::ErrorCode::Unauthorized, "The service needs a key. Add it in the settings, or in the environment."}));
    QCOMPARE(fixture.server.requests().size(), std::size_t(2));
}

void StreamTest::neverShowsTheKey_data()
{
    QTest::addColumn<QString>("way");
    for (const char *way : {"refused", "in words", "in mid-stream", "silent", "not there", "page"})
        QTest::newRow(way) << way;
}

void StreamTest::neverShowsTheKey()
{
    QFETCH(QString, way);
    for (const std::string &key : {canary, std::string("plain looking words 12")}) {
        ModelFixture fixture;
        fixture.key = key;
        const std::string header = "another-canary-in-a-header";
        fixture.choice.service.headers.emplace_back("X-Team", header);
        fixture.patience.silence = 200ms;
        fixture.patience.retry.retries = 1;
        ModelAnswer answer;
        answer.status = way == "refused" ? 401 : way == "in words" ? 529 : 200;
        answer.errorMessage = "Incorrect API key provided: " + key + " for " + header;
        if (way == "in mid-stream")
            answer.errorAfter = 1;
        if (way == "silent")
            answer.stallAfter = 0;
        if (way == "page")
            answer.raw = "<html>" + key + header + "</html>";
        if (way == "not there")
            fixture.choice.service.baseUrl = "http://127.0.0.1:1/" + key;
        fixture.server.setOtherwise(answer);

        const auto reply = fixture.ask();

        QVERIFY(!reply);
        std::string shown = reply.error().message;
        for (const std::string &notice : fixture.heard.notices)
            shown += notice;
        QVERIFY2(shown.find(key) == std::string::npos && shown.find(header) == std::string::npos, shown.c_str());
        for (const ModelRequest &request : fixture.server.requests()) {
            QCOMPARE(request.header("x-api-key"), key);
            QVERIFY(request.body.dump().find(key) == std::string::npos && request.path.find(key) == std::string::npos);
        }
    }
}

void StreamTest::sendsNoKeyOnAnOpenLine_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("error");
    const auto unprotected = "The key for The service would travel unprotected; write https:// instead of http:// in its address.";
    QTest::newRow("another machine") << "http://192.0.2.1:9"
                                     << "key-of-the-test" << unprotected;
    QTest::newRow("a name that begins like ours") << "http://localhost.example.com"
                                                  << "key-of-the-test" << unprotected;
    QTest::newRow("a name that begins like a container's host") << "http://host.docker.internal.example.com"
                                                                << "key-of-the-test" << unprotected;
    QTest::newRow("no address") << "api.example.com"
                                << ""
                                << "The address of The service must begin with https:// or http://.";
    QTest::newRow("a line break") << "http://localhost:1"
                                  << "key\r\nHost: x"
                                  << "The key for The service has a line break in it; copy it again.";
}

void StreamTest::sendsNoKeyOnAnOpenLine()
{
    QFETCH(QString, url);
    QFETCH(QString, key);
    QFETCH(QString, error);
    ModelFixture fixture;
    fixture.key = key.toStdString();
    fixture.choice.service.baseUrl = url.toStdString();

    const auto reply = fixture.ask();

    QVERIFY(!reply);
    QCOMPARE(QString::fromStdString(reply.error().message), error);
}

void StreamTest::doesNotFollowRedirects()
{
    ModelFixture fixture;
    ModelAnswer answer;
    answer.status = 307;
    fixture.server.then(answer);

    const auto reply = fixture.ask();

    QVERIFY(!reply);
    QCOMPARE(reply.error(), (ph::Error{ph::ErrorCode::InvalidInput, "The service has moved (307): set the address that it redirects to."}));
}

void StreamTest::readsNoAnswerWithoutEnd()
{
    ModelFixture fixture;
    ModelAnswer answer;
    answer.raw = "data: {no json}\n\n";
    fixture.server.setOtherwise(answer);
    fixture.patience.retry.retries = 1;
    QCOMPARE(fixture.ask().error(), (ph::Error{ph::ErrorCode::Network, "The service sent something that is no JSON in its answer."}));

    answer.raw = "[" + std::string(1000, '[');
    fixture.server.setOtherwise(answer);
    QCOMPARE(fixture.ask().error(),
             (ph::Error{ph::ErrorCode::InvalidInput, "The service answered with something that is no answer of a model; check its address."}));
}

QTEST_GUILESS_MAIN(StreamTest)
#include "stream_test.moc"

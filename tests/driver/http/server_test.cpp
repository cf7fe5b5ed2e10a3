#include "driver/http/server.h"
#include "tests/driver/http/raw_connection.h"

#include <QElapsedTimer>
#include <QTest>

#include <atomic>
#include <semaphore>
#include <thread>

using namespace std::chrono_literals;

namespace {

/// Answers with what it understood: "GET /path a=b; body".
http::ServerResponse echo(const http::ServerRequest &request, const std::stop_token &)
{
    std::string text = request.method + " " + request.path;
    for (const auto &[name, value] : request.query)
        text += " " + name + "=" + value;
    if (!request.body.empty())
        text += "; " + request.body;
    return {200, {}, "text/plain", text};
}

std::string bodyOf(const std::string &answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

} // namespace

class ServerTest : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void answersRawRequests_data();
    void answersRawRequests();
    void keepsTheConnection();
    void answersPipelinedRequestsInOrder();
    void answersAPipelinedRequestThatWaitedBehindASlowOne();
    void sendsNoBodyToHead();
    void givesItsOwnHeaders();
    void acceptsAllowedHostsAndOrigins();
    void tellsAClientToGoOnWithItsBody();
    void stopsTheHandlerWhenTheClientLeaves();
    void answersAClientThatHasEndedItsSending();
    void answersQuicklyWhileOthersBlock();
    void answersWhatIsUnderWayWhenItStops();
    void turnsAnExceptionIntoStatus500();
    void saysWhenThePortIsTaken();
    void refusesAnAddressThatIsNone();

private:
    void serve(http::Server::Handler handler, http::ServerOptions options = {});
    std::string host() const { return "Host: 127.0.0.1:" + std::to_string(m_server->port()) + "\r\n"; }
    std::string get(const std::string &target) const { return "GET " + target + " HTTP/1.1\r\n" + host() + "\r\n"; }

    std::unique_ptr<http::Server> m_server;
};

void ServerTest::init() { serve(echo); }
void ServerTest::cleanup() { m_server.reset(); }

void ServerTest::serve(http::Server::Handler handler, http::ServerOptions options)
{
    m_server = std::make_unique<http::Server>(std::move(options), std::move(handler));
    m_server->setBodyLimit("/small/", 10);
    m_server->setBodyLimit("/small/but/large/", 1000);
    const auto started = m_server->start();
    QVERIFY2(started.has_value(), started ? "" : started.error().message.c_str());
}

void ServerTest::answersRawRequests_data()
{
    QTest::addColumn<QByteArray>("request"); // HOST stands for our Host line, AUTHORITY for its value
    QTest::addColumn<int>("status"); // 0: closed without an answer
    QTest::addColumn<QByteArray>("body"); // what the answer ends in; empty: not compared

    const auto row = [](const char *name, const QByteArray &request, int status, const char *body = "") {
        QTest::newRow(name) << request << status << QByteArray(body);
    };
    const QByteArray large(20'000, 'x');

    // What is understood
    row("get", "GET /a HTTP/1.1\r\nHOST\r\n", 200, "GET /a");
    row("query", "GET /a?x=1&y=%26+z HTTP/1.1\r\nHOST\r\n", 200, "GET /a x=1 y=& z");
    row("escaped path", "GET /%C3%A9%2Fb%20c HTTP/1.1\r\nHOST\r\n", 200, "GET /é/b c");
    row("post with length", "POST /a HTTP/1.1\r\nHOSTContent-Length: 3\r\n\r\nabc", 200, "POST /a; abc");
    row("post in chunks", "POST /a HTTP/1.1\r\nHOSTTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 200,
        "POST /a; abc");
    row("chunks with extension", "POST /a HTTP/1.1\r\nHOSTTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n", 200,
        "POST /a; abc");
    row("empty post", "POST /a HTTP/1.1\r\nHOSTContent-Length: 0\r\n\r\n", 200, "POST /a");
    row("patch", "PATCH /a HTTP/1.1\r\nHOSTContent-Length: 1\r\n\r\nx", 200, "PATCH /a; x");
    row("delete", "DELETE /a HTTP/1.1\r\nHOST\r\n", 200, "DELETE /a");
    row("options", "OPTIONS /a HTTP/1.1\r\nHOST\r\n", 200, "OPTIONS /a");
    row("absolute form", "GET http://AUTHORITY/a?b=c HTTP/1.1\r\nHOST\r\n", 200, "GET /a b=c");
    row("absolute form without path", "GET http://AUTHORITY HTTP/1.1\r\nHOST\r\n", 200, "GET /");
    row("HTTP/1.0", "GET /a HTTP/1.0\r\nHOST\r\n", 200, "GET /a");
    row("localhost", "GET /a HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 200, "GET /a");
    row("host in capitals", "GET /a HTTP/1.1\r\nHost: LocalHost:PORT\r\n\r\n", 200, "GET /a");
    row("IPv6 host", "GET /a HTTP/1.1\r\nHost: [::1]:PORT\r\n\r\n", 200, "GET /a");
    row("empty lines first", "\r\n\r\nGET /a HTTP/1.1\r\nHOST\r\n", 400);
    row("body as long as allowed", "POST /small/x HTTP/1.1\r\nHOSTContent-Length: 10\r\n\r\n0123456789", 200);
    row("longer prefix allows more", "POST /small/but/large/ HTTP/1.1\r\nHOSTContent-Length: 11\r\n\r\n01234567890", 200);

    // Method, version, target
    row("unknown method", "BREW /a HTTP/1.1\r\nHOST\r\n", 405);
    row("trace", "TRACE /a HTTP/1.1\r\nHOST\r\n", 405);
    row("connect", "CONNECT AUTHORITY HTTP/1.1\r\nHOST\r\n", 405);
    row("method in lower case", "get /a HTTP/1.1\r\nHOST\r\n", 405);
    row("method with odd characters", "G@T /a HTTP/1.1\r\nHOST\r\n", 400);
    row("HTTP/2.0", "GET /a HTTP/2.0\r\nHOST\r\n", 505);
    row("HTTP/0.9", "GET /a\r\n\r\n", 400);
    row("no version", "GET /a JUNK\r\nHOST\r\n", 505);
    row("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
    row("TLS bytes", QByteArray::fromHex("16030102000100 01fc0303") + QByteArray(40, '\x01') + "\r\n\r\n", 400);
    row("asterisk", "OPTIONS * HTTP/1.1\r\nHOST\r\n", 400);
    row("relative target", "GET a HTTP/1.1\r\nHOST\r\n", 400);
    row("absolute form of another host", "GET http://evil.example/a HTTP/1.1\r\nHOST\r\n", 403);
    row("absolute form with https", "GET https://AUTHORITY/a HTTP/1.1\r\nHOST\r\n", 400);
    row("broken escape", "GET /%zz HTTP/1.1\r\nHOST\r\n", 400);
    row("broken escape in the query", "GET /a?b=%4 HTTP/1.1\r\nHOST\r\n", 400);
    row("escaped NUL", "GET /a%00b HTTP/1.1\r\nHOST\r\n", 400);
    row("path that is no UTF-8", "GET /%ff HTTP/1.1\r\nHOST\r\n", 400);
    row("raw bytes in the target", "GET /\xC3\xA9 HTTP/1.1\r\nHOST\r\n", 400);
    row("fragment", "GET /a#b HTTP/1.1\r\nHOST\r\n", 400);

    // Framing
    row("length and chunks", "POST /a HTTP/1.1\r\nHOSTContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
    row("chunks and length", "POST /a HTTP/1.1\r\nHOSTTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400);
    row("two lengths", "POST /a HTTP/1.1\r\nHOSTContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400);
    row("negative length", "POST /a HTTP/1.1\r\nHOSTContent-Length: -1\r\n\r\n", 400);
    row("length that is no number", "POST /a HTTP/1.1\r\nHOSTContent-Length: 3x\r\n\r\nabc", 400);
    row("length past 64 bits", "POST /a HTTP/1.1\r\nHOSTContent-Length: 99999999999999999999999\r\n\r\n", 400);
    row("unknown encoding", "POST /a HTTP/1.1\r\nHOSTTransfer-Encoding: gzip\r\n\r\nabc", 400);
    row("encoding after chunked", "POST /a HTTP/1.1\r\nHOSTTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400);
    row("two encodings", "POST /a HTTP/1.1\r\nHOSTTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400);
    row("chunks in HTTP/1.0", "POST /a HTTP/1.0\r\nHOSTTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
    row("chunk length that is no number", "POST /a HTTP/1.1\r\nHOSTTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
        400);
    row("chunk length past 64 bits", "POST /a HTTP/1.1\r\nHOSTTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc", 400);
    row("blank before the colon", "GET /a HTTP/1.1\r\nHOSTX-A : b\r\n\r\n", 400);
    row("header without a colon", "GET /a HTTP/1.1\r\nHOSTnonsense\r\n\r\n", 400);
    row("lines ended by LF alone", "GET /a HTTP/1.1\nHost: localhost:PORT\n\n", 505);
    row("NUL in a header", QByteArray("GET /a HTTP/1.1\r\nHOSTX-A: b") + '\0' + "c\r\n\r\n", 400);
    row("unknown expectation", "POST /a HTTP/1.1\r\nHOSTExpect: tea\r\nContent-Length: 1\r\n\r\nx", 417);
    row("client that leaves half-way", "GET /a HT", 0);

    // Size
    row("huge header", "GET /a HTTP/1.1\r\nHOSTX-A: " + large + "\r\n\r\n", 431);
    row("huge target", "GET /" + large + " HTTP/1.1\r\nHOST\r\n", 431);
    row("many headers", "GET /a HTTP/1.1\r\nHOST" + QByteArray("X-A: b\r\n").repeated(3000) + "\r\n", 431);
    row("body longer than the route's", "POST /small/x HTTP/1.1\r\nHOSTContent-Length: 11\r\n\r\n01234567890", 413);
    row("chunks longer than the route's",
        "POST /small/x HTTP/1.1\r\nHOSTTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n", 413);
    row("length longer than any", "POST /a HTTP/1.1\r\nHOSTContent-Length: 9000000\r\n\r\n", 413);

    // Who asks
    row("no host", "GET /a HTTP/1.1\r\n\r\n", 400);
    row("no host in HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n", 400);
    row("two hosts", "GET /a HTTP/1.1\r\nHOSTHOST\r\n", 400);
    row("foreign host", "GET /a HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403);
    row("foreign host with our port", "GET /a HTTP/1.1\r\nHost: evil.example:PORT\r\n\r\n", 403);
    row("host with another port", "GET /a HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n", 403);
    row("host without a port", "GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 403);
    row("host that starts like ours", "GET /a HTTP/1.1\r\nHost: localhost.evil.example:PORT\r\n\r\n", 403);
    row("host behind a user name", "GET /a HTTP/1.1\r\nHost: localhost:PORT@evil.example\r\n\r\n", 403);
    row("foreign origin", "GET /a HTTP/1.1\r\nHOSTOrigin: https://evil.example\r\n\r\n", 403);
    row("origin null", "GET /a HTTP/1.1\r\nHOSTOrigin: null\r\n\r\n", 403);
    row("empty origin", "GET /a HTTP/1.1\r\nHOSTOrigin: \r\n\r\n", 403);
    row("our own origin", "GET /a HTTP/1.1\r\nHOSTOrigin: http://AUTHORITY\r\n\r\n", 403);
    row("preflight", "OPTIONS /a HTTP/1.1\r\nHOSTOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n",
        403);
}

void ServerTest::answersRawRequests()
{
    QFETCH(QByteArray, request);
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    const QByteArray port = QByteArray::number(m_server->port());
    request.replace("HOST", "Host: 127.0.0.1:" + port + "\r\n").replace("AUTHORITY", "127.0.0.1:" + port).replace("PORT", port);

    RawConnection connection(m_server->port());
    connection.send(request.toStdString());
    connection.endSending();
    const std::string answer = connection.readToEnd();

    QVERIFY(connection.closedByPeer());
    if (status == 0) {
        QCOMPARE(answer, std::string());
        return;
    }
    QVERIFY2(answer.starts_with("HTTP/1.1 " + std::to_string(status) + " "), answer.c_str());
    QCOMPARE(QByteArray::fromStdString(answer).count("\r\nContent-Length: "), 1); // one answer, whatever was smuggled
    QVERIFY(answer.find("Access-Control-Allow") == std::string::npos);
    if (!body.isEmpty())
        QCOMPARE(QByteArray::fromStdString(bodyOf(answer)), body);
}

void ServerTest::keepsTheConnection()
{
    RawConnection connection(m_server->port());

    for (int i = 0; i < 3; ++i) {
        connection.send(get("/" + std::to_string(i)));
        const std::string end = "GET /" + std::to_string(i);
        QVERIFY(connection.readUntil(end).ends_with(end));
    }
    connection.send("GET /last HTTP/1.1\r\n" + host() + "Connection: close\r\n\r\n");
    QVERIFY(connection.readToEnd().find("Connection: close") != std::string::npos);
    QVERIFY(connection.closedByPeer());
}

void ServerTest::answersPipelinedRequestsInOrder()
{
    RawConnection connection(m_server->port());
    std::string requests;
    for (int i = 0; i < 50; ++i)
        requests += "POST /" + std::to_string(i) + " HTTP/1.1\r\n" + host() + "Content-Length: 2\r\n\r\nok";
    connection.send(requests);

    const std::string answers = connection.readUntil("POST /49; ok");

    std::size_t at = 0;
    for (int i = 0; i < 50; ++i) {
        at = answers.find("POST /" + std::to_string(i) + "; ok", at);
        QVERIFY2(at != std::string::npos, std::to_string(i).c_str());
    }
}

void ServerTest::answersAPipelinedRequestThatWaitedBehindASlowOne()
{
    serve([](const http::ServerRequest &request, const std::stop_token &stop) {
        if (request.path == "/slow")
            std::this_thread::sleep_for(100ms);
        return echo(request, stop);
    });
    RawConnection connection(m_server->port());

    connection.send(get("/slow"));
    std::this_thread::sleep_for(30ms);
    connection.send(get("/quick")); // read while the first is handled

    const std::string answers = connection.readUntil("GET /quick", 3s);
    QVERIFY(answers.ends_with("GET /quick"));
    QVERIFY(answers.find("GET /slow") != std::string::npos);
}

void ServerTest::sendsNoBodyToHead()
{
    RawConnection connection(m_server->port());
    connection.send("HEAD /abc HTTP/1.1\r\n" + host() + "Connection: close\r\n\r\n");

    const std::string answer = connection.readToEnd();

    QVERIFY(answer.find("Content-Length: 9\r\n") != std::string::npos);
    QCOMPARE(bodyOf(answer), std::string());
}

void ServerTest::givesItsOwnHeaders()
{
    serve([](const http::ServerRequest &, const std::stop_token &) {
        return http::ServerResponse{429, {{"Retry-After", "7"}, {"X-Bad", "a\r\nX-Smuggled: b"}}, "application/json", "{}"};
    });
    RawConnection connection(m_server->port());
    connection.send(get("/"));

    const std::string answer = connection.readUntil("{}");

    QVERIFY(answer.starts_with("HTTP/1.1 429 "));
    QVERIFY(answer.find("\r\nRetry-After: 7\r\n") != std::string::npos);
    QVERIFY(answer.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
    QVERIFY(answer.find("\r\nX-Smuggled") == std::string::npos);
}

void ServerTest::acceptsAllowedHostsAndOrigins()
{
    http::ServerOptions options;
    options.allowedHosts = {"sandbox.example"};
    options.allowedOrigins = {"https://app.example"};
    serve(echo, options);
    RawConnection connection(m_server->port());

    connection.send("GET /a HTTP/1.1\r\nHost: sandbox.example\r\nOrigin: https://app.example\r\n\r\n");

    QVERIFY(connection.readUntil("GET /a").starts_with("HTTP/1.1 200 "));
}

void ServerTest::tellsAClientToGoOnWithItsBody()
{
    RawConnection connection(m_server->port());
    connection.send("POST /a HTTP/1.1\r\n" + host() + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");

    QCOMPARE(connection.readUntil("\r\n\r\n"), std::string("HTTP/1.1 100 Continue\r\n\r\n"));
    connection.send("abc");
    QVERIFY(connection.readUntil("POST /a; abc").starts_with("HTTP/1.1 200 "));
}

void ServerTest::stopsTheHandlerWhenTheClientLeaves()
{
    std::binary_semaphore started(0);
    std::atomic<int> stoppedAfter = -1;
    serve([&](const http::ServerRequest &request, const std::stop_token &stop) {
        started.release();
        QElapsedTimer timer;
        timer.start();
        while (!stop.stop_requested() && timer.elapsed() < 5000)
            std::this_thread::sleep_for(1ms);
        stoppedAfter = static_cast<int>(timer.elapsed());
        return echo(request, stop);
    });
    RawConnection connection(m_server->port());
    connection.send(get("/wait"));
    started.acquire();

    connection.close();

    QTRY_VERIFY_WITH_TIMEOUT(stoppedAfter >= 0, 6000);
    QVERIFY2(stoppedAfter < 1000, std::to_string(stoppedAfter).c_str());
}

void ServerTest::answersAClientThatHasEndedItsSending()
{
    RawConnection connection(m_server->port());
    connection.send(get("/a"));
    connection.endSending();

    QVERIFY(connection.readToEnd().ends_with("GET /a"));
}

void ServerTest::answersQuicklyWhileOthersBlock()
{
    std::atomic<int> blocked = 0;
    serve([&](const http::ServerRequest &request, const std::stop_token &stop) {
        if (request.path == "/block") {
            ++blocked;
            while (!stop.stop_requested())
                std::this_thread::sleep_for(1ms);
        }
        return echo(request, stop);
    });
    std::vector<std::unique_ptr<RawConnection>> waiting;
    for (int i = 0; i < 40; ++i)
        waiting.emplace_back(std::make_unique<RawConnection>(m_server->port()))->send(get("/block"));
    QTRY_COMPARE(blocked.load(), 40);

    QElapsedTimer timer;
    timer.start();
    RawConnection quick(m_server->port());
    quick.send(get("/quick"));

    QVERIFY(quick.readUntil("GET /quick").ends_with("GET /quick"));
    QVERIFY(timer.elapsed() < 1000);
}

void ServerTest::answersWhatIsUnderWayWhenItStops()
{
    std::binary_semaphore started(0);
    serve([&](const http::ServerRequest &request, const std::stop_token &stop) {
        started.release();
        while (!stop.stop_requested())
            std::this_thread::sleep_for(1ms);
        return echo(request, stop);
    });
    RawConnection busy(m_server->port());
    RawConnection idle(m_server->port());
    busy.send(get("/a"));
    started.acquire();

    m_server->stop();

    QVERIFY(busy.readToEnd().ends_with("GET /a"));
    QCOMPARE(idle.readToEnd(), std::string());
    QVERIFY(idle.closedByPeer());
    QVERIFY(!RawConnection(m_server->port()).isConnected());
}

void ServerTest::turnsAnExceptionIntoStatus500()
{
    serve(
        [](const http::ServerRequest &, const std::stop_token &) -> http::ServerResponse { throw std::runtime_error("secret"); });
    RawConnection connection(m_server->port());
    connection.send(get("/"));

    const std::string answer = connection.readUntil("null}");

    QVERIFY(answer.starts_with("HTTP/1.1 500 "));
    QVERIFY(answer.find("secret") == std::string::npos);
}

void ServerTest::saysWhenThePortIsTaken()
{
    http::ServerOptions options;
    options.port = m_server->port();
    http::Server second(options, echo);

    const auto started = second.start();

    QVERIFY(!started);
    QCOMPARE(started.error().code, ph::ErrorCode::Network);
    QCOMPARE(started.error().message, "Port " + std::to_string(m_server->port()) + " on 127.0.0.1 is taken by another program.");
}

void ServerTest::refusesAnAddressThatIsNone()
{
    http::ServerOptions options;
    options.address = "example.com";

    QCOMPARE(http::Server(options, echo).start().error().code, ph::ErrorCode::InvalidInput);
}

QTEST_GUILESS_MAIN(ServerTest)
#include "server_test.moc"

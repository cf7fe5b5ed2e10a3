#include "driver/http/client.h"
#include "driver/http/server.h"
#include "tests/driver/http/raw_connection.h"

#include <QElapsedTimer>
#include <QTcpServer>
#include <QTest>

#include <atomic>
#include <mutex>
#include <thread>

using namespace std::chrono_literals;

namespace {

/// Accepts connections, reads what comes, answers with fixed bytes and closes. For answers that a good server never gives.
class CannedServer
{
public:
    explicit CannedServer(std::string answer)
        : m_answer(std::move(answer))
        , m_listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(m_listener, reinterpret_cast<sockaddr *>(&address), size);
        ::listen(m_listener, 16);
        ::getsockname(m_listener, reinterpret_cast<sockaddr *>(&address), &size);
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this] { loop(); });
    }
    ~CannedServer()
    {
        ::shutdown(m_listener, SHUT_RDWR);
        m_thread.join();
        ::close(m_listener);
    }

    std::string url(const std::string &path = "/") const { return "http://127.0.0.1:" + std::to_string(m_port) + path; }
    int connections() const { return m_connections; }

private:
    void loop()
    {
        for (int fd = 0; (fd = ::accept(m_listener, nullptr, nullptr)) >= 0;) {
            ++m_connections;
            char buffer[64 * 1024];
            if (::recv(fd, buffer, sizeof buffer, 0) > 0)
                ::send(fd, m_answer.data(), m_answer.size(), MSG_NOSIGNAL);
            ::close(fd);
        }
    }

    std::string m_answer;
    int m_listener;
    std::uint16_t m_port = 0;
    std::atomic<int> m_connections = 0;
    std::thread m_thread;
};

std::uint16_t unusedPort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

} // namespace

class ClientTest : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void sendsMethodHeadersAndBody_data();
    void sendsMethodHeadersAndBody();
    void takesAnyStatusAsAnAnswer_data();
    void takesAnyStatusAsAnAnswer();
    void refusesWhatIsNoHttpAddress_data();
    void refusesWhatIsNoHttpAddress();
    void namesTheHostThatRefusesTheConnection();
    void namesTheHostThatIsNotKnown();
    void saysWhenAnAnswerIsCutOff_data();
    void saysWhenAnAnswerIsCutOff();
    void neverShowsTheKey();
    void endsWhenTheTimeIsOver();
    void endsWhenTheServerFallsSilent();
    void cancelsWithin200ms();
    void isCancelledBeforeItBegins();
    void endsRunningRequestsWhenItGoes();
    void followsRedirects_data();
    void followsRedirects();
    void keepsCredentialsFromAnotherOrigin();
    void endsAChainOfRedirects();
    void refusesRedirectsToOtherSchemes();
    void streamsPieceByPiece();
    void holdsTheSenderBackWhileNobodyReads();
    void endsAStreamEarly();
    void runsMoreStreamsThanQtOpensConnections();
    void refusesAnAnswerThatIsTooLong_data();
    void refusesAnAnswerThatIsTooLong();
    void readsACompressedAnswer();
    void sendsFromManyThreads();
    void sendsAPostOnce();

private:
    std::string url(const std::string &path) const { return "http://127.0.0.1:" + std::to_string(m_server->port()) + path; }
    static http::ServerResponse answer(const http::ServerRequest &request, const std::stop_token &stop);

    std::unique_ptr<http::Server> m_server;
    std::unique_ptr<http::Client> m_client;
};

http::ServerResponse ClientTest::answer(const http::ServerRequest &request, const std::stop_token &stop)
{
    if (request.path == "/status")
        return {std::stoi(request.queryValue("code")), {}, "text/plain", "what happened"};
    if (request.path == "/redirect")
        return {std::stoi(request.queryValue("code")), {{"Location", request.queryValue("to")}}, "text/plain", "elsewhere"};
    if (request.path == "/loop")
        return {302, {{"Location", "/loop"}}, "text/plain", ""};
    if (request.path == "/large")
        return {200, {}, "text/plain", std::string(std::stoul(request.queryValue("bytes")), 'x')};
    if (request.path == "/wait") {
        while (!stop.stop_requested())
            std::this_thread::sleep_for(1ms);
    }
    return {200,
            {{"X-Seen-Key", request.header("authorization")}, {"X-Seen-Type", request.header("content-type")}},
            "text/plain",
            request.method + " " + request.target + " " + request.body};
}

void ClientTest::init()
{
    m_server = std::make_unique<http::Server>(http::ServerOptions(), answer);
    QVERIFY(m_server->start());
    m_client = std::make_unique<http::Client>();
}

void ClientTest::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void ClientTest::sendsMethodHeadersAndBody_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("body");

    QTest::newRow("get") << "GET"
                         << "";
    QTest::newRow("get with a body") << "GET"
                                     << "text";
    QTest::newRow("post") << "POST"
                          << "text";
    QTest::newRow("empty post") << "POST"
                                << "";
    QTest::newRow("put") << "PUT"
                         << "text";
    QTest::newRow("patch") << "PATCH"
                           << "text";
    QTest::newRow("delete") << "DELETE"
                            << "";
}

void ClientTest::sendsMethodHeadersAndBody()
{
    QFETCH(QString, method);
    QFETCH(QString, body);
    http::Request request{method.toStdString(), url("/a%20b?c=d%2Be"), {{"Authorization", "Bearer x"}}, body.toStdString()};

    const auto response = m_client->send(request);

    QVERIFY2(response, response ? "" : response.error().message.c_str());
    QCOMPARE(response->status, 200);
    QCOMPARE(response->body, request.method + " /a%20b?c=d%2Be " + request.body);
    QCOMPARE(response->header("x-seen-key"), std::string("Bearer x"));
}

void ClientTest::takesAnyStatusAsAnAnswer_data()
{
    QTest::addColumn<int>("status");
    for (const int status : {201, 204, 304, 400, 401, 403, 404, 405, 409, 410, 413, 418, 422, 429, 500, 501, 502, 503, 504, 529})
        QTest::addRow("%d", status) << status;
}

void ClientTest::takesAnyStatusAsAnAnswer()
{
    QFETCH(int, status);

    const auto response = m_client->send({"GET", url("/status?code=" + std::to_string(status))});

    QVERIFY2(response, response ? "" : response.error().message.c_str());
    QCOMPARE(response->status, status);
    QCOMPARE(response->body, std::string(status == 204 || status == 304 ? "" : "what happened"));
}

void ClientTest::refusesWhatIsNoHttpAddress_data()
{
    QTest::addColumn<QString>("address");
    for (const char *address : {"", "localhost", "/path", "file:///etc/passwd", "ftp://example.com/", "http://", "http://a b/",
                                "javascript:1", "http://user:password@127.0.0.1/"})
        QTest::newRow(address) << address;
}

void ClientTest::refusesWhatIsNoHttpAddress()
{
    QFETCH(QString, address);

    const auto response = m_client->send({"GET", address.toStdString()});

    QVERIFY(!response);
    QCOMPARE(response.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY(response.error().message.find("password@") == std::string::npos);
}

void ClientTest::namesTheHostThatRefusesTheConnection()
{
    const std::string place = "127.0.0.1:" + std::to_string(unusedPort());

    const auto response = m_client->send({"GET", "http://" + place + "/api/"});

    QVERIFY(!response);
    QCOMPARE(response.error().code, ph::ErrorCode::Network);
    QCOMPARE(response.error().message,
             "Nothing answers at " + place + " (connection refused). Check the address, and that the server runs.");
}

void ClientTest::namesTheHostThatIsNotKnown()
{
    const auto response = m_client->send({"GET", "http://nowhere.invalid/"});

    QVERIFY(!response);
    QCOMPARE(response.error().code, ph::ErrorCode::Network);
    QVERIFY2(response.error().message.find("nowhere.invalid") != std::string::npos, response.error().message.c_str());
}

void ClientTest::saysWhenAnAnswerIsCutOff_data()
{
    QTest::addColumn<QByteArray>("bytes");

    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("half a header") << QByteArray("HTTP/1.1 200 OK\r\nContent-");
    QTest::newRow("half a body") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    QTest::newRow("no HTTP") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n");
}

void ClientTest::saysWhenAnAnswerIsCutOff()
{
    QFETCH(QByteArray, bytes);
    CannedServer server(bytes.toStdString());

    const auto response = m_client->send({"GET", server.url()});

    QVERIFY(!response);
    QCOMPARE(response.error().code, ph::ErrorCode::Network);
    QVERIFY2(response.error().message.find("127.0.0.1:") != std::string::npos, response.error().message.c_str());
}

void ClientTest::neverShowsTheKey()
{
    const std::string key = "phx_neverToBeSeen0123456789";
    CannedServer broken("SSH-2.0\r\n");
    const std::string refused = "http://127.0.0.1:" + std::to_string(unusedPort());
    for (const std::string &base : {broken.url("/a"), refused + "/a", std::string("http://nowhere.invalid/a"), url("/wait")}) {
        http::Request request{"POST", base + "?personal_api_key=" + key, {{"Authorization", "Bearer " + key}}, key};
        request.timeout = 300ms;

        const auto response = m_client->send(request);

        QVERIFY(!response);
        QVERIFY2(response.error().message.find(key) == std::string::npos, response.error().message.c_str());
    }
}

void ClientTest::endsWhenTheTimeIsOver()
{
    http::Request request{"GET", url("/wait")};
    request.timeout = 300ms;
    QElapsedTimer timer;
    timer.start();

    const auto response = m_client->send(request);

    QVERIFY(!response);
    QCOMPARE(response.error().code, ph::ErrorCode::Network);
    QCOMPARE(response.error().message, "127.0.0.1:" + std::to_string(m_server->port()) + " did not answer in time.");
    QVERIFY(timer.elapsed() >= 300 && timer.elapsed() < 600);
}

void ClientTest::endsWhenTheServerFallsSilent()
{
    http::Request request{"GET", url("/wait")};
    request.timeout = 0ms;
    request.silence = 300ms;
    QElapsedTimer timer;
    timer.start();

    const auto response = m_client->stream(request, [](std::string_view) { return true; });

    QVERIFY(!response);
    QCOMPARE(response.error(), (ph::Error{ph::ErrorCode::Network, "127.0.0.1:" + std::to_string(m_server->port()) + " did not answer in time."}));
    QVERIFY(timer.elapsed() >= 300 && timer.elapsed() < 600);
}

void ClientTest::cancelsWithin200ms()
{
    std::stop_source stop;
    QElapsedTimer timer;
    std::jthread canceller([&] {
        std::this_thread::sleep_for(100ms);
        timer.start();
        stop.request_stop();
    });

    const auto response = m_client->send({"GET", url("/wait")}, stop.get_token());

    QVERIFY2(timer.elapsed() <= 200, std::to_string(timer.elapsed()).c_str());
    QVERIFY(!response);
    QCOMPARE(response.error().code, ph::ErrorCode::Cancelled);
    QVERIFY(m_client->send({"GET", url("/after")})); // The client goes on working.
}

void ClientTest::isCancelledBeforeItBegins()
{
    std::stop_source stop;
    stop.request_stop();

    QCOMPARE(m_client->send({"GET", url("/wait")}, stop.get_token()).error().code, ph::ErrorCode::Cancelled);
}

void ClientTest::endsRunningRequestsWhenItGoes()
{
    std::atomic<int> cancelled = 0;
    std::vector<std::jthread> callers;
    for (int i = 0; i < 3; ++i) {
        callers.emplace_back([&] {
            const auto response = m_client->send({"GET", url("/wait")});
            cancelled += !response && response.error().code == ph::ErrorCode::Cancelled;
        });
    }
    std::this_thread::sleep_for(200ms);
    QElapsedTimer timer;
    timer.start();

    m_client.reset();

    QVERIFY(timer.elapsed() < 1000);
    callers.clear();
    QCOMPARE(cancelled.load(), 3);
}

void ClientTest::followsRedirects_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("arrives");

    QTest::newRow("301 of get") << 301 << "GET"
                                << "GET /there ";
    QTest::newRow("301 of post") << 301 << "POST"
                                 << "GET /there ";
    QTest::newRow("302 of post") << 302 << "POST"
                                 << "GET /there ";
    QTest::newRow("302 of patch") << 302 << "PATCH"
                                  << "PATCH /there text";
    QTest::newRow("303 of put") << 303 << "PUT"
                                << "GET /there ";
    QTest::newRow("307 of post") << 307 << "POST"
                                 << "POST /there text";
    QTest::newRow("308 of post") << 308 << "POST"
                                 << "POST /there text";
}

void ClientTest::followsRedirects()
{
    QFETCH(int, status);
    QFETCH(QString, method);
    QFETCH(QString, arrives);
    const std::string target = url("/redirect?to=/there&code=" + std::to_string(status));

    const auto response
        = m_client->send({method.toStdString(), target, {{"Authorization", "Bearer x"}}, method == "GET" ? "" : "text"});

    QVERIFY2(response, response ? "" : response.error().message.c_str());
    QCOMPARE(QString::fromStdString(response->body), arrives);
    QCOMPARE(response->header("x-seen-key"), std::string("Bearer x"));
}

void ClientTest::keepsCredentialsFromAnotherOrigin()
{
    std::mutex mutex; // Guards the headers.
    std::vector<std::pair<std::string, std::string>> seen;
    http::Server other({}, [&](const http::ServerRequest &request, const std::stop_token &) {
        const std::lock_guard lock(mutex);
        seen = request.headers;
        return http::ServerResponse{200, {}, "text/plain", "other"};
    });
    QVERIFY(other.start());
    const std::string target = "http://127.0.0.1:" + std::to_string(other.port()) + "/x";
    const http::Headers headers{{"authorization", "Bearer x"}, {"Cookie", "a=b"}, {"X-Api-Key", "k"}, {"X-Other", "kept"}};

    const auto response = m_client->send({"GET", url("/redirect?code=302&to=" + target), headers});

    QVERIFY(response);
    QCOMPARE(response->body, std::string("other"));
    const auto has = [&](const char *name) {
        return std::any_of(seen.begin(), seen.end(), [&](const auto &pair) { return pair.first == name; });
    };
    QVERIFY(!has("authorization") && !has("cookie") && !has("x-api-key"));
    QVERIFY(has("x-other"));
}

void ClientTest::endsAChainOfRedirects()
{
    const auto response = m_client->send({"GET", url("/loop")});

    QVERIFY(!response);
    QCOMPARE(response.error().code, ph::ErrorCode::Network);
    QVERIFY(response.error().message.ends_with("redirects too often."));
}

void ClientTest::refusesRedirectsToOtherSchemes()
{
    for (const char *target : {"file:///etc/passwd", "ftp://127.0.0.1/", "data:text/plain,x", "http://a:b@127.0.0.1/"}) {
        const auto response = m_client->send({"GET", url(std::string("/redirect?code=302&to=") + target)});

        QVERIFY(!response);
        QVERIFY2(response.error().message.find("redirects to an address that cannot be used") != std::string::npos,
                 response.error().message.c_str());
    }
}

void ClientTest::streamsPieceByPiece()
{
    std::string body;
    int pieces = 0;

    const auto response = m_client->stream({"GET", url("/large?bytes=20000000")}, [&](std::string_view piece) {
        body += piece;
        ++pieces;
        return true;
    });

    QVERIFY(response);
    QCOMPARE(response->status, 200);
    QCOMPARE(response->body, std::string());
    QVERIFY(body == std::string(20'000'000, 'x'));
    QVERIFY(pieces > 10);
}

void ClientTest::holdsTheSenderBackWhileNobodyReads()
{
    // A sender that counts what the network took from it.
    std::atomic<std::size_t> sent = 0;
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener, reinterpret_cast<sockaddr *>(&address), size);
    ::listen(listener, 1);
    ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size);
    std::thread sender([&] {
        const int fd = ::accept(listener, nullptr, nullptr);
        char request[4096];
        ::recv(fd, request, sizeof request, 0); // Left unread, it would turn our end of the stream into a reset.
        const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n";
        ::send(fd, head.data(), head.size(), MSG_NOSIGNAL);
        const std::string piece(100'000, 'x');
        while (sent < 200'000'000) {
            const ssize_t bytes = ::send(fd, piece.data(), piece.size(), MSG_NOSIGNAL);
            if (bytes <= 0)
                break;
            sent += static_cast<std::size_t>(bytes);
        }
        ::close(fd);
    });

    std::size_t received = 0;
    std::size_t sentWhilePaused = 0;
    const auto response = m_client->stream({"GET", "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/"},
                                           [&](std::string_view piece) {
                                               if (received == 0) {
                                                   std::this_thread::sleep_for(500ms);
                                                   sentWhilePaused = sent;
                                               }
                                               received += piece.size();
                                               return true;
                                           });
    sender.join();
    ::close(listener);

    QVERIFY2(response, response ? "" : response.error().message.c_str());
    QCOMPARE(received, std::size_t(200'000'000));
    QVERIFY2(sentWhilePaused < 30'000'000, std::to_string(sentWhilePaused).c_str()); // the kernel's buffers and ours
}

void ClientTest::endsAStreamEarly()
{
    int pieces = 0;

    const auto response = m_client->stream({"GET", url("/large?bytes=20000000")}, [&](std::string_view) { return ++pieces < 2; });

    QVERIFY(response);
    QCOMPARE(response->status, 200);
    QCOMPARE(pieces, 2);
}

void ClientTest::runsMoreStreamsThanQtOpensConnections()
{
    std::stop_source stop;
    std::vector<std::jthread> streams;
    for (int i = 0; i < 12; ++i) {
        streams.emplace_back([&] {
            m_client->stream(
                {"GET", url("/wait")}, [](std::string_view) { return true; }, stop.get_token());
        });
    }
    std::this_thread::sleep_for(200ms);
    QElapsedTimer timer;
    timer.start();

    QVERIFY(m_client->send({"GET", url("/a")}));
    QVERIFY(m_client->stream({"GET", url("/b")}, [](std::string_view) { return true; }));

    QVERIFY(timer.elapsed() < 1000);
    stop.request_stop();
}

void ClientTest::refusesAnAnswerThatIsTooLong_data()
{
    QTest::addColumn<int>("bytes");
    QTest::addColumn<bool>("fits");

    QTest::newRow("just fits") << 5'000'000 << true;
    QTest::newRow("one too many") << 5'000'001 << false;
}

void ClientTest::refusesAnAnswerThatIsTooLong()
{
    QFETCH(int, bytes);
    QFETCH(bool, fits);
    http::Request request{"GET", url("/large?bytes=" + std::to_string(bytes))};
    request.maximumBody = 5'000'000;

    const auto response = m_client->send(request);

    QCOMPARE(response.has_value(), fits);
    if (!fits)
        QVERIFY(response.error().message.ends_with("is longer than 5000000 bytes."));
}

void ClientTest::readsACompressedAnswer()
{
    const QByteArray text(30'000'000, 'x');
    const QByteArray packed = qCompress(text).mid(4); // Qt puts the length before the zlib stream.
    CannedServer server("HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: " + std::to_string(packed.size())
                        + "\r\n\r\n" + packed.toStdString());

    const auto response = m_client->send({"GET", server.url()});
    QVERIFY2(response, response ? "" : response.error().message.c_str());
    QCOMPARE(response->body.size(), std::size_t(30'000'000));

    http::Request limited{"GET", server.url()};
    limited.maximumBody = 1'000'000; // counts what is unpacked
    QVERIFY(!m_client->send(limited));
}

void ClientTest::sendsFromManyThreads()
{
    std::atomic<int> right = 0;
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; ++i) {
                const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
                const auto response = m_client->send({"GET", url(path)});
                right += response && response->body == "GET " + path + " ";
            }
        });
    }
    threads.clear();

    QCOMPARE(right.load(), 400);
}

void ClientTest::sendsAPostOnce()
{
    CannedServer server(""); // Takes the request and closes: it may well have done what was asked.

    int sent = 0;
    for (const char *body : {"create", ""}) {
        const auto response = m_client->send({"POST", server.url(), {}, body});

        QVERIFY(!response);
        QCOMPARE(response.error().code, ph::ErrorCode::Network);
        QCOMPARE(server.connections(), ++sent);
    }
}

// No application object: the client has to bring its own.
QTEST_APPLESS_MAIN(ClientTest)
#include "client_test.moc"

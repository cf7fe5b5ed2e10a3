#include "driver/http/server.h"
#include "tests/driver/http/raw_connection.h"

#include <QElapsedTimer>
#include <QTest>

#include <thread>

using namespace std::chrono_literals;

/// A server with small limits, so that each can be reached in a moment.
class ServerLimitsTest : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void endsAHeaderThatTrickles();
    void endsABodyThatTrickles();
    void endsAConnectionThatSaysNothing();
    void endsAnIdleConnection();
    void tellsOneConnectionTooMany();
    void survivesAFloodOfConnections();
    void letsAClientReadTheRefusalWhileItStillSends();
    void endsAClientThatReadsNothing();
    void waitsForAClientThatReadsSlowly();
    void stopsAtOnceWhileAClientReadsNothing();

private:
    std::string host() const { return "Host: 127.0.0.1:" + std::to_string(m_server->port()) + "\r\n"; }

    std::unique_ptr<http::Server> m_server;
};

void ServerLimitsTest::init()
{
    http::ServerOptions options;
    options.limits.headerTime = 300ms;
    options.limits.bodyTime = 400ms;
    options.limits.idleTime = 500ms;
    options.limits.connections = 4;
    options.limits.bodyBytes = 1000;
    m_server = std::make_unique<http::Server>(options, [](const http::ServerRequest &request, const std::stop_token &) {
        return http::ServerResponse{
            200, {}, "text/plain", request.path == "/large" ? std::string(50 * 1024 * 1024, 'x') : "fine"};
    });
    QVERIFY(m_server->start());
}

void ServerLimitsTest::cleanup() { m_server.reset(); }

void ServerLimitsTest::endsAHeaderThatTrickles()
{
    RawConnection connection(m_server->port());
    const std::string request = "GET /a HTTP/1.1\r\n" + host() + "X-A: " + std::string(200, 'x');
    QElapsedTimer timer;
    timer.start();
    std::jthread sender([&](const std::stop_token &stop) {
        for (std::size_t i = 0; i < request.size() && !stop.stop_requested(); ++i) {
            connection.send(request.substr(i, 1));
            std::this_thread::sleep_for(20ms);
        }
    });

    const std::string answer = connection.readUntil("null}");

    QVERIFY2(answer.starts_with("HTTP/1.1 408 "), answer.c_str());
    QVERIFY(timer.elapsed() >= 250 && timer.elapsed() < 2000);
}

void ServerLimitsTest::endsABodyThatTrickles()
{
    RawConnection connection(m_server->port());
    connection.send("POST /a HTTP/1.1\r\n" + host() + "Content-Length: 900\r\n\r\n");
    QElapsedTimer timer;
    timer.start();
    std::jthread sender([&](const std::stop_token &stop) {
        for (int i = 0; i < 100 && !stop.stop_requested(); ++i) {
            connection.send("x");
            std::this_thread::sleep_for(20ms);
        }
    });

    const std::string answer = connection.readUntil("null}");

    QVERIFY2(answer.starts_with("HTTP/1.1 408 "), answer.c_str());
    QVERIFY(timer.elapsed() >= 350 && timer.elapsed() < 2000);
}

void ServerLimitsTest::endsAConnectionThatSaysNothing()
{
    RawConnection connection(m_server->port());

    QCOMPARE(connection.readToEnd(2s), std::string());
    QVERIFY(connection.closedByPeer());
}

void ServerLimitsTest::endsAnIdleConnection()
{
    RawConnection connection(m_server->port());
    connection.send("GET /a HTTP/1.1\r\n" + host() + "\r\n");
    QVERIFY(connection.readUntil("fine").ends_with("fine"));
    QElapsedTimer timer;
    timer.start();

    QCOMPARE(connection.readToEnd(3s), std::string());
    QVERIFY(connection.closedByPeer());
    QVERIFY(timer.elapsed() >= 400);
}

void ServerLimitsTest::tellsOneConnectionTooMany()
{
    std::vector<std::unique_ptr<RawConnection>> held;
    for (int i = 0; i < 4; ++i) {
        held.push_back(std::make_unique<RawConnection>(m_server->port()));
        held.back()->send("GET /a HTTP/1.1\r\n" + host() + "\r\n");
        QVERIFY(held.back()->readUntil("fine").ends_with("fine"));
    }

    RawConnection fifth(m_server->port());
    QVERIFY(fifth.readToEnd().starts_with("HTTP/1.1 503 "));

    held.clear();
    const auto isServed = [this] {
        RawConnection next(m_server->port());
        next.send("GET /a HTTP/1.1\r\n" + host() + "\r\n");
        return next.readUntil("fine").ends_with("fine");
    };
    QTRY_VERIFY(isServed());
}

void ServerLimitsTest::survivesAFloodOfConnections()
{
    {
        std::vector<std::unique_ptr<RawConnection>> flood;
        for (int i = 0; i < 300; ++i)
            flood.push_back(std::make_unique<RawConnection>(m_server->port()));
    }

    const auto isServed = [this] {
        RawConnection next(m_server->port());
        next.send("GET /a HTTP/1.1\r\n" + host() + "\r\n");
        return next.readUntil("fine").ends_with("fine");
    };
    QTRY_VERIFY(isServed());
}

void ServerLimitsTest::letsAClientReadTheRefusalWhileItStillSends()
{
    RawConnection connection(m_server->port());
    connection.send("POST /a HTTP/1.1\r\n" + host() + "Content-Length: 5000000\r\n\r\n");
    connection.send(std::string(5'000'000, 'x')); // Ends early without the answer being lost.

    QVERIFY(connection.readToEnd().starts_with("HTTP/1.1 413 "));
}

void ServerLimitsTest::endsAClientThatReadsNothing()
{
    RawConnection connection(m_server->port());
    connection.send("GET /large HTTP/1.1\r\n" + host() + "\r\n");

    std::this_thread::sleep_for(1s);

    QVERIFY(connection.readToEnd().size() < std::size_t(50 * 1024 * 1024));
    QVERIFY(connection.closedByPeer());
}

void ServerLimitsTest::waitsForAClientThatReadsSlowly()
{
    RawConnection connection(m_server->port());
    connection.send("GET /large HTTP/1.1\r\n" + host() + "\r\n");

    std::size_t bytes = 0;
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 1000) { // longer than the limit, but never still for so long
        bytes += connection.readUntil("", 5ms).size();
        std::this_thread::sleep_for(50ms);
    }
    bytes += connection.readUntil("", 1s).size();

    QVERIFY2(bytes > 50 * 1024 * 1024, std::to_string(bytes).c_str());
}

void ServerLimitsTest::stopsAtOnceWhileAClientReadsNothing()
{
    RawConnection connection(m_server->port());
    connection.send("GET /large HTTP/1.1\r\n" + host() + "\r\n");
    std::this_thread::sleep_for(100ms);
    QElapsedTimer timer;
    timer.start();

    m_server->stop();

    QVERIFY2(timer.elapsed() < 5000, std::to_string(timer.elapsed()).c_str());
}

QTEST_GUILESS_MAIN(ServerLimitsTest)
#include "server_limits_test.moc"

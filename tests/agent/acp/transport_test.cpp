#include "agent/acp/transport.h"

#include <QTest>

#include <array>
#include <atomic>
#include <future>
#include <csignal>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

/// A transport on descriptors, and the other ends in the hand of the test.
struct OnDescriptors {
    OnDescriptors()
    {
        if (::pipe(in) != 0 || ::pipe(out) != 0)
            qFatal("no pipe");
        transport = acp::makeStdio(in[0], out[1]);
    }
    ~OnDescriptors()
    {
        transport.reset();
        for (int *fd : {&in[0], &in[1], &out[0], &out[1]})
            end(*fd);
    }
    void write(const std::string &text) const
    {
        std::size_t written = 0;
        while (written < text.size()) {
            const auto count = ::write(in[1], text.data() + written, text.size() - written);
            if (count <= 0)
                break;
            written += std::size_t(count);
        }
    }
    static void end(int &fd)
    {
        if (fd >= 0)
            ::close(std::exchange(fd, -1));
    }

    int in[2];
    int out[2];
    std::unique_ptr<acp::Transport> transport;
};

} // namespace

class TransportTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { std::signal(SIGPIPE, SIG_IGN); } // Qt Test brings a handler of its own, which ends the program.

    void carriesLinesThroughAPipeInOrder()
    {
        auto [a, b] = acp::makePipe();
        std::thread sender([&a = a] {
            for (int i = 0; i < 1000; ++i)
                a->send(std::to_string(i));
            a->close();
        });
        for (int i = 0; i < 1000; ++i)
            QCOMPARE(b->receive().value_or("nothing"), std::to_string(i));
        QVERIFY(!b->receive());
        sender.join();
        b->send("to nobody");
    }

    void letsTheSenderWaitForAReceiverThatIsSlower()
    {
        auto [a, b] = acp::makePipe();
        const std::string line(1'000'000, 'x');
        std::atomic<int> sent = 0;
        std::thread sender([&, &a = a] {
            for (; sent < 50; ++sent)
                a->send(line + std::to_string(sent));
        });
        QTRY_VERIFY_WITH_TIMEOUT(sent >= 4, 5000);
        std::this_thread::sleep_for(50ms);
        QVERIFY(sent < 10);
        for (int i = 0; i < 50; ++i)
            QCOMPARE(b->receive().value_or("nothing"), line + std::to_string(i));
        sender.join();
    }

    void letsGoOfASenderThatWaitsWhenItCloses()
    {
        for (const bool bySender : {false, true}) {
            auto [a, b] = acp::makePipe();
            auto sending = std::async(std::launch::async, [&a = a] {
                for (int i = 0; i < 10; ++i)
                    a->send(std::string(1'000'000, 'x'));
            });
            QVERIFY(sending.wait_for(50ms) == std::future_status::timeout);
            (bySender ? a : b)->close();
            QVERIFY(sending.wait_for(5s) == std::future_status::ready);
        }
    }

    /// Two sides that answer each short line with a long one, as readers do: if they waited for room, it would be for each other.
    void neverLetsTheReceiverWait()
    {
        auto [a, b] = acp::makePipe();
        const std::string answer(10'000, 'y');
        const auto answerAll = [&](acp::Transport &end) {
            for (int i = 0; i < 1'000; ++i) {
                if (!end.receive())
                    return false;
                end.send(answer);
            }
            return true;
        };
        for (int i = 0; i < 1'000; ++i) {
            a->send("short");
            b->send("short");
        }
        auto one = std::async(std::launch::async, [&, &a = a] { return answerAll(*a); });
        auto other = std::async(std::launch::async, [&, &b = b] { return answerAll(*b); });
        for (auto *side : {&one, &other})
            QVERIFY(side->wait_for(10s) == std::future_status::ready && side->get());
    }

    void takesALineLongerThanWhatMayWait()
    {
        auto [a, b] = acp::makePipe();
        const std::string line(acp::maximumLine, 'x');
        a->send(line);
        QVERIFY(b->receive() == line);
    }

    void wakesWhoWaitsWhenItCloses()
    {
        for (const bool onDescriptors : {false, true}) {
            OnDescriptors stdio;
            auto [a, b] = acp::makePipe();
            acp::Transport &transport = onDescriptors ? *stdio.transport : *a;
            auto waiting = std::async(std::launch::async, [&] { return transport.receive(); });
            QVERIFY(waiting.wait_for(20ms) == std::future_status::timeout);
            transport.close();
            QVERIFY(waiting.wait_for(2s) == std::future_status::ready);
            QVERIFY(!waiting.get());
        }
    }

    void readsLinesHoweverTheyCome_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QStringList>("lines");
        QTest::newRow("one") << QByteArray("{\"a\":1}\n") << QStringList{"{\"a\":1}"};
        QTest::newRow("two at once") << QByteArray("a\nb\n") << QStringList{"a", "b"};
        QTest::newRow("CRLF") << QByteArray("a\r\nb\r\n") << QStringList{"a", "b"};
        QTest::newRow("blank lines") << QByteArray("\n\r\n   \n\t\na\n\n") << QStringList{"a"};
        QTest::newRow("only blank lines") << QByteArray("\n\n\n") << QStringList{};
        QTest::newRow("no newline at the end") << QByteArray("a\nb") << QStringList{"a", "b"};
        QTest::newRow("a carriage return at the end") << QByteArray("a\r") << QStringList{"a"};
        QTest::newRow("blanks at the end") << QByteArray("a\n  ") << QStringList{"a"};
        QTest::newRow("many bytes a character") << QByteArray("世界🎉\n") << QStringList{"世界🎉"};
        QTest::newRow("nothing") << QByteArray() << QStringList{};
        QTest::newRow("a hundred thousand blank lines") << QByteArray(100'000, '\n') + "a\n" << QStringList{"a"};
        QTest::newRow("a long line") << QByteArray(3'000'000, 'x') + "\ny\n" << QStringList{QString(3'000'000, 'x'), "y"};
    }
    void readsLinesHoweverTheyCome()
    {
        QFETCH(QByteArray, text);
        QFETCH(QStringList, lines);
        for (const bool byteByByte : {false, true}) {
            if (byteByByte && text.size() > 100)
                continue;
            OnDescriptors stdio;
            std::thread writer([&] {
                if (byteByByte) {
                    for (const char c : text)
                        stdio.write(std::string(1, c));
                } else {
                    stdio.write(text.toStdString());
                }
                OnDescriptors::end(stdio.in[1]);
            });
            QStringList got;
            while (const auto line = stdio.transport->receive())
                got << QString::fromStdString(*line);
            writer.join();
            QCOMPARE(got, lines);
        }
    }

    void handsOnNoMoreThanALineThatIsTooLong()
    {
        OnDescriptors stdio;
        std::thread writer([&] {
            stdio.write(std::string(acp::maximumLine + 200'000, 'x'));
            OnDescriptors::end(stdio.in[1]);
        });
        const auto line = stdio.transport->receive();
        QVERIFY(line && line->size() > acp::maximumLine);
        QVERIFY(line->size() < acp::maximumLine + 100'000);
        QVERIFY(!stdio.transport->receive());
        std::array<char, 65536> rest; // so that the writer comes to its end
        while (::read(stdio.in[0], rest.data(), rest.size()) > 0) { }
        writer.join();
    }

    void writesALinePerMessage()
    {
        OnDescriptors stdio;
        const std::string longLine(1'000'000, 'y');
        std::thread sender([&] {
            stdio.transport->send("{\"a\":1}");
            stdio.transport->send(longLine);
            OnDescriptors::end(stdio.out[1]);
        });
        std::string got;
        std::array<char, 65536> chunk;
        for (ssize_t count = 0; (count = ::read(stdio.out[0], chunk.data(), chunk.size())) > 0;)
            got.append(chunk.data(), std::size_t(count));
        sender.join();
        QVERIFY(got == "{\"a\":1}\n" + longLine + "\n");
    }

    void outlivesAClientThatHasGone()
    {
        OnDescriptors stdio;
        OnDescriptors::end(stdio.out[0]);
        auto waiting = std::async(std::launch::async, [&] { return stdio.transport->receive(); });
        stdio.transport->send("hello");
        QVERIFY(waiting.wait_for(2s) == std::future_status::ready);
        QVERIFY(!waiting.get());
        stdio.transport->send("again");
    }

    void letsGoOfAClientThatDoesNotRead()
    {
        OnDescriptors stdio;
        auto sending = std::async(std::launch::async, [&] { stdio.transport->send(std::string(4'000'000, 'z')); });
        QVERIFY(sending.wait_for(50ms) == std::future_status::timeout);
        stdio.transport->close();
        QVERIFY(sending.wait_for(2s) == std::future_status::ready);
    }

    void showsEachLineBeforeItGoesOn()
    {
        std::vector<std::string> shown;
        auto [a, b] = acp::makePipe();
        auto tap = acp::tapped(std::move(a), [&](acp::Direction direction, const std::string &line) {
            shown.push_back((direction == acp::Direction::Sent ? "> " : "< ") + line);
        });
        b->send("one");
        QCOMPARE(tap->receive().value(), std::string("one"));
        tap->send("two");
        QCOMPARE(b->receive().value(), std::string("two"));
        QCOMPARE(shown, (std::vector<std::string>{"< one", "> two"}));
    }

    void showsSentLinesInTheOrderInWhichTheyGoOut()
    {
        std::vector<std::string> shown;
        auto [a, b] = acp::makePipe();
        auto tap = acp::tapped(std::move(a), [&](acp::Direction, const std::string &line) { shown.push_back(line); });
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&tap, t] {
                for (int i = 0; i < 250; ++i)
                    tap->send(std::to_string(t * 1000 + i));
            });
        }
        for (auto &thread : threads)
            thread.join();
        std::vector<std::string> received;
        for (int i = 0; i < 1000; ++i)
            received.push_back(b->receive().value());
        QCOMPARE(shown, received);
    }
};

QTEST_APPLESS_MAIN(TransportTest)
#include "transport_test.moc"

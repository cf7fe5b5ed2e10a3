#include "ui/shell/wire_log.h"

#include "ui/inspector/protocol_schema.h"
#include "ui/inspector/stored_log.h"

#include <QSignalSpy>
#include <QtTest>

#include <thread>

using acp::Direction;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> textsOf(const ui::WireLog &log)
{
    std::vector<std::string> texts;
    for (const auto &line : log.since(0, 1'000'000).lines)
        texts.push_back(line->text);
    return texts;
}

/// "> " what was sent, "< " what was received.
QStringList directionsOf(const ui::WireLog &log)
{
    QStringList directions;
    for (const auto &line : log.since(0, 1'000'000).lines)
        directions << (line->direction == Direction::Sent ? ">" : "<");
    return directions;
}

} // namespace

class WireLogTest : public QObject
{
    Q_OBJECT

private slots:
    void keepsTheNewestLinesAndCountsTheOthers()
    {
        ui::WireLog log("1", "agent", {3, 1'000});
        for (const char *text : {"a", "b", "c", "d", "e"})
            log.add(Direction::Sent, text);

        QCOMPARE(textsOf(log), (std::vector<std::string>{"c", "d", "e"}));
        QCOMPARE(log.droppedCount(), std::uint64_t(2));
        QCOMPARE(log.since(0, 10).oldest, std::uint64_t(3));
    }

    void keepsNoMoreBytesThanItMayButAlwaysTheNewestLine()
    {
        ui::WireLog log("1", "agent", {100, 10});
        log.add(Direction::Sent, "12345");
        log.add(Direction::Sent, "67890");
        QCOMPARE(log.size(), std::size_t(2));

        log.add(Direction::Received, "x");
        QCOMPARE(textsOf(log), (std::vector<std::string>{"67890", "x"}));
        log.add(Direction::Received, std::string(50, 'y'));
        QCOMPARE(textsOf(log), std::vector<std::string>{std::string(50, 'y')});
        QCOMPARE(log.droppedCount(), std::uint64_t(3));
    }

    void givesWhatCameSinceALine()
    {
        ui::WireLog log("1", "agent");
        for (const char *text : {"a", "b", "c", "d"})
            log.add(Direction::Sent, text);

        const auto news = log.since(1, 2);
        QCOMPARE(news.lines.size(), std::size_t(2));
        QCOMPARE(news.lines[0]->text, std::string("b"));
        QCOMPARE(news.lines[1]->number, std::uint64_t(3));
        QVERIFY(log.since(4, 2).lines.empty());
        QVERIFY(log.since(400, 2).lines.empty());
        log.clear();
        QVERIFY(log.since(0, 2).lines.empty());
        QCOMPARE(log.since(0, 2).oldest, std::uint64_t(5));
        log.add(Direction::Sent, "e");
        QCOMPARE(log.since(4, 2).lines.at(0)->number, std::uint64_t(5));
    }

    void takesLinesFromSeveralThreadsAtOnce()
    {
        ui::WireLog log("1", "agent", {1'000, 1'000'000});
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&log] {
                for (int n = 0; n < 2'000; ++n)
                    log.add(Direction::Sent, "line");
            });
        std::uint64_t last = 0;
        while (last < 8'000) {
            for (const auto &line : log.since(last, 100).lines) {
                QVERIFY(line->number > last);
                last = line->number;
            }
        }
        for (auto &thread : threads)
            thread.join();

        QCOMPARE(log.size(), std::size_t(1'000));
        QCOMPARE(log.droppedCount(), std::uint64_t(7'000));
    }

    void seesEveryLineOfATransportAndItsEnd()
    {
        ui::WireLogs logs;
        QSignalSpy changed(&logs, &ui::WireLogs::changed);
        auto [agentEnd, windowEnd] = acp::makePipe();
        auto tapped = logs.tap("Claude", std::move(windowEnd));
        const auto log = logs.newest();
        QCOMPARE(changed.count(), 1);
        QCOMPARE(log->name(), QString("Claude"));

        tapped->send("to the agent");
        agentEnd->send("from the agent");
        QCOMPARE(tapped->receive(), std::optional<std::string>("from the agent"));

        QCOMPARE(textsOf(*log), (std::vector<std::string>{"to the agent", "from the agent"}));
        QCOMPARE(directionsOf(*log), (QStringList{">", "<"}));
        QVERIFY(log->since(0, 1).lines[0]->time);
        QVERIFY(!log->hasEnded());
        tapped.reset();
        QVERIFY(log->hasEnded());
    }

    void keepsAFewConnectionsThatHaveEnded()
    {
        ui::WireLogs logs;
        auto first = logs.tap("stays", acp::makePipe().first);
        const auto stays = logs.newest();
        for (int i = 0; i < 20; ++i)
            logs.tap("goes", acp::makePipe().first);

        QVERIFY(logs.all().size() <= 9);
        QCOMPARE(logs.find(stays->id()), stays);
        QCOMPARE(logs.newest(), stays); // the one that has not ended
        QVERIFY(!logs.find("nothing"));
    }

    void tellsTheWayOfStoredLines()
    {
        const auto log = ui::storedLog("run", {
            R"({"type":"notification","timestamp":"2026-01-31T12:00:00.123Z","notification":{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":1}}})",
            R"({"jsonrpc":"2.0","id":0,"result":{"protocolVersion":1}})",
            R"({"jsonrpc":"2.0","id":1,"method":"session/prompt","params":{"sessionId":"s","prompt":[]}})",
            R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"plan","entries":[]}}})",
            R"({"jsonrpc":"2.0","id":1,"method":"session/request_permission","params":{"sessionId":"s","toolCall":{"toolCallId":"t"},"options":[]}})",
            R"({"jsonrpc":"2.0","id":1,"result":{"outcome":{"outcome":"cancelled"}}})",
            R"({"jsonrpc":"2.0","id":1,"result":{"stopReason":"end_turn"}})",
            R"({"jsonrpc":"2.0","method":"_posthog/status","params":{}})",
        }, ui::protocolSchema());

        QCOMPARE(directionsOf(*log), (QStringList{">", "<", ">", "<", "<", ">", "<", "<"}));
        const auto lines = log->since(0, 100).lines;
        QCOMPARE(lines[0]->time, std::optional(std::chrono::system_clock::time_point(1769860800s + 123ms)));
        QCOMPARE(lines[0]->text, std::string(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":1}})"));
        QVERIFY(!lines[1]->time);
    }

    /// Both sides count their own ids: an answer is told by what it holds, whichever came first.
    void anAnswerWhoseIdWaitsOnBothSidesIsToldByWhatItHolds()
    {
        const auto log = ui::storedLog("run", {
            R"({"jsonrpc":"2.0","id":1,"method":"session/request_permission","params":{"sessionId":"s","toolCall":{"toolCallId":"t"},"options":[]}})",
            R"({"jsonrpc":"2.0","id":1,"method":"session/prompt","params":{"sessionId":"s","prompt":[]}})",
            R"({"jsonrpc":"2.0","id":1,"result":{"outcome":{"outcome":"cancelled"}}})",
            R"({"jsonrpc":"2.0","id":1,"result":{"stopReason":"end_turn"}})",
        }, ui::protocolSchema());

        QCOMPARE(directionsOf(*log), (QStringList{"<", ">", ">", "<"}));
    }

    void readsAnExportedFileBack()
    {
        const auto log = ui::storedLog("run", {
            R"({"type":"notification","timestamp":"2026-01-31T12:00:00.123456Z","direction":"sent","notification":{"jsonrpc":"2.0","method":"_x"}})",
            R"({"type":"text","direction":"received","text":"npm warn"})",
        }, ui::protocolSchema());

        QCOMPARE(directionsOf(*log), (QStringList{">", "<"}));
        QCOMPARE(textsOf(*log), (std::vector<std::string>{R"({"jsonrpc":"2.0","method":"_x"})", "npm warn"}));
    }
};

QTEST_GUILESS_MAIN(WireLogTest)
#include "wire_log_test.moc"

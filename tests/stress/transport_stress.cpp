// A pipe in the process that is full again and again: senders on both ends, receivers that answer, and closing at any moment. For
// ThreadSanitizer; it has no test framework in it. Exits 1 when a line is missing or out of its order, or an end waits for ever.
#include "agent/acp/transport.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int senderCount = 3;
constexpr int lineCount = 400;
const std::string padding(10'000, 'x'); // 12 MB a side: three times what may wait

/// Receives until all has come or the line ends, answers each line of a sender with one as long, and counts what is out of its order.
void listen(acp::Transport &end, std::atomic<int> &received, std::atomic<int> &wrong)
{
    std::array<int, senderCount> next{};
    for (int count = 0; count < 2 * senderCount * lineCount; ++count) {
        const auto line = end.receive();
        if (!line)
            return;
        ++received;
        if (line->front() == 'a')
            continue;
        const auto sender = std::size_t(line->front() - '0');
        wrong += std::stoi(line->substr(1)) != next[sender]++;
        end.send("a" + padding);
    }
}

} // namespace

int main()
{
    const int rounds = std::getenv("HOGLET_LONG") ? 100 : 8;
    std::atomic<int> received = 0;
    std::atomic<int> wrong = 0;
    int expected = 0;
    for (int round = 0; round < rounds; ++round) {
        auto [a, b] = acp::makePipe();
        const std::array<acp::Transport *, 2> ends{a.get(), b.get()};
        std::vector<std::thread> threads;
        for (auto *end : ends) {
            threads.emplace_back([end, &received, &wrong] { listen(*end, received, wrong); });
            for (int sender = 0; sender < senderCount; ++sender) {
                threads.emplace_back([end, sender] {
                    for (int i = 0; i < lineCount; ++i)
                        end->send(std::to_string(sender) + std::to_string(i) + " " + padding);
                });
            }
        }
        if (round % 2) {
            std::this_thread::sleep_for(std::chrono::milliseconds(round));
            ends[std::size_t(round / 2 % 2)]->close();
        } else {
            expected += 2 * 2 * senderCount * lineCount;
        }
        for (auto &thread : threads)
            thread.join();
    }
    std::printf("%d rounds: %d lines received, %d out of order\n", rounds, received.load(), wrong.load());
    return wrong == 0 && received >= expected ? 0 : 1;
}

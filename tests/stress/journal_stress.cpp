// A journal's writer under load from many threads, while its place comes and goes, and the recorder behind a tap. For ThreadSanitizer; it has no
// test framework in it. Exits 1 when a line is missing or out of its order.
#include "agent/journal/reader.h"
#include "agent/journal/recorder.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <unistd.h>

namespace {

std::string entry(int thread, int n)
{
    return R"({"type":"notification","timestamp":"t","notification":{"thread":)" + std::to_string(thread) + R"(,"n":)" + std::to_string(n) + "}}";
}

} // namespace

int main()
{
    const int rounds = std::getenv("HOGLET_LONG") ? 50 : 5;
    constexpr int threadCount = 4;
    constexpr int lineCount = 300;
    int missing = 0;
    std::atomic<int> problems = 0;
    for (int round = 0; round < rounds; ++round) {
        std::string folder = (std::filesystem::temp_directory_path() / "hoglet-journal-XXXXXX").string();
        if (!::mkdtemp(folder.data()))
            return 2;
        {
            journal::WriterOptions options;
            options.retryInterval = std::chrono::milliseconds(2);
            options.maximumOpen = 2;
            if (round % 2)
                std::ofstream(folder + "/sessions") << "in the way";
            journal::Writer writer(folder, [&](const std::optional<ph::Error> &) { ++problems; }, options);
            journal::Recorder recorder(writer);
            auto [a, b] = acp::makePipe();
            auto tap = acp::tapped(std::move(a), [&](acp::Direction direction, const std::string &line) { recorder.onLine(direction, line); });
            std::vector<std::thread> threads;
            for (int t = 0; t < threadCount; ++t) {
                threads.emplace_back([&, t] {
                    for (int i = 0; i < lineCount; ++i) {
                        writer.append(t % 2 ? "shared" : "run-" + std::to_string(t), entry(t, i));
                        tap->send(R"({"method":"session/update","params":{"sessionId":"tapped","n":)" + std::to_string(i) + "}}");
                        if (i % 50 == 0)
                            writer.close("shared");
                    }
                });
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            if (round % 2)
                std::filesystem::remove(folder + "/sessions");
            for (auto &thread : threads)
                thread.join();
        }
        for (int t = 0; t < threadCount; ++t) {
            int next = 0;
            for (const auto &item : journal::readRun(folder, t % 2 ? "shared" : "run-" + std::to_string(t)).value_or(std::vector<journal::Entry>())) {
                const auto json = ph::Json::parse(item.line);
                if (json["thread"] == t && json["n"] == next)
                    ++next;
            }
            missing += lineCount - next;
        }
        missing += threadCount * lineCount - int(journal::readRun(folder, "tapped").value_or(std::vector<journal::Entry>()).size());
        std::filesystem::remove_all(folder);
    }
    std::printf("%d rounds of %d lines: %d missing, %d problems told\n", rounds, 2 * threadCount * lineCount, missing, problems.load());
    return missing == 0 ? 0 : 1;
}

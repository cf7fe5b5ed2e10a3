#include "agent/acp/agent_side.h"
#include "agent/acp/client_side.h"
#include "agent/journal/recorder.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double residentMb()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:"))
            return std::stod(line.substr(6)) / 1024;
    }
    return 0;
}

/// Of all threads, in user and kernel.
double cpuSeconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval &time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Counts the updates that come.
class Counter final : public acp::ClientHandler
{
public:
    void sessionUpdate(const acp::SessionNotification &) override { ++count; }
    acp::Work<acp::RequestPermissionResponse> requestPermission(const acp::RequestPermissionRequest &, std::stop_token) override
    {
        return []() -> acp::Reply<acp::RequestPermissionResponse> { return acp::RequestPermissionResponse{}; };
    }
    void closed(const std::string &) override {}

    std::atomic<long> count = 0;
};

/// An agent that does nothing but answer.
class Silent final : public acp::Agent
{
public:
    acp::Reply<acp::InitializeResponse> initialize(const acp::InitializeRequest &) override { return acp::InitializeResponse{}; }
    acp::Reply<acp::Empty> authenticate(const acp::AuthenticateRequest &) override { return acp::Empty{}; }
    acp::Reply<acp::NewSessionResponse> newSession(const acp::NewSessionRequest &) override { return acp::NewSessionResponse{{"bench"}, {}, {}, {}}; }
    acp::Work<acp::LoadSessionResponse> loadSession(const acp::LoadSessionRequest &, std::stop_token) override { return {}; }
    acp::Reply<acp::ResumeSessionResponse> resumeSession(const acp::ResumeSessionRequest &) override { return acp::ResumeSessionResponse{}; }
    acp::Reply<acp::ListSessionsResponse> listSessions(const acp::ListSessionsRequest &) override { return acp::ListSessionsResponse{}; }
    acp::Reply<acp::Empty> closeSession(const acp::CloseSessionRequest &) override { return acp::Empty{}; }
    acp::Reply<acp::Empty> deleteSession(const acp::DeleteSessionRequest &) override { return acp::Empty{}; }
    acp::Work<acp::PromptResponse> prompt(const acp::PromptRequest &, std::stop_token) override { return {}; }
    void cancel(const acp::CancelNotification &) override {}
    acp::Reply<acp::Empty> setMode(const acp::SetModeRequest &) override { return acp::Empty{}; }
    acp::Reply<acp::SetConfigOptionResponse> setConfigOption(const acp::SetConfigOptionRequest &) override { return acp::SetConfigOptionResponse{}; }
    void announce(const acp::SessionId &) override {}
};

/// Sends `count` updates of about 300 bytes from the agent's end to the client's, and prints messages a second and what each costs.
void updatesOver(const char *name, std::unique_ptr<acp::Transport> agentEnd, std::unique_ptr<acp::Transport> clientEnd, long count)
{
    Silent agent;
    Counter counter;
    acp::AgentSide agentSide(std::move(agentEnd));
    acp::ClientSide clientSide(std::move(clientEnd), counter);
    agentSide.start(agent);
    clientSide.start();
    (void)clientSide.initialize({});
    (void)clientSide.newSession({"/", ph::Json::array(), {}, {}});

    acp::AgentMessageChunk chunk;
    chunk.messageId = "6f2d3c1e-0d7b-4c52-9c69-2f0f1d1f2a10";
    chunk.content = acp::ContentBlock::ofText("A token of an answer that an agent streams, with what surrounds it about three hundred bytes long on the wire.");
    const auto cpuBefore = cpuSeconds();
    const auto start = Clock::now();
    for (long i = 0; i < count; ++i)
        agentSide.client().update({"bench"}, {chunk});
    while (counter.count < count)
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    const double seconds = secondsSince(start);
    std::printf("  %-32s %9.0f messages/s, %5.2f µs of both processors a message\n", name, double(count) / seconds,
                (cpuSeconds() - cpuBefore) / double(count) * 1e6);
}

/// What the system alone takes to append a line of a journal, in microseconds.
double appending(const std::filesystem::path &file, int count)
{
    const int fd = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    const std::string line(400, 'x');
    const auto start = Clock::now();
    for (int i = 0; i < count; ++i)
        (void)!::write(fd, line.data(), line.size());
    const double seconds = secondsSince(start);
    ::close(fd);
    return seconds / count * 1e6;
}

/// A request there and back, in microseconds.
double roundTrip(int count)
{
    Silent agent;
    Counter counter;
    auto [agentEnd, clientEnd] = acp::makePipe();
    acp::AgentSide agentSide(std::move(agentEnd));
    acp::ClientSide clientSide(std::move(clientEnd), counter);
    agentSide.start(agent);
    clientSide.start();
    (void)clientSide.initialize({});
    const auto start = Clock::now();
    for (int i = 0; i < count; ++i)
        (void)clientSide.newSession({"/", ph::Json::array(), {}, {}});
    return secondsSince(start) / count * 1e6;
}

/// Two bare hand-overs between threads: what any request there and back costs at least. Microseconds.
double handOvers(int count)
{
    std::mutex mutex;
    std::condition_variable changed;
    int turn = 0;
    std::jthread other([&] {
        for (int i = 0; i < count; ++i) {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return turn == 1; });
            turn = 0;
            changed.notify_one();
        }
    });
    const auto start = Clock::now();
    for (int i = 0; i < count; ++i) {
        std::unique_lock lock(mutex);
        turn = 1;
        changed.notify_one();
        changed.wait(lock, [&] { return turn == 0; });
    }
    return secondsSince(start) / count * 1e6;
}

} // namespace

/// acp_bench [MESSAGES]: how many messages an ACP line carries, in this process (tapped and journaled) and over pipes, and what a request
/// there and back costs beside two bare hand-overs between threads.
int main(int argc, char **argv)
{
    const long count = argc > 1 ? std::atol(argv[1]) : 1'000'000;
    const auto folder = std::filesystem::temp_directory_path() / ("hoglet-acp-bench-" + std::to_string(::getpid()));
    std::printf("%ld session/update messages of about 300 bytes, three runs\n", count);
    for (int run = 0; run < 3; ++run) {
        auto [bareAgent, bareClient] = acp::makePipe();
        updatesOver("in process, bare", std::move(bareAgent), std::move(bareClient), count);
        {
            journal::Writer writer(folder);
            journal::Recorder recorder(writer);
            auto [agentEnd, clientEnd] = acp::makePipe();
            auto tapped = acp::tapped(std::move(agentEnd), [&](acp::Direction direction, const std::string &line) { recorder.onLine(direction, line); });
            updatesOver("in process, tapped and journaled", std::move(tapped), std::move(clientEnd), count);
        }
        std::printf("  one write(2) of 400 bytes beside the journal %.2f µs\n", appending(folder / "appended", 200'000));
        std::filesystem::remove_all(folder);
        std::array<int, 2> there{};
        std::array<int, 2> back{};
        if (::pipe(there.data()) != 0 || ::pipe(back.data()) != 0)
            return 1;
        updatesOver("over two pipes (stdio)", acp::makeStdio(there[0], back[1]), acp::makeStdio(back[0], there[1]), count);
        for (const int fd : {there[0], there[1], back[0], back[1]})
            ::close(fd);
    }
    std::printf("a request there and back, 20,000 times, three runs\n");
    for (int run = 0; run < 3; ++run) {
        const double bare = handOvers(20'000);
        const double request = roundTrip(20'000);
        std::printf("  %6.1f µs; two bare hand-overs %6.1f µs; ratio %.2f\n", request, bare, request / bare);
    }
    std::printf("peak memory %.0f MB\n", residentMb());
    return 0;
}

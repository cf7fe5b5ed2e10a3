// A connection under load from many threads: calls both ways, notifications, cancels, and closing at any moment. For ThreadSanitizer; it has no
// test framework in it. Prints what it did; exits 1 when a call got no answer or a wrong one.
#include "agent/acp/agent_side.h"
#include "agent/acp/client_side.h"
#include "agent/acp/connection.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace {

struct Peer {
    acp::Reply<acp::PromptResponse> quick(const acp::PromptRequest &request) { return acp::PromptResponse{request.sessionId.value, {}}; }
    acp::Work<acp::PromptResponse> slow(const acp::PromptRequest &request, std::stop_token stop)
    {
        return [this, request, stop]() -> acp::Reply<acp::PromptResponse> {
            if (back) {
                connection->notify("tell", acp::CancelNotification{request.sessionId});
                const auto answer = connection->call<acp::PromptResponse>("quick", request, stop);
                if (!answer)
                    return acp::PromptResponse{"cancelled", {}};
            }
            return acp::PromptResponse{stop.stop_requested() ? "cancelled" : request.sessionId.value, {}};
        };
    }
    void tell(const acp::CancelNotification &) { ++told; }

    void bind(acp::Connection &to)
    {
        connection = &to;
        to.onRequest("quick", this, &Peer::quick);
        to.onRequest("slow", this, &Peer::slow);
        to.onNotification("tell", this, &Peer::tell);
    }

    acp::Connection *connection = nullptr;
    bool back = true; // calls the other side while it serves
    std::atomic<int> told = 0;
};

} // namespace

int main()
{
    const int rounds = std::getenv("HOGLET_LONG") ? 400 : 40;
    std::atomic<int> answered = 0;
    std::atomic<int> cancelled = 0;
    std::atomic<int> ended = 0;
    std::atomic<int> wrong = 0;
    std::atomic<int> lines = 0;
    for (int round = 0; round < rounds; ++round) {
        Peer agentPeer;
        Peer clientPeer;
        auto [a, b] = acp::makePipe();
        auto agent = std::make_unique<acp::Connection>(acp::tapped(std::move(a), [&](acp::Direction, const std::string &) { ++lines; }), acp::Side::Agent);
        auto client = std::make_unique<acp::Connection>(std::move(b), acp::Side::Client);
        agentPeer.bind(*agent);
        clientPeer.bind(*client);
        agent->start();
        client->start();

        std::vector<std::thread> threads;
        for (int t = 0; t < 6; ++t) {
            threads.emplace_back([&, t] {
                std::mt19937 random(static_cast<unsigned>(round * 10 + t)); // NOLINT(cert-msc51-cpp)
                auto &connection = t % 3 ? *client : *agent;
                for (int k = 0; k < 40; ++k) {
                    const auto name = std::to_string(t * 1000 + k);
                    const acp::PromptRequest request{{name}, {}, {}};
                    std::stop_source stop;
                    std::optional<std::thread> canceller;
                    if (k % 5 == 0)
                        canceller.emplace([&stop, wait = random() % 200] {
                            std::this_thread::sleep_for(std::chrono::microseconds(wait));
                            stop.request_stop();
                        });
                    const auto reply = connection.call<acp::PromptResponse>(k % 2 ? "slow" : "quick", request, stop.get_token());
                    if (canceller)
                        canceller->join();
                    if (reply && reply->stopReason == name)
                        ++answered;
                    else if (reply && reply->stopReason == "cancelled")
                        ++cancelled;
                    else if (!reply && reply.error().code == ph::ErrorCode::Cancelled)
                        ++(stop.stop_requested() ? cancelled : ended);
                    else
                        ++wrong;
                }
            });
        }
        if (round % 2) { // close in the middle
            std::this_thread::sleep_for(std::chrono::microseconds(500 * (round % 17)));
            (round % 4 == 1 ? client : agent)->close();
        }
        for (auto &thread : threads)
            thread.join();
        if (round % 3)
            agent.reset();
        client.reset();
        agent.reset();
    }
    std::printf("%d rounds: %d answered, %d cancelled, %d ended with the line, %d wrong; %d lines\n", rounds, answered.load(), cancelled.load(), ended.load(),
                wrong.load(), lines.load());
    return wrong == 0 && answered + cancelled + ended == rounds * 240 && answered > 0 ? 0 : 1;
}

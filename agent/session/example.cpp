#include "agent/acp/client_side.h"
#include "agent/session/agent.h"
#include "driver/posthog/environment.h"

#include <iostream>

namespace {

/// Prints what the agent says and allows nothing.
class Terminal final : public acp::ClientHandler
{
    void sessionUpdate(const acp::SessionNotification &notification) override
    {
        if (const auto *chunk = std::get_if<acp::AgentMessageChunk>(&notification.update.value))
            std::cout << chunk->content.text.value_or("") << std::flush;
    }
    acp::Work<acp::RequestPermissionResponse> requestPermission(const acp::RequestPermissionRequest &, std::stop_token) override
    {
        return [] { return acp::RequestPermissionResponse{}; }; // "cancelled"
    }
    void closed(const std::string &reason) override { std::cout << reason << std::endl; }
};

ph::Result<> work(const posthog::TaskId &task, const posthog::TaskRunId &run, const agent::RunOptions &options, const std::string &prompt)
{
    const posthog::Environment environment;
    agent::Agent agent({environment.value("POSTHOG_API_URL"), [&] { return environment.value("POSTHOG_PERSONAL_API_KEY"); },
                        environment.value("POSTHOG_PROJECT_ID"), environment.value("LLM_GATEWAY_URL")});
    auto transport = agent.run(task, run, options);
    if (!transport)
        return ph::fail(transport.error());

    Terminal terminal;
    acp::ClientSide client(*std::move(transport), terminal);
    client.start();
    if (const auto hello = client.initialize({}); !hello)
        return ph::fail(hello.error());
    const auto session = client.newSession({options.repositoryPath, ph::Json::array(), {}, {}});
    if (!session)
        return ph::fail(session.error());
    if (const auto answer = client.prompt({session->sessionId, {acp::ContentBlock::ofText(prompt)}, {}}); !answer)
        return ph::fail(answer.error());
    return agent.cleanup();
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 6) {
        std::cerr << "usage: agent_example TASK RUN FOLDER ADAPTER PROMPT" << std::endl;
        return 2;
    }
    const auto done = work({argv[1]}, {argv[2]}, {.repositoryPath = argv[3], .adapter = argv[4]}, argv[5]);
    if (!done)
        std::cerr << done.error().message << std::endl;
    return done ? 0 : 1;
}

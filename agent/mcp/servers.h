#pragma once

#include "agent/mcp/client.h"

namespace mcp {

/// The servers of one session. They are started beside each other, in the background, and started again when one has died. Any thread.
class Servers
{
public:
    Servers(std::vector<ServerConfig> configs, ClientSetting setting);
    ~Servers(); // ends them

    struct State {
        std::string name;
        enum class Phase { Starting, Ready, Failed } phase = Phase::Starting;
        std::string problem;              // Failed: one sentence
        std::vector<ToolInfo> tools;      // Ready
        std::vector<PromptInfo> prompts;
    };
    /// As they are; waits up to `patience` for those that are starting. A server whose tools have changed is asked again; one that has died is
    /// started again, at most once in ten seconds and five times in a row.
    std::vector<State> states(std::chrono::milliseconds patience, std::stop_token stop);

    /// Error: NotFound (no such server); as Client::callTool(). A server that has died since is started again first.
    ph::Result<CallResult> callTool(const std::string &server, const std::string &tool, const ph::Json &arguments,
                                    const std::function<void(const std::string &)> &onProgress, std::stop_token stop);
    ph::Result<std::string> getPrompt(const std::string &server, const std::string &prompt, const std::map<std::string, std::string> &arguments,
                                      std::stop_token stop);

private:
    class Server;
    Server *find(const std::string &name) const;

    std::vector<std::unique_ptr<Server>> m_servers;
};

} // namespace mcp

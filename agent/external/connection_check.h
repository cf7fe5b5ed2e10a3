#pragma once

#include "agent/acp/types.h"
#include "agent/external/presets.h"

#include <chrono>
#include <stop_token>

namespace external {

/// What an agent tells of itself.
struct AgentReport {
    std::string name;              // "Codex", as the agent gives it
    std::string version;
    int protocolVersion = 0;
    ph::Json capabilities = ph::Json::object();
    ph::Json authMethods = ph::Json::array();

    enum class Auth { LoggedIn, LoggedOut, Unknown } auth = Auth::Unknown;
    std::string authDetail;        // the agent's own words when it is logged out, or why it is not known
    std::vector<acp::ConfigOption> configOptions; // of the session that was opened to see
};

/// "Test connection": starts the agent in an empty folder of its own, says hello as `client`, opens a session and ends it. Each of the
/// two may take up to `timeout`, since npx may have to fetch the agent first. Error: NotFound (no such program), Network (it ended, or does not answer; with its last
/// words), InvalidInput (it speaks another version of ACP), Cancelled.
ph::Result<AgentReport> checkConnection(const AgentCommand &command, const acp::Implementation &client, std::stop_token stop,
                                        std::chrono::milliseconds timeout = std::chrono::minutes(2));

} // namespace external

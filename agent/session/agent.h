#pragma once

#include "agent/model/catalog.h"
#include "agent/session/acp_connection.h"
#include "driver/http/client.h"
#include "driver/posthog/tasks_api.h"

namespace agent {

/// The project whose tasks are worked on.
struct PostHogConfig {
    std::string apiUrl;          // "https://us.posthog.com"
    model::GetKey getApiKey;     // a personal API key
    std::string projectId;
    std::string gatewayUrl = {}; // of the LLM gateway, before "/v1"; empty: PostHog's own, which is known of us, eu and this machine
};

/// How a run is worked on.
struct RunOptions {
    std::string repositoryPath;                           // the folder, absolute; session/new names it again
    std::string adapter = "hoglet";                       // the embedded agent, or one of external::presets(): "claude", "codex", …
    std::optional<external::AgentCommand> command = {};   // how the program is started, where it is not the preset's way
};

/// Agents for PostHog's tasks, for programs that speak ACP themselves (acp::ClientSide). README.md shows it in use.
///
///     agent::Agent agent({"https://us.posthog.com", getKey, "12345"});
///     auto transport = agent.run({taskId}, {runId}, {.repositoryPath = "/home/ana/shop", .adapter = "codex"});
///
/// Models come from PostHog's LLM gateway, paid by the project. Blocks where it says so; any thread.
class Agent
{
public:
    /// `embedded` is what "hoglet" is made of. Left out: models are those of the gateway; tools all of agent/tools, on the project;
    /// dataDirectory ph::dataDir(), which has the journal of the other agents, too.
    explicit Agent(PostHogConfig posthog, Options embedded = {});
    ~Agent(); // as cleanup()

    Agent(const Agent &) = delete;
    Agent &operator=(const Agent &) = delete;

    /// Starts an agent for a run and returns the client's end of its line, on which nothing has been said: initialize, session/new and
    /// prompts are the caller's. All that passes goes to the log `sessions/<run>/logs.ndjson`. An agent that had the run before ends first.
    /// The transport may outlive this object. Blocks while PostHog and the gateway are asked. Errors: InvalidInput (no such folder or
    /// adapter; a host whose gateway is not known), NotFound (no such task or run; the program is not installed; no model), Unauthorized,
    /// RateLimited, Network, Cancelled, Internal.
    ph::Result<std::unique_ptr<acp::Transport>> run(const posthog::TaskId &task, const posthog::TaskRunId &run, const RunOptions &options,
                                                    std::stop_token stop = {});

    /// Why the program of a run ended, in one sentence with its last words; empty while it runs, and after cleanup().
    std::string ending(const posthog::TaskRunId &run) const;

    /// Notes a pull request ("https://github.com/OWNER/REPOSITORY/pull/NUMBER"), and its branch unless that is empty, in the output of the
    /// run that this object last worked on, else of the task's latest. Errors: InvalidInput, that is no pull request; NotFound, no such
    /// task, or it was never run; else as run().
    ph::Result<> attachPullRequestToTask(const posthog::TaskId &task, const std::string &prUrl, const std::string &branch = {}, std::stop_token stop = {});

    /// Ends all agents, a turn in the middle too, within some seconds, and has the journal written. May be called again; run() may, too.
    /// Error Internal: the journal cannot be written; it is tried once more when this object ends.
    ph::Result<> cleanup();

private:
    struct Gateway {
        std::string url;
        std::string key;
    };

    ph::Result<std::string> key() const;
    ph::Result<posthog::Credentials> credentials() const;
    ph::Result<Gateway> gatewayOf(const posthog::Credentials &project) const;
    model::Catalog::Options modelsOf(const Gateway &gateway) const;
    ph::Result<Models> embeddedModels(const Gateway &gateway, std::stop_token stop);
    ph::Result<std::vector<std::string>> codexModels(const Gateway &gateway, std::stop_token stop);
    /// `gateway` is there where it is used.
    ph::Result<AcpConnection> connectEmbedded(const posthog::TaskRunId &run, const std::optional<Gateway> &gateway, std::stop_token stop);
    ph::Result<AcpConnection> connectExternal(const posthog::TaskRunId &run, const external::Preset &preset, const RunOptions &options,
                                              const std::optional<Gateway> &gateway, std::stop_token stop);
    void end(const posthog::TaskRunId &run);

    const PostHogConfig m_posthog;
    const Options m_embedded;
    http::Client m_client;
    journal::Writer m_writer;
    mutable std::mutex m_mutex; // Guards what follows.
    std::map<posthog::TaskId, posthog::TaskRunId> m_lastRuns;
    std::map<posthog::TaskRunId, AcpConnection> m_connections; // last: agents use the members above
};

} // namespace agent

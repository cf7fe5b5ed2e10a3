#pragma once

#include "agent/mcp/servers.h"
#include "agent/session/compaction.h"
#include "agent/session/meter.h"
#include "agent/session/permission_gate.h"
#include "agent/session/session_modes.h"
#include "agent/session/system_prompt.h"
#include "agent/session/trusted_folders.h"
#include "agent/tools/workspace.h"

#include <functional>
#include <memory>
#include <mutex>

namespace agent {

using Models = std::vector<std::shared_ptr<model::Model>>; // at least one; the first is the default
using Tools = std::vector<std::shared_ptr<tools::Tool>>;

/// What all sessions of an agent share. Outlives them.
struct SessionParts {
    std::function<Models()> models;                 // asked at each look, since the list may grow; any thread, answers at once
    Tools tools;
    Tools guidedTools = {};                         // of models that take no instructions, instead of `tools`; empty: `tools`
    std::string version = {};                       // of the program, for servers
    Prompts prompts = {};
    GateSetting gate = {};
    std::shared_ptr<TrustedFolders> trusted = {};   // null: no folder's configuration is read
};

/// How a session is opened.
struct SessionStart {
    acp::SessionId id;
    std::string cwd; // absolute
    std::vector<std::string> additionalDirectories = {};
    acp::ClientCapabilities offers = {};
    bool hasForms = false; // the client offers elicitation.form
    bool hasCompaction = false; // and session.compaction
    std::string appendedPrompt = {}; // to what the model is told
    std::string mode = {};           // its id; empty, or one that is not to be had: default
    std::string model = {};          // its id; empty, or unknown: the first
    std::vector<mcp::ServerConfig> servers = {};
};

/// One conversation: its history, what it is set to, and the turn that runs. Any thread.
class Session : public std::enable_shared_from_this<Session>
{
public:
    /// `client` and `parts` outlive the session.
    Session(SessionStart start, acp::Client &client, const SessionParts &parts);

    const acp::SessionId &id() const { return m_start.id; }
    const std::string &cwd() const { return m_start.cwd; }

    /// Takes over a conversation that was stored. Before the first prompt.
    void restore(const std::vector<std::string> &lines);

    acp::Modes modes() const;
    std::vector<acp::ConfigOption> configOptions() const;

    /// `configId`: mode, model or effort. Error: InvalidInput, no such option or value. What has changed goes to the client as an update.
    ph::Result<> set(const std::string &configId, const std::string &value);

    bool isRunning() const;

    /// Begins a turn: from here on cancel() reaches it. Calling the Work runs it. While one runs: -32600.
    acp::Reply<acp::Work<acp::PromptResponse>> begin(const acp::PromptRequest &request, std::stop_token stop);

    /// Ends the running turn, if there is one; its prompt answers "cancelled".
    void cancel();

private:
    class Running;

    acp::Reply<acp::PromptResponse> run(const acp::PromptRequest &request, std::stop_token stop);
    ph::Result<std::string> answer(model::Model &model, const std::string &effort, std::stop_token stop);
    ph::Result<> askForTrust(std::stop_token stop);
    Tools toolsFor(const model::Model &model, std::stop_token stop) const;
    Surroundings surroundings() const;
    std::string lastSaid() const;
    std::pair<std::shared_ptr<model::Model>, std::string> chosen() const;
    ph::Result<> setModel(const std::string &id);
    ph::Result<> setEffort(const std::string &effort);
    void tellOptions();

    const SessionStart m_start;
    const SessionParts &m_parts;
    const Wire m_wire;
    tools::Workspace m_workspace;
    SessionModes m_modes;
    PermissionGate m_gate;
    Meter m_meter;
    const Compaction m_compaction;
    const std::shared_ptr<mcp::Servers> m_servers; // null: none

    std::vector<model::Message> m_history; // of the running turn's thread
    bool m_isTrustAsked = false;           // of the running turn's thread

    mutable std::mutex m_mutex; // Guards what follows.
    std::shared_ptr<model::Model> m_model;
    std::string m_effort;
    std::shared_ptr<std::stop_source> m_running; // of the turn that runs
};

} // namespace agent

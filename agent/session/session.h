#pragma once

#include "agent/acp/agent_side.h"
#include "agent/model/model.h"
#include "agent/permissions/policy.h"
#include "agent/tools/tool.h"

#include <memory>
#include <mutex>
#include <set>

namespace agent {

using Models = std::vector<std::shared_ptr<model::Model>>;   // at least one; the first is the default
using Tools = std::vector<std::shared_ptr<tools::Tool>>;

/// One conversation: its history, what it is set to, and the turn that runs. Any thread.
class Session : public std::enable_shared_from_this<Session>
{
public:
    /// `models` and `tools` outlive the session, as does `client`.
    Session(acp::SessionId id, std::string cwd, acp::Client &client, const Models &models, const Tools &tools);

    const acp::SessionId &id() const { return m_id; }
    const std::string &cwd() const { return m_cwd; }

    /// Takes over a conversation that was stored. Before the first prompt.
    void restore(const std::vector<std::string> &lines);

    acp::Modes modes() const;
    std::vector<acp::ConfigOption> configOptions() const;

    /// Error: InvalidInput, no such mode or value. What has changed goes to the client as an update.
    ph::Result<> setMode(const std::string &modeId);
    ph::Result<> setModel(const std::string &modelId);

    bool isRunning() const;

    /// Begins a turn: from here on cancel() reaches it. Calling the Work runs it. While one runs: -32600.
    acp::Reply<acp::Work<acp::PromptResponse>> begin(const acp::PromptRequest &request, bool canElicit, std::stop_token stop);

    /// Ends the running turn, if there is one; its prompt answers "cancelled".
    void cancel();

private:
    class Running;

    acp::Reply<acp::PromptResponse> run(const acp::PromptRequest &request, bool canElicit, std::stop_token stop);
    void tellChange(bool modeChanged);

    const acp::SessionId m_id;
    const std::string m_cwd;
    acp::Client &m_client;
    const Models &m_models;
    const Tools &m_tools;

    std::vector<model::Message> m_history; // of the running turn's thread
    std::set<std::string> m_alwaysAllowed; // of the running turn's thread

    mutable std::mutex m_mutex; // Guards what follows.
    permissions::Mode m_mode = permissions::Mode::Default;
    std::shared_ptr<model::Model> m_model;
    std::shared_ptr<std::stop_source> m_running; // of the turn that runs
};

} // namespace agent

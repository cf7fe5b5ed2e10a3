#pragma once

#include "agent/journal/recorder.h"
#include "agent/session/acp_agent.h"
#include "agent/tools/posthog_tools.h"
#include "app/agent_models.h"

namespace app {

/// The embedded agent: on its own threads behind a pipe, with every line of it in the journal.
class DesktopAgent
{
public:
    /// `project` is what its tools work on. `onProblem`: the journal cannot be written (any thread).
    DesktopAgent(tools::Project project, std::shared_ptr<AgentModels> models, journal::Writer::OnProblem onProblem);

    /// A fresh agent; returns the window's end of the pipe. One that ran before ends first.
    ph::Result<std::unique_ptr<acp::Transport>> start();
    void stop() { m_service.reset(); }

    /// For what other agents say, too.
    journal::Writer &writer() { return m_writer; }

private:
    tools::Project m_project;
    std::shared_ptr<AgentModels> m_models;
    journal::Writer m_writer;
    std::unique_ptr<journal::Recorder> m_recorder;
    std::unique_ptr<agent::Service> m_service;
};

} // namespace app

#include "app/desktop_agent.h"

#include "app/agent_options.h"
#include "driver/base/paths.h"

namespace app {

DesktopAgent::DesktopAgent(tools::Project project, std::shared_ptr<AgentModels> models, journal::Writer::OnProblem onProblem)
    : m_project(std::move(project))
    , m_models(std::move(models))
    , m_writer(ph::dataDir(), std::move(onProblem))
{
}

ph::Result<std::unique_ptr<acp::Transport>> DesktopAgent::start()
{
    m_service.reset();
    m_recorder = std::make_unique<journal::Recorder>(m_writer);
    auto [agentEnd, windowEnd] = acp::makePipe();
    auto tapped = acp::tapped(std::move(agentEnd), [recorder = m_recorder.get()](acp::Direction direction, const std::string &line) {
        recorder->onLine(direction, line);
    });
    m_service = std::make_unique<agent::Service>(std::move(tapped), agentOptions(m_project, m_models));
    return std::move(windowEnd);
}

} // namespace app

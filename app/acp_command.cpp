#include "app/acp_command.h"

#include "agent/journal/recorder.h"
#include "agent/session/acp_agent.h"
#include "app/agent_options.h"
#include "app/data_commands.h"
#include "driver/base/paths.h"

#include <unistd.h>

namespace app {

int runAcp(Arguments &arguments, ProjectConnection &project)
{
    if (const auto done = arguments.done(); !done)
        return usageError(done.error().message);

    journal::Writer writer(ph::dataDir(), journal::logProblem);
    journal::Recorder recorder(writer);
    auto transport = acp::tapped(acp::makeStdio(STDIN_FILENO, STDOUT_FILENO),
                                 [&recorder](acp::Direction direction, const std::string &line) { recorder.onLine(direction, line); });
    agent::Service service(std::move(transport), agentOptions([&project](std::stop_token stop) { return project.driver(std::move(stop)); }, agentModels(project.environment())));
    service.waitUntilClosed();
    return 0;
}

} // namespace app

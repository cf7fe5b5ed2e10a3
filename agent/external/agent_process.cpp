#include "agent/external/agent_process.h"

namespace external {

using namespace std::chrono_literals;

ph::Result<std::unique_ptr<AgentProcess>> AgentProcess::start(const AgentCommand &command, const std::string &directory)
{
    ph::ChildOptions options;
    options.argv.push_back(command.program);
    options.argv.insert(options.argv.end(), command.arguments.begin(), command.arguments.end());
    options.environment = ph::childEnvironment(command.environment);
    options.directory = directory;
    auto child = ph::ChildProcess::start(options);
    if (!child)
        return ph::fail(child.error());
    const auto slash = command.program.rfind('/');
    return std::unique_ptr<AgentProcess>(
        new AgentProcess(slash == std::string::npos ? command.program : command.program.substr(slash + 1), *std::move(child)));
}

AgentProcess::AgentProcess(std::string name, std::unique_ptr<ph::ChildProcess> child)
    : m_name(std::move(name))
    , m_child(std::move(child))
    , m_lines(acp::makeStdio(m_child->output(), m_child->input()))
    , m_errors(m_child->errors(), 64 * 1024)
{
}

AgentProcess::~AgentProcess()
{
    m_lines.reset();
    m_child->closeInput();
    // An agent leaves when its input ends; what it still says meanwhile goes nowhere.
    if (!m_child->wait({}, 3s))
        m_child->terminate();
}

std::string AgentProcess::ending()
{
    const auto exit = m_child->wait({}, 1s);
    if (!exit)
        return {};
    m_errors.waitForEnd(200ms); // Its last words may still be on their way.
    return ph::endingOf(m_name, *exit, m_errors.lastLine());
}

} // namespace external

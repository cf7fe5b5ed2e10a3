#include "agent/external/agent_process.h"

namespace external {

using namespace std::chrono_literals;
namespace {

constexpr std::size_t shownErrors = 4 * 1024;

/// The last whole lines of `text`, without empty ones around them.
std::string lastPart(std::string text)
{
    if (text.size() > shownErrors) {
        text.erase(0, text.size() - shownErrors);
        text.erase(0, text.find('\n') + 1);
    }
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text.substr(std::min(text.find_first_not_of('\n'), text.size()));
}

} // namespace

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

AgentProcess::~AgentProcess() { end(); }

void AgentProcess::send(const std::string &line)
{
    const std::lock_guard lock(m_sending);
    if (m_hasInput)
        m_lines->send(line);
}

void AgentProcess::end()
{
    m_lines->close();
    {
        const std::lock_guard lock(m_sending); // No line is half-way into what is closed here.
        m_hasInput = false;
        m_child->closeInput();
    }
    // An agent leaves when its input ends; what it still says meanwhile goes nowhere.
    m_child->wait({}, 3s);
    m_child->terminate(); // What it has started, too.
}

void AgentProcess::close()
{
    m_closed = true;
    m_lines->close();
}

std::string AgentProcess::ending()
{
    const std::lock_guard lock(m_mutex);
    if (!m_ending.empty() || m_closed)
        return m_ending;
    const auto exit = m_child->wait({}, 1s);
    if (!exit)
        return {};
    m_errors.waitForEnd(200ms); // Its last words may still be on their way.
    const auto last = m_errors.lastLine();
    const auto sentence = ph::endingOf(m_name, *exit, last);
    const auto written = lastPart(m_errors.text());
    m_ending = written.empty() || written == last ? sentence : sentence + "\n\n" + written;
    return m_ending;
}

} // namespace external

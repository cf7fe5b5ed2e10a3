#include "agent/external/agent_process.h"

#include "driver/base/redact.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <poll.h>
#include <unistd.h>

namespace external {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t keptErrors = 64 * 1024;

/// Without terminal sequences and other control characters but line ends and tabs.
std::string plain(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == 0x1b && i + 1 < text.size() && text[i + 1] == '[') {
            for (i += 2; i < text.size() && (text[i] < '@' || text[i] > '~'); ++i) { }
        } else if (c >= 0x20 || c == '\n' || c == '\t') {
            out += text[i];
        }
    }
    return out;
}

std::string lastLine(const std::string &text)
{
    const auto end = text.find_last_not_of(" \t\r\n");
    if (end == std::string::npos)
        return {};
    const auto start = text.rfind('\n', end);
    return text.substr(start == std::string::npos ? 0 : start + 1, end - (start == std::string::npos ? 0 : start + 1) + 1);
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
    , m_drain([this](const std::stop_token &stop) { drain(stop); })
{
}

AgentProcess::~AgentProcess()
{
    m_lines.reset();
    m_child->closeInput();
    // An agent leaves when its input ends; what it still says meanwhile goes nowhere.
    if (!m_child->wait({}, 3s))
        m_child->terminate();
    m_drain.request_stop();
    m_drain.join();
}

void AgentProcess::drain(const std::stop_token &stop)
{
    std::array<char, 4096> chunk;
    while (!stop.stop_requested()) {
        pollfd fd{m_child->errors(), POLLIN, 0};
        if (::poll(&fd, 1, 100) <= 0)
            continue;
        const auto got = ::read(m_child->errors(), chunk.data(), chunk.size());
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
            return;
        if (got < 0)
            continue;
        const std::lock_guard lock(m_mutex);
        m_errors.append(chunk.data(), std::size_t(got));
        if (m_errors.size() > keptErrors)
            m_errors.erase(0, m_errors.size() - keptErrors);
    }
}

std::string AgentProcess::errors() const
{
    const std::lock_guard lock(m_mutex);
    return ph::redact(plain(m_errors));
}

std::string AgentProcess::ending()
{
    const auto exit = m_child->wait({}, 1s);
    if (!exit)
        return {};
    auto sentence = m_name + (exit->signal ? " was ended by " + std::string(::strsignal(*exit->signal)) : " ended with code " + std::to_string(*exit->code));
    if (const auto words = lastLine(errors()); !words.empty())
        return sentence + ": " + words;
    return sentence + ".";
}

} // namespace external

#include "agent/tools/commands.h"
#include "agent/tools/within.h"

#include <condition_variable>
#include <thread>

namespace tools {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 1s; // with a client that does not answer what ends a terminal

class ClientCommand final : public Command
{
public:
    ClientCommand(acp::Client &client, acp::TerminalRequest terminal)
        : m_client(client)
        , m_terminal(std::move(terminal))
        , m_waiter([this](std::stop_token stop) { waitForEnd(std::move(stop)); })
    {
    }
    ~ClientCommand() override
    {
        m_waiter.request_stop();
        // Ends the command where it still runs; the client goes on showing what it has written.
        within(patience, {}, [this](std::stop_token stop) { return m_client.releaseTerminal(m_terminal, std::move(stop)); });
    }

    std::optional<CommandEnd> wait(std::stop_token stop, std::chrono::milliseconds timeout) override
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, stop, timeout, [this] { return m_end.has_value(); });
        return m_end;
    }
    CappedOutput output() override { return {fetch(), {}, 0}; }
    CappedOutput newOutput() override
    {
        auto text = fetch();
        const std::lock_guard lock(m_mutex);
        // The client keeps the end of a long output: what was seen before may be gone from it.
        const bool goesOn = text.starts_with(m_seen);
        auto fresh = goesOn ? text.substr(m_seen.size()) : text;
        m_seen = std::move(text);
        return {std::move(fresh), {}, 0};
    }
    void kill() override
    {
        within(patience, {}, [this](std::stop_token stop) { return m_client.killTerminal(m_terminal, std::move(stop)); });
    }
    std::string terminalId() const override { return m_terminal.terminalId; }

private:
    void waitForEnd(std::stop_token stop)
    {
        const auto status = m_client.waitForTerminalExit(m_terminal, std::move(stop));
        const std::lock_guard lock(m_mutex);
        if (status)
            m_end = CommandEnd{status->exitCode, status->signal.value_or("")};
        else
            m_end = CommandEnd{{}, "an error of the terminal: " + status.error().message};
        m_changed.notify_all();
    }

    std::string fetch()
    {
        const auto reply = within(5s, {}, [this](std::stop_token stop) { return m_client.terminalOutput(m_terminal, std::move(stop)); });
        if (!reply)
            return "(The terminal's output could not be read: " + reply.error().message + ")\n";
        return reply->truncated ? "… the beginning is left out …\n" + reply->output : reply->output;
    }

    acp::Client &m_client;
    const acp::TerminalRequest m_terminal;

    std::mutex m_mutex; // Guards the three below.
    std::condition_variable_any m_changed;
    std::optional<CommandEnd> m_end;
    std::string m_seen;

    std::jthread m_waiter; // the last: it uses what stands above
};

class ClientCommands final : public CommandStarter
{
public:
    ClientCommands(acp::Client &client, acp::SessionId session)
        : m_client(client)
        , m_session(std::move(session))
    {
    }

    ph::Result<std::unique_ptr<Command>> start(const CommandRequest &request, std::stop_token stop) override
    {
        acp::CreateTerminalRequest create;
        create.sessionId = m_session;
        create.command = "bash";
        create.args = {"-c", request.line};
        create.cwd = request.folder.string();
        create.outputByteLimit = maximumOutputBytes;
        // Not `stop`: a terminal that is made while it is requested is to be released too.
        const auto created = within(10s, {}, [&](std::stop_token limit) { return m_client.createTerminal(create, std::move(limit)); });
        if (!created)
            return ph::fail(created.error().code == ph::ErrorCode::Cancelled && !stop.stop_requested() ? ph::ErrorCode::Internal : created.error().code,
                            "The editor made no terminal: " + created.error().message);
        return std::make_unique<ClientCommand>(m_client, acp::TerminalRequest{m_session, created->terminalId});
    }

private:
    acp::Client &m_client;
    const acp::SessionId m_session;
};

} // namespace

std::unique_ptr<CommandStarter> makeClientCommands(acp::Client &client, acp::SessionId session)
{
    return std::make_unique<ClientCommands>(client, std::move(session));
}

} // namespace tools

#include "agent/session/acp_connection.h"

#include <thread>

namespace agent {
namespace {

/// The agent's end of a line, with every line of it in the recorder's log. `recorder` outlives it.
std::unique_ptr<acp::Transport> recorded(std::unique_ptr<acp::Transport> agentEnd, journal::Recorder &recorder)
{
    return acp::tapped(std::move(agentEnd), [&recorder](acp::Direction direction, const std::string &line) { recorder.onLine(direction, line); });
}

class EmbeddedPeer final : public AcpConnection::Peer
{
public:
    EmbeddedPeer(journal::Writer &writer, std::unique_ptr<acp::Transport> agentEnd, Options options)
        : m_recorder(writer)
        , m_service(recorded(std::move(agentEnd), m_recorder), std::move(options))
    {
    }

private:
    journal::Recorder m_recorder;
    Service m_service;
};

/// Carries lines between the client's pipe and a process, each way on a thread of its own: what the agent says is in the journal whether
/// or not the client has taken it yet, and the client's end is no part of the process.
class ProcessPeer final : public AcpConnection::Peer
{
public:
    ProcessPeer(journal::Writer &writer, std::unique_ptr<acp::Transport> agentEnd, std::unique_ptr<external::AgentProcess> process, ExternalAgent agent)
        : m_recorder(writer, std::move(agent.taskRun))
        , m_client(recorded(std::move(agentEnd), m_recorder))
        , m_process(*process)
        , m_agent(agent.filter ? external::filtered(std::move(process), std::move(agent.filter)) : std::move(process))
        , m_toClient([this] { carryToClient(); })
        , m_toAgent([this] { carryToAgent(); })
    {
    }
    ~ProcessPeer() override
    {
        m_client->close(); // Neither thread waits for its side any more, not even for an agent that does not read.
        m_agent->close();
    }

    std::string ending() override
    {
        const auto words = m_process.ending();
        return words.substr(0, words.find("\n\n"));
    }

private:
    void carryToClient()
    {
        while (const auto line = m_agent->receive())
            m_client->send(*line);
        m_client->close();
    }
    void carryToAgent()
    {
        while (const auto line = m_client->receive())
            m_agent->send(*line);
        m_process.end();
    }

    journal::Recorder m_recorder;
    std::unique_ptr<acp::Transport> m_client;
    external::AgentProcess &m_process;
    std::unique_ptr<acp::Transport> m_agent; // m_process, with its filter
    std::jthread m_toClient;                 // these two end first
    std::jthread m_toAgent;
};

} // namespace

AcpConnection::AcpConnection(std::unique_ptr<acp::Transport> transport, std::unique_ptr<Peer> peer)
    : m_transport(std::move(transport))
    , m_peer(std::move(peer))
{
}

AcpConnection createAcpConnection(journal::Writer &writer, Options options)
{
    auto [agentEnd, clientEnd] = acp::makePipe();
    return {std::move(clientEnd), std::make_unique<EmbeddedPeer>(writer, std::move(agentEnd), std::move(options))};
}

ph::Result<AcpConnection> createAcpConnection(journal::Writer &writer, ExternalAgent agent)
{
    auto process = external::AgentProcess::start(agent.command, agent.directory);
    if (!process)
        return ph::fail(process.error());
    auto [agentEnd, clientEnd] = acp::makePipe();
    return AcpConnection(std::move(clientEnd), std::make_unique<ProcessPeer>(writer, std::move(agentEnd), *std::move(process), std::move(agent)));
}

} // namespace agent

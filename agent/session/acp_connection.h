#pragma once

#include "agent/external/agent_process.h"
#include "agent/external/line_filter.h"
#include "agent/journal/recorder.h"
#include "agent/session/acp_agent.h"

namespace agent {

/// An agent at the other end of a line, with every line in the journal: the embedded one on threads of its own, or another's in a process
/// of its own. It ends with this object, or before with cleanup().
class AcpConnection
{
public:
    /// What is at the other end. Destroying it ends it, within some seconds whatever it does.
    class Peer
    {
    public:
        virtual ~Peer() = default;
        /// As AcpConnection::ending().
        virtual std::string ending() { return {}; }
    };

    AcpConnection(std::unique_ptr<acp::Transport> transport, std::unique_ptr<Peer> peer);

    /// The client's end, to be taken once: nothing has been said on it yet. It may outlive the connection, and is closed then.
    std::unique_ptr<acp::Transport> takeTransport() { return std::move(m_transport); }

    /// Ends what runs: turns are cancelled, a process gets three seconds to leave by itself. The log is complete when it returns.
    void cleanup() { m_peer.reset(); }

    /// Why a process ended, in one sentence with its last words. Empty while it runs, and of the embedded agent.
    std::string ending() const { return m_peer ? m_peer->ending() : std::string(); }

private:
    std::unique_ptr<acp::Transport> m_transport; // until it is taken
    std::unique_ptr<Peer> m_peer;                // null: cleaned up
};

/// The embedded agent. `writer` outlives the connection; its folder is the options' dataDirectory.
AcpConnection createAcpConnection(journal::Writer &writer, Options options);

/// An agent that is a program.
struct ExternalAgent {
    external::AgentCommand command;
    std::string directory;                             // where it runs
    std::string taskRun;                               // names the log
    std::unique_ptr<external::LineFilter> filter = {}; // between it and the client; null: lines pass as they are
};

/// The same with another's agent. It ends when the client closes its end, too. Errors: those of AgentProcess::start().
ph::Result<AcpConnection> createAcpConnection(journal::Writer &writer, ExternalAgent agent);

} // namespace agent

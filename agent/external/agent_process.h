#pragma once

#include "agent/acp/transport.h"
#include "agent/external/presets.h"
#include "driver/base/output_tail.h"

#include <atomic>
#include <mutex>

namespace external {

/// An agent that runs as a program of its own, spoken to over its standard streams. One process serves one session, so that one that
/// crashes takes nothing else with it. It ends with this object, and when this program is killed.
class AgentProcess final : public acp::Transport
{
public:
    /// `directory` is where it runs; empty: where we do. Error: NotFound that says what to install, Internal.
    static ph::Result<std::unique_ptr<AgentProcess>> start(const AgentCommand &command, const std::string &directory = {});

    ~AgentProcess() override; // as end()

    void send(const std::string &line) override;
    std::optional<std::string> receive() override { return m_lines->receive(); }
    void close() override;

    /// Closes, gives it three seconds to leave by itself, and ends it with all that it started. One thread at a time.
    void end();

    /// What it wrote to stderr, the last 64 KiB, without control sequences and keys.
    std::string errors() const { return m_errors.text(); }

    /// "codex-acp ended with code 1: no such model", and behind an empty line what it wrote to stderr before. Empty while it runs, and
    /// where close() was called first.
    std::string ending() override;

    pid_t pid() const { return m_child->pid(); }

private:
    AgentProcess(std::string name, std::unique_ptr<ph::ChildProcess> child);

    const std::string m_name;
    std::unique_ptr<ph::ChildProcess> m_child;
    std::unique_ptr<acp::Transport> m_lines;
    std::mutex m_sending;   // Guards the one below; held while a line goes out.
    bool m_hasInput = true; // the process's input is open
    ph::OutputTail m_errors;
    std::atomic<bool> m_closed = false; // by us
    std::mutex m_mutex;                 // Guards m_ending.
    std::string m_ending;
};

} // namespace external

#pragma once

#include "agent/acp/types.h"
#include "agent/acp/rpc.h"
#include "ui/terminal/terminal_news.h"

#include <QThreadPool>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

namespace ui {

/// The client's end of ACP's terminal/* methods: the commands that an agent has the window run, each on a pseudo terminal without
/// input. All of them end with this object. Any thread, but for the constructor and the destructor.
class ClientTerminals
{
public:
    /// `onNews` is called on any thread when there is news to take, and then not again before it was taken.
    explicit ClientTerminals(std::function<void()> onNews);
    ~ClientTerminals();

    /// Terminals are made only for sessions that are open. `folder` is where a command runs when the agent names no folder.
    void openSession(const acp::SessionId &session, const std::filesystem::path &folder);
    /// Ends the session's terminals; their ids are void.
    void closeSession(const acp::SessionId &session);
    void closeAll();

    // Errors: -32002 for a session or a terminal that is not there, -32602 for a terminal of another session and for what cannot be run.
    acp::Reply<acp::CreateTerminalResponse> create(const acp::CreateTerminalRequest &request);
    acp::Reply<acp::TerminalOutputResponse> output(const acp::TerminalRequest &request);
    /// Waits until the command has ended, also by kill() or release(). Cancelled when `stop` is requested.
    acp::Work<acp::TerminalExitStatus> waitForExit(const acp::TerminalRequest &request, std::stop_token stop);
    acp::Reply<acp::Empty> kill(const acp::TerminalRequest &request);
    acp::Reply<acp::Empty> release(const acp::TerminalRequest &request);

    /// What has happened since it was last called, in order for each terminal.
    std::vector<TerminalNews> takeNews();

private:
    class Terminal;
    using TerminalPointer = std::shared_ptr<Terminal>;

    acp::Reply<TerminalPointer> find(const acp::TerminalRequest &request);
    void endLater(TerminalPointer terminal);
    void tellNews();

    const std::function<void()> m_onNews;

    std::mutex m_mutex; // Guards what follows.
    std::map<acp::SessionId, std::filesystem::path> m_sessions;
    std::map<std::string, TerminalPointer> m_terminals;
    std::vector<TerminalPointer> m_gone; // their ids are void, their last news is not taken yet
    bool m_isTold = false;

    QThreadPool m_enders; // the last: ending a process can take a moment, which nobody should wait for
};

} // namespace ui

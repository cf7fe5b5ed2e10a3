#pragma once

#include "agent/acp/agent_side.h"
#include "agent/tools/output_buffer.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace tools {

struct CommandRequest {
    std::string line;              // for bash
    std::filesystem::path folder;  // where it runs
    bool isReadOnly = false;       // it must not be able to change anything: plan mode
};

/// How a command ended: by itself with a code, or by a signal ("SIGTERM").
struct CommandEnd {
    std::optional<std::int64_t> exitCode;
    std::string signal;

    bool isSuccess() const { return exitCode == 0; }
};

/// A command that runs, or has run. Destroying it ends it with all that it started. Any thread.
class Command
{
public:
    virtual ~Command() = default;

    /// Waits until it has ended; nothing when `stop` is requested or `timeout` has passed before.
    virtual std::optional<CommandEnd> wait(std::stop_token stop, std::chrono::milliseconds timeout) = 0;
    /// All that it has written so far, its beginning and its end where it is long.
    virtual CappedOutput output() = 0;
    /// What it has written since the last call.
    virtual CappedOutput newOutput() = 0;
    /// Ends it and what it started, by force where it does not go. Returns when that is done.
    virtual void kill() = 0;
    /// Whether something that it started still ran when it ended, and was ended.
    virtual bool leftSomethingRunning() const { return false; }
    /// The client's terminal that shows it; "" when there is none.
    virtual std::string terminalId() const { return {}; }
};

/// What starts commands: this machine, or the client's terminals.
class CommandStarter
{
public:
    virtual ~CommandStarter() = default;
    virtual ph::Result<std::unique_ptr<Command>> start(const CommandRequest &request, std::stop_token stop) = 0;
};

/// The arguments that run a command line with bash so that it can change nothing but what is thrown away afterwards. Error: why that cannot
/// be had here.
using Sandbox = std::function<ph::Result<std::vector<std::string>>(const std::string &line, const std::filesystem::path &folder)>;

std::unique_ptr<CommandStarter> makeLocalCommands(Sandbox sandbox);
std::unique_ptr<CommandStarter> makeClientCommands(acp::Client &client, acp::SessionId session);

/// The commands of a session. Those in the background go on from call to call and end with the session. Any thread.
class Commands
{
public:
    /// `terminals`: the client's, nullptr where it offers none. A read-only command always runs on this machine.
    Commands(std::unique_ptr<CommandStarter> local, std::unique_ptr<CommandStarter> terminals);

    ph::Result<std::unique_ptr<Command>> start(const CommandRequest &request, std::stop_token stop);

    struct Background {
        std::string id; // "bash_1"
        std::string line;
        std::shared_ptr<Command> command;
    };
    /// Keeps a command that goes on; at most 32 at a time. Error: InvalidInput, there are too many.
    ph::Result<std::string> keep(std::string line, std::unique_ptr<Command> command);
    std::optional<Background> find(const std::string &id) const;
    std::vector<Background> running() const;
    /// Ends it. Error: NotFound.
    ph::Result<> end(const std::string &id);

private:
    const std::unique_ptr<CommandStarter> m_local;
    const std::unique_ptr<CommandStarter> m_terminals;

    mutable std::mutex m_mutex; // Guards both below.
    std::map<std::string, Background> m_background;
    int m_lastId = 0;
};

} // namespace tools

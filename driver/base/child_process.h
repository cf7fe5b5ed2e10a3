#pragma once

#include "driver/base/result.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace ph {

/// How a process ended: its exit code, or the signal that ended it.
struct ChildExit {
    std::optional<int> code;
    std::optional<int> signal;

    friend bool operator==(const ChildExit &, const ChildExit &) = default;
};

/// In character cells.
struct TerminalSize {
    int columns = 80;
    int rows = 24;

    friend bool operator==(const TerminalSize &, const TerminalSize &) = default;
};

struct ChildOptions {
    std::vector<std::string> argv;        // argv[0] without '/' is looked for on the PATH of `environment`
    std::filesystem::path directory = {}; // where it runs; empty: where the caller does
    std::vector<std::string> environment; // "NAME=value", complete: see childEnvironment()
    bool mergesErrors = false;            // stderr goes where stdout goes; errors() is then -1
    bool hasInput = true;                 // else its stdin is /dev/null and input() is -1
    std::optional<TerminalSize> terminal = {}; // it runs on a pseudo terminal of this size, which its stdout, stderr and (hasInput) stdin are
};

/// A program that runs beside this one, in a process group of its own. It ends with this object, and also when this program is
/// killed: a guard (a shell that waits for our end) then ends every process that carries our mark, HOGLET_OWNER, in its environment.
/// What counts as belonging to it is its group and every process that carries its mark, HOGLET_CHILD, however it was started.
class ChildProcess
{
public:
    /// Error: NotFound when there is no such program or folder, Internal with the system's reason.
    static Result<std::unique_ptr<ChildProcess>> start(const ChildOptions &options);

    /// Ends it with all that belongs to it (SIGKILL), and waits.
    ~ChildProcess();
    ChildProcess(const ChildProcess &) = delete;
    ChildProcess &operator=(const ChildProcess &) = delete;

    pid_t pid() const { return m_pid; }

    // Our ends of its standard streams, close-on-exec, owned by this object. Of a terminal there is one end, output(), to read from and
    // to write to; once nobody has the terminal any more, reading fails with EIO.
    int input() const { return m_input; }
    int output() const { return m_output; }
    int errors() const { return m_errors; }
    void closeInput();

    /// The size of its terminal, which it is told of. False where it has none, or the system refuses.
    bool resize(TerminalSize size);

    /// A descriptor that is readable once the program has ended; -1 where the kernel has none.
    int endSign() const { return m_exitFd; }

    /// Waits for its end. Nothing when `stop` was requested or `timeout` (zero: none) has passed. Any thread; may be called again.
    std::optional<ChildExit> wait(std::stop_token stop = {}, std::chrono::milliseconds timeout = {});

    /// Asks all that belongs to it to end (SIGTERM), and ends what is left after `grace` (SIGKILL). Returns when nothing is left.
    void terminate(std::chrono::milliseconds grace = std::chrono::seconds(1));

private:
    ChildProcess() = default;

    void signalAll(int signal) const;
    bool waitUntilGone(std::chrono::milliseconds timeout);

    pid_t m_pid = -1;
    int m_exitFd = -1; // a pidfd
    int m_input = -1;
    int m_output = -1;
    int m_errors = -1;
    std::string m_mark; // "HOGLET_CHILD=…"

    std::mutex m_mutex; // Guards what follows.
    std::optional<ChildExit> m_exit;
};

/// This program's environment without what holds keys of ours (model services, PostHog, sandboxes, tokens' keys), and with `more` over it.
/// For commands, MCP servers and other people's agents.
std::vector<std::string> childEnvironment(const std::vector<std::pair<std::string, std::string>> &more = {});

/// The file that `name` stands for on the PATH of `environment`, or nothing. A name with '/' stands for itself.
std::optional<std::filesystem::path> findProgram(const std::string &name, const std::vector<std::string> &environment);

} // namespace ph

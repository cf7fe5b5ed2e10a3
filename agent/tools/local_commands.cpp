#include "agent/tools/commands.h"
#include "driver/base/child_process.h"
#include "driver/base/descriptor.h"

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

namespace tools {
namespace {

using namespace std::chrono_literals;

constexpr auto graceToEnd = 800ms;   // between SIGTERM and SIGKILL
constexpr auto graceToDrain = 200ms; // for what is still in the pipe when the shell has ended

class LocalCommand final : public Command
{
public:
    explicit LocalCommand(std::unique_ptr<ph::ChildProcess> process)
        : m_process(std::move(process))
        , m_reader([this] { readAll(); })
    {
    }
    ~LocalCommand() override
    {
        kill();
        m_reader.join();
    }

    std::optional<CommandEnd> wait(std::stop_token stop, std::chrono::milliseconds timeout) override
    {
        const auto exit = m_process->wait(std::move(stop), timeout);
        if (!exit)
            return {};
        const std::lock_guard lock(m_endMutex);
        if (!m_end) {
            // What has ended leaves nothing behind: an orphan would go on unseen.
            m_leftSomethingRunning = !waitUntilRead(graceToDrain);
            finish();
            m_end = CommandEnd{exit->code, exit->signal ? nameOf(*exit->signal) : ""};
        }
        return m_end;
    }
    CappedOutput output() override
    {
        const std::lock_guard lock(m_mutex);
        return m_all.content();
    }
    CappedOutput newOutput() override
    {
        const std::lock_guard lock(m_mutex);
        auto content = m_new.content();
        m_new.clear();
        return content;
    }
    void kill() override
    {
        const std::lock_guard lock(m_endMutex);
        finish();
    }
    bool leftSomethingRunning() const override
    {
        const std::lock_guard lock(m_endMutex);
        return m_leftSomethingRunning;
    }

private:
    static std::string nameOf(int signal)
    {
        const char *name = ::sigabbrev_np(signal);
        return name ? "SIG" + std::string(name) : "signal " + std::to_string(signal);
    }

    /// With m_endMutex held.
    void finish()
    {
        if (std::exchange(m_isFinished, true))
            return;
        m_process->terminate(graceToEnd);
        if (waitUntilRead(graceToDrain))
            return;
        // Something that cannot be found any more holds the pipe.
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(m_wake.get(), &one, sizeof one);
    }

    bool waitUntilRead(std::chrono::milliseconds timeout)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, timeout, [this] { return m_isRead; });
    }

    void readAll()
    {
        std::array<char, 64 * 1024> buffer;
        std::array<pollfd, 2> fds{{{m_process->output(), POLLIN, 0}, {m_wake.get(), POLLIN, 0}}};
        while (true) {
            if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR)
                break;
            if (fds[1].revents != 0)
                break;
            if (fds[0].revents == 0)
                continue;
            const auto got = ::read(m_process->output(), buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                break;
            const std::lock_guard lock(m_mutex);
            m_all.append({buffer.data(), std::size_t(got)});
            m_new.append({buffer.data(), std::size_t(got)});
        }
        const std::lock_guard lock(m_mutex);
        m_isRead = true;
        m_changed.notify_all();
    }

    const std::unique_ptr<ph::ChildProcess> m_process;
    const ph::Descriptor m_wake{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};

    mutable std::mutex m_endMutex; // Guards the three below. Taken before m_mutex.
    std::optional<CommandEnd> m_end;
    bool m_isFinished = false;
    bool m_leftSomethingRunning = false;

    std::mutex m_mutex; // Guards the four below.
    std::condition_variable m_changed;
    OutputBuffer m_all{maximumOutputBytes};
    OutputBuffer m_new{maximumOutputBytes};
    bool m_isRead = false;

    std::thread m_reader; // the last: it uses what stands above
};

class LocalCommands final : public CommandStarter
{
public:
    explicit LocalCommands(Sandbox sandbox)
        : m_sandbox(std::move(sandbox))
    {
    }

    ph::Result<std::unique_ptr<Command>> start(const CommandRequest &request, std::stop_token) override
    {
        ph::ChildOptions options;
        options.argv = {"bash", "-c", request.line};
        options.directory = request.folder;
        options.mergesErrors = true;
        options.hasInput = false;
        // Nobody sits at a terminal: no pager, no colours, no question for a password.
        options.environment = ph::childEnvironment({{"TERM", "dumb"}, {"NO_COLOR", "1"}, {"PAGER", "cat"}, {"GIT_PAGER", "cat"}, {"GIT_TERMINAL_PROMPT", "0"}});
        if (request.isReadOnly) {
            auto argv = m_sandbox(request.line, request.folder);
            if (!argv)
                return ph::fail(argv.error());
            options.argv = *std::move(argv);
        }
        auto process = ph::ChildProcess::start(options);
        if (!process)
            return ph::fail(process.error());
        return std::make_unique<LocalCommand>(*std::move(process));
    }

private:
    const Sandbox m_sandbox;
};

} // namespace

std::unique_ptr<CommandStarter> makeLocalCommands(Sandbox sandbox) { return std::make_unique<LocalCommands>(std::move(sandbox)); }

} // namespace tools

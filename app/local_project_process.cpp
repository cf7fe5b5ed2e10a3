#include "app/local_project_process.h"

#include "driver/base/log.h"
#include "driver/http/client.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <map>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

extern char **environ;

namespace app {

using namespace std::chrono_literals;
using localproject::ProjectAddress;

namespace {

/// A file descriptor that is closed with its scope.
class Descriptor
{
public:
    Descriptor() = default;
    explicit Descriptor(int fd)
        : m_fd(fd)
    {
    }
    Descriptor(Descriptor &&other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    {
    }
    Descriptor &operator=(Descriptor &&other) noexcept
    {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    ~Descriptor() { close(); }

    int get() const { return m_fd; }
    void close()
    {
        if (m_fd >= 0)
            ::close(std::exchange(m_fd, -1));
    }

private:
    int m_fd = -1;
};

struct Pipe {
    Descriptor reading;
    Descriptor writing;

    static Pipe make()
    {
        int ends[2] = {-1, -1};
        [[maybe_unused]] const int made = ::pipe2(ends, O_CLOEXEC);
        return {Descriptor(ends[0]), Descriptor(ends[1])};
    }
};

/// Whether the process behind an address answers, and to its key.
bool answers(http::Client &client, const ProjectAddress &address, const std::stop_token &stop)
{
    http::Request health{"GET", address.url + "/_health"};
    health.timeout = 2s;
    const auto alive = client.send(health, stop);
    if (!alive || alive->status != 200)
        return false;
    http::Request me{"GET", address.url + "/api/users/@me/", {{"Authorization", "Bearer " + address.key}}};
    me.timeout = 5s;
    const auto known = client.send(me, stop);
    return known && known->status == 200;
}

posthog::Credentials credentialsOf(const ProjectAddress &address) { return {address.url, address.key, address.projectId}; }

std::vector<std::string> argumentsOf(const LocalProjectOptions &options, const std::filesystem::path &program)
{
    const localproject::ProjectChoice usual;
    std::vector<std::string> arguments{program.string(), "--print-env", "--end-with-stdin"};
    if (!options.choice.store.empty())
        arguments.insert(arguments.end(), {"--store", options.choice.store.string()});
    if (!options.choice.folder.empty())
        arguments.insert(arguments.end(), {"--data", options.choice.folder.string()});
    if (options.choice.seed != usual.seed)
        arguments.insert(arguments.end(), {"--seed", std::to_string(options.choice.seed)});
    if (options.choice.plant != usual.plant)
        arguments.insert(arguments.end(), {"--plant", options.choice.plant});
    if (!options.choice.anchor.empty())
        arguments.insert(arguments.end(), {"--anchor", options.choice.anchor});
    if (options.rebuild)
        arguments.emplace_back("--rebuild");
    return arguments;
}

/// NAME=value lines.
std::map<std::string, std::string> readEnvironment(const std::string &text)
{
    std::map<std::string, std::string> values;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const std::string line = text.substr(start, end - start);
        if (const auto equals = line.find('='); equals != std::string::npos)
            values[line.substr(0, equals)] = line.substr(equals + 1);
        start = end + 1;
    }
    return values;
}

} // namespace

std::filesystem::path localProjectProgram()
{
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "hoglet-project";
}

/// The process that we started, in a group of its own. It ends when our end of its standard input closes: with this object,
/// or with our process, whatever happens to it.
class LocalProject::Process
{
public:
    static ph::Result<std::unique_ptr<Process>> start(const std::vector<std::string> &arguments)
    {
        auto process = std::make_unique<Process>();
        Pipe input = Pipe::make();
        Pipe output = Pipe::make();
        Pipe errors = Pipe::make();

        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, input.reading.get(), STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, output.writing.get(), STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, errors.writing.get(), STDERR_FILENO);
        posix_spawnattr_t attributes;
        ::posix_spawnattr_init(&attributes);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        ::posix_spawnattr_setpgroup(&attributes, 0);
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &all);

        std::vector<char *> argv;
        for (const std::string &argument : arguments)
            argv.push_back(const_cast<char *>(argument.c_str())); // posix_spawn does not write to them.
        argv.push_back(nullptr);
        const int error = ::posix_spawn(&process->m_pid, argv[0], &actions, &attributes, argv.data(), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
        if (error == ENOENT)
            return ph::fail(ph::ErrorCode::NotFound,
                            arguments[0] + " is missing. It belongs beside this program: build or install it again.");
        if (error != 0) {
            process->m_pid = -1;
            return ph::fail(ph::ErrorCode::Internal,
                            arguments[0] + " cannot be started: " + std::generic_category().message(error) + ".");
        }
        process->m_input = std::move(input.writing);
        process->m_output = std::move(output.reading);
        process->m_errors = std::move(errors.reading);
        return process;
    }

    Process() = default;
    Process(const Process &) = delete;
    Process &operator=(const Process &) = delete;

    ~Process()
    {
        m_reader.request_stop();
        if (m_reader.joinable())
            m_reader.join();
        if (m_pid <= 0)
            return;
        m_input.close();
        ::kill(m_pid, SIGTERM);
        for (int i = 0; i < 500; ++i) { // It answers what is under way first.
            if (hasEnded())
                return;
            std::this_thread::sleep_for(10ms);
        }
        ::kill(-m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
    }

    /// Reads until the address is printed. The exit status when the process ended instead.
    struct Outcome {
        std::optional<std::map<std::string, std::string>> environment;
        int exitCode = 0;
        std::string errors; // its last words
    };
    ph::Result<Outcome> waitUntilReady(const Progress &onProgress, const std::stop_token &stop)
    {
        std::string output;
        std::string errors;
        std::string lastLines;
        bool outputOpen = true;
        while (!stop.stop_requested()) {
            pollfd waits[] = {{outputOpen ? m_output.get() : -1, POLLIN, 0}, {m_errors.get(), POLLIN, 0}};
            ::poll(waits, 2, 50);
            if (waits[1].revents)
                takeLines(errors, lastLines, onProgress);
            if (waits[0].revents && !readInto(output, m_output.get()))
                outputOpen = false;
            if (std::count(output.begin(), output.end(), '\n') >= 3) {
                watchErrors();
                return Outcome{readEnvironment(output), 0, {}};
            }
            if (!outputOpen && hasEnded())
                return Outcome{std::nullopt, m_exitCode, lastLines + errors};
        }
        return ph::fail(ph::ErrorCode::Cancelled, "Starting the local project was cancelled.");
    }

private:
    bool hasEnded()
    {
        int status = 0;
        if (m_pid > 0 && ::waitpid(m_pid, &status, WNOHANG) == m_pid) {
            m_exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            m_pid = -1;
        }
        return m_pid <= 0;
    }

    /// False at the end of the stream.
    static bool readInto(std::string &text, int fd)
    {
        char buffer[4096];
        const ssize_t bytes = ::read(fd, buffer, sizeof buffer);
        if (bytes <= 0)
            return bytes < 0 && errno == EINTR;
        text.append(buffer, static_cast<std::size_t>(bytes));
        return true;
    }

    void takeLines(std::string &text, std::string &lastLines, const Progress &onProgress)
    {
        if (!readInto(text, m_errors.get()))
            m_errors.close();
        for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1)) {
            std::string line = text.substr(0, end);
            if (line.starts_with("hoglet-project: "))
                line.erase(0, 16);
            lastLines += line + "\n";
            if (onProgress)
                onProgress(line);
        }
    }

    /// What it says later goes into our log; unread, its pipe would fill.
    void watchErrors()
    {
        m_reader = std::jthread([fd = m_errors.get()](const std::stop_token &stop) {
            std::string text;
            while (fd >= 0 && !stop.stop_requested()) {
                pollfd wait{fd, POLLIN, 0};
                if (::poll(&wait, 1, 100) <= 0)
                    continue;
                if (!readInto(text, fd))
                    return;
                for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1))
                    ph::logInfo("localproject", text.substr(0, end));
            }
        });
    }

    pid_t m_pid = -1;
    int m_exitCode = 0;
    Descriptor m_input;
    Descriptor m_output;
    Descriptor m_errors;
    std::jthread m_reader;
};

LocalProject::LocalProject(posthog::Credentials credentials, std::unique_ptr<Process> process)
    : m_credentials(std::move(credentials))
    , m_process(std::move(process))
{
}
LocalProject::LocalProject(LocalProject &&) noexcept = default;
LocalProject &LocalProject::operator=(LocalProject &&) noexcept = default;
LocalProject::~LocalProject() = default;

ph::Result<LocalProject> LocalProject::findOrStart(http::Client &client, const LocalProjectOptions &options,
                                                   const Progress &onProgress, std::stop_token stop)
{
    const std::filesystem::path store = localproject::storePathOf(options.choice);
    const std::filesystem::path program = options.program.empty() ? localProjectProgram() : options.program;
    const auto cancelled = [] { return ph::fail(ph::ErrorCode::Cancelled, "Starting the local project was cancelled."); };

    // Two programs may come at the same moment: the one whose hoglet-project finds the store taken waits for the other's address.
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    std::string lastWords;
    while (std::chrono::steady_clock::now() < deadline) {
        if (!options.rebuild) {
            if (const auto address = localproject::readAddress(store); address && answers(client, *address, stop))
                return LocalProject(credentialsOf(*address), nullptr);
        }
        if (stop.stop_requested())
            return cancelled();
        auto process = Process::start(argumentsOf(options, program));
        if (!process)
            return ph::fail(process.error());
        auto outcome = (*process)->waitUntilReady(onProgress, stop);
        if (!outcome)
            return ph::fail(outcome.error());
        if (outcome->environment) {
            auto &values = *outcome->environment;
            return LocalProject({values["POSTHOG_API_URL"], values["POSTHOG_PERSONAL_API_KEY"], values["POSTHOG_PROJECT_ID"]},
                                std::move(*process));
        }
        lastWords = outcome->errors.substr(0, outcome->errors.find_last_not_of('\n') + 1);
        if (outcome->exitCode == localproject::ProjectStoreDamaged)
            return ph::fail(ph::ErrorCode::InvalidInput, lastWords);
        if (outcome->exitCode != localproject::ProjectServedAlready) {
            return ph::fail(ph::ErrorCode::Internal,
                            lastWords.empty() ? program.string() + " ended with status " + std::to_string(outcome->exitCode) + "."
                                              : lastWords);
        }
        if (options.rebuild)
            return ph::fail(ph::ErrorCode::Internal, lastWords);
        for (int i = 0; i < 10 && !stop.stop_requested(); ++i)
            std::this_thread::sleep_for(20ms);
    }
    return ph::fail(ph::ErrorCode::Network, lastWords + " It does not answer.");
}

} // namespace app

#include "driver/base/child_process.h"

#include "driver/base/ids.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {
#include <sys/pidfd.h> // glibc 2.36 declares it for C only.
}

extern char **environ;

namespace ph {

using namespace std::chrono_literals;

namespace {

/// Waits until its standard input ends, which it does with this program, and then ends what carries the mark in $1. A process that
/// ignores SIGTERM has a second. All it runs is essential on Debian.
constexpr const char *guardScript = R"(
trap '' HUP INT TERM
cat
for signal in TERM KILL KILL; do
    for file in /proc/[0-9]*/environ; do
        if grep -qzsxF "$1" "$file" 2>/dev/null; then
            process=${file#/proc/}
            kill -s "$signal" "${process%/environ}" 2>/dev/null
        fi
    done
    sleep 1
done
)";

/// What names hold keys: whole names, and beginnings that end in '_'.
constexpr std::array<std::string_view, 14> secretNames{
    "ANTHROPIC_", "OPENAI_", "LLM_GATEWAY_", "E2B_", "JWT_", "POSTHOG_PERSONAL_API_KEY", "POSTHOG_API_KEY", "POSTHOG_AUTH_HEADER",
    "POSTHOG_GATEWAY_API_KEY", "POSTHOG_PROJECT_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "HOGLET_OWNER", "HOGLET_CHILD"};

bool holdsKey(std::string_view name)
{
    return std::any_of(secretNames.begin(), secretNames.end(),
                       [name](std::string_view secret) { return secret.ends_with('_') ? name.starts_with(secret) : name == secret; });
}

std::string valueOf(const std::vector<std::string> &environment, std::string_view name)
{
    for (const auto &entry : environment) {
        if (entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name))
            return entry.substr(name.size() + 1);
    }
    return {};
}

/// Both ends close with it, unless they are taken.
struct Pipe {
    int reading = -1;
    int writing = -1;

    bool open()
    {
        std::array<int, 2> ends{-1, -1};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            return false;
        reading = ends[0];
        writing = ends[1];
        return true;
    }
    static int take(int &fd) { return std::exchange(fd, -1); }
    ~Pipe()
    {
        for (const int fd : {reading, writing}) {
            if (fd >= 0)
                ::close(fd);
        }
    }
};

bool setTerminalSize(int fd, TerminalSize size)
{
    const auto cells = [](int count) { return static_cast<unsigned short>(std::clamp(count, 1, 1000)); };
    const winsize window{cells(size.rows), cells(size.columns), 0, 0};
    return ::ioctl(fd, TIOCSWINSZ, &window) == 0;
}

/// Our end of a new pseudo terminal; `name`: the file that the program opens. -1 with errno when the system has none to give.
int openTerminal(TerminalSize size, std::array<char, 64> &name)
{
    const int fd = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0 && ::grantpt(fd) == 0 && ::unlockpt(fd) == 0 && ::ptsname_r(fd, name.data(), name.size()) == 0 && setTerminalSize(fd, size))
        return fd;
    const int error = errno;
    if (fd >= 0)
        ::close(fd);
    errno = error;
    return -1;
}

std::vector<char *> pointersTo(const std::vector<std::string> &texts)
{
    std::vector<char *> pointers;
    pointers.reserve(texts.size() + 1);
    for (const auto &text : texts)
        pointers.push_back(const_cast<char *>(text.c_str())); // posix_spawn does not write to them.
    pointers.push_back(nullptr);
    return pointers;
}

class SpawnSetting
{
public:
    explicit SpawnSetting(short flags)
    {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
        ::posix_spawnattr_setflags(&attributes, short(flags | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
        ::posix_spawnattr_setpgroup(&attributes, 0);
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &all);
    }
    ~SpawnSetting()
    {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    SpawnSetting(const SpawnSetting &) = delete;
    SpawnSetting &operator=(const SpawnSetting &) = delete;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

/// The mark of all that this program starts. The first call starts the guard, whose standard input is a pipe that nobody else holds.
const std::string &ownerMark()
{
    static const std::string mark = [] {
        auto text = "HOGLET_OWNER=" + uuid4();
        Pipe lifeline;
        if (!lifeline.open())
            return text;
        SpawnSetting setting(POSIX_SPAWN_SETSID);
        ::posix_spawn_file_actions_adddup2(&setting.actions, lifeline.reading, STDIN_FILENO);
        ::posix_spawn_file_actions_addopen(&setting.actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        ::posix_spawn_file_actions_addopen(&setting.actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        ::posix_spawn_file_actions_addchdir_np(&setting.actions, "/");
        const std::vector<std::string> argv{"/bin/sh", "-c", guardScript, "hoglet-guard", text};
        const std::vector<std::string> environment{"PATH=/usr/bin:/bin"};
        pid_t guard = -1;
        if (::posix_spawn(&guard, "/bin/sh", &setting.actions, &setting.attributes, pointersTo(argv).data(), pointersTo(environment).data()) == 0)
            Pipe::take(lifeline.writing); // Open as long as this program runs.
        return text;
    }();
    return mark;
}

/// Of a file in /proc; what was read so far where its process has just gone.
std::string contentOf(const std::filesystem::path &file)
{
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream content;
    content << stream.rdbuf(); // A process that ends while it is read fails here; a bare iterator would throw.
    return std::move(content).str();
}

bool hasEntry(const std::string &environment, const std::string &entry)
{
    for (auto at = environment.find(entry); at != std::string::npos; at = environment.find(entry, at + 1)) {
        const auto end = at + entry.size();
        if ((at == 0 || environment[at - 1] == '\0') && (end == environment.size() || environment[end] == '\0'))
            return true;
    }
    return false;
}

/// The processes that run in the group `group` or carry `mark` in their environment. Those of other users cannot be read, nor are
/// they ours; one that has ended and is only not waited for does not count.
std::vector<pid_t> running(pid_t group, const std::string &mark)
{
    std::vector<pid_t> found;
    std::error_code error;
    for (const auto &entry : std::filesystem::directory_iterator("/proc", error)) {
        const auto name = entry.path().filename().string();
        if (!std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; }))
            continue;
        // "pid (name) state parent group …": the name may hold anything.
        const auto stat = contentOf(entry.path() / "stat");
        const auto end = stat.rfind(')');
        if (end == std::string::npos)
            continue;
        std::istringstream rest(stat.substr(end + 1));
        char state = 0;
        pid_t parent = 0;
        pid_t processGroup = 0;
        rest >> state >> parent >> processGroup;
        if (state != 'Z' && state != 'X' && (processGroup == group || hasEntry(contentOf(entry.path() / "environ"), mark)))
            found.push_back(pid_t(std::stol(name)));
    }
    return found;
}

} // namespace

std::optional<std::filesystem::path> findProgram(const std::string &name, const std::vector<std::string> &environment)
{
    if (name.empty())
        return {};
    const auto runs = [](const std::filesystem::path &path) {
        std::error_code ignored;
        return ::access(path.c_str(), X_OK) == 0 && !std::filesystem::is_directory(path, ignored);
    };
    if (name.find('/') != std::string::npos)
        return runs(name) ? std::optional(std::filesystem::path(name)) : std::nullopt;
    auto path = valueOf(environment, "PATH");
    if (path.empty())
        path = "/usr/local/bin:/usr/bin:/bin";
    for (std::size_t start = 0; start <= path.size();) {
        const auto end = std::min(path.find(':', start), path.size());
        // An empty part would mean the folder we are in, which may be a repository's: it is passed over.
        if (end > start) {
            auto file = std::filesystem::path(path.substr(start, end - start)) / name;
            if (file.is_absolute() && runs(file))
                return file;
        }
        start = end + 1;
    }
    return {};
}

std::vector<std::string> childEnvironment(const std::vector<std::pair<std::string, std::string>> &more)
{
    std::map<std::string, std::string> values;
    for (char **entry = environ; entry && *entry; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos && !holdsKey(text.substr(0, equals)))
            values.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    for (const auto &[name, value] : more)
        values[name] = value;
    std::vector<std::string> environment;
    environment.reserve(values.size());
    for (const auto &[name, value] : values)
        environment.push_back(name + "=" + value);
    return environment;
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const ChildOptions &options)
{
    if (options.argv.empty() || options.argv[0].empty())
        return fail(ErrorCode::InvalidInput, "There is no program to start.");
    for (const auto *texts : {&options.argv, &options.environment}) {
        if (std::any_of(texts->begin(), texts->end(), [](const std::string &text) { return text.find('\0') != std::string::npos; }))
            return fail(ErrorCode::InvalidInput, "A program's arguments cannot hold a NUL byte.");
    }
    const auto program = findProgram(options.argv[0], options.environment);
    if (!program)
        return fail(ErrorCode::NotFound, "There is no program “" + options.argv[0] + "” to start. Install it, or name it by its whole path.");
    std::error_code ignored;
    if (!options.directory.empty() && !std::filesystem::is_directory(options.directory, ignored))
        return fail(ErrorCode::NotFound, "There is no folder " + options.directory.string() + " to start " + options.argv[0] + " in.");

    Pipe input;
    Pipe output;
    Pipe errors;
    std::array<char, 64> terminal{};
    if (options.terminal)
        output.reading = openTerminal(*options.terminal, terminal);
    const bool isReady = options.terminal ? output.reading >= 0
                                          : (!options.hasInput || input.open()) && output.open() && (options.mergesErrors || errors.open());
    if (!isReady)
        return fail(ErrorCode::Internal, options.argv[0] + " cannot be started: " + std::generic_category().message(errno) + ".");

    std::unique_ptr<ChildProcess> child(new ChildProcess);
    child->m_mark = "HOGLET_CHILD=" + uuid4();
    auto environment = options.environment;
    environment.push_back(ownerMark());
    environment.push_back(child->m_mark);

    // The first terminal that the leader of a new session opens is the one that controls it.
    SpawnSetting setting(options.terminal ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP);
    if (options.terminal)
        ::posix_spawn_file_actions_addopen(&setting.actions, STDOUT_FILENO, terminal.data(), O_RDWR, 0);
    else
        ::posix_spawn_file_actions_adddup2(&setting.actions, output.writing, STDOUT_FILENO);
    const bool mergesErrors = options.mergesErrors || options.terminal;
    ::posix_spawn_file_actions_adddup2(&setting.actions, mergesErrors ? STDOUT_FILENO : errors.writing, STDERR_FILENO);
    if (!options.hasInput)
        ::posix_spawn_file_actions_addopen(&setting.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    else
        ::posix_spawn_file_actions_adddup2(&setting.actions, options.terminal ? STDOUT_FILENO : input.reading, STDIN_FILENO);
    if (!options.directory.empty())
        ::posix_spawn_file_actions_addchdir_np(&setting.actions, options.directory.c_str());
    ::posix_spawn_file_actions_addclosefrom_np(&setting.actions, 3);
    // Relative names are the caller's, not those of the folder that it runs in.
    const auto file = std::filesystem::absolute(*program, ignored).string();
    const int error = ::posix_spawn(&child->m_pid, file.c_str(), &setting.actions, &setting.attributes, pointersTo(options.argv).data(),
                                    pointersTo(environment).data());
    if (error != 0) {
        child->m_pid = -1;
        return fail(ErrorCode::Internal, options.argv[0] + " cannot be started: " + std::generic_category().message(error) + ".");
    }
    child->m_exitFd = ::pidfd_open(child->m_pid, 0);
    child->m_input = Pipe::take(input.writing);
    child->m_output = Pipe::take(output.reading);
    child->m_errors = Pipe::take(errors.reading);
    return child;
}

ChildProcess::~ChildProcess()
{
    if (m_pid > 0)
        terminate(0ms);
    closeInput();
    for (const int fd : {m_output, m_errors, m_exitFd}) {
        if (fd >= 0)
            ::close(fd);
    }
}

void ChildProcess::closeInput()
{
    if (m_input >= 0)
        ::close(std::exchange(m_input, -1));
}

bool ChildProcess::resize(TerminalSize size) { return setTerminalSize(m_output, size); }

std::optional<ChildExit> ChildProcess::wait(std::stop_token stop, std::chrono::milliseconds timeout)
{
    const int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    const std::stop_callback stopped(stop, [wake] {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(wake, &one, sizeof one);
    });
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (true) {
        {
            const std::lock_guard lock(m_mutex);
            int status = 0;
            if (!m_exit && ::waitpid(m_pid, &status, WNOHANG) == m_pid)
                m_exit = WIFSIGNALED(status) ? ChildExit{{}, WTERMSIG(status)} : ChildExit{WEXITSTATUS(status), {}};
            if (m_exit) {
                ::close(wake);
                return m_exit;
            }
        }
        auto rest = timeout.count() > 0 ? std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()) : -1ms;
        if (stop.stop_requested() || (timeout.count() > 0 && rest.count() <= 0)) {
            ::close(wake);
            return {};
        }
        if (m_exitFd < 0) // A kernel without pidfds.
            rest = rest.count() < 0 ? 10ms : std::min<std::chrono::milliseconds>(rest, 10ms);
        std::array<pollfd, 2> fds{{{wake, POLLIN, 0}, {m_exitFd, POLLIN, 0}}};
        ::poll(fds.data(), fds.size(), int(rest.count()));
    }
}

void ChildProcess::signalAll(int signal) const
{
    for (const auto pid : running(m_pid, m_mark))
        ::kill(pid, signal);
}

bool ChildProcess::waitUntilGone(std::chrono::milliseconds timeout)
{
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!wait({}, 1ms) || !running(m_pid, m_mark).empty()) {
        if (std::chrono::steady_clock::now() >= deadline)
            return false;
        std::this_thread::sleep_for(2ms);
    }
    return true;
}

void ChildProcess::terminate(std::chrono::milliseconds grace)
{
    if (grace.count() > 0) {
        signalAll(SIGTERM);
        if (waitUntilGone(grace))
            return;
    }
    // Again until nothing is left: a process may start another between the look and the signal.
    for (int i = 0; i < 100; ++i) {
        signalAll(SIGKILL);
        if (waitUntilGone(50ms))
            return;
    }
}

} // namespace ph

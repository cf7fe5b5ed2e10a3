#include "driver/localproject/project_server.h"

#include "driver/base/ids.h"
#include "driver/base/log.h"
#include "driver/http/server.h"
#include "driver/localproject/api/api.h"
#include "driver/localproject/demo/demo.h"
#include "driver/localproject/dump.h"
#include "driver/localproject/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace localproject {

namespace {

namespace fs = std::filesystem;

tl::unexpected<ServeError> refuse(std::string message, ProjectExit exit = ProjectFailed)
{
    return tl::unexpected(ServeError{exit, std::move(message)});
}

/// Held by the one process that may open the store. The kernel lets go of it when the process ends, however it ends.
class Lock
{
public:
    explicit Lock(int fd)
        : m_fd(fd)
    {
    }
    Lock(Lock &&other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    {
    }
    Lock &operator=(Lock &&) = delete;
    ~Lock()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }

private:
    int m_fd;
};

tl::expected<Lock, ServeError> lockStore(const fs::path &store)
{
    std::error_code problem;
    fs::create_directories(store.parent_path(), problem);
    if (problem)
        return refuse("Cannot make the folder " + store.parent_path().string() + ": " + problem.message() + ".");
    const std::string path = store.string() + ".lock";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return refuse("Cannot write " + path + ": " + std::generic_category().message(errno) + ".");
    Lock lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0)
        return lock;
    const auto owner = readAddress(store);
    const std::string who
        = owner ? "process " + std::to_string(owner->pid) + " at " + owner->url : std::string("a process that is just starting");
    return refuse(store.string() + " is served already, by " + who + ". Use that one, or end it first.", ProjectServedAlready);
}

bool isDiskFull(const std::string &reason)
{
    for (const char *words : {"o space left", "ENOSPC", "File too large", "isk quota"}) {
        if (reason.find(words) != std::string::npos)
            return true;
    }
    return false;
}

std::string withAdvice(const std::string &reason, const fs::path &store)
{
    if (isDiskFull(reason))
        return "The disk of " + store.parent_path().string()
            + " is full; the demo project takes about 200 MB. Make room, or choose another folder with --data.";
    return reason;
}

/// The old file, if there is one, stands aside: what a user made in it is not lost.
ph::Result<> setAside(const fs::path &store)
{
    for (const char *ending : {"", ".wal"}) {
        std::error_code problem;
        const fs::path file = store.string() + ending;
        if (!fs::exists(file, problem))
            continue;
        fs::rename(file, store.string() + ".old" + ending, problem);
        if (problem)
            return ph::fail(ph::ErrorCode::Internal, "Cannot move " + file.string() + " aside: " + problem.message() + ".");
    }
    return {};
}

tl::expected<Store, ServeError> openOrMake(const ProjectChoice &choice, const fs::path &path, bool rebuild,
                                           const Progress &onProgress)
{
    if (rebuild) {
        if (const auto moved = setAside(path); !moved)
            return refuse(moved.error().message);
    }
    std::error_code ignored;
    if (fs::exists(path, ignored)) {
        auto store = Store::open(path);
        if (!store) {
            return refuse(store.error().message + "\nTo make it anew, run hoglet-project --rebuild; the file is kept then as "
                              + path.string() + ".old.",
                          ProjectStoreDamaged);
        }
        if (!choice.store.empty() || demo::isCurrent(*store))
            return std::move(*store);
        onProgress("The demo project is of another version of Hoglet: it is made anew, the old one is kept as " + path.string() + ".old.");
    }
    if (fs::exists(path, ignored)) { // Nothing has it open any more.
        if (const auto moved = setAside(path); !moved)
            return refuse(moved.error().message);
    }
    if (!choice.store.empty()) {
        auto store = Store::create(path);
        if (!store)
            return refuse(withAdvice(store.error().message, path));
        const std::string name = choice.store.filename().empty() ? choice.store.parent_path().filename().string() : choice.store.filename().string();
        for (const auto &[key, value] : {std::pair<std::string, std::string>("project_name", name.empty() ? "Local project" : name),
                                         std::pair<std::string, std::string>("timezone", "UTC"),
                                         std::pair<std::string, std::string>("week_start_day", "0")}) {
            if (const auto set = store->setMeta(key, value); !set)
                return refuse(set.error().message);
        }
        ::chmod(path.c_str(), 0600);
        return std::move(*store);
    }
    onProgress("Making the demo project: 200,000 events in " + path.string() + " …");
    demo::Options made;
    made.seed = choice.seed;
    made.plant = choice.plant;
    made.anchor = choice.anchor;
    auto store = demo::create(path, made);
    if (!store)
        return refuse(withAdvice(store.error().message, path));
    ::chmod(path.c_str(), 0600);
    return std::move(*store);
}

} // namespace

class ProjectServer::Impl
{
public:
    Impl(Lock held, Store opened)
        : m_lock(std::move(held))
        , m_store(std::move(opened))
    {
    }

    ~Impl()
    {
        m_server.reset();
        if (!m_address.url.empty())
            removeAddress(m_address.store);
    }

    tl::expected<void, ServeError> serve(const ProjectServerOptions &options)
    {
        ApiOptions apiOptions;
        apiOptions.isDemo = options.choice.store.empty();
        apiOptions.key = "phx_local_" + ph::randomHex(16);
        auto token = projectToken();
        if (!token)
            return refuse(token.error().message);
        apiOptions.projectToken = std::move(*token);
        apiOptions.scopes = options.scopes;
        apiOptions.limits = options.limits;
        auto api = Api::open(m_store, apiOptions);
        if (!api)
            return refuse(api.error().message);
        m_api.emplace(std::move(*api));
        m_name = m_store.meta("project_name").value_or("Local project");

        http::ServerOptions serverOptions;
        serverOptions.port = options.port;
        m_server
            = std::make_unique<http::Server>(serverOptions, [this](const http::ServerRequest &request, std::stop_token stop) {
                  return m_api->handle(request, std::move(stop));
              });
        for (const char *path : {"/api/", "/i/", "/batch", "/capture", "/e", "/track", "/engage", "/flags", "/decide"})
            m_server->setBodyLimit(path, 20 * 1024 * 1024); // PostHog's own limit
        if (const auto started = m_server->start(); !started)
            return refuse(started.error().message + (options.port ? " Choose another with --port, or leave it out." : ""));

        ProjectAddress address{"http://127.0.0.1:" + std::to_string(m_server->port()), apiOptions.key, apiOptions.projectId,
                               ::getpid(), m_store.path().string(), apiOptions.projectToken};
        if (const auto written = writeAddress(address); !written)
            return refuse(written.error().message);
        m_address = std::move(address);
        return {};
    }

    const ProjectAddress &address() const { return m_address; }
    const std::string &name() const { return m_name; }

private:
    /// Stays the same for a store: it stands in the programs that send to it.
    ph::Result<std::string> projectToken() const
    {
        if (const auto known = m_store.meta("api_token"))
            return *known;
        const std::string token = "phc_local_" + ph::randomHex(16);
        if (const auto set = m_store.setMeta("api_token", token); !set)
            return ph::fail(set.error());
        return token;
    }

    Lock m_lock;
    Store m_store;
    std::optional<Api> m_api;
    std::unique_ptr<http::Server> m_server;
    ProjectAddress m_address;
    std::string m_name;
};

ProjectServer::ProjectServer(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
ProjectServer::ProjectServer(ProjectServer &&) noexcept = default;
ProjectServer &ProjectServer::operator=(ProjectServer &&) noexcept = default;
ProjectServer::~ProjectServer() = default;

const ProjectAddress &ProjectServer::address() const { return m_impl->address(); }
const std::string &ProjectServer::name() const { return m_impl->name(); }

tl::expected<ProjectServer, ServeError> ProjectServer::start(const ProjectServerOptions &options, const Progress &onProgress)
{
    const fs::path path = storePathOf(options.choice);
    auto lock = lockStore(path);
    if (!lock)
        return tl::unexpected(lock.error());
    removeAddress(path); // We have the lock: whoever wrote it is gone.
    auto store = openOrMake(options.choice, path, options.rebuild, onProgress);
    if (!store)
        return tl::unexpected(store.error());
    auto impl = std::make_unique<Impl>(std::move(*lock), std::move(*store));
    if (auto served = impl->serve(options); !served)
        return tl::unexpected(served.error());
    return ProjectServer(std::move(impl));
}

tl::expected<void, ServeError> dumpProject(const ProjectChoice &choice, const fs::path &folder, const Progress &onProgress)
{
    const fs::path path = storePathOf(choice);
    const auto lock = lockStore(path);
    if (!lock)
        return tl::unexpected(lock.error());
    const auto store = openOrMake(choice, path, false, onProgress);
    if (!store)
        return tl::unexpected(store.error());
    onProgress("Writing the tables to " + folder.string() + " …");
    if (const auto written = dumpCsv(*store, folder); !written)
        return refuse(withAdvice(written.error().message, folder / "x"));
    return {};
}

tl::expected<ingest::ImportReport, ServeError> importProject(const ProjectChoice &choice, ingest::ImportOptions options)
{
    options.store = storePathOf(choice);
    options.rejected = options.store.parent_path() / "rejected";
    const auto lock = lockStore(options.store);
    if (!lock)
        return tl::unexpected(lock.error());
    auto report = ingest::importFiles(options);
    if (report) {
        ::chmod(options.store.c_str(), 0600);
        return std::move(*report);
    }
    if (isDiskFull(report.error().message)) {
        return refuse("The disk of " + options.store.parent_path().string()
                      + " is full. The project is as it was. Make room and run the same command again: it goes on where it was; or remove "
                      + options.store.string() + ".new, which holds what was imported so far.");
    }
    return refuse(report.error().message, report.error().code == ph::ErrorCode::InvalidInput || report.error().code == ph::ErrorCode::NotFound ? ProjectUsage : ProjectFailed);
}

} // namespace localproject

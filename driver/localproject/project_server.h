#pragma once

#include "driver/localproject/api/rate_limits.h"
#include "driver/localproject/import/import_files.h"
#include "driver/localproject/project_address.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace localproject {

struct ProjectServerOptions {
    ProjectChoice choice;
    std::uint16_t port = 0; // 0: the system chooses
    bool rebuild = false; // makes the store anew; the old file is kept beside it
    RateLimits limits; // none by default
    std::vector<std::string> scopes{"*"}; // of the key that is given out
};

/// Why a project is not served.
struct ServeError {
    ProjectExit exit = ProjectFailed;
    std::string message; // one sentence or two, for a person
};

using Progress = std::function<void(const std::string &text)>;

/// Owns the store of one project, makes it when it is not there, and serves PostHog's API over it on loopback. One process
/// owns a store: a lock file beside it says so, and the address file lets others find the one that does.
class ProjectServer
{
public:
    static tl::expected<ProjectServer, ServeError> start(const ProjectServerOptions &options, const Progress &onProgress);

    ProjectServer(ProjectServer &&) noexcept;
    ProjectServer &operator=(ProjectServer &&) noexcept;
    ~ProjectServer(); // answers what is under way, then takes the address back

    const ProjectAddress &address() const;
    const std::string &name() const; // of the project

private:
    class Impl;
    explicit ProjectServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Writes every table of the project to a CSV file in `folder` (see dump.h); the store is made first when it is not there.
tl::expected<void, ServeError> dumpProject(const ProjectChoice &choice, const std::filesystem::path &folder,
                                           const Progress &onProgress);

/// Imports files into the project of a folder (choice.store); see ingest::importFiles(). `options.store` and `rejected` are
/// filled in here.
tl::expected<ingest::ImportReport, ServeError> importProject(const ProjectChoice &choice, ingest::ImportOptions options);

} // namespace localproject

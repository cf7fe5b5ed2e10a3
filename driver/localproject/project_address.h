#pragma once

#include "driver/base/json_fields.h"
#include "driver/base/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

/// How programs find the process that serves a local project. Knows no DuckDB: programs that only want to talk to a project
/// link this alone.
namespace localproject {

/// Which project is meant: one of a folder of its own, or a demo. Each demo has a store of its own: another seed does not
/// replace what a user made in the first.
struct ProjectChoice {
    std::filesystem::path store; // the folder of a project with imported or captured events; empty: a demo
    std::filesystem::path folder; // empty: dataDir()/projects
    std::uint64_t seed = 20'240'607;
    std::string plant = "browser=Safari,os=iOS"; // whose sign-up breaks; "none": nobody's
    std::string anchor; // ISO text; empty: the day the store is made
};

/// "<store>/project.duckdb"; of a demo "<folder>/demo.duckdb", or "demo-<8 hex digits>.duckdb" for any other choice than the default one.
std::filesystem::path storePathOf(const ProjectChoice &choice);

/// What the process that serves a store tells the others, in a file that its user alone may read.
struct ProjectAddress {
    std::string url; // "http://127.0.0.1:41234"
    std::string key;
    std::string projectId;
    std::int64_t pid = 0;
    std::string store;
    std::optional<std::string> token = {}; // what SDKs send events with

    static constexpr auto fields = std::tuple{ph::Field{"url", &ProjectAddress::url}, ph::Field{"key", &ProjectAddress::key},
                                              ph::Field{"projectId", &ProjectAddress::projectId},
                                              ph::Field{"pid", &ProjectAddress::pid}, ph::Field{"store", &ProjectAddress::store},
                                              ph::Field{"token", &ProjectAddress::token}};
    friend bool operator==(const ProjectAddress &, const ProjectAddress &) = default;
};

/// "<runtimeDir()>/project-<hash of the store's path>.json".
std::filesystem::path addressPathOf(const std::filesystem::path &store);

ph::Result<> writeAddress(const ProjectAddress &address);
void removeAddress(const std::filesystem::path &store);

/// The address of the process that serves `store`; nothing when there is none, or when it has ended without tidying up.
/// Whether it answers is not tried.
std::optional<ProjectAddress> readAddress(const std::filesystem::path &store);

/// What `hoglet-project` ends with, for the program that started it.
enum ProjectExit { ProjectEnded = 0, ProjectFailed = 1, ProjectUsage = 2, ProjectStoreDamaged = 3, ProjectServedAlready = 4, ProjectRecordsRejected = 5 };

} // namespace localproject

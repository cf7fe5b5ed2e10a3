#pragma once

#include "driver/base/json_fields.h"
#include "driver/base/result.h"
#include "driver/posthog/export.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace posthog {

/// How far an export has come: everything that is needed to go on. Kept beside the file while it grows.
struct ExportState {
    int version = 1;
    ph::Json request; // what is exported, of which project: an export of something else does not go on with this file
    std::string phase = "rows"; // "rows" or "files", then "late"
    std::string job; // files: PostHog's, for the interval that begins at `from`
    std::int64_t part = 0; // of the job's files
    std::int64_t lines = 0; // of that part that are in the file
    std::string from; // lower bound of what is still to come, ISO text with microseconds
    std::vector<ph::Json> after; // the key of the last row, where it lies within the window; else empty
    std::vector<std::string> columns; // of the file
    std::vector<std::string> key; // Query: the columns that order the rows
    std::int64_t bytes = 0; // of the file that belong to it
    std::int64_t rows = 0;
    std::int64_t uuids = 0; // of the list of UUIDs
    std::int64_t duplicates = 0;
    std::int64_t late = 0;
    std::int64_t repaired = 0;
    std::string since; // rows that reached PostHog later than this are looked for at the end
    std::optional<std::int64_t> expected; // rows, as counted at the start
    std::map<std::string, std::int64_t> days; // rows and duplicates of each day of UTC, "2026-01-12"

    static constexpr auto fields = std::tuple{
        ph::Field{"version", &ExportState::version}, ph::Field{"request", &ExportState::request}, ph::Field{"phase", &ExportState::phase},
        ph::Field{"job", &ExportState::job}, ph::Field{"part", &ExportState::part}, ph::Field{"lines", &ExportState::lines},
        ph::Field{"from", &ExportState::from}, ph::Field{"after", &ExportState::after}, ph::Field{"columns", &ExportState::columns},
        ph::Field{"key", &ExportState::key}, ph::Field{"bytes", &ExportState::bytes}, ph::Field{"rows", &ExportState::rows},
        ph::Field{"uuids", &ExportState::uuids}, ph::Field{"duplicates", &ExportState::duplicates}, ph::Field{"late", &ExportState::late},
        ph::Field{"repaired", &ExportState::repaired}, ph::Field{"since", &ExportState::since},
        ph::Field{"expected", &ExportState::expected}, ph::Field{"days", &ExportState::days}};
};

/// The files of an export: "events.jsonl" when it is complete, and beside it while it is not ".part", ".checkpoint" and ".uuids".
struct ExportPaths {
    explicit ExportPaths(const std::filesystem::path &target);

    std::filesystem::path target;
    std::filesystem::path part;
    std::filesystem::path checkpoint;
    std::filesystem::path uuids;
    std::filesystem::path manifest;
    std::filesystem::path sum; // as sha256sum writes it
};

/// What is exported, of which project, in a form that can be compared: without what does not change the file's content.
ph::Json identityOf(const ExportRequest &request, const std::string &host, const std::string &projectId);

/// Nothing when none was begun. Error: InvalidInput, when another one was: the message says how to go on.
ph::Result<std::optional<ExportState>> loadState(const ExportPaths &paths, const ph::Json &identity);

} // namespace posthog

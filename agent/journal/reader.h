#pragma once

#include "agent/journal/entry.h"
#include "driver/base/result.h"

#include <filesystem>
#include <optional>

namespace journal {

/// One log, for a list. Times are ISO 8601, "" when the log names none.
struct RunInfo {
    std::string runId;
    std::string title;   // the last that the session was given, else the beginning of the first prompt, else ""
    std::string cwd;     // of session/new, "" when unknown
    std::string firstAt;
    std::string lastAt;
    std::size_t count = 0; // entries

    friend bool operator==(const RunInfo &, const RunInfo &) = default;
};

/// Where a run's log is (or would be), under the data directory that the writer was given. `runId` must be one (isRunId).
std::filesystem::path logPath(const std::filesystem::path &directory, const std::string &runId);

/// The log of a run. Error: NotFound when there is none, Internal when it cannot be read.
ph::Result<std::vector<Entry>> readRun(const std::filesystem::path &directory, const std::string &runId);

/// Every log under `directory`, the one written last first.
std::vector<RunInfo> listRuns(const std::filesystem::path &directory);

/// What listRuns() says of one; nothing when there is no such log.
std::optional<RunInfo> runInfo(const std::filesystem::path &directory, const std::string &runId);

/// Deletes a run's folder. One that does not exist is deleted already.
ph::Result<> removeRun(const std::filesystem::path &directory, const std::string &runId);

} // namespace journal

#pragma once

#include "driver/base/result.h"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace localproject::ingest {

struct ImportProgress {
    std::string file;
    std::uint64_t read = 0; // bytes, of Parquet rows; of `total`
    std::uint64_t total = 0;
    std::uint64_t records = 0; // of all files so far
};

struct ImportOptions {
    std::vector<std::filesystem::path> files; // in this order
    std::filesystem::path store; // the project's database file; made when it is not there
    std::filesystem::path rejected; // folder for what was not taken
    std::string projectName = "Local project";
    std::string timezone = "UTC";
    std::size_t eventsAtOnce = 200'000; // in one transaction
    std::string memoryLimit = "2GB";
    std::function<void(const ImportProgress &)> onProgress;
    std::stop_token stop;
};

struct FileReport {
    std::filesystem::path file;
    std::uint64_t records = 0;
    std::uint64_t events = 0; // new ones
    std::uint64_t duplicates = 0; // of events that were there, by uuid
    std::uint64_t rejects = 0;
    std::filesystem::path rejectsFile; // where they are, when there are any
    std::uint64_t resumedAt = 0; // records that an earlier run had brought in
};

struct ImportReport {
    std::vector<FileReport> files;
    std::uint64_t persons = 0; // in the store afterwards
    std::uint64_t refusedMerges = 0;
};

/// Brings files of events, persons and groups into a project's store: JSON lines, CSV or Parquet, as our exports, PostHog's
/// or its SDKs write them. The store changes in one moment, at the end: all work is done on a copy beside it ("….new"), which
/// is committed every `eventsAtOnce` events. A run that was ended, or found the disk full, leaves the store as it was, and the
/// next one with the same files goes on where the copy ends.
///
/// A record that cannot be taken is written to a file in `rejected` with its line and the reason, never dropped silently.
/// Errors: NotFound and InvalidInput (a file), Cancelled, Internal (the disk, the store).
ph::Result<ImportReport> importFiles(const ImportOptions &options);

} // namespace localproject::ingest

#pragma once

#include "driver/base/json_fields.h"
#include "driver/base/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace posthog {

/// What an export's manifest says of its file, and what the file is.
struct ExportCheck {
    struct Day {
        std::string day; // of UTC, "2026-01-12"
        std::int64_t rows = 0; // duplicates that were left out among them

        static constexpr auto fields = std::tuple{ph::Field{"day", &Day::day}, ph::Field{"rows", &Day::rows}};
    };

    std::string file; // the name, without its folder
    std::string format; // jsonl, csv, parquet
    std::string kind; // events, persons, query
    std::string host;
    std::string project;
    std::string from; // as it was asked for; empty: from the first on, and of a query
    std::string to;
    bool isWhole = false; // no names of events and no condition were asked for
    bool isComplete = false; // as many rows as PostHog counted then
    std::int64_t rows = 0;
    std::int64_t duplicates = 0;
    std::optional<std::int64_t> foundRows; // counted in the file; absent: of Parquet they are not counted
    std::int64_t bytes = 0;
    std::int64_t foundBytes = 0;
    std::string sha256;
    std::string foundSha256;
    std::vector<Day> days;

    static constexpr auto fields = std::tuple{
        ph::Field{"file", &ExportCheck::file}, ph::Field{"format", &ExportCheck::format}, ph::Field{"kind", &ExportCheck::kind},
        ph::Field{"host", &ExportCheck::host}, ph::Field{"project", &ExportCheck::project}, ph::Field{"from", &ExportCheck::from},
        ph::Field{"to", &ExportCheck::to}, ph::Field{"whole", &ExportCheck::isWhole}, ph::Field{"complete", &ExportCheck::isComplete},
        ph::Field{"rows", &ExportCheck::rows}, ph::Field{"duplicates", &ExportCheck::duplicates}, ph::Field{"found_rows", &ExportCheck::foundRows},
        ph::Field{"bytes", &ExportCheck::bytes}, ph::Field{"found_bytes", &ExportCheck::foundBytes}, ph::Field{"sha256", &ExportCheck::sha256},
        ph::Field{"found_sha256", &ExportCheck::foundSha256}, ph::Field{"days", &ExportCheck::days}};
};

/// Reads the manifest and, whole, the file beside it that it names; a difference between them is no error here. Errors: NotFound, one of
/// the two is missing; InvalidInput, no manifest of an export (its name ends in ".manifest.json"); Cancelled; Internal, the disk.
ph::Result<ExportCheck> checkExport(const std::filesystem::path &manifest, std::stop_token stop = {});

} // namespace posthog

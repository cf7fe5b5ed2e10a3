#pragma once

#include "driver/base/json_fields.h"
#include "driver/posthog/rate_budget.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace posthog {

enum class ExportKind { Events, Persons, Query };
/// Parquet is for those who hand the rows on to hoglet-project: Driver::exportRows() refuses it.
enum class ExportFormat { Jsonl, Csv, Parquet };

/// What to write, and where. The same request after an interruption goes on with the file that it began.
struct ExportRequest {
    ExportKind kind = ExportKind::Events;
    ExportFormat format = ExportFormat::Jsonl;
    std::filesystem::path file; // what is there is replaced when the export is complete

    std::string from; // events, persons: ISO text, inclusive. Persons: empty for all
    std::string to; // exclusive
    std::vector<std::string> events; // only these; empty: all
    std::string where; // a HogQL condition on events or persons
    ph::Json values = ph::Json::object(); // for {placeholders} in `where` and `hogql`

    std::string hogql; // Query: one statement without LIMIT
    std::vector<std::string> key; // Query: columns of its result that order the rows and are different in each; empty: found

    bool formulaSafe = true; // CSV: cells that a spreadsheet would compute are written with ' before them
    int pageRows = 10'000; // to begin with; it follows the size of the rows. At most 50,000
    bool anew = false; // forget an earlier one that was broken off
    std::optional<bool> asFiles; // events by PostHog's file download: true only so, false never, absent: where the project has it
};

struct ExportProgress {
    std::int64_t rows = 0; // written
    std::int64_t bytes = 0;
    std::optional<std::int64_t> expectedRows; // as PostHog counts them
    double rowsPerSecond = 0;
    std::optional<std::chrono::seconds> left;
    std::string doing; // "2026-01-12", "counting"
    std::optional<Wait> wait; // what holds it up at this moment
};

/// How complete an export is: said in its manifest and to the user.
struct ExportReport {
    std::filesystem::path file;
    std::filesystem::path manifest; // beside it: "<file>.manifest.json"; the sum is in "<file>.sha256" too
    std::int64_t rows = 0;
    std::int64_t bytes = 0;
    std::string sha256; // 64 hex digits
    std::optional<std::int64_t> counted; // by PostHog, at the end; absent where it could not count
    std::int64_t duplicates = 0; // rows left out because their uuid was written before
    std::int64_t late = 0; // rows that reached PostHog while the export ran, at the end of the file
    std::int64_t repaired = 0; // pages in which bytes that are no UTF-8 were replaced
    bool isComplete = false; // rows + duplicates == counted
    std::string verdict; // one sentence: whether the file may be trusted, with the numbers
    bool resumed = false;

    static constexpr auto fields = std::tuple{
        ph::Field{"rows", &ExportReport::rows}, ph::Field{"bytes", &ExportReport::bytes}, ph::Field{"sha256", &ExportReport::sha256},
        ph::Field{"counted", &ExportReport::counted}, ph::Field{"duplicates", &ExportReport::duplicates},
        ph::Field{"late", &ExportReport::late}, ph::Field{"repaired", &ExportReport::repaired},
        ph::Field{"complete", &ExportReport::isComplete}, ph::Field{"verdict", &ExportReport::verdict}};
};

/// exportEvents(from, to, filters, format): the request for it. `events` are names; none means all.
ExportRequest eventsExport(std::filesystem::path file, std::string from, std::string to, std::vector<std::string> events = {},
                           ExportFormat format = ExportFormat::Jsonl);

} // namespace posthog

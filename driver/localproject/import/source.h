#pragma once

#include "driver/base/result.h"
#include "driver/localproject/import/event_reader.h"

#include <filesystem>
#include <memory>
#include <stop_token>

namespace localproject::ingest {

enum class Format { JsonLines, Csv, Parquet };

/// By the file's name (.jsonl .ndjson .json .csv .parquet, and .gz after the first three); InvalidInput for others.
ph::Result<Format> formatOf(const std::filesystem::path &file);

/// The records of one file, a batch at a time, in the file's order.
class Source
{
public:
    virtual ~Source() = default;
    /// Fills an empty batch. False: there was nothing left. Error: the file cannot be read on, and why.
    virtual ph::Result<bool> next(Batch &batch) = 0;
    /// Bytes (or, of Parquet, rows) that were read and that there are, for progress; total 0: not known.
    virtual std::pair<std::uint64_t, std::uint64_t> progress() const = 0;
};

/// Where a source begins: what the `end` of a batch said.
struct Position {
    std::uint64_t offset = 0; // bytes of the text (unpacked), rows of Parquet
    std::uint64_t line = 0; // lines before it
};

struct SourceOptions {
    Position from;
    std::size_t batchBytes = 4 * 1024 * 1024;
    std::size_t longestRecord = 64 * 1024 * 1024; // a longer line is rejected, and read past
};

/// Errors: NotFound, InvalidInput (no such format, or not readable as it).
ph::Result<std::unique_ptr<Source>> openSource(const std::filesystem::path &file, EventReader &reader, const SourceOptions &options);

// One a file.
ph::Result<std::unique_ptr<Source>> openJsonLines(const std::filesystem::path &file, EventReader &reader, const SourceOptions &options);
ph::Result<std::unique_ptr<Source>> openCsv(const std::filesystem::path &file, EventReader &reader, const SourceOptions &options);
ph::Result<std::unique_ptr<Source>> openParquet(const std::filesystem::path &file, EventReader &reader, const SourceOptions &options);

} // namespace localproject::ingest

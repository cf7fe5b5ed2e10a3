#pragma once

#include "driver/base/result.h"

#include <cstdint>
#include <filesystem>

namespace localproject {

struct ConvertReport {
    std::uint64_t rows = 0;
};

/// Writes the rows of one file in the format of another: JSON lines, CSV or Parquet, by the files' names (.jsonl .ndjson .json
/// .csv .parquet, the first four also with .gz). Columns keep their order. Types come from the file, or from all its values;
/// objects and lists stay JSON text. `to` appears when it is whole, and replaces what was there.
/// Errors: NotFound, InvalidInput (a name, a line that cannot be read: the message says which), Internal (the disk).
ph::Result<ConvertReport> convertFile(const std::filesystem::path &from, const std::filesystem::path &to);

} // namespace localproject

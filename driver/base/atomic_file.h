#pragma once

#include "driver/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace ph {

/// Replaces the file as a whole: writes a temporary file beside it (mode `mode`), syncs it, renames it over `path` and
/// syncs the folder. On any error the old file is as it was and no temporary one is left.
/// Error: Internal, naming the file and the reason ("no space left on the disk").
Result<> writeFileAtomically(const std::filesystem::path &path, std::string_view content, unsigned mode = 0600);

/// The whole file. Error: NotFound when there is none; Internal when it cannot be read or is longer than `maximumBytes`.
Result<std::string> readFile(const std::filesystem::path &path, std::size_t maximumBytes = 64 * 1024 * 1024);

} // namespace ph

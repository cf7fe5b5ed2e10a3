#pragma once

#include "driver/base/descriptor.h"
#include "driver/base/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace tools {

struct WalkEntry {
    std::string path;           // relative to where the walk began
    bool isFolder = false;      // else a regular file, or a link, which is not followed
    bool isLink = false;
    std::uint64_t size = 0;
    std::int64_t modified = 0;  // nanoseconds since 1970
};

struct WalkOptions {
    bool respectsIgnoreFiles = true; // .gitignore from the root down, .git/info/exclude; .git and the like are never entered
    bool entersFolders = true;       // else only what lies in the folder itself
    std::size_t maximumEntries = 200'000;
    std::function<bool(const std::filesystem::path &)> leavesOut = {}; // by the whole path; a folder goes with all that is in it
};

struct WalkEnd {
    bool isComplete = true; // false: there is more than maximumEntries, or deeper than 100 folders
    std::size_t unreadable = 0; // folders that could not be opened
};

/// What `visit` may do with an entry: `open` gives the file (not open, with errno, for what is no regular file any more).
using Visit = std::function<bool(const WalkEntry &entry, const std::function<ph::Descriptor()> &open)>;

/// Goes through the folder `start`, which is canonical and beneath `root`, in the order of names, by descriptors: a link that is swapped in
/// meanwhile leads nowhere. `visit` returns false to end the walk. Error: NotFound, no such folder; Cancelled.
ph::Result<WalkEnd> walk(const std::filesystem::path &root, const std::filesystem::path &start, const WalkOptions &options, const Visit &visit,
                         std::stop_token stop);

} // namespace tools

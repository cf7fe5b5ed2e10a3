#pragma once

#include "driver/base/descriptor.h"
#include "driver/base/result.h"

#include <filesystem>
#include <vector>

/// Opening files beneath a folder in a way that no link, and nobody who swaps one meanwhile, leads out of it.
namespace ph {

/// Opens `path`, relative and without "..", beneath the folder `root`, following no link on the way or at its end. `flags` as for open(2).
/// Not open, with errno, when that fails: ELOOP for a link, ENOENT, …
Descriptor openBeneath(const Descriptor &root, const std::filesystem::path &path, int flags, unsigned mode = 0);

/// The same for kernels without openat2(2), folder by folder.
Descriptor walkBeneath(const Descriptor &root, const std::filesystem::path &path, int flags, unsigned mode = 0);

/// The root that `path` lies in, component by component ("/repo-other" is not in "/repo"); the longest of several. nullptr: in none.
const std::filesystem::path *rootOf(const std::filesystem::path &path, const std::vector<std::filesystem::path> &roots);

} // namespace ph

#pragma once

#include "driver/base/result.h"

#include <stop_token>
#include <string>
#include <vector>

namespace ui {

/// The files of a folder by their names, for completion. Filled by app. Calls may take time and are made on worker threads.
class FileNames
{
public:
    struct Listing {
        std::vector<std::string> names; // relative to the folder, with "/" between; what lies near the top comes first
        bool isComplete = true;         // false: there are more than `most`
    };

    virtual ~FileNames() = default;

    /// What the folder's ignore files leave out is left out. Error: NotFound, no such folder; Cancelled.
    virtual ph::Result<Listing> list(const std::string &folder, std::size_t most, std::stop_token stop) = 0;
};

} // namespace ui

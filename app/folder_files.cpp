#include "app/folder_files.h"

#include "agent/tools/walk.h"

#include <deque>
#include <filesystem>

namespace app {

ph::Result<ui::FileNames::Listing> FolderFiles::list(const std::string &folder, std::size_t most, std::stop_token stop)
{
    std::error_code error;
    const auto root = std::filesystem::canonical(folder, error);
    if (error)
        return ph::fail(ph::ErrorCode::NotFound, "The folder " + folder + " cannot be opened: " + error.message() + ".");
    constexpr std::size_t mostEntries = 500'000;
    Listing listing;
    std::size_t entries = 0;
    tools::WalkOptions options;
    options.entersFolders = false;
    // Level by level: where there is too much, as in a home folder, what lies near the top is what people name.
    std::deque<std::string> folders{""};
    while (!folders.empty() && listing.isComplete) {
        const auto prefix = folders.front().empty() ? std::string() : folders.front() + "/";
        const auto start = folders.front().empty() ? root : root / folders.front();
        folders.pop_front();
        const auto end = tools::walk(root, start, options, [&](const tools::WalkEntry &entry, const auto &) {
            if (entry.isFolder)
                folders.push_back(prefix + entry.path);
            else if (!entry.isLink && listing.names.size() < most)
                listing.names.push_back(prefix + entry.path);
            else if (!entry.isLink)
                listing.isComplete = false;
            listing.isComplete = listing.isComplete && ++entries < mostEntries;
            return listing.isComplete;
        }, stop);
        if (!end && (end.error().code == ph::ErrorCode::Cancelled || prefix.empty()))
            return ph::fail(end.error()); // A folder below that has gone meanwhile has no files.
    }
    return listing;
}

} // namespace app

#pragma once

#include "agent/acp/agent_side.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace tools {

/// A file as it was when it was looked at. `hash` is of its content: two states with one hash and size are the same content.
struct FileState {
    std::int64_t modified = 0; // nanoseconds since 1970
    std::uint64_t size = 0;
    std::uint64_t hash = 0;

    bool isSameContent(const FileState &other) const { return size == other.size && hash == other.hash; }
    friend bool operator==(const FileState &, const FileState &) = default;
};

struct FileContent {
    std::string bytes;
    FileState state;
};

inline constexpr std::size_t maximumFileBytes = 64 * 1024 * 1024;

/// The files of a session. Paths are canonical and beneath one of its roots (Workspace::resolve makes them): what a link leads to is not
/// opened, so that a path which was decided on cannot be turned into another one meanwhile. Any thread; no call waits for a pipe or a device.
class Files
{
public:
    virtual ~Files() = default;

    /// The whole file. Error: NotFound; InvalidInput for what is no file or is longer than maximumFileBytes; Internal, no permission.
    virtual ph::Result<FileContent> read(const std::filesystem::path &path, std::stop_token stop) = 0;

    /// Replaces the file whole, or makes it, with its folders; an old one keeps its mode. `before` is what is to be replaced, nothing
    /// where there must be none. On an error the old file is as it was. Error: InvalidInput when another file stands there meanwhile;
    /// Internal with the reason ("no space left on the disk").
    virtual ph::Result<FileState> write(const std::filesystem::path &path, const std::string &content, const std::optional<FileState> &before,
                                        std::stop_token stop) = 0;
};

/// The files of this machine.
std::unique_ptr<Files> makeDiskFiles(std::vector<std::filesystem::path> roots);

/// The client's texts where it has them: what is open in an editor and not saved yet counts. What is no text, and what the client does
/// not offer, goes to `disk`.
std::unique_ptr<Files> makeClientFiles(std::unique_ptr<Files> disk, acp::Client &client, acp::SessionId session, acp::FileSystemCapabilities offers);

FileState stateOf(std::string_view content, std::int64_t modified);

} // namespace tools

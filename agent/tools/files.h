#pragma once

#include "agent/acp/agent_side.h"
#include "driver/base/rooted_files.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace tools {

using ph::FileContent;
using ph::FileState;
using ph::maximumFileBytes;
using ph::stateOf;

/// The files of a session. Paths are canonical and beneath one of its roots (Workspace::resolve makes them), see
/// ph::RootedFiles. Any thread; no call waits for a pipe or a device.
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

} // namespace tools

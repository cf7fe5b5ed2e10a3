#pragma once

#include "driver/base/beneath.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace ph {

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

FileState stateOf(std::string_view content, std::int64_t modified);

/// Through its links and without "..", as far as it exists; what is missing below is taken as it is written.
std::filesystem::path canonicalPath(const std::filesystem::path &path);

/// The files beneath some folders of this machine, and no others. Paths and roots are canonical (canonicalPath makes them): what a link
/// leads to is not opened, so that a path which was decided on cannot be turned into another one meanwhile. Any thread; no call waits
/// for a pipe or a device.
class RootedFiles
{
public:
    /// What errors advise, beside saying what is wrong; "" for nothing.
    struct Advice {
        std::string onFolder; // that a file was expected to be
        std::string onLength; // beyond maximumFileBytes
    };

    explicit RootedFiles(std::vector<std::filesystem::path> roots, Advice advice = {});

    /// The whole file. Error: NotFound; InvalidInput for what is no file or is longer than maximumFileBytes; Internal, no permission.
    Result<FileContent> read(const std::filesystem::path &path, std::stop_token stop) const;

    /// Replaces the file whole, or makes it, with its folders; an old one keeps its mode. `before` is what is to be replaced, nothing
    /// where there must be none. On an error the old file is as it was. Error: InvalidInput when another file stands there meanwhile;
    /// Internal with the reason ("no space left on the disk").
    Result<FileState> write(const std::filesystem::path &path, const std::string &content, const std::optional<FileState> &before) const;

private:
    struct Place;

    Result<Place> openRoot(const std::filesystem::path &path) const;
    std::optional<Error> whyNoFile(const std::filesystem::path &path, unsigned mode) const;

    const std::vector<std::filesystem::path> m_roots;
    const Advice m_advice;
};

} // namespace ph

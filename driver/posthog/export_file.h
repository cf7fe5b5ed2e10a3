#pragma once

#include "driver/base/result.h"
#include "driver/posthog/export_state.h"
#include "driver/posthog/recent_uuids.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace posthog {

/// The file that an export writes, its sum, the list of the UUIDs in it, and the checkpoint that says how much of both counts.
///
/// append() only writes. commit() hands a state over that covers what was written so far: a thread of its own has the disk keep
/// the bytes first and then replaces the checkpoint, whole or not at all. Whatever happens in between, what the last checkpoint
/// says is on the disk. When pages come faster than the disk keeps them, one checkpoint covers several; at most
/// `unkept` bytes wait. One thread at a time.
class ExportFile
{
public:
    static constexpr std::int64_t unkept = 64 * 1024 * 1024;

    /// Goes on where `state` says, or begins. Errors: Internal (the disk), InvalidInput (another program is at it; or the file is
    /// shorter than its checkpoint says).
    static ph::Result<ExportFile> open(const ExportPaths &paths, const ExportState &state);

    ExportFile(ExportFile &&) noexcept;
    ExportFile &operator=(ExportFile &&) noexcept;
    ~ExportFile(); // leaves everything as it is, to be gone on with

    ph::Result<> append(std::string_view bytes, std::span<const Uuid> uuids);
    ph::Result<> commit(const ExportState &state);

    std::int64_t bytes() const;
    std::int64_t uuids() const;

    /// The last `count` UUIDs in the list, or each of them, in their order.
    ph::Result<> readUuids(std::int64_t from, const std::function<void(const Uuid &)> &onUuid) const;

    /// Waits for the last checkpoint. The sum of the whole file, 64 hex digits.
    ph::Result<std::string> finish();

    /// Puts the file under its name and takes away what was beside it.
    ph::Result<> publish();

private:
    class Impl;
    explicit ExportFile(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// The sum of a file as it is on the disk.
ph::Result<std::string> sha256Of(const std::filesystem::path &path);

} // namespace posthog

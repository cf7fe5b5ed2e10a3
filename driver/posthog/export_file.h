#pragma once

#include "driver/base/result.h"
#include "driver/posthog/export_state.h"
#include "driver/posthog/recent_uuids.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace posthog {

/// The file that an export writes, its sum, the list of the UUIDs in it, and the checkpoint that says how much of both counts.
///
/// put() hands over the bytes of a page and the state that covers them. One thread writes and sums them; another has the disk
/// keep them and then replaces the checkpoint, whole or not at all. Whatever happens in between, what the last checkpoint says
/// is on the disk. When pages come faster than the disk keeps them, one checkpoint covers several; at most `unkept` bytes
/// wait. What fails there is the error of the next call. One thread at a time.
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

    /// Fills in how long the file and the list then are. `bytes` comes back empty, with some memory for the next ones.
    ph::Result<> put(std::string &bytes, std::vector<Uuid> uuids, ExportState &state);

    std::int64_t bytes() const;

    /// The UUIDs in the list from that one on, in their order.
    ph::Result<> readUuids(std::int64_t from, const std::function<void(const Uuid &)> &onUuid);

    /// Waits for the last checkpoint. The sum of the whole file, 64 hex digits.
    ph::Result<std::string> finish();

    /// Puts the file under its name and takes away what was beside it.
    ph::Result<> publish();

private:
    class Impl;
    explicit ExportFile(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// The sum of a file as it is on the disk; `onBytes` sees all of it and returns false to end it. Errors: NotFound, Cancelled, Internal.
ph::Result<std::string> sha256Of(const std::filesystem::path &path, const std::function<bool(std::string_view)> &onBytes = {});

} // namespace posthog

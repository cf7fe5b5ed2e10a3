#pragma once

#include "driver/base/result.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace journal {

struct WriterOptions {
    std::size_t maximumHeld = 64 * 1024 * 1024;      // bytes kept in memory while the disk takes none
    std::chrono::milliseconds retryInterval{2'000};  // between attempts then
    std::size_t maximumOpen = 32;                    // files kept open
};

/// Appends lines to `<directory>/sessions/<runId>/logs.ndjson` (folders 0700, file 0600). A line has been handed to the system by one
/// write(2) when append() returns: what happens to this process then does not touch it. Several processes may append to one log.
///
/// When the disk takes nothing (full, or an I/O error) lines wait in memory, in order, and are written as soon as it goes again; the
/// conversation does not wait. Beyond `maximumHeld` the newest are dropped, and the log says how many: {"type":"lost","count":…}.
class Writer
{
public:
    /// Told when writing begins to fail and, with nothing, when it works again and nothing waits any more. On whatever thread noticed;
    /// it must not call the writer.
    using OnProblem = std::function<void(const std::optional<ph::Error> &)>;

    explicit Writer(std::filesystem::path directory, OnProblem onProblem = {}, WriterOptions options = {});
    ~Writer(); // tries once more to write what waits

    Writer(const Writer &) = delete;
    Writer &operator=(const Writer &) = delete;

    /// `entry` is one stored line without its newline. Error: InvalidInput when `runId` cannot name a folder. Any thread.
    ph::Result<> append(const std::string &runId, const std::string &entry);

    /// Tries at once to write what waits. Error: Internal, with the system's reason; what waits goes on waiting.
    ph::Result<> flush();

    /// Frees what is kept for a run; a later append() opens it again.
    void close(const std::string &runId);

private:
    struct Run {
        int fd = -1;
        bool startsInLine = false; // the file ends in half a line: begin a new one first
        std::deque<std::string> held;
        std::size_t lost = 0;
        std::uint64_t used = 0; // when it was last written to
    };

    bool write(const std::string &runId, Run &run, const std::string &entry);
    bool open(const std::string &runId, Run &run);
    bool writeHeld(const std::string &runId, Run &run);
    void hold(Run &run, const std::string &entry);
    void closeOldest();
    bool isHolding() const;
    void retryLoop();

    const std::filesystem::path m_directory;
    const OnProblem m_onProblem;
    const WriterOptions m_options;

    std::mutex m_mutex; // Guards what follows.
    std::condition_variable m_changed;
    std::map<std::string, Run> m_runs;
    std::size_t m_heldBytes = 0;
    std::uint64_t m_clock = 0;
    std::string m_lastError;
    bool m_failing = false;
    bool m_ending = false;
    std::thread m_retry; // runs from the first failure on
};

/// A Writer::OnProblem that says it in the program's log.
void logProblem(const std::optional<ph::Error> &problem);

} // namespace journal

#pragma once

#include "driver/base/child_process.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace ph {

/// Reads what a program writes to a pipe, so that it never waits for a reader, and keeps the last of it. For stderr. Any thread.
class OutputTail
{
public:
    /// `fd` outlives this object. `maximumBytes` are kept.
    OutputTail(int fd, std::size_t maximumBytes);

    /// Without terminal sequences and keys.
    std::string text() const;
    /// The last line that is not blank, or "".
    std::string lastLine() const;

    /// Waits until nobody writes to the pipe any more; false after `timeout`.
    bool waitForEnd(std::chrono::milliseconds timeout) const;

private:
    void drain(const std::stop_token &stop);

    const int m_fd;
    const std::size_t m_maximum;
    mutable std::mutex m_mutex; // Guards what follows.
    mutable std::condition_variable m_changed;
    std::string m_text;
    bool m_hasEnded = false;
    std::jthread m_reader;
};

/// "codex-acp ended with code 1: no such model": how a program ended, with its last words.
std::string endingOf(const std::string &program, const ChildExit &exit, const std::string &lastLine);

} // namespace ph

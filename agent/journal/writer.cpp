#include "agent/journal/writer.h"

#include "agent/journal/entry.h"
#include "driver/base/log.h"
#include "driver/base/time.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace journal {

Writer::Writer(std::filesystem::path directory, OnProblem onProblem, WriterOptions options)
    : m_directory(std::move(directory))
    , m_onProblem(std::move(onProblem))
    , m_options(options)
{
}

Writer::~Writer()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
        m_changed.notify_all();
    }
    if (m_retry.joinable())
        m_retry.join();
    for (auto &[runId, run] : m_runs) {
        writeHeld(runId, run);
        if (run.fd >= 0)
            ::close(run.fd);
    }
}

ph::Result<> Writer::append(const std::string &runId, const std::string &entry)
{
    if (!isRunId(runId))
        return ph::fail(ph::ErrorCode::InvalidInput, "“" + runId + "” cannot name a session's folder.");
    std::optional<ph::Error> problem;
    {
        const std::lock_guard lock(m_mutex);
        auto &run = m_runs[runId];
        run.used = ++m_clock;
        if (!run.held.empty() || run.lost > 0 || !write(runId, run, entry)) {
            hold(run, entry);
            if (!std::exchange(m_failing, true)) {
                problem = ph::Error{ph::ErrorCode::Internal, "The conversation cannot be saved: " + m_lastError + ". It is kept in memory and written as soon as that works again."};
                if (!m_retry.joinable())
                    m_retry = std::thread(&Writer::retryLoop, this);
                m_changed.notify_all();
            }
        }
        closeOldest();
    }
    if (problem && m_onProblem)
        m_onProblem(problem);
    return {};
}

ph::Result<> Writer::flush()
{
    const std::lock_guard lock(m_mutex);
    for (auto &[runId, run] : m_runs)
        writeHeld(runId, run);
    if (isHolding())
        return ph::fail(ph::ErrorCode::Internal, "The conversation cannot be saved: " + m_lastError + ".");
    return {};
}

void Writer::close(const std::string &runId)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_runs.find(runId);
    if (found == m_runs.end())
        return;
    if (found->second.fd >= 0)
        ::close(std::exchange(found->second.fd, -1));
    if (found->second.held.empty() && found->second.lost == 0)
        m_runs.erase(found);
}

bool Writer::open(const std::string &runId, Run &run)
{
    if (run.fd >= 0)
        return true;
    const auto folder = m_directory / "sessions" / runId;
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) {
        std::filesystem::create_directories(m_directory / "sessions", error);
        ::chmod((m_directory / "sessions").c_str(), 0700);
        if (::mkdir(folder.c_str(), 0700) < 0 && errno != EEXIST) {
            m_lastError = std::strerror(errno);
            return false;
        }
    }
    run.fd = ::open((folder / "logs.ndjson").c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (run.fd < 0) {
        m_lastError = std::strerror(errno);
        return false;
    }
    char last = '\n';
    struct stat state{};
    if (::fstat(run.fd, &state) == 0 && state.st_size > 0 && ::pread(run.fd, &last, 1, state.st_size - 1) == 1)
        run.startsInLine = last != '\n';
    return true;
}

bool Writer::write(const std::string &runId, Run &run, const std::string &entry)
{
    if (!open(runId, run))
        return false;
    std::string text;
    text.reserve(entry.size() + 2);
    if (run.startsInLine)
        text += '\n';
    text += entry;
    text += '\n';
    std::size_t written = 0;
    while (written < text.size()) {
        const auto count = ::write(run.fd, text.data() + written, text.size() - written);
        if (count > 0) {
            written += std::size_t(count);
        } else if (count < 0 && errno == EINTR) {
            continue;
        } else {
            m_lastError = std::strerror(count < 0 ? errno : ENOSPC);
            run.startsInLine = run.startsInLine || written > 0; // Half of it stands there: the next attempt begins a new line.
            return false;
        }
    }
    run.startsInLine = false;
    return true;
}

bool Writer::writeHeld(const std::string &runId, Run &run)
{
    while (!run.held.empty()) {
        if (!write(runId, run, run.held.front()))
            return false;
        m_heldBytes -= run.held.front().size();
        run.held.pop_front();
    }
    if (run.lost > 0) {
        if (!write(runId, run, R"({"type":"lost","timestamp":")" + ph::isoNow() + R"(","count":)" + std::to_string(run.lost) + "}"))
            return false;
        run.lost = 0;
    }
    return true;
}

void Writer::hold(Run &run, const std::string &entry)
{
    if (run.lost > 0 || m_heldBytes + entry.size() > m_options.maximumHeld) { // After a gap nothing is kept until the gap is noted.
        ++run.lost;
        return;
    }
    m_heldBytes += entry.size();
    run.held.push_back(entry);
}

void Writer::closeOldest()
{
    const auto isOpen = [](const auto &item) { return item.second.fd >= 0; };
    while (std::size_t(std::count_if(m_runs.begin(), m_runs.end(), isOpen)) > m_options.maximumOpen) {
        auto oldest = m_runs.end();
        for (auto it = m_runs.begin(); it != m_runs.end(); ++it) {
            if (isOpen(*it) && (oldest == m_runs.end() || it->second.used < oldest->second.used))
                oldest = it;
        }
        ::close(std::exchange(oldest->second.fd, -1));
        if (oldest->second.held.empty() && oldest->second.lost == 0)
            m_runs.erase(oldest);
    }
}

bool Writer::isHolding() const
{
    return std::any_of(m_runs.begin(), m_runs.end(), [](const auto &item) { return !item.second.held.empty() || item.second.lost > 0; });
}

void Writer::retryLoop()
{
    std::unique_lock lock(m_mutex);
    while (!m_ending) {
        if (!m_failing) {
            m_changed.wait(lock, [this] { return m_ending || m_failing; });
            continue;
        }
        m_changed.wait_for(lock, m_options.retryInterval, [this] { return m_ending; });
        if (m_ending)
            return;
        for (auto &[runId, run] : m_runs)
            writeHeld(runId, run);
        if (isHolding())
            continue;
        m_failing = false;
        lock.unlock();
        if (m_onProblem)
            m_onProblem(std::nullopt);
        lock.lock();
    }
}

void logProblem(const std::optional<ph::Error> &problem)
{
    if (problem)
        ph::logError("journal", problem->message);
    else
        ph::logWarning("journal", "The conversation is saved again.");
}

} // namespace journal

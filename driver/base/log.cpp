#include "driver/base/log.h"

#include "driver/base/paths.h"
#include "driver/base/time.h"

#include <nlohmann/json.hpp>

#include <array>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ph {

namespace {

constexpr std::array<std::string_view, 4> levelNames{"debug", "info", "warning", "error"};

void writeOnce(int fd, std::string_view text)
{
    // One write a line, so that lines of several threads and processes do not mix; a log that cannot be written is no
    // reason to fail.
    [[maybe_unused]] const ssize_t written = ::write(fd, text.data(), text.size());
}

/// One log file and its older ones.
class LogFile
{
public:
    explicit LogFile(LogOptions options)
        : m_options(std::move(options))
    {
        if (m_options.folder.empty())
            m_options.folder = stateDir();
        open();
    }
    ~LogFile() { close(); }
    LogFile(const LogFile &) = delete;
    LogFile &operator=(const LogFile &) = delete;

    const LogOptions &options() const { return m_options; }

    void write(std::string_view line)
    {
        if (isMoved())
            reopen();
        if (m_fd < 0)
            return;
        struct stat info = {};
        if (::fstat(m_fd, &info) == 0 && static_cast<std::uint64_t>(info.st_size) + line.size() > m_options.maximumBytes)
            rotate();
        writeOnce(m_fd, line);
    }

private:
    std::filesystem::path pathOf(int age) const
    {
        return m_options.folder / (m_options.program + (age == 0 ? "" : "." + std::to_string(age)) + ".log");
    }
    void open() { m_fd = ::open(pathOf(0).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600); }
    void close()
    {
        if (m_fd >= 0)
            ::close(m_fd);
        m_fd = -1;
    }
    void reopen()
    {
        close();
        open();
    }

    /// Whether another process has begun the next file (or somebody removed ours).
    bool isMoved() const
    {
        struct stat mine = {};
        struct stat named = {};
        return m_fd < 0 || ::fstat(m_fd, &mine) != 0 || ::stat(pathOf(0).c_str(), &named) != 0 || mine.st_ino != named.st_ino;
    }

    void rotate()
    {
        ::flock(m_fd, LOCK_EX); // Two processes at the limit: the second finds the file moved when it gets the lock.
        if (!isMoved()) {
            for (int age = m_options.files - 2; age >= 0; --age)
                ::rename(pathOf(age).c_str(), pathOf(age + 1).c_str());
        }
        ::flock(m_fd, LOCK_UN);
        reopen();
    }

    LogOptions m_options;
    int m_fd = -1;
};

std::mutex logMutex; // Guards the file.
std::unique_ptr<LogFile> logFile; // absent until startLog()

} // namespace

void startLog(const LogOptions &options)
{
    const std::lock_guard lock(logMutex);
    logFile = std::make_unique<LogFile>(options);
}

void log(LogLevel level, std::string_view area, std::string_view message)
{
    const std::string_view levelName = levelNames[static_cast<std::size_t>(level)];
    const std::string text = redact(message);
    const std::string time = isoNow();

    const std::lock_guard lock(logMutex);
    if (level >= (logFile ? logFile->options().stderrLevel : LogLevel::Warning)) {
        std::string line = time.substr(11, 12);
        line.append(" ").append(levelName).append(" ").append(area).append(": ").append(text).append("\n");
        writeOnce(STDERR_FILENO, line);
    }
    if (logFile && level >= logFile->options().fileLevel) {
        const nlohmann::ordered_json line{
            {"time", time}, {"level", levelName}, {"area", area}, {"message", text}, {"pid", ::getpid()}};
        logFile->write(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    }
}

} // namespace ph

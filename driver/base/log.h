#pragma once

#include "driver/base/redact.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ph {

enum class LogLevel { Debug, Info, Warning, Error };

struct LogOptions {
    std::string program = "hoglet"; // the file is <program>.log, older ones <program>.1.log, …
    std::filesystem::path folder; // empty: stateDir()
    LogLevel fileLevel = LogLevel::Info;
    LogLevel stderrLevel = LogLevel::Warning;
    std::uint64_t maximumBytes = 10 * 1024 * 1024; // a file, before the next is begun
    int files = 5; // kept in all, the running one included
};

/// Opens the log file; before it, and when the file cannot be written, messages go to stderr alone. Call it in main().
void startLog(const LogOptions &options);

/// Writes one message, redacted, as `12:00:00.123 warning http: text` to stderr and as one JSON line
/// {"time","level","area","message","pid"} to the file. Any thread; several processes may share a file.
/// `area` is the module ("http").
void log(LogLevel level, std::string_view area, std::string_view message);

inline void logDebug(std::string_view area, std::string_view message) { log(LogLevel::Debug, area, message); }
inline void logInfo(std::string_view area, std::string_view message) { log(LogLevel::Info, area, message); }
inline void logWarning(std::string_view area, std::string_view message) { log(LogLevel::Warning, area, message); }
inline void logError(std::string_view area, std::string_view message) { log(LogLevel::Error, area, message); }

} // namespace ph

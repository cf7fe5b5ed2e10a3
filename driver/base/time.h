#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ph {

using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// "2026-01-31T12:00:00.123Z": UTC, always three digits of a second.
std::string isoTime(std::chrono::system_clock::time_point time);
std::string isoNow();

/// "2026-01-31T12:00:00.123456Z": UTC with microseconds.
std::string isoTimeMicros(Time time);

/// Reads "2026-01-31", "2026-01-31T12:00", "2026-01-31 12:00:00.123456Z", "…+02:00". Without an offset it is UTC; digits
/// past the microsecond are cut. Nothing for any other text, and for days and hours that do not exist.
std::optional<Time> parseIsoTime(std::string_view text);

} // namespace ph

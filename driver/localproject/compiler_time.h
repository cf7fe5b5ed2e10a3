#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace localproject {

/// A written date-time. Without an offset, `microseconds` counts as if the wall clock were UTC.
struct WrittenTime {
    std::int64_t microseconds = 0; // since 1970
    bool hasOffset = false;        // "Z" or "+02:00" was written
    bool dateOnly = false;
};

/// Reads "2026-01-31", "2026-01-31 10:15", "2026-01-31T10:15:30.5Z", "…+02:00" and seconds since 1970 (nine or ten digits).
std::optional<WrittenTime> parseWrittenTime(std::string_view text);

/// "-7d", "-24h", "-1dStart" …: relative to `now`, as {filters} gives them. Empty when it is none of these.
std::optional<std::int64_t> parseRelativeTime(std::string_view text, std::int64_t nowMicroseconds);

} // namespace localproject

#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace localproject::ingest {

/// A second chance for JSON that PostHog takes and simdjson does not: lone surrogates, integers beyond 64 bits (which become
/// the nearest double, as in JavaScript). Nothing when that is not what is wrong.
std::optional<std::string> mendedFor(simdjson::error_code error, std::string_view json);

/// Why JSON cannot be read, as a sentence.
std::string_view sayWhy(simdjson::error_code error);

} // namespace localproject::ingest

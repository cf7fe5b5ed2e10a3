#pragma once

#include "driver/base/json_fields.h"

#include <string>
#include <string_view>
#include <vector>

/// A journal keeps every line of a conversation, in the order in which they passed: what a run is loaded again from, handed on with, and
/// shown from when the agent has gone. README.md specifies the format.
namespace journal {

/// One stored line. `line` is the JSON-RPC object as it passed; `timestamp` is ISO 8601, UTC.
struct Entry {
    std::string timestamp;
    std::string line;

    friend bool operator==(const Entry &, const Entry &) = default;
};

/// The stored form, without the newline: {"type":"notification","timestamp":…,"notification":<line>}. `line`, a JSON object, goes in as it
/// is, unless it holds a secret (ph::redact): it is then written anew with the secret replaced.
std::string storedEntry(const std::string &line, const std::string &timestamp);

/// The entries of a log's text, in order. Passed over: blank lines, lines that do not read (a torn end), entries without a
/// "notification" (other programs' markers).
std::vector<Entry> entriesOf(std::string_view text);

/// Whether a run id can name a folder: 1 to 128 letters, digits, '.', '_' and '-', not starting with '.'.
bool isRunId(std::string_view runId);

} // namespace journal

#pragma once

#include <QString>

#include <string>
#include <vector>

namespace ui {

/// The line with its secrets replaced by «redacted»: what ph::redact knows by its look, and the values of members, headers and variables
/// that are called like one ("apiKey", {"name": "GITHUB_TOKEN", "value": …}). Everything else stays as it is, byte for byte where there
/// is no secret. What leaves the inspector, and what it shows, goes through here.
std::string redactedMessage(const std::string &line);

/// A message laid out to be read: secrets replaced, one member a line, in the order of the wire.
struct ReadableMessage {
    QString whole;          // to be copied
    QString shown;          // long texts, and what comes after the first few hundred kilobytes, are cut
    bool isCut = false;
    std::vector<int> lines; // of `shown`, from 0: where the places stand that were asked for; of a place that is missing, what it is missing from
};

/// `pointers` are JSON pointers, as findings have them. May take a while for megabytes; any thread.
ReadableMessage readableMessage(const std::string &line, const std::vector<std::string> &pointers = {});

} // namespace ui

#pragma once

#include "app/arguments.h"
#include "driver/posthog/table.h"

#include <string>

namespace app {

enum class OutputFormat { Columns, Csv, Json, Jsonl, Markdown, Parquet };

/// What a command ends with.
enum ExitCode {
    ExitDone = 0,
    ExitFailed = 1, // the project's error, on stderr
    ExitUsage = 2, // the command line's
    ExitIncomplete = 3, // written, but not all of it; stderr says what is missing
    ExitRefused = 4, // the key is not accepted, or lacks a scope
    ExitLimited = 5, // PostHog's limits: come back later
    ExitInterrupted = 130
};

/// Takes "--format NAME" out, and --csv, --json, --jsonl, --markdown. Error: InvalidInput, naming the formats.
ph::Result<OutputFormat> takeFormat(Arguments &arguments, OutputFormat otherwise = OutputFormat::Columns);

/// Takes every "--value NAME=VALUE" out: the values of a query's {placeholders}. What reads as JSON is that (5, true, null,
/// "5"); all else is text.
ph::Result<ph::Json> takeValues(Arguments &arguments);

/// Writes the table to stdout. `rawCells`: CSV without the ' before what a spreadsheet would compute.
void print(const posthog::Table &table, OutputFormat format, bool rawCells);
void print(const std::string &text);

/// Tells the error on stderr; the exit code that fits it.
int failWith(const ph::Error &error);

/// Tells `message` on stderr; ExitUsage.
int usageError(const std::string &message);

} // namespace app

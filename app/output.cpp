#include "app/output.h"

#include "agent/tools/markdown.h"
#include "app/table_text.h"

#include <cstdio>

namespace app {

ph::Result<OutputFormat> takeFormat(Arguments &arguments, OutputFormat otherwise)
{
    auto format = otherwise;
    if (arguments.flag("--json"))
        format = OutputFormat::Json;
    if (arguments.flag("--jsonl"))
        format = OutputFormat::Jsonl;
    if (arguments.flag("--csv"))
        format = OutputFormat::Csv;
    if (arguments.flag("--markdown"))
        format = OutputFormat::Markdown;
    const auto named = arguments.option("--format");
    if (!named)
        return ph::fail(named.error());
    if (!*named)
        return format;
    if (**named == "table")
        return OutputFormat::Columns;
    if (**named == "csv")
        return OutputFormat::Csv;
    if (**named == "json")
        return OutputFormat::Json;
    if (**named == "jsonl")
        return OutputFormat::Jsonl;
    if (**named == "markdown")
        return OutputFormat::Markdown;
    if (**named == "parquet")
        return OutputFormat::Parquet;
    return ph::fail(ph::ErrorCode::InvalidInput, "there is no format “" + **named + "”; there are table, csv, json, jsonl, markdown and parquet.");
}

ph::Result<ph::Json> takeValues(Arguments &arguments)
{
    ph::Json values = ph::Json::object();
    while (true) {
        const auto value = arguments.option("--value");
        if (!value)
            return ph::fail(value.error());
        if (!*value)
            return values;
        const auto equals = (*value)->find('=');
        if (equals == std::string::npos || equals == 0)
            return ph::fail(ph::ErrorCode::InvalidInput, "--value takes NAME=VALUE, such as --value event=sign_up.");
        const std::string text = (*value)->substr(equals + 1);
        ph::Json read = ph::Json::parse(text, nullptr, false);
        values[(*value)->substr(0, equals)] = read.is_discarded() ? ph::Json(text) : std::move(read);
    }
}

void print(const std::string &text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print(const posthog::Table &table, OutputFormat format, bool rawCells)
{
    switch (format) {
    case OutputFormat::Parquet: // goes into a file only
    case OutputFormat::Columns: print(toColumns(table)); break;
    case OutputFormat::Json: print(ph::Json(table).dump(2, ' ', false, ph::Json::error_handler_t::replace) + '\n'); break;
    case OutputFormat::Jsonl: print(toJsonl(table)); break;
    case OutputFormat::Csv: print(toCsv(table, !rawCells)); break;
    case OutputFormat::Markdown: print(tools::markdownTable(table, table.rows.size(), 1000)); break;
    }
}

int failWith(const ph::Error &error)
{
    std::fprintf(stderr, "hoglet-agent: %s\n", error.message.c_str());
    switch (error.code) {
    case ph::ErrorCode::Unauthorized: return ExitRefused;
    case ph::ErrorCode::RateLimited: return ExitLimited;
    case ph::ErrorCode::Cancelled: return ExitInterrupted;
    default: return ExitFailed;
    }
}

int usageError(const std::string &message)
{
    std::fprintf(stderr, "hoglet-agent: %s\nTry hoglet-agent --help.\n", message.c_str());
    return ExitUsage;
}

} // namespace app

#include "driver/localproject/convert/convert.h"

#include "driver/localproject/duckdb_values.h"
#include "driver/localproject/import/source.h"

#include <unistd.h>

namespace localproject {

namespace fs = std::filesystem;
using ingest::Format;

namespace {

std::string sqlText(std::string_view text)
{
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
}

bool isGzip(const fs::path &file) { return file.extension() == ".gz"; }

/// Every value is looked at, so that the types hold for all of them. `columns`: of JSON lines, where they are known.
std::string readerOf(const fs::path &file, Format format, const std::string &columns = {})
{
    const std::string path = sqlText(file.string());
    switch (format) {
    case Format::JsonLines:
        return "read_json(" + path + ", format = 'newline_delimited', maximum_object_size = 134217728"
            + (columns.empty() ? std::string(", maximum_depth = 2, sample_size = -1") : ", columns = " + columns) + ")";
    case Format::Csv:
        return "read_csv(" + path + ", header = true, delim = ',', quote = '\"', escape = '\"', sample_size = -1, max_line_size = 33554432,"
               " strict_mode = true, null_padding = false, parallel = false)";
    case Format::Parquet:
        break;
    }
    return "read_parquet(" + path + ", binary_as_string = true)";
}

std::string writerOf(const fs::path &file, Format format)
{
    const std::string gzip = isGzip(file) ? ", COMPRESSION gzip" : "";
    switch (format) {
    case Format::JsonLines:
        return "(FORMAT json, ARRAY false" + gzip + ")";
    case Format::Csv:
        return "(FORMAT csv, HEADER, DELIMITER ',', QUOTE '\"', ESCAPE '\"'" + gzip + ")";
    case Format::Parquet:
        break;
    }
    return "(FORMAT parquet, COMPRESSION zstd)";
}

/// The types of the columns of JSON lines, for readerOf(): objects and lists stay JSON, with their keys as they are.
std::string columnsOf(duckdb_connection connection, const std::string &reader)
{
    duck::Result result;
    if (duckdb_query(connection, ("SELECT * FROM " + reader + " LIMIT 0").c_str(), result.get()) == DuckDBError)
        return {};
    std::string columns;
    for (std::uint64_t i = 0; i < duckdb_column_count(result.get()); ++i) {
        const duck::Type type(duckdb_column_logical_type(result.get(), i));
        const duck::CellType cell = duck::CellType::of(type.get());
        char *alias = duckdb_logical_type_get_alias(type.get());
        const bool isJson = (alias && std::string_view(alias) == "JSON") || !cell.children.empty();
        duckdb_free(alias);
        columns += (columns.empty() ? "{" : ", ") + sqlText(duckdb_column_name(result.get(), i)) + ": "
            + sqlText(isJson ? "JSON" : cell.name());
    }
    return columns.empty() ? columns : columns + "}";
}

/// JSON text stays text in a Parquet file and in a CSV file, and becomes JSON again in JSON lines.
std::string selectOf(duckdb_connection connection, const std::string &reader, Format to, std::string &problem)
{
    duck::Result columns;
    if (duckdb_query(connection, ("SELECT * FROM " + reader + " LIMIT 0").c_str(), columns.get()) == DuckDBError) {
        problem = duckdb_result_error(columns.get());
        return {};
    }
    std::string select;
    for (std::uint64_t i = 0; i < duckdb_column_count(columns.get()); ++i) {
        std::string name = "\"";
        for (const char c : std::string(duckdb_column_name(columns.get(), i)))
            name += c == '"' ? std::string("\"\"") : std::string(1, c);
        name += '"';
        const duck::Type type(duckdb_column_logical_type(columns.get(), i));
        char *alias = duckdb_logical_type_get_alias(type.get());
        const bool isJson = alias && std::string_view(alias) == "JSON";
        duckdb_free(alias);
        select += select.empty() ? "" : ", ";
        select += isJson && to != Format::JsonLines ? name + "::VARCHAR AS " + name : name;
    }
    return select;
}

} // namespace

ph::Result<ConvertReport> convertFile(const fs::path &from, const fs::path &to)
{
    const auto source = ingest::formatOf(from);
    const auto target = ingest::formatOf(to);
    if (!source || !target)
        return ph::fail(source ? target.error() : source.error());
    std::error_code problem;
    if (!fs::is_regular_file(from, problem))
        return ph::fail(ph::ErrorCode::NotFound, from.string() + " is not there.");
    duck::Database database;
    duck::Connection connection;
    if (duckdb_open(nullptr, database.out()) == DuckDBError || duckdb_connect(database.get(), connection.out()) == DuckDBError)
        return ph::fail(ph::ErrorCode::Internal, "DuckDB could not be started.");
    const auto run = [&](const std::string &sql, duck::Result &result) -> ph::Result<> {
        if (duckdb_query(connection.get(), sql.c_str(), result.get()) == DuckDBSuccess)
            return {};
        const std::string text = duckdb_result_error(result.get());
        const bool isDisk = duckdb_result_error_type(result.get()) == DUCKDB_ERROR_IO;
        return ph::fail(isDisk ? ph::ErrorCode::Internal : ph::ErrorCode::InvalidInput, from.string() + " was not converted: " + text);
    };
    duck::Result settings;
    if (const auto set = run("SET memory_limit = '2GB'; SET threads = 2; SET TimeZone = 'UTC'; SET preserve_insertion_order = true", settings); !set)
        return ph::fail(set.error());

    std::string why;
    std::string reader = readerOf(from, *source);
    if (*source == Format::JsonLines) {
        if (const std::string columns = columnsOf(connection.get(), reader); !columns.empty())
            reader = readerOf(from, *source, columns);
    }
    const std::string select = selectOf(connection.get(), reader, *target, why);
    if (select.empty())
        return ph::fail(ph::ErrorCode::InvalidInput, from.string() + " cannot be read: " + (why.empty() ? "it has no columns." : why));
    const fs::path unfinished = to.string() + "." + std::to_string(::getpid()) + ".unfinished" + (isGzip(to) ? ".gz" : "");
    duck::Result copied;
    const auto done
        = run("COPY (SELECT " + select + " FROM " + reader + ") TO " + sqlText(unfinished.string()) + " " + writerOf(to, *target), copied);
    if (!done) {
        fs::remove(unfinished, problem);
        return ph::fail(done.error());
    }
    const std::uint64_t rows = duckdb_rows_changed(copied.get());
    fs::rename(unfinished, to, problem);
    if (problem) {
        std::error_code ignored;
        fs::remove(unfinished, ignored);
        return ph::fail(ph::ErrorCode::Internal, to.string() + " cannot be written: " + problem.message() + ".");
    }
    return ConvertReport{rows};
}

} // namespace localproject

#include "driver/localproject/dump.h"

#include <fstream>

namespace localproject {
namespace {

void appendField(std::string &line, const std::string &text)
{
    if (!text.empty() && text.find_first_of("\",\r\n") == std::string::npos) {
        line += text;
        return;
    }
    line += '"';
    for (const char c : text) {
        if (c == '"')
            line += '"';
        line += c;
    }
    line += '"';
}

void appendCell(std::string &line, const ph::Json &cell)
{
    if (cell.is_null())
        return;
    if (cell.is_string())
        appendField(line, cell.get_ref<const std::string &>());
    else
        appendField(line, cell.dump());
}

ph::Result<> dumpTable(const Store &store, const std::string &table, const std::filesystem::path &file, std::stop_token stop)
{
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    std::string line;
    const auto done = store.forEachRow(
        "SELECT * FROM \"" + table + "\"", {},
        [&](const std::vector<std::string> &columns, const std::vector<std::string> &) {
            for (const std::string &column : columns) {
                if (!line.empty())
                    line += ',';
                appendField(line, column);
            }
            out << line << '\n';
        },
        [&](std::vector<ph::Json> &row) {
            line.clear();
            for (std::size_t i = 0; i < row.size(); ++i) {
                if (i > 0)
                    line += ',';
                appendCell(line, row[i]);
            }
            line += '\n';
            out << line;
            return out.good();
        },
        std::move(stop));
    if (!done)
        return done;
    out.close();
    if (!out)
        return ph::fail(ph::ErrorCode::Internal, file.string() + " could not be written.");
    return {};
}

} // namespace

ph::Result<> dumpCsv(const Store &store, const std::filesystem::path &folder, std::stop_token stop)
{
    std::error_code problem;
    std::filesystem::create_directories(folder, problem);
    if (problem)
        return ph::fail(ph::ErrorCode::Internal, folder.string() + " cannot be made: " + problem.message() + ".");
    const auto tables
        = store.query("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND NOT internal AND table_name NOT IN ('made_columns', 'query_log') ORDER BY 1", {}, stop);
    if (!tables)
        return ph::fail(tables.error());
    for (const auto &row : tables->rows) {
        const auto name = row[0].get<std::string>();
        if (const auto done = dumpTable(store, name, folder / (name + ".csv"), stop); !done)
            return done;
    }
    return {};
}

} // namespace localproject

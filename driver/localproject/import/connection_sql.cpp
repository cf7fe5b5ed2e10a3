#include "driver/localproject/import/connection_sql.h"

#include "driver/localproject/duckdb_values.h"

namespace localproject::ingest {

namespace {

ph::ErrorCode codeOf(duckdb_error_type type)
{
    return type == DUCKDB_ERROR_INTERRUPT ? ph::ErrorCode::Cancelled : ph::ErrorCode::Internal;
}

} // namespace

ph::Result<> run(_duckdb_connection *connection, const std::string &sql)
{
    const auto done = changeRows(connection, sql);
    if (!done)
        return ph::fail(done.error());
    return {};
}

ph::Result<std::uint64_t> changeRows(duckdb_connection connection, const std::string &sql)
{
    duck::Result result;
    if (duckdb_query(connection, sql.c_str(), result.get()) == DuckDBError) {
        const char *message = duckdb_result_error(result.get());
        return ph::fail(codeOf(duckdb_result_error_type(result.get())), message ? message : "DuckDB gave no reason.");
    }
    return duckdb_rows_changed(result.get());
}

ph::Result<std::optional<ph::Json>> readOne(duckdb_connection connection, const std::string &sql, const std::string &parameter)
{
    duck::Prepared prepared;
    duck::Result result;
    if (duckdb_prepare(connection, sql.c_str(), prepared.out()) == DuckDBError
        || duckdb_bind_varchar_length(prepared.get(), 1, parameter.data(), parameter.size()) == DuckDBError
        || duckdb_execute_prepared(prepared.get(), result.get()) == DuckDBError)
        return ph::fail(ph::ErrorCode::Internal, "A definition could not be read.");
    const duck::Chunk chunk{duckdb_fetch_chunk(*result.get())};
    if (!chunk || duckdb_data_chunk_get_size(chunk.get()) == 0)
        return std::nullopt;
    const duck::Type type(duckdb_column_logical_type(result.get(), 0));
    return duck::readCell(duckdb_data_chunk_get_vector(chunk.get(), 0), duck::CellType::of(type.get()), 0);
}

ph::Result<> readRows(duckdb_connection connection, const std::string &sql, const std::function<void(const std::vector<ph::Json> &)> &use)
{
    duck::Result result;
    if (duckdb_query(connection, sql.c_str(), result.get()) == DuckDBError) {
        const char *message = duckdb_result_error(result.get());
        return ph::fail(codeOf(duckdb_result_error_type(result.get())), message ? message : "DuckDB gave no reason.");
    }
    std::vector<duck::CellType> types;
    for (std::uint64_t i = 0; i < duckdb_column_count(result.get()); ++i) {
        const duck::Type type(duckdb_column_logical_type(result.get(), i));
        types.push_back(duck::CellType::of(type.get()));
    }
    std::vector<ph::Json> row(types.size());
    while (const duck::Chunk chunk{duckdb_fetch_chunk(*result.get())}) {
        for (std::uint64_t r = 0; r < duckdb_data_chunk_get_size(chunk.get()); ++r) {
            for (std::size_t i = 0; i < types.size(); ++i)
                row[i] = duck::readCell(duckdb_data_chunk_get_vector(chunk.get(), i), types[i], r);
            use(row);
        }
    }
    return {};
}

} // namespace localproject::ingest

#include "driver/localproject/duckdb_handles.h"
#include "driver/localproject/import/record_names.h"
#include "driver/localproject/import/source.h"

#include <algorithm>

namespace localproject::ingest {

namespace {

/// `text` as SQL writes it: 'it''s', "a ""b""".
std::string sqlText(std::string_view text, char quote)
{
    std::string out(1, quote);
    for (const char c : text) {
        out += c;
        if (c == quote)
            out += c;
    }
    return out + quote;
}

std::string reasonOf(duckdb_result *result)
{
    const char *message = duckdb_result_error(result);
    const std::string text = message ? message : "it is not readable.";
    return text.substr(0, text.find('\n'));
}

/// Rows of a Parquet file, read by a DuckDB of their own that holds nothing else.
class ParquetFile : public Source
{
public:
    ParquetFile(EventReader &reader, const SourceOptions &options)
        : m_reader(reader)
        , m_row(options.from.offset)
    {
    }

    ph::Result<> open(const std::filesystem::path &file)
    {
        if (duckdb_open(nullptr, m_database.out()) == DuckDBError || duckdb_connect(m_database.get(), m_connection.out()) == DuckDBError)
            return ph::fail(ph::ErrorCode::Internal, "DuckDB could not be started.");
        const std::string source = "read_parquet(" + sqlText(file.string(), '\'') + ", binary_as_string = true)";
        duck::Result settings;
        duckdb_query(m_connection.get(), "SET memory_limit = '512MB'; SET threads = 1; SET TimeZone = 'UTC'", settings.get());

        duck::Result columns;
        if (duckdb_query(m_connection.get(), ("SELECT * FROM " + source + " LIMIT 0").c_str(), columns.get()) == DuckDBError)
            return ph::fail(ph::ErrorCode::InvalidInput, file.string() + ": " + reasonOf(columns.get()));
        std::string select;
        for (std::uint64_t i = 0; i < duckdb_column_count(columns.get()); ++i) {
            const std::string name = duckdb_column_name(columns.get(), i);
            const auto member = memberOf(name);
            if (!member)
                continue;
            m_members.push_back(member);
            select += (select.empty() ? "" : ", ") + textOf(sqlText(name, '"'), duckdb_column_type(columns.get(), i));
        }
        const auto has = [&](MaybeText RecordColumns::*member) { return std::ranges::find(m_members, member) != m_members.end(); };
        if (!has(&RecordColumns::distinctId) && !has(&RecordColumns::distinctIds) && !has(&RecordColumns::properties))
            return ph::fail(ph::ErrorCode::InvalidInput, file.string() + " has no column distinct_id and none of properties: these are no events, persons or groups.");

        duck::Result counted;
        if (duckdb_query(m_connection.get(), ("SELECT count(*) FROM " + source).c_str(), counted.get()) != DuckDBError) {
            const duck::Chunk chunk{duckdb_fetch_chunk(*counted.get())};
            m_rows = static_cast<std::uint64_t>(
                *static_cast<std::int64_t *>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk.get(), 0))));
        }
        const std::string sql = "SELECT " + select + " FROM " + source + " OFFSET " + std::to_string(m_row);
        if (duckdb_prepare(m_connection.get(), sql.c_str(), m_prepared.out()) == DuckDBError
            || duckdb_pending_prepared_streaming(m_prepared.get(), m_pending.out()) == DuckDBError
            || duckdb_execute_pending(m_pending.get(), m_result.get()) == DuckDBError)
            return ph::fail(ph::ErrorCode::InvalidInput, file.string() + ": " + reasonOf(m_result.get()));
        m_name = file.string();
        return {};
    }

    ph::Result<bool> next(Batch &batch) override
    {
        constexpr std::uint64_t rowsOfABatch = 8192;
        const std::uint64_t start = m_row;
        while (m_row - start < rowsOfABatch) {
            const duck::Chunk chunk{duckdb_fetch_chunk(*m_result.get())};
            if (!chunk) {
                if (const char *message = duckdb_result_error(m_result.get()))
                    return ph::fail(ph::ErrorCode::InvalidInput, m_name + ": " + message);
                break;
            }
            const std::uint64_t size = duckdb_data_chunk_get_size(chunk.get());
            if (size == 0)
                break;
            takeRows(chunk.get(), size, batch);
        }
        batch.end = m_row;
        batch.endLine = m_row;
        return m_row > start;
    }

    std::pair<std::uint64_t, std::uint64_t> progress() const override { return {m_row, m_rows}; }

private:
    static std::string textOf(const std::string &column, duckdb_type type)
    {
        switch (type) {
        case DUCKDB_TYPE_STRUCT:
        case DUCKDB_TYPE_MAP:
        case DUCKDB_TYPE_LIST:
        case DUCKDB_TYPE_ARRAY:
            return "to_json(" + column + ")::VARCHAR";
        case DUCKDB_TYPE_TIMESTAMP_TZ:
            return "(" + column + " AT TIME ZONE 'UTC')::VARCHAR";
        default:
            return column + "::VARCHAR";
        }
    }

    void takeRows(duckdb_data_chunk chunk, std::uint64_t size, Batch &batch)
    {
        std::vector<duckdb_string_t *> texts;
        std::vector<std::uint64_t *> validities;
        for (std::size_t i = 0; i < m_members.size(); ++i) {
            duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
            texts.push_back(static_cast<duckdb_string_t *>(duckdb_vector_get_data(vector)));
            validities.push_back(duckdb_vector_get_validity(vector));
        }
        for (std::uint64_t r = 0; r < size; ++r) {
            RecordColumns columns;
            for (std::size_t i = 0; i < m_members.size(); ++i) {
                if (duckdb_validity_row_is_valid(validities[i], r))
                    columns.*m_members[i] = {duckdb_string_t_data(&texts[i][r]), duckdb_string_t_length(texts[i][r])};
            }
            ++batch.records;
            ++m_row;
            if (auto why = m_reader.readColumns(columns, m_row, batch))
                batch.rejects.push_back({m_row, std::move(*why), std::string(columns.properties.substr(0, 10'000))});
        }
    }

    EventReader &m_reader;
    duck::Database m_database;
    duck::Connection m_connection;
    duck::Prepared m_prepared;
    duck::Pending m_pending;
    duck::Result m_result;
    std::string m_name;
    std::vector<MaybeText RecordColumns::*> m_members;
    std::uint64_t m_row = 0;
    std::uint64_t m_rows = 0;
};

} // namespace

ph::Result<std::unique_ptr<Source>> openParquet(const std::filesystem::path &file, EventReader &reader, const SourceOptions &options)
{
    auto parquet = std::make_unique<ParquetFile>(reader, options);
    if (const auto opened = parquet->open(file); !opened)
        return ph::fail(opened.error());
    return parquet;
}

} // namespace localproject::ingest

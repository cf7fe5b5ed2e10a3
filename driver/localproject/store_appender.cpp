#include "driver/localproject/store_appender.h"

#include "driver/localproject/store_appender_state.h"
#include "driver/localproject/store_database.h"

#include <cassert>
#include <cstdio>

namespace localproject {

std::string Uuid::text() const
{
    char text[40];
    std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32),
                  static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xffff),
                  static_cast<unsigned>(low >> 48), static_cast<unsigned long long>(low & 0xffff'ffff'ffffULL));
    return text;
}

namespace {

/// The columns of a table in their order.
std::vector<std::string> columnsOf(duckdb_connection connection, const std::string &table)
{
    std::vector<std::string> names;
    duck::Result result;
    const std::string sql = "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'main' AND table_name = '" + table + "' ORDER BY column_index";
    if (duckdb_query(connection, sql.c_str(), result.get()) == DuckDBError)
        return names;
    while (const duck::Chunk chunk {duckdb_fetch_chunk(*result.get())}) {
        auto *strings = static_cast<duckdb_string_t *>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk.get(), 0)));
        for (std::uint64_t row = 0; row < duckdb_data_chunk_get_size(chunk.get()); ++row)
            names.emplace_back(duckdb_string_t_data(&strings[row]), duckdb_string_t_length(strings[row]));
    }
    return names;
}

} // namespace

Appender::State::State(duck::Connection owned, const std::string &table, std::unique_ptr<AddingEvents> held)
    : adding(std::move(held))
    , connection(std::move(owned))
{
    std::vector<std::string> columns;
    bool hasOthers = false;
    if (adding) {
        // What was made later, or begun and given up, is not the caller's to fill.
        columns = columnsOf(connection.get(), table);
        hasOthers = std::erase_if(columns, [](const std::string &name) { return name.starts_with("made_"); }) > 0;
        if (adding->hasColumns()) {
            auto begun = runScript(connection.get(), "BEGIN");
            inTransaction = begun.has_value();
            if (begun)
                begun = adding->begin(connection.get());
            if (!begun) {
                error = begun.error().message;
                return;
            }
        }
    }
    for (const std::string &name : columns)
        withoutBlanks.push_back(name.starts_with("mat_"));
    open(connection.get(), nullptr, table, hasOthers ? columns : std::vector<std::string>());
}

Appender::State::State(duckdb_connection borrowed, const char *catalog, const std::string &table) { open(borrowed, catalog, table, {}); }

void Appender::State::open(duckdb_connection on, const char *catalog, const std::string &table, const std::vector<std::string> &columns)
{
    if (duckdb_appender_create_ext(on, catalog, nullptr, table.c_str(), appender.out()) == DuckDBError) {
        const char *message = appender ? duckdb_appender_error(appender.get()) : nullptr;
        error = message ? message : "cannot append to " + table;
        return;
    }
    for (const std::string &name : columns)
        duckdb_appender_add_column(appender.get(), name.c_str());
    std::vector<duckdb_logical_type> raw;
    for (std::uint64_t i = 0; i < duckdb_appender_column_count(appender.get()); ++i) {
        types.emplace_back(duckdb_appender_column_type(appender.get(), i));
        ids.push_back(duckdb_get_type_id(types.back().get()));
        raw.push_back(types.back().get());
    }
    chunk = duck::Chunk(duckdb_create_data_chunk(raw.data(), raw.size()));
    capacity = duckdb_vector_size();
    bind();
}

Appender::State::~State()
{
    if (!inTransaction)
        return;
    appender = {};
    (void)runScript(connection.get(), "ROLLBACK");
}

void Appender::State::bind()
{
    vectors.clear();
    data.clear();
    for (std::size_t i = 0; i < ids.size(); ++i) {
        vectors.push_back(duckdb_data_chunk_get_vector(chunk.get(), i));
        data.push_back(duckdb_vector_get_data(vectors.back()));
    }
}

void Appender::State::flushChunk()
{
    duckdb_data_chunk_set_size(chunk.get(), row);
    if (error.empty() && duckdb_append_data_chunk(appender.get(), chunk.get()) == DuckDBError) {
        const char *message = duckdb_appender_error(appender.get());
        error = message ? message : "a chunk was refused";
    }
    duckdb_data_chunk_reset(chunk.get());
    bind();
    row = 0;
}

Appender::Appender(std::unique_ptr<State> state)
    : m_state(std::move(state))
{
}
Appender::Appender(Appender &&) noexcept = default;

ph::Result<Appender> Appender::ofTemporary(_duckdb_connection *connection, const std::string &table)
{
    auto state = std::make_unique<State>(connection, "temp", table);
    if (!state->error.empty())
        return ph::fail(ph::ErrorCode::Internal, state->error);
    return Appender(std::move(state));
}

ph::Result<Appender> Appender::ofMain(_duckdb_connection *connection, const std::string &table)
{
    auto state = std::make_unique<State>(connection, nullptr, table);
    if (!state->error.empty())
        return ph::fail(ph::ErrorCode::Internal, state->error);
    return Appender(std::move(state));
}

Appender &Appender::operator=(Appender &&) noexcept = default;
Appender::~Appender() = default;

Appender &Appender::add(std::string_view text)
{
    State &s = *m_state;
    assert(s.ids[s.column] == DUCKDB_TYPE_VARCHAR);
    if (s.column < s.withoutBlanks.size() && s.withoutBlanks[s.column] && (text.empty() || text == "null"))
        return addNull();
    duckdb_vector_assign_string_element_len(s.vectors[s.column++], s.row, text.data(), text.size());
    return *this;
}

Appender &Appender::add(const Uuid &uuid)
{
    State &s = *m_state;
    assert(s.ids[s.column] == DUCKDB_TYPE_UUID);
    const auto upper = static_cast<std::int64_t>(uuid.high ^ (std::uint64_t{1} << 63)); // as DuckDB keeps it
    static_cast<duckdb_hugeint *>(s.data[s.column++])[s.row] = {uuid.low, upper};
    return *this;
}

Appender &Appender::add(Timestamp time)
{
    State &s = *m_state;
    assert(s.ids[s.column] == DUCKDB_TYPE_TIMESTAMP);
    static_cast<std::int64_t *>(s.data[s.column++])[s.row] = time.microseconds;
    return *this;
}

Appender &Appender::add(std::int64_t number)
{
    State &s = *m_state;
    assert(s.ids[s.column] == DUCKDB_TYPE_BIGINT || s.ids[s.column] == DUCKDB_TYPE_INTEGER);
    if (s.ids[s.column] == DUCKDB_TYPE_INTEGER)
        static_cast<std::int32_t *>(s.data[s.column])[s.row] = static_cast<std::int32_t>(number);
    else
        static_cast<std::int64_t *>(s.data[s.column])[s.row] = number;
    ++s.column;
    return *this;
}

Appender &Appender::add(bool value)
{
    State &s = *m_state;
    assert(s.ids[s.column] == DUCKDB_TYPE_BOOLEAN);
    static_cast<bool *>(s.data[s.column++])[s.row] = value;
    return *this;
}

Appender &Appender::add(std::span<const std::string_view> texts)
{
    State &s = *m_state;
    assert(s.ids[s.column] == DUCKDB_TYPE_LIST);
    duckdb_vector list = s.vectors[s.column];
    const std::uint64_t offset = duckdb_list_vector_get_size(list);
    duckdb_list_vector_reserve(list, offset + texts.size());
    duckdb_list_vector_set_size(list, offset + texts.size());
    duckdb_vector child = duckdb_list_vector_get_child(list);
    for (std::size_t i = 0; i < texts.size(); ++i)
        duckdb_vector_assign_string_element_len(child, offset + i, texts[i].data(), texts[i].size());
    static_cast<duckdb_list_entry *>(s.data[s.column++])[s.row] = {offset, texts.size()};
    return *this;
}

Appender &Appender::addNull()
{
    State &s = *m_state;
    duckdb_vector vector = s.vectors[s.column++];
    duckdb_vector_ensure_validity_writable(vector);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), s.row);
    return *this;
}

void Appender::endRow()
{
    State &s = *m_state;
    assert(s.column == s.ids.size());
    s.column = 0;
    if (++s.row == s.capacity)
        s.flushChunk();
}

ph::Result<> Appender::finish()
{
    State &s = *m_state;
    if (s.row > 0)
        s.flushChunk();
    if (s.error.empty() && duckdb_appender_close(s.appender.get()) == DuckDBError) {
        const char *message = duckdb_appender_error(s.appender.get());
        s.error = message ? message : "the rows were refused";
    }
    if (s.error.empty() && s.inTransaction) {
        auto done = s.adding->fill(s.connection.get());
        if (done)
            done = runScript(s.connection.get(), "COMMIT");
        s.inTransaction = !done; // Else the destructor rolls it back.
        if (!done)
            s.error = done.error().message;
    }
    s.adding.reset();
    if (!s.error.empty())
        return ph::fail(ph::ErrorCode::Internal, "The rows could not be stored: " + s.error);
    return {};
}

} // namespace localproject

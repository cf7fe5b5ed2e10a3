#include "driver/localproject/store.h"

#include "driver/localproject/duckdb_json.h"
#include "driver/localproject/duckdb_values.h"
#include "driver/localproject/layout.h"
#include "driver/localproject/store_appender_state.h"
#include "driver/localproject/store_database.h"

#include <mutex>
#include <optional>

namespace localproject {
namespace {

ph::ErrorCode codeOf(duckdb_error_type type)
{
    switch (type) {
    case DUCKDB_ERROR_INTERRUPT:
        return ph::ErrorCode::Cancelled;
    case DUCKDB_ERROR_IO:
    case DUCKDB_ERROR_INTERNAL:
    case DUCKDB_ERROR_FATAL:
    case DUCKDB_ERROR_OUT_OF_MEMORY:
    case DUCKDB_ERROR_TRANSACTION:
        return ph::ErrorCode::Internal;
    default:
        return ph::ErrorCode::InvalidInput;
    }
}

tl::unexpected<ph::Error> failed(duckdb_result *result)
{
    const duckdb_error_type type = duckdb_result_error_type(result);
    if (type == DUCKDB_ERROR_INTERRUPT)
        return ph::fail(ph::ErrorCode::Cancelled, "The query was cancelled.");
    if (type == DUCKDB_ERROR_OUT_OF_MEMORY)
        return ph::fail(ph::ErrorCode::InvalidInput, "MEMORY_LIMIT_EXCEEDED: the query needs more memory than the local project may use. Select less, or fewer groups.");
    const char *message = duckdb_result_error(result);
    return ph::fail(codeOf(type), message ? message : "DuckDB gave no reason.");
}

tl::unexpected<ph::Error> openFailed(const std::string &path, const std::string &reason)
{
    if (reason.find("Could not set lock") != std::string::npos)
        return ph::fail(ph::ErrorCode::InvalidInput, path + " is in use by another process.");
    return ph::fail(ph::ErrorCode::InvalidInput,
                    path + " cannot be opened as a project store and was left as it is: " + reason.substr(0, reason.find('\n')));
}

/// DuckDB counts only where a progress bar is wished for; none is drawn.
void countProgress(duckdb_connection connection)
{
    for (const char *pragma : {"PRAGMA enable_progress_bar", "PRAGMA disable_print_progress_bar"}) {
        duck::Result ignored;
        duckdb_query(connection, pragma, ignored.get());
    }
}

} // namespace

ph::Result<duck::Connection> Store::Database::connect()
{
    {
        const std::scoped_lock lock(mutex);
        if (!idle.empty()) {
            duck::Connection connection = std::move(idle.back());
            idle.pop_back();
            return connection;
        }
    }
    duck::Connection connection;
    if (duckdb_connect(handle.get(), connection.out()) == DuckDBError)
        return ph::fail(ph::ErrorCode::Internal, "The store gave no connection.");
    countProgress(connection.get());
    return connection;
}

void Store::Database::giveBack(duck::Connection connection)
{
    const std::scoped_lock lock(mutex);
    idle.push_back(std::move(connection));
}

ph::Result<> runScript(duckdb_connection connection, const std::string &script)
{
    duck::Result result;
    if (duckdb_query(connection, script.c_str(), result.get()) == DuckDBError)
        return failed(result.get());
    return {};
}

ph::Result<std::int64_t> scalar(duckdb_connection connection, const std::string &sql)
{
    duck::Result result;
    if (duckdb_query(connection, sql.c_str(), result.get()) == DuckDBError)
        return failed(result.get());
    const duck::Chunk chunk {duckdb_fetch_chunk(*result.get())};
    if (!chunk || duckdb_data_chunk_get_size(chunk.get()) == 0)
        return ph::fail(ph::ErrorCode::Internal, "The store gave no number.");
    return static_cast<const std::int64_t *>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk.get(), 0)))[0];
}

Store::Store(std::unique_ptr<Database> database)
    : m_database(std::move(database))
{
}
Store::Store(Store &&) noexcept = default;
Store &Store::operator=(Store &&) noexcept = default;
Store::~Store() = default;

const std::filesystem::path &Store::path() const { return m_database->path; }

ph::Result<Store> Store::openDatabase(const std::filesystem::path &path, const StoreOptions &options)
{
    duck::Config config;
    if (duckdb_create_config(config.out()) == DuckDBError)
        return ph::fail(ph::ErrorCode::Internal, "DuckDB could not be configured.");
    const auto set = [&](const char *name, const std::string &value) {
        return duckdb_set_config(config.get(), name, value.c_str()) == DuckDBSuccess;
    };
    // Nothing that a query says may reach the network or another file.
    const bool known = set("threads", std::to_string(options.threads)) && set("memory_limit", options.memoryLimit)
        && set("autoinstall_known_extensions", "false") && set("autoload_known_extensions", "false")
        && set("allow_community_extensions", "false") && set("storage_compatibility_version", "v1.4.0")
        && set("enable_external_access", options.externalAccess ? "true" : "false");
    if (!known)
        return ph::fail(ph::ErrorCode::InvalidInput, "The store's memory limit or thread count is not one that DuckDB takes.");

    auto database = std::make_unique<Database>();
    database->path = path;
    char *reason = nullptr;
    const std::string file = path.empty() ? ":memory:" : path.string();
    const bool opened = duckdb_open_ext(file.c_str(), database->handle.out(), config.get(), &reason) == DuckDBSuccess;
    const std::string why = reason ? reason : "";
    duckdb_free(reason);
    if (!opened)
        return openFailed(file, why);
    Store store(std::move(database));
    // The latest 100 whole events: first which, then what is in them. DuckDB itself does so up to 50 rows.
    const char *settings = "SET GLOBAL late_materialization_max_rows = 1001";
    if (const auto done = store.execute(settings); !done)
        return ph::fail(done.error());
    if (const auto locked = options.externalAccess ? ph::Result<> {} : store.execute("SET GLOBAL lock_configuration = true"); !locked)
        return ph::fail(locked.error());
    return store;
}

/// What a store of this version may lack because it is older than these.
ph::Result<> Store::addLaterTables() const
{
    const auto ready = execute("CREATE TABLE IF NOT EXISTS made_columns (property VARCHAR, column_name VARCHAR, number BOOLEAN);"
                               "CREATE TABLE IF NOT EXISTS query_log (started_at TIMESTAMP, query_id VARCHAR, query VARCHAR, name VARCHAR, duration_ms BIGINT, "
                               "result_rows BIGINT, result_bytes BIGINT, exception_name VARCHAR, exception VARCHAR, endpoint VARCHAR)");
    return ready ? readMadeColumns() : ready;
}

ph::Result<Store> Store::create(const std::filesystem::path &path, const StoreOptions &options)
{
    std::error_code ignored;
    if (!path.empty() && std::filesystem::exists(path, ignored))
        return ph::fail(ph::ErrorCode::InvalidInput, path.string() + " is there already.");
    auto store = openDatabase(path, options);
    if (!store)
        return store;
    if (const auto made = store->execute(std::string(schemaSql)); !made)
        return ph::fail(made.error());
    if (const auto noted = store->setMeta("version", std::to_string(storeVersion)); !noted)
        return ph::fail(noted.error());
    if (const auto ready = store->addLaterTables(); !ready)
        return ph::fail(ready.error());
    return store;
}

ph::Result<Store> Store::open(const std::filesystem::path &path, const StoreOptions &options)
{
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        return ph::fail(ph::ErrorCode::NotFound, path.string() + " is not there.");
    auto store = openDatabase(path, options);
    if (!store)
        return store;
    auto version = store->meta("version");
    if (!version)
        return ph::fail(ph::ErrorCode::InvalidInput, path.string() + " is a database, but no project store.");
    if (*version == "1") {
        if (const auto upgraded = store->execute("BEGIN; " + std::string(upgradeSql) + " COMMIT"); !upgraded)
            return ph::fail(upgraded.error());
        version = store->meta("version");
    }
    if (*version != std::to_string(storeVersion))
        return ph::fail(ph::ErrorCode::InvalidInput,
                        path.string() + " was written by another version of the store (" + *version + ", this is "
                            + std::to_string(storeVersion) + ").");
    if (const auto ready = store->addLaterTables(); !ready)
        return ph::fail(ready.error());
    return store;
}

QueryProgress::Reading QueryProgress::read() const
{
    const std::lock_guard lock(m_mutex);
    if (m_connection) {
        const duckdb_query_progress_type now = duckdb_query_progress(m_connection);
        if (now.percentage >= 0)
            m_last = {now.percentage, now.rows_processed, now.total_rows_to_process};
    }
    return m_last;
}

/// Lets a QueryProgress look at a connection while a statement runs on it.
class Store::Watched
{
public:
    Watched(QueryProgress *progress, duckdb_connection connection)
        : m_progress(progress)
    {
        set(connection);
    }
    Watched(const Watched &) = delete;
    Watched &operator=(const Watched &) = delete;
    ~Watched() { set(nullptr); }

private:
    void set(duckdb_connection connection)
    {
        if (!m_progress)
            return;
        const std::lock_guard lock(m_progress->m_mutex);
        m_progress->m_connection = connection;
    }

    QueryProgress *m_progress;
};

ph::Result<> Store::forEachChunk(const std::string &sql, const std::vector<ph::Json> &parameters, const OnColumns &onColumns,
                                 const OnChunk &onChunk, std::stop_token stop, QueryProgress *progress) const
{
    auto connection = m_database->connect();
    if (!connection)
        return ph::fail(connection.error());
    const Database::Lease lease(*m_database, std::move(*connection));

    duck::Prepared prepared;
    if (duckdb_prepare(lease.get(), sql.c_str(), prepared.out()) == DuckDBError) {
        const char *message = duckdb_prepare_error(prepared.get());
        return ph::fail(ph::ErrorCode::InvalidInput, message ? message : "DuckDB could not read the statement.");
    }
    if (duckdb_nparams(prepared.get()) != parameters.size())
        return ph::fail(ph::ErrorCode::InvalidInput,
                        "The statement takes " + std::to_string(duckdb_nparams(prepared.get())) + " values, not "
                            + std::to_string(parameters.size()) + ".");
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const auto value = duck::makeValue(parameters[i]);
        if (!value)
            return ph::fail(value.error());
        if (duckdb_bind_value(prepared.get(), i + 1, value->get()) == DuckDBError)
            return ph::fail(ph::ErrorCode::InvalidInput, "Value " + std::to_string(i + 1) + " of the statement does not fit.");
    }

    duck::Pending pending;
    if (duckdb_pending_prepared(prepared.get(), pending.out()) == DuckDBError) {
        const char *message = duckdb_pending_error(pending.get());
        return ph::fail(ph::ErrorCode::InvalidInput, message ? message : "DuckDB could not start the statement.");
    }
    duck::Result result;
    {
        // Only a statement that has started can be interrupted: starting clears the connection's flag.
        const std::stop_callback interrupt(stop, [&] { duckdb_interrupt(lease.get()); });
        const Watched watched(progress, lease.get());
        if (duckdb_execute_pending(pending.get(), result.get()) == DuckDBError)
            return failed(result.get());
    }

    std::vector<std::string> columns;
    std::vector<std::string> typeNames;
    std::vector<duck::CellType> types;
    for (std::uint64_t i = 0; i < duckdb_column_count(result.get()); ++i) {
        const duck::Type type(duckdb_column_logical_type(result.get(), i));
        types.push_back(duck::CellType::of(type.get()));
        columns.emplace_back(duckdb_column_name(result.get(), i));
        typeNames.push_back(types.back().name());
    }
    onColumns(columns, typeNames);

    while (const duck::Chunk chunk {duckdb_fetch_chunk(*result.get())}) {
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "The query was cancelled.");
        if (!onChunk(chunk.get(), types))
            return {};
    }
    return {};
}

ph::Result<> Store::forEachRow(const std::string &sql, const std::vector<ph::Json> &parameters, const OnColumns &onColumns,
                               const OnRow &onRow, std::stop_token stop, QueryProgress *progress) const
{
    std::vector<ph::Json> row;
    const auto readRows = [&](duckdb_data_chunk chunk, const std::vector<duck::CellType> &types) {
        std::vector<duckdb_vector> vectors;
        for (std::uint64_t i = 0; i < types.size(); ++i)
            vectors.push_back(duckdb_data_chunk_get_vector(chunk, i));
        const std::uint64_t size = duckdb_data_chunk_get_size(chunk);
        for (std::uint64_t r = 0; r < size; ++r) {
            row.clear();
            row.reserve(types.size());
            for (std::size_t i = 0; i < types.size(); ++i)
                row.push_back(duck::readCell(vectors[i], types[i], r));
            if (!onRow(row))
                return false;
        }
        return true;
    };
    return forEachChunk(sql, parameters, onColumns, readRows, std::move(stop), progress);
}

ph::Result<WrittenRows> Store::queryJson(const std::string &sql, const std::vector<ph::Json> &parameters, std::size_t most,
                                         std::stop_token stop, QueryProgress *progress) const
{
    WrittenRows answer;
    std::optional<duck::JsonCells> cells;
    const auto writeRows = [&](duckdb_data_chunk chunk, const std::vector<duck::CellType> &types) {
        if (!cells)
            cells.emplace(types);
        cells->read(chunk);
        const std::uint64_t size = duckdb_data_chunk_get_size(chunk);
        for (std::uint64_t r = 0; r < size; ++r) {
            if (answer.count == most) {
                answer.more = true;
                return false;
            }
            if (answer.count++ > 0)
                answer.rows += ',';
            cells->appendRow(answer.rows, r);
        }
        return true;
    };
    const auto ran = forEachChunk(
        sql, parameters,
        [&](const auto &columns, const auto &types) {
            answer.columns = columns;
            answer.types = types;
        },
        writeRows, std::move(stop), progress);
    if (!ran)
        return ph::fail(ran.error());
    return answer;
}

ph::Result<Rows> Store::query(const std::string &sql, const std::vector<ph::Json> &parameters, std::stop_token stop,
                              QueryProgress *progress) const
{
    Rows answer;
    const auto ran = forEachRow(
        sql, parameters,
        [&](const auto &columns, const auto &types) {
            answer.columns = columns;
            answer.types = types;
        },
        [&](std::vector<ph::Json> &row) {
            answer.rows.push_back(std::move(row));
            return true;
        },
        std::move(stop), progress);
    if (!ran)
        return ph::fail(ran.error());
    return answer;
}

std::unique_ptr<AddingEvents> Store::startAdding() const { return std::make_unique<AddingEvents>(*m_database); }

ph::Result<> Store::execute(const std::string &script) const
{
    return withConnection([&](duckdb_connection connection) { return runScript(connection, script); });
}

ph::Result<Appender> Store::appender(const std::string &table) const
{
    auto connection = m_database->connect();
    if (!connection)
        return ph::fail(connection.error());
    auto adding = table == "events" ? std::make_unique<AddingEvents>(*m_database) : nullptr;
    auto state = std::make_unique<Appender::State>(std::move(*connection), table, std::move(adding));
    if (!state->error.empty())
        return ph::fail(ph::ErrorCode::Internal, state->error);
    return Appender(std::move(state));
}

ph::Result<std::string> Store::meta(const std::string &key) const
{
    const auto found = query("SELECT value FROM meta WHERE key = $1", {key});
    if (!found)
        return ph::fail(found.error());
    if (found->rows.empty() || !found->rows[0][0].is_string())
        return ph::fail(ph::ErrorCode::NotFound, "The store has no " + key + ".");
    return found->rows[0][0].get<std::string>();
}

ph::Result<> Store::setMeta(const std::string &key, const std::string &value) const
{
    const auto done = query("INSERT OR REPLACE INTO meta VALUES ($1, $2)", {key, value});
    if (!done)
        return ph::fail(done.error());
    return {};
}

ph::Result<> Store::withConnection(const std::function<ph::Result<>(_duckdb_connection *)> &use) const
{
    auto connection = m_database->connect();
    if (!connection)
        return ph::fail(connection.error());
    const Database::Lease lease(*m_database, std::move(*connection));
    return use(lease.get());
}

} // namespace localproject

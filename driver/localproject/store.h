#pragma once

#include "driver/base/json_fields.h"
#include "driver/base/result.h"
#include "driver/localproject/store_appender.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

struct _duckdb_connection;
struct _duckdb_data_chunk;

namespace localproject {

struct PropertyColumn;
class AddingEvents;
namespace duck {
struct CellType;
}

/// One answer of the store. A cell is null, a boolean, an integer (signed, or unsigned above 2^63), a double, a string or an
/// array. Times are ISO text with microseconds and Z ("2026-01-30T09:00:00.000000Z"), dates "2026-01-30", uuids lower-case
/// text, integers beyond 64 bits decimal text, rows without names arrays, structs and maps objects.
struct Rows {
    std::vector<std::string> columns;
    std::vector<std::string> types; // DuckDB's: "BIGINT", "VARCHAR[]", "DECIMAL(18,3)"
    std::vector<std::vector<ph::Json>> rows;
};

/// The rows of an answer as JSON text, the cells in the forms of `Rows`.
struct WrittenRows {
    std::vector<std::string> columns;
    std::vector<std::string> types;
    std::string rows; // "[1,\"a\"],[2,null]": commas between, no brackets around
    std::size_t count = 0;
    bool more = false; // there was a row that was not written
};

/// An event property that got a column because queries asked for it. `number`: a DOUBLE; else VARCHAR. What HogQL reads as NULL
/// is NULL in it.
struct MadeColumn {
    std::string property;
    std::string column;
    bool number = false;
};

struct StoreOptions {
    int threads = 2;
    std::string memoryLimit = "1GB";
    bool externalAccess = false; // whether SQL may read and write other files (import, Parquet); never for queries of users
};

/// How far a running statement is. Any thread may look at it; one statement at a time fills it.
class QueryProgress
{
public:
    struct Reading {
        double percentage = -1; // negative while it is not known
        std::uint64_t rows = 0; // read so far
        std::uint64_t totalRows = 0; // to read, estimated
    };
    /// The last that was seen when no statement runs.
    Reading read() const;

private:
    friend class Store;
    mutable std::mutex m_mutex; // Guards the two below.
    _duckdb_connection *m_connection = nullptr;
    mutable Reading m_last;
};

/// The database file of a local project, with the tables of layout.h. One process at a time owns a file.
/// All calls may be made from any thread; each takes a connection of its own from a pool.
class Store
{
public:
    /// Makes a new file with empty tables; an empty path keeps it in memory. Error: InvalidInput when the file is there already.
    static ph::Result<Store> create(const std::filesystem::path &path, const StoreOptions &options = {});

    /// Opens a file that create() made. Errors: NotFound (no file), InvalidInput (no store, damaged, of another version or in
    /// use by another process). The file stays as it is in each of these cases.
    static ph::Result<Store> open(const std::filesystem::path &path, const StoreOptions &options = {});

    Store(Store &&) noexcept;
    Store &operator=(Store &&) noexcept;
    ~Store();

    /// Runs one statement; `parameters` are $1, $2 … (null, boolean, integer, double, string, or an array of one of these).
    /// Errors: Cancelled (`stop` was requested), InvalidInput (DuckDB refused the statement or a value), Internal.
    ph::Result<Rows> query(const std::string &sql, const std::vector<ph::Json> &parameters = {}, std::stop_token stop = {},
                           QueryProgress *progress = nullptr) const;

    /// As query(), with the answer written out, for those who only pass it on: `most` rows of it.
    ph::Result<WrittenRows> queryJson(const std::string &sql, const std::vector<ph::Json> &parameters, std::size_t most,
                                      std::stop_token stop = {}, QueryProgress *progress = nullptr) const;

    /// As query(), but hands the rows over one by one; `onColumns` comes first. Ends early when `onRow` answers false.
    using OnColumns = std::function<void(const std::vector<std::string> &columns, const std::vector<std::string> &types)>;
    using OnRow = std::function<bool(std::vector<ph::Json> &row)>;
    ph::Result<> forEachRow(const std::string &sql, const std::vector<ph::Json> &parameters, const OnColumns &onColumns,
                            const OnRow &onRow, std::stop_token stop = {}, QueryProgress *progress = nullptr) const;

    /// Runs a script of several statements, for its effect.
    ph::Result<> execute(const std::string &script) const;

    /// Adds rows to `table` in bulk. The store must outlive it. Of `events` only the columns of layout.h are given; the columns
    /// that were made for properties are filled in the end, and a materialised one never gets a blank.
    ph::Result<Appender> appender(const std::string &table) const;

    /// For adding events by SQL: runs `script` in a transaction and fills the made columns of the new rows before it is committed.
    /// An INSERT must name its columns.
    ph::Result<> addEvents(const std::string &script) const;

    /// For who adds events on a connection of its own: to be held around the transaction, see store_database.h.
    std::unique_ptr<AddingEvents> startAdding() const;

    /// The columns made for properties so far, and more of them: one pass over all events. Queries go on meanwhile; who adds
    /// events waits. Properties that have one, and those past the sixty-fourth, are left out.
    std::shared_ptr<const std::vector<MadeColumn>> madeColumns() const;
    ph::Result<> makeColumns(const std::map<std::string, PropertyColumn> &wanted, std::stop_token stop = {}) const;

    /// A value of the `meta` table; NotFound when the key is not there.
    ph::Result<std::string> meta(const std::string &key) const;
    ph::Result<> setMeta(const std::string &key, const std::string &value) const;

    /// For registering functions through DuckDB's C API: what is registered holds for every connection.
    ph::Result<> withConnection(const std::function<ph::Result<>(_duckdb_connection *)> &use) const;

    const std::filesystem::path &path() const;

    struct Database;

private:
    friend class AddingEvents;
    ph::Result<> addLaterTables() const;
    ph::Result<> readMadeColumns() const;
    class Watched;
    explicit Store(std::unique_ptr<Database> database);
    using OnChunk = std::function<bool(_duckdb_data_chunk *chunk, const std::vector<duck::CellType> &types)>;
    ph::Result<> forEachChunk(const std::string &sql, const std::vector<ph::Json> &parameters, const OnColumns &onColumns,
                              const OnChunk &onChunk, std::stop_token stop, QueryProgress *progress) const;
    static ph::Result<Store> openDatabase(const std::filesystem::path &path, const StoreOptions &options);

    std::unique_ptr<Database> m_database;
};

} // namespace localproject

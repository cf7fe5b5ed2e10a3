#pragma once

#include "driver/localproject/duckdb_handles.h"
#include "driver/localproject/store.h"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <vector>

/// Behind Store: keeps DuckDB's header out of the public one.
namespace localproject {

struct Store::Database {
    std::filesystem::path path;
    duck::Database handle;
    std::mutex mutex; // Guards `idle`.
    std::vector<duck::Connection> idle;

    std::mutex columnsMutex; // Guards the four below.
    std::condition_variable_any columnsChanged;
    std::shared_ptr<const std::vector<MadeColumn>> made = std::make_shared<const std::vector<MadeColumn>>();
    int adding = 0;        // who adds events just now
    bool altering = false; // the table of events gets columns

    ph::Result<duck::Connection> connect();
    void giveBack(duck::Connection connection);

    /// A connection for one call; it goes back to the pool at the end.
    class Lease
    {
    public:
        Lease(Database &database, duck::Connection connection)
            : m_database(database)
            , m_connection(std::move(connection))
        {
        }
        Lease(const Lease &) = delete;
        Lease &operator=(const Lease &) = delete;
        ~Lease() { m_database.giveBack(std::move(m_connection)); }

        duckdb_connection get() const { return m_connection.get(); }

    private:
        Database &m_database;
        duck::Connection m_connection;
    };
};

/// Held by whoever adds rows to `events`: meanwhile the table gets no columns, and in the end the rows get those that were made.
class AddingEvents
{
public:
    explicit AddingEvents(Store::Database &database); // waits while columns are being made
    ~AddingEvents();
    AddingEvents(const AddingEvents &) = delete;
    AddingEvents &operator=(const AddingEvents &) = delete;

    bool hasColumns() const { return !m_made->empty(); }
    /// Remembers where the new rows begin; in the transaction that adds them.
    ph::Result<> begin(duckdb_connection connection);
    ph::Result<> fill(duckdb_connection connection) const;

private:
    Store::Database &m_database;
    std::shared_ptr<const std::vector<MadeColumn>> m_made;
    std::int64_t m_firstRow = 0;
};

ph::Result<> runScript(duckdb_connection connection, const std::string &script);
/// The one whole number that a query answers.
ph::Result<std::int64_t> scalar(duckdb_connection connection, const std::string &sql);

} // namespace localproject

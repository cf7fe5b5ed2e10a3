#include "driver/localproject/store_columns.h"

#include "driver/base/log.h"
#include "driver/localproject/scope.h"
#include "driver/localproject/store_database.h"

#include <algorithm>

namespace localproject {
namespace {

constexpr auto longQuery = std::chrono::milliseconds(40);
constexpr std::size_t mostColumns = 64;

/// How a property is read for a column, from the n-th of several keys that are looked up at once.
std::string readSql(const std::string &keys, std::size_t n, bool number)
{
    const std::string text = "list_extract(json_extract_string(properties, " + keys + "), " + std::to_string(n) + ")";
    // What HogQL reads as NULL is NULL here.
    return number ? "TRY_CAST(" + text + " AS DOUBLE)" : "nullif(nullif(" + text + ", ''), 'null')";
}

std::string fillSql(const std::vector<MadeColumn> &columns, const std::string &where)
{
    std::string keys = "[";
    for (const MadeColumn &column : columns)
        keys += (keys.size() > 1 ? ", " : "") + quoteText(jsonPointer(column.property));
    keys += "]";
    std::string sql = "UPDATE events SET ";
    for (std::size_t i = 0; i < columns.size(); ++i)
        sql += (i ? ", " : "") + columns[i].column + " = " + readSql(keys, i + 1, columns[i].number);
    return sql + where;
}

} // namespace

std::shared_ptr<const std::vector<MadeColumn>> Store::madeColumns() const
{
    const std::scoped_lock lock(m_database->columnsMutex);
    return m_database->made;
}

ph::Result<> Store::readMadeColumns() const
{
    const auto rows = query("SELECT property, column_name, number FROM made_columns");
    if (!rows)
        return ph::fail(rows.error());
    auto made = std::make_shared<std::vector<MadeColumn>>();
    for (const auto &row : rows->rows)
        made->push_back({row[0].get<std::string>(), row[1].get<std::string>(), row[2].get<bool>()});
    const std::scoped_lock lock(m_database->columnsMutex);
    m_database->made = std::move(made);
    return {};
}

ph::Result<> Store::makeColumns(const std::map<std::string, PropertyColumn> &wanted, std::stop_token stop) const
{
    std::vector<MadeColumn> added;
    std::vector<MadeColumn> all;
    {
        std::unique_lock lock(m_database->columnsMutex);
        if (!m_database->columnsChanged.wait(lock, stop, [this] { return m_database->adding == 0 && !m_database->altering; }))
            return ph::fail(ph::ErrorCode::Cancelled, "No column was made.");
        all = *m_database->made;
        for (const auto &[property, column] : wanted) {
            const bool known = std::ranges::any_of(all, [&](const MadeColumn &made) { return made.property == property; });
            if (!known && all.size() + added.size() < mostColumns && property.find('\0') == std::string::npos)
                added.push_back({property, "made_" + std::to_string(all.size() + added.size() + 1), column.number});
        }
        if (added.empty())
            return {};
        m_database->altering = true; // Until then nobody adds events: their rows would lack the new columns.
    }
    const auto work = [&]() -> ph::Result<> {
        for (const MadeColumn &column : added) {
            // One of that name would be left of an attempt that was broken off.
            const auto done = execute("ALTER TABLE events DROP COLUMN IF EXISTS " + column.column + "; ALTER TABLE events ADD COLUMN " + column.column
                                      + (column.number ? " DOUBLE" : " VARCHAR"));
            if (!done)
                return done;
        }
        if (const auto filled = query(fillSql(added, ""), {}, stop); !filled)
            return ph::fail(filled.error());
        for (const MadeColumn &column : added) {
            const auto noted = query("INSERT INTO made_columns VALUES ($1, $2, $3)", {column.property, column.column, column.number});
            if (!noted)
                return ph::fail(noted.error());
        }
        return {};
    };
    const auto done = work();
    {
        const std::scoped_lock lock(m_database->columnsMutex);
        if (done) {
            all.insert(all.end(), added.begin(), added.end());
            m_database->made = std::make_shared<const std::vector<MadeColumn>>(std::move(all));
        }
        m_database->altering = false;
    }
    m_database->columnsChanged.notify_all();
    if (done) // Until it is written out the column is a list of changes, which reads slowly. With others at work it must wait.
        (void)execute("CHECKPOINT");
    return done;
}

ph::Result<> Store::addEvents(const std::string &script) const
{
    AddingEvents adding(*m_database);
    return withConnection([&](duckdb_connection connection) -> ph::Result<> {
        if (const auto begun = runScript(connection, "BEGIN"); !begun)
            return begun;
        auto done = adding.begin(connection);
        if (done)
            done = runScript(connection, script);
        if (done)
            done = adding.fill(connection);
        if (!done) {
            (void)runScript(connection, "ROLLBACK");
            return done;
        }
        return runScript(connection, "COMMIT");
    });
}

AddingEvents::AddingEvents(Store::Database &database)
    : m_database(database)
{
    std::unique_lock lock(database.columnsMutex);
    database.columnsChanged.wait(lock, [&] { return !database.altering; });
    ++database.adding;
    m_made = database.made;
}

AddingEvents::~AddingEvents()
{
    {
        const std::scoped_lock lock(m_database.columnsMutex);
        --m_database.adding;
    }
    m_database.columnsChanged.notify_all();
}

ph::Result<> AddingEvents::begin(duckdb_connection connection)
{
    const auto counted = scalar(connection, "SELECT count(*) FROM events"); // Not after the next row's id: rows may be gone.
    if (!counted)
        return ph::fail(counted.error());
    m_firstRow = *counted;
    return {};
}

ph::Result<> AddingEvents::fill(duckdb_connection connection) const
{
    if (!m_made || m_made->empty())
        return {};
    return runScript(connection, fillSql(*m_made, " WHERE rowid >= " + std::to_string(m_firstRow)));
}

ColumnMaker::ColumnMaker(const Store &store)
    : m_store(store)
    , m_thread([this](const std::stop_token &stop) { run(stop); })
{
}

ColumnMaker::~ColumnMaker() = default;

void ColumnMaker::noticed(const std::map<std::string, PropertyColumn> &wanted, std::chrono::nanoseconds took)
{
    if (wanted.empty() || took < longQuery)
        return;
    const std::scoped_lock lock(m_mutex);
    for (const auto &[property, column] : wanted)
        if (m_known.insert(property).second)
            m_wanted.emplace(property, column);
    m_changed.notify_all();
}

void ColumnMaker::finish()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_wanted.empty() && !m_busy; });
}

void ColumnMaker::run(const std::stop_token &stop)
{
    std::unique_lock lock(m_mutex);
    while (m_changed.wait(lock, stop, [this] { return !m_wanted.empty(); })) {
        const auto wanted = std::exchange(m_wanted, {});
        m_busy = true;
        lock.unlock();
        const auto made = m_store.makeColumns(wanted, stop);
        if (!made && made.error().code != ph::ErrorCode::Cancelled)
            ph::logError("localproject", "A column for properties could not be made: " + made.error().message);
        lock.lock();
        m_busy = false;
        m_changed.notify_all();
    }
}

} // namespace localproject

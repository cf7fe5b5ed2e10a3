#pragma once

#include "driver/base/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct _duckdb_connection;

namespace localproject {

/// 128 bits as they are printed: `high` holds the first 16 hex digits.
struct Uuid {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    std::string text() const;
    friend bool operator==(const Uuid &, const Uuid &) = default;
};

/// Microseconds since 1970, UTC.
struct Timestamp {
    std::int64_t microseconds = 0;

    friend auto operator<=>(const Timestamp &, const Timestamp &) = default;
};

/// Adds rows to one table, column after column in the table's order, whole chunks at a time. The kind of each call must fit the
/// column's type (asserted). Errors are kept and come with finish(); what was not finished is lost.
class Appender
{
public:
    struct State;

    explicit Appender(std::unique_ptr<State> state);
    /// To a table that only this connection sees, or to one of the store; `connection` must outlive it, and what is appended
    /// is part of its transaction.
    static ph::Result<Appender> ofTemporary(_duckdb_connection *connection, const std::string &table);
    static ph::Result<Appender> ofMain(_duckdb_connection *connection, const std::string &table);
    Appender(Appender &&) noexcept;
    Appender &operator=(Appender &&) noexcept;
    ~Appender();

    Appender &add(std::string_view text);
    Appender &add(const char *text) { return add(std::string_view(text)); } // else a literal would become a bool
    Appender &add(const Uuid &uuid);
    Appender &add(Timestamp time);
    Appender &add(std::int64_t number); // BIGINT or INTEGER
    Appender &add(bool value);
    Appender &add(std::span<const std::string_view> texts); // VARCHAR[]
    Appender &addNull();
    void endRow();

    /// Writes what is left and closes. Error: Internal, with DuckDB's words.
    ph::Result<> finish();

private:
    std::unique_ptr<State> m_state;
};

} // namespace localproject

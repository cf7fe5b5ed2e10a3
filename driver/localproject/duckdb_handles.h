#pragma once

#include <duckdb.h>

#include <utility>

namespace localproject::duck {

/// Owns one handle of DuckDB's C API, which are pointers that a `destroy` function takes by address.
template <typename Handle, auto destroy>
class Owned
{
public:
    Owned() = default;
    explicit Owned(Handle handle)
        : m_handle(handle)
    {
    }
    Owned(Owned &&other) noexcept
        : m_handle(std::exchange(other.m_handle, Handle{}))
    {
    }
    Owned &operator=(Owned &&other) noexcept
    {
        std::swap(m_handle, other.m_handle);
        return *this;
    }
    ~Owned()
    {
        if (m_handle)
            destroy(&m_handle);
    }

    Handle get() const { return m_handle; }
    Handle *out() { return &m_handle; }
    explicit operator bool() const { return m_handle != nullptr; }

private:
    Handle m_handle{};
};

using Config = Owned<duckdb_config, duckdb_destroy_config>;
using Database = Owned<duckdb_database, duckdb_close>;
using Connection = Owned<duckdb_connection, duckdb_disconnect>;
using Prepared = Owned<duckdb_prepared_statement, duckdb_destroy_prepare>;
using Pending = Owned<duckdb_pending_result, duckdb_destroy_pending>;
using Chunk = Owned<duckdb_data_chunk, duckdb_destroy_data_chunk>;
using Type = Owned<duckdb_logical_type, duckdb_destroy_logical_type>;
using Value = Owned<duckdb_value, duckdb_destroy_value>;

/// A result is a struct that its owner holds in place.
class Result
{
public:
    Result() = default;
    Result(const Result &) = delete;
    Result &operator=(const Result &) = delete;
    ~Result() { duckdb_destroy_result(&m_result); }

    duckdb_result *get() { return &m_result; }

private:
    duckdb_result m_result{};
};

} // namespace localproject::duck

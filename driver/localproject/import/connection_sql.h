#pragma once

#include "driver/base/json_fields.h"
#include "driver/base/result.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

struct _duckdb_connection;

/// SQL of ours on one connection, where several statements belong to a transaction. Errors: Cancelled, Internal.
namespace localproject::ingest {

ph::Result<> run(_duckdb_connection *connection, const std::string &sql);

/// Runs one statement; answers how many rows it changed.
ph::Result<std::uint64_t> changeRows(_duckdb_connection *connection, const std::string &sql);

/// One value, as JSON, of a statement with one parameter; nothing when there is no row.
ph::Result<std::optional<ph::Json>> readOne(_duckdb_connection *connection, const std::string &sql, const std::string &parameter);

/// Hands each row of an answer to `use`.
ph::Result<> readRows(_duckdb_connection *connection, const std::string &sql, const std::function<void(const std::vector<ph::Json> &)> &use);

} // namespace localproject::ingest

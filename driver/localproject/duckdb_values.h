#pragma once

#include "driver/base/json_fields.h"
#include "driver/localproject/duckdb_handles.h"

#include <memory>
#include <string>
#include <vector>

namespace localproject::duck {

/// How to read a vector of one type: looked up once a column, then used for each chunk.
struct CellType {
    duckdb_type id = DUCKDB_TYPE_INVALID;
    duckdb_type internal = DUCKDB_TYPE_INVALID; // of DECIMAL and ENUM
    int scale = 0; // of DECIMAL
    std::uint64_t arraySize = 0;
    std::vector<std::string> names; // ENUM's values, STRUCT's fields
    std::vector<CellType> children; // LIST and ARRAY: one; MAP: key and value; STRUCT: its fields

    static CellType of(duckdb_logical_type type);
    std::string name() const;
    int width = 0;
};

/// One cell as JSON; the forms are described at `Rows`. Types that have none (BLOB, BIT, UNION …) answer their type's name in
/// angle brackets.
ph::Json readCell(duckdb_vector vector, const CellType &type, std::uint64_t row);

/// A statement's value from JSON. Error: InvalidInput for objects and for arrays of mixed kinds.
ph::Result<Value> makeValue(const ph::Json &json);

std::string isoTimestamp(std::int64_t microseconds);
std::string isoDate(std::int32_t days);

} // namespace localproject::duck

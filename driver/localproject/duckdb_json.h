#pragma once

#include "driver/localproject/duckdb_values.h"

#include <cstdint>
#include <string>
#include <vector>

namespace localproject::duck {

/// Writes a chunk's cells as JSON text: what readCell() answers, without a value a cell in between. A result of 50,000 whole
/// events has tens of megabytes of text that only passes through.
class JsonCells
{
public:
    explicit JsonCells(const std::vector<CellType> &types);

    /// The chunk to read next; it must live as long as it is read.
    void read(duckdb_data_chunk chunk);

    /// Appends row `row` of the chunk as an array.
    void appendRow(std::string &out, std::uint64_t row) const;

private:
    /// A vector with its parts looked up once.
    struct Column {
        const CellType *type = nullptr;
        const void *data = nullptr;
        std::uint64_t *validity = nullptr;
        duckdb_vector vector = nullptr;
        std::vector<Column> children;
    };
    static void look(Column &column, duckdb_vector vector, const CellType &type);
    static void append(std::string &out, const Column &column, std::uint64_t row);
    static void appendKey(std::string &out, const Column &column, std::uint64_t row);

    const std::vector<CellType> &m_types;
    std::vector<Column> m_columns;
};

/// `text` as a JSON string. Bytes that are no UTF-8 become U+FFFD.
void appendJsonText(std::string &out, std::string_view text);

} // namespace localproject::duck

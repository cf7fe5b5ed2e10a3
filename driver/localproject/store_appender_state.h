#pragma once

#include "driver/localproject/duckdb_handles.h"
#include "driver/localproject/store_appender.h"

#include <memory>
#include <vector>

namespace localproject {

class AddingEvents;

/// Behind Appender, and made by Store alone: keeps DuckDB's header out of the public one.
struct Appender::State {
    State(duck::Connection owned, const std::string &table, std::unique_ptr<AddingEvents> adding);
    State(duckdb_connection borrowed, const char *catalog, const std::string &table);
    ~State();

    void open(duckdb_connection on, const char *catalog, const std::string &table, const std::vector<std::string> &columns);
    void bind();
    void flushChunk();

    std::unique_ptr<AddingEvents> adding; // of `events`
    bool inTransaction = false;           // only where made columns must be filled
    std::vector<bool> withoutBlanks;      // a column: '' and 'null' become NULL
    duck::Connection connection; // Empty when it is borrowed. Before the appender, so that it outlives it.
    duck::Owned<duckdb_appender, duckdb_appender_destroy> appender;
    std::vector<duck::Type> types;
    std::vector<duckdb_type> ids;
    duck::Chunk chunk;
    std::vector<duckdb_vector> vectors;
    std::vector<void *> data;
    std::uint64_t capacity = 0;
    std::uint64_t row = 0;
    std::size_t column = 0;
    std::string error; // the first one
};

} // namespace localproject

#pragma once

#include "driver/base/result.h"
#include "driver/localproject/import/definitions.h"

struct _duckdb_connection;

namespace localproject::ingest {

/// The definitions of events and properties that follow from what is loaded; one a loader, in its transactions. Its temporary tables
/// (incoming_events, incoming_properties) are the loader's.
class DefinitionWriter
{
public:
    explicit DefinitionWriter(_duckdb_connection *connection)
        : m_connection(connection)
    {
    }

    /// The events and properties of a batch.
    void take(const Batch &batch);

    /// Keys of persons or groups (`kind`) in `table` that are not defined yet, with the type that one of their values has.
    ph::Result<> defineKeysOf(const std::string &table, const std::string &kind);

    /// Definitions that are there keep what a user said of them; a type is filled in where there was none. Answers whether there are
    /// new ones, of defineKeysOf() too.
    ph::Result<bool> write();

private:
    _duckdb_connection *m_connection;
    TextMap<Batch::EventSpan> m_names;
    TextMap<PropertyType> m_properties;
    bool m_areNew = false;
};

} // namespace localproject::ingest

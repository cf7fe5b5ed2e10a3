#pragma once

#include <span>
#include <string>
#include <string_view>

namespace localproject {

/// Which property definitions give the types of a JSON column's keys; Plain: none do.
enum class PropertyScope { None, Event, Person, Group, Plain };

/// A column of a HogQL table and how DuckDB computes it: in `sql`, "@." stands for the physical row. "/key" is that key of the
/// row's `body`, "%/key" of its `properties`, read as the type.
struct TableColumn {
    std::string_view name;
    std::string_view type; // ClickHouse's name; "State" for an aggregate state, "Json" for JSON text
    std::string_view sql;
    bool inAsterisk = true;
    PropertyScope properties = PropertyScope::None;
};

/// A table that is joined when one of its columns is asked for: `person` of events.
struct TableRelation {
    std::string_view name;
    std::string_view table;
    std::string_view left;      // SQL over the row that has the relation
    std::string_view right;     // SQL over the row of `table`
    std::string_view condition; // more about the row of `table`; may be empty
};

/// A table as HogQL shows it.
struct Table {
    std::string_view name;
    std::string_view physical; // a table of layout.h, or a select in brackets
    std::span<const TableColumn> columns;
    std::span<const TableRelation> relations;
};

/// The table of that name (with or without the `posthog.` prefix, which the caller takes off); null when there is none.
const Table *findTable(std::string_view name);

/// `column.sql` in full.
std::string columnPattern(const TableColumn &column);

/// The tables of `system`, without those of information_schema.
std::span<const Table> systemTables();

/// Whether PostHog has a table of that name which the local project lacks.
bool isTableElsewhere(std::string_view name);

/// Every table's name, for "did you mean".
std::span<const Table> allTables();

} // namespace localproject

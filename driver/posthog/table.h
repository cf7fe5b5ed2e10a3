#pragma once

#include "driver/base/json_fields.h"

#include <string>
#include <vector>

namespace posthog {

/// What a column holds, for alignment, charts and sorting. From the ClickHouse type that PostHog names in `types`.
enum class ColumnKind { Text, Integer, Float, Boolean, DateTime, Date, Uuid, Array, Tuple, Other };

struct Column {
    std::string name; // as PostHog prints it: the alias, or the expression's text such as "count()"
    std::string type; // ClickHouse type as sent: "UInt64", "Nullable(String)", "DateTime64(6, 'UTC')"

    ColumnKind kind() const { return kindOf(type); }

    /// The kind of a ClickHouse type's text; Nullable(...) and LowCardinality(...) are looked through.
    static ColumnKind kindOf(std::string_view type);

    static constexpr auto fields = std::tuple{ph::Field{"name", &Column::name}, ph::Field{"type", &Column::type}};
    friend bool operator==(const Column &, const Column &) = default;
};

/// One HogQL result. Every row has as many cells as there are columns, in their order.
/// A cell is null (not the same as ""), a boolean, an integer (exact in 64 bits, signed or unsigned), a double,
/// a string (UTF-8; date-times as ISO text with their offset, as PostHog sends them), or an array.
struct Table {
    std::vector<Column> columns;
    std::vector<std::vector<ph::Json>> rows;
    std::optional<bool> hasMore; // set when the query gave no LIMIT: whether rows were cut off
    std::optional<int> limit;    // the limit that was applied when the query gave none (100)
    std::string hogql;           // the query as the server understood it; may be empty

    /// Index of the column named `name`, or nothing.
    std::optional<std::size_t> indexOf(std::string_view name) const;

    static constexpr auto fields = std::tuple{ph::Field{"columns", &Table::columns}, ph::Field{"rows", &Table::rows},
                                              ph::Field{"hasMore", &Table::hasMore}, ph::Field{"limit", &Table::limit},
                                              ph::Field{"hogql", &Table::hogql}};
    friend bool operator==(const Table &, const Table &) = default;
};

} // namespace posthog

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace localproject {

/// What a HogQL expression is worth, as far as one can tell without running it.
/// Each kind has one form in DuckDB: Integer BIGINT, Float DOUBLE, DateTime TIMESTAMP in UTC, Date DATE, Uuid UUID, Array LIST,
/// Tuple an unnamed row, Interval INTERVAL, State an unnamed row of a value and the key it is chosen by.
struct Type {
    enum class Kind { Unknown, Null, Bool, Integer, Float, String, Date, DateTime, Uuid, Interval, Array, Tuple, Map, State };

    Kind kind = Kind::Unknown;
    bool nullable = false;
    int bits = 64;              // Integer
    bool isSigned = true;       // Integer
    int precision = 6;          // DateTime: digits after the second; 0 is ClickHouse's DateTime
    std::string timezone;       // DateTime: the zone it is read and printed in
    std::string unit;           // Interval: second … year
    bool json = false;          // String: always well-formed JSON
    std::vector<Type> items;    // Array: the element; Tuple: its parts; Map: key and value

    bool is(Kind k) const { return kind == k; }
    bool isNumber() const { return kind == Kind::Integer || kind == Kind::Float || kind == Kind::Bool; }
    bool isTime() const { return kind == Kind::Date || kind == Kind::DateTime; }
    const Type &element() const;

    friend bool operator==(const Type &, const Type &) = default;

    static Type of(Kind kind, bool nullable = false);
    static Type integer(int bits, bool isSigned);
    static Type dateTime(std::string timezone, int precision = 6);
    static Type interval(std::string unit);
    static Type array(Type element);
    static Type tuple(std::vector<Type> items);
    static Type map(Type key, Type value);
    Type orNull() const;
    Type notNull() const;

    /// ClickHouse's name: "Nullable(String)", "Array(UInt64)", "DateTime64(6, 'UTC')"; empty when unknown.
    std::string name() const;
    /// The DuckDB type that holds it; VARCHAR when unknown.
    std::string storage() const;
};

/// Reads a ClickHouse type, or one of HogQL's or SQL's shorter names (int, text, Float64, Nullable(UInt8), Array(String)).
/// Empty when it is none. DateTimes get `timezone` where none is written.
std::optional<Type> parseType(std::string_view text, const std::string &timezone);

/// The type that can hold both, as ClickHouse picks it for if(), arrays and UNION; empty when there is none.
std::optional<Type> commonType(const Type &a, const Type &b);

} // namespace localproject

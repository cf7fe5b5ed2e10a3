#pragma once

#include <string>
#include <string_view>

namespace hogql {

/// What kind of value an expression has, as far as a hint needs to know.
struct ValueType {
    enum class Kind { Unknown, Null, Boolean, Number, String, Uuid, Date, DateTime, Interval, Array, Tuple, Map, Lambda };
    Kind kind = Kind::Unknown;
    Kind item = Kind::Unknown; // of an Array

    bool is(Kind wanted) const { return kind == wanted; }
    bool isTime() const { return kind == Kind::Date || kind == Kind::DateTime; }

    friend bool operator==(const ValueType &, const ValueType &) = default;
};

/// "Number", "Array of String"; empty for Unknown.
std::string nameOf(ValueType type);

/// Of the names in the schema and in property definitions (String, Numeric, Boolean, DateTime, Duration, UUID, JSON, Array) and of
/// ClickHouse's (Float64, Nullable(Int32), DateTime64(6)).
ValueType typeNamed(std::string_view name);

} // namespace hogql

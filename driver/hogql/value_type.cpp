#include "driver/hogql/value_type.h"

#include "driver/hogql/keywords.h"

namespace hogql {

using Kind = ValueType::Kind;

namespace {

std::string_view wordFor(Kind kind)
{
    switch (kind) {
    case Kind::Unknown: return "";
    case Kind::Null: return "Null";
    case Kind::Boolean: return "Boolean";
    case Kind::Number: return "Number";
    case Kind::String: return "String";
    case Kind::Uuid: return "UUID";
    case Kind::Date: return "Date";
    case Kind::DateTime: return "DateTime";
    case Kind::Interval: return "Interval";
    case Kind::Array: return "Array";
    case Kind::Tuple: return "Tuple";
    case Kind::Map: return "Map";
    case Kind::Lambda: return "Lambda";
    }
    return "";
}

} // namespace

std::string nameOf(ValueType type)
{
    std::string name(wordFor(type.kind));
    if (type.is(Kind::Array) && type.item != Kind::Unknown)
        name += " of " + std::string(wordFor(type.item));
    return name;
}

ValueType typeNamed(std::string_view name)
{
    const std::string upper = upperCase(name);
    std::string_view rest = upper;
    for (const std::string_view wrapper : {"NULLABLE(", "LOWCARDINALITY("}) {
        if (rest.starts_with(wrapper))
            rest.remove_prefix(wrapper.size());
    }
    if (rest.starts_with("ARRAY")) {
        const std::size_t bracket = rest.find('(');
        return {Kind::Array, bracket == std::string_view::npos ? Kind::Unknown : typeNamed(rest.substr(bracket + 1)).kind};
    }
    if (rest.starts_with("DATETIME") || rest.starts_with("TIMESTAMP"))
        return {Kind::DateTime};
    if (rest.starts_with("DATE"))
        return {Kind::Date};
    for (const std::string_view number : {"NUMERIC", "INT", "UINT", "FLOAT", "DECIMAL", "DOUBLE", "REAL", "BIGINT", "SMALLINT", "DURATION"}) {
        if (rest.starts_with(number))
            return {Kind::Number};
    }
    if (rest.starts_with("BOOL"))
        return {Kind::Boolean};
    if (rest.starts_with("STRING") || rest.starts_with("FIXEDSTRING") || rest.starts_with("TEXT") || rest.starts_with("VARCHAR")
        || rest.starts_with("JSON"))
        return {Kind::String};
    if (rest.starts_with("UUID"))
        return {Kind::Uuid};
    if (rest.starts_with("TUPLE"))
        return {Kind::Tuple};
    if (rest.starts_with("MAP"))
        return {Kind::Map};
    return {};
}

} // namespace hogql

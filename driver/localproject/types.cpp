#include "driver/localproject/types.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace localproject {
namespace {

using Kind = Type::Kind;

struct TypeName {
    std::string_view name; // lower case
    Kind kind;
    int bits = 64;
    bool isSigned = true;
    int precision = 6;
};

constexpr std::array typeNames = std::to_array<TypeName>({
    {"string", Kind::String},
    {"text", Kind::String},
    {"varchar", Kind::String},
    {"char", Kind::String},
    {"fixedstring", Kind::String},
    {"bool", Kind::Bool},
    {"boolean", Kind::Bool},
    {"int8", Kind::Integer, 8},
    {"int16", Kind::Integer, 16},
    {"int32", Kind::Integer, 32},
    {"int64", Kind::Integer, 64},
    {"int", Kind::Integer, 64},
    {"integer", Kind::Integer, 64},
    {"bigint", Kind::Integer, 64},
    {"smallint", Kind::Integer, 16},
    {"uint8", Kind::Integer, 8, false},
    {"uint16", Kind::Integer, 16, false},
    {"uint32", Kind::Integer, 32, false},
    {"uint64", Kind::Integer, 64, false},
    {"float32", Kind::Float},
    {"float64", Kind::Float},
    {"float", Kind::Float},
    {"double", Kind::Float},
    {"double precision", Kind::Float},
    {"real", Kind::Float},
    {"decimal", Kind::Float},
    {"numeric", Kind::Float},
    {"date", Kind::Date},
    {"date32", Kind::Date},
    {"datetime", Kind::DateTime, 64, true, 0},
    {"datetime64", Kind::DateTime},
    {"timestamp", Kind::DateTime},
    {"uuid", Kind::Uuid},
});

std::string_view trimmed(std::string_view text)
{
    const auto space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
    while (!text.empty() && space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && space(text.back()))
        text.remove_suffix(1);
    return text;
}

/// Splits at the commas that stand outside brackets.
std::vector<std::string_view> splitArguments(std::string_view text)
{
    std::vector<std::string_view> parts;
    int depth = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i == text.size() || (text[i] == ',' && depth == 0)) {
            if (!trimmed(text.substr(start, i - start)).empty())
                parts.push_back(trimmed(text.substr(start, i - start)));
            start = i + 1;
        } else if (text[i] == '(') {
            ++depth;
        } else if (text[i] == ')') {
            --depth;
        }
    }
    return parts;
}

} // namespace

const Type &Type::element() const
{
    static const Type unknown;
    return items.empty() ? unknown : items.front();
}

Type Type::of(Kind kind, bool nullable)
{
    Type type;
    type.kind = kind;
    type.nullable = nullable || kind == Kind::Null;
    return type;
}

Type Type::integer(int bits, bool isSigned)
{
    Type type = of(Kind::Integer);
    type.bits = bits;
    type.isSigned = isSigned;
    return type;
}

Type Type::dateTime(std::string timezone, int precision)
{
    Type type = of(Kind::DateTime);
    type.timezone = std::move(timezone);
    type.precision = precision;
    return type;
}

Type Type::interval(std::string unit)
{
    Type type = of(Kind::Interval);
    type.unit = std::move(unit);
    return type;
}

Type Type::array(Type element)
{
    Type type = of(Kind::Array);
    type.items.push_back(std::move(element));
    return type;
}

Type Type::tuple(std::vector<Type> items)
{
    Type type = of(Kind::Tuple);
    type.items = std::move(items);
    return type;
}

Type Type::map(Type key, Type value)
{
    Type type = of(Kind::Map);
    type.items = {std::move(key), std::move(value)};
    return type;
}

Type Type::orNull() const
{
    Type type = *this;
    type.nullable = true;
    return type;
}

Type Type::notNull() const
{
    Type type = *this;
    type.nullable = false;
    return type;
}

std::string Type::name() const
{
    std::string text;
    switch (kind) {
    case Kind::Unknown: return "";
    case Kind::Null: return "Nullable(Nothing)";
    case Kind::Bool: text = "Bool"; break;
    case Kind::Integer: text = (isSigned ? "Int" : "UInt") + std::to_string(bits); break;
    case Kind::Float: text = "Float64"; break;
    case Kind::String: text = "String"; break;
    case Kind::Date: text = "Date"; break;
    case Kind::Uuid: text = "UUID"; break;
    case Kind::DateTime:
        text = precision == 0 ? "DateTime('" + timezone + "')" : "DateTime64(" + std::to_string(precision) + ", '" + timezone + "')";
        break;
    case Kind::Interval:
        text = unit.empty() ? "Interval" : "Interval" + std::string(1, static_cast<char>(std::toupper(static_cast<unsigned char>(unit[0])))) + unit.substr(1);
        break;
    case Kind::Array: return "Array(" + element().name() + ")";
    case Kind::Map:
    case Kind::Tuple: {
        text = kind == Kind::Map ? "Map(" : "Tuple(";
        for (std::size_t i = 0; i < items.size(); ++i)
            text += (i ? ", " : "") + items[i].name();
        return text + ")";
    }
    case Kind::State: return "String";
    }
    return nullable ? "Nullable(" + text + ")" : text;
}

std::string Type::storage() const
{
    switch (kind) {
    case Kind::Bool: return "BOOLEAN";
    case Kind::Integer: return "BIGINT";
    case Kind::Float: return "DOUBLE";
    case Kind::Date: return "DATE";
    case Kind::DateTime: return "TIMESTAMP";
    case Kind::Uuid: return "UUID";
    case Kind::Interval: return "INTERVAL";
    case Kind::Array: return element().storage() + "[]";
    case Kind::Map: return items.size() == 2 ? "MAP(" + items[0].storage() + ", " + items[1].storage() + ")" : "VARCHAR";
    default: return "VARCHAR";
    }
}

std::optional<Type> parseType(std::string_view text, const std::string &timezone)
{
    text = trimmed(text);
    const auto bracket = text.find('(');
    std::string name(trimmed(text.substr(0, bracket)));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::vector<std::string_view> arguments;
    if (bracket != std::string_view::npos) {
        if (text.back() != ')')
            return std::nullopt;
        arguments = splitArguments(text.substr(bracket + 1, text.size() - bracket - 2));
    }

    if (name == "nullable" || name == "lowcardinality") {
        auto inner = arguments.size() == 1 ? parseType(arguments[0], timezone) : std::nullopt;
        if (inner && name == "nullable")
            inner->nullable = true;
        return inner;
    }
    if (name == "array" || name == "tuple" || name == "map") {
        std::vector<Type> items;
        for (std::string_view argument : arguments) {
            auto item = parseType(argument, timezone);
            if (!item) // A named part of a tuple: "name Type".
                if (const auto space = argument.find(' '); space != std::string_view::npos)
                    item = parseType(argument.substr(space + 1), timezone);
            if (!item)
                return std::nullopt;
            items.push_back(std::move(*item));
        }
        if ((name == "array" && items.size() != 1) || (name == "map" && items.size() != 2) || items.empty())
            return std::nullopt;
        Type type = Type::of(name == "array" ? Kind::Array : name == "map" ? Kind::Map : Kind::Tuple);
        type.items = std::move(items);
        return type;
    }

    const auto known = std::ranges::find(typeNames, name, &TypeName::name);
    if (known == typeNames.end())
        return std::nullopt;
    Type type = Type::of(known->kind);
    type.bits = known->bits;
    type.isSigned = known->isSigned;
    if (type.is(Kind::DateTime)) {
        type.precision = known->precision;
        type.timezone = timezone;
        for (std::string_view argument : arguments) {
            if (argument.size() > 2 && argument.front() == '\'')
                type.timezone = argument.substr(1, argument.size() - 2);
            else if (argument.size() == 1 && argument[0] >= '0' && argument[0] <= '9')
                type.precision = argument[0] - '0';
        }
    }
    return type;
}

std::optional<Type> commonType(const Type &a, const Type &b)
{
    if (a.is(Kind::Null))
        return b.is(Kind::Array) || b.is(Kind::Tuple) ? b : b.orNull();
    if (b.is(Kind::Null))
        return a.is(Kind::Array) || a.is(Kind::Tuple) ? a : a.orNull();
    if (a.is(Kind::Unknown) || b.is(Kind::Unknown))
        return a.is(Kind::Unknown) ? b : a;

    const bool nullable = a.nullable || b.nullable;
    std::optional<Type> result;
    if (a.kind == b.kind) {
        result = a;
        result->json = a.json && b.json;
        if (a.is(Kind::Integer)) {
            result->isSigned = a.isSigned || b.isSigned;
            result->bits = std::max(a.bits, b.bits);
            if (a.isSigned != b.isSigned && (a.isSigned ? b : a).bits == result->bits) // The unsigned one needs one bit more.
                result->bits = std::min(64, result->bits * 2);
        } else if (a.is(Kind::DateTime)) {
            result->precision = std::max(a.precision, b.precision);
        } else if (a.is(Kind::Array) || a.is(Kind::Tuple) || a.is(Kind::Map)) {
            if (a.is(Kind::Array) && (a.items.empty() || b.items.empty()))
                return a.items.empty() ? b : a;
            if (a.items.size() != b.items.size())
                return std::nullopt;
            for (std::size_t i = 0; i < a.items.size(); ++i) {
                const auto item = commonType(a.items[i], b.items[i]);
                if (!item)
                    return std::nullopt;
                result->items[i] = *item;
            }
        }
    } else if (a.isNumber() && b.isNumber()) {
        if (a.is(Kind::Float) || b.is(Kind::Float))
            result = Type::of(Kind::Float);
        else
            result = a.is(Kind::Bool) ? b : a;
    } else if (a.isTime() && b.isTime()) {
        result = a.is(Kind::DateTime) ? a : b;
    }
    if (result)
        result->nullable = nullable;
    return result;
}

} // namespace localproject

#include "driver/localproject/compiler_state.h"
#include "driver/localproject/compiler_time.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

namespace localproject {
namespace {

using Kind = Type::Kind;

Type typeOfInteger(std::int64_t value)
{
    if (value >= 0)
        return Type::integer(value <= 0xff ? 8 : value <= 0xffff ? 16 : value <= 0xffff'ffff ? 32 : 64, false);
    return Type::integer(value >= -0x80 ? 8 : value >= -0x8000 ? 16 : value >= -0x8000'0000LL ? 32 : 64, true);
}

/// A zone's name as SQL. It stands in patterns too, where "@" is a place: only what names of zones are made of may be in it.
std::string zoneText(const std::string &timezone)
{
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/:";
    if (timezone.find_first_not_of(letters) != std::string::npos)
        refuse("There is no time zone '" + timezone + "'.");
    return quoteText(timezone);
}

std::string floatText(double value)
{
    if (std::isnan(value))
        return "'nan'::DOUBLE";
    if (std::isinf(value))
        return value > 0 ? "'inf'::DOUBLE" : "'-inf'::DOUBLE";
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    std::string text(buffer, end);
    if (text.find('e') == std::string::npos)
        text += "e0"; // DuckDB reads 1.5 as a DECIMAL.
    return value < 0 || std::signbit(value) ? "(" + text + ")" : text;
}

} // namespace

Fragment Compilation::constant(const ph::Json &value, hogql::Span span)
{
    Fragment fragment;
    fragment.span = span;
    fragment.constant = value;
    if (value.is_null()) {
        fragment.sql = "NULL";
        fragment.type = Type::of(Kind::Null);
    } else if (value.is_boolean()) {
        fragment.sql = value.get<bool>() ? "true" : "false";
        fragment.type = Type::of(Kind::Bool);
    } else if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
        fragment.sql = value.dump() + "::HUGEINT";
        fragment.type = Type::integer(64, false);
    } else if (value.is_number_integer()) {
        const auto number = value.get<std::int64_t>();
        fragment.sql = number < 0 ? "(" + value.dump() + ")" : value.dump();
        fragment.type = typeOfInteger(number);
    } else if (value.is_number_float()) {
        fragment.sql = floatText(value.get<double>());
        fragment.type = Type::of(Kind::Float);
    } else if (value.is_string()) {
        fragment.sql = bind(value.get<std::string>());
        fragment.type = Type::of(Kind::String);
    } else {
        return listOf(value, span);
    }
    return fragment;
}

Fragment Compilation::listOf(const ph::Json &value, hogql::Span span)
{
    if (!value.is_array())
        refuse("An object cannot be a value in a query.", span);
    std::vector<Fragment> items;
    for (const ph::Json &item : value)
        items.push_back(constant(item, span));
    return array(std::move(items), span);
}

std::string Compilation::bind(const std::string &value)
{
    auto [known, isNew] = m_bound.try_emplace(value);
    if (isNew) {
        m_values.push_back(value);
        known->second = "$" + std::to_string(m_values.size()) + "::VARCHAR";
    }
    return known->second;
}

void Compilation::numberParameters()
{
    // Some text was compiled and then not used (a key that matched, a time that was read here): its values are left out.
    const std::string source = std::exchange(m_statement.sql, {});
    std::map<std::size_t, std::size_t> numbers;
    for (std::size_t i = 0; i < source.size(); ++i) {
        const char c = source[i];
        if (c == '\'' || c == '"') { // Doubled quotes are two texts to this loop, which comes to the same.
            const std::size_t end = source.find(c, i + 1);
            m_statement.sql.append(source, i, end - i + 1);
            i = end;
        } else if (c == '$') {
            std::size_t number = 0;
            while (i + 1 < source.size() && source[i + 1] >= '0' && source[i + 1] <= '9')
                number = number * 10 + static_cast<std::size_t>(source[++i] - '0');
            const auto [known, isNew] = numbers.try_emplace(number, numbers.size() + 1);
            if (isNew)
                m_statement.parameters.push_back(m_values.at(number - 1));
            m_statement.sql += "$" + std::to_string(known->second);
        } else {
            m_statement.sql += c;
        }
    }
}

std::string Compilation::instantLiteral(std::int64_t microseconds)
{
    return "make_timestamp(" + std::to_string(microseconds) + ")";
}

std::string Compilation::now()
{
    const auto time = parseWrittenTime(m_context.now);
    if (!time)
        refuse("The project's clock does not show a time: " + m_context.now);
    return instantLiteral(time->microseconds);
}

std::string Compilation::toZone(const std::string &instantSql, const std::string &timezone)
{
    if (timezone == "UTC" || timezone.empty())
        return instantSql;
    return "hoglet_wall(" + zoneText(timezone) + ", " + instantSql + ")";
}

std::string Compilation::fromZone(const std::string &wallSql, const std::string &timezone)
{
    if (timezone == "UTC" || timezone.empty())
        return wallSql;
    return "hoglet_instant(" + zoneText(timezone) + ", " + wallSql + ")";
}

std::string Compilation::parsedTime(const std::string &textSql, const std::string &timezone)
{
    // A cast to TIMESTAMP ignores a written offset, a cast to TIMESTAMPTZ needs one.
    return "CASE WHEN regexp_full_match(" + textSql + ", '\\d{9,10}') THEN make_timestamp(TRY_CAST(" + textSql
        + " AS BIGINT) * 1000000) WHEN regexp_matches(" + textSql + ", ':\\d\\d(\\.\\d+)?\\s*([+-]\\d|Z$)') THEN timezone('UTC', TRY_CAST("
        + textSql + " AS TIMESTAMPTZ)) ELSE " + fromZone("TRY_CAST(" + textSql + " AS TIMESTAMP)", timezone) + " END";
}

const std::string &Compilation::zoneOf(const Fragment &value) const
{
    return value.type.is(Kind::DateTime) && !value.type.timezone.empty() ? value.type.timezone : m_context.timezone;
}

std::string Compilation::text(const Fragment &value)
{
    switch (value.type.kind) {
    case Kind::String:
    case Kind::Unknown: return value.sql;
    case Kind::Null: return "NULL::VARCHAR";
    case Kind::Float: return "regexp_replace(" + value.sql + "::VARCHAR, '\\.0$', '')"; // ClickHouse writes 1, DuckDB 1.0.
    case Kind::DateTime:
        return "strftime(" + wallClock(value) + (value.type.precision > 0 ? ", '%Y-%m-%d %H:%M:%S.%f')" : ", '%Y-%m-%d %H:%M:%S')");
    case Kind::Array: return value.constant ? "CAST(to_json(" + value.sql + ") AS VARCHAR)" : "to_json(" + value.sql + ")::VARCHAR";
    case Kind::State: return "struct_extract_at(" + value.sql + ", 1)";
    default: return value.sql + "::VARCHAR";
    }
}

std::string Compilation::integer(const Fragment &value)
{
    switch (value.type.kind) {
    case Kind::Integer:
    case Kind::Unknown: return value.sql;
    case Kind::Null: return "NULL::BIGINT";
    case Kind::Bool: return value.sql + "::BIGINT";
    case Kind::Float: return "trunc(" + value.sql + ")::BIGINT";
    case Kind::String: refuse("A number is needed here, this is a String: wrap it in toInt() or toFloat().", value.span);
    case Kind::Date: return "date_diff('day', DATE '1970-01-01', " + value.sql + ")";
    case Kind::DateTime: return "epoch(" + value.sql + ")::BIGINT";
    default: refuse("A number is needed here, this is " + value.type.name() + ".", value.span);
    }
}

std::string Compilation::numeric(const Fragment &value)
{
    return value.type.is(Kind::Float) ? value.sql : integer(value);
}

std::string Compilation::real(const Fragment &value)
{
    if (value.type.is(Kind::Float) || value.type.is(Kind::Unknown))
        return value.sql;
    return value.type.is(Kind::Null) ? "NULL::DOUBLE" : integer(value) + "::DOUBLE";
}

std::string Compilation::boolean(const Fragment &value)
{
    switch (value.type.kind) {
    case Kind::Bool:
    case Kind::Unknown: return value.sql;
    case Kind::Null: return "NULL::BOOLEAN";
    case Kind::Integer:
    case Kind::Float: return "(" + value.sql + " <> 0)";
    default: refuse("A condition is needed here, this is " + value.type.name() + ". Compare it with something.", value.span);
    }
}

std::string Compilation::instant(const Fragment &value)
{
    switch (value.type.kind) {
    case Kind::DateTime:
    case Kind::Unknown: return value.sql;
    case Kind::Null: return "NULL::TIMESTAMP";
    case Kind::Date: return fromZone(value.sql + "::TIMESTAMP", m_context.timezone);
    case Kind::Integer: return "make_timestamp(" + value.sql + " * 1000000)";
    case Kind::Float: return "make_timestamp((" + value.sql + " * 1e6)::BIGINT)";
    case Kind::String: {
        if (!value.constant || !value.constant->is_string())
            return parsedTime(value.sql, m_context.timezone);
        const auto written = parseWrittenTime(value.constant->get_ref<const std::string &>());
        if (!written)
            refuse("Cannot read '" + value.constant->get<std::string>() + "' as a date or time. Write it as '2026-01-31 10:15:00'.", value.span);
        const std::string sql = instantLiteral(written->microseconds);
        return written->hasOffset ? sql : fromZone(sql, m_context.timezone);
    }
    default: refuse("A time is needed here, this is " + value.type.name() + ".", value.span);
    }
}

std::string Compilation::wallClock(const Fragment &value)
{
    if (value.type.is(Kind::Date))
        return value.sql + "::TIMESTAMP";
    if (value.type.is(Kind::String) && value.constant && value.constant->is_string()) {
        const auto written = parseWrittenTime(value.constant->get_ref<const std::string &>());
        if (written && !written->hasOffset)
            return instantLiteral(written->microseconds);
    }
    return toZone(instant(value), zoneOf(value));
}

std::string Compilation::date(const Fragment &value)
{
    if (value.type.is(Kind::Date))
        return value.sql;
    if (value.type.is(Kind::Integer)) // Days since 1970, or seconds when that would be far away.
        return "CASE WHEN abs(" + value.sql + ") < 100000 THEN DATE '1970-01-01' + " + value.sql + "::INTEGER ELSE "
            + toZone(instant(value), m_context.timezone) + "::DATE END";
    return "(" + wallClock(value) + ")::DATE";
}

std::string Compilation::as(const Fragment &value, const Type &type)
{
    if (value.type.is(Kind::Null))
        return type.is(Kind::Tuple) ? "NULL" : "NULL::" + type.storage();
    if (value.type.kind == type.kind) {
        if (type.is(Kind::Integer) && value.constant)
            return value.sql + "::BIGINT"; // A small literal is 32 bits wide.
        const bool nested = type.is(Kind::Array) && !type.items.empty() && !(value.type.element() == type.element())
            && !type.element().is(Kind::Tuple) && !type.element().is(Kind::Unknown);
        return nested ? value.sql + "::" + type.storage() : value.sql;
    }
    switch (type.kind) {
    case Kind::Integer: return integer(value);
    case Kind::Float: return real(value);
    case Kind::Bool: return boolean(value);
    case Kind::DateTime: return instant(value);
    case Kind::Date: return date(value);
    case Kind::String: return text(value);
    case Kind::Uuid: return "TRY_CAST(" + value.sql + " AS UUID)";
    default: return value.sql;
    }
}

Fragment Compilation::convert(const Fragment &value, const Type &type, bool lenient, hogql::Span span)
{
    Fragment result;
    result.type = type;
    result.type.nullable = type.nullable || value.type.nullable || lenient || value.type.is(Kind::String);
    result.span = span;
    const bool fromText = value.type.is(Kind::String) || value.type.is(Kind::Unknown);
    switch (type.kind) {
    case Kind::String:
        result.sql = text(value);
        result.type.nullable = value.type.nullable;
        break;
    case Kind::Integer: 
        // As accurateCastOrNull reads text: '12.5' is no whole number, where DuckDB would round it.
        result.sql = fromText ? "CASE WHEN regexp_full_match(" + value.sql + ", '[+-]?\\d+') THEN TRY_CAST(" + value.sql + " AS BIGINT) END" : integer(value);
        break;
    case Kind::Float: result.sql = fromText ? "TRY_CAST(" + value.sql + " AS DOUBLE)" : real(value); break;
    case Kind::Bool: result.sql = fromText ? "TRY_CAST(" + value.sql + " AS BOOLEAN)" : boolean(value); break;
    case Kind::Uuid: result.sql = fromText ? "TRY_CAST(" + value.sql + " AS UUID)" : value.sql + "::UUID"; break;
    case Kind::DateTime: result.sql = fromText && !value.constant ? parsedTime(value.sql, type.timezone) : instant(value); break;
    case Kind::Date:
        result.sql = fromText && !value.constant ? "(" + toZone(parsedTime(value.sql, m_context.timezone), m_context.timezone) + ")::DATE" : date(value);
        break;
    default:
        if (value.type.kind != type.kind)
            unsupported("Converting " + value.type.name() + " to " + type.name(), span);
        result.sql = value.sql + "::" + type.storage();
    }
    if (value.type.is(Kind::Null))
        result.sql = "NULL::" + type.storage();
    return result;
}

} // namespace localproject

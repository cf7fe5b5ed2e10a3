#include "driver/localproject/duckdb_json.h"

#include "driver/base/json_escape.h"

#include <array>
#include <charconv>
#include <cmath>

namespace localproject::duck {
namespace {

enum ByteKind : unsigned char { Plain, Escaped, High };

constexpr auto byteKinds = [] {
    std::array<ByteKind, 256> kinds {};
    for (std::size_t c = 0; c < 256; ++c)
        kinds[c] = c < 0x20 || c == '"' || c == '\\' ? Escaped : c >= 0x80 ? High : Plain;
    return kinds;
}();

/// How many bytes of `text` from `at` on are one well-formed character of UTF-8; 0 when they are none.
std::size_t characterLength(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t i) -> unsigned { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0; };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const unsigned first = byte(0);
    if (first >= 0xC2 && first <= 0xDF)
        return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool fits = first == 0xE0 ? byte(1) >= 0xA0 : first == 0xED ? byte(1) <= 0x9F : true;
        return fits && follows(1) && follows(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool fits = first == 0xF0 ? byte(1) >= 0x90 : first == 0xF4 ? byte(1) <= 0x8F : true;
        return fits && follows(1) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

template <typename T>
void appendInteger(std::string &out, T value)
{
    char buffer[24];
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void appendDouble(std::string &out, double value)
{
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    if (value == std::trunc(value) && std::abs(value) < 1e15) { // Whole numbers are frequent and quicker as such.
        if (value == 0 && std::signbit(value))
            out += '-';
        appendInteger(out, static_cast<std::int64_t>(value));
        out += ".0";
        return;
    }
    out += ph::Json(value).dump(); // Other writers choose other forms for very large and very small ones.
}

/// `count` digits of `value`, with leading zeros.
char *putDigits(char *at, std::uint64_t value, int count)
{
    for (int i = count - 1; i >= 0; --i) {
        at[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
    return at + count;
}

/// The usual dates without the C library's formatting; false where the year has other than four digits.
bool appendDate(std::string &out, std::int64_t days, char after)
{
    const std::int64_t shiftedDays = days + 719'468; // Howard Hinnant's algorithm, as in duckdb_values.cpp
    if (shiftedDays < 0 || days > 2'932'896)
        return false;
    const std::int64_t era = shiftedDays / 146'097;
    const auto dayOfEra = static_cast<unsigned>(shiftedDays - era * 146'097);
    const unsigned yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
    const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const unsigned shifted = (5 * dayOfYear + 2) / 153;
    const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
    const std::int64_t year = static_cast<std::int64_t>(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0);
    if (year < 0 || year > 9999)
        return false;
    char buffer[11];
    char *at = putDigits(buffer, static_cast<std::uint64_t>(year), 4);
    *at++ = '-';
    at = putDigits(at, month, 2);
    *at++ = '-';
    at = putDigits(at, dayOfYear - (153 * shifted + 2) / 5 + 1, 2);
    *at++ = after;
    out.append(buffer, at);
    return true;
}

void appendMoment(std::string &out, std::int64_t microseconds)
{
    constexpr std::int64_t day = 86'400'000'000;
    std::int64_t days = microseconds / day;
    if (microseconds % day < 0)
        --days;
    const std::size_t before = out.size();
    out += '"';
    if (!appendDate(out, days, 'T')) {
        out.resize(before);
        appendJsonText(out, isoTimestamp(microseconds));
        return;
    }
    const std::int64_t rest = microseconds - days * day;
    const std::int64_t seconds = rest / 1'000'000;
    char buffer[17];
    char *at = putDigits(buffer, static_cast<std::uint64_t>(seconds / 3600), 2);
    *at++ = ':';
    at = putDigits(at, static_cast<std::uint64_t>(seconds / 60 % 60), 2);
    *at++ = ':';
    at = putDigits(at, static_cast<std::uint64_t>(seconds % 60), 2);
    *at++ = '.';
    at = putDigits(at, static_cast<std::uint64_t>(rest % 1'000'000), 6);
    *at++ = 'Z';
    out.append(buffer, at);
    out += '"';
}

void appendUuid(std::string &out, duckdb_hugeint value)
{
    static constexpr char digits[] = "0123456789abcdef";
    const auto high = static_cast<std::uint64_t>(value.upper) ^ (std::uint64_t {1} << 63); // DuckDB flips it so that uuids sort as text.
    char buffer[38];
    char *at = buffer;
    *at++ = '"';
    for (int i = 0; i < 32; ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            *at++ = '-';
        const std::uint64_t half = i < 16 ? high : value.lower;
        *at++ = digits[half >> (60 - 4 * (i % 16)) & 15];
    }
    *at++ = '"';
    out.append(buffer, at);
}

template <typename T>
T at(const void *data, std::uint64_t row)
{
    return static_cast<const T *>(data)[row];
}

} // namespace

void appendJsonText(std::string &out, std::string_view text)
{
    out += '"';
    std::size_t start = 0;
    std::size_t at = 0;
    const auto flush = [&] { out.append(text, start, at - start); };
    while (at < text.size()) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const ByteKind kind = byteKinds[byte];
        if (kind == Plain) {
            ++at;
            continue;
        }
        if (kind == High) {
            if (const std::size_t length = characterLength(text, at); length > 0) {
                at += length;
                continue;
            }
            flush();
            out += "\xEF\xBF\xBD";
            start = ++at;
            continue;
        }
        flush();
        ph::appendJsonEscape(out, byte);
        start = ++at;
    }
    flush();
    out += '"';
}

JsonCells::JsonCells(const std::vector<CellType> &types)
    : m_types(types)
    , m_columns(types.size())
{
}

void JsonCells::look(Column &column, duckdb_vector vector, const CellType &type)
{
    column.type = &type;
    column.vector = vector;
    column.data = duckdb_vector_get_data(vector);
    column.validity = duckdb_vector_get_validity(vector);
    column.children.resize(type.children.size());
    switch (type.id) {
    case DUCKDB_TYPE_LIST: look(column.children[0], duckdb_list_vector_get_child(vector), type.children[0]); break;
    case DUCKDB_TYPE_ARRAY: look(column.children[0], duckdb_array_vector_get_child(vector), type.children[0]); break;
    case DUCKDB_TYPE_STRUCT:
        for (std::size_t i = 0; i < type.children.size(); ++i)
            look(column.children[i], duckdb_struct_vector_get_child(vector, i), type.children[i]);
        break;
    case DUCKDB_TYPE_MAP: {
        duckdb_vector pairs = duckdb_list_vector_get_child(vector);
        for (std::size_t i = 0; i < 2; ++i)
            look(column.children[i], duckdb_struct_vector_get_child(pairs, i), type.children[i]);
        break;
    }
    default: break;
    }
}

void JsonCells::read(duckdb_data_chunk chunk)
{
    for (std::size_t i = 0; i < m_types.size(); ++i)
        look(m_columns[i], duckdb_data_chunk_get_vector(chunk, i), m_types[i]);
}

void JsonCells::appendKey(std::string &out, const Column &column, std::uint64_t row)
{
    std::string key;
    append(key, column, row);
    if (key.starts_with('"'))
        out += key;
    else
        appendJsonText(out, key);
}

void JsonCells::append(std::string &out, const Column &column, std::uint64_t row)
{
    if (!duckdb_validity_row_is_valid(column.validity, row)) {
        out += "null";
        return;
    }
    const void *data = column.data;
    const CellType &type = *column.type;
    switch (type.id) {
    case DUCKDB_TYPE_BOOLEAN: out += at<bool>(data, row) ? "true" : "false"; return;
    case DUCKDB_TYPE_TINYINT: appendInteger(out, int {at<std::int8_t>(data, row)}); return;
    case DUCKDB_TYPE_SMALLINT: appendInteger(out, at<std::int16_t>(data, row)); return;
    case DUCKDB_TYPE_INTEGER: appendInteger(out, at<std::int32_t>(data, row)); return;
    case DUCKDB_TYPE_BIGINT: appendInteger(out, at<std::int64_t>(data, row)); return;
    case DUCKDB_TYPE_UTINYINT: appendInteger(out, int {at<std::uint8_t>(data, row)}); return;
    case DUCKDB_TYPE_USMALLINT: appendInteger(out, at<std::uint16_t>(data, row)); return;
    case DUCKDB_TYPE_UINTEGER: appendInteger(out, at<std::uint32_t>(data, row)); return;
    case DUCKDB_TYPE_UBIGINT: appendInteger(out, at<std::uint64_t>(data, row)); return;
    case DUCKDB_TYPE_FLOAT: appendDouble(out, at<float>(data, row)); return;
    case DUCKDB_TYPE_DOUBLE: appendDouble(out, at<double>(data, row)); return;
    case DUCKDB_TYPE_VARCHAR: {
        auto *strings = const_cast<duckdb_string_t *>(static_cast<const duckdb_string_t *>(data));
        appendJsonText(out, {duckdb_string_t_data(&strings[row]), duckdb_string_t_length(strings[row])});
        return;
    }
    case DUCKDB_TYPE_UUID: appendUuid(out, at<duckdb_hugeint>(data, row)); return;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ: appendMoment(out, at<std::int64_t>(data, row)); return;
    case DUCKDB_TYPE_DATE: {
        const std::size_t before = out.size();
        out += '"';
        if (!appendDate(out, at<std::int32_t>(data, row), '"')) {
            out.resize(before);
            appendJsonText(out, isoDate(at<std::int32_t>(data, row)));
        }
        return;
    }
    case DUCKDB_TYPE_LIST:
    case DUCKDB_TYPE_ARRAY: {
        const auto entry = type.id == DUCKDB_TYPE_LIST ? at<duckdb_list_entry>(data, row)
                                                       : duckdb_list_entry {row * type.arraySize, type.arraySize};
        out += '[';
        for (std::uint64_t i = entry.offset; i < entry.offset + entry.length; ++i) {
            if (i > entry.offset)
                out += ',';
            append(out, column.children[0], i);
        }
        out += ']';
        return;
    }
    case DUCKDB_TYPE_STRUCT: {
        const bool named = !type.names.empty() && !type.names.front().empty();
        out += named ? '{' : '[';
        for (std::size_t i = 0; i < column.children.size(); ++i) {
            if (i > 0)
                out += ',';
            if (named) {
                appendJsonText(out, type.names[i]);
                out += ':';
            }
            append(out, column.children[i], row);
        }
        out += named ? '}' : ']';
        return;
    }
    case DUCKDB_TYPE_MAP: {
        const auto entry = at<duckdb_list_entry>(data, row);
        out += '{';
        for (std::uint64_t i = entry.offset; i < entry.offset + entry.length; ++i) {
            if (i > entry.offset)
                out += ',';
            appendKey(out, column.children[0], i);
            out += ':';
            append(out, column.children[1], i);
        }
        out += '}';
        return;
    }
    default: break;
    }
    // What is rare goes the long way.
    out += readCell(column.vector, type, row).dump(-1, ' ', false, ph::Json::error_handler_t::replace);
}

void JsonCells::appendRow(std::string &out, std::uint64_t row) const
{
    out += '[';
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        if (i > 0)
            out += ',';
        append(out, m_columns[i], row);
    }
    out += ']';
}

} // namespace localproject::duck

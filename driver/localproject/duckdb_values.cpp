#include "driver/localproject/duckdb_values.h"

#include <cmath>
#include <cstdio>
#include <limits>

namespace localproject::duck {
namespace {

__extension__ using Wide = unsigned __int128;

/// Years, months and days of a count of days since 1970 (Howard Hinnant's algorithm), good for all of DuckDB's range.
struct CivilDate {
    std::int64_t year;
    unsigned month;
    unsigned day;
};

CivilDate civilFromDays(std::int64_t days)
{
    days += 719'468;
    const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
    const auto dayOfEra = static_cast<unsigned>(days - era * 146'097);
    const unsigned yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
    const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const unsigned shifted = (5 * dayOfYear + 2) / 153;
    const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
    return {static_cast<std::int64_t>(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * shifted + 2) / 5 + 1};
}

std::int64_t floorDiv(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }

std::string timeOfDay(std::int64_t microseconds)
{
    char text[24];
    const auto seconds = microseconds / 1'000'000;
    std::snprintf(text, sizeof text, "%02d:%02d:%02d.%06d", static_cast<int>(seconds / 3600 % 100),
                  static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60),
                  static_cast<int>(microseconds % 1'000'000));
    return text;
}

std::string decimalText(bool negative, Wide magnitude)
{
    std::string digits;
    do {
        digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(magnitude % 10)));
        magnitude /= 10;
    } while (magnitude != 0);
    return negative ? "-" + digits : digits;
}

ph::Json hugeCell(duckdb_hugeint value)
{
    const bool negative = value.upper < 0;
    Wide magnitude = (static_cast<Wide>(static_cast<std::uint64_t>(value.upper)) << 64) | value.lower;
    if (negative)
        magnitude = -magnitude;
    if (!negative && magnitude <= std::numeric_limits<std::int64_t>::max())
        return static_cast<std::int64_t>(magnitude);
    if (!negative && magnitude <= std::numeric_limits<std::uint64_t>::max())
        return static_cast<std::uint64_t>(magnitude);
    if (negative && magnitude <= static_cast<Wide>(1) << 63)
        return static_cast<std::int64_t>(-static_cast<std::uint64_t>(magnitude));
    return decimalText(negative, magnitude);
}

std::string uuidText(duckdb_hugeint value)
{
    const auto high
        = static_cast<std::uint64_t>(value.upper) ^ (std::uint64_t{1} << 63); // DuckDB flips it so that uuids sort as text.
    char text[40];
    std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32),
                  static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xffff),
                  static_cast<unsigned>(value.lower >> 48), static_cast<unsigned long long>(value.lower & 0xffff'ffff'ffffULL));
    return text;
}

std::string_view textAt(duckdb_vector vector, std::uint64_t row)
{
    auto *strings = static_cast<duckdb_string_t *>(duckdb_vector_get_data(vector));
    return {duckdb_string_t_data(&strings[row]), duckdb_string_t_length(strings[row])};
}

ph::Json listCell(duckdb_vector child, const CellType &type, std::uint64_t offset, std::uint64_t length)
{
    ph::Json array = ph::Json::array();
    for (std::uint64_t i = 0; i < length; ++i)
        array.push_back(readCell(child, type, offset + i));
    return array;
}

ph::Json structCell(duckdb_vector vector, const CellType &type, std::uint64_t row)
{
    const bool named = !type.names.empty() && !type.names.front().empty();
    ph::Json cell = named ? ph::Json::object() : ph::Json::array();
    for (std::size_t i = 0; i < type.children.size(); ++i) {
        ph::Json field = readCell(duckdb_struct_vector_get_child(vector, i), type.children[i], row);
        if (named)
            cell[type.names[i]] = std::move(field);
        else
            cell.push_back(std::move(field));
    }
    return cell;
}

ph::Json mapCell(duckdb_vector vector, const CellType &type, std::uint64_t row)
{
    const auto entry = static_cast<duckdb_list_entry *>(duckdb_vector_get_data(vector))[row];
    duckdb_vector pairs = duckdb_list_vector_get_child(vector);
    ph::Json cell = ph::Json::object();
    for (std::uint64_t i = entry.offset; i < entry.offset + entry.length; ++i) {
        const ph::Json key = readCell(duckdb_struct_vector_get_child(pairs, 0), type.children[0], i);
        cell[key.is_string() ? key.get<std::string>() : key.dump()]
            = readCell(duckdb_struct_vector_get_child(pairs, 1), type.children[1], i);
    }
    return cell;
}

std::string intervalText(duckdb_interval value)
{
    std::string text;
    const auto part = [&](std::int64_t n, const char *unit) {
        if (n != 0)
            text += (text.empty() ? "" : " ") + std::to_string(n) + unit;
    };
    part(value.months / 12, " years");
    part(value.months % 12, " months");
    part(value.days, " days");
    if (value.micros != 0 || text.empty())
        text += (text.empty() ? "" : " ") + std::string(value.micros < 0 ? "-" : "") + timeOfDay(std::llabs(value.micros));
    return text;
}

template <typename T>
T at(duckdb_vector vector, std::uint64_t row)
{
    return static_cast<const T *>(duckdb_vector_get_data(vector))[row];
}

std::int64_t integerAt(duckdb_vector vector, duckdb_type type, std::uint64_t row)
{
    switch (type) {
    case DUCKDB_TYPE_TINYINT:
        return at<std::int8_t>(vector, row);
    case DUCKDB_TYPE_SMALLINT:
        return at<std::int16_t>(vector, row);
    case DUCKDB_TYPE_INTEGER:
        return at<std::int32_t>(vector, row);
    case DUCKDB_TYPE_UTINYINT:
        return at<std::uint8_t>(vector, row);
    case DUCKDB_TYPE_USMALLINT:
        return at<std::uint16_t>(vector, row);
    case DUCKDB_TYPE_UINTEGER:
        return at<std::uint32_t>(vector, row);
    default:
        return at<std::int64_t>(vector, row);
    }
}

double decimalAt(duckdb_vector vector, const CellType &type, std::uint64_t row)
{
    const auto divisor = std::pow(10.0, type.scale);
    if (type.internal == DUCKDB_TYPE_HUGEINT)
        return duckdb_hugeint_to_double(at<duckdb_hugeint>(vector, row)) / divisor;
    return static_cast<double>(integerAt(vector, type.internal, row)) / divisor;
}

std::string ownedText(char *text)
{
    std::string copy = text ? text : "";
    duckdb_free(text);
    return copy;
}

/// The kind that holds all elements of an array: integers widen to doubles; otherwise they must agree.
ph::Result<duckdb_type> elementKind(const ph::Json &array)
{
    duckdb_type kind = DUCKDB_TYPE_INVALID;
    for (const ph::Json &element : array) {
        duckdb_type own = DUCKDB_TYPE_INVALID;
        if (element.is_string())
            own = DUCKDB_TYPE_VARCHAR;
        else if (element.is_boolean())
            own = DUCKDB_TYPE_BOOLEAN;
        else if (element.is_number_float())
            own = DUCKDB_TYPE_DOUBLE;
        else if (element.is_number())
            own = DUCKDB_TYPE_BIGINT;
        else if (element.is_null())
            continue;
        else
            return ph::fail(ph::ErrorCode::InvalidInput, "A list value may hold only texts, numbers or booleans.");
        const bool numbers = (own == DUCKDB_TYPE_DOUBLE && kind == DUCKDB_TYPE_BIGINT)
            || (own == DUCKDB_TYPE_BIGINT && kind == DUCKDB_TYPE_DOUBLE);
        if (numbers)
            kind = DUCKDB_TYPE_DOUBLE;
        else if (kind == DUCKDB_TYPE_INVALID || kind == own)
            kind = own;
        else
            return ph::fail(ph::ErrorCode::InvalidInput, "The elements of a list value must be of one kind.");
    }
    return kind == DUCKDB_TYPE_INVALID ? DUCKDB_TYPE_VARCHAR : kind;
}

} // namespace

std::string isoDate(std::int32_t days)
{
    const CivilDate date = civilFromDays(days);
    char text[32];
    std::snprintf(text, sizeof text, "%04lld-%02u-%02u", static_cast<long long>(date.year), date.month, date.day);
    return text;
}

std::string isoTimestamp(std::int64_t microseconds)
{
    constexpr std::int64_t day = 86'400'000'000;
    const std::int64_t days = floorDiv(microseconds, day);
    return isoDate(static_cast<std::int32_t>(days)) + "T" + timeOfDay(microseconds - days * day) + "Z";
}

CellType CellType::of(duckdb_logical_type type)
{
    CellType cell;
    cell.id = duckdb_get_type_id(type);
    const auto child = [&](duckdb_logical_type raw) {
        const Type owned(raw);
        cell.children.push_back(of(owned.get()));
    };
    switch (cell.id) {
    case DUCKDB_TYPE_DECIMAL:
        cell.internal = duckdb_decimal_internal_type(type);
        cell.scale = duckdb_decimal_scale(type);
        cell.width = duckdb_decimal_width(type);
        break;
    case DUCKDB_TYPE_ENUM:
        cell.internal = duckdb_enum_internal_type(type);
        for (std::uint32_t i = 0; i < duckdb_enum_dictionary_size(type); ++i)
            cell.names.push_back(ownedText(duckdb_enum_dictionary_value(type, i)));
        break;
    case DUCKDB_TYPE_LIST:
        child(duckdb_list_type_child_type(type));
        break;
    case DUCKDB_TYPE_ARRAY:
        cell.arraySize = duckdb_array_type_array_size(type);
        child(duckdb_array_type_child_type(type));
        break;
    case DUCKDB_TYPE_MAP:
        child(duckdb_map_type_key_type(type));
        child(duckdb_map_type_value_type(type));
        break;
    case DUCKDB_TYPE_STRUCT:
        for (std::uint64_t i = 0; i < duckdb_struct_type_child_count(type); ++i) {
            cell.names.push_back(ownedText(duckdb_struct_type_child_name(type, i)));
            child(duckdb_struct_type_child_type(type, i));
        }
        break;
    default:
        break;
    }
    return cell;
}

std::string CellType::name() const
{
    switch (id) {
    case DUCKDB_TYPE_BOOLEAN:
        return "BOOLEAN";
    case DUCKDB_TYPE_TINYINT:
        return "TINYINT";
    case DUCKDB_TYPE_SMALLINT:
        return "SMALLINT";
    case DUCKDB_TYPE_INTEGER:
        return "INTEGER";
    case DUCKDB_TYPE_BIGINT:
        return "BIGINT";
    case DUCKDB_TYPE_UTINYINT:
        return "UTINYINT";
    case DUCKDB_TYPE_USMALLINT:
        return "USMALLINT";
    case DUCKDB_TYPE_UINTEGER:
        return "UINTEGER";
    case DUCKDB_TYPE_UBIGINT:
        return "UBIGINT";
    case DUCKDB_TYPE_HUGEINT:
        return "HUGEINT";
    case DUCKDB_TYPE_UHUGEINT:
        return "UHUGEINT";
    case DUCKDB_TYPE_FLOAT:
        return "FLOAT";
    case DUCKDB_TYPE_DOUBLE:
        return "DOUBLE";
    case DUCKDB_TYPE_DECIMAL:
        return "DECIMAL(" + std::to_string(width) + "," + std::to_string(scale) + ")";
    case DUCKDB_TYPE_VARCHAR:
        return "VARCHAR";
    case DUCKDB_TYPE_ENUM:
        return "ENUM";
    case DUCKDB_TYPE_UUID:
        return "UUID";
    case DUCKDB_TYPE_DATE:
        return "DATE";
    case DUCKDB_TYPE_TIME:
        return "TIME";
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
        return "TIMESTAMP";
    case DUCKDB_TYPE_TIMESTAMP_TZ:
        return "TIMESTAMP WITH TIME ZONE";
    case DUCKDB_TYPE_INTERVAL:
        return "INTERVAL";
    case DUCKDB_TYPE_BLOB:
        return "BLOB";
    case DUCKDB_TYPE_SQLNULL:
        return "NULL";
    case DUCKDB_TYPE_LIST:
        return children[0].name() + "[]";
    case DUCKDB_TYPE_ARRAY:
        return children[0].name() + "[" + std::to_string(arraySize) + "]";
    case DUCKDB_TYPE_MAP:
        return "MAP(" + children[0].name() + "," + children[1].name() + ")";
    case DUCKDB_TYPE_STRUCT: {
        std::string text = "STRUCT(";
        for (std::size_t i = 0; i < children.size(); ++i)
            text += (i ? "," : "") + (names[i].empty() ? "" : names[i] + " ") + children[i].name();
        return text + ")";
    }
    default:
        return "OTHER";
    }
}

ph::Json readCell(duckdb_vector vector, const CellType &type, std::uint64_t row)
{
    if (!duckdb_validity_row_is_valid(duckdb_vector_get_validity(vector),
                                      row)) // A vector without a mask is all valid: DuckDB answers true for it.
        return nullptr;
    switch (type.id) {
    case DUCKDB_TYPE_BOOLEAN:
        return at<bool>(vector, row);
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
        return integerAt(vector, type.id, row);
    case DUCKDB_TYPE_UBIGINT:
        return at<std::uint64_t>(vector, row);
    case DUCKDB_TYPE_HUGEINT:
        return hugeCell(at<duckdb_hugeint>(vector, row));
    case DUCKDB_TYPE_UHUGEINT: {
        const auto value = at<duckdb_uhugeint>(vector, row);
        if (value.upper == 0)
            return value.lower;
        return decimalText(false, (static_cast<Wide>(value.upper) << 64) | value.lower);
    }
    case DUCKDB_TYPE_FLOAT:
        return static_cast<double>(at<float>(vector, row));
    case DUCKDB_TYPE_DOUBLE:
        return at<double>(vector, row);
    case DUCKDB_TYPE_DECIMAL:
        return decimalAt(vector, type, row);
    case DUCKDB_TYPE_VARCHAR:
        return textAt(vector, row);
    case DUCKDB_TYPE_ENUM: {
        const duckdb_type index = type.internal;
        return type.names.at(static_cast<std::size_t>(integerAt(vector, index, row)));
    }
    case DUCKDB_TYPE_UUID:
        return uuidText(at<duckdb_hugeint>(vector, row));
    case DUCKDB_TYPE_DATE:
        return isoDate(at<std::int32_t>(vector, row));
    case DUCKDB_TYPE_TIME:
        return timeOfDay(at<std::int64_t>(vector, row));
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
        return isoTimestamp(at<std::int64_t>(vector, row));
    case DUCKDB_TYPE_TIMESTAMP_S:
        return isoTimestamp(at<std::int64_t>(vector, row) * 1'000'000);
    case DUCKDB_TYPE_TIMESTAMP_MS:
        return isoTimestamp(at<std::int64_t>(vector, row) * 1'000);
    case DUCKDB_TYPE_TIMESTAMP_NS:
        return isoTimestamp(floorDiv(at<std::int64_t>(vector, row), 1'000));
    case DUCKDB_TYPE_INTERVAL:
        return intervalText(at<duckdb_interval>(vector, row));
    case DUCKDB_TYPE_SQLNULL:
        return nullptr;
    case DUCKDB_TYPE_LIST: {
        const auto entry = at<duckdb_list_entry>(vector, row);
        return listCell(duckdb_list_vector_get_child(vector), type.children[0], entry.offset, entry.length);
    }
    case DUCKDB_TYPE_ARRAY:
        return listCell(duckdb_array_vector_get_child(vector), type.children[0], row * type.arraySize, type.arraySize);
    case DUCKDB_TYPE_STRUCT:
        return structCell(vector, type, row);
    case DUCKDB_TYPE_MAP:
        return mapCell(vector, type, row);
    default:
        return "<" + type.name() + ">";
    }
}

ph::Result<Value> makeValue(const ph::Json &json)
{
    switch (json.type()) {
    case ph::Json::value_t::null:
        return Value(duckdb_create_null_value());
    case ph::Json::value_t::boolean:
        return Value(duckdb_create_bool(json.get<bool>()));
    case ph::Json::value_t::number_integer:
        return Value(duckdb_create_int64(json.get<std::int64_t>()));
    case ph::Json::value_t::number_unsigned: {
        const auto number = json.get<std::uint64_t>();
        if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return Value(duckdb_create_uint64(number));
        return Value(duckdb_create_int64(static_cast<std::int64_t>(number)));
    }
    case ph::Json::value_t::number_float:
        return Value(duckdb_create_double(json.get<double>()));
    case ph::Json::value_t::string: {
        const auto &text = json.get_ref<const std::string &>();
        return Value(duckdb_create_varchar_length(text.data(), text.size()));
    }
    case ph::Json::value_t::array: {
        const auto kind = elementKind(json);
        if (!kind)
            return ph::fail(kind.error());
        std::vector<Value> elements;
        std::vector<duckdb_value> raw;
        for (const ph::Json &element : json) {
            auto value
                = *kind == DUCKDB_TYPE_DOUBLE && element.is_number() ? makeValue(element.get<double>()) : makeValue(element);
            if (!value)
                return ph::fail(value.error());
            raw.push_back(value->get());
            elements.push_back(std::move(*value));
        }
        const Type type(duckdb_create_logical_type(*kind));
        raw.push_back(nullptr); // DuckDB refuses an empty list that has no address.
        return Value(duckdb_create_list_value(type.get(), raw.data(), json.size()));
    }
    default:
        return ph::fail(ph::ErrorCode::InvalidInput, "An object cannot be a value of a statement.");
    }
}

} // namespace localproject::duck

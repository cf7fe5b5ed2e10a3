#include "driver/localproject/functions_support.h"

namespace localproject {
namespace {

using Kind = Type::Kind;

/// A key as a step of a JSON pointer: the form in which it may hold anything.
std::string pointerStep(const std::string &keySql)
{
    return "'/' || replace(replace(" + keySql + ", '~', '~0'), '/', '~1')";
}

/// The keys after the JSON; whole numbers count elements from 1, negative ones from the end.
std::string pathOf(Site &site, std::size_t first, std::size_t end)
{
    const auto fromTheEnd = [](const Fragment &key) {
        return key.constant && key.constant->is_number_integer() && key.constant->get<std::int64_t>() < 0;
    };
    bool pointer = false;
    bool indexFromEnd = false;
    std::string sql;
    for (std::size_t i = first; i < end; ++i) {
        const Fragment &key = site.arguments[i];
        pointer = pointer || !key.type.is(Kind::Integer);
        indexFromEnd = indexFromEnd || fromTheEnd(key);
    }
    if (pointer && indexFromEnd)
        unsupported("'" + site.name + "' with an element counted from the end under a key", site.span);
    for (std::size_t i = first; i < end; ++i) {
        const Fragment &key = site.arguments[i];
        std::string step;
        if (indexFromEnd)
            step = fromTheEnd(key) ? "'[#" + key.constant->dump() + "]'" : "'[' || (" + site.compilation.integer(key) + " - 1)::VARCHAR || ']'";
        else if (key.type.is(Kind::Integer))
            step = "'/' || (" + key.sql + " - 1)::VARCHAR";
        else
            step = pointerStep(site.compilation.text(key));
        sql += (sql.empty() ? "" : " || ") + step;
    }
    if (sql.empty())
        return "'$'";
    return indexFromEnd ? "'$' || " + sql : sql;
}

/// A document that may be read: text that is no JSON counts as NULL.
std::string documentOf(Site &site)
{
    const Fragment &json = site.arguments[0];
    if (json.type.json)
        return json.sql;
    const std::string text = site.compilation.text(json);
    return "CASE WHEN json_valid(" + text + ") THEN " + text + " END";
}

struct Place {
    std::string document;
    std::string path;

    std::string with(const char *function) const { return function + std::string("(") + document + ", " + path + ")"; }
};

Place placeOf(Site &site, std::size_t end)
{
    return {documentOf(site), "(" + pathOf(site, 1, end) + ")"};
}

Place placeOf(Site &site) { return placeOf(site, site.arguments.size()); }

bool nullable(const Site &site) { return site.arguments[0].type.nullable; }

Fragment emitString(Site &site)
{
    const Place place = placeOf(site);
    return valueOf("CASE WHEN " + place.with("json_type") + " = 'VARCHAR' THEN " + place.with("json_extract_string") + " ELSE '' END", Type::of(Kind::String));
}

Fragment emitNumber(Site &site)
{
    const Place place = placeOf(site);
    const bool whole = toLower(site.name) != "jsonextractfloat";
    const std::string number = "TRY_CAST(" + place.with("json_extract_string") + " AS DOUBLE)";
    return valueOf("coalesce(" + (whole ? "TRY_CAST(trunc(" + number + ") AS BIGINT)" : number) + ", 0)",
                   whole ? Type::integer(64, toLower(site.name) == "jsonextractint") : Type::of(Kind::Float));
}

Fragment emitBool(Site &site)
{
    return valueOf("coalesce(" + placeOf(site).with("json_extract_string") + " = 'true', false)", Type::of(Kind::Bool));
}

Fragment emitRaw(Site &site)
{
    Type type = Type::of(Kind::String);
    const Place place = placeOf(site);
    return valueOf("coalesce(" + place.with("json_extract") + "::VARCHAR, '')", type);
}

Fragment emitArrayRaw(Site &site)
{
    const Place place = placeOf(site);
    return valueOf("coalesce(json_transform(CASE WHEN " + place.with("json_type") + " = 'ARRAY' THEN " + place.with("json_extract") + " END, '[\"JSON\"]')::VARCHAR[], []::VARCHAR[])",
                   Type::array(Type::of(Kind::String)));
}

Fragment emitKeys(Site &site)
{
    const Place place = placeOf(site);
    return valueOf("coalesce(json_keys(CASE WHEN " + place.with("json_type") + " = 'OBJECT' THEN " + place.with("json_extract") + " END), []::VARCHAR[])",
                   Type::array(Type::of(Kind::String)));
}

Fragment emitKeysAndValues(Site &site)
{
    const bool raw = toLower(site.name).ends_with("raw");
    const std::size_t end = raw ? site.arguments.size() : site.arguments.size() - 1;
    Type value = Type::of(Kind::String);
    if (!raw) {
        const auto named = parseType(constantText(site, end), site.compilation.context().timezone);
        if (!named)
            refuse("Unknown type " + constantText(site, end) + ".", site.span);
        value = *named;
    }
    const Place place = placeOf(site, end);
    const std::string object = "CASE WHEN " + place.with("json_type") + " = 'OBJECT' THEN " + place.with("json_extract") + " END";
    const std::string key = site.compilation.freshName("k");
    const std::string at = "(" + pointerStep(key) + ")";
    std::string read = raw ? "json_extract(" + object + ", " + at + ")::VARCHAR" : "json_extract_string(" + object + ", " + at + ")";
    if (!raw && value.kind != Kind::String)
        read = "TRY_CAST(" + read + " AS " + value.storage() + ")";
    std::string keys = "json_keys(" + object + ")";
    if (!raw && value.is(Kind::String)) // Only the keys whose values are texts.
        keys = "list_filter(" + keys + ", lambda " + key + ": json_type(" + object + ", " + at + ") = 'VARCHAR')";
    return valueOf("coalesce(list_transform(" + keys + ", lambda " + key + ": row(" + key + ", " + read + ")), [])",
                   Type::array(Type::tuple({Type::of(Kind::String), value})));
}

/// DuckDB's description of a type for json_transform; empty when there is none.
std::string structureOf(const Type &type)
{
    switch (type.kind) {
    case Kind::String: return "\"VARCHAR\"";
    case Kind::Integer: return "\"BIGINT\"";
    case Kind::Float: return "\"DOUBLE\"";
    case Kind::Bool: return "\"BOOLEAN\"";
    case Kind::Uuid: return "\"UUID\"";
    case Kind::Array: {
        const std::string element = structureOf(type.element());
        return element.empty() ? "" : "[" + element + "]";
    }
    case Kind::Map: {
        const std::string key = structureOf(type.items[0]);
        const std::string value = structureOf(type.items[1]);
        return key.empty() || value.empty() ? "" : "\"MAP(" + type.items[0].storage() + ", " + type.items[1].storage() + ")\"";
    }
    default: return "";
    }
}

Fragment emitExtract(Site &site)
{
    const std::size_t last = site.arguments.size() - 1;
    const auto type = parseType(constantText(site, last), site.compilation.context().timezone);
    if (!type)
        refuse("Unknown type " + constantText(site, last) + ".", site.arguments[last].span);
    const Place place = placeOf(site, last);
    const bool isNull = type->nullable;
    const std::string text = place.with("json_extract_string");
    switch (type->kind) {
    case Kind::String: {
        Fragment value = valueOf(text, *type);
        if (!isNull)
            value.sql = "coalesce(" + value.sql + ", '')";
        return value;
    }
    case Kind::Integer:
    case Kind::Float: {
        const std::string number = "TRY_CAST(" + text + " AS DOUBLE)";
        const std::string sql = type->is(Kind::Integer) ? "TRY_CAST(trunc(" + number + ") AS BIGINT)" : number;
        return valueOf(isNull ? sql : "coalesce(" + sql + ", 0)", *type);
    }
    case Kind::Bool: return valueOf(isNull ? "TRY_CAST(" + text + " AS BOOLEAN)" : "coalesce(TRY_CAST(" + text + " AS BOOLEAN), false)", *type);
    case Kind::Uuid:
    case Kind::Date: return valueOf("TRY_CAST(" + text + " AS " + type->storage() + ")", type->orNull());
    case Kind::DateTime: return valueOf(site.compilation.parsedTime(text, type->timezone), type->orNull());
    case Kind::Tuple: {
        std::string sql = "row(";
        for (std::size_t i = 0; i < type->items.size(); ++i)
            sql += (i ? ", " : "") + ("TRY_CAST(json_extract_string(" + place.with("json_extract") + ", '$[") + std::to_string(i) + "]') AS "
                + type->items[i].storage() + ")";
        return valueOf(sql + ")", *type);
    }
    default: break;
    }
    const std::string structure = structureOf(*type);
    if (structure.empty())
        unsupported("'" + site.name + "' into " + type->name(), site.span);
    std::string sql = "json_transform(" + place.with("json_extract") + ", '" + structure + "')";
    if (type->is(Kind::Array))
        sql = "coalesce(" + sql + ", [])";
    return valueOf(sql, *type);
}

Fragment emitHas(Site &site)
{
    return valueOf("coalesce(" + placeOf(site).with("json_exists") + ", false)", Type::of(Kind::Bool));
}

Fragment emitLength(Site &site)
{
    const Place place = placeOf(site);
    const std::string value = place.with("json_extract");
    return valueOf("coalesce(CASE json_type(" + value + ") WHEN 'ARRAY' THEN json_array_length(" + value + ") WHEN 'OBJECT' THEN len(json_keys(" + value
                       + ")) END, 0)::BIGINT",
                   Type::integer(64, false));
}

Fragment emitType(Site &site)
{
    return valueOf("CASE " + placeOf(site).with("json_type")
                       + " WHEN 'VARCHAR' THEN 'String' WHEN 'BIGINT' THEN 'Int64' WHEN 'UBIGINT' THEN 'UInt64' WHEN 'DOUBLE' THEN 'Double' WHEN 'BOOLEAN' "
                         "THEN 'Bool' WHEN 'ARRAY' THEN 'Array' WHEN 'OBJECT' THEN 'Object' ELSE 'Null' END",
                   Type::of(Kind::String));
}

Fragment emitValue(Site &site)
{
    const std::string path = "CASE WHEN starts_with(" + site.compilation.text(site.arguments[1]) + ", '$') THEN " + site.compilation.text(site.arguments[1]) + " END";
    return valueOf("coalesce(json_extract_string(" + documentOf(site) + ", " + path + "), '')", Type::of(Kind::String, nullable(site)));
}

constexpr auto functions = std::to_array<Function>({
    {"JSONExtractString", 1, -1, "*", "", "", emitString},
    {"JSONExtractInt", 1, -1, "*", "", "", emitNumber},
    {"JSONExtractUInt", 1, -1, "*", "", "", emitNumber},
    {"JSONExtractFloat", 1, -1, "*", "", "", emitNumber},
    {"JSONExtractBool", 1, -1, "*", "", "", emitBool},
    {"JSONExtractRaw", 1, -1, "*", "", "", emitRaw},
    {"JSONExtractArrayRaw", 1, -1, "*", "", "", emitArrayRaw},
    {"JSONExtractKeys", 1, -1, "*", "", "", emitKeys},
    {"JSONExtractKeysAndValues", 2, -1, "*", "", "", emitKeysAndValues},
    {"JSONExtractKeysAndValuesRaw", 1, -1, "*", "", "", emitKeysAndValues},
    {"JSONExtract", 2, -1, "*", "", "", emitExtract},
    {"JSONHas", 1, -1, "*", "", "", emitHas},
    {"JSONLength", 1, -1, "*", "", "", emitLength},
    {"JSONArrayLength", 1, 1, "*", "", "", emitLength},
    {"JSONType", 1, -1, "*", "", "", emitType},
    {"JSON_VALUE", 2, 2, "*", "", "", emitValue},
    {"isValidJSON", 1, 1, "s", "json_valid({0})", "Bool"},
    {"toJSONString", 1, 1, "*", "to_json({0})::VARCHAR", "String"},
});

} // namespace

std::span<const Function> jsonFunctions() { return functions; }

} // namespace localproject

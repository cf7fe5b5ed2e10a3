#include "driver/localproject/functions_support.h"

namespace localproject {
namespace {

using Kind = Type::Kind;

/// The pattern's groups: "(…)", not "(?:…)" or "\(".
int countGroups(const std::string &pattern)
{
    int count = 0;
    bool inClass = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\')
            ++i;
        else if (pattern[i] == '[')
            inClass = true;
        else if (pattern[i] == ']')
            inClass = false;
        else if (pattern[i] == '(' && !inClass && (i + 1 >= pattern.size() || pattern[i + 1] != '?' || pattern.compare(i, 3, "(?P") == 0))
            ++count;
    }
    return count;
}

std::string groupOf(const Site &site)
{
    const Fragment &pattern = site.arguments.at(1);
    return pattern.constant && pattern.constant->is_string() && countGroups(pattern.constant->get_ref<const std::string &>()) > 0 ? "1" : "0";
}

Fragment emitLength(Site &site)
{
    const Fragment &value = site.arguments[0];
    Fragment result;
    if (value.type.is(Kind::Array))
        result.sql = "coalesce(len(" + value.sql + "), 0)";
    else if (value.type.is(Kind::Map))
        result.sql = "cardinality(" + value.sql + ")::BIGINT";
    else
        result.sql = "strlen(" + site.compilation.text(value) + ")"; // ClickHouse counts bytes.
    result.type = Type::integer(64, false);
    result.type.nullable = value.type.nullable;
    return result;
}

Fragment emitEmpty(Site &site)
{
    const bool negated = toLower(site.name) == "notempty";
    const Fragment &value = site.arguments[0];
    Fragment result;
    if (value.type.is(Kind::Array))
        result.sql = "(coalesce(len(" + value.sql + "), 0) " + (negated ? "> 0)" : "= 0)");
    else
        result.sql = "(" + site.compilation.text(value) + (negated ? " <> '')" : " = '')");
    result.type = Type::of(Kind::Bool, value.type.nullable);
    return result;
}

Fragment emitConcat(Site &site)
{
    if (!site.arguments.empty() && site.arguments[0].type.is(Kind::Array)) { // As ClickHouse: of arrays it is arrayConcat.
        Fragment result;
        std::string sql;
        for (const Fragment &argument : site.arguments)
            sql += (sql.empty() ? "" : ", ") + argument.sql;
        result.sql = "list_concat(" + sql + ")";
        result.type = site.arguments[0].type;
        return result;
    }
    return site.compilation.concatenation(site.arguments);
}

Fragment emitExtract(Site &site)
{
    const bool all = toLower(site.name) == "extractall";
    Fragment result;
    result.sql = (all ? "regexp_extract_all(" : "regexp_extract(") + site.compilation.text(site.arguments[0]) + ", "
        + site.compilation.text(site.arguments[1]) + ", " + groupOf(site) + ")";
    result.type = all ? Type::array(Type::of(Kind::String)) : Type::of(Kind::String, site.arguments[0].type.nullable);
    return result;
}

/// splitByChar(separator, text[, most])
Fragment emitSplit(Site &site)
{
    const std::string lower = toLower(site.name);
    const std::string text = site.compilation.text(site.arguments[1]);
    Fragment result;
    result.sql = (lower == "splitbyregexp" ? "string_split_regex(" : "string_split(") + text + ", " + site.compilation.text(site.arguments[0]) + ")";
    if (site.arguments.size() > 2)
        result.sql = "list_slice(" + result.sql + ", 1, " + site.compilation.integer(site.arguments[2]) + ")";
    result.type = Type::array(Type::of(Kind::String));
    return result;
}

Fragment emitMultiSearchAny(Site &site)
{
    const bool ignoreCase = toLower(site.name).find("caseinsensitive") != std::string::npos;
    arrayType(site, 1);
    const std::string needle = site.compilation.freshName("n");
    std::string text = site.compilation.text(site.arguments[0]);
    if (ignoreCase)
        text = "lower(" + text + ")";
    Fragment result;
    result.sql = "(len(list_filter(" + site.arguments[1].sql + ", lambda " + needle + ": contains(" + text + ", "
        + (ignoreCase ? "lower(" + needle + ")" : needle) + "))) > 0)";
    result.type = Type::of(Kind::Bool, site.arguments[0].type.nullable);
    return result;
}

Fragment emitMultiMatchAny(Site &site)
{
    arrayType(site, 1);
    const std::string pattern = site.compilation.freshName("n");
    Fragment result;
    result.sql = "(len(list_filter(" + site.arguments[1].sql + ", lambda " + pattern + ": regexp_matches(" + site.compilation.text(site.arguments[0])
        + ", " + pattern + "))) > 0)";
    result.type = Type::of(Kind::Bool, site.arguments[0].type.nullable);
    return result;
}

Fragment emitFormat(Site &site)
{
    const std::string &pattern = constantText(site, 0);
    // format('{} {1}', a, b) taken apart here: DuckDB's format() reads more into the braces.
    std::vector<Fragment> parts;
    std::string plain;
    std::size_t next = 1;
    const auto flush = [&] {
        if (!plain.empty())
            parts.push_back(site.compilation.constant(plain));
        plain.clear();
    };
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if ((pattern[i] == '{' || pattern[i] == '}') && i + 1 < pattern.size() && pattern[i + 1] == pattern[i]) {
            plain += pattern[i++];
        } else if (pattern[i] == '{') {
            const auto end = pattern.find('}', i);
            if (end == std::string::npos || end - i > 3)
                refuse("The pattern of '" + site.name + "' has a { without its }.", site.span);
            const std::string digits = pattern.substr(i + 1, end - i - 1);
            const std::size_t index = digits.empty() ? next++ : static_cast<std::size_t>(std::atoi(digits.c_str())) + 1;
            if (index >= site.arguments.size())
                refuse("'" + site.name + "' has too few arguments for its pattern.", site.span);
            flush();
            parts.push_back(site.arguments[index]);
            i = end;
        } else {
            plain += pattern[i];
        }
    }
    flush();
    return site.compilation.concatenation(parts);
}

Fragment emitPad(Site &site)
{
    const bool left = toLower(site.name).starts_with("l");
    Fragment result;
    result.sql = (left ? "lpad(" : "rpad(") + site.compilation.text(site.arguments[0]) + ", greatest(0, least(" + site.compilation.integer(site.arguments[1]) + ", 1000000))::INTEGER, "
        + (site.arguments.size() > 2 ? site.compilation.text(site.arguments[2]) : "' '") + ")";
    result.type = Type::of(Kind::String, site.arguments[0].type.nullable);
    return result;
}

/// extractGroups(text, pattern): what each of the pattern's groups matched first.
Fragment emitGroups(Site &site)
{
    const std::string &pattern = constantText(site, 1);
    const int count = countGroups(pattern);
    if (count == 0)
        refuse("The pattern of '" + site.name + "' has no groups.", site.arguments[1].span);
    const std::string text = site.compilation.text(site.arguments[0]);
    std::string sql;
    for (int i = 1; i <= count; ++i)
        sql += (i > 1 ? ", " : "[") + ("regexp_extract(" + text) + ", " + site.compilation.text(site.arguments[1]) + ", " + std::to_string(i) + ")";
    return valueOf(sql + "]", Type::array(Type::of(Kind::String)));
}

/// Where the first of several needles stands, which one it is, or where each one stands.
Fragment emitMultiSearch(Site &site)
{
    arrayType(site, 1);
    const std::string lower = toLower(site.name);
    const bool ignoreCase = lower.find("caseinsensitive") != std::string::npos;
    const std::string n = site.compilation.freshName("n");
    std::string text = site.compilation.text(site.arguments[0]);
    if (ignoreCase)
        text = "lower(" + text + ")";
    const std::string positions = "list_transform(" + site.arguments[1].sql + ", lambda " + n + ": strpos(" + text + ", " + (ignoreCase ? "lower(" + n + ")" : n) + "))";
    if (lower.starts_with("multisearchallpositions"))
        return valueOf(positions, Type::array(Type::integer(64, false)));
    if (lower.starts_with("multisearchfirstposition"))
        return valueOf("coalesce(list_min(list_filter(" + positions + ", lambda " + n + ": " + n + " > 0)), 0)", Type::integer(64, false));
    const std::string i = site.compilation.freshName("i");
    return valueOf("coalesce(list_extract(list_filter(list_transform(" + positions + ", lambda " + n + ", " + i + ": CASE WHEN " + n + " > 0 THEN " + i
                       + " ELSE 0 END), lambda " + n + ": " + n + " > 0), 1), 0)::BIGINT",
                   Type::integer(64, false));
}

/// 1234567 as "1.18 MiB", "1.23 MB" or "1.23 million".
Fragment emitReadable(Site &site)
{
    const std::string lower = toLower(site.name);
    const bool binary = lower == "formatreadablesize";
    static constexpr const char *binaryUnits[] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB"};
    static constexpr const char *decimalUnits[] = {" B", " KB", " MB", " GB", " TB", " PB"};
    static constexpr const char *quantityUnits[] = {"", " thousand", " million", " billion", " trillion", " quadrillion"};
    const auto &units = binary ? binaryUnits : lower == "formatreadablequantity" ? quantityUnits : decimalUnits;
    const std::string value = site.compilation.real(site.arguments[0]);
    std::string sql = "(CASE";
    for (int i = 5; i >= 0; --i) {
        const std::string border = std::string("pow(") + (binary ? "1024e0, " : "1000e0, ") + std::to_string(i) + ")";
        sql += (i ? " WHEN abs(" + value + ") >= " + border + " THEN" : std::string(" ELSE")) + " printf('%.2f', " + value + " / " + border + ") || '" + units[i] + "'";
    }
    return valueOf(sql + " END)", Type::of(Kind::String, site.arguments[0].type.nullable));
}

constexpr auto functions = std::to_array<Function>({
    {"extractGroups", 2, 2, "s", "", "", emitGroups},
    {"substringUTF8", 2, 3, "sii", "substring({*})", "String"},
    {"mid", 2, 3, "sii", "substring({*})", "String"},
    {"leftUTF8", 2, 2, "si", "left({0}, {1})", "String"},
    {"rightUTF8", 2, 2, "si", "right({0}, {1})", "String"},
    {"countSubstringsCaseInsensitiveUTF8", 2, 2, "s", "((length({0}) - length(replace(lower({0}), lower({1}), ''))) // length({1}))", "UInt64"},
    {"multiSearchAllPositions", 2, 2, "*", "", "", emitMultiSearch},
    {"multiSearchAllPositionsUTF8", 2, 2, "*", "", "", emitMultiSearch},
    {"multiSearchAllPositionsCaseInsensitive", 2, 2, "*", "", "", emitMultiSearch},
    {"multiSearchAllPositionsCaseInsensitiveUTF8", 2, 2, "*", "", "", emitMultiSearch},
    {"multiSearchFirstPosition", 2, 2, "*", "", "", emitMultiSearch},
    {"multiSearchFirstPositionUTF8", 2, 2, "*", "", "", emitMultiSearch},
    {"multiSearchFirstPositionCaseInsensitive", 2, 2, "*", "", "", emitMultiSearch},
    {"multiSearchFirstPositionCaseInsensitiveUTF8", 2, 2, "*", "", "", emitMultiSearch},
    {"multiSearchFirstIndex", 2, 2, "*", "", "", emitMultiSearch},
    {"multiSearchFirstIndexUTF8", 2, 2, "*", "", "", emitMultiSearch},
    {"multiSearchFirstIndexCaseInsensitive", 2, 2, "*", "", "", emitMultiSearch},
    {"multiSearchFirstIndexCaseInsensitiveUTF8", 2, 2, "*", "", "", emitMultiSearch},
    {"formatReadableSize", 1, 1, "*", "", "", emitReadable},
    {"formatReadableDecimalSize", 1, 1, "*", "", "", emitReadable},
    {"formatReadableQuantity", 1, 1, "*", "", "", emitReadable},
    {"hasTokenOrNull", 2, 2, "s", "regexp_matches({0}, concat('(^|[^a-zA-Z0-9])', regexp_escape({1}), '([^a-zA-Z0-9]|$)'))", "Bool"},
    {"extractTextFromHTML", 1, 1, "s",
     "trim(regexp_replace(regexp_replace({0}, '(?is)<script\\b.*?</script>|<style\\b.*?</style>|<!--.*?-->|<[^>]*>', ' ', 'g'), '\\s+', ' ', 'g'))", "String"},
    {"lower", 1, 1, "s", "lower({0})", "String"},
    {"lowerUTF8", 1, 1, "s", "lower({0})", "String"},
    {"upper", 1, 1, "s", "upper({0})", "String"},
    {"upperUTF8", 1, 1, "s", "upper({0})", "String"},
    {"length", 1, 1, "*", "", "", emitLength},
    {"lengthUTF8", 1, 1, "s", "length({0})", "UInt64"},
    {"empty", 1, 1, "*", "", "", emitEmpty},
    {"notEmpty", 1, 1, "*", "", "", emitEmpty},
    {"concat", 0, -1, "*", "", "", emitConcat},
    {"concatWithSeparator", 1, -1, "s", "concat_ws({*})", "String"},
    {"substring", 2, 3, "sii", "", "", [](Site &site) {
         std::string sql = "substring(" + site.compilation.text(site.arguments[0]) + ", " + site.compilation.integer(site.arguments[1]);
         if (site.arguments.size() > 2)
             sql += ", " + site.compilation.integer(site.arguments[2]);
         return valueOf(sql + ")", Type::of(Kind::String, site.arguments[0].type.nullable));
     }},
    {"left", 2, 2, "si", "left({0}, {1})", "String"},
    {"right", 2, 2, "si", "right({0}, {1})", "String"},
    {"trim", 1, 2, "s", "trim({*})", "String"},
    {"btrim", 1, 2, "s", "trim({*})", "String"},
    {"trimBoth", 1, 2, "s", "trim({*})", "String"},
    {"trimLeft", 1, 2, "s", "ltrim({*})", "String"},
    {"ltrim", 1, 2, "s", "ltrim({*})", "String"},
    {"trimRight", 1, 2, "s", "rtrim({*})", "String"},
    {"rtrim", 1, 2, "s", "rtrim({*})", "String"},
    {"replace", 3, 3, "s", "replace({0}, {1}, {2})", "String"},
    {"replaceAll", 3, 3, "s", "replace({0}, {1}, {2})", "String"},
    {"replaceOne", 3, 3, "s", "regexp_replace({0}, regexp_escape({1}), replace({2}, '\\', '\\\\'))", "String"},
    {"replaceRegexpOne", 3, 3, "s", "regexp_replace({0}, {1}, {2})", "String"},
    {"replaceRegexpAll", 3, 3, "s", "regexp_replace({0}, {1}, {2}, 'g')", "String"},
    {"extract", 2, 2, "s", "", "", emitExtract},
    {"extractAll", 2, 2, "s", "", "", emitExtract},
    {"regexpExtract", 2, 3, "s", "", "", [](Site &site) {
         const std::string group = site.arguments.size() > 2 ? site.compilation.integer(site.arguments[2]) : groupOf(site);
         return valueOf("regexp_extract(" + site.compilation.text(site.arguments[0]) + ", " + site.compilation.text(site.arguments[1]) + ", " + group + ")",
                        Type::of(Kind::String, site.arguments[0].type.nullable));
     }},
    {"regexpQuoteMeta", 1, 1, "s", "regexp_escape({0})", "String"},
    {"countMatches", 2, 2, "s", "len(regexp_extract_all({0}, {1}))", "UInt64"},
    {"countMatchesCaseInsensitive", 2, 2, "s", "len(regexp_extract_all(lower({0}), lower({1})))", "UInt64"},
    {"countSubstrings", 2, 2, "s", "((length({0}) - length(replace({0}, {1}, ''))) // length({1}))", "UInt64"},
    {"countSubstringsCaseInsensitive", 2, 2, "s", "((length({0}) - length(replace(lower({0}), lower({1}), ''))) // length({1}))", "UInt64"},
    {"position", 2, 2, "s", "strpos({0}, {1})", "UInt64"},
    {"positionUTF8", 2, 2, "s", "strpos({0}, {1})", "UInt64"},
    {"positionCaseInsensitive", 2, 2, "s", "strpos(lower({0}), lower({1}))", "UInt64"},
    {"positionCaseInsensitiveUTF8", 2, 2, "s", "strpos(lower({0}), lower({1}))", "UInt64"},
    {"locate", 2, 2, "s", "strpos({1}, {0})", "UInt64"},
    {"startsWith", 2, 2, "s", "starts_with({0}, {1})", "Bool"},
    {"endsWith", 2, 2, "s", "ends_with({0}, {1})", "Bool"},
    {"reverseUTF8", 1, 1, "s", "reverse({0})", "String"},
    {"repeat", 2, 2, "si", "repeat({0}, least({1}, 1000000))", "String"},
    {"leftPad", 2, 3, "*", "", "", emitPad},
    {"leftPadUTF8", 2, 3, "*", "", "", emitPad},
    {"lpad", 2, 3, "*", "", "", emitPad},
    {"rightPad", 2, 3, "*", "", "", emitPad},
    {"rightPadUTF8", 2, 3, "*", "", "", emitPad},
    {"rpad", 2, 3, "*", "", "", emitPad},
    {"splitByChar", 2, 3, "s", "", "", emitSplit},
    {"splitByString", 2, 3, "s", "", "", emitSplit},
    {"splitByRegexp", 2, 3, "s", "", "", emitSplit},
    {"splitByWhitespace", 1, 1, "s", "string_split_regex(trim({0}), '\\s+')", "Array(String)"},
    {"splitByNonAlpha", 1, 1, "s", "list_filter(string_split_regex({0}, '[\\s[:punct:]]+'), lambda w: w <> '')", "Array(String)"},
    {"alphaTokens", 1, 1, "s", "regexp_extract_all({0}, '[a-zA-Z]+')", "Array(String)"},
    {"tokens", 1, 1, "s", "regexp_extract_all({0}, '[a-zA-Z0-9]+')", "Array(String)"},
    {"split_part", 3, 3, "ssi", "split_part({0}, {1}, {2})", "String"},
    {"format", 1, -1, "*", "", "", emitFormat},
    {"multiSearchAny", 2, 2, "*", "", "", emitMultiSearchAny},
    {"multiSearchAnyUTF8", 2, 2, "*", "", "", emitMultiSearchAny},
    {"multiSearchAnyCaseInsensitive", 2, 2, "*", "", "", emitMultiSearchAny},
    {"multiSearchAnyCaseInsensitiveUTF8", 2, 2, "*", "", "", emitMultiSearchAny},
    {"multiMatchAny", 2, 2, "*", "", "", emitMultiMatchAny},
    {"hasToken", 2, 2, "s", "regexp_matches({0}, concat('(^|[^a-zA-Z0-9])', regexp_escape({1}), '([^a-zA-Z0-9]|$)'))", "Bool"},
    {"hasTokenCaseInsensitive", 2, 2, "s", "regexp_matches({0}, concat('(^|[^a-zA-Z0-9])', regexp_escape({1}), '([^a-zA-Z0-9]|$)'), 'i')", "Bool"},
    {"initcap", 1, 1, "s", "array_to_string(list_transform(string_split(lower({0}), ' '), lambda w: concat(upper(left(w, 1)), substring(w, 2))), ' ')", "String"},
    {"translate", 3, 3, "s", "translate({0}, {1}, {2})", "String"},
    {"translateUTF8", 3, 3, "s", "translate({0}, {1}, {2})", "String"},
    {"ascii", 1, 1, "s", "ascii({0})::BIGINT", "Int32"},
    {"base64Encode", 1, 1, "s", "to_base64(encode({0}))", "String"},
    {"base64Decode", 1, 1, "s", "decode(from_base64({0}))", "String"},
    {"tryBase64Decode", 1, 1, "s", "TRY(decode(from_base64({0})))", "String?"},
    {"md5", 1, 1, "s", "md5({0})", "String"},
    {"hex", 1, 1, "*", "hex({0})", "String"},
    {"unhex", 1, 1, "s", "decode(unhex({0}))", "String"},
    {"appendTrailingCharIfAbsent", 2, 2, "s", "CASE WHEN {0} = '' OR ends_with({0}, {1}) THEN {0} ELSE {0} || {1} END", "String"},
    {"toValidUTF8", 1, 1, "s", "{0}", "String"},
    {"isValidUTF8", 1, 1, "s", "true", "Bool!"},
});

} // namespace

std::span<const Function> stringFunctions() { return functions; }

} // namespace localproject

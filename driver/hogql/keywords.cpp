#include "driver/hogql/keywords.h"

#include "driver/hogql/lexer.h"
#include "driver/hogql/near.h"

#include <algorithm>
#include <array>

namespace hogql {

namespace {

// Sorted. The words that have a meaning in the grammar.
constexpr auto keywords = std::to_array<std::string_view>({
    "ALL", "AND", "ANTI", "ANY", "ARRAY", "AS", "ASC", "ASCENDING", "ASOF", "BETWEEN", "BY", "CASE", "CAST", "COHORT",
    "COLLATE", "COLUMNS", "CROSS", "CUBE", "CURRENT", "DAY", "DESC", "DESCENDING", "DISTINCT", "ELSE", "END",
    "EXCEPT", "EXCLUDE", "EXISTS", "FALSE", "FILL", "FILTER", "FINAL", "FIRST", "FOLLOWING", "FOR", "FROM", "FULL",
    "GROUP", "GROUPING", "HAVING", "HOUR", "IGNORE", "ILIKE", "IN", "INF", "INNER", "INTERSECT",
    "INTERVAL", "IS", "JOIN", "LAMBDA", "LAST", "LEFT", "LIKE", "LIMIT", "MATERIALIZED", "MINUTE", "MONTH",
    "NAN", "NATURAL", "NOT", "NULL", "NULLS", "OFFSET", "ON", "OR", "ORDER", "OUTER", "OVER", "PARTITION",
    "PIVOT", "POSITIONAL", "PRECEDING", "PREWHERE", "QUALIFY", "QUARTER", "RANGE", "RECURSIVE", "RESPECT", "RIGHT",
    "ROLLUP", "ROW", "ROWS", "SAMPLE", "SECOND", "SELECT", "SEMI", "SETS", "STEP", "THEN", "TIES", "TO", "TOTALS",
    "TRUE", "TRY_CAST", "UNBOUNDED", "UNION", "UNPIVOT", "USING", "WEEK", "WHEN", "WHERE", "WINDOW",
    "WITH", "WITHIN", "YEAR",
});

// Sorted. Of the keywords, those that are not read as a name everywhere.
constexpr auto reserved = std::to_array<std::string_view>({
    "ALL", "AND", "ANTI", "ANY", "ARRAY", "AS", "ASC", "ASCENDING", "ASOF", "BETWEEN", "BY", "CASE", "CAST", "COHORT",
    "COLLATE", "COLUMNS", "CROSS", "DESC", "DESCENDING", "DISTINCT", "ELSE", "END", "EXCEPT", "EXCLUDE", "EXISTS",
    "FALSE", "FILTER", "FINAL", "FORMAT", "FROM", "FULL", "GLOBAL", "GROUP", "GROUPING", "HAVING", "IGNORE",
    "ILIKE", "IN", "INF", "INFINITY", "INNER", "INTERSECT", "INTERVAL", "INTO", "IS", "JOIN", "LAMBDA", "LEFT",
    "LIKE", "LIMIT", "MATERIALIZED", "NAN", "NATURAL", "NOT", "NULL", "NULLS", "OFFSET", "ON", "OR", "ORDER", "OVER",
    "PARTITION", "PIVOT", "POSITIONAL", "PREWHERE", "QUALIFY", "RANGE", "RECURSIVE", "RESPECT", "RIGHT", "ROWS",
    "SAMPLE", "SELECT", "SEMI", "SETTINGS", "THEN", "TRUE", "TRY", "TRY_CAST", "UNION", "UNPIVOT", "USING", "WHEN",
    "WHERE", "WINDOW", "WITH", "WITHIN",
});

// Sorted. Words that are no name anywhere (some belong to Hog, the language around HogQL).
constexpr auto neverNames = std::to_array<std::string_view>({
    "CATCH", "EXCEPT", "FINALLY", "FN", "FUN", "INTERSECT", "LET", "MATERIALIZED", "THROW", "TRY", "WHILE", "WITHIN",
});

// Sorted. Words that are neither a type nor an alias without AS.
constexpr auto neverBare = std::to_array<std::string_view>({
    "ALL", "AND", "ANTI", "ANY", "ARRAY", "AS", "ASOF", "BETWEEN", "BOTH", "BY", "CASE", "CAST", "COLLATE", "COLUMNS",
    "CROSS", "CUBE", "CURRENT", "DESC", "DISTINCT", "ELSE", "END", "EXCLUDE", "EXTRACT", "FILL", "FILTER",
    "FOLLOWING", "FOR", "FROM", "FULL", "GROUP", "GROUPING", "HAVING", "IF", "IGNORE", "ILIKE", "IN", "INCLUDE",
    "INF", "INFINITY", "INNER", "INTERPOLATE", "IS", "JOIN", "LAMBDA", "LAST", "LEADING", "LEFT", "LIKE", "LIMIT",
    "LOCAL", "NAME", "NAN", "NATURAL", "NOT", "NULL", "NULLS", "OFFSET", "ON", "OR", "ORDER", "OUTER", "OVER",
    "PARTITION", "PIVOT", "POSITIONAL", "PRECEDING", "PREWHERE", "QUALIFY", "RANGE", "RECURSIVE", "REPLACE", "RIGHT",
    "ROLLUP", "ROW", "ROWS", "SAMPLE", "SELECT", "SEMI", "SETS", "SETTINGS", "STEP", "SUBSTRING", "THEN", "TIES",
    "TO", "TRAILING", "TRIM", "TRUNCATE", "TRY_CAST", "UNBOUNDED", "UNION", "UNPIVOT", "USING", "VALUES", "WHEN",
    "WHERE", "WINDOW", "WITH", "ZONE",
});

// Sorted. Beside those: no alias of a column without AS.
constexpr auto notColumnAliases = std::to_array<std::string_view>({
    "DAY", "FALSE", "FIRST", "HOUR", "INTERVAL", "KEY", "MINUTE", "MONTH", "QUARTER", "SECOND", "TIME", "TIMESTAMP",
    "TRUE", "WEEK", "YEAR", "YYYY",
});

// Sorted. Beside those: no alias of a table without AS.
constexpr auto notTableAliases = std::to_array<std::string_view>({
    "ASC", "ASCENDING", "COHORT", "DAY", "DESCENDING", "FALSE", "FINAL", "HOUR", "INTERVAL", "MINUTE", "MONTH",
    "QUARTER", "RETURN", "SECOND", "TIME", "TIMESTAMP", "TOP", "TOTALS", "TRUE", "WEEK", "YEAR", "YYYY",
});

// Sorted. Beside those: no type.
constexpr auto notTypes = std::to_array<std::string_view>({
    "ASC", "ASCENDING", "COHORT", "DESCENDING", "FINAL", "FIRST", "ID", "KEY", "RETURN", "TOP", "TOTALS",
});

// Sorted. Words that hold a query together.
constexpr auto backbone = std::to_array<std::string_view>({
    "AND", "AS", "BETWEEN", "BY", "CASE", "DISTINCT", "ELSE", "FROM", "HAVING", "ILIKE", "IN", "IS", "JOIN", "LIKE", "NOT", "ON",
    "OR", "PREWHERE", "QUALIFY", "SELECT", "SETTINGS", "THEN", "UNION", "USING", "WHEN", "WHERE", "WITH",
});

constexpr auto clauses = std::to_array<std::string_view>(
    {"FROM", "WHERE", "PREWHERE", "GROUP", "ORDER", "HAVING", "QUALIFY", "LIMIT", "OFFSET", "UNION", "JOIN", "INNER", "SAMPLE"});

template <typename List>
bool contains(const List &list, std::string_view word)
{
    if (word.size() > 16)
        return false;
    return std::binary_search(list.begin(), list.end(), upperCase(word));
}

} // namespace

std::string upperCase(std::string_view text)
{
    std::string upper(text);
    for (char &c : upper)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return upper;
}

bool isWord(std::string_view text, std::string_view upper)
{
    return text.size() == upper.size() && std::equal(text.begin(), text.end(), upper.begin(), [](char a, char b) {
               return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b;
           });
}

bool isKeyword(std::string_view word) { return contains(keywords, word); }

bool isReserved(std::string_view word) { return contains(reserved, word); }

bool isOddName(std::string_view word) { return contains(backbone, word); }

bool isNeverName(std::string_view word) { return contains(neverNames, word); }

bool isNoPart(std::string_view word)
{
    return isNeverName(word) || isWord(word, "NULL") || isWord(word, "INF") || isWord(word, "INFINITY") || isWord(word, "NAN");
}

bool isBareAliasOfColumn(std::string_view word)
{
    return !contains(neverNames, word) && !contains(neverBare, word) && !contains(notColumnAliases, word);
}

bool isBareAliasOfTable(std::string_view word)
{
    return !contains(neverNames, word) && !contains(neverBare, word) && !contains(notTableAliases, word);
}

bool isTypeName(std::string_view word)
{
    return !contains(neverNames, word) && !contains(neverBare, word) && !contains(notTypes, word);
}

bool isForbiddenAlias(std::string_view word)
{
    return word == "team_id" || isWord(word, "TRUE") || isWord(word, "FALSE") || isWord(word, "NULL");
}

bool isSlipOf(std::string_view word, std::string_view keyword)
{
    if (word.size() > keyword.size() + 2)
        return false;
    const int slips = slipsBetween(word, keyword, 2);
    return slips > 0 && slips <= 2;
}

std::string_view clauseLike(std::string_view word)
{
    if (word.size() < 3 || word.size() > 12 || isKeyword(word))
        return {};
    std::string_view best;
    int fewest = 3;
    for (const std::string_view clause : clauses) {
        // Short words differ by two slips from too many honest aliases.
        const int allowed = clause.size() >= 5 && word.size() >= 4 ? 2 : 1;
        const int slips = slipsBetween(word, clause, allowed);
        if (slips <= allowed && slips < fewest) {
            best = clause;
            fewest = slips;
        }
    }
    return best;
}

} // namespace hogql

#include "driver/hogql/keywords.h"

#include "driver/hogql/lexer.h"

#include <algorithm>
#include <array>
#include <vector>

namespace hogql {

namespace {

// Sorted. The words that have a meaning in the grammar.
constexpr auto keywords = std::to_array<std::string_view>({
    "ALL",      "AND",       "ANTI",       "ANY",      "ARRAY",     "AS",        "ASC",      "ASCENDING", "ASOF",
    "BETWEEN",  "BY",        "CASE",       "CAST",     "COHORT",    "COLLATE",   "CROSS",    "CUBE",      "CURRENT",
    "DAY",      "DESC",      "DESCENDING", "DISTINCT", "ELSE",      "END",       "EXCEPT",   "EXCLUDE",   "EXISTS",
    "FALSE",    "FILL",      "FILTER",     "FINAL",    "FIRST",     "FOLLOWING", "FROM",     "FULL",      "GROUP",
    "GROUPING", "HAVING",    "HOUR",       "IGNORE",   "ILIKE",     "IN",        "INF",      "INNER",     "INTERSECT",
    "INTERVAL", "IS",        "JOIN",       "LAMBDA",   "LAST",      "LEFT",      "LIKE",     "LIMIT",     "MATERIALIZED",
    "MINUTE",   "MONTH",     "NAN",        "NATURAL",  "NOT",       "NULL",      "NULLS",    "OFFSET",    "ON",
    "OR",       "ORDER",     "OUTER",      "OVER",     "PARTITION", "PRECEDING", "PREWHERE", "QUALIFY",   "QUARTER",
    "RANGE",    "RECURSIVE", "RESPECT",    "RIGHT",    "ROLLUP",    "ROW",       "ROWS",     "SAMPLE",    "SECOND",
    "SELECT",   "SEMI",      "SETS",       "STEP",     "THEN",      "TIES",      "TO",       "TOTALS",    "TRUE",
    "TRY_CAST", "UNBOUNDED", "UNION",      "USING",    "WEEK",      "WHEN",      "WHERE",    "WINDOW",    "WITH",
    "WITHIN",   "YEAR",
});

// Sorted. Of the keywords, those that are not read as a name everywhere.
constexpr auto reserved = std::to_array<std::string_view>({
    "ALL",          "AND",       "ANTI",     "ANY",      "ARRAY",   "AS",        "ASC",     "ASCENDING",  "ASOF",     "BETWEEN",
    "BY",           "CASE",      "CAST",     "COHORT",   "COLLATE", "CROSS",     "DESC",    "DESCENDING", "DISTINCT", "ELSE",
    "END",          "EXCEPT",    "EXCLUDE",  "EXISTS",   "FALSE",   "FETCH",     "FILTER",  "FINAL",      "FORMAT",   "FROM",
    "FULL",         "GLOBAL",    "GROUP",    "GROUPING", "HAVING",  "IGNORE",    "ILIKE",   "IN",         "INF",      "INFINITY",
    "INNER",        "INTERSECT", "INTERVAL", "INTO",     "IS",      "JOIN",      "LAMBDA",  "LEFT",       "LIKE",     "LIMIT",
    "MATERIALIZED", "NAN",       "NATURAL",  "NOT",      "NULL",    "NULLS",     "OFFSET",  "ON",         "OR",       "ORDER",
    "OVER",         "PARTITION", "PREWHERE", "QUALIFY",  "RANGE",   "RECURSIVE", "RESPECT", "RIGHT",      "ROWS",     "SAMPLE",
    "SELECT",       "SEMI",      "SETTINGS", "THEN",     "TRUE",    "TRY_CAST",  "UNION",   "USING",      "WHEN",     "WHERE",
    "WINDOW",       "WITH",      "WITHIN",
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

/// Insertions, deletions, replacements and swapped neighbours between `a` and `b`.
int slipsBetween(std::string_view a, std::string_view b)
{
    std::vector<std::vector<int>> slips(a.size() + 1, std::vector<int>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                slips[i][j] = static_cast<int>(i + j);
                continue;
            }
            slips[i][j]
                = std::min({slips[i - 1][j] + 1, slips[i][j - 1] + 1, slips[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                slips[i][j] = std::min(slips[i][j], slips[i - 2][j - 2] + 1);
        }
    }
    return slips[a.size()][b.size()];
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

bool isForbiddenAlias(std::string_view word)
{
    return word == "team_id" || isWord(word, "TRUE") || isWord(word, "FALSE") || isWord(word, "NULL");
}

bool isSlipOf(std::string_view word, std::string_view keyword)
{
    if (word.size() > keyword.size() + 2)
        return false;
    const int slips = slipsBetween(upperCase(word), keyword);
    return slips > 0 && slips <= 2;
}

std::string_view clauseLike(std::string_view word)
{
    if (word.size() < 3 || word.size() > 12 || isKeyword(word))
        return {};
    const std::string upper = upperCase(word);
    std::string_view best;
    int fewest = 3;
    for (const std::string_view clause : clauses) {
        // Short words differ by two slips from too many honest aliases.
        const int allowed = clause.size() >= 5 && word.size() >= 4 ? 2 : 1;
        const int slips = slipsBetween(upper, clause);
        if (slips <= allowed && slips < fewest) {
            best = clause;
            fewest = slips;
        }
    }
    return best;
}

} // namespace hogql

#include "driver/localproject/scope.h"

#include <algorithm>
#include <cctype>

namespace localproject {

std::string overRow(std::string_view pattern, std::string_view row)
{
    std::string sql;
    for (const char c : pattern) {
        if (c == '@')
            sql += row;
        else
            sql += c;
    }
    return sql;
}

bool Fragment::hasKey() const { return !key.empty() && overRow(shown, key) == sql; }

std::string quoteName(std::string_view name)
{
    std::string quoted = "\"";
    for (const char c : name) {
        if (c == '"')
            quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string quoteText(std::string_view text)
{
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'')
            quoted += '\'';
        quoted += c;
    }
    return quoted + '\'';
}

std::string jsonPointer(std::string_view key)
{
    std::string pointer = "/";
    for (const char c : key) {
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer += c;
    }
    return pointer;
}

std::string Source::read(std::string_view pattern)
{
    return read([&](std::string_view row) { return overRow(pattern, row); });
}

std::string Source::read(const std::function<std::string(std::string_view row)> &sql)
{
    if (!relation)
        return sql(alias);
    std::string inside = sql("r");
    auto found = std::ranges::find(requested, inside);
    if (found == requested.end())
        found = requested.insert(requested.end(), std::move(inside));
    return alias + ".p" + std::to_string(found - requested.begin());
}

Source *Source::join(std::string_view relationName, int &aliases)
{
    for (const auto &known : lazy)
        if (known->relation->name == relationName)
            return known.get();
    if (!table)
        return nullptr;
    const auto found = std::ranges::find(table->relations, relationName, &TableRelation::name);
    if (found == table->relations.end())
        return nullptr;
    auto joined = std::make_unique<Source>();
    joined->name = relationName;
    joined->alias = "t" + std::to_string(++aliases);
    joined->table = findTable(found->table);
    joined->relation = &*found;
    joined->outer = true;
    joined->key = read(found->left);
    return lazy.emplace_back(std::move(joined)).get();
}

std::string Source::sql(std::string &common) const
{
    std::string text = from;
    if (relation) {
        text = "(SELECT " + overRow(relation->right, "r") + " AS k";
        for (std::size_t i = 0; i < requested.size(); ++i)
            text += ", " + requested[i] + " AS p" + std::to_string(i);
        text += " FROM " + std::string(table->physical) + " AS r";
        if (!relation->condition.empty())
            text += " WHERE " + overRow(relation->condition, "r");
        text += ")";
        if (table->physical == "events") { // Too large to keep: a filter on it must reach its scan.
            text += " AS " + alias;
        } else {
            common += (common.empty() ? "" : ", ") + alias + " AS MATERIALIZED " + text;
            text = alias;
        }
    }
    if (lazy.empty())
        return text;
    for (const auto &joined : lazy)
        text += " LEFT JOIN " + joined->sql(common) + " ON " + joined->alias + ".k = " + joined->key;
    return "(" + text + ")";
}

Source *Scope::findSource(std::string_view name) const
{
    for (const auto &source : sources)
        if (source->name == name)
            return source.get();
    return nullptr;
}

std::optional<std::string> closest(std::string_view name, const std::vector<std::string> &candidates)
{
    const auto lower = [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); };
    std::optional<std::string> best;
    std::size_t bestDistance = (name.size() <= 3 ? 1 : std::max<std::size_t>(2, name.size() / 4)) + 1;
    for (const std::string &candidate : candidates) {
        std::vector<std::size_t> row(candidate.size() + 1); // Levenshtein, one row at a time.
        for (std::size_t j = 0; j <= candidate.size(); ++j)
            row[j] = j;
        for (std::size_t i = 1; i <= name.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j <= candidate.size(); ++j) {
                const std::size_t substitution = diagonal + (lower(name[i - 1]) == lower(candidate[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
            }
        }
        if (row.back() < bestDistance) {
            bestDistance = row.back();
            best = candidate;
        }
    }
    return best;
}

} // namespace localproject
